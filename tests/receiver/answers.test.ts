/** What the sender is told: every answer that there is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	ADDRESS,
	type Answer,
	type Callback,
	createReceiver,
	DUPLICATE,
	deliver,
	deposit,
	expectAnswer,
	Gate,
	HANDLER_FAILED,
	IN_PROGRESS,
	memoryStore,
	never,
	OK,
	refused,
	SECRET,
	STORE_UNAVAILABLE,
	signed,
	storeWith,
	toRequest,
} from "./receivers.ts";

const LIMIT = 1000;

function receiverThat(handles: () => unknown = () => {}, options: object = {}) {
	return createReceiver({ keys: SECRET, store: memoryStore(), onAny: handles, ...options });
}

function withHeader({ headers, body }: Callback, name: string, value: string): Callback {
	return { headers: { ...headers, [name]: value }, body };
}

/** A request whose body is sent piece by piece, as long as somebody takes it. */
function streamed(
	pull: UnderlyingDefaultSource<Uint8Array>["pull"],
	source: UnderlyingDefaultSource<Uint8Array> = {},
	headers: Record<string, string> = signed().headers,
): Request {
	const body = new ReadableStream<Uint8Array>(
		{ ...source, ...(pull === undefined ? {} : { pull }) },
		{ highWaterMark: 0 },
	);
	const init: RequestInit & { duplex: "half" } = { method: "POST", headers, body, duplex: "half" };
	return new Request(ADDRESS, init);
}

test("a callback is accepted, and its repetition is a duplicate", async () => {
	let runs = 0;
	const receiver = receiverThat(() => {
		runs += 1;
	});
	const callback = signed();
	await expectAnswer(receiver, callback, OK);
	await expectAnswer(receiver, callback, DUPLICATE);
	await expectAnswer(receiver, signed(), OK);
	assert.equal(runs, 2);
});

test("a repetition signed anew, with the same id and body, is a duplicate", async () => {
	const receiver = receiverThat();
	const now = Math.floor(Date.now() / 1000);
	await expectAnswer(receiver, signed(deposit(), { id: "msg_1", timestamp: now - 60 }), OK);
	await expectAnswer(receiver, signed(deposit(), { id: "msg_1", timestamp: now }), DUPLICATE);
});

test("a callback that somebody handles is in progress", async () => {
	const [begun, gate] = [new Gate(), new Gate()];
	const handle = () => {
		begun.open();
		return gate.opened;
	};
	const receiver = receiverThat(handle, { leaseSeconds: 20 });
	const callback = signed();
	const first = deliver(receiver, callback);
	await begun.opened;
	const others = await Promise.all(Array.from({ length: 5 }, () => deliver(receiver, callback)));
	for (const { status, body, headers } of others) {
		assert.deepEqual([status, body], IN_PROGRESS);
		assert.match(headers.get("retry-after") ?? "", /^(19|20)$/);
	}
	gate.open();
	assert.deepEqual((await first).body, { code: 0 });
	await expectAnswer(receiver, callback, DUPLICATE);
});

test("the rest of a short lease is rounded up to a whole second", async () => {
	for (const [retryAfterMs, expected] of [
		[1, "1"],
		[1000, "1"],
		[1001, "2"],
	] as const) {
		const store = storeWith({ claim: async () => ({ status: "busy", retryAfterMs }) });
		const headers = await expectAnswer(receiverThat(undefined, { store }), signed(), IN_PROGRESS);
		assert.equal(headers.get("retry-after"), expected);
	}
});

test("an id with another body is a conflict, before, while and after it is handled", async () => {
	const gate = new Gate();
	let runs = 0;
	const receiver = receiverThat(() => {
		runs += 1;
		return gate.opened;
	});
	const conflict = refused(422, "id_conflict");
	const first = deliver(receiver, signed(deposit("dep_1"), { id: "msg_1" }));
	await expectAnswer(receiver, signed(deposit("dep_2"), { id: "msg_1" }), conflict);
	gate.open();
	await first;
	await expectAnswer(receiver, signed(deposit("dep_2"), { id: "msg_1" }), conflict);
	await expectAnswer(receiver, signed(deposit("dep_1"), { id: "msg_1" }), DUPLICATE);
	assert.equal(runs, 1);
});

test("a handler that fails makes 500, and the next try may do better", async () => {
	let runs = 0;
	const receiver = receiverThat(() => {
		runs += 1;
		if (runs < 3) throw new Error("not now");
	});
	const callback = signed();
	await expectAnswer(receiver, callback, HANDLER_FAILED);
	await expectAnswer(receiver, callback, HANDLER_FAILED);
	await expectAnswer(receiver, callback, OK);
	await expectAnswer(receiver, callback, DUPLICATE);
	assert.equal(runs, 3);
});

test("without the store nothing is handled", async () => {
	const store = storeWith({ claim: () => Promise.reject(new Error("gone")) });
	const receiver = receiverThat(() => assert.fail("handled without a claim"), { store });
	const headers = await expectAnswer(receiver, signed(), STORE_UNAVAILABLE);
	assert.match(headers.get("retry-after") ?? "", /^[1-9]\d*$/);
});

test("only POST is allowed", async () => {
	for (const method of ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
		const request = new Request(ADDRESS, { method, headers: signed().headers });
		const headers = await expectAnswer(receiverThat(), request, refused(405, "method_not_allowed"));
		assert.equal(headers.get("allow"), "POST");
	}
});

test("media types and charsets", async () => {
	for (const [type, status] of [
		["application/json", 200],
		["application/json;charset=utf-8", 200],
		["Application/JSON; Charset=UTF-8", 200],
		['application/json; charset="utf-8"', 200],
		["application/json; profile=x", 200],
		["application/json; profile=x; charset=utf-8", 200],
		["application/json; charset=iso-8859-1", 415],
		["application/json; charset=utf-16", 415],
		["application/json; charset=utf-80", 415],
		["application/json; charset=x-utf-8", 415],
		["application/json; profile=x; charset=latin1", 415],
		["application/json; charset=", 415],
		["text/plain", 415],
		["text/json", 415],
		["application/jsonp", 415],
		["application/x-www-form-urlencoded", 415],
		["multipart/form-data; boundary=application/json", 415],
		["text/html; application/json", 415],
		["application/json, text/html", 415],
		["", 415],
	] as const) {
		const callback = withHeader(signed(), "content-type", type);
		const { status: got, body } = await deliver(receiverThat(), callback);
		assert.equal(got, status, type);
		if (status === 415) assert.deepEqual(body, { code: 415, error: "unsupported_media_type" });
	}
});

test("a callback without a media type is taken by what its body says", async () => {
	const { headers, body } = signed();
	const { "content-type": _, ...bare } = headers;
	await expectAnswer(receiverThat(), toRequest({ headers: bare, body: Buffer.from(body) }), OK);
});

test("a body in an unknown compression is told which are known", async () => {
	for (const encoding of ["br", "zstd", "identity, gzip", "gzip, gzip", "x", "constructor"]) {
		const callback = withHeader(signed(), "content-encoding", encoding);
		const answer = refused(415, "unsupported_media_type");
		const headers = await expectAnswer(receiverThat(), callback, answer);
		assert.equal(headers.get("accept-encoding"), "gzip, deflate, identity", encoding);
	}
	for (const encoding of ["identity", "Identity"]) {
		const callback = withHeader(signed(), "content-encoding", encoding);
		await expectAnswer(receiverThat(), callback, OK);
	}
});

test("a body that says that it is too large is not read", async () => {
	let pulled = 0;
	const request = streamed(
		() => {
			pulled += 1;
		},
		{},
		{ ...signed().headers, "content-length": `${LIMIT + 1}` },
	);
	const receiver = receiverThat(undefined, { maxBodyBytes: LIMIT });
	await expectAnswer(receiver, request, refused(413, "body_too_large"));
	assert.equal(pulled, 0);
});

test("a body that turns out too large is read up to the limit and cancelled", async () => {
	for (const size of [1, 100, LIMIT, 10 * LIMIT]) {
		let pulled = 0;
		let cancelled = 0;
		const request = streamed(
			(controller) => {
				pulled += size;
				controller.enqueue(new Uint8Array(size));
			},
			{
				cancel: () => {
					cancelled += 1;
				},
			},
		);
		const receiver = receiverThat(undefined, { maxBodyBytes: LIMIT });
		await expectAnswer(receiver, request, refused(413, "body_too_large"));
		assert.ok(pulled <= LIMIT + 2 * size, `pulled ${pulled} in pieces of ${size}`);
		assert.equal(cancelled, 1);
	}
});

test("a small content-length does not let a large body through", async () => {
	for (const length of ["0", "10", "-5", "NaN", "1e2", ""]) {
		let pulled = 0;
		const request = streamed(
			(controller) => {
				pulled += 1;
				controller.enqueue(new Uint8Array(100));
			},
			{},
			{ ...signed().headers, "content-length": length },
		);
		const receiver = receiverThat(undefined, { maxBodyBytes: LIMIT });
		await expectAnswer(receiver, request, refused(413, "body_too_large"));
		assert.ok(pulled < 15);
	}
});

test("a body of exactly the limit is accepted, with one byte more it is too large", async () => {
	const callback = signed();
	const length = Buffer.byteLength(callback.body);
	await expectAnswer(receiverThat(undefined, { maxBodyBytes: length }), callback, OK);
	const answer = refused(413, "body_too_large");
	await expectAnswer(receiverThat(undefined, { maxBodyBytes: length - 1 }), callback, answer);
});

test("the limit counts bytes, not characters, of an adapter's text", async () => {
	const { headers, body } = signed(deposit("dep_1", { "data.note": "é".repeat(200) }));
	const text = body as string;
	const receiver = receiverThat(undefined, { maxBodyBytes: text.length });
	const reply = await receiver.receive({
		method: "POST",
		headers,
		secure: true,
		readBody: async () => text,
	});
	assert.deepEqual([reply.status, JSON.parse(reply.body)], refused(413, "body_too_large"));
});

test("a stream that does not let itself be cancelled does not hold up the answer", async () => {
	for (const cancel of [never, () => Promise.reject(new Error("no"))]) {
		const request = streamed((controller) => controller.enqueue(new Uint8Array(600)), { cancel });
		const receiver = receiverThat(undefined, { maxBodyBytes: LIMIT });
		const answer = await Promise.race([
			deliver(receiver, request),
			new Promise<Answer | undefined>((resolve) => setTimeout(resolve, 500, undefined)),
		]);
		assert.deepEqual([answer?.status, answer?.body], refused(413, "body_too_large"));
	}
});

test("a client that hangs up in mid-body", async () => {
	for (const reason of [new Error("reset"), new TypeError("terminated"), undefined]) {
		const request = streamed((controller) => controller.error(reason));
		await expectAnswer(receiverThat(), request, refused(400, "aborted"));
	}
});

test("a body that something has read, or is reading, is the program's mistake", async () => {
	const read = toRequest(signed());
	await read.text();
	const locked = toRequest(signed());
	locked.body?.getReader();
	for (const request of [read, locked]) {
		await expectAnswer(receiverThat(), request, refused(500, "body_already_parsed"));
	}
});

test("an adapter's TypeError says that the body was parsed, another error that the client is gone", async () => {
	const { headers } = signed();
	for (const [error, expected] of [
		[new TypeError("mount express.raw()"), refused(500, "body_already_parsed")],
		[new Error("ECONNRESET"), refused(400, "aborted")],
	] as const) {
		const readBody = () => Promise.reject(error);
		const {
			status,
			body,
			headers: answered,
		} = await receiverThat().receive({
			method: "POST",
			headers,
			secure: true,
			readBody,
		});
		assert.deepEqual([status, JSON.parse(body)], expected);
		assert.deepEqual(answered, { "content-type": "application/json" });
	}
});

const now = Math.floor(Date.now() / 1000);
const OTHER_SECRET = "whsec_Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

const refusals: readonly (readonly [
	status: number,
	code: string,
	callback: Callback,
	options?: object,
])[] = [
	[403, "ip_not_allowed", signed(), { allowedIps: ["203.0.113.0/24"] }],
	[400, "missing_header", { headers: { "content-type": "application/json" }, body: deposit() }],
	[400, "malformed_header", withHeader(signed(), "webhook-id", "a.b")],
	[400, "malformed_header", withHeader(signed(), "webhook-timestamp", "1e9")],
	[400, "malformed_header", withHeader(signed(), "webhook-signature", "v1,abc")],
	[
		401,
		"unsupported_signature",
		withHeader(signed(), "webhook-signature", `v1a,${"A".repeat(86)}==`),
	],
	[401, "signature_mismatch", signed(deposit(), { key: OTHER_SECRET })],
	[401, "signature_mismatch", { ...signed(), body: deposit("dep_2") }],
	[401, "signature_mismatch", withHeader(signed(), "webhook-id", "msg_other")],
	[401, "timestamp_too_old", signed(deposit(), { timestamp: now - 400 })],
	[401, "timestamp_too_new", signed(deposit(), { timestamp: now + 400 })],
	[422, "malformed_payload", signed("[]")],
	[422, "malformed_payload", signed("{")],
	[422, "malformed_payload", signed("")],
	[422, "malformed_payload", signed(deposit("dep_1", { "data.amount.value": "1.5" }))],
];

for (const [index, [status, code, callback, options]] of refusals.entries()) {
	test(`refused: ${code} (${index})`, async () => {
		const store = storeWith({ claim: () => assert.fail("asked the store") });
		const receiver = receiverThat(() => assert.fail("handled"), { store, ...options });
		const headers = await expectAnswer(receiver, callback, refused(status, code));
		assert.equal(headers.get("retry-after"), null);
	});
}

test("refused: insecure_transport", async () => {
	const request = toRequest(signed(), "http://pay.example/callback");
	await expectAnswer(receiverThat(), request, refused(403, "insecure_transport"));
});

test("a clock that tells no time is no reason to accept", async () => {
	const receiver = receiverThat(() => assert.fail("handled"), { now: () => Number.NaN });
	await expectAnswer(receiver, signed(), refused(500, "internal_error"));
});

test("a Bun server that cannot tell the address gives an answer nevertheless", async () => {
	const requestIP = () => {
		throw new Error("the request has ended");
	};
	const response = await receiverThat()(toRequest(signed()), { requestIP }).catch(
		(error) => error as Error,
	);
	assert.ok(response instanceof Response, `rejected: ${response}`);
});
