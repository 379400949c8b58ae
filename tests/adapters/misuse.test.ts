/** Each entry, called by every framework that it is not for: 500, a line in the log, and no crash. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo, connect } from "node:net";
import { after, test } from "node:test";
import { serve as serveHono } from "@hono/node-server";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { post, SECRET, signed } from "./callbacks.ts";
import { installed } from "./programs.ts";

type Handler = (...args: unknown[]) => unknown;

const { memoryStore }: typeof import("wallet-callback/stores/memory") = installed(
	"wallet-callback/stores/memory",
);
const { createReceiver }: typeof import("wallet-callback/receiver") = installed(
	"wallet-callback/receiver",
);
const express: () => RequestListener & { post(path: string, handler: never): void } = createRequire(
	import.meta.url,
)("express");

const errors: string[] = [];
const log = {
	info() {},
	warn() {},
	error: (record: object) => void errors.push(String((record as { message?: string }).message)),
};
const options = () => ({ keys: SECRET, store: memoryStore(), log, onAny() {} });

/** What an entry exports, and the handler that it makes. */
const make = (entry: string, name = "walletCallback") =>
	installed(`wallet-callback/${entry}`)[name];
const ENTRIES: { readonly [entry: string]: () => Handler } = {
	express: () => make("express")(options()),
	nestjs: () => make("nestjs")(options()),
	koa: () => make("koa")(options()),
	hono: () => make("hono")(options()),
	next: () => make("next")(options()),
	sveltekit: () => make("sveltekit")(options()),
	cloudflare: () => make("cloudflare")(options()).fetch,
	fastify: () => make("fastify"),
	node: () => make("node", "toNodeListener")(createReceiver(options())),
	"aws-lambda": () => make("aws-lambda", "toLambdaHandler")(createReceiver(options())),
};

const UNCALLED: { readonly [entry: string]: Handler } = {
	...Object.fromEntries(
		["express", "nestjs", "koa", "hono", "next", "sveltekit", "cloudflare"].map((entry) => [
			entry,
			make(entry),
		]),
	),
	node: make("node", "toNodeListener"),
	"aws-lambda": make("aws-lambda", "toLambdaHandler"),
};

type Answer = readonly [status: number, body: unknown];

const callback = signed("{}");
const requestOf = () =>
	new Request("https://shop.example/callback", { method: "POST", ...callback });

async function read(response: unknown): Promise<Answer> {
	assert.ok(response instanceof Response);
	return [response.status, await response.json()];
}

async function onServer(listener: RequestListener): Promise<Answer> {
	const server = createServer(listener).listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	try {
		return await post(`http://127.0.0.1:${port}/callback`, callback);
	} finally {
		server.close();
		server.closeAllConnections();
	}
}

/** What a framework calls itself in the log, the entries that are for it, and a call by it. */
const FRAMEWORKS: readonly {
	readonly right: readonly string[];
	readonly said: RegExp;
	readonly ask: (handler: Handler) => Promise<Answer>;
}[] = [
	{
		right: ["express", "nestjs", "node"],
		said: /by Express: import (it|walletCallback) from "wallet-callback\/express"$/,
		ask: (handler) => {
			const app = express();
			app.post("/callback", handler as never);
			return onServer(app);
		},
	},
	{
		right: ["express", "nestjs", "node"],
		said: /by Node: import (it|toNodeListener) from "wallet-callback\/node"$/,
		ask: (handler) => onServer(handler),
	},
	{
		right: ["koa"],
		said: /by Koa: import (it|walletCallback) from "wallet-callback\/koa"$/,
		ask: (handler) => onServer(new Koa().use(handler as never).callback() as RequestListener),
	},
	{
		right: ["fastify"],
		said: /by Fastify: import (it|walletCallback) from "wallet-callback\/fastify"$/,
		ask: async (handler) => {
			const app = fastify();
			app.post("/callback", handler as never);
			try {
				const url = await app.listen({ port: 0, host: "127.0.0.1" });
				return await post(`${url}/callback`, callback);
			} finally {
				await app.close();
			}
		},
	},
	{
		right: ["hono"],
		said: /by Hono: import (it|walletCallback) from "wallet-callback\/hono"$/,
		ask: async (handler) =>
			read(await new Hono().post("/callback", handler as never).request(requestOf())),
	},
	{
		right: ["hono"],
		said: /by Hono: import (it|walletCallback) from "wallet-callback\/hono"$/,
		ask: async (handler) => {
			const app = new Hono().post("/callback", (context) => handler(context.req) as Response);
			return read(await app.request(requestOf()));
		},
	},
	{
		right: ["hono"],
		said: /by Hono: import (it|walletCallback) from "wallet-callback\/hono"$/,
		ask: async (handler) => {
			const { fetch } = new Hono().post("/callback", handler as never);
			const server = serveHono({ fetch, port: 0, hostname: "127.0.0.1" });
			await once(server, "listening");
			const { port } = server.address() as AddressInfo;
			try {
				return await post(`http://127.0.0.1:${port}/callback`, callback);
			} finally {
				server.close();
			}
		},
	},
	{
		right: ["next"],
		said: /by Next\.js: import (it|walletCallback) from "wallet-callback\/next"$/,
		ask: async (handler) => read(await handler(requestOf(), { params: Promise.resolve({}) })),
	},
	{
		right: ["next", "cloudflare"],
		said: /by a Worker: import (it|walletCallback) from "wallet-callback\/cloudflare"$/,
		ask: async (handler) => read(await handler(requestOf(), {}, { waitUntil() {} })),
	},
	{
		right: ["next"],
		said: /with a Fetch Request: pass it to a receiver, receiver\(request\)$/,
		ask: async (handler) => read(await handler(requestOf())),
	},
	{
		right: ["sveltekit"],
		said: /by SvelteKit: import (it|walletCallback) from "wallet-callback\/sveltekit"$/,
		ask: async (handler) =>
			read(await handler({ request: requestOf(), getClientAddress: () => "203.0.113.7" })),
	},
];

/** What nobody catches ends the process of a server. */
const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);
process.on("unhandledRejection", note).on("uncaughtException", note);
const { error: say } = console;
console.error = (line: unknown) => void errors.push(String(line));
after(() => {
	console.error = say;
	process.off("unhandledRejection", note).off("uncaughtException", note);
});

const REFUSED = [500, { code: 500, error: "not_a_request" }];

for (const [entry, handlerOf] of Object.entries(ENTRIES)) {
	for (const { right, said, ask } of FRAMEWORKS) {
		if (right.includes(entry)) continue;
		test(`"wallet-callback/${entry}" called ${said.source}`, async () => {
			errors.length = 0;
			assert.deepEqual(await ask(handlerOf()), REFUSED);
			assert.equal(errors.length, 1);
			const line = String(errors[0]).replace(/ \[code=not_a_request\]$/, "");
			assert.match(line, said);
			assert.ok(line.includes(`of "wallet-callback/${entry}" was called`));
			assert.deepEqual(unhandled, []);
		});
	}
}

for (const [entry, maker] of Object.entries(UNCALLED)) {
	for (const { said, ask } of FRAMEWORKS) {
		test(`"wallet-callback/${entry}" passed without a call, ${said.source}`, async () => {
			errors.length = 0;
			assert.deepEqual(await ask(maker), REFUSED);
			assert.equal(errors.length, 1);
			assert.match(String(errors[0]), /^\w+ was passed itself: call it, .*\((receiver|\{ … \})\)/);
			assert.deepEqual(unhandled, []);
		});
	}
}

test("the line to write for what was passed without a call", async () => {
	errors.length = 0;
	const app = express();
	app.post("/callback", make("express") as never);
	await onServer(app);
	assert.deepEqual(errors, [
		'walletCallback was passed itself: call it, app.post("/callback", walletCallback({ … })) [code=not_a_request]',
	]);
});

for (const [entry, handlerOf] of Object.entries(ENTRIES)) {
	if (entry === "fastify" || entry === "aws-lambda") continue;
	test(`"wallet-callback/${entry}" called with what cannot be answered`, () => {
		for (const args of [[], [null], [5], [{}], [{}, {}], [{ headers: {} }, null]]) {
			assert.throws(() => handlerOf()(...args), {
				name: "TypeError",
				message: /was called with \w+: use it as in /,
			});
		}
	});
}

for (const entry of ["hono", "next", "koa", "sveltekit", "cloudflare", "aws-lambda", "fastify"]) {
	test(`"wallet-callback/${entry}" called by node:http, and the client is gone`, async () => {
		errors.length = 0;
		const handler = ENTRIES[entry]?.() as Handler;
		let answered: unknown;
		const server = createServer((request, response) => {
			response.destroy();
			answered = handler(request, response);
		}).listen(0, "127.0.0.1");
		await once(server, "listening");
		const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
		client.on("error", () => {});
		client.write("POST /callback HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n");
		await once(server, "request");
		await answered;
		client.destroy();
		server.close();
		assert.equal(errors.length, 1);
		assert.deepEqual(unhandled, []);
	});
}

test("a response that throws is not the end of the process", async () => {
	const broken = {
		headersSent: false,
		writeHead() {
			throw new Error("gone");
		},
		end() {},
	};
	const response = await ENTRIES.hono?.()({ socket: {}, headers: {} }, broken);
	assert.deepEqual(await read(response), REFUSED);
});

test("bindings that another framework does not pass: the line goes to the console", async () => {
	errors.length = 0;
	const source = (env: { SECRET: string }) => ({ ...options(), keys: env.SECRET });
	assert.deepEqual(await onServer(make("hono")(source)), REFUSED);
	assert.match(String(errors), /by Node: import toNodeListener from "wallet-callback\/node"/);
});
