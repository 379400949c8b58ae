/** The resolver of published keys, against a server that misbehaves in every way it can. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { after, before, beforeEach, test } from "node:test";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const { createKeyResolver, KeyResolutionError }: typeof import("wallet-callback/keys") =
	createRequire(join(CONSUMER, "package.json"))("wallet-callback/keys");

type Options = Parameters<typeof createKeyResolver>[0];
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const HOST = "https://api.circle.com";
const ID = "879dc113-5ca4-4ff7-a6b7-54652083fcf8";
const KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";

const seen: string[] = [];
let answer: Answer;
let origin: string;
let clock = 0;

const server = createServer((request, response) => {
	seen.push(request.url ?? "");
	answer(request, response);
});

before(async () => {
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
	server.closeAllConnections();
	server.close();
});

beforeEach(() => {
	seen.length = 0;
	clock = 1_700_000_000_000;
	answer = circle;
});

/** Answers as Circle does, for every id but those that begin with "no". */
const circle: Answer = ({ url = "" }, response) => {
	const id = decodeURIComponent(url.slice("/keys/".length));
	if (id.startsWith("no")) response.writeHead(404).end();
	else json({ data: { id, publicKey: KEY } })(undefined as never, response);
};

const json =
	(value: unknown): Answer =>
	(_, response) => {
		response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
	};

/** A resolver whose fetches of the sender's host reach the server. */
function resolver(options: Partial<Options> = {}) {
	return createKeyResolver({
		sender: "circle",
		url: (keyId) => `${HOST}/keys/${keyId}`,
		now: () => clock,
		fetch: (url, init) => fetch(url.replace(/^https:\/\/[^/]+/, origin), init),
		...options,
	});
}

const failsWith = (code: string) => (error: unknown) =>
	error instanceof KeyResolutionError && error.code === code;

const pass = (seconds: number) => {
	clock += seconds * 1000;
};

test("a key is fetched by its id, once within its time", async () => {
	const keys = resolver({ ttlSeconds: 100 });
	assert.equal(await keys(ID), KEY);
	pass(99);
	assert.equal(await keys(ID), KEY);
	assert.deepEqual(seen, [`/keys/${ID}`]);
	pass(1);
	assert.equal(await keys(ID), KEY);
	assert.equal(seen.length, 2);
});

test("using a key does not prolong its time", async () => {
	const keys = resolver({ ttlSeconds: 100 });
	for (const seconds of [40, 39, 21, 0]) {
		await keys(ID);
		pass(seconds);
	}
	assert.equal(seen.length, 2);
});

test("a key that does not exist is asked for again after the negative time", async () => {
	const keys = resolver({ negativeTtlSeconds: 30 });
	assert.equal(await keys("no-1"), undefined);
	pass(29);
	assert.equal(await keys("no-1"), undefined);
	assert.equal(seen.length, 1);
	pass(1);
	answer = json({ data: { publicKey: KEY } });
	assert.equal(await keys("no-1"), KEY);
});

test("400, 404 and 410 say that there is no such key", async () => {
	for (const status of [400, 404, 410]) {
		answer = (_, response) => response.writeHead(status).end("{}");
		assert.equal(await resolver()(ID), undefined, String(status));
	}
});

test("an entry of a JWKS is found by its kid, and one answer serves all", async () => {
	const entry = (kid: string) => ({ kty: "RSA", kid, n: "AQAB", e: "AQAB" });
	answer = json({ keys: [entry("a"), null, entry("b")] });
	const keys = resolver({ url: `${HOST}/jwks`, negativeTtlSeconds: 30 });
	assert.deepEqual(await keys("b"), entry("b"));
	assert.deepEqual(await keys("a"), entry("a"));
	for (let invented = 0; invented < 100; invented++) {
		assert.equal(await keys(`invented-${invented}`), undefined);
	}
	assert.deepEqual(seen, ["/jwks"]);
	pass(30);
	answer = json({ keys: [entry("new")] });
	assert.deepEqual(await keys("new"), entry("new"));
	assert.equal(seen.length, 2);
});

test("a missing list of keys is no negative answer", async () => {
	answer = (_, response) => response.writeHead(404).end();
	await assert.rejects(resolver({ url: `${HOST}/jwks` })("a"), failsWith("key_fetch_failed"));
});

test("concurrent lookups share one fetch", async () => {
	const keys = resolver();
	const found = await Promise.all(Array.from({ length: 50 }, () => keys(ID)));
	assert.deepEqual(new Set(found), new Set([KEY]));
	assert.equal(seen.length, 1);
});

test("concurrent lookups share one failure, and the next tries again", async () => {
	answer = (_, response) => response.writeHead(500).end();
	const keys = resolver();
	const found = await Promise.allSettled(Array.from({ length: 50 }, () => keys(ID)));
	assert.ok(found.every(({ status }) => status === "rejected"));
	assert.equal(seen.length, 1);
	answer = circle;
	assert.equal(await keys(ID), KEY);
});

test("a stale key stands in for one that cannot be fetched, for so long", async () => {
	for (const staleSeconds of [0, 50]) {
		answer = circle;
		const keys = resolver({ ttlSeconds: 100, staleSeconds });
		await keys(ID);
		answer = (_, response) => response.writeHead(503).end();
		pass(99 + staleSeconds);
		assert.equal(await keys(ID), KEY);
		pass(1);
		await assert.rejects(keys(ID), failsWith("key_fetch_failed"));
	}
});

test("after a failure, a known key is left alone for some seconds", async () => {
	const keys = resolver({ ttlSeconds: 100, staleSeconds: 3600 });
	await keys(ID);
	answer = (_, response) => response.writeHead(503).end();
	pass(100);
	for (let count = 0; count < 3; count++) assert.equal(await keys(ID), KEY);
	assert.equal(seen.length, 2);
	pass(60);
	answer = circle;
	assert.equal(await keys(ID), KEY);
	assert.equal(seen.length, 3);
	assert.equal(await keys(ID), KEY);
	assert.equal(seen.length, 3);
});

test("invented ids cost a bounded number of fetches", async () => {
	const keys = resolver({ maxFetchesPerMinute: 5 });
	assert.equal(await keys(ID), KEY);
	for (let invented = 0; invented < 100; invented++) {
		await keys(`no-${invented}`).catch((error) => {
			if (!failsWith("too_many_fetches")(error)) throw error;
		});
	}
	assert.equal(seen.length, 5);
	assert.equal(await keys(ID), KEY);
	pass(60);
	assert.equal(await keys("no-200"), undefined);
	assert.equal(seen.length, 6);
});

test("the least recently used answer makes room", async () => {
	const keys = resolver({ maxKeys: 2 });
	for (const id of ["a", "b", "a", "c", "a"]) await keys(id);
	assert.deepEqual(seen, ["/keys/a", "/keys/b", "/keys/c"]);
	await keys("b");
	assert.equal(seen.length, 4);
});

test("an id that is no segment of a path is no key's, and costs no fetch", async () => {
	const keys = resolver();
	const ids = ["", ".", "..", "a/b", "../admin", "a b", "a\n", "é", "a".repeat(129), "\u0000"];
	for (const id of [...ids, undefined, null, 7, ["a"]]) {
		assert.equal(await keys(id as string), undefined, JSON.stringify(id));
	}
	assert.deepEqual(seen, []);
});

test("an id cannot leave its place in the address", async () => {
	const keys = resolver();
	for (const id of ["?a=b", "#a", "..%2fadmin", "%2e%2e", "..\\admin", "@evil.example", "a&b;c"]) {
		await keys(id);
		assert.equal(seen.at(-1), `/keys/${encodeURIComponent(id)}`);
	}
});

test("only the sender's hosts are asked, over https", async () => {
	const addresses = {
		host_not_allowed: [
			"https://evil.example/keys",
			"https://api.circle.com.evil.example/keys",
			"https://evil.api.circle.com/keys",
			"https://api.circle.com:8443/keys",
			"https://api.circle.com@evil.example/keys",
			"https://user@api.circle.com/keys",
			"https://:secret@api.circle.com/keys",
			"https://127.0.0.1/keys",
		],
		invalid_option: ["http://api.circle.com/keys", "file:///etc/passwd", "/keys", "", "keys"],
	};
	for (const [code, list] of Object.entries(addresses)) {
		for (const url of list) {
			assert.throws(() => resolver({ url }), failsWith(code), url);
			await assert.rejects(resolver({ url: () => url })(ID), failsWith(code), url);
		}
	}
	assert.deepEqual(seen, []);
});

test("a user's own descriptor says which hosts are asked", async () => {
	const sender: Options["sender"] = {
		name: "mine",
		algorithm: "ed25519",
		headers: { signature: "x-signature", keyId: "x-key-id" },
		signature: { encoding: "hex" },
		signed: "{body}",
		keyHosts: ["keys.example"],
	};
	const url = (keyId: string) => `https://keys.example/keys/${keyId}`;
	assert.equal(await resolver({ sender, url })(ID), KEY);
	assert.throws(() => resolver({ sender, url: HOST }), failsWith("host_not_allowed"));
});

test("redirects are refused", async () => {
	for (const status of [301, 302, 303, 307, 308]) {
		answer = ({ url }, response) => {
			if (url === "/elsewhere") json({ data: { publicKey: KEY } })(undefined as never, response);
			else response.writeHead(status, { location: `${origin}/elsewhere` }).end();
		};
		await assert.rejects(resolver()(ID), failsWith("key_fetch_failed"), String(status));
	}
	assert.ok(!seen.includes("/elsewhere"));
});

test("other statuses are failures", async () => {
	for (const status of [201, 204, 401, 403, 429, 500, 503]) {
		answer = (_, response) => response.writeHead(status).end();
		await assert.rejects(resolver()(ID), failsWith("key_fetch_failed"), String(status));
	}
});

test("a huge answer is not read to its end", async () => {
	let written = 0;
	answer = (_, response) => {
		const chunk = Buffer.alloc(65_536, " ");
		const more = () => {
			while (!response.destroyed && written < 1e9) {
				written += chunk.length;
				if (!response.write(chunk)) {
					response.once("drain", more);
					return;
				}
			}
		};
		more();
	};
	await assert.rejects(resolver({ maxBytes: 1000 })(ID), failsWith("key_response_invalid"));
	assert.ok(written < 1e8, `${written} bytes`);
});

test("an answer of just as many bytes as allowed is read", async () => {
	const text = JSON.stringify({ data: { publicKey: KEY } });
	answer = (_, response) => response.end(text);
	assert.equal(await resolver({ maxBytes: text.length })(ID), KEY);
	await assert.rejects(
		resolver({ maxBytes: text.length - 1 })(ID),
		failsWith("key_response_invalid"),
	);
});

test("a server that takes its time is left", async () => {
	const slow: Record<string, Answer> = {
		"before its answer": () => {},
		"in the middle of it": (_, response) => void response.write('{"data":'),
	};
	for (const [when, behaviour] of Object.entries(slow)) {
		answer = behaviour;
		const keys = resolver({ timeoutSeconds: 0.1 });
		await assert.rejects(keys(ID), failsWith("key_fetch_failed"), when);
		const told = { message: "api.circle.com: no answer within 0.1 s" };
		await assert.rejects(resolver({ timeoutSeconds: 0.1 })(ID), told);
		answer = circle;
		assert.equal(await keys(ID), KEY, when);
	}
});

test("a connection that breaks is a failure", async () => {
	answer = (request) => request.socket.destroy();
	await assert.rejects(resolver()(ID), failsWith("key_fetch_failed"));
});

test("what is no answer with keys is not kept", async () => {
	const bad: Answer[] = [
		(_, response) => response.end("<html>"),
		(_, response) => response.end(""),
		(_, response) => response.end(Buffer.from([0x22, 0xff, 0x22])),
		...[null, 1, "text", [], {}, { keys: {} }, { data: null }, { data: { publicKey: 1 } }].map(
			json,
		),
	];
	for (const one of bad) {
		answer = one;
		const keys = resolver();
		await assert.rejects(keys(ID), failsWith("key_response_invalid"));
		answer = circle;
		assert.equal(await keys(ID), KEY);
	}
});

test("a key that the server gives for another id is not taken", async () => {
	answer = json({ data: { id: "another", publicKey: KEY } });
	assert.equal(await resolver()(ID), undefined);
});

test("a reader of one's own finds keys in other answers", async () => {
	answer = json([{ sn: "1", pem: "one" }]);
	const read: Options["read"] = (certificates, sn) =>
		(certificates as { sn: string; pem: string }[]).find((one) => one.sn === sn)?.pem;
	const keys = resolver({ url: `${HOST}/certificates`, read });
	assert.equal(await keys("1"), "one");
	assert.equal(await keys("2"), undefined);
});

test("a reader that fails is a failure", async () => {
	const read = () => {
		throw new Error("no");
	};
	await assert.rejects(resolver({ read })(ID), failsWith("key_response_invalid"));
});

test("headers are sent, and made anew for each fetch if they are a function", async () => {
	const sent: (string | undefined)[] = [];
	answer = (request, response) => {
		sent.push(request.headers.authorization);
		circle(request, response);
	};
	await resolver({ headers: { authorization: "Bearer 1" } })(ID);
	let count = 1;
	const keys = resolver({ headers: async () => ({ authorization: `Bearer ${++count}` }) });
	await keys("a");
	await keys("b");
	assert.deepEqual(sent, ["Bearer 1", "Bearer 2", "Bearer 3"]);
});

test("no message shows the request's headers", async () => {
	answer = (_, response) => response.writeHead(401).end();
	const keys = resolver({ headers: { authorization: "Bearer secret" } });
	await assert.rejects(keys(ID), (error: Error) => !error.message.includes("secret"));
});

test("options that make no sense are refused", () => {
	const refused: Record<string, unknown>[] = [
		{ sender: "stripe" },
		{ sender: "toString" },
		{ sender: undefined },
		{ sender: null },
		{ sender: { name: "mine" } },
		{ ttlSeconds: -1 },
		{ ttlSeconds: Number.NaN },
		{ ttlSeconds: "60" },
		{ staleSeconds: -1 },
		{ staleSeconds: 86_401 },
		{ knownKeyIds: "a" },
		{ knownKeyIds: [""] },
		{ knownKeyIds: ["__proto__"] },
		{ knownKeyIds: ["a", "b"], maxKeys: 1 },
		{ knownKeyIds: ["a"], url: `${HOST}/jwks` },
		{ negativeTtlSeconds: Number.POSITIVE_INFINITY },
		{ maxKeys: 0 },
		{ maxBytes: 0 },
		{ timeoutSeconds: 0 },
		{ maxFetchesPerMinute: 0 },
		{ read: "data" },
		{ fetch: null },
		{ now: 1 },
	];
	for (const options of refused) {
		assert.throws(() => resolver(options), failsWith("invalid_option"), JSON.stringify(options));
	}
	assert.throws(() => createKeyResolver(undefined as never), failsWith("invalid_option"));
	for (const [options, message] of [
		[{ timeoutSeconds: 61 }, "timeoutSeconds: expected 0.001 to 60, got 61"],
		[{ ttlSeconds: -1 }, "ttlSeconds: expected 0 to 86400, got -1"],
		[{ maxKeys: "5" }, "maxKeys: expected 1 to 1024, got string"],
		[{ now: 5 }, "now: expected a function"],
	] as const) {
		assert.throws(() => resolver(options as never), { message });
	}
	for (const options of [
		{ timeoutSeconds: 60 },
		{ ttlSeconds: 86_400 },
		{ maxKeys: 1, knownKeyIds: ["a"] },
	]) {
		assert.equal(typeof resolver(options), "function");
	}
});
