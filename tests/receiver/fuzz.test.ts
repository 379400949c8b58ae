/** Whatever comes, the receiver answers: it never rejects and never hangs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Receiver, ReceiverOptions, ReplayStore } from "wallet-callback/receiver";
import { Random } from "../random.ts";
import {
	type Callback,
	createReceiver,
	deposit,
	Log,
	memoryStore,
	never,
	ofType,
	SECRET,
	signed,
	storeWith,
} from "./receivers.ts";

/** The statuses that are documented, and the errors that go with each. */
const DOCUMENTED: { readonly [status: number]: RegExp } = {
	200: /^undefined$/,
	400: /^(missing_header|malformed_header|aborted)$/,
	401: /^(unsupported_signature|signature_mismatch|timestamp_too_old|timestamp_too_new)$/,
	403: /^(insecure_transport|ip_not_allowed)$/,
	405: /^method_not_allowed$/,
	409: /^in_progress$/,
	413: /^body_too_large$/,
	415: /^unsupported_media_type$/,
	422: /^(malformed_payload|id_conflict)$/,
	500: /^handler_failed$/,
	503: /^(store_unavailable|closing)$/,
};

const WORDS = [
	"",
	" ",
	"0",
	"-1",
	"1e9",
	"NaN",
	"v1,",
	"v1a,AAAA",
	"x".repeat(300),
	"gzip",
	"identity",
	"application/json",
	"text/plain",
	"charset=",
	"127.0.0.1",
	"::1",
	"[::1",
	"unknown",
	",",
	", ,",
	";",
	"é",
	"https",
	"__proto__",
];

const NAMES = [
	"content-type",
	"content-encoding",
	"content-length",
	"webhook-id",
	"webhook-timestamp",
	"webhook-signature",
	"x-forwarded-for",
	"x-forwarded-proto",
	"host",
	"x-other",
];

const METHODS = ["GET", "PUT", "DELETE", "OPTIONS", "Weird"];
const URLS = ["https://a.example/", "http://a.example/", "http://localhost:1/", "http://[::1]/"];
const IPS = [undefined, "203.0.113.7", "10.0.0.1", "127.0.0.1", "::1", "", "x", "[::1]:5"];
const BODIES = ["", "{", "[]", "null", "{}", ofType("__proto__"), ofType("x"), deposit()];

function randomCallback(random: Random): Callback {
	const body = random.chance(0.1)
		? new Uint8Array(random.bytes(random.below(50)))
		: random.pick(BODIES);
	const timestamp = Math.floor(Date.now() / 1000) + random.pick([0, 0, 0, 0, 299, -299, 900, -900]);
	return signed(body, { id: `msg_${random.below(200)}`, timestamp });
}

/** A callback that may be spoilt in several ways. */
function randomRequest(random: Random): Request {
	const { headers, body } = randomCallback(random);
	const spoilt = new Headers(headers);
	while (random.chance(0.3)) {
		const name = random.pick(NAMES);
		const value = random.text(WORDS, 0, 3);
		const change = random.pick(["append", "delete", "set"] as const);
		if (change === "delete") spoilt.delete(name);
		else spoilt[change](name, value);
	}
	const url = random.pick([...Array(6).fill(URLS[0]), ...URLS]);
	if (random.chance(0.05)) {
		return new Request(url, { method: random.pick(METHODS), headers: spoilt });
	}
	if (random.chance(0.6)) return new Request(url, { method: "POST", headers: spoilt, body });
	return new Request(url, streamed(random, spoilt, Buffer.from(body)));
}

/** A body in pieces, which may end before its time or never end. */
function streamed(random: Random, headers: Headers, bytes: Buffer): RequestInit {
	const fate = random.below(10);
	let at = 0;
	const body = new ReadableStream<Uint8Array>({
		pull(controller) {
			const size = random.between(0, 200);
			if (fate === 0 && at > bytes.length / 2) controller.error(new Error("reset"));
			else if (fate === 1) controller.enqueue(new Uint8Array(size));
			else if (at >= bytes.length) controller.close();
			else controller.enqueue(new Uint8Array(bytes.subarray(at, at + size)));
			at += size;
		},
	});
	const init: RequestInit & { duplex: "half" } = { method: "POST", headers, body, duplex: "half" };
	return init;
}

/** A store that is away now and then. */
function moody(random: Random): ReplayStore {
	const inner = memoryStore({ maxEntries: 150 });
	const mood = <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) => {
		return async (...args: Args): Promise<T> => {
			if (random.chance(0.05)) throw new Error("away");
			if (random.chance(0.01)) return never();
			if (random.chance(0.2)) await sleep(random.below(3));
			return call(...args);
		};
	};
	return storeWith({
		claim: mood((...args: Parameters<ReplayStore["claim"]>) => inner.claim(...args)),
		complete: mood((...args: Parameters<ReplayStore["complete"]>) => inner.complete(...args)),
		release: mood((...args: Parameters<ReplayStore["release"]>) => inner.release(...args)),
		enqueue: mood((...args: Parameters<ReplayStore["enqueue"]>) => inner.enqueue(...args)),
		take: mood((...args: Parameters<ReplayStore["take"]>) => inner.take(...args)),
	});
}

for (const acknowledge of ["after-handling", "before-handling"] as const) {
	test(`1,500 random requests, acknowledged ${acknowledge}`, { timeout: 30_000 }, async () => {
		const random = new Random(acknowledge.length);
		const log = new Log();
		const onAny: NonNullable<ReceiverOptions["onAny"]> = async ({ log: own }) => {
			if (random.chance(0.1)) throw new Error("failed");
			if (random.chance(0.01)) return never();
			if (random.chance(0.2)) await sleep(random.below(3));
			own.info({});
		};
		const receiver = createReceiver({
			keys: SECRET,
			store: moody(random),
			acknowledge,
			onAny,
			log,
			maxBodyBytes: 2000,
			trustedProxies: ["10.0.0.0/8"],
			leaseSeconds: 0.05,
			storeTimeoutSeconds: 0.03,
			maxAttempts: 3,
		});
		const seen = new Map<number, number>();
		for (let round = 0; round < 30; round += 1) {
			const statuses = await Promise.all(Array.from({ length: 50 }, () => one(receiver, random)));
			for (const status of statuses) seen.set(status, (seen.get(status) ?? 0) + 1);
		}
		await receiver.close();
		seen.set(503, (seen.get(503) ?? 0) + Number((await one(receiver, random)) === 503));
		const expected = [200, 400, 401, 403, 405, 413, 415, 422, 503];
		for (const status of expected) assert.ok(seen.has(status), `never ${status}`);
		const records = log.entries.filter(({ record }) => record.outcome !== undefined);
		const { outcomes, inFlight, latency } = receiver.stats();
		const counted = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
		assert.deepEqual([records.length, latency.count, inFlight], [counted, counted, 0]);
		assert.equal(outcomes.internal_error, undefined);
	});
}

async function one(receiver: Receiver, random: Random): Promise<number> {
	const ip = random.pick(IPS);
	const request = randomRequest(random);
	const { status, headers } = await receiver(request, ip === undefined ? {} : { ip }).then(
		async (response) => {
			const { code, error } = (await response.json()) as { code: number; error?: string };
			assert.match(String(error), DOCUMENTED[response.status] ?? /^no such status$/);
			assert.equal(code, response.status === 200 ? 0 : response.status);
			return response;
		},
	);
	assert.equal(headers.get("content-type"), "application/json");
	assert.equal(headers.has("retry-after"), status === 409 || status === 503);
	assert.equal(headers.has("allow"), status === 405);
	return status;
}
