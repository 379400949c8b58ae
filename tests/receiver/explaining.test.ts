/** Why a callback was refused: told to the developer within a budget, and never to its sender. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { wallet } from "../package/package.ts";
import {
	type Callback,
	CONSUMER,
	createReceiver,
	deliver,
	deposit,
	Log,
	memoryStore,
	refused,
	SECRET,
	signed,
	until,
} from "./receivers.ts";

const WHY = "why a callback was refused";
const MISMATCH = refused(401, "signature_mismatch");

/** A callback that something has parsed and written anew on its way. */
function reserialized(): Callback {
	const { headers } = signed(JSON.stringify(JSON.parse(deposit()), null, 2));
	return { headers, body: deposit() };
}

/** What a log was told beside the records. */
const told = (log: Log) => log.entries.filter(({ message }) => message === WHY);

/** Waits for work behind an answer. */
const settled = () => pause(20);

/** Sets `NODE_ENV`, or another variable, for one test. */
function setEnvironment(t: TestContext, value: string | undefined, name = "NODE_ENV"): void {
	const before = process.env[name];
	const set = (to: string | undefined) => {
		if (to === undefined) delete process.env[name];
		else process.env[name] = to;
	};
	set(value);
	t.after(() => set(before));
}

test("the proven cause and its fix are logged once the callback is answered", async () => {
	const log = new Log();
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log });
	const { status, body } = await deliver(receiver, reserialized(), { ip: "203.0.113.7" });
	assert.deepEqual([status, body], MISMATCH);
	assert.deepEqual(log.outcomes, ["refused"]);
	await until(() => told(log).length > 0, "the callback is explained");
	const [{ level, record } = assert.fail()] = told(log);
	const [cause] = record.causes as { fix: string }[];
	assert.equal(level, "warn");
	assert.equal(
		record.message,
		"the body was parsed and re-serialized before it was verified: the signature matches it indented by 2 spaces, as JSON.stringify(value, null, 2) writes it",
	);
	assert.match(
		String(record.hint),
		/^verify the raw bytes, .*express\.raw.* \(docs: troubleshooting#body_reserialized\)$/,
	);
	const { code, header, sender, ip, peer, cause: name, certainty } = record;
	assert.deepEqual(
		[code, header, sender, ip, peer, name, certainty, cause?.fix],
		[
			"signature_mismatch",
			"webhook-signature",
			"tp-wallet",
			"203.0.113.7",
			"203.0.113.7",
			"body_reserialized",
			"certain",
			String(record.hint).replace(" (docs: troubleshooting#body_reserialized)", ""),
		],
	);
	// An outcome is counted by its record alone.
	assert.equal("outcome" in record, false);
	assert.equal(log.entries.length, 2);
});

test("a cause that is not proven is said to be likely", async () => {
	const log = new Log();
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log });
	await deliver(receiver, { ...signed(), body: "[object Object]" });
	await until(() => told(log).length > 0, "the callback is explained");
	const [{ record } = assert.fail()] = told(log);
	assert.match(String(record.message), /^likely cause: /);
	assert.equal(record.certainty, "likely");
});

test("the options of the verifier count", async () => {
	const log = new Log();
	const key = "0123456789abcdef0123456789abcdef";
	const verifier = wallet.createVerifier({ sender: "strike", keys: key });
	const receiver = createReceiver({ verifier, store: memoryStore(), log });
	const { headers } = wallet.sign({ sender: "strike", key: `${key}x`, body: "{}" });
	await deliver(receiver, {
		headers: { "content-type": "application/json", ...headers },
		body: "{}",
	});
	await until(() => told(log).length > 0, "the callback is explained");
	assert.equal(told(log)[0]?.record.sender, "strike");
});

test("at most ten are explained in a minute, and the next minute ten more", async (t) => {
	const log = new Log();
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log });
	for (let count = 0; count < 15; count++) await deliver(receiver, { ...signed(), body: "{}" });
	await until(() => told(log).length === 10, "ten are explained");
	await settled();
	assert.equal(told(log).length, 10);
	const others = log.entries.filter(({ message }) => /not explained/.test(message ?? ""));
	assert.deepEqual([others.length, others[0]?.level], [1, "warn"]);
	const later = performance.now() + 60_000;
	t.mock.method(performance, "now", () => later);
	await deliver(receiver, { ...signed(), body: "{}" });
	await until(() => told(log).length === 11, "the next minute has its own");
});

test("a second of work in a minute is enough", async (t) => {
	let now = performance.now();
	t.mock.method(performance, "now", () => now);
	const verifier = wallet.createVerifier({ keys: SECRET });
	const budgets: unknown[] = [];
	const slow: typeof verifier = {
		settings: verifier.settings,
		verify: (input) => verifier.verify(input),
		safeVerify: (input) => verifier.safeVerify(input),
		verifyAsync: (input) => verifier.verifyAsync(input),
		safeVerifyAsync: (input) => verifier.safeVerifyAsync(input),
		verifyRequest: (...args) => verifier.verifyRequest(...args),
		safeVerifyRequest: (...args) => verifier.safeVerifyRequest(...args),
		answerVerification: (accepted) => verifier.answerVerification(accepted),
		explain: (input, budget) => {
			now += 400;
			budgets.push(budget);
			return verifier.explain?.(input, budget) ?? assert.fail();
		},
	};
	const log = new Log();
	const receiver = createReceiver({ verifier: slow, store: memoryStore(), log });
	for (let count = 0; count < 6; count++) {
		await deliver(receiver, reserialized());
		await settled();
	}
	assert.deepEqual(budgets, [100, 100, 100]);
	assert.equal(told(log).length, 3);
	assert.equal(log.entries.filter(({ message }) => /not explained/.test(message ?? "")).length, 1);
});

test("NODE_ENV and the option decide", async (t) => {
	for (const [environment, explainRefusals, expected] of [
		["production", undefined, 0],
		["production", true, 1],
		["development", undefined, 1],
		["test", undefined, 1],
		[undefined, undefined, 1],
		[undefined, false, 0],
	] as const) {
		setEnvironment(t, environment);
		const log = new Log();
		const options = { keys: SECRET, store: memoryStore(), log, explainRefusals };
		await deliver(createReceiver(options), reserialized());
		await settled();
		assert.equal(told(log).length, expected, `${environment} ${explainRefusals}`);
	}
});

for (const host of ["AWS_LAMBDA_FUNCTION_NAME", "K_SERVICE", "VERCEL"]) {
	test(`${host} says production, unless NODE_ENV or VERCEL_ENV says development`, async (t) => {
		setEnvironment(t, "1", host);
		for (const [environment, vercel, expected] of [
			[undefined, undefined, 0],
			["test", "production", 0],
			["production", "development", 0],
			["development", undefined, 1],
			[undefined, "development", 1],
		] as const) {
			setEnvironment(t, environment);
			setEnvironment(t, vercel, "VERCEL_ENV");
			const log = new Log();
			await deliver(createReceiver({ keys: SECRET, store: memoryStore(), log }), reserialized());
			await settled();
			assert.equal(told(log).length, expected, `${environment} ${vercel}`);
		}
	});
}

test("a long body is not looked at: that takes too long", async () => {
	const log = new Log();
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log });
	for (const [length, isLookedAt] of [
		[262_144, true],
		[262_145, false],
	] as const) {
		const value = { a: "x".repeat(length - '{"a":""}'.length) };
		const { headers } = signed(JSON.stringify(value, null, 2));
		const { status } = await deliver(receiver, { headers, body: JSON.stringify(value) });
		assert.equal(status, 401);
		await pause(300);
		const { record } = told(log).at(-1) ?? assert.fail();
		assert.equal(record.cause !== undefined, isLookedAt);
		assert.equal(record.code, "signature_mismatch");
	}
	assert.equal(told(log).length, 2);
});

test("without a logger, refusals are explained on console.warn while developing", async (t) => {
	const lines: string[] = [];
	t.mock.method(console, "warn", (line: string) => lines.push(line));
	const receiver = createReceiver({ keys: SECRET, store: memoryStore() });
	await deliver(receiver, reserialized());
	const get = await receiver(new Request("https://pay.example/callback"));
	assert.equal(get.status, 405);
	await until(() => lines.length === 2, "both are told");
	const [why = "", method = ""] = lines.toSorted().toReversed();
	assert.match(why, /^why a callback was refused: the body was parsed/);
	assert.match(method, /^why a callback was refused: expected POST, got GET; /);
	setEnvironment(t, "production");
	await deliver(createReceiver({ keys: SECRET, store: memoryStore() }), reserialized());
	await settled();
	assert.equal(lines.length, 3);
	assert.match(lines[2] ?? "", /^callback refused .*: signature does not match any key/);
});

test("the headers of another sender are named at once, to the developer alone", async () => {
	const log = new Log();
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log });
	const headers = { "content-type": "application/json", "Stripe-Signature": "t=1,v1=00" };
	const { status, body } = await deliver(receiver, { headers, body: "{}" });
	assert.deepEqual([status, body], refused(400, "missing_header"));
	assert.equal(
		log.last.message,
		'missing header webhook-id; this request has stripe-signature: sender: "stripe"?',
	);
});

test("only headers that are another sender's are named", () => {
	const verifier = wallet.createVerifier({ keys: SECRET });
	const messageFor = (headers: Record<string, string>) => {
		const result = verifier.safeVerify({ headers, body: "{}" });
		return result.ok ? assert.fail() : result.message;
	};
	for (const [headers, expected] of [
		[{ "svix-signature": "v1,AA==" }, 'svix-signature: sender: "svix"?'],
		[{ "X-Signature": "x" }, 'x-signature: sender: "moralis" or "moonpay-commerce" or "bitnovo"?'],
	] as const) {
		assert.equal(messageFor(headers), `missing header webhook-id; this request has ${expected}`);
	}
	for (const headers of [{}, { "webhook-signature": "v1,AA==" }, { signed: "x" }]) {
		assert.equal(messageFor(headers as Record<string, string>), "missing header webhook-id");
	}
	// What is not read is not looked at.
	const odd = { headers: { "stripe-signature": 5 } as never, body: "{}" };
	assert.equal(verifier.safeVerify(odd).ok, false);
});

test("without the full module it is off, and says so if it is asked for", () => {
	const file = join(CONSUMER, "without-full.mjs");
	writeFileSync(
		file,
		`import { createReceiver } from "wallet-callback/receiver";
import { memoryStore } from "wallet-callback/stores/memory";
const options = { keys: "${SECRET}", store: memoryStore(), onAny() {} };
const receiver = createReceiver({ ...options, log: { info() {}, error() {}, warn: (record, message) => console.log(message) } });
const headers = { "content-type": "application/json" };
await receiver(new Request("https://pay.example/", { method: "POST", headers, body: "{}" }));
await new Promise((resolve) => setTimeout(resolve, 50));
try {
	createReceiver({ ...options, explainRefusals: true });
} catch (error) {
	console.log(error.code, error.message);
}
await import("wallet-callback/full");
createReceiver({ ...options, explainRefusals: true });
console.log("taken");
`,
	);
	const output = execFileSync(process.execPath, ["--conditions=module", file], {
		encoding: "utf8",
	});
	assert.deepEqual(output.trim().split("\n"), [
		"callback refused",
		'needs_full explainRefusals needs the full module: add import "wallet-callback/full"',
		"taken",
	]);
});
