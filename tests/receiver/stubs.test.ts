/** A runtime that has Node's functions as stubs which throw, as Next.js' edge runtime does. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import {
	createReceiver,
	expectAnswer,
	HANDLER_FAILED,
	memoryStore,
	OK,
	refused,
	SECRET,
	signed,
} from "./receivers.ts";

const { setImmediate, DecompressionStream } = globalThis;
const refuse = (name: string) => () => {
	throw new Error(`A Node.js API is used (${name}) which is not supported in the Edge Runtime.`);
};
Object.assign(globalThis, {
	setImmediate: refuse("setImmediate"),
	DecompressionStream: class {
		constructor() {
			refuse("DecompressionStream")();
		}
	},
});
after(() => Object.assign(globalThis, { setImmediate, DecompressionStream }));

test("a body that does not arrive is given up in time, and makes room before", async () => {
	const options = { bodyTimeoutSeconds: 0.4, maxUnverifiedBodies: 1 };
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), ...options });
	const request = () => ({
		method: "POST",
		secure: true,
		headers: {},
		readBody: () => new Promise<never>(() => {}),
	});
	const first = receiver.receive(request());
	await sleep(300);
	const second = receiver.receive(request());
	assert.equal((await first).status, 503);
	assert.equal((await second).status, 408);
	assert.equal(receiver.stats().inFlight, 0);
});

test("a handler that does not end is given up in time", async () => {
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		leaseSeconds: 0.1,
		onAny: () => sleep(5000, undefined, { ref: false }),
	});
	const begun = performance.now();
	await expectAnswer(receiver, signed(), HANDLER_FAILED);
	assert.ok(performance.now() - begun < 4000);
});

test("a compressed body is asked for as it was", async () => {
	const receiver = createReceiver({ keys: SECRET, store: memoryStore() });
	const { headers, body } = signed();
	const compressed = {
		headers: { ...headers, "content-encoding": "gzip" },
		body: new Uint8Array(gzipSync(body)),
	};
	const expected = refused(415, "unsupported_media_type");
	const answered = await expectAnswer(receiver, compressed, expected);
	assert.equal(answered.get("accept-encoding"), "identity");
	await expectAnswer(receiver, { headers, body }, OK);
});
