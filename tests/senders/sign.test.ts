/** `sign` makes what the independent signers make, and what `verify` accepts. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SenderDescriptor } from "wallet-callback";
import { accepted, callbackFor, NOW, refused, subjects } from "./deliveries.ts";
import { core, full, libraries } from "./package.ts";
import {
	type Callback,
	isSigned,
	keyPair,
	plisioText,
	privateKeyText,
	type Signer,
	signCallback,
	signers,
} from "./signers.ts";

/** The first of a sender's signers that uses its first names and its first way to write a time. */
const signing = subjects.filter(
	({ signer }) =>
		isSigned(signer) &&
		!signer.alternative &&
		(signer.name !== "coinbase-cdp" || signer.variant === "with headers") &&
		signer.unit !== "go",
);

const signingKey = (signer: Signer, index: 0 | 1 = 0): string => {
	const pair = keyPair(signer, index);
	if (signer.algorithm.family === "ed25519") return privateKeyText(pair);
	return pair.verifying as string;
};

const optionsFor = (signer: Signer, callback: Callback) => {
	const { body, id, nonce, keyId, clientId, method, url } = callback;
	const key = signingKey(signer);
	const timestamp = NOW / 1000;
	return { sender: signer.name, key, body, id, nonce, keyId, clientId, method, url, timestamp };
};

const FORM = "application/x-www-form-urlencoded";

const lowerCase = (headers: Readonly<Record<string, string>>) =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

for (const { signer, library, name } of signing) {
	const made = callbackFor(signer);
	const callback: Callback = { ...made, covered: [["x-event-id", made.id]] };
	const { method, url } = callback;
	const verify = (
		sent: ReturnType<typeof full.sign>,
		{ index = 0, now = NOW }: { index?: 0 | 1; now?: number } = {},
	) =>
		library
			.createVerifier({
				...signer.agreed?.(callback),
				sender: signer.name,
				keys: keyPair(signer, index).verifying,
				now: () => now,
			})
			.safeVerify({ ...sent, method, url });

	describe(name, () => {
		test("what it signs is verified", () => {
			const sent = full.sign(optionsFor(signer, callback));
			accepted(verify(sent));
			refused(verify(sent, { index: 1 }), "signature_mismatch");
		});

		test("it is what the sender would send", () => {
			const sent = full.sign(optionsFor(signer, callback));
			const expected = signCallback(signer, callback, keyPair(signer));
			if (signer.name === "plisio") return checkPlisio(signer, sent.body);
			if (signer.name === "transak") return checkJwt(signer, callback, sent.body);
			assert.deepEqual(Buffer.from(sent.body as Uint8Array), callback.body);
			assert.deepEqual(lowerCase(sent.headers), {
				...lowerCase(expected.headers),
				...unsignedId(signer, callback),
				"content-type": signer.form === "form" ? FORM : "application/json",
			});
		});

		test("a body in each of its shapes", () => {
			const text = callback.body.toString();
			const bytes = new TextEncoder().encode(text);
			for (const body of [text, bytes, bytes.buffer]) {
				const sent = full.sign({ ...optionsFor(signer, callback), body });
				assert.equal(Object.getPrototypeOf(sent.body), Object.getPrototypeOf(body));
				accepted(verify(sent));
				// The caller's own is left as it was, and is what goes out where nothing is added.
				assert.equal(Buffer.from(bytes).toString(), text);
				assert.equal(sent.body === body, !["plisio", "transak"].includes(signer.name));
			}
		});

		test("without the options that have a default", () => {
			const { sender, key, body, keyId, clientId } = optionsFor(signer, callback);
			const sent = full.sign({ sender, key, body, keyId, clientId, method, url });
			// A body may say itself when it was sent.
			const now = signer.timestampMember === undefined ? Date.now() : NOW;
			accepted(verify(sent, { now }));
		});
	});
}

describe("keys that do not sign", () => {
	for (const signer of signers.filter((one) => !isSigned(one))) {
		test(`${signer.name} ${signer.variant ?? ""}`, () => {
			const { signing, verifying } = keyPair(signer);
			const { body } = callbackFor(signer);
			assert.ok(!Buffer.isBuffer(signing));
			const pkcs8 = signing.export({ format: "pem", type: "pkcs8" }) as string;
			const keys = [pkcs8, "a shared secret of thirty characters", verifying as string];
			for (const key of keys.filter((one) => typeof one === "string")) {
				const { ConfigError, sign } = full;
				assert.throws(() => sign({ sender: signer.name, key, body }), ConfigError);
			}
		});
	}
	// What is written as 64 hex digits may be either key: nobody could tell.
	for (const { signer, name } of signing) {
		const { verifying } = keyPair(signer);
		if (typeof verifying !== "string" || !verifying.startsWith("whpk_")) continue;
		test(`${name}, with the public one`, () => {
			const { body } = callbackFor(signer);
			const sign = () => full.sign({ sender: signer.name, key: verifying, body });
			assert.throws(sign, full.ConfigError);
		});
	}
});

test("a header that is signed and not given has the id of the key", () => {
	for (const [, { createVerifier }] of libraries) {
		const sender: SenderDescriptor = {
			name: "my-own",
			algorithm: "hmac-sha256",
			headers: { signature: "x-signature" },
			signature: { encoding: "hex" },
			signed: "{header:x-client}.{body}",
		};
		const key = "2b7e1516-28ae-d2a6-abf7-158809cf4f3c";
		const sent = full.sign({ sender, key, body: "{}", keyId: "client-1" });
		assert.equal(lowerCase(sent.headers)["x-client"], "client-1");
		accepted(createVerifier({ sender, keys: key }).safeVerify(sent));
	}
});

test("the core alone says who signs", () => {
	const key = "2b7e1516-28ae-d2a6-abf7-158809cf4f3c";
	for (const [name, act] of Object.entries({
		sign: () => core.sign({ sender: "github", key, body: "{}" }),
		generateSecret: () => core.generateSecret(),
		generateKeyPair: () => core.generateKeyPair(),
	})) {
		assert.throws(act, { name: "ConfigError", code: "needs_full", message: importLine(name) });
	}
});

const importLine = (name: string) =>
	new RegExp(`^${name} needs import \\{ ${name} \\} from "wallet-callback/full"`);

test("what is sent has a media type, unless it has another or no body", () => {
	const typeOf = (options: object) =>
		full.sign({ sender: "moonpay", key: "a secret of many letters", body: "{}", ...options })
			.headers["content-type"];
	const url = "https://receiver.example/?a=1";
	assert.equal(typeOf({}), "application/json");
	assert.equal(typeOf({ sender: "coinpayments-ipn", body: "a=1" }), FORM);
	assert.equal(typeOf({ method: "GET", url, body: "" }), undefined);
	const headers = { "content-type": "application/json; charset=utf-8" };
	assert.equal(typeOf({ headers }), headers["content-type"]);
});

test("every sender is here, as one that signs or as one that does not", () => {
	const able = new Set(signing.map(({ signer }) => signer.name));
	const unable = new Set(signers.filter((one) => !isSigned(one)).map(({ name }) => name));
	const all = full.senders().map(({ name }) => name);
	assert.deepEqual([...able, ...unable].sort(), [...all].sort());
});

/** The header of an id that the signature does not cover. */
function unsignedId({ name, id, signsId }: Signer, callback: Callback): Record<string, string> {
	const header = typeof id === "object" && !signsId ? id?.header : UNSIGNED_IDS[name];
	return header === undefined ? {} : { [header.toLowerCase()]: callback.id };
}

/** Headers of ids that are not covered, of senders that do not document what their ids are. */
const UNSIGNED_IDS: { readonly [name: string]: string } = {
	zerohash: "x-zh-hook-notification-id",
};

function checkPlisio(signer: Signer, body: unknown): void {
	const sent = Buffer.from(body as Uint8Array);
	const { verify_hash: hash, ...rest } = JSON.parse(sent.toString());
	assert.deepEqual(rest, JSON.parse(callbackFor(signer).body.toString()));
	const { signing } = keyPair(signer);
	const expected = signer.algorithm.sign(Buffer.from(plisioText(sent)), signing);
	assert.equal(hash, expected.toString("hex"));
}

function checkJwt(signer: Signer, callback: Callback, body: unknown): void {
	const { data, ...rest } = JSON.parse(Buffer.from(body as Uint8Array).toString());
	assert.deepEqual(rest, {});
	const [header, claims, signature] = data.split(".") as [string, string, string];
	assert.equal(JSON.parse(Buffer.from(header, "base64url").toString()).alg, "HS256");
	assert.deepEqual(Buffer.from(claims, "base64url"), callback.body);
	const { signing } = keyPair(signer);
	const expected = signer.algorithm.sign(Buffer.from(`${header}.${claims}`), signing);
	assert.equal(signature, expected.toString("base64url"));
}
