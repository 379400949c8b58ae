/**
 * Whether the time of a refusal tells where a signature first differs, through the package's API and its
 * module: `node --import tsx tests/assure/timing.ts [SAMPLES]`. The test is that of
 * `fuzz/examples/timing.rs`.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { wallet } from "../package/package.ts";
import { Random } from "../random.ts";

const NOW = 1_700_000_000;
const SECRET = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY";
const BODY = '{"type":"test.event","timestamp":"2023-11-14T22:13:20Z","data":{}}';

/** Above, the two are told apart: by chance once in 150,000 times. */
const LIMIT = 4.5;

const samples = Number(process.argv[2] ?? 1_000_000);
const verifier = wallet.createVerifier({ keys: SECRET, now: () => NOW * 1000 });
const signed = wallet.sign({ body: BODY, key: SECRET, id: "msg_1", timestamp: NOW });
const tag = Buffer.from(signed.headers["webhook-signature"]?.slice(3) ?? "", "base64");
assert.ok(verifier.safeVerify(signed).ok);

const right = test("verify", (headers) => {
	verifier.safeVerify({ headers, body: BODY });
});
let same = 0;
const leaky = test("verify, and a leaky comparison", (headers, bytes) => {
	verifier.safeVerify({ headers, body: BODY });
	if (equalAtOnce(tag, bytes)) same += 1;
});
assert.equal(same, 0);
process.exitCode = right < LIMIT && leaky >= LIMIT ? 0 : 1;

/** What nobody must write: it ends at the first byte that differs. */
function equalAtOnce(one: Uint8Array, other: Uint8Array): boolean {
	for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
	return true;
}

type Refuse = (headers: Record<string, string>, bytes: Uint8Array) => void;

/** Times refusals, and returns |t|. */
function test(title: string, refuse: Refuse): number {
	const random = new Random(7);
	const times = new Float64Array(samples);
	const classes = new Uint8Array(samples);
	const warm = Math.min(samples, 50_000);
	for (let round = -warm; round < samples; round += 1) {
		const last = random.below(2);
		const bytes = Buffer.from(tag);
		const at = last ? bytes.length - 1 : 0;
		bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
		const headers = { ...signed.headers, "webhook-signature": `v1,${bytes.toString("base64")}` };
		const start = process.hrtime.bigint();
		refuse(headers, bytes);
		const time = Number(process.hrtime.bigint() - start);
		if (round < 0) continue;
		times[round] = time;
		classes[round] = last;
	}
	// Interruptions are no property of the code: the slowest tenth is left out, as dudect does.
	const slow = Float64Array.from(times).sort()[Math.floor(samples * 0.9)] as number;
	const [first, last] = [0, 1].map((one) =>
		moments(times.filter((time, at) => classes[at] === one && time <= slow)),
	) as [Moments, Moments];
	const t = Math.abs(first.mean - last.mean) / Math.sqrt(first.spread + last.spread);
	const figures = [
		`${first.mean.toFixed(1)} ns first byte`,
		`${last.mean.toFixed(1)} ns last byte`,
	];
	console.log(
		`${title.padEnd(34)}${samples} samples   ${figures.join("   ")}   |t| = ${t.toFixed(2)}`,
	);
	return t;
}

interface Moments {
	readonly mean: number;
	/** The variance, over the number of values. */
	readonly spread: number;
}

function moments(values: Float64Array): Moments {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	return { mean, spread: squares / (values.length - 1) / values.length };
}
