/** Memory of the core comes back, whatever somebody has sent, and time grows with what is sent. */
import assert from "node:assert/strict";
import { cpuUsage } from "node:process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { wallet } from "./package.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** The memories of all the instances that have been started. */
const memories: WeakRef<WebAssembly.Memory>[] = [];
let trapsNext = false;
const NativeInstance = WebAssembly.Instance;
WebAssembly.Instance = class {
	readonly exports: WebAssembly.Exports;

	constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
		const { exports } = new NativeInstance(module, imports);
		memories.push(new WeakRef(exports.memory as WebAssembly.Memory));
		this.exports = Object.fromEntries(
			Object.entries(exports).map(([name, value]) => [name, trapped(name, value)]),
		);
	}
};

function trapped(name: string, value: WebAssembly.ExportValue): WebAssembly.ExportValue {
	if (typeof value !== "function") return value;
	return (...args: unknown[]) => {
		if (trapsNext && name.includes("verify")) {
			trapsNext = false;
			throw new WebAssembly.RuntimeError("unreachable");
		}
		return value(...args);
	};
}

/** One of the core, and one of the full module, which signs. */
const AT_MOST = 2;

async function countAlive(): Promise<number> {
	for (let round = 0; round < 5; round++) {
		collect();
		await pause(1);
	}
	return memories.filter((memory) => memory.deref() !== undefined).length;
}

const KEY = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;
const BODY = '{"type":"test.event","timestamp":"2026-03-05T08:00:00Z","data":{}}';
const options = { keys: KEY, maxBodyBytes: 16 << 20 };
const callback = () => wallet.sign({ body: BODY, key: KEY });

test("an instance that a large body has made large is given up, and verifiers move over", async () => {
	const verifiers = [1, 2, 3].map(() => wallet.createVerifier(options));
	const verifyAll = () => {
		for (const verifier of verifiers) assert.ok(verifier.safeVerify(callback()).ok);
	};
	verifyAll();
	const before = memories.length;
	for (let call = 0; call < 3; call++) {
		const forged = { ...callback(), body: "x".repeat(8 << 20) };
		assert.equal(verifiers[0]?.safeVerify(forged).ok, false);
		verifyAll();
	}
	assert.equal(memories.length, before + 3);
	assert.ok((await countAlive()) <= AT_MOST);
	verifyAll();
});

test("a genuine callback that makes an instance large is accepted whole", () => {
	const verifier = wallet.createVerifier({ ...options, sender: "svix" });
	const body = JSON.stringify({ text: "é".repeat(4 << 20) });
	const { event } = verifier.verify(wallet.sign({ body, key: KEY, sender: "svix" }));
	assert.deepEqual(event.payload, JSON.parse(body));
});

/** Bodies of 8 MiB with the most values, members and names with escapes; and one long text. */
const worst: { readonly [shape: string]: string } = (() => {
	const repeat = (unit: (index: string) => string) => {
		const length = unit("00000").length + 1;
		const units = Array.from({ length: Math.floor((8 << 20) / length) }, (_, index) =>
			unit(index.toString(36).padStart(5, "0")),
		);
		return units.join(",");
	};
	return {
		"an array of digits": `[${repeat(() => "0")}]`,
		"an array of arrays": `[${repeat(() => "[]")}]`,
		"an object": `{${repeat((name) => `"${name}":0`)}}`,
		"an object in reverse": `{${repeat((name) => `"${[...name].reverse().join("")}":0`)}}`,
		"names with escapes": `{${repeat((name) => `"\\u0061${name}":0`)}}`,
		"a text with escapes": `["${"\\u0001".repeat(1_300_000)}"]`,
		"a text of marks": `["${",:[{".repeat(2 << 20)}"]`,
	};
})();

for (const sender of ["nowpayments", "plisio"] as const) {
	for (const [shape, json] of Object.entries(worst)) {
		const isPlisio = sender === "plisio";
		const head = `{"verify_hash":"${"00".repeat(20)}"`;
		const inner = json.startsWith("{") ? json.slice(1) : `"list":${json}}`;
		const body = isPlisio ? `${head},${inner}` : json;
		test(`JSON that is read before it is verified takes at most six times its bytes: ${sender}, ${shape}`, () => {
			const verifier = wallet.createVerifier({
				sender,
				keys: "secret secret secret",
				maxBodyBytes: 16 << 20,
			});
			const headers = { "x-nowpayments-sig": "00".repeat(64) };
			const judge = (text: string) => verifier.safeVerify({ headers, body: Buffer.from(text) });
			judge("{}");
			const memory = memories.at(-1)?.deref();
			const verdict = judge(body);
			assert.equal(verdict.ok || verdict.code, "signature_mismatch");
			const times = (memory?.buffer.byteLength ?? Number.NaN) / body.length;
			assert.ok(times < 6.2, `${times} times its bytes`);
		});
	}
}

test("an instance of the usual size stays", () => {
	const verifier = wallet.createVerifier(options);
	verifier.verify(callback());
	const before = memories.length;
	for (let call = 0; call < 20; call++) {
		verifier.safeVerify({ ...callback(), body: "x".repeat(1 << 20) });
		verifier.verify(callback());
	}
	assert.equal(memories.length, before);
});

test("an instance that a trap has stopped is not kept by verifiers that nobody uses", async () => {
	const idle = [1, 2, 3].map(() => wallet.createVerifier(options));
	const used = wallet.createVerifier(options);
	for (const verifier of idle) verifier.verify(callback());
	for (let call = 0; call < 10; call++) {
		trapsNext = true;
		assert.throws(() => used.verify(callback()), { code: "wasm_trap" });
		used.verify(callback());
	}
	assert.ok((await countAlive()) <= AT_MOST);
	for (const verifier of idle) verifier.verify(callback());
});

test("the time for headers grows with their number, not with its square", () => {
	const verifier = wallet.createVerifier({ sender: "coinbase-cdp", keys: "secret" });
	const time = (count: number) => {
		const signature = { "x-hook0-signature": `t=1,h=a,v1=${"00".repeat(32)}` };
		const names = Array.from({ length: count }, (_, index) => `x${index.toString(36).padStart(6)}`);
		const headers = { ...Object.fromEntries(names.map((name) => [name, "v"])), ...signature };
		const rounds = [1, 2, 3].map(() => {
			const start = cpuUsage();
			verifier.safeVerify({ headers, body: "{}" });
			wallet.detect({ headers });
			const { user, system } = cpuUsage(start);
			return user + system;
		});
		return Math.min(...rounds);
	};
	time(1000);
	const [few, many] = [time(2000), time(32_000)];
	assert.ok(many < 80 * few, `2,000 headers took ${few} µs, 32,000 took ${many} µs`);
});
