// Runs in Node with --expose-gc: memory before and after many calls, prints JSON.
import { createCallbacks, secret, tamper } from "./callbacks.mjs";

const { entry, calls, verifiers } = JSON.parse(process.argv[2]);

// The library keeps its wasm memory to itself, so it is caught where it is made.
const memories = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
	constructor(...args) {
		super(...args);
		memories.push(this.exports.memory);
	}
};

const { createVerifier } = await import(entry);
const verifier = createVerifier({ keys: secret });
const callbacks = await createCallbacks("standard", 1024, 8);
// Refusals take other paths, and are what an attacker can send without end.
const inputs = [
	...callbacks,
	tamper(callbacks[0]),
	{ headers: {}, body: callbacks[0].body },
	{ headers: { ...callbacks[0].headers, "webhook-signature": "v1,?" }, body: callbacks[0].body },
];

// The first verifiers that wait for the collector set the mark that later ones, fewer at once, must not pass.
verifyMany(20_000);
await makeAndDrop(2_000, 500);
const before = await usage();
verifyMany(calls);
const after = await usage();
await makeAndDrop(verifiers, 100);
const afterVerifiers = await usage();
process.stdout.write(JSON.stringify({ calls, verifiers, before, after, afterVerifiers }));

function verifyMany(count) {
	for (let call = 0; call < count; call++) {
		verifier.safeVerify(inputs[call % inputs.length]);
	}
}

/** Verifiers that nobody holds must give their wasm memory back, which happens between tasks. */
async function makeAndDrop(count, atOnce) {
	for (let made = 0; made < count; made++) {
		createVerifier({ keys: secret }).safeVerify(inputs[0]);
		if (made % atOnce === 0) {
			await collectGarbage();
		}
	}
}

async function usage() {
	if (memories.length === 0) {
		throw new Error("the library has made no wasm memory that could be watched");
	}
	await collectGarbage();
	const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
	const wasm = memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
	return { rss, heapUsed, external, arrayBuffers, wasm };
}

async function collectGarbage() {
	for (let pass = 0; pass < 3; pass++) {
		globalThis.gc();
		await new Promise((resolve) => setImmediate(resolve));
	}
}
