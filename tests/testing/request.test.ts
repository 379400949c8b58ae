/** Requests as senders make them: each is accepted by a verifier of its sender and by a receiver. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { callbackFor, NOW, subjects } from "../senders/deliveries.ts";
import { full } from "../senders/package.ts";
import { type Callback, isSigned, keyPair, privateKeyText, signers } from "../senders/signers.ts";
import {
	CONSUMER,
	ConfigError,
	createReceiver,
	createVerifier,
	generateKeyPair,
	generateSecret,
	memoryStore,
	sampleEvent,
	senders,
	signedRequest,
} from "./package.ts";

const { toNodeListener }: typeof import("wallet-callback/node") = createRequire(
	join(CONSUMER, "package.json"),
)("wallet-callback/node");

const signing = subjects.filter(
	({ signer, library }) =>
		library === full &&
		isSigned(signer) &&
		!signer.alternative &&
		(signer.name !== "coinbase-cdp" || signer.variant === "with headers") &&
		signer.unit !== "go",
);

describe("every sender that signs with what its users have", () => {
	for (const { signer } of signing) {
		test(signer.name, async () => {
			const made = callbackFor(signer);
			const callback: Callback = { ...made, covered: [["x-event-id", made.id]] };
			const { id, nonce, keyId, clientId, url } = callback;
			const pair = keyPair(signer);
			const key =
				signer.algorithm.family === "ed25519" ? privateKeyText(pair) : (pair.verifying as string);
			const options = { sender: signer.name, key, id, nonce, keyId, clientId, url };
			const event = new Uint8Array(callback.body);
			const request = signedRequest(event, { ...options, timestamp: NOW / 1000 });
			assert.equal(request.method, "POST");
			assert.equal(request.url, url);
			const form = signer.form === "form";
			assert.equal(
				request.headers.get("content-type"),
				form ? "application/x-www-form-urlencoded" : "application/json",
			);
			const verifier = createVerifier({
				...signer.agreed?.(callback),
				sender: signer.name,
				keys: pair.verifying,
				now: () => NOW,
			});
			const accepted = await verifier.verifyRequest(request);
			assert.ok(accepted.event);
			const replaced = new Request(request.url, {
				method: "POST",
				headers: request.headers,
				body: "{}",
			});
			assert.equal((await verifier.safeVerifyRequest(replaced)).ok, false);
		});
	}

	test("the list is complete", () => {
		const known = new Set(signing.map(({ signer }) => signer.name));
		const other = new Set(signers.filter((one) => !isSigned(one)).map(({ name }) => name));
		assert.deepEqual(
			[...known, ...other].sort(),
			senders()
				.map(({ name }) => name)
				.sort(),
		);
	});
});

describe("senders that sign with a private key of their own", () => {
	for (const signer of signers.filter((one) => !isSigned(one))) {
		test(`${signer.name} ${signer.variant ?? ""}`, () => {
			const sign = () =>
				signedRequest("{}", { sender: signer.name, key: "a secret of many letters" });
			assert.throws(sign, (error) => {
				assert.ok(error instanceof ConfigError);
				const start = `sender: ${signer.name} signs with a private key that only ${signer.name} has (`;
				assert.ok(error.message.startsWith(start), error.message);
				return true;
			});
		});
	}
});

test("a sender that sends by GET has its event in the query", async () => {
	const key = "a secret of many letters";
	const event = {
		type: "transaction_updated",
		externalTransactionId: "a b&c",
		data: { status: "completed" },
	};
	const options = { sender: "moonpay", key, method: "GET" } as const;
	const request = signedRequest(event, { ...options, url: "https://shop.example/moonpay?shop=7" });
	assert.equal(request.method, "GET");
	assert.equal(request.body, null);
	assert.equal(request.headers.get("content-type"), null);
	const verifier = createVerifier({ sender: "moonpay", keys: key });
	const { payload } = (await verifier.verifyRequest(request)).event;
	assert.deepEqual(payload, {
		shop: "7",
		type: "transaction_updated",
		externalTransactionId: "a b&c",
		data: '{"status":"completed"}',
	});
	const other = signedRequest("type=x", options).url.replace("type=x", "type=y");
	assert.equal((await verifier.safeVerifyRequest(new Request(other, request))).ok, false);
	const post = () => signedRequest(event, { ...options, sender: "stripe" });
	assert.throws(post, { name: "ConfigError", message: "method: stripe sends no callbacks by GET" });
});

test("what is no URL or no method is refused", () => {
	const refuses = (options: object, message: string) =>
		assert.throws(() => signedRequest({}, { key: "whsec_", ...options }), {
			name: "ConfigError",
			code: "invalid_option",
			message,
		});
	const url = "url: expected an absolute http or https URL without user name and password, got";
	for (const text of ["/callbacks", "", "ftp://shop.example/", "https://me:word@shop.example/"]) {
		refuses({ url: text }, `${url} string`);
	}
	refuses({ url: new URL("https://me@shop.example/") }, `${url} object`);
	refuses({ url: 5 }, `${url} 5`);
	refuses({ method: "PUT" }, 'method: expected "POST" or "GET", got string');
	refuses({ method: "get" }, 'method: expected "POST" or "GET", got string');
});

test("a form is made of an object", async () => {
	const key = "a secret of many letters";
	const event = { txn_id: "CP1", status: 100, amount: "1.50" };
	const request = signedRequest(event, { sender: "coinpayments-ipn", key });
	const verifier = createVerifier({ sender: "coinpayments-ipn", keys: key });
	const { payload } = (await verifier.verifyRequest(request)).event;
	assert.deepEqual(payload, { txn_id: "CP1", status: "100", amount: "1.50" });
});

test("a type that stands in a header", async () => {
	const key = "a secret of many letters";
	for (const [sender, type] of [
		["github", "push"],
		["coinbase-cdp", "onchain.activity.detected"],
	] as const) {
		const event =
			sender === "github"
				? sampleEvent("push", { sender })
				: sampleEvent("onchain.activity.detected", { sender });
		const request = signedRequest(event, { sender, key, type, id: "evt-1" });
		const accepted = await createVerifier({ sender, keys: key }).verifyRequest(request);
		assert.equal(accepted.event.type, type);
	}
	// Elsewhere it is in the body.
	const event = sampleEvent("charge.refunded", { sender: "stripe" });
	const request = signedRequest(event, { sender: "stripe", key, type: "other" });
	const { type } = (await createVerifier({ sender: "stripe", keys: key }).verifyRequest(request))
		.event;
	assert.equal(type, "charge.refunded");
});

test("a descriptor of one's own, a pair of keys, and what cannot sign", async () => {
	const { publicKey, privateKey } = generateKeyPair();
	const request = signedRequest(sampleEvent("user.registered"), { key: privateKey });
	assert.ok(await createVerifier({ keys: publicKey }).verifyRequest(request));
	assert.throws(() => signedRequest("{}", { key: publicKey }), ConfigError);
	const sender = {
		name: "acme",
		algorithm: "hmac-sha256",
		headers: { signature: "x-acme" },
		signature: { encoding: "hex" },
		signed: "{body}",
	} as const;
	const key = "a secret of many letters";
	const own = signedRequest({ a: 1 }, { sender, key });
	assert.ok(await createVerifier({ sender, keys: key }).verifyRequest(own));
	const unknown = () => signedRequest("{}", { key, secret: "x" } as { key: string });
	assert.throws(unknown, { name: "ConfigError", message: /^unknown option "secret" \(/ });
});

test("a receiver takes it, knows it again, and over HTTP as well", async () => {
	const key = generateSecret();
	const handled: string[] = [];
	const receiver = createReceiver({
		keys: key,
		store: memoryStore(),
		requireHttps: false,
		on: {
			"deposit.confirmed": ({ event }) => {
				handled.push(event.data.depositId);
			},
		},
	});
	const event = sampleEvent("deposit.confirmed");
	const answers = [];
	for (const id of ["msg_1", "msg_1", "msg_2"]) {
		const response = await receiver(signedRequest(event, { key, id }));
		answers.push([response.status, await response.json()]);
	}
	assert.deepEqual(answers, [
		[200, { code: 0 }],
		[200, { code: 0, duplicate: true }],
		[200, { code: 0 }],
	]);
	const server = createServer(toNodeListener(receiver)).listen(0);
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks`;
	const response = await fetch(signedRequest(event, { key, url }));
	server.close();
	assert.equal(response.status, 200);
	assert.deepEqual(
		handled,
		[0, 1, 2].map(() => event.data.depositId),
	);
});
