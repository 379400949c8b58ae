/** The handshake by which a sender verifies a callback address, recomputed with Node's crypto. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { example } from "../package/callbacks.ts";
import { wallet } from "../package/package.ts";
import {
	createReceiver,
	deliver,
	expectAnswer,
	HANDLER_FAILED,
	Log,
	memoryStore,
	OK,
	SECRET,
	signed,
} from "./receivers.ts";

const body = JSON.stringify(example("callback.verification"));
const { challenge } = example("callback.verification").data as { challenge: string };

/** The proof as the design has it. */
function proofOf(secret: string, id: string): object {
	const key = Buffer.from(secret.slice("whsec_".length), "base64");
	const mac = createHmac("sha256", key).update(`callback-verification\n${id}\n${challenge}`);
	return { code: 0, challenge, signature: `v1,${mac.digest("base64")}` };
}

test("the proof is made with the secret, the id and the challenge", async () => {
	for (const acknowledge of ["after-handling", "before-handling"] as const) {
		const receiver = createReceiver({ keys: SECRET, store: memoryStore(), acknowledge });
		for (const id of ["msg_1", "x", "~".repeat(256)]) {
			await expectAnswer(receiver, signed(body, { id }), [200, proofOf(SECRET, id)]);
		}
		await receiver.close();
	}
});

test("of several keys, it is the one that signed", async () => {
	const keys = [wallet.generateSecret(), wallet.generateSecret(), SECRET];
	const receiver = createReceiver({ keys, store: memoryStore() });
	for (const [index, key] of keys.entries()) {
		const id = `msg_${index}`;
		await expectAnswer(receiver, signed(body, { id, key }), [200, proofOf(key, id)]);
	}
});

test("a repetition gets the same proof", async () => {
	const receiver = createReceiver({ keys: SECRET, store: memoryStore() });
	const callback = signed(body, { id: "msg_1" });
	const proof = proofOf(SECRET, "msg_1");
	await expectAnswer(receiver, callback, [200, proof]);
	await expectAnswer(receiver, callback, [200, { ...proof, duplicate: true }]);
});

test("a key pair proves nothing", async () => {
	const { publicKey, privateKey } = wallet.generateKeyPair();
	const keys = [SECRET, publicKey];
	const receiver = createReceiver({ keys, store: memoryStore() });
	await expectAnswer(receiver, signed(body, { key: privateKey }), OK);
	await expectAnswer(receiver, signed(body, { id: "m" }), [200, proofOf(SECRET, "m")]);
});

test("other senders have no handshake", async () => {
	for (const sender of ["standard-webhooks", "svix"] as const) {
		const receiver = createReceiver({ keys: SECRET, sender, store: memoryStore() });
		await expectAnswer(receiver, signed(body, { sender }), OK);
	}
});

test("nobody gets a proof without a signature, or if something fails", async () => {
	const receiver = createReceiver({ keys: SECRET, store: memoryStore() });
	const forged = await deliver(receiver, signed(body, { key: wallet.generateSecret() }));
	assert.deepEqual(forged.body, { code: 401, error: "signature_mismatch" });
	const onAny = () => Promise.reject(new Error("no"));
	const failing = createReceiver({ keys: SECRET, store: memoryStore(), onAny });
	await expectAnswer(failing, signed(body), HANDLER_FAILED);
});

test("handlers see the handshake, and no record has the proof", async () => {
	const log = new Log();
	const types: string[] = [];
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		log,
		on: { "callback.verification": ({ event }) => types.push(event.data.challenge) },
	});
	const { body: answer } = await deliver(receiver, signed(body, { id: "msg_1" }));
	assert.deepEqual(types, [challenge]);
	assert.ok(!JSON.stringify(log.entries).includes(String(answer.signature).slice(3)));
	assert.equal(log.last.type, "callback.verification");
});

test("answerVerification has nothing to say about other events", () => {
	const verifier = wallet.createVerifier({ keys: SECRET });
	const accepted = verifier.verify(signed());
	assert.equal(verifier.answerVerification(accepted), undefined);
	const handshake = verifier.verify(signed(body, { id: "msg_1" }));
	assert.deepEqual(verifier.answerVerification(handshake), proofOf(SECRET, "msg_1"));
});
