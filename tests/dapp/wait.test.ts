/** The page that waits until the phone has answered. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { DappWaitOptions } from "wallet-callback/dapp/wait";
import { waitForDapp } from "./handlers.ts";

const URL = "https://shop.example/sign-in/status";
const PENDING = { status: "pending" };
const DONE = { status: "done", address: "0x1" };

type Fetch = NonNullable<DappWaitOptions["fetch"]>;

/** A network that gives one answer after the other, and the last one for ever. */
function network(...answers: readonly (object | (() => Response | Promise<Response>))[]) {
	const seen: { url: string; init: RequestInit }[] = [];
	const fetch: Fetch = async (url, init) => {
		seen.push({ url, init });
		const next = answers[Math.min(seen.length, answers.length) - 1] ?? assert.fail("no answer");
		return typeof next === "function" ? next() : Response.json(next);
	};
	return { seen, fetch };
}

const status = (code: number) => () => Response.json({ status: "error" }, { status: code });
const fail = () => Promise.reject(new TypeError("fetch failed"));

/** What the network does when it breaks off in the midst of an answer. */
const cut = () => {
	const body = new ReadableStream({
		pull: (controller) => controller.error(new TypeError("terminated")),
	});
	return new Response(body);
};

function hang(_url: string, { signal }: RequestInit): Promise<Response> {
	return new Promise((_resolve, reject) => {
		signal?.addEventListener("abort", () => reject(signal.reason));
	});
}

test("it asks until there is something to tell", async () => {
	const { seen, fetch } = network(PENDING, PENDING, DONE);
	const start = performance.now();
	assert.deepEqual(await waitForDapp(URL, { intervalMs: 100, fetch }), DONE);
	assert.ok(performance.now() - start >= 195, "no pause between two questions");
	assert.deepEqual(
		seen.map(({ url, init }) => [url, init.cache, init.method]),
		Array(3).fill([URL, "no-store", undefined]),
	);
});

test("any other status is an answer, at once", async () => {
	for (const answer of [DONE, { status: "" }, { status: "cancelled" }, { status: "Pending" }]) {
		const { seen, fetch } = network(answer);
		assert.deepEqual(await waitForDapp(URL, { fetch }), answer);
		assert.equal(seen.length, 1);
	}
});

test("a failed network and a busy server make it ask again", async () => {
	const { seen, fetch } = network(fail, status(500), status(503), status(429), cut, DONE);
	assert.deepEqual(await waitForDapp(URL, { intervalMs: 100, fetch }), DONE);
	assert.equal(seen.length, 6);
});

test("any other answer ends it", async () => {
	for (const [answer, code] of [
		[status(404), 404],
		[status(401), 401],
		[status(400), 400],
		[() => new Response(null, { status: 304 }), 304],
		[() => new Response("<!doctype html>"), 200],
		[() => new Response(), 200],
		[() => Response.json(null), 200],
		[() => Response.json("pending"), 200],
		[{}, 200],
		[{ status: 1 }, 200],
	] as const) {
		const { seen, fetch } = network(answer);
		await assert.rejects(waitForDapp(URL, { fetch }), {
			message: `expected 200 with a status in JSON, got ${code}`,
		});
		assert.equal(seen.length, 1);
	}
});

test("it ends when its time is over: in a pause, in a question, in an answer", async () => {
	const unfinished = async (url: string, init: RequestInit) => {
		const body = new ReadableStream({
			start: (controller) =>
				init.signal?.addEventListener("abort", () => controller.error(init.signal?.reason)),
		});
		return url === URL ? new Response(body) : assert.fail("another address");
	};
	for (const fetch of [network(PENDING).fetch, network(fail).fetch, hang, unfinished]) {
		const start = performance.now();
		await assert.rejects(waitForDapp(URL, { intervalMs: 60_000, timeoutMs: 150, fetch }), {
			name: "TimeoutError",
		});
		const took = performance.now() - start;
		assert.ok(took >= 145 && took < 2000, `took ${took} ms`);
	}
});

test("the caller's signal ends it", async () => {
	for (const fetch of [network(PENDING).fetch, hang]) {
		const controller = new AbortController();
		const reason = new Error("left the page");
		setTimeout(() => controller.abort(reason), 30);
		const { signal } = controller;
		const waiting = waitForDapp(URL, { intervalMs: 60_000, fetch, signal });
		await assert.rejects(waiting, (error) => error === reason);
	}
	const { seen, fetch } = network(DONE);
	await assert.rejects(waitForDapp(URL, { fetch, signal: AbortSignal.abort() }), {
		name: "AbortError",
	});
	assert.deepEqual(seen, [], "asked although aborted");
});

test("a signal that is aborted while an answer is read ends the pause behind it", async () => {
	const controller = new AbortController();
	const { signal } = controller;
	const fetch = async () => {
		controller.abort();
		return Response.json(PENDING);
	};
	const start = performance.now();
	await assert.rejects(waitForDapp(URL, { intervalMs: 5000, fetch, signal }), {
		name: "AbortError",
	});
	assert.ok(performance.now() - start < 2000);
});

test("nothing is left behind", async () => {
	const controller = new AbortController();
	const { signal } = controller;
	let listening = 0;
	const { addEventListener, removeEventListener } = signal;
	signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
		listening += 1;
		addEventListener.apply(signal, args);
	};
	signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
		listening -= 1;
		removeEventListener.apply(signal, args);
	};
	const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
	const before = timers();
	const { fetch } = network(PENDING, DONE);
	await waitForDapp(URL, { intervalMs: 100, fetch, signal });
	assert.equal(listening, 0);
	assert.equal(timers(), before);
});

test("options that make no sense", async () => {
	const { fetch } = network(DONE);
	for (const options of [
		{ intervalMs: 99 },
		{ intervalMs: 60_001 },
		{ intervalMs: Number.NaN },
		{ timeoutMs: 0 },
		{ timeoutMs: 2 ** 31 },
		{ timeoutMs: Number.POSITIVE_INFINITY },
	]) {
		const [name] = Object.keys(options);
		await assert.rejects(waitForDapp(URL, { fetch, ...options }), {
			name: "TypeError",
			message: new RegExp(`^${name}: expected .+, got .+`),
		});
	}
});

async function listen(context: TestContext, listener: RequestListener): Promise<string> {
	const server = createServer(listener).listen(0, "127.0.0.1");
	context.after(() => {
		server.closeAllConnections();
		server.close();
	});
	await once(server, "listening");
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/status`;
}

test("with a server, by the runtime's own fetch", async (context) => {
	let questions = 0;
	const url = await listen(context, (_request, response) => {
		questions += 1;
		response.setHeader("content-type", "application/json");
		if (questions === 1) response.socket?.destroy();
		else if (questions === 2) {
			response.writeHead(200, { "content-length": 100 }).write('{"status":');
			setTimeout(() => response.destroy(), 20);
		} else if (questions === 3) response.writeHead(502).end("bad gateway");
		else response.end(JSON.stringify(questions === 4 ? PENDING : DONE));
	});
	assert.deepEqual(await waitForDapp(url, { intervalMs: 100 }), DONE);
	assert.equal(questions, 5);
});
