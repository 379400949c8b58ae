/** Nothing of a key's text stays in the core's memory, where a later mistake could show it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { wallet } from "./package.ts";

/** The memory of the core, which starts with the first call below. */
let memory: WebAssembly.Memory | undefined;
WebAssembly.Instance = class extends WebAssembly.Instance {
	constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
		super(module, imports);
		memory = this.exports.memory as WebAssembly.Memory;
	}
};

/** Shorter than any secret that is worth finding, longer than what two of them share by chance. */
const PIECE = 10;

/** How many pieces of a text are in the memory: what frees memory may overwrite a part of it. */
function traces(text: string): number {
	assert.ok(memory, "the core has not started");
	const bytes = Buffer.from(memory.buffer);
	const pieces = Array.from({ length: text.length - PIECE + 1 }, (_, at) =>
		text.slice(at, at + PIECE),
	);
	return pieces.filter((piece) => bytes.includes(piece)).length;
}

const base64 = (key: string) => key.replace(/^[a-z]+_/, "");
const BODY = '{"type":"test.event","timestamp":"2026-03-05T08:00:00Z","data":{}}';

/** Secrets that the core has not made: it sees them only where the test shows them to it. */
const secret = (seed: number, length = 32) =>
	Buffer.from(Array.from({ length }, (_, index) => (seed * 89 + index * 151) & 0xff));
const whsec = (seed: number, length?: number) => `whsec_${secret(seed, length).toString("base64")}`;

test("the memory is the one that is searched", () => {
	const marker = "a text that is in no program";
	const verifier = wallet.createVerifier({ keys: whsec(1) });
	verifier.safeVerify({ headers: {}, body: marker });
	assert.equal(traces(marker), marker.length - PIECE + 1);
});

test("createVerifier", () => {
	const keys = [whsec(2), whsec(3, 64), whsec(4, 24)];
	wallet.createVerifier({ keys });
	for (const key of keys) assert.equal(traces(base64(key)), 0);
});

test("createVerifier with bytes", () => {
	const key = secret(5);
	wallet.createVerifier({ keys: key });
	assert.equal(traces(key.toString("hex")), 0);
});

test("createVerifier with a key that is refused", () => {
	const malformed = whsec(6).replace("=", "");
	assert.throws(() => wallet.createVerifier({ keys: [whsec(7), malformed] }), wallet.ConfigError);
	assert.equal(traces(base64(malformed)), 0);
	assert.equal(traces(base64(whsec(7))), 0);
});

test("createVerifier with a wrong option beside the key", () => {
	const keys = whsec(8);
	assert.throws(() => wallet.createVerifier({ keys, maxBodyBytes: 0 }), wallet.ConfigError);
	assert.equal(traces(base64(keys)), 0);
});

test("sign", () => {
	const key = whsec(9);
	wallet.sign({ body: BODY, key });
	assert.equal(traces(base64(key)), 0);
});

test("sign with bytes", () => {
	const key = secret(10);
	wallet.sign({ body: BODY, key });
	assert.equal(traces(key.toString("hex")), 0);
});

test("sign with a long body, for which the input grows", () => {
	const key = whsec(11);
	wallet.sign({ body: BODY, key });
	wallet.sign({ body: "x".repeat(300_000), key });
	wallet.sign({ body: "x".repeat(3_000_000), key });
	assert.equal(traces(base64(key)), 0);
});

test("sign with a wrong option beside the key", () => {
	const key = whsec(12);
	assert.throws(() => wallet.sign({ body: BODY, key, id: "a.b" }), wallet.ConfigError);
	assert.equal(traces(base64(key)), 0);
});

test("generateSecret", () => {
	for (let round = 0; round < 10; round += 1) {
		assert.equal(traces(base64(wallet.generateSecret())), 0);
	}
});

test("generateKeyPair", () => {
	for (let round = 0; round < 10; round += 1) {
		assert.equal(traces(base64(wallet.generateKeyPair().privateKey)), 0);
	}
});

test("sign with a private key", () => {
	const { privateKey } = wallet.generateKeyPair();
	wallet.sign({ body: BODY, key: privateKey });
	assert.equal(traces(base64(privateKey)), 0);
});
