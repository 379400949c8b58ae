/** Sample events: each is what a verifier accepts, the same for the same seed, and another for another. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { OpaqueEvent } from "wallet-callback";
import { KEY_ID, keyPair, send, signatureOf, signers } from "../senders/signers.ts";
import {
	ConfigError,
	createVerifier,
	generateSecret,
	sampleEvent,
	senders,
	signedRequest,
} from "./package.ts";
import { CHAINS, FILE, OTHERS, SEEDS, sampleOf, samples, TYPES } from "./samples.ts";

const key = generateSecret();
const verifier = createVerifier({ keys: key });

test("there is one of every type on every chain, and each is verified", async () => {
	assert.equal(TYPES.length, 15);
	assert.equal(CHAINS.length, 12);
	for (const type of TYPES) {
		for (const chain of [undefined, ...CHAINS]) {
			const bodies = new Set<string>();
			for (const seed of SEEDS) {
				const sample = sampleEvent(type, { chain, seed });
				const body = JSON.stringify(sample);
				bodies.add(body);
				assert.equal(JSON.stringify(sampleEvent(type, { chain, seed })), body);
				const result = await verifier.safeVerifyRequest(signedRequest(sample, { key }));
				if (!result.ok) assert.fail(`${type} ${chain} ${seed}: ${JSON.stringify(result)} ${body}`);
				const { event } = result;
				assert.ok(event.known);
				assert.equal(event.addressChecked, true, body);
				assert.equal(event.type, type);
				if (chain !== undefined && "chain" in event.data) assert.equal(event.data.chain, chain);
				const { from, to } = event.data as { from?: string; to?: string };
				assert.ok(from === undefined || from !== to);
			}
			assert.equal(bodies.size, SEEDS.length);
		}
	}
});

test("the events of a family with one seed tell of one thing, one after the other", () => {
	for (const chain of [undefined, ...CHAINS]) {
		const [seen, booked] = [
			sampleEvent("deposit.detected", { chain, seed: 3 }),
			sampleEvent("deposit.confirmed", { chain, seed: 3 }),
		];
		const { blockNumber, confirmations, ...rest } = booked.data;
		assert.deepEqual(seen.data, { ...rest, blockNumber, confirmations: 1 });
		assert.ok(Date.parse(booked.timestamp) > Date.parse(seen.timestamp));
	}
	const sent = sampleEvent("withdrawal.broadcast", { seed: 3 });
	assert.deepEqual(sampleEvent("withdrawal.completed", { seed: 3 }).data, sent.data);
	const { txHash, replacedBy } = sampleEvent("transaction.replaced").data;
	assert.notEqual(txHash, replacedBy);
});

test("they stay what they were (node --import tsx tests/testing/samples.ts writes them)", () => {
	assert.equal(samples(), readFileSync(FILE, "utf8"));
});

test("when it happened can be said", () => {
	const timestamp = 1_700_000_000;
	assert.equal(sampleEvent("user.registered", { timestamp }).timestamp, "2023-11-14T22:13:20Z");
	assert.equal(
		sampleEvent("ping", { sender: "github", timestamp }).repository instanceof Object,
		true,
	);
	const payment = sampleEvent("payment_intent.succeeded", { sender: "stripe", timestamp });
	assert.equal(payment.created, timestamp);
});

for (const [sender, types] of Object.entries(OTHERS)) {
	test(`what ${sender} sends is verified, with its type and its id`, () => {
		const signer = signers.find(({ name, variant }) => {
			return name === sender && (name !== "coinbase-cdp" || variant === "with headers");
		});
		if (signer === undefined) assert.fail(sender);
		const info = senders().find(({ name }) => name === sender);
		const pair = keyPair(signer);
		for (const type of types) {
			const ids = new Set<unknown>();
			for (const seed of SEEDS) {
				const sample = sampleOf(type, { sender, seed });
				assert.deepEqual(sampleOf(type, { sender, seed }), sample);
				const callback = {
					body: Buffer.from(JSON.stringify(sample)),
					timestamp: Date.now(),
					id: "id-1",
					nonce: "nonce",
					keyId: KEY_ID,
					clientId: "client-1",
					method: "POST",
					url: "https://receiver.example/",
					covered: [
						["x-event-id", "evt-1"],
						["x-event-type", type],
					] as const,
				};
				const { headers, body } = send(signer, callback, signatureOf(signer, callback, pair));
				const sent = sender === "github" ? { ...headers, "x-github-event": type } : headers;
				const judge = createVerifier({ sender: signer.name, keys: pair.verifying });
				const event = judge.verify({ headers: sent, body }).event as OpaqueEvent;
				assert.deepEqual(event.payload, sample);
				if (sender === "nowpayments") assert.equal(sample.payment_status, type);
				else assert.equal(event.type, type);
				ids.add(info?.signs.id && sender !== "coinbase-cdp" ? event.id : JSON.stringify(sample));
			}
			assert.equal(ids.size, SEEDS.length, type);
		}
	});
}

test("what is not known is refused by name, with the nearest", () => {
	const refused = (call: () => unknown, message: string) =>
		assert.throws(call, (error) => {
			assert.ok(error instanceof ConfigError);
			assert.equal(error.code, "invalid_option");
			assert.equal(error.message, message);
			return true;
		});
	refused(
		() => sampleEvent("deposit.confimed" as "deposit.confirmed"),
		'unknown event type "deposit.confimed" (did you mean "deposit.confirmed"?)',
	);
	refused(
		() => sampleOf("payment_intent.suceeded", { sender: "stripe" }),
		'unknown event type of stripe "payment_intent.suceeded" (did you mean "payment_intent.succeeded"?)',
	);
	refused(
		() => sampleOf("ping", { sender: "git-hub" }),
		'unknown sender "git-hub" (did you mean "github"?)',
	);
	refused(
		() => sampleOf("orders/paid", { sender: "shopify" }),
		"no samples for shopify: pass your own object to signedRequest",
	);
	refused(
		() => sampleEvent("payment_intent.succeeded" as "deposit.confirmed"),
		'"payment_intent.succeeded" is a type of stripe: add { sender: "stripe" }',
	);
	refused(
		() => sampleOf("toString", { sender: "github" }),
		'unknown event type of github "toString" (known: ping, push, pull_request)',
	);
	refused(
		() => sampleEvent("user.registered", { sed: 1 } as object),
		'unknown option "sed" (did you mean "seed"?)',
	);
	refused(
		() => sampleEvent("user.registered", { chain: "eip155:57" as "eip155:56" }),
		'unknown chain "eip155:57" (did you mean "eip155:56"?)',
	);
	refused(
		() => sampleEvent("user.registered", { seed: 0.5 }),
		"seed: expected a whole number, got 0.5",
	);
	refused(
		() => sampleEvent("ping", { sender: "github", chain: "eip155:1" }),
		"chain: expected it for tp-wallet only",
	);
});
