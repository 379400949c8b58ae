/** What each entry makes of its framework's context, beyond what its example shows. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { before, describe, test } from "node:test";
import { serve as serveHono } from "@hono/node-server";
import { bodyParser } from "@koa/bodyparser";
import { Hono } from "hono";
import Koa from "koa";
import type { CallbackRecord, Receiver } from "wallet-callback/receiver";
import {
	type Callback,
	compressed,
	credits,
	deposit,
	post,
	printed,
	SECRET,
	signed,
} from "./callbacks.ts";
import { installed, prepareProject, run, serve } from "./programs.ts";

const { memoryStore }: typeof import("wallet-callback/stores/memory") = installed(
	"wallet-callback/stores/memory",
);
const express: typeof import("wallet-callback/express") = installed("wallet-callback/express");
const nestjs: typeof import("wallet-callback/nestjs") = installed("wallet-callback/nestjs");
const koa: typeof import("wallet-callback/koa") = installed("wallet-callback/koa");
const hono: typeof import("wallet-callback/hono") = installed("wallet-callback/hono");
const next: typeof import("wallet-callback/next") = installed("wallet-callback/next");
const sveltekit: typeof import("wallet-callback/sveltekit") = installed(
	"wallet-callback/sveltekit",
);
const cloudflare: typeof import("wallet-callback/cloudflare") = installed(
	"wallet-callback/cloudflare",
);

const DONE = { code: 0 };
const DUPLICATE = { code: 0, duplicate: true };
const PARSED = { code: 500, error: "body_already_parsed" };

/** The options of a receiver, and what it logs. */
function optionsOf(keys = SECRET) {
	const records: CallbackRecord[] = [];
	const log = (record: object) => void records.push(record as CallbackRecord);
	const logger = { debug: log, info: log, warn: log, error: log };
	return { records, options: { keys, store: memoryStore(), log: logger, onAny() {} } };
}

/** A receiver that notes what it is called with. */
function noting() {
	const calls: { request: Request; context: object }[] = [];
	const drained: string[] = [];
	const answer = async (request: Request, context: object = {}) => {
		calls.push({ request, context });
		return Response.json(DONE);
	};
	const receive = async () => ({ status: 200, headers: {}, body: "{}" });
	const drain = async () => void drained.push("drained");
	const receiver = Object.assign(answer, { receive, drain }) as unknown as Receiver;
	return { receiver, calls, drained };
}

const URL_HERE = "https://shop.example/callback";

function requestOf({ headers, body }: Callback, url = URL_HERE): Request {
	return new Request(url, { method: "POST", headers, body });
}

async function answerOf(pending: Response | Promise<Response>): Promise<unknown> {
	return (await pending).json();
}

const CALLS = {
	express: ['app.post("/callback", walletCallback(receiver))', express.walletCallback],
	nestjs: ['app.use("/callback", walletCallback(receiver))', nestjs.walletCallback],
	koa: ['router.post("/callback", walletCallback(receiver))', koa.walletCallback],
	hono: ['app.post("/callback", walletCallback(receiver))', hono.walletCallback],
	next: ["export const POST = walletCallback(receiver)", next.walletCallback],
	sveltekit: ["export const POST = walletCallback(receiver)", sveltekit.walletCallback],
	cloudflare: ["export default walletCallback(receiver)", cloudflare.walletCallback],
} as const;

for (const [name, [call, entry]] of Object.entries(CALLS)) {
	const walletCallback = entry as (source: unknown) => unknown;
	test(`${name}: what is neither a receiver nor its options is refused at once`, () => {
		const { createVerifier } = installed("wallet-callback");
		for (const [value, got] of [
			[undefined, "undefined"],
			["secret", "string"],
			[
				createVerifier({ keys: SECRET }),
				"a verifier (pass it to createReceiver({ verifier, … }) first)",
			],
		]) {
			assert.throws(() => walletCallback(value), {
				name: "ConfigError",
				message: `expected a receiver from createReceiver({ … }), as in ${call}, got ${got}`,
			});
		}
	});
}

for (const name of ["express", "nestjs", "koa"] as const) {
	test(`${name}: an option that is invalid is refused at once`, () => {
		const options = { ...optionsOf().options, leaseSeconds: -1 };
		assert.throws(() => CALLS[name][1](options), { name: "ConfigError" });
	});
}

for (const [name, { default: walletCallback, ...named }] of Object.entries({
	express,
	nestjs,
	koa,
	hono,
	next,
	sveltekit,
	cloudflare,
})) {
	test(`${name}: the default export is the named one`, () => {
		assert.equal(walletCallback, named.walletCallback);
	});
}

describe("koa", () => {
	/** Serves one request after the other. */
	async function converse(app: Koa, bodies: readonly Callback[]) {
		const server = createServer(app.callback() as RequestListener).listen(0);
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		try {
			const answers: unknown[] = [];
			for (const body of bodies)
				answers.push((await post(`http://127.0.0.1:${port}/a/b`, body))[1]);
			return answers;
		} finally {
			server.close();
		}
	}

	test("the bytes that a parser keeps", async () => {
		const app = new Koa();
		app.use(bodyParser());
		app.use(koa.walletCallback(optionsOf().options));
		const callback = signed(deposit("dep_1", { "data.memo": "💸" }));
		assert.deepEqual(await converse(app, [callback, callback]), [DONE, DUPLICATE]);
	});

	test("a parser that keeps none", async () => {
		const app = new Koa();
		app.use(async ({ request, req }, rest) => {
			const chunks: Uint8Array[] = [];
			for await (const chunk of req) chunks.push(chunk);
			Object.assign(request, { body: JSON.parse(Buffer.concat(chunks).toString()) });
			await rest();
		});
		const { options, records } = optionsOf();
		app.use(koa.walletCallback(options));
		assert.deepEqual(await converse(app, [signed(deposit("dep_1"))]), [PARSED]);
		assert.match(JSON.stringify(records), /Koa: /);
	});

	test("middlewares in front of it see the answer, and the sender's URL stays", async () => {
		const urls: unknown[] = [];
		const receive: Receiver["receive"] = async ({ url }) => {
			urls.push(url?.replace(/:\d+/, ""));
			return { status: 202, headers: {}, body: "{}" };
		};
		const seen: unknown[] = [];
		const app = new Koa();
		app.use(async (context, rest) => {
			await rest();
			seen.push(context.status);
			context.set("x-late", "1");
		});
		app.use((context, rest) => {
			context.path = "/b";
			return rest();
		});
		app.use(koa.walletCallback({ receive } as Receiver));
		await converse(app, [signed("{}")]);
		assert.deepEqual(urls, ["https://127.0.0.1/a/b"]);
		assert.deepEqual(seen, [202]);
	});
});

describe("hono", () => {
	for (const read of ["json", "text", "arrayBuffer"] as const) {
		test(`a middleware has read the body: ${read}()`, async () => {
			const app = new Hono();
			app.use(async (c, rest) => {
				await c.req[read]();
				await rest();
			});
			app.post("/callback", hono.walletCallback(optionsOf().options));
			const callback = signed(deposit("dep_1", { "data.memo": "💸", "data.note": "  " }));
			assert.deepEqual(await answerOf(app.request(requestOf(callback))), DONE);
			const forged = { ...callback, body: deposit("dep_2") };
			assert.equal((await app.request(requestOf(forged))).status, 401);
		});
	}

	test("a middleware has read the body, on Node's server", async () => {
		const { options, records } = optionsOf();
		const app = new Hono();
		app.use(async (c, rest) => {
			await c.req.json();
			await rest();
		});
		app.post("/callback", hono.walletCallback(options));
		const server = serveHono({ fetch: app.fetch, port: 0 });
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		const callback = signed(deposit("dep_1", { "data.memo": "💸" }));
		const [, answer] = await post(`http://127.0.0.1:${port}/callback`, callback);
		server.close();
		assert.deepEqual(answer, DONE);
		assert.match(`${records[0]?.ip}`, /127\.0\.0\.1$/);
	});

	test("a middleware has read as text what a text does not hold", async () => {
		const { options, records } = optionsOf();
		const app = new Hono();
		app.use(async (c, rest) => {
			await c.req.json().catch(() => {});
			await rest();
		});
		app.post("/callback", hono.walletCallback(options));
		const answerTo = async (callback: Callback, length?: number) => {
			const request = requestOf(callback);
			if (length !== undefined) request.headers.set("content-length", `${length}`);
			return answerOf(app.request(request));
		};
		const gone = signed(deposit("dep_1"));
		assert.deepEqual(await answerTo(compressed(gone)), PARSED);
		assert.equal(records.at(-1)?.code, "body_already_parsed");
		// Known by its length alone: a text lacks the byte order mark.
		const marked = signed(`\ufeff${deposit("dep_2")}`);
		assert.deepEqual(await answerTo(marked, Buffer.byteLength(marked.body)), PARSED);
		const latin = signed(new Uint8Array(Buffer.from('{"type":"caf\u00e9"}', "latin1")));
		assert.deepEqual(await answerTo(latin), PARSED);
		assert.deepEqual(await answerTo(latin, latin.body.length), PARSED);
		// The replacement character may have been sent.
		const sent = signed(deposit("dep_3", { "data.memo": "\ufffd" }));
		assert.deepEqual(await answerTo(sent, Buffer.byteLength(sent.body)), DONE);
	});

	test("a middleware has read what has no body", async () => {
		const app = new Hono();
		app.use(async (c, rest) => {
			await c.req.text();
			await rest();
		});
		app.all("/callback", hono.walletCallback(optionsOf().options));
		assert.equal((await app.request("/callback")).status, 405);
	});

	test("a middleware has read the body past Hono", async () => {
		const app = new Hono();
		app.use(async (c, rest) => {
			await c.req.raw.text();
			await rest();
		});
		app.post("/callback", hono.walletCallback(optionsOf().options));
		assert.deepEqual(await answerOf(app.request(requestOf(signed(deposit("dep_1"))))), PARSED);
	});

	test("the bindings make the receiver, once", async () => {
		const made: string[] = [];
		const { options } = optionsOf();
		const app = new Hono<{ Bindings: { SECRET: string } }>();
		app.post(
			"/callback",
			hono.walletCallback((env: { SECRET: string }) => {
				made.push(env.SECRET);
				return { ...options, keys: env.SECRET };
			}),
		);
		const callback = signed(deposit("dep_1"));
		const request = () => app.request(requestOf(callback), {}, { SECRET });
		assert.deepEqual([await answerOf(request()), await answerOf(request())], [DONE, DUPLICATE]);
		assert.deepEqual(made, [SECRET]);
	});

	const address = "203.0.113.7";
	for (const [server, bindings] of [
		["node", { incoming: { socket: { remoteAddress: address } } }],
		["deno", { remoteAddr: { hostname: address, port: 5, transport: "tcp" } }],
		["bun", { requestIP: (request: Request) => (request instanceof Request ? { address } : null) }],
		["bun, as a member", { server: { requestIP: () => ({ address }) } }],
	] as const satisfies readonly (readonly [server: string, bindings: object])[]) {
		test(`who has sent it: ${server}`, async () => {
			const { options, records } = optionsOf();
			const app = new Hono();
			app.post("/callback", hono.walletCallback({ ...options, allowedIps: [address] }));
			const answer = app.request(requestOf(signed(deposit("dep_1"))), {}, bindings);
			assert.deepEqual(await answerOf(answer), DONE);
			assert.equal(records[0]?.ip, address);
		});
	}

	test("waitUntil is the runtime's, where it has one", async () => {
		const { receiver, calls } = noting();
		const app = new Hono();
		app.post("/callback", hono.walletCallback(receiver));
		const works: unknown[] = [];
		const executionCtx = {
			works,
			waitUntil(work: unknown) {
				this.works.push(work);
			},
			passThroughOnException() {},
			props: {},
		};
		await app.request(requestOf(signed("{}")), {}, {}, executionCtx);
		await app.request(requestOf(signed("{}")), {}, {});
		const [first, second] = calls.map(({ context }) => context as { waitUntil?: unknown });
		(first as typeof executionCtx).waitUntil("work");
		assert.deepEqual(works, ["work"]);
		assert.equal(second?.waitUntil, undefined);
	});
});

describe("next", () => {
	const send = (handler: (request: Request) => Promise<Response>) =>
		handler(requestOf(signed(deposit("dep_1")), URL_HERE.replace("https", "http")));

	test("plain HTTP is refused in production alone, unless it is set", async () => {
		const before = process.env.NODE_ENV;
		const statusIn = async (environment: string, requireHttps?: boolean) => {
			process.env.NODE_ENV = environment;
			const { options } = optionsOf();
			const given = requireHttps === undefined ? options : { ...options, requireHttps };
			return (await send(next.walletCallback(given))).status;
		};
		try {
			assert.equal(await statusIn("production"), 403);
			assert.equal(await statusIn("development"), 200);
			assert.equal(await statusIn("development", true), 403);
			assert.equal(await statusIn("production", false), 200);
		} finally {
			if (before === undefined) delete process.env.NODE_ENV;
			else process.env.NODE_ENV = before;
		}
	});

	test("the receiver is made with the first request", async () => {
		let made = 0;
		const handler = next.walletCallback(() => {
			made += 1;
			return optionsOf().options;
		});
		assert.equal(made, 0);
		await send(handler);
		await send(handler);
		assert.equal(made, 1);
		// Not with the module, which a build without the secret loads, too.
		const broken = next.walletCallback({ ...optionsOf().options, keys: "" });
		await assert.rejects(send(broken), { name: "ConfigError" });
	});

	test("waitUntil may be Next's after", async () => {
		const { receiver, calls } = noting();
		const after = () => {};
		await send(next.walletCallback(receiver, { waitUntil: after }));
		assert.deepEqual(calls[0]?.context, { waitUntil: after });
	});
});

describe("sveltekit", () => {
	test("who has sent it, and the platform", async () => {
		const { receiver, calls } = noting();
		const platforms: unknown[] = [];
		const handler = sveltekit.walletCallback((platform: unknown) => {
			platforms.push(platform);
			return receiver;
		});
		const works: unknown[] = [];
		const ctx = { waitUntil: (work: unknown) => void works.push(work) };
		for (const platform of [{ ctx }, { context: ctx }, { env: {} }, undefined]) {
			const request = requestOf(signed("{}"));
			await handler({ request, platform, getClientAddress: () => "203.0.113.7" });
		}
		assert.deepEqual(platforms, [{ ctx }]);
		const contexts = calls.map(({ context }) => context as { ip: string; waitUntil?: unknown });
		assert.deepEqual(
			contexts.map(({ ip, waitUntil }) => [ip, typeof waitUntil]),
			[
				["203.0.113.7", "function"],
				["203.0.113.7", "function"],
				["203.0.113.7", "undefined"],
				["203.0.113.7", "undefined"],
			],
		);
	});
});

test("cloudflare: the bindings make the receiver, and a cron trigger empties its inbox", async () => {
	const { receiver, calls, drained } = noting();
	const made: unknown[] = [];
	const worker = cloudflare.walletCallback((env: { SECRET: string }) => {
		made.push(env);
		return receiver;
	});
	const works: unknown[] = [];
	const context = {
		works,
		waitUntil(work: unknown) {
			this.works.push(work);
		},
	};
	await worker.scheduled({}, { SECRET }, context);
	assert.deepEqual(drained, ["drained"]);
	await worker.fetch(requestOf(signed("{}")), { SECRET }, context);
	assert.deepEqual(made, [{ SECRET }]);
	(calls[0]?.context as typeof context).waitUntil("work");
	assert.deepEqual(works, ["work"]);
});

describe("nestjs", () => {
	let project: string;
	before(() => {
		project = prepareProject("entries");
	});

	test("without rawBody: true the log has the fix", () =>
		serve(
			[process.execPath, "--import", "tsx", "modules.ts"],
			`${project}/fixtures/nestjs`,
			async (server) => {
				const callback = signed(deposit("dep_1"));
				assert.deepEqual((await post(`${server.url}/v1/callback`, callback))[1], PARSED);
				await printed(() => server.output().includes("rawBody: true"));
				assert.equal(credits(server, "dep_1"), 0);
			},
			{ RAW_BODY: "" },
		));

	test("two modules with paths of their own, behind a global prefix", () =>
		serve(
			[process.execPath, "--import", "tsx", "modules.ts"],
			`${project}/fixtures/nestjs`,
			async (server) => {
				const callback = signed(deposit("dep_1"));
				assert.deepEqual((await post(`${server.url}/v1/callback`, callback))[1], DONE);
				assert.deepEqual((await post(`${server.url}/v1/callback`, callback))[1], DUPLICATE);
				assert.deepEqual((await post(`${server.url}/v1/other`, callback))[1], DONE);
				assert.equal((await post(`${server.url}/callback`, callback))[0], 404);
				const stats = await fetch(`${server.url}/v1/stats`);
				assert.deepEqual((await stats.json()).outcomes, { handled: 1, duplicate: 1 });
			},
			{ RAW_BODY: "1" },
		));

	test("closing the application waits for handlers", async () => {
		const cwd = `${project}/fixtures/nestjs`;
		const output = await run([process.execPath, "--import", "tsx", "closing.ts"], cwd);
		assert.deepEqual(output.trim().split("\n"), ["handling", "closing", "handled", "closed"]);
	});
});
