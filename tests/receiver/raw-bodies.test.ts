/** The bytes that handlers get, and bodies that come compressed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { HandlerContext, Receiver } from "wallet-callback/receiver";
import {
	type Callback,
	createReceiver,
	deliver,
	deposit,
	expectAnswer,
	Log,
	memoryStore,
	OK,
	refused,
	SECRET,
	signed,
} from "./receivers.ts";

type Seen = { readonly by: string; readonly body: Uint8Array; readonly payload?: unknown };

/** A receiver of another sender, and what its handlers and its answer were given. */
function receiverOf(options: object = {}): { receiver: Receiver; seen: Seen[] } {
	const seen: Seen[] = [];
	const see =
		(by: string) =>
		({ body, event }: Pick<HandlerContext<{ payload?: unknown }>, "body" | "event">) => {
			seen.push({ by, body, payload: event.payload });
			return undefined;
		};
	const receiver = createReceiver({
		keys: SECRET,
		sender: "standard-webhooks",
		store: memoryStore(),
		on: { paid: see("on") },
		onUnknown: see("onUnknown"),
		onAny: see("onAny"),
		respond: see("respond"),
		...options,
	});
	return { receiver, seen };
}

const own = (body: Callback["body"]) => signed(body, { sender: "standard-webhooks" });

test("every handler gets the bytes as they were verified", async () => {
	const texts = ['{"type":"paid", "memo":"💸\\u00e9"}', '\ufeff{"type":"other"}'];
	const bodies = [...texts.map((text) => Buffer.from(text)), Buffer.from([0xff, 0, 0x80])];
	for (const acknowledge of ["after-handling", "before-handling"] as const) {
		const { receiver, seen } = receiverOf({ acknowledge });
		for (const body of bodies) await expectAnswer(receiver, own(body), OK);
		await receiver.drain();
		const given = (name: string) =>
			seen.filter(({ by }) => by === name).map(({ body }) => Buffer.from(body));
		const inOrder = (list: Buffer[]) => list.toSorted(Buffer.compare);
		assert.deepEqual(given("on"), bodies.slice(0, 1), acknowledge);
		assert.deepEqual(inOrder(given("onUnknown")), inOrder(bodies.slice(1)), acknowledge);
		assert.deepEqual(inOrder(given("onAny")), inOrder(bodies), acknowledge);
		assert.deepEqual(inOrder(given("respond")), inOrder(bodies), acknowledge);
		assert.ok(seen.every(({ body }) => body.constructor === Uint8Array));
		await receiver.close();
	}
});

test("a dead letter has the bytes, too", async () => {
	const letters: Uint8Array[] = [];
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		maxAttempts: 1,
		onAny: () => assert.fail("no"),
		onDeadLetter: ({ body }) => letters.push(body),
	});
	await expectAnswer(receiver, signed(), OK);
	assert.deepEqual(letters, [new TextEncoder().encode(deposit())]);
});

test("what JSON has no form for comes back from the inbox", async () => {
	const text = String.raw`{"n":9007199254740993,"s":"\u0000n5","t":["\u0000","\u0000x41"]}`;
	const options = { acknowledge: "before-handling", unsafeNumbers: "bigint" };
	const { receiver, seen } = receiverOf(options);
	await expectAnswer(receiver, own(text), OK);
	await receiver.drain();
	const payload = { n: 9007199254740993n, s: "\0n5", t: ["\0", "\0x41"] };
	assert.deepEqual(seen.find(({ by }) => by === "onAny")?.payload, payload);
	await receiver.close();
});

test("numbers that JSON does not write come back from the inbox", async () => {
	const text = '{"infinite":1e400,"less":-1e400,"zero":-0,"one":1.5}';
	const { receiver, seen } = receiverOf({
		acknowledge: "before-handling",
		unsafeNumbers: "number",
	});
	await expectAnswer(receiver, own(text), OK);
	await receiver.drain();
	const payload = seen.find(({ by }) => by === "onAny")?.payload as Record<string, number>;
	assert.deepEqual(Object.values(payload), [
		Number.POSITIVE_INFINITY,
		Number.NEGATIVE_INFINITY,
		-0,
		1.5,
	]);
	assert.ok(Object.is(payload.zero, -0));
	await receiver.close();
});

test("the inbox minds no toJSON that a program has given to bigints, texts or arrays", async () => {
	const prototypes: object[] = [BigInt.prototype, String.prototype, Array.prototype];
	for (const prototype of prototypes) {
		Object.defineProperty(prototype, "toJSON", { value: String, configurable: true });
	}
	try {
		const text = String.raw`{"n":9007199254740993,"s":"\u0000n5","t":["a",["b"]]}`;
		const options = { acknowledge: "before-handling", unsafeNumbers: "bigint" };
		const { receiver, seen } = receiverOf(options);
		await expectAnswer(receiver, own(text), OK);
		await receiver.drain();
		const payload = { n: 9007199254740993n, s: "\0n5", t: ["a", ["b"]] };
		assert.deepEqual(seen.find(({ by }) => by === "onAny")?.payload, payload);
		await receiver.close();
	} finally {
		for (const prototype of prototypes) Reflect.deleteProperty(prototype, "toJSON");
	}
});

test("the inbox keeps what is nested as deep as may be", async () => {
	const text = "[".repeat(1000) + "]".repeat(1000);
	const { receiver, seen } = receiverOf({ acknowledge: "before-handling" });
	await expectAnswer(receiver, own(text), OK);
	await receiver.drain();
	assert.deepEqual(seen.find(({ by }) => by === "onAny")?.payload, JSON.parse(text));
	await receiver.close();
});

const as = (encoding: string, { headers, body }: Callback, pack = gzipSync): Callback => ({
	headers: { ...headers, "content-encoding": encoding },
	body: new Uint8Array(pack(body)),
});

test("a compressed body is verified as it was before, and handed over so", async () => {
	for (const [encoding, pack] of [
		["gzip", gzipSync],
		["GZIP", gzipSync],
		["x-gzip", gzipSync],
		["deflate", deflateSync],
		// A framework or a proxy has decompressed it, and left the header.
		["gzip", Buffer.from],
		["deflate", Buffer.from],
	] as const) {
		const { receiver, seen } = receiverOf();
		const callback = own(`{"type":"paid","of":"${"x".repeat(20_000)}"}`);
		await expectAnswer(receiver, as(encoding, callback, pack as typeof gzipSync), OK);
		assert.equal(Buffer.from(seen[0]?.body ?? []).toString(), callback.body, encoding);
		// The same callback in another form.
		await expectAnswer(receiver, callback, [200, { code: 0, duplicate: true }]);
		assert.equal(seen.filter(({ by }) => by === "on").length, 1);
	}
});

test("a body that decompresses to more than the limit is told so, and not held", async () => {
	const log = new Log();
	const { receiver } = receiverOf({ maxBodyBytes: 10_000, log });
	const tooLarge = refused(413, "body_too_large");
	const text = (length: number) => JSON.stringify("x".repeat(length - 2));
	await expectAnswer(receiver, as("gzip", own(text(10_000))), OK);
	await expectAnswer(receiver, as("gzip", own(text(10_001))), tooLarge);
	// 9 KB of gzip that become 9 MB: what is decompressed of it is a few slices.
	const before = process.memoryUsage().arrayBuffers;
	await expectAnswer(receiver, as("gzip", own(text(9_000_000))), tooLarge);
	assert.ok(process.memoryUsage().arrayBuffers - before < 16_000_000);
	const { bytes } = log.last as { bytes: number };
	assert.ok(bytes > 10_000 && bytes < 200_000, `${bytes}`);
});

test("what cannot be decompressed is verified as it came", async () => {
	const { receiver } = receiverOf();
	const { headers, body } = as("gzip", own('{"type":"paid"}'));
	const mismatch = refused(401, "signature_mismatch");
	const bytes = body as Uint8Array<ArrayBuffer>;
	await expectAnswer(receiver, { headers, body: bytes.slice(0, -4) }, mismatch);
	await expectAnswer(receiver, { headers, body: bytes.slice(0, 11) }, mismatch);
	// A sender may sign what it sends, of a kind that looks so.
	const { status } = await deliver(receiver, own(new Uint8Array([0x1f, 0x8b, 0, 1])));
	assert.equal(status, 200);
});

test("a body is not decompressed for those who may not send it", async (t) => {
	let made = 0;
	const { DecompressionStream: Real } = globalThis;
	class Counting extends Real {
		constructor(format: CompressionFormat) {
			super(format);
			made += 1;
		}
	}
	globalThis.DecompressionStream = Counting;
	t.after(() => {
		globalThis.DecompressionStream = Real;
	});
	const { receiver } = receiverOf();
	const { headers, body } = as("gzip", own('{"type":"paid"}'));
	const request = (url: string) => new Request(url, { method: "POST", headers, body });
	const plain = await receiver(request("http://pay.example/"), { ip: "203.0.113.7" });
	assert.deepEqual(await plain.json(), { code: 403, error: "insecure_transport" });
	assert.equal(made, 0);
	const { status } = await receiver(request("https://pay.example/"));
	assert.deepEqual([status, made], [200, 1]);
});

test("verifyRequest says which compressions it reads", async () => {
	const { wallet } = await import("../package/package.ts");
	const verifier = wallet.createVerifier({ keys: SECRET });
	const request = ({ headers, body }: Callback) =>
		new Request("https://pay.example/", { method: "POST", headers, body });
	for (const encoding of ["br", "zstd", "gzip, gzip", "constructor"]) {
		const packed = as(encoding, signed(), brotliCompressSync as typeof gzipSync);
		const refusal = {
			code: "malformed_header",
			status: 400,
			message: "expected content-encoding gzip, deflate, identity",
			header: "content-encoding",
		};
		assert.deepEqual(await verifier.safeVerifyRequest(request(packed)), { ok: false, ...refusal });
		await assert.rejects(verifier.verifyRequest(request(packed)), refusal);
		// A platform has decompressed it, and left the header.
		const plain = as(encoding, signed(), Buffer.from as typeof gzipSync);
		assert.ok((await verifier.safeVerifyRequest(request(plain))).ok);
	}
	const forged = { ...signed(), body: "{}" };
	const result = await verifier.safeVerifyRequest(request(as("gzip", forged)));
	assert.deepEqual([result.ok, !result.ok && result.code], [false, "signature_mismatch"]);
});

test("verifyRequest decompresses within the limit", async () => {
	const { wallet } = await import("../package/package.ts");
	const verifier = wallet.createVerifier({ keys: SECRET, maxBodyBytes: 10_000 });
	const request = ({ headers, body }: Callback) =>
		new Request("https://pay.example/", { method: "POST", headers, body });
	const result = await verifier.safeVerifyRequest(request(as("gzip", signed())));
	assert.ok(result.ok, JSON.stringify(result));
	const bomb = as("gzip", signed(deposit("dep_1", { "data.memo": "x".repeat(1_000_000) })));
	const refusal = await verifier.safeVerifyRequest(request(bomb));
	assert.deepEqual([refusal.ok, !refusal.ok && refusal.code], [false, "body_too_large"]);
});
