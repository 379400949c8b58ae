/** Clients that send slowly, and servers that go down meanwhile. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import Fastify from "fastify";
import type { Receiver } from "wallet-callback/receiver";
import { deposit, lines, SECRET, signed } from "./callbacks.ts";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));
const {
	createReceiver,
}: typeof import("wallet-callback/receiver") = require("wallet-callback/receiver");
const {
	memoryStore,
}: typeof import("wallet-callback/stores/memory") = require("wallet-callback/stores/memory");
const { toNodeListener }: typeof import("wallet-callback/node") = require("wallet-callback/node");
const {
	walletCallback,
}: typeof import("wallet-callback/fastify") = require("wallet-callback/fastify");

interface Running {
	readonly port: number;
	close(): Promise<void>;
}

const SERVERS: Record<string, (receiver: Receiver) => Promise<Running>> = {
	"node:http": (receiver) => listen(toNodeListener(receiver)),
	Fetch: (receiver) =>
		listen(getRequestListener((request) => receiver(request, { ip: "127.0.0.1" }))),
	Fastify: async (receiver) => {
		const app = Fastify();
		app.register(walletCallback, { path: "/callback", receiver });
		await app.listen({ port: 0, host: "127.0.0.1" });
		const { port } = app.server.address() as AddressInfo;
		return { port, close: async () => void (await app.close()) };
	},
};

async function listen(listener: Parameters<typeof createServer>[1]): Promise<Running> {
	const server = createServer(listener as never).listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const closed = once(server, "close");
	return {
		port,
		close: async () => {
			server.close();
			server.closeIdleConnections();
			await closed;
		},
	};
}

/** Sends a genuine callback at once, but for its last byte unless it is to be whole. */
function send({ port }: Running, isWhole = false): Socket & { answer: Promise<string> } {
	const { headers, body } = signed(deposit("dep_1"));
	const socket = connect(port, "127.0.0.1");
	const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
	const head = `POST /callback HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines(headers)}${length}\r\n`;
	const request = Buffer.from(`${head}${body}`);
	socket.write(isWhole ? request : request.subarray(0, -1));
	socket.on("error", () => {});
	const answer = once(socket.setEncoding("utf8"), "data").then(([text]) => String(text));
	return Object.assign(socket, { answer });
}

for (const [name, start] of Object.entries(SERVERS)) {
	test(`${name}: a body has a deadline, and a limit of how many there are`, async () => {
		const receiver = createReceiver({
			keys: SECRET,
			store: memoryStore(),
			onAny: () => {},
			bodyTimeoutSeconds: 1.5,
			maxUnverifiedBodies: 2,
		});
		const server = await start(receiver);
		const started = performance.now();
		const slow = [send(server), send(server)];
		await until(() => receiver.stats().inFlight === 2);
		const third = send(server);
		assert.match(await third.answer, /^HTTP\/1\.1 503 /);
		for (const { answer } of slow) assert.match(await answer, /^HTTP\/1\.1 408 /);
		assert.ok(performance.now() - started < 8_000, "the answer took its time");
		for (const socket of [...slow, third]) socket.destroy();
		assert.equal(receiver.stats().inFlight, 0);
		await receiver.close();
		await server.close();
	});

	test(`${name}: a server goes down while bodies are on their way`, async () => {
		const receiver = createReceiver({ keys: SECRET, store: memoryStore(), onAny: () => {} });
		const server = await start(receiver);
		const slow = send(server);
		await until(() => receiver.stats().inFlight === 1);
		const started = performance.now();
		await receiver.close();
		assert.ok(performance.now() - started < 5_000, "close waited");
		assert.match(await slow.answer, /^HTTP\/1\.1 503 /);
		slow.destroy();
		await server.close();
	});
}

test("node:http: a timer is set only for a body that does not come with its headers", async (t) => {
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), onAny: () => {} });
	const server = await listen(toNodeListener(receiver));
	t.after(() => server.close());
	const { mock: timers } = t.mock.method(globalThis, "setTimeout");
	const whole = send(server, true);
	assert.match(await whole.answer, /^HTTP\/1\.1 200 /);
	whole.destroy();
	assert.equal(timers.callCount(), 0);
	const slow = send(server);
	await until(() => timers.callCount() === 1);
	slow.destroy();
	await receiver.close();
});

async function until(holds: () => boolean): Promise<void> {
	for (let look = 0; !holds(); look++) {
		assert.ok(look < 1000, "waited in vain");
		await sleep(5);
	}
}
