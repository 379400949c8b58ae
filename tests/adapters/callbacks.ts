/** Callbacks to send to the examples, and the answers that every one of them has to give. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { example } from "../package/callbacks.ts";
import { wallet } from "../package/package.ts";
import type { Server } from "./programs.ts";

/** The secret that the servers are started with. */
export const SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/** A callback as it is sent. */
export interface Callback {
	readonly headers: Record<string, string>;
	readonly body: string | Uint8Array<ArrayBuffer>;
}

/** Where a framework answers for itself, before the receiver can. */
export interface Differences {
	/** Its status for a body that is plain text. */
	readonly plainText?: number;
	/** Its status for other methods, where the receiver has the route of POST alone. */
	readonly otherMethods?: number;
	/** What a proxy in front of it adds. */
	readonly forwarded?: Record<string, string>;
}

/** A body that every receiver has to handle. */
export function deposit(depositId: string, changes: { readonly [path: string]: unknown } = {}) {
	return JSON.stringify(example("deposit.confirmed", { "data.depositId": depositId, ...changes }));
}

/** Signs a body as a sender does. */
export function signed(body: string | Uint8Array<ArrayBuffer>): Callback {
	const { headers } = wallet.sign({ body, key: SECRET, id: `msg_${randomUUID()}` });
	return { headers, body };
}

/** The callback in the compression that every server knows. */
export function compressed({ headers, body }: Callback): Callback {
	return { headers: { ...headers, "content-encoding": "gzip" }, body: gzipSync(body) };
}

/** Sends a callback and returns what came back. */
export async function post(url: string, { headers, body }: Callback): Promise<[number, unknown]> {
	const signal = AbortSignal.timeout(20_000);
	const response = await fetch(url, { method: "POST", headers, body, signal });
	const text = await response.text();
	const isJson = response.headers.get("content-type")?.startsWith("application/json");
	return [response.status, isJson ? JSON.parse(text) : text];
}

/** How often a deposit has been credited. */
export function credits({ output }: Server, depositId: string): number {
	return output().split(`credit ${depositId}\n`).length - 1;
}

/** Waits for what a server prints, which takes a moment to get here. */
export async function printed(holds: () => boolean): Promise<void> {
	for (const end = performance.now() + 10_000; !holds(); await sleep(10)) {
		assert.ok(performance.now() < end, "waited in vain for what is printed");
	}
}

/** Sends callbacks of every kind, and checks each answer and what the handler did. */
export async function converse(
	server: Server,
	{ plainText = 415, otherMethods, forwarded }: Differences = {},
	url = `${server.url}/callback`,
): Promise<void> {
	const send = ({ headers, body }: Callback) =>
		post(url, { headers: { ...headers, ...forwarded }, body });
	const genuine = signed(deposit("dep_1"));
	assert.deepEqual(await send(genuine), [200, { code: 0 }], "genuine");
	assert.deepEqual(await send(genuine), [200, { code: 0, duplicate: true }], "again");

	const forged = { ...signed(deposit("dep_1")), body: deposit("dep_2") };
	const refusal = { code: 401, error: "signature_mismatch" };
	assert.deepEqual(await send(forged), [401, refusal], "forged");

	for (const method of ["GET", "PUT"]) {
		const response = await fetch(url, { method });
		await response.arrayBuffer();
		if (otherMethods !== undefined) assert.equal(response.status, otherMethods, method);
		else assert.deepEqual([response.status, response.headers.get("allow")], [405, "POST"], method);
	}

	const { headers, body } = signed(deposit("dep_3"));
	const plain = { headers: { ...headers, "content-type": "text/plain" }, body };
	assert.equal((await send(plain))[0], plainText, "plain text");

	const large = signed(deposit("dep_4", { "data.filling": "x".repeat(2_000_000) }));
	assert.equal((await send(large))[0], 413, "too large");

	const latin1 = signed(Buffer.from(deposit("dep_5", { "data.memo": "é" }), "latin1"));
	const malformed = { code: 422, error: "malformed_payload" };
	assert.deepEqual(await send(latin1), [422, malformed], "not UTF-8");

	const emoji = signed(deposit("dep_6", { "data.memo": "💸" }));
	assert.deepEqual(await send(emoji), [200, { code: 0 }], "emoji");

	const packed = compressed(signed(deposit("dep_7")));
	assert.deepEqual(await send(packed), [200, { code: 0 }], "gzip");
	const bomb = compressed(signed(deposit("dep_8", { "data.filling": "x".repeat(20_000_000) })));
	assert.equal((await send(bomb))[0], 413, "more gzip than may be");

	await hangUp(server);
	const many = Array.from({ length: 50 }, (_, index) => signed(deposit(`dep_many_${index}`)));
	const answers = await Promise.all(many.map((callback) => send(callback)));
	assert.deepEqual(answers, Array(50).fill([200, { code: 0 }]), "at once");

	await printed(() => credits(server, "dep_many_49") > 0);
	const credited = [
		"dep_1",
		"dep_2",
		"dep_3",
		"dep_4",
		"dep_5",
		"dep_6",
		"dep_7",
		"dep_8",
		"dep_many_49",
	];
	assert.deepEqual(
		credited.map((id) => credits(server, id)),
		[1, 0, 0, 0, 0, 1, 1, 0, 1],
		"the handler's runs",
	);
}

/** Begins to send a body and hangs up. */
async function hangUp({ port }: Server): Promise<void> {
	const socket = connect(port, "127.0.0.1");
	socket.on("error", () => {});
	const { headers } = signed(deposit("dep_hung_up"));
	socket.write(
		`POST /callback HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n${lines(headers)}\r\n{`,
	);
	await sleep(200);
	socket.resetAndDestroy();
}

/** Headers as HTTP/1.1 has them. */
export function lines(headers: Record<string, string>): string {
	return Object.entries(headers)
		.map(([name, value]) => `${name}: ${value}\r\n`)
		.join("");
}
