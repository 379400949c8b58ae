/** Callbacks to send to the servers of the docs. Signed without the package, as a sender does. */
import assert from "node:assert/strict";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

export const secret = `whsec_${randomBytes(32).toString("base64")}`;

/** Sends a request to a server, or calls it. */
export type Post = (headers: Record<string, string>, body: string) => Promise<Response>;

export function postTo(url: string): Post {
	return (headers, body) => {
		const timeout = AbortSignal.timeout(20_000);
		return fetch(url, { method: "POST", headers, body, signal: timeout });
	};
}

/** Sends a genuine callback and others, and checks each answer. */
export async function converse(post: Post): Promise<void> {
	const body = eventOf({ depositId: "dep_1" });
	const headers = signed(body);
	const json = { "content-type": "application/json" };
	assert.deepEqual(await answer(post(headers, body)), [200, { code: 0 }], "genuine");
	assert.deepEqual(
		await answer(post(headers, body.replace("dep_1", "dep_2"))),
		[401, { code: 401, error: "signature_mismatch" }],
		"forged",
	);
	assert.deepEqual(
		await answer(post(json, body)),
		[400, { code: 400, error: "missing_header" }],
		"unsigned",
	);
	const large = eventOf({ filling: "x".repeat(1_048_576) });
	// A server that leaves a body unread ends the connection, which nobody else should be using.
	const tooLarge = await post({ ...signed(large), connection: "close" }, large);
	assert.equal(tooLarge.status, 413, "too large");
	await tooLarge.arrayBuffer();
	const other = eventOf({ memo: "💸", filling: "x".repeat(900_000) });
	assert.deepEqual(await answer(post(signed(other), other)), [200, { code: 0 }], "genuine, again");
}

const DEPOSIT = JSON.parse(
	readFileSync(new URL("../vectors/events/deposit.confirmed.json", import.meta.url), "utf8"),
);
const DONE = [200, { code: 0 }];
const DUPLICATE = [200, { code: 0, duplicate: true }];
const IN_PROGRESS = [409, { code: 409, error: "in_progress" }];

/**
 * Sends a deposit twenty times at once and once more, and another one with its id. `credits` says
 * how often a deposit has been credited.
 */
export async function repeat(
	post: Post,
	credits: (depositId: string) => number | Promise<number>,
): Promise<void> {
	const depositId = `dep_${randomUUID()}`;
	const body = deposit(depositId);
	const headers = signed(body);
	const answers = await Promise.all(Array.from({ length: 20 }, () => answer(post(headers, body))));
	const howMany = (expected: unknown) =>
		answers.filter((given) => isDeepStrictEqual(given, expected)).length;
	assert.equal(howMany(DONE), 1, "of twenty at once");
	assert.equal(howMany(DUPLICATE) + howMany(IN_PROGRESS), 19, JSON.stringify(answers));
	assert.deepEqual(await answer(post(headers, body)), DUPLICATE, "once more");

	const otherId = `dep_${randomUUID()}`;
	const other = deposit(otherId);
	assert.deepEqual(
		await answer(post(signed(other, headers["webhook-id"]), other)),
		[422, { code: 422, error: "id_conflict" }],
		"another body",
	);

	for (const end = Date.now() + 10_000; (await credits(depositId)) === 0; await sleep(20)) {
		assert.ok(Date.now() < end, "the deposit has not been credited");
	}
	assert.deepEqual([await credits(depositId), await credits(otherId)], [1, 0], "credits");
}

/** What makes a database refuse to write something, and what ends that, in SQL. */
export type Fault = readonly [begin: string, end: string];

/**
 * Sends a deposit during a fault and again after it. Whether it is the credit that cannot be
 * written, or the record that it has been handled: neither may be left behind without the other.
 */
export async function failAndRepeat(
	post: Post,
	credits: (depositId: string) => number | Promise<number>,
	run: (statement: string) => unknown,
	[begin, end]: Fault,
): Promise<void> {
	const depositId = `dep_${randomUUID()}`;
	const body = deposit(depositId);
	const headers = signed(body);
	await run(begin);
	const failed = [500, { code: 500, error: "handler_failed" }];
	assert.deepEqual(await answer(post(headers, body)), failed, begin);
	assert.equal(await credits(depositId), 0, begin);
	await run(end);
	assert.deepEqual(await answer(post(headers, body)), DONE, "again");
	assert.deepEqual(await answer(post(headers, body)), DUPLICATE, "once more");
	assert.equal(await credits(depositId), 1, "credits");
}

/** Signs a body as Stripe does. */
export function signAsStripe(body: string, timestamp = Math.floor(Date.now() / 1000)) {
	const tag = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
	return {
		"content-type": "application/json",
		"stripe-signature": `t=${timestamp},v1=${tag}`,
	};
}

/** Sends a genuine event as Stripe does, the same again and a forged one, and checks each answer. */
export async function converseAsStripe(post: Post): Promise<void> {
	const body = JSON.stringify({ id: "evt_1", type: "payment_intent.succeeded" });
	const headers = signAsStripe(body);
	assert.deepEqual(await answer(post(headers, body)), DONE, "genuine");
	assert.deepEqual(await answer(post(headers, body)), DUPLICATE, "again");
	assert.deepEqual(
		await answer(post(headers, body.replace("evt_1", "evt_2"))),
		[401, { code: 401, error: "signature_mismatch" }],
		"forged",
	);
}

/** How often a handler that prints it has credited a deposit. */
export function creditsIn(output: () => string): (depositId: string) => number {
	return (depositId) => output().split(`credit ${depositId}`).length - 1;
}

async function answer(pending: Promise<Response>): Promise<[number, unknown]> {
	const response = await pending;
	return [response.status, await response.json()];
}

function eventOf(data: object): string {
	return JSON.stringify({ type: "test.event", timestamp: new Date().toISOString(), data });
}

function deposit(depositId: string): string {
	return JSON.stringify({ ...DEPOSIT, data: { ...DEPOSIT.data, depositId } });
}

function signed(body: string, id = `msg_${randomUUID()}`): Record<string, string> {
	const timestamp = `${Math.floor(Date.now() / 1000)}`;
	const key = Buffer.from(secret.slice("whsec_".length), "base64");
	const tag = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
	return {
		"content-type": "application/json",
		"webhook-id": id,
		"webhook-timestamp": timestamp,
		"webhook-signature": `v1,${tag}`,
	};
}

/** Begins to send a body and hangs up. */
export async function hangUp(port: number): Promise<void> {
	const socket = connect(port, "127.0.0.1");
	socket.write("POST /callback HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{");
	await new Promise((resolve) => setTimeout(resolve, 200));
	socket.resetAndDestroy();
}

/** Sends a request that announces no body, which `fetch` cannot. */
export async function postNothing(port: number): Promise<void> {
	const socket = connect(port, "127.0.0.1");
	socket.write("POST /callback HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
	assert.match(await text(socket), /^HTTP\/1\.1 400 /, "without a body");
}
