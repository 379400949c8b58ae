/** What becomes of a connection when its request is refused before it has been read. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { deposit, lines, post, signed } from "./callbacks.ts";
import { prepareProject, type Server, serve } from "./programs.ts";

const UPLOAD = 50 * 1_048_576;
const JSON_TYPE = { "content-type": "application/json" };
const PLAIN = { "content-type": "text/plain" };
let project: string;

before(() => {
	project = prepareProject("connections");
});

for (const name of ["node", "fixtures/express-all", "fixtures/koa-all", "fastify"]) {
	test(`${name}: bodies that are refused before their end`, { timeout: 30_000 }, () =>
		serve([process.execPath, `${name}.js`], project, async (server) => {
			await uploadWithFetch(server);
			await uploadWithCurl(server);
			await uploadWithoutEnd(server);
			await trickle(server);
			await reuse(server);
			assert.deepEqual(await post(`${server.url}/callback`, signed(deposit("dep_1"))), [
				200,
				{ code: 0 },
			]);
		}),
	);
}

async function uploadWithFetch({ url }: Server): Promise<void> {
	const body = new Uint8Array(UPLOAD);
	for (const [method, headers, status] of [
		["POST", { ...JSON_TYPE, ...signed("").headers }, 413],
		["POST", PLAIN, 415],
		["PUT", JSON_TYPE, 405],
	] as const) {
		const init = { method, headers, body, signal: AbortSignal.timeout(20_000) };
		const response = await fetch(`${url}/callback`, init);
		assert.equal(response.status, status, "fetch");
		assert.equal((await response.json()).code, status, "fetch");
	}
}

async function uploadWithCurl({ url }: Server): Promise<void> {
	const file = join(project, "upload");
	writeFileSync(file, new Uint8Array(UPLOAD));
	for (const [type, status] of [
		["application/json", 413],
		["text/plain", 415],
	] as const) {
		const args = ["--silent", "--max-time", "20", "--data-binary", `@${file}`];
		const headers = ["--header", `content-type: ${type}`, ...["--header", "expect:"]];
		const { stdout } = await promisify(execFile)("curl", [...args, ...headers, `${url}/callback`]);
		assert.equal(JSON.parse(stdout).code, status, "curl");
	}
}

/** Chunks follow one another for as long as the server lets them. */
async function uploadWithoutEnd({ url, port }: Server): Promise<void> {
	const body = new ReadableStream({
		pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
	});
	const signal = AbortSignal.timeout(20_000);
	const init = { method: "POST", headers: JSON_TYPE, body, duplex: "half", signal };
	const response = await fetch(`${url}/callback`, init as RequestInit);
	assert.equal(response.status, 413, "without end");
	await response.arrayBuffer();

	// And from a client that never listens, and never stops.
	const socket = connect(port, "127.0.0.1");
	const closed = closing(socket);
	const started = performance.now();
	socket.write(
		`POST /callback HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines(JSON_TYPE)}transfer-encoding: chunked\r\n\r\n`,
	);
	const chunk = Buffer.concat([
		Buffer.from("10000\r\n"),
		new Uint8Array(65_536),
		Buffer.from("\r\n"),
	]);
	let sent = 0;
	const more = () => {
		while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
	};
	socket.on("drain", more);
	more();
	await closed;
	assert.ok(performance.now() - started < 10_000, "the connection stayed open");
	assert.ok(sent < UPLOAD, `${sent} bytes were read`);
}

/** A client that announces much and sends little gets its answer at once, and is not waited for. */
async function trickle({ port }: Server): Promise<void> {
	const socket = connect(port, "127.0.0.1");
	const closed = closing(socket);
	const started = performance.now();
	socket.write("PUT /callback HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 3000000\r\n\r\n");
	const timer = setInterval(() => socket.write("x"), 100);
	const [answer] = await once(socket.setEncoding("utf8"), "data");
	assert.match(answer, /^HTTP\/1\.1 405 .*\r\nconnection: close\r\n.*}$/is);
	assert.ok(performance.now() - started < 4_000, "the answer took its time");
	await closed;
	clearInterval(timer);
	assert.ok(performance.now() - started < 8_000, "the connection stayed open");
}

/** A small body that was refused unread does not cost the connection. */
async function reuse({ url, port }: Server): Promise<void> {
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	const ports = new Set<number | undefined>();
	for (const [method, headers, status] of [
		["PUT", JSON_TYPE, 405],
		["POST", PLAIN, 415],
		["POST", JSON_TYPE, 400],
		["POST", PLAIN, 415],
	] as const) {
		const sent = request(`${url}/callback`, { method, headers, agent }).end("{}".repeat(10_000));
		const [response] = await once(sent, "response");
		assert.equal(response.statusCode, status);
		assert.equal(JSON.parse(await text(response)).code, status);
		ports.add(sent.socket?.localPort);
	}
	agent.destroy();
	assert.equal(ports.size, 1, "the connection was not used again");

	// The next request may already stand behind the body.
	const socket = connect(port, "127.0.0.1");
	const { headers, body } = signed(deposit("dep_pipelined"));
	const length = Buffer.byteLength(body as string);
	socket.write(
		`PUT /callback HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n\r\n{}POST /callback HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: ${length}\r\n${lines(headers)}\r\n${body}`,
	);
	const statuses = (await text(socket)).match(/HTTP\/1\.1 \d+/g);
	assert.deepEqual(statuses, ["HTTP/1.1 405", "HTTP/1.1 200"]);
}

/** Resolves when a connection has ended, in whichever way. */
function closing(socket: Socket): Promise<void> {
	socket.on("error", () => {});
	return new Promise((resolve) => {
		socket.once("close", () => resolve());
	});
}
