// What is compared. Each subject verifies a callback in full and hands over the parsed event.
import { secret } from "./callbacks.mjs";

const toleranceSeconds = 300;

/** The names that the tables and targets refer to. */
export const ours = ["wallet-callback", "wallet-callback, Headers"];

/**
 * With whom a peer is compared: with whoever verifies its own format here. What is written by hand is compared
 * with tp-wallet, whose events are checked in full.
 */
export function rivalOf(name) {
	const { sender } = subjects.find((subject) => subject.name === name);
	return sender === undefined ? "wallet-callback" : `wallet-callback, ${sender}`;
}

/** Whether it is this package, and no peer. */
export function isOurs(name) {
	return name.startsWith("wallet-callback");
}

/** The least that a verifier in WebAssembly can take. */
export const FLOOR = "hash in wasm + JSON.parse";

/**
 * The least that a start can take: a package is imported, of one file that reads, compiles and instantiates the
 * module, and nothing in it is called.
 */
export const COLD_FLOOR = "core.wasm alone + JSON.parse";

/**
 * `load` imports the library and returns the function that is timed: it returns the parsed event,
 * and returns undefined or throws for a callback that it refuses. For this package it takes the entry's URL, or
 * a function that imports it. `prepare` runs before the clock.
 */
export const subjects = [
	{
		name: "wallet-callback",
		format: "standard",
		load: (entry) => loadOurs(entry),
	},
	{
		name: "wallet-callback, Headers",
		format: "standard",
		prepare: ({ headers, body }) => ({ headers: new Headers(headers), body }),
		load: (entry) => loadOurs(entry),
	},
	// The same in the formats of the peers.
	...["standard-webhooks", "svix", "stripe", "github"].map((sender) => ({
		name: `wallet-callback, ${sender}`,
		format: sender === "standard-webhooks" ? "standard" : sender,
		load: (entry) => loadOurs(entry, { sender }),
	})),
	{
		// What no verifier in WebAssembly can leave out: the hash, the decoding, JSON.parse.
		name: FLOOR,
		format: "standard",
		async load(entry) {
			const { bodyHash } = await import(entry);
			const decoder = new TextDecoder("utf-8", { fatal: true });
			const known = new Map();
			return ({ body }) => {
				const hash = bodyHash(body);
				const event = JSON.parse(decoder.decode(body));
				// A batch must find a changed body, as all subjects do.
				const name = `${event.data.depositId} ${body.length}`;
				const first = known.get(name) ?? hash;
				known.set(name, first);
				return first === hash ? event : undefined;
			};
		},
	},
	{
		name: "node:crypto + JSON.parse",
		format: "standard",
		load: () => loadNodeCrypto((bytes) => bytes),
	},
	{
		// Node 24 spends most of createHmac on turning bytes into a key, unless that is done once.
		name: "node:crypto with KeyObject",
		format: "standard",
		load: () => loadNodeCrypto((bytes, { createSecretKey }) => createSecretKey(bytes)),
	},
	{
		// The same plus what an event has to be checked for before money is booked on it.
		name: "node:crypto + JSON.parse + zod",
		format: "standard",
		async load() {
			const { depositSchema } = await import("./deposit-schema.mjs");
			const verify = await loadNodeCrypto((bytes) => bytes);
			return (callback) => {
				const event = verify(callback);
				return event && depositSchema.parse(event);
			};
		},
	},
	{
		name: "crypto.subtle + JSON.parse",
		format: "standard",
		async load() {
			const algorithm = { name: "HMAC", hash: "SHA-256" };
			const rawKey = bytesOf(secret.slice("whsec_".length));
			const key = await crypto.subtle.importKey("raw", rawKey, algorithm, false, ["verify"]);
			const encoder = new TextEncoder();
			const decoder = new TextDecoder("utf-8", { fatal: true });
			return async ({ headers, body }) => {
				const { id, timestamp, signatures } = readHeaders(headers);
				const start = encoder.encode(`${id}.${timestamp}.`);
				const content = new Uint8Array(start.length + body.length);
				content.set(start);
				content.set(body, start.length);
				for (const signature of signatures) {
					if (await crypto.subtle.verify("HMAC", key, bytesOf(signature), content)) {
						return JSON.parse(decoder.decode(body));
					}
				}
				return undefined;
			};
		},
	},
	{
		name: "standardwebhooks",
		format: "standard",
		sender: "standard-webhooks",
		async load() {
			const { Webhook } = await import("standardwebhooks");
			const webhook = new Webhook(secret);
			return ({ headers, body }) => webhook.verify(asBuffer(body), headers);
		},
	},
	{
		name: "svix",
		format: "svix",
		sender: "svix",
		async load() {
			const { Webhook } = await import("svix");
			const webhook = new Webhook(secret);
			// It throws or returns nothing: parsing is left to the caller.
			return ({ headers, body }) => {
				const text = asBuffer(body).toString();
				webhook.verify(text, headers);
				return JSON.parse(text);
			};
		},
	},
	{
		name: "stripe",
		format: "stripe",
		sender: "stripe",
		async load() {
			const { default: Stripe } = await import("stripe");
			return ({ headers, body }) =>
				Stripe.webhooks.constructEvent(asBuffer(body), headers["stripe-signature"], secret);
		},
	},
	{
		name: "@octokit/webhooks-methods",
		format: "github",
		sender: "github",
		async load() {
			const { verify } = await import("@octokit/webhooks-methods");
			return async ({ headers, body }) => {
				const text = asBuffer(body).toString();
				const genuine = await verify(secret, text, headers["x-hub-signature-256"]);
				return genuine ? JSON.parse(text) : undefined;
			};
		},
	},
	{
		name: "@hookflo/tern",
		format: "standard",
		sender: "standard-webhooks",
		async load() {
			const { WebhookVerificationService } = await import("@hookflo/tern");
			return async ({ headers, body }) => {
				const request = new Request("https://wallet.example.com/", {
					method: "POST",
					headers,
					body,
				});
				// Its name for Standard Webhooks with a base64 secret.
				const platform = "dodopayments";
				const result = await WebhookVerificationService.verifyWithPlatformConfig(
					request,
					platform,
					secret,
					toleranceSeconds,
				);
				return result.isValid ? result.payload : undefined;
			};
		},
	},
];

/** A subject of cold starts only. `entry` imports the package and, beside it, the least that one can be. */
export const coldFloor = {
	name: COLD_FLOOR,
	format: "standard",
	async load(_, entry) {
		const { bringFloor } = await import(entry);
		const { start } = await bringFloor();
		start();
		return ({ body }) => JSON.parse(new TextDecoder().decode(body));
	},
};

async function loadOurs(entry, options = {}) {
	const { createVerifier } = await (typeof entry === "function" ? entry() : import(entry));
	const verifier = createVerifier({ keys: secret, toleranceSeconds, ...options });
	return (callback) => {
		const result = verifier.safeVerify(callback);
		if (!result.ok) return undefined;
		return result.event.payload ?? result.event;
	};
}

async function loadNodeCrypto(keyFrom) {
	const nodeCrypto = await import("node:crypto");
	const { createHmac, timingSafeEqual } = nodeCrypto;
	const key = keyFrom(Buffer.from(secret.slice("whsec_".length), "base64"), nodeCrypto);
	const decoder = new TextDecoder("utf-8", { fatal: true });
	return ({ headers, body }) => {
		const { id, timestamp, signatures } = readHeaders(headers);
		const hmac = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body);
		// Faster than a digest as bytes and the decoding of what was received.
		const expected = Buffer.from(hmac.digest("base64"));
		const genuine = signatures.some((signature) => {
			const received = Buffer.from(signature);
			return received.length === expected.length && timingSafeEqual(received, expected);
		});
		return genuine ? JSON.parse(decoder.decode(body)) : undefined;
	};
}

/** What a careful hand-written handler does before it computes the signature. */
function readHeaders(headers) {
	const id = headers["webhook-id"];
	const timestamp = headers["webhook-timestamp"];
	const signature = headers["webhook-signature"];
	if (!id || !timestamp || !signature || !/^\d+$/.test(timestamp)) {
		throw new Error("missing or malformed header");
	}
	if (Math.abs(Date.now() / 1000 - Number(timestamp)) > toleranceSeconds) {
		throw new Error("not fresh");
	}
	const entries = signature.split(" ").filter((entry) => entry.startsWith("v1,"));
	return { id, timestamp, signatures: entries.map((entry) => entry.slice("v1,".length)) };
}

/** The cheapest conversion for a peer that refuses a Uint8Array: a view, no copy. */
function asBuffer(body) {
	return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function bytesOf(base64) {
	return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
