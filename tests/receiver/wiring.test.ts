/** Wrong wiring fails where it is written, with the line to write instead; and no request hangs. */
import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import fastify from "fastify";
import { Redis } from "ioredis";
import pg from "pg";
import { wallet } from "../package/package.ts";
import { createBareReceiver, Log, memoryStore, SECRET, signed, toRequest } from "./receivers.ts";

const express: () => RequestListener & { post(path: string, handler: never): void } = createRequire(
	import.meta.url,
)("express");
const onAny = () => {};
const store = memoryStore();

/** Asserts that a receiver with these options is refused, with this message. */
function assertRefused(options: object, message: string | RegExp): void {
	const build = () => createBareReceiver({ keys: SECRET, store, onAny, ...options } as never);
	assert.throws(build, { name: "ConfigError", code: "invalid_option", message });
}

test("a receiver without a handler", () => {
	const message =
		'a receiver needs a handler: on: { "deposit.confirmed": async ({ event }) => { … } }, or onAny: async ({ event }) => { … } for all events';
	for (const options of [{}, { on: {} }, { on: { "deposit.confirmed": undefined } }]) {
		assertRefused({ ...options, onAny: undefined }, message);
	}
	assertRefused(
		{ sender: "github", keys: "x".repeat(24), onAny: undefined },
		"a receiver needs a handler: onAny: async ({ event }) => { … }",
	);
	for (const handler of [{ onUnknown: onAny }, { on: { "deposit.confirmed": onAny } }]) {
		createBareReceiver({ keys: SECRET, store, ...handler });
	}
});

test("a handler that is called instead of passed", () => {
	const message =
		'on["deposit.confirmed"]: expected a function, got a promise (pass the handler itself, do not call it)';
	assertRefused({ on: { "deposit.confirmed": Promise.resolve() } }, message);
});

test("what is not a store, with what makes one of it", () => {
	const redis = new Redis({ lazyConnect: true });
	const nodeRedis = { eval() {}, evalSha() {}, sendCommand() {} };
	const sql = Object.assign(() => {}, { unsafe() {} });
	const database = { prepare() {}, exec() {} };
	const namespace = { idFromName() {}, get() {} };
	for (const [value, message] of [
		[
			undefined,
			/^store is required: store: memoryStore\(\) from "wallet-callback\/stores\/memory"/,
		],
		[memoryStore, "store: expected a store, got a function: call it: store: memoryStore()"],
		[
			redis,
			/got a Redis client: store: redisStore\(client\) from "wallet-callback\/stores\/redis"$/,
		],
		[nodeRedis, /got a Redis client: store: redisStore\(client\)/],
		[new pg.Pool(), /got a PostgreSQL client: store: postgresStore\(client\)/],
		[sql, /got a PostgreSQL client: store: postgresStore\(client\)/],
		[database, /got a SQLite database: store: sqliteStore\(database\)/],
		[namespace, /got a Durable Object namespace: store: durableObjectStore\(namespace\)/],
		[
			"callbacks.db",
			/such as sqliteStore\(path\) from "wallet-callback\/stores\/sqlite", got a string$/,
		],
		[Promise.resolve(store), "store: expected a store, got a promise: await it first"],
		[
			{},
			'store: expected a store, such as memoryStore() from "wallet-callback/stores/memory", got an object without the method claim',
		],
		[
			5,
			'store: expected a store, such as memoryStore() from "wallet-callback/stores/memory", got 5',
		],
	] as const) {
		assertRefused({ store: value }, message);
	}
	redis.disconnect();
});

test("what is not a verifier, with what to pass", () => {
	const receiver = createBareReceiver({ keys: SECRET, store, onAny });
	for (const [verifier, got] of [
		[receiver, "a receiver, which has a verifier already: serve it as it is"],
		[wallet.createVerifier, "a function: call it: verifier: createVerifier({ keys })"],
		[SECRET, "a string: keys: [secret]"],
		[{}, "object"],
	] as const) {
		const build = () => createBareReceiver({ verifier, store, onAny } as never);
		const message = `verifier: expected what createVerifier() returns, or its options with keys, got ${got}`;
		assert.throws(build, { name: "ConfigError", code: "invalid_option", message });
	}
});

/** The address of a server that runs until the test ends. */
async function serve(t: TestContext, listener: RequestListener): Promise<string> {
	const server = createServer(listener).listen(0, "127.0.0.1");
	await new Promise((resolve) => server.once("listening", resolve));
	t.after(() => server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
}

const ANSWER = [500, { code: 500, error: "not_a_request" }];

/** Posts a callback, and reads the answer. */
async function post(url: string): Promise<unknown[]> {
	const { headers, body } = signed();
	const signal = AbortSignal.timeout(5000);
	const response = await fetch(url, { method: "POST", headers, body, signal });
	return [response.status, await response.json()];
}

test("a receiver as a handler of Express, node:http or Fastify answers 500, and the log has the line", async (t) => {
	const log = new Log();
	const receiver = createBareReceiver({ keys: SECRET, store, onAny, log }) as never;
	const onExpress =
		'Express: app.post("/callback", walletCallback(receiver)) with walletCallback from "wallet-callback/express"';
	const onNode =
		'Node: createServer(toNodeListener(receiver)) with toNodeListener from "wallet-callback/node"';
	const app = express();
	app.post("/callback", receiver);
	for (const [listener, got] of [
		[app, onExpress],
		[receiver as RequestListener, onNode],
	] as const) {
		assert.deepEqual(await post(await serve(t, listener)), ANSWER);
		const { outcome, code, message, level } = log.last;
		assert.deepEqual(
			[outcome, code, level, message],
			[
				"misconfigured",
				"not_a_request",
				"error",
				`expected a Fetch Request, got a request of ${got}`,
			],
		);
	}
	const server = fastify();
	server.post("/callback", receiver);
	t.after(() => server.close());
	assert.deepEqual(
		await post(`${await server.listen({ port: 0, host: "127.0.0.1" })}/callback`),
		ANSWER,
	);
	assert.match(
		String(log.last.message),
		/got a request of Fastify: app\.register\(walletCallback, /,
	);
});

test("whatever it is given, a receiver answers", async () => {
	const log = new Log();
	const receiver = createBareReceiver({ keys: SECRET, store, onAny, log }) as unknown as (
		...args: unknown[]
	) => Promise<Response>;
	const request = toRequest(signed());
	const hostile = new Proxy(request, {
		get() {
			throw new Error("no");
		},
	});
	for (const [args, hint] of [
		[[], /as in receiver\(request\), got undefined$/],
		[[null, null], /got null$/],
		[["https://pay.example/"], /got string$/],
		[[{ request, platform: {} }], /: receiver\(event\.request\)$/],
		[[{ req: {}, env: {}, json() {} }], /got a context of Hono: .* from "wallet-callback\/hono"$/],
		[[{ raw: request, bodyCache: {} }], /got a request of Hono: .* from "wallet-callback\/hono"$/],
		[[{ requestContext: {}, headers: {}, body: "" }], /toLambdaHandler\(receiver\)/],
	] as const) {
		const response = await receiver(...args);
		assert.deepEqual([response.status, await response.json()], ANSWER);
		assert.match(String(log.last.message), hint);
	}
	assert.equal((await receiver(hostile)).status, 500);
	assert.equal(log.last.outcome, "internal_error");
	assert.equal((await receiver(request, null)).status, 200);
});
