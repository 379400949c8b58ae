/** Keys that have ids: several at once, sets of JSON Web Keys, and those that are found by their ids. */
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, test } from "node:test";
import type { CallbackInput, KeyFinder, KeyInput, PublicJsonWebKey } from "wallet-callback";
import { accepted, callbackFor, NOW, refused, type Subject, subjects } from "./deliveries.ts";
import { fromPem, KEY_ID, keyPair, PEM, type Signer, signCallback } from "./signers.ts";

/** Those whose callbacks name the key. */
const keyed = subjects.filter(({ signer }) => signer.keyed);

/** How long a found key is used, in milliseconds. */
const FOUND_KEY_MS = 300_000;

/** A test for each of them, with each module that has it. */
function each(title: string, check: (subject: Subject) => void | Promise<void>): void {
	describe(title, () => {
		for (const subject of keyed) test(subject.name, () => check(subject));
	});
}

function jwkOf(
	signer: Signer,
	{ index = 0, kid = KEY_ID }: { index?: 0 | 1; kid?: string | undefined } = {},
): PublicJsonWebKey {
	const publicKey = createPublicKey(keyPair(signer, index).signing as KeyObject);
	const jwk = publicKey.export({ format: "jwk" }) as PublicJsonWebKey;
	return kid === "" ? jwk : { ...jwk, kid };
}

function callback(signer: Signer, keyId = KEY_ID, index: 0 | 1 = 0): CallbackInput {
	const parts = { ...callbackFor(signer), keyId };
	const { method, url } = parts;
	return { ...signCallback(signer, parts, keyPair(signer, index)), method, url };
}

/** A verifier that finds its keys, and what it was asked for. */
function finding({ signer, library }: Subject, find: KeyFinder) {
	const asked: string[] = [];
	const clock = { now: NOW };
	const verifier = library.createVerifier({
		sender: signer.name,
		keys: (keyId) => {
			asked.push(keyId);
			return find(keyId);
		},
		now: () => clock.now,
	});
	return { verifier, asked, clock };
}

/** Keys that no two of the senders' algorithms share, and keys of no algorithm here. */
const OTHER_KEYS: readonly PublicJsonWebKey[] = [
	generateKeyPairSync("rsa", { modulusLength: 2048, ...PEM }),
	generateKeyPairSync("ec", { namedCurve: "P-256", ...PEM }),
	generateKeyPairSync("ec", { namedCurve: "P-384", ...PEM }),
	generateKeyPairSync("ec", { namedCurve: "secp256k1", ...PEM }),
	generateKeyPairSync("ed25519", PEM),
	generateKeyPairSync("ed448", PEM),
	generateKeyPairSync("x25519", PEM),
]
	.map((pair) => fromPem(pair).publicKey.export({ format: "jwk" }) as PublicJsonWebKey)
	.concat({ kty: "oct", k: "c2VjcmV0" }, { kty: "AKP", alg: "ML-DSA-44", pub: "AAAA" });

const isOfKind = (one: PublicJsonWebKey, other: PublicJsonWebKey) =>
	one.kty === other.kty && one.crv === other.crv;

test("who names keys", () => {
	const names = new Set(keyed.map(({ signer }) => signer.name));
	assert.deepEqual([...names].sort(), [
		"binance-pay",
		"bitso",
		"circle",
		"fireblocks-v2",
		"plaid",
		"turnkey",
	]);
});

each("an unknown key is named", ({ signer, library }) => {
	const options = { sender: signer.name, now: () => NOW };
	const keys = { keys: [jwkOf(signer, { kid: "key-8" })] };
	const unknown = library.createVerifier({ ...options, keys }).safeVerify(callback(signer));
	refused(unknown, "unknown_key");
	assert.equal(!unknown.ok && unknown.keyId, KEY_ID);
	assert.equal(!unknown.ok && unknown.status, 401);
	// It is named for no other reason.
	const others = { keys: [jwkOf(signer, { index: 1 })] };
	const wrong = library.createVerifier({ ...options, keys: others }).safeVerify(callback(signer));
	refused(wrong, "signature_mismatch");
	assert.ok(!("keyId" in wrong));
});

each("JSON Web Keys", ({ signer, library }) => {
	const [right, wrong] = [jwkOf(signer), jwkOf(signer, { index: 1, kid: "key-8" })];
	const anonymous = jwkOf(signer, { kid: "" });
	const judge = (keys: KeyInput | readonly KeyInput[]) =>
		library
			.createVerifier({ sender: signer.name, keys, now: () => NOW })
			.safeVerify(callback(signer));
	assert.deepEqual({ ...accepted(judge(right)).key }, { index: 0, id: KEY_ID });
	assert.deepEqual({ ...accepted(judge([wrong, right])).key }, { index: 1, id: KEY_ID });
	assert.deepEqual({ ...accepted(judge([wrong, anonymous])).key }, { index: 1 });
	// Its own id counts where no other is given.
	const named = { id: KEY_ID, key: jwkOf(signer, { kid: "key-8" }) };
	assert.deepEqual({ ...accepted(judge(named)).key }, { index: 0, id: KEY_ID });
	refused(judge(wrong), "unknown_key");
	refused(judge({ id: "key-8", key: right }), "unknown_key");
	refused(judge({ ...wrong, kid: KEY_ID }), "signature_mismatch");
});

each("a key's own id, without another", ({ signer, library }) => {
	const keys = { key: jwkOf(signer, { kid: "key-8" }) };
	const verifier = library.createVerifier({ sender: signer.name, keys, now: () => NOW });
	refused(verifier.safeVerify(callback(signer)), "unknown_key");
});

each("sets of JSON Web Keys", ({ signer, library }) => {
	const [right, wrong] = [jwkOf(signer), jwkOf(signer, { index: 1, kid: "key-8" })];
	const judge = (...keys: PublicJsonWebKey[]) =>
		library
			.createVerifier({ sender: signer.name, keys: { keys }, now: () => NOW })
			.safeVerify(callback(signer));
	accepted(judge(right));
	accepted(judge(wrong, right));
	accepted(judge(right, wrong));
	accepted(judge({ ...wrong, kid: KEY_ID }, right));
	// In a set a key answers for its own id alone, and without one for none.
	refused(judge(wrong, jwkOf(signer, { kid: "" })), "unknown_key");
	assert.throws(() => judge(jwkOf(signer, { kid: "" })), { code: "invalid_key", message: /kid/ });
	accepted(judge({ ...right, use: "sig", x5t: "AAAA" }));
	refused(judge(wrong), "unknown_key");
	refused(judge({ ...right, kid: KEY_ID.toUpperCase() }), "unknown_key");
	refused(judge({ ...wrong, kid: KEY_ID }), "signature_mismatch");
});

each("keys of other kinds in a set are passed over", ({ signer, library }) => {
	const right = jwkOf(signer);
	const others = OTHER_KEYS.filter((key) => !isOfKind(key, right));
	const create = (...keys: PublicJsonWebKey[]) =>
		library.createVerifier({ sender: signer.name, keys: { keys }, now: () => NOW });
	for (const kid of [KEY_ID, "key-8"]) {
		const named = others.map((key) => ({ ...key, kid }));
		accepted(create(...named, right).safeVerify(callback(signer)), kid);
		accepted(create(right, ...named).safeVerify(callback(signer)), kid);
		for (const other of named) accepted(create(other, right).safeVerify(callback(signer)));
	}
	const isRefused = (error: unknown) =>
		error instanceof library.ConfigError && error.code === "invalid_key";
	// Nothing is left then.
	assert.throws(() => create(...others), isRefused);
	assert.throws(() => create(), isRefused);
	for (const keys of others) {
		assert.throws(() => library.createVerifier({ sender: signer.name, keys }), isRefused);
	}
});

each(
	"keys for something else are passed over in a set, and refused alone",
	({ signer, library }) => {
		for (const contradiction of [
			{ use: "enc" },
			{ key_ops: ["encrypt"] },
			{ alg: "RSA-OAEP" },
			{ alg: "PS256" },
			{ alg: "ES512" },
		]) {
			const other = { ...jwkOf(signer, { index: 1 }), ...contradiction };
			const create = (keys: KeyInput) =>
				library.createVerifier({ sender: signer.name, keys, now: () => NOW });
			const set = { keys: [other, jwkOf(signer)] };
			const { key } = accepted(create(set as unknown as KeyInput).safeVerify(callback(signer)));
			assert.deepEqual({ ...key }, { index: 0, id: KEY_ID });
			assert.throws(() => create(other), { code: "invalid_key" });
		}
	},
);

each("the id of a set's key is given back", ({ signer, library }) => {
	const keys = { keys: [jwkOf(signer, { index: 1, kid: "key-8" }), jwkOf(signer)] };
	const verifier = library.createVerifier({ sender: signer.name, keys, now: () => NOW });
	const { key } = accepted(verifier.safeVerify(callback(signer)));
	assert.deepEqual({ ...key }, { index: 1, id: KEY_ID });
});

each("a key is found once", async (subject) => {
	const { signer } = subject;
	for (const find of [() => jwkOf(signer), async () => jwkOf(signer)]) {
		const { verifier, asked } = finding(subject, find);
		// It cannot be looked up at once, and nobody is asked.
		refused(verifier.safeVerify(callback(signer)), "unknown_key");
		const unknown = { name: "CallbackRejectedError", code: "unknown_key", keyId: KEY_ID };
		assert.throws(() => verifier.verify(callback(signer)), { ...unknown, status: 401 });
		assert.deepEqual(asked, []);
		const { key } = accepted(await verifier.safeVerifyAsync(callback(signer)));
		assert.deepEqual({ ...key }, { index: 0, id: KEY_ID });
		accepted(await verifier.safeVerifyAsync(callback(signer)));
		accepted(verifier.safeVerify(callback(signer)));
		assert.equal(verifier.verify(callback(signer)).key.id, KEY_ID);
		assert.deepEqual(asked, [KEY_ID]);
		const forged = callback(signer, KEY_ID, 1);
		refused(await verifier.safeVerifyAsync(forged), "signature_mismatch");
		await assert.rejects(verifier.verifyAsync(forged), { code: "signature_mismatch" });
		assert.deepEqual(asked, [KEY_ID]);
	}
});

each("a key is found for a Fetch request", async (subject) => {
	const { signer } = subject;
	const { verifier, asked } = finding(subject, () => jwkOf(signer));
	const { headers, body, method = "POST", url = "" } = callback(signer);
	for (const _ of [1, 2]) {
		const init = { method, headers: headers as HeadersInit, body: body as Uint8Array<ArrayBuffer> };
		accepted(await verifier.safeVerifyRequest(new Request(url, init)));
	}
	assert.deepEqual(asked, [KEY_ID]);
});

each("a key is found for several callbacks at once", async (subject) => {
	const { signer } = subject;
	const { verifier } = finding(subject, async () => jwkOf(signer));
	const inputs = [1, 2, 3, 4].map(() => callback(signer));
	const results = await Promise.all(inputs.map((input) => verifier.safeVerifyAsync(input)));
	for (const result of results)
		assert.deepEqual({ ...accepted(result).key }, { index: 0, id: KEY_ID });
});

each("a key is found whose headers can be read once", async (subject) => {
	const { signer } = subject;
	const { verifier } = finding(subject, () => jwkOf(signer));
	const { headers, ...rest } = callback(signer);
	const once = new Map(Object.entries(headers as Record<string, string>)).entries();
	accepted(await verifier.safeVerifyAsync({ ...rest, headers: once }));
});

each("a key that is not found", async (subject) => {
	const { signer } = subject;
	for (const find of [() => undefined, async () => undefined]) {
		const { verifier, asked } = finding(subject, find);
		for (const _ of [1, 2]) {
			const result = await verifier.safeVerifyAsync(callback(signer));
			refused(result, "unknown_key");
			assert.equal(!result.ok && result.keyId, KEY_ID);
		}
		refused(verifier.safeVerify(callback(signer)), "unknown_key");
		assert.deepEqual(asked, [KEY_ID, KEY_ID]);
	}
});

each("nobody looks for the key of a callback that is stale by its own headers", async (subject) => {
	const { verifier, asked, clock } = finding(subject, () => undefined);
	const input = callback(subject.signer);
	const { settings } = verifier;
	const code = await verifier.safeVerifyAsync(input).then((result) => !result.ok && result.code);
	assert.deepEqual([code, asked.length], ["unknown_key", 1]);
	for (const [seconds, stale] of [
		[settings.toleranceSeconds + 1, "timestamp_too_old"],
		[-settings.toleranceSeconds - 1, "timestamp_too_new"],
	] as const) {
		clock.now = NOW + seconds * 1000;
		// Without a time, or with one in the body alone, it could be fresh.
		const isDated = ["plaid", "turnkey", "binance-pay"].includes(subject.signer.name);
		refused(await verifier.safeVerifyAsync(input), isDated ? stale : "unknown_key");
		assert.equal(asked.length, isDated ? 1 : 2);
		asked.length = 1;
	}
});

each("a search that fails", async (subject) => {
	const { signer } = subject;
	const failure = new Error("the host does not answer");
	const throwing = () => {
		throw failure;
	};
	for (const fail of [throwing, () => Promise.reject(failure)]) {
		let isDown = true;
		const { verifier } = finding(subject, () => (isDown ? fail() : jwkOf(signer)));
		const isFailure = (error: unknown) => error === failure;
		await assert.rejects(() => verifier.safeVerifyAsync(callback(signer)), isFailure);
		const { headers, body, method = "POST", url = "" } = callback(signer);
		const init = { method, headers: headers as HeadersInit, body: body as Uint8Array<ArrayBuffer> };
		await assert.rejects(() => verifier.safeVerifyRequest(new Request(url, init)), isFailure);
		refused(verifier.safeVerify(callback(signer)), "unknown_key");
		isDown = false;
		accepted(await verifier.safeVerifyAsync(callback(signer)));
	}
});

each("a found key that is none stands in nobody's way", async (subject) => {
	const { signer, library } = subject;
	const right = jwkOf(signer);
	const other = OTHER_KEYS.find((key) => !isOfKind(key, right)) as PublicJsonWebKey;
	for (const bad of ["no key", other, { id: "key-8", key: "" }]) {
		const { verifier, asked } = finding(subject, (id) => (id === KEY_ID ? right : bad));
		accepted(await verifier.safeVerifyAsync(callback(signer)));
		const isRefused = (error: unknown) =>
			error instanceof library.ConfigError && error.code === "invalid_key";
		for (const _ of [1, 2]) {
			await assert.rejects(() => verifier.safeVerifyAsync(callback(signer, "key-8")), isRefused);
			accepted(verifier.safeVerify(callback(signer)));
			accepted(await verifier.safeVerifyAsync(callback(signer)));
		}
		// It is not kept: it is asked for again, as the one that is right is not.
		assert.deepEqual(asked, [KEY_ID, "key-8", "key-8"]);
	}
});

each("a found key is asked for again after five minutes", async (subject) => {
	const { signer } = subject;
	let published: KeyInput | undefined = jwkOf(signer);
	const { verifier, asked, clock } = finding(subject, () => published);
	accepted(await verifier.safeVerifyAsync(callback(signer)));
	clock.now = NOW + FOUND_KEY_MS - 1;
	accepted(await verifier.safeVerifyAsync(callback(signer)));
	assert.equal(asked.length, 1);
	clock.now = NOW + FOUND_KEY_MS;
	accepted(await verifier.safeVerifyAsync(callback(signer)));
	assert.equal(asked.length, 2);
	// Five minutes from then on. The clock may go back, too.
	clock.now = NOW;
	published = jwkOf(signer, { index: 1 });
	refused(await verifier.safeVerifyAsync(callback(signer)), "signature_mismatch");
	assert.equal(asked.length, 3);
	clock.now = NOW - FOUND_KEY_MS;
	published = undefined;
	refused(await verifier.safeVerifyAsync(callback(signer)), "unknown_key");
	assert.equal(asked.length, 4);
});

each("a found key stands in while nobody can be asked, ten minutes in all", async (subject) => {
	const { signer } = subject;
	let isDown = false;
	const { verifier, asked, clock } = finding(subject, () => {
		if (isDown) throw new Error("nobody answers");
		return jwkOf(signer);
	});
	const verify = (keyId?: string) => verifier.safeVerifyAsync(callback(signer, keyId));
	const fails = { message: /nobody answers/ };
	clock.now = NOW - FOUND_KEY_MS;
	accepted(await verify());
	accepted(await verify("key-2"));
	isDown = true;
	for (const now of [NOW, NOW + FOUND_KEY_MS - 1]) {
		clock.now = now;
		assert.equal(accepted(await verify()).key.id, KEY_ID);
		assert.equal(accepted(await verify("key-2")).key.id, "key-2");
		await assert.rejects(verify("key-3"), fails);
	}
	// Each time, somebody was asked first.
	assert.equal(asked.length, 8);
	clock.now = NOW + FOUND_KEY_MS;
	await assert.rejects(verify(), fails);
	isDown = false;
	accepted(await verify());
});

each("sixteen found keys are kept", async (subject) => {
	const { signer } = subject;
	const { verifier, asked } = finding(subject, () => jwkOf(signer));
	const inputs = Array.from({ length: 17 }, (_, index) => callback(signer, `key-${index}`));
	for (const input of inputs.slice(0, 16)) accepted(await verifier.safeVerifyAsync(input));
	for (const [index, input] of inputs.slice(0, 16).entries()) {
		assert.equal(accepted(verifier.safeVerify(input)).key.id, `key-${index}`);
	}
	accepted(await verifier.safeVerifyAsync(inputs[16] as CallbackInput));
	assert.equal(asked.length, 17);
	// The first has made room.
	const [first, ...others] = inputs as [CallbackInput, ...CallbackInput[]];
	for (const [index, input] of others.entries()) {
		assert.equal(accepted(verifier.safeVerify(input)).key.id, `key-${index + 1}`);
	}
	refused(verifier.safeVerify(first), "unknown_key");
	accepted(await verifier.safeVerifyAsync(first));
	assert.equal(asked.length, 18);
});

each("many keys are found at once", async (subject) => {
	const { signer, library } = subject;
	const ids = Array.from({ length: 40 }, (_, index) => `key-${index}`);
	const inputs = ids.map((id) => callback(signer, id));
	const slowly = <Value>(value: Value) =>
		new Promise<Value>((resolve) => setTimeout(resolve, 20, value));
	for (const find of [
		() => jwkOf(signer),
		async () => jwkOf(signer),
		() => slowly(jwkOf(signer)),
	]) {
		const { verifier, asked } = finding(subject, find);
		const results = await Promise.all(inputs.map((input) => verifier.safeVerifyAsync(input)));
		assert.deepEqual(
			results.map((result) => accepted(result).key.id),
			ids,
		);
		assert.deepEqual(asked, ids);
	}
	// One that is none fails its own callback and no other.
	const { verifier } = finding(subject, (id) => (id === "key-20" ? "no key" : jwkOf(signer)));
	const ends = await Promise.allSettled(inputs.map((input) => verifier.safeVerifyAsync(input)));
	for (const [index, end] of ends.entries()) {
		if (end.status === "fulfilled") accepted(end.value);
		else assert.ok(index === 20 && end.reason instanceof library.ConfigError, `${end.reason}`);
	}
	assert.equal(ends.filter(({ status }) => status === "rejected").length, 1);
});

test("a function for a sender that names no key", () => {
	for (const { signer, library, name } of subjects.filter((one) => !one.signer.keyed)) {
		assert.throws(
			() => library.createVerifier({ sender: signer.name, keys: () => undefined }),
			(error) => error instanceof library.ConfigError,
			name,
		);
	}
});

test("who finds keys says so", () => {
	for (const subject of keyed) {
		const { signer, library } = subject;
		assert.equal(finding(subject, () => undefined).verifier.settings.findsKeys, true);
		const keys = { keys: [jwkOf(signer)] };
		const verifier = library.createVerifier({ sender: signer.name, keys });
		assert.equal(verifier.settings.findsKeys, false);
	}
});
