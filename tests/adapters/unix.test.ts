/** Servers that listen at a Unix socket, as behind nginx. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { deposit, SECRET, signed } from "./callbacks.ts";
import { installed } from "./programs.ts";

const { createReceiver }: typeof import("wallet-callback/receiver") = installed(
	"wallet-callback/receiver",
);
const { toNodeListener }: typeof import("wallet-callback/node") = installed("wallet-callback/node");
const { memoryStore }: typeof import("wallet-callback/stores/memory") = installed(
	"wallet-callback/stores/memory",
);

const folder = mkdtempSync(join(tmpdir(), "wallet-callback-unix-"));
after(() => rmSync(folder, { recursive: true }));

/** Sends a callback through a socket, and gives the answer's status and what was logged. */
async function send(options: object, forwarded: Record<string, string>, encrypted = false) {
	const records: { ip?: string; peer?: string }[] = [];
	const keep = (record: object) => void records.push(record);
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		onAny: () => {},
		log: { info: keep, warn: keep, error: keep },
		...options,
	});
	const socketPath = join(folder, "socket");
	const server = createServer(toNodeListener(receiver)).listen(socketPath);
	server.on("connection", (socket) => Object.assign(socket, { encrypted }));
	await once(server, "listening");
	const { headers, body } = signed(deposit("dep_1"));
	const all = { ...headers, ...forwarded };
	const path = "/callback";
	const sent = request({ socketPath, method: "POST", path, headers: all, agent: false });
	const answered = once(sent, "response");
	sent.end(body);
	const [response] = await answered;
	response.resume();
	await once(response, "end");
	server.close();
	await once(server, "close");
	const [{ ip, peer } = {}] = records;
	return [response.statusCode, ip, peer];
}

const CLIENT = "203.0.113.7";
const FORWARDED = { "x-forwarded-for": CLIENT, "x-forwarded-proto": "https" };
const TRUSTING = { trustedProxies: ["unix:"] };

test("a proxy at the socket is believed where it is trusted", async () => {
	assert.deepEqual(await send(TRUSTING, FORWARDED), [200, CLIENT, "unix:"]);
	const allowing = { ...TRUSTING, allowedIps: [CLIENT] };
	assert.deepEqual(await send(allowing, FORWARDED), [200, CLIENT, "unix:"]);
	const plain = { ...FORWARDED, "x-forwarded-proto": "http" };
	assert.deepEqual(await send(TRUSTING, plain), [403, undefined, "unix:"]);
	assert.deepEqual(await send(TRUSTING, {}), [403, undefined, "unix:"]);
});

test("and nowhere else", async () => {
	for (const options of [{}, { trustedProxies: ["loopback", "private"] }]) {
		assert.deepEqual(await send(options, FORWARDED), [403, undefined, "unix:"]);
	}
});

test("a connection with TLS is one, whatever headers say", async () => {
	assert.deepEqual(await send({}, {}, true), [200, undefined, "unix:"]);
	const plain = { "x-forwarded-proto": "http" };
	assert.deepEqual(await send({}, plain, true), [200, undefined, "unix:"]);
});

test("a connection over TCP whose client is no longer known is not one to a socket", async () => {
	const records: { peer?: string }[] = [];
	const keep = (record: object) => void records.push(record);
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		onAny: () => {},
		log: { info: keep, warn: keep, error: keep },
		...TRUSTING,
	});
	const server = createServer(toNodeListener(receiver)).listen(0, "127.0.0.1");
	await once(server, "listening");
	server.on("connection", (socket) =>
		Object.defineProperty(socket, "remoteAddress", { value: undefined }),
	);
	const { headers, body } = signed(deposit("dep_1"));
	const { port } = server.address() as AddressInfo;
	const response = await fetch(`http://127.0.0.1:${port}/callback`, {
		method: "POST",
		headers: { ...headers, ...FORWARDED, connection: "close" },
		body,
	});
	server.close();
	assert.equal(response.status, 403);
	assert.equal(records[0]?.peer, undefined);
});
