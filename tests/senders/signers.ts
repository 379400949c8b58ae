/**
 * A signer for each sender, written from the documentation of the senders and `node:crypto` alone.
 * It shares nothing with the library: neither its table of senders nor a line of its code.
 */
import {
	constants,
	createHash,
	createHmac,
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	type KeyObject,
	sign as nodeSign,
	verify as nodeVerify,
} from "node:crypto";
import { keccak_256 } from "@noble/hashes/sha3.js";
import type { SenderName, VerifierOptions } from "wallet-callback";

export type Unit = "s" | "ms" | "iso8601" | "http-date" | "go";

/** How each sender writes the time that it signs. */
const UNITS = {
	"binance-connect": "ms",
	"binance-pay": "ms",
	bitnovo: "s",
	blockfrost: "s",
	bridge: "ms",
	"bybit-pay": "s",
	cobo: "s",
	"coinbase-cdp": "s",
	coinflow: "s",
	coinpayments: "iso8601",
	"crypto-com-pay": "s",
	dfns: "s",
	"gate-pay": "ms",
	moonpay: "s",
	paddle: "s",
	plaid: "s",
	quicknode: "s",
	revolut: "ms",
	stripe: "s",
	tenderly: "http-date",
	thirdweb: "s",
	"thirdweb-engine": "s",
	"triple-a": "s",
	turnkey: "ms",
	webhook: "s",
	xaman: "s",
	zerohash: "ms",
} as const satisfies Record<string, Unit>;

/** Those that are seen with seconds and with milliseconds. `UNITS` has the one of the two. */
const EITHER_UNIT: readonly string[] = ["cobo", "crypto-com-pay"];

/** Those that sign digits of a time right beside something else that the callback brings along. */
const TIME_BESIDE_OTHERS: readonly string[] = [
	"binance-connect",
	"bitnovo",
	"bybit-pay",
	"quicknode",
	"xaman",
	"zerohash",
];

/** What a callback is made of. A sender uses what it signs. */
export interface Callback {
	readonly body: Buffer;
	/** Milliseconds. */
	readonly timestamp: number;
	readonly id: string;
	readonly nonce: string;
	readonly keyId: string;
	readonly clientId: string;
	readonly method: string;
	readonly url: string;
	/** The headers that coinbase-cdp signs with the body, in their order. */
	readonly covered: readonly (readonly [name: string, value: string])[];
}

export type Keys = Exclude<VerifierOptions["keys"], (keyId: string) => unknown>;
export type Encoding = "hex" | "base64" | "base64url";
/** A member of the body, as `event.id`, or a header. */
export type Column = string | { readonly header: string };

export interface Signer {
	readonly name: SenderName;
	/** Tells several signers of one sender apart. */
	readonly variant?: string;
	readonly algorithm: Algorithm;
	readonly key: KeyForm;
	/** Whether its keys have ids, of which the callback names one. */
	readonly keyed?: true;
	readonly encoding: Encoding;
	/** What stands in front of the signature. */
	readonly prefix?: string;
	/** What stands between two signatures, where a callback may have several: `,v1=`. */
	readonly between?: string;
	/** How the time is written, where it is signed. */
	readonly unit?: Unit;
	/** The member of the body that holds the time, where no header does. */
	readonly timestampMember?: string;
	/** Whether the time is in a token, and nothing that a header shows. */
	readonly token?: true;
	/** Seconds. */
	readonly tolerance?: number;
	/** What of the body is signed. Default: its bytes. */
	readonly covers?: "canonical JSON" | "member payload" | "claims";
	/** What the body is. Default: JSON. */
	readonly form?: "wallet-event" | "form";
	/** Whether the first set of header names has others. */
	readonly alternative?: true;
	/** Where the event's type and id are. `null`: it has none; nothing: not documented. */
	readonly type?: Column | null;
	readonly id?: Column | null;
	/** Whether the header of the id is signed. */
	readonly signsId?: true;
	/** Whether nothing says that each event has an id of its own. */
	readonly sharesIds?: true;
	/** What of a callback only its headers' own form tells. */
	tell?(headers: Readonly<Record<string, string>>): Partial<Callback>;
	/** What a verifier has to be told beside its keys. */
	agreed?(
		callback: Callback,
	): Pick<
		VerifierOptions,
		"url" | "clientId" | "dangerouslyAllowUnsignedHeaders" | "dangerouslyAllowUnsignedUrl"
	>;
	/** The bytes that the algorithm is given. */
	signed(callback: Callback): Buffer;
	/** The headers that the receiver needs. */
	headers(callback: Callback, signature: string): Record<string, string>;
	/** The body, where it is not sent as it is. */
	post?(callback: Callback, signature: string): Buffer;
}

export interface KeyPair {
	readonly signing: Buffer | KeyObject;
	/** As a verifier takes it. */
	readonly verifying: Keys;
}

/** Whether its time may be in seconds and in milliseconds. */
export function takesEitherUnit({ name }: Signer): boolean {
	return EITHER_UNIT.includes(name);
}

/** Whether only the number of its digits tells where its time begins or ends. */
export function hasTimeOfOneLength({ name }: Signer): boolean {
	return TIME_BESIDE_OTHERS.includes(name);
}

export function title({ name, variant }: Signer): string {
	return variant === undefined ? name : `${name} ${variant}`;
}

/** The signature as text, without its prefix. */
export function signatureOf(
	signer: Signer,
	callback: Callback,
	{ signing }: Pick<KeyPair, "signing">,
): string {
	return signer.algorithm.sign(signer.signed(callback), signing).toString(signer.encoding);
}

/** What a receiver gets. */
export function send(signer: Signer, callback: Callback, signature: string) {
	return {
		headers: signer.headers(callback, `${signer.prefix ?? ""}${signature}`),
		body: signer.post?.(callback, signature) ?? callback.body,
	};
}

/** The whole of it: a callback as the sender posts it. */
export function signCallback(signer: Signer, callback: Callback, pair: KeyPair) {
	return send(signer, callback, signatureOf(signer, callback, pair));
}

/** The time as a sender writes it. */
export function write(timestamp: number, unit: Unit): string {
	switch (unit) {
		case "s":
			return String(Math.floor(timestamp / 1000));
		case "ms":
			return String(timestamp);
		case "iso8601":
			return new Date(timestamp).toISOString().slice(0, "2026-11-23T08:00:00".length);
		case "http-date":
			return new Date(timestamp).toUTCString();
		case "go": {
			const [date, time] = new Date(timestamp).toISOString().slice(0, -1).split("T");
			return `${date} ${time}157172 +0000 UTC m=+0.1`;
		}
	}
}

// Algorithms

export interface Algorithm {
	readonly family: "hmac" | "keccak256" | "ed25519" | "ecdsa" | "rsa";
	/** What tells it apart from the others of its family. */
	readonly name: string;
	sign(bytes: Buffer, key: Buffer | KeyObject): Buffer;
	/** Other algorithms with the same key, whose signatures are as long. */
	signOtherwise(bytes: Buffer, key: Buffer | KeyObject): readonly Buffer[];
	/** Whether a published signature is right. */
	verify(bytes: Buffer, key: Buffer | KeyObject, signature: Buffer): boolean;
	/** Two keys that have nothing in common. */
	readonly pairs: () => readonly [KeyObjects, KeyObjects];
}

interface KeyObjects {
	readonly privateKey: KeyObject;
	readonly publicKey: KeyObject;
}

function once<T>(make: () => T): () => T {
	let made: { readonly value: T } | undefined;
	return () => {
		made ??= { value: make() };
		return made.value;
	};
}

function twice<T>(make: () => T): () => readonly [T, T] {
	return once(() => [make(), make()] as const);
}

/** Has keys generated as text, for {@link fromPem}. */
export const PEM = {
	publicKeyEncoding: { type: "spki", format: "pem" },
	privateKeyEncoding: { type: "pkcs8", format: "pem" },
} as const;

/**
 * A key pair, read from its text. In Node 20, key objects that were generated share a lock with the
 * job that made them, and exporting one hangs when the garbage collector meets that job meanwhile.
 */
export function fromPem(pair: { readonly publicKey: unknown; readonly privateKey: unknown }) {
	// Node's types have the texts for key objects.
	const [publicKey, privateKey] = [String(pair.publicKey), String(pair.privateKey)];
	return { publicKey: createPublicKey(publicKey), privateKey: createPrivateKey(privateKey) };
}

const noPairs = (): never => {
	throw new Error("a shared secret has no pair");
};

function hmac(digest: "sha1" | "sha256" | "sha512"): Algorithm {
	const compute = (name: string, bytes: Buffer, key: Buffer | KeyObject) =>
		createHmac(name, key).update(bytes).digest();
	return {
		family: "hmac",
		name: digest,
		sign: (bytes, key) => compute(digest, bytes, key),
		signOtherwise(bytes, key) {
			const { length } = compute(digest, bytes, key);
			const others = ["sha3-512", "sha512", "sha256"].filter((name) => name !== digest);
			return [
				...others.map((name) => compute(name, bytes, key).subarray(0, length)),
				createHash(digest)
					.update(key as Buffer)
					.update(bytes)
					.digest(),
				createHash(digest)
					.update(bytes)
					.update(key as Buffer)
					.digest(),
			].filter((one) => one.length === length);
		},
		verify: (bytes, key, signature) => compute(digest, bytes, key).equals(signature),
		pairs: noPairs,
	};
}

/** keccak256 over the bytes and the secret: no HMAC, and not SHA3-256. */
const keccak256: Algorithm = {
	family: "keccak256",
	name: "keccak256",
	sign: (bytes, key) => Buffer.from(keccak_256(Buffer.concat([bytes, key as Buffer]))),
	signOtherwise: (bytes, key) => [
		createHash("sha3-256")
			.update(bytes)
			.update(key as Buffer)
			.digest(),
		Buffer.from(keccak_256(Buffer.concat([key as Buffer, bytes]))),
		createHmac("sha256", key).update(bytes).digest(),
	],
	verify: (bytes, key, signature) => keccak256.sign(bytes, key).equals(signature),
	pairs: noPairs,
};

const ed25519: Algorithm = {
	family: "ed25519",
	name: "ed25519",
	sign: (bytes, key) => nodeSign(null, bytes, key as KeyObject),
	signOtherwise: (bytes, key) =>
		["sha256", "sha512"].map((digest) =>
			nodeSign(null, createHash(digest).update(bytes).digest(), key as KeyObject),
		),
	verify: (bytes, key, signature) => nodeVerify(null, bytes, key as KeyObject, signature),
	pairs: twice(() => fromPem(generateKeyPairSync("ed25519", PEM))),
};

function ecdsa(
	namedCurve: "P-256" | "secp256k1",
	dsaEncoding: "der" | "ieee-p1363" = "der",
): Algorithm {
	const signWith = (digest: string, bytes: Buffer, key: Buffer | KeyObject) =>
		nodeSign(digest, bytes, { key: key as KeyObject, dsaEncoding });
	return {
		family: "ecdsa",
		name: dsaEncoding === "der" ? namedCurve : `${namedCurve} raw`,
		sign: (bytes, key) => signWith("sha256", bytes, key),
		signOtherwise: (bytes, key) =>
			["sha1", "sha384", "sha512"].map((other) => signWith(other, bytes, key)),
		verify: (bytes, key, signature) =>
			nodeVerify("sha256", bytes, { key: key as KeyObject, dsaEncoding }, signature),
		pairs: twice(() => fromPem(generateKeyPairSync("ec", { namedCurve, ...PEM }))),
	};
}

function rsa(digest: "sha256" | "sha512", modulusLength = 2048): Algorithm {
	return {
		family: "rsa",
		name: `${digest} ${modulusLength}`,
		sign: (bytes, key) => nodeSign(digest, bytes, key as KeyObject),
		signOtherwise(bytes, key) {
			const others = ["sha1", "sha256", "sha384", "sha512"].filter((name) => name !== digest);
			const padding = constants.RSA_PKCS1_PSS_PADDING;
			return [
				...others.map((other) => nodeSign(other, bytes, key as KeyObject)),
				nodeSign(digest, bytes, { key: key as KeyObject, padding, saltLength: 20 }),
			];
		},
		verify: (bytes, key, signature) => nodeVerify(digest, bytes, key as KeyObject, signature),
		pairs: modulusLength === 1024 ? pairs1024 : pairs2048,
	};
}

const rsaPair = (modulusLength: number) => () =>
	fromPem(generateKeyPairSync("rsa", { modulusLength, ...PEM }));
const pairs1024 = twice(rsaPair(1024));
const pairs2048 = twice(rsaPair(2048));

// Keys

export const KEY_ID = "key-7";

const SECRETS = ["2b7e1516-28ae-d2a6-abf7-158809cf4f3c", "603deb10-15ca-71be-2b73-aef0857d7781"];

/** How a key is written for people, and what of it signs. */
export type KeyForm = (
	algorithm: Algorithm,
	index: 0 | 1,
) => { readonly signing: Buffer | KeyObject; readonly text: string; readonly jwk?: JsonWebKey };

const utf8 =
	(prefix = "", part: (text: string) => string = (text) => text): KeyForm =>
	(_, index) => {
		const text = `${prefix}${SECRETS[index]}`;
		return { signing: Buffer.from(part(text)), text };
	};

/** Of Standard Webhooks. */
const whsec: KeyForm = (_, index) => {
	const signing = createHash("sha256")
		.update(SECRETS[index] as string)
		.digest();
	return { signing, text: `whsec_${signing.toString("base64")}` };
};

/** The bytes that the hex digits stand for. */
const hexSecret: KeyForm = (_, index) => {
	const signing = createHash("sha256")
		.update(SECRETS[index] as string)
		.digest();
	return { signing, text: signing.toString("hex") };
};

const published =
	(write: (key: KeyObject) => string): KeyForm =>
	(algorithm, index) => {
		const { privateKey, publicKey } = algorithm.pairs()[index];
		return {
			signing: privateKey,
			text: write(publicKey),
			jwk: publicKey.export({ format: "jwk" }) as JsonWebKey,
		};
	};

const spki = (key: KeyObject) => key.export({ format: "der", type: "spki" });
const pem = published((key) => key.export({ format: "pem", type: "spki" }) as string);
const base64Spki = published((key) => spki(key).toString("base64"));
const hex32 = published((key) => spki(key).subarray(-32).toString("hex"));
const whpk = published((key) => `whpk_${spki(key).subarray(-32).toString("base64")}`);
/** A key of a JWKS. */
const jwks = published(() => "");

export function keyPair(
	signer: Signer,
	index: 0 | 1 = 0,
	keyId: string | undefined = signer.keyed ? KEY_ID : undefined,
): KeyPair {
	const { signing, text, jwk } = signer.key(signer.algorithm, index);
	if (signer.key === jwks) {
		const kid = keyId === undefined ? {} : { kid: keyId };
		return { signing, verifying: { keys: [{ ...jwk, ...kid }] } as Keys };
	}
	return { signing, verifying: keyId === undefined ? text : { id: keyId, key: text } };
}

/** Several keys as one verifier takes them. */
export function together(...pairs: readonly KeyPair[]): Keys {
	const all = pairs.map(({ verifying }) => verifying);
	const sets = all as readonly { readonly keys?: readonly JsonWebKey[] }[];
	return (
		sets.every((set) => set.keys !== undefined)
			? { keys: sets.flatMap(({ keys = [] }) => keys) }
			: all
	) as Keys;
}

/** The key that makes an Ed25519 signature, as `sign` takes it. */
export function privateKeyText({ signing }: KeyPair): string {
	const seed = (signing as KeyObject).export({ format: "der", type: "pkcs8" }).subarray(-32);
	const publicKey = spki(createPublicKey(signing as KeyObject)).subarray(-32);
	return `whsk_${Buffer.concat([seed, publicKey]).toString("base64")}`;
}

/** A published key of a vector, whatever its form. */
export function readKey(signer: Signer, text: string): Buffer | KeyObject {
	switch (signer.algorithm.family) {
		case "hmac":
		case "keccak256":
			if (signer.key === whsec) return Buffer.from(text.slice("whsec_".length), "base64");
			if (signer.key === hexSecret) return Buffer.from(text, "hex");
			if (signer.name === "xaman") return Buffer.from(text.replace("-", ""));
			return Buffer.from(signer.name === "nowpayments" ? text.trim() : text);
		case "ed25519": {
			const head = Buffer.from("302a300506032b6570032100", "hex");
			const key = Buffer.concat([head, Buffer.from(text, "hex")]);
			return createPublicKey({ key, format: "der", type: "spki" });
		}
		default: {
			if (text.includes("-----")) return createPublicKey(text);
			const key = Buffer.from(text, "base64");
			return createPublicKey({ key, format: "der", type: "spki" });
		}
	}
}

/** The private key of a seed, for vectors that give one. */
export function ed25519FromSeed(seed: Buffer): KeyObject {
	const head = Buffer.from("302e020100300506032b657004220420", "hex");
	return createPrivateKey({ key: Buffer.concat([head, seed]), format: "der", type: "pkcs8" });
}

// Bytes

/** Text as UTF-8, and bytes as they are. */
export function bytes(...parts: readonly (string | Buffer)[]): Buffer {
	return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
}

const sha256 = (data: Buffer) => createHash("sha256").update(data).digest();

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Compact JSON with the names sorted at every depth, as UTF-16 sorts. */
export function sortedJson(value: Json): string {
	if (Array.isArray(value)) return `[${value.map(sortedJson).join()}]`;
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
	return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${sortedJson(one)}`).join()}}`;
}

const parse = (body: Buffer) => JSON.parse(body.toString()) as { readonly [name: string]: Json };

export function plisioText(body: Buffer): string {
	const { verify_hash: _, ...rest } = parse(body);
	const texts = Object.entries(rest).map(([name, value]) => [name, String(value)] as const);
	return sortedJson(Object.fromEntries(texts));
}

/** The two parts of a JWT that its signature covers. */
const jwtInput = (body: Buffer) =>
	bytes(
		Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url"),
		".",
		body.toString("base64url"),
	);

const jwsHeader = (keyId: string) =>
	Buffer.from(`{"alg":"RS512","kid":${JSON.stringify(keyId)}}`).toString("base64url");

/** The two parts of Plaid's token that its signature covers. */
const plaidInput = ({ keyId, timestamp, body }: Callback) => {
	const header = { alg: "ES256", kid: keyId, typ: "JWT" };
	const claims = {
		iat: Math.floor(timestamp / 1000),
		request_body_sha256: sha256(body).toString("hex"),
	};
	return [header, claims]
		.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
		.join(".");
};

const U_FEFF = Buffer.from([0xef, 0xbb, 0xbf]);

// Senders

type Rest = Partial<Omit<Signer, "name">>;

/** An HMAC over the body, in hex. */
function overBody(name: SenderName, header: string, rest: Rest = {}): Signer {
	return {
		name,
		algorithm: hmac("sha256"),
		key: utf8(),
		encoding: "hex",
		signed: ({ body }) => body,
		headers: (_, signature) => ({ [header]: signature }),
		...rest,
	};
}

/** `t=…,v1=…`: an HMAC over the time, a point and the body. */
function labelled(
	name: SenderName & keyof typeof UNITS,
	header: string,
	{ label = "v1", ...rest }: Rest & { readonly label?: string } = {},
): Signer {
	const unit = UNITS[name];
	return {
		name,
		algorithm: hmac("sha256"),
		key: utf8(),
		encoding: "hex",
		between: `,${label}=`,
		unit,
		tolerance: 300,
		signed: ({ timestamp, body }) => bytes(write(timestamp, unit), ".", body),
		headers: ({ timestamp }, signature) => ({
			[header]: `t=${write(timestamp, unit)},${label}=${signature}`,
		}),
		...rest,
	};
}

/** The time in a header of its own. `signed` is given the time as it is written. */
function stamped(
	name: SenderName & keyof typeof UNITS,
	[signatureHeader, timestampHeader]: readonly [string, string],
	signed: (time: string, callback: Callback) => Buffer,
	{ more, ...rest }: Rest & { readonly more?: (callback: Callback) => Record<string, string> } = {},
): Signer {
	const unit = rest.unit ?? UNITS[name];
	return {
		name,
		algorithm: hmac("sha256"),
		key: utf8(),
		encoding: "hex",
		unit,
		tolerance: 300,
		signed: (callback) => signed(write(callback.timestamp, unit), callback),
		headers: (callback, signature) => ({
			[signatureHeader]: signature,
			[timestampHeader]: write(callback.timestamp, unit),
			...more?.(callback),
		}),
		...rest,
	};
}

/** Standard Webhooks, whatever the names of its headers. */
function standard(name: SenderName, prefix: string, rest: Rest = {}): Signer[] {
	const unit = UNITS.webhook;
	const signer = (label: string, more: Rest): Signer => ({
		name,
		algorithm: hmac("sha256"),
		key: whsec,
		encoding: "base64",
		between: ` ${label},`,
		unit,
		tolerance: 300,
		type: "type",
		id: { header: `${prefix}-id` },
		signsId: true,
		signed: ({ id, timestamp, body }) => bytes(id, ".", write(timestamp, unit), ".", body),
		headers: ({ id, timestamp }, signature) => ({
			[`${prefix}-id`]: id,
			[`${prefix}-timestamp`]: write(timestamp, unit),
			[`${prefix}-signature`]: `${label},${signature}`,
		}),
		...rest,
		...more,
	});
	const variant = (text: string) => ({ variant: [rest.variant, text].filter(Boolean).join(" ") });
	return [
		signer("v1", rest),
		signer("v1a", { algorithm: ed25519, key: whpk, ...variant("Ed25519") }),
	];
}

const raw = (name: SenderName, header: string, algorithm: Algorithm, key: KeyForm, rest: Rest) =>
	overBody(name, header, { algorithm, key, encoding: "base64", ...rest });

export const signers: readonly Signer[] = [
	// Group A: the signed bytes are the parts of the callback in a row.
	...standard("tp-wallet", "webhook", { form: "wallet-event" }),
	...standard("standard-webhooks", "webhook"),
	...standard("svix", "svix"),
	...standard("svix", "webhook", { variant: "by its other names", alternative: true }),
	labelled("stripe", "Stripe-Signature", { key: utf8("whsec_"), type: "type", id: "id" }),
	overBody("github", "X-Hub-Signature-256", {
		prefix: "sha256=",
		type: { header: "X-GitHub-Event" },
		id: { header: "X-GitHub-Delivery" },
	}),
	overBody("coinbase-commerce", "X-CC-Webhook-Signature", { type: "event.type", id: "event.id" }),
	raw("coinbase-merchant", "CB-SIGNATURE", rsa("sha256"), pem, {}),
	overBody("btcpay", "BTCPay-Sig", { prefix: "sha256=", type: "type", id: "originalDeliveryId" }),
	overBody("bitgo", "x-signature-sha256", { type: "type", id: null }),
	overBody("alchemy", "X-Alchemy-Signature", { type: "type", id: "id" }),
	stamped(
		"quicknode",
		["X-QN-Signature", "X-QN-Timestamp"],
		(time, { nonce, body }) => bytes(nonce, time, body),
		{ more: ({ nonce }) => ({ "X-QN-Nonce": nonce }) },
	),
	overBody("moralis", "x-signature", {
		algorithm: keccak256,
		prefix: "0x",
		type: "tag",
		id: null,
	}),
	overBody("tatum", "x-payload-hash", {
		algorithm: hmac("sha512"),
		encoding: "base64",
		type: "subscriptionType",
		id: null,
	}),
	...([{}, { variant: "with a time of Go", unit: "go" }] as const).map((rest) =>
		stamped("tenderly", ["X-Tenderly-Signature", "Date"], (time, { body }) => bytes(body, time), {
			type: "event_type",
			id: "id",
			...rest,
		}),
	),
	labelled("blockfrost", "Blockfrost-Signature", { tolerance: 600, type: "type", id: "id" }),
	overBody("lightspark", "lightspark-signature", { type: "event_type", id: "event_id" }),
	stamped(
		"binance-pay",
		["BinancePay-Signature", "BinancePay-Timestamp"],
		(time, { nonce, body }) => bytes(time, "\n", nonce, "\n", body, "\n"),
		{
			algorithm: rsa("sha256"),
			key: pem,
			keyed: true,
			encoding: "base64",
			type: "bizStatus",
			id: null,
			more: ({ nonce, keyId }) => ({
				"BinancePay-Nonce": nonce,
				"BinancePay-Certificate-SN": keyId,
			}),
		},
	),
	stamped(
		"binance-connect",
		["X-BN-Connect-Signature", "X-BN-Connect-Timestamp"],
		(time, { body }) => bytes(body, time),
		{ algorithm: rsa("sha256"), key: pem, encoding: "base64" },
	),
	stamped("bybit-pay", ["signature", "timestamp"], (time, { body }) => bytes(time, body), {
		algorithm: rsa("sha256"),
		key: pem,
		encoding: "base64",
	}),
	labelled("crypto-com-pay", "Pay-Signature", { type: "type", id: "id", sharesIds: true }),
	raw("circle", "X-Circle-Signature", ecdsa("P-256"), base64Spki, {
		keyed: true,
		type: "notificationType",
		id: "notificationId",
		headers: ({ keyId }, signature) => ({
			"X-Circle-Signature": signature,
			"X-Circle-Key-Id": keyId,
		}),
	}),
	raw("fireblocks", "Fireblocks-Signature", rsa("sha512"), pem, { type: "type", id: null }),
	stamped(
		"cobo",
		["BIZ-RESP-SIGNATURE", "BIZ-TIMESTAMP"],
		(time, { body }) => sha256(sha256(bytes(body, "|", time))),
		{ algorithm: ed25519, key: hex32, type: "type", id: "event_id" },
	),
	labelled("bridge", "X-Webhook-Signature", {
		algorithm: rsa("sha256"),
		key: pem,
		encoding: "base64",
		label: "v0",
		tolerance: 600,
		type: "event_type",
		id: "event_id",
		signed: ({ timestamp, body }) => sha256(bytes(write(timestamp, UNITS.bridge), ".", body)),
	}),
	stamped(
		"turnkey",
		["X-Turnkey-Signature", "X-Turnkey-Timestamp"],
		(time, { keyId, id, body }) => bytes("v1.ed25519.", keyId, ".", time, ".", id, ".", body),
		{
			algorithm: ed25519,
			key: hex32,
			keyed: true,
			type: null,
			id: { header: "X-Turnkey-Event-Id" },
			signsId: true,
			more: ({ keyId, id }) => ({
				"X-Turnkey-Event-Id": id,
				"X-Turnkey-Signature-Key-Id": keyId,
				"X-Turnkey-Signature-Algorithm": "ed25519",
				"X-Turnkey-Signature-Version": "v1",
			}),
		},
	),
	overBody("oxapay", "HMAC", { algorithm: hmac("sha512") }),
	stamped(
		"gate-pay",
		["X-GatePay-Signature", "X-GatePay-Timestamp"],
		(time, { nonce, body }) => bytes(time, "\n", nonce, "\n", body, "\n"),
		{
			algorithm: hmac("sha512"),
			type: "bizType",
			id: null,
			more: ({ nonce }) => ({ "X-GatePay-Nonce": nonce }),
		},
	),
	labelled("moonpay", "Moonpay-Signature-V2", { label: "s", type: "type", id: null }),
	overBody("moonpay-commerce", "X-Signature", {
		type: null,
		id: { header: "X-Webhook-Delivery-Id" },
	}),
	overBody("dynamic", "x-dynamic-signature-256", {
		prefix: "sha256=",
		type: "eventName",
		id: "messageId",
	}),
	...(
		[
			["x-payload-signature", "x-timestamp", {}],
			["x-pay-signature", "x-pay-timestamp", { variant: "by its other names", alternative: true }],
			["x-pay-signature", "x-timestamp", { variant: "by one other name", alternative: true }],
		] as const
	).map(([signature, timestamp, rest]) =>
		stamped("thirdweb", [signature, timestamp], (time, { body }) => bytes(time, ".", body), rest),
	),
	stamped("thirdweb-engine", ["X-Engine-Signature", "X-Engine-Timestamp"], (time, { body }) =>
		bytes(time, ".", body),
	),
	overBody("request-network", "x-request-network-signature", { type: "event", id: null }),
	overBody("openfort", "openfort-signature"),
	overBody("neynar", "X-Neynar-Signature", { algorithm: hmac("sha512"), type: "type", id: null }),
	overBody("onramper", "X-Onramper-Webhook-Signature", { type: null, id: null }),
	overBody("coinify", "X-Coinify-Webhook-Signature", { type: "event", id: "id" }),
	labelled("triple-a", "triplea-signature"),
	overBody("coinspaid", "X-Processing-Signature", {
		algorithm: hmac("sha512"),
		type: "type",
		id: null,
	}),
	stamped(
		"revolut",
		["Revolut-Signature", "Revolut-Request-Timestamp"],
		(time, { body }) => bytes("v1.", time, ".", body),
		{ key: utf8("wsk_"), prefix: "v1=", between: ",v1=", type: "event", id: null },
	),
	labelled("coinflow", "Coinflow-Signature", { type: "eventType", id: null }),
	overBody("strike", "X-Webhook-Signature", { type: "eventType", id: "id" }),
	raw("cryptapi", "x-ca-signature", rsa("sha256", 1024), pem, {
		agreed: ({ url }) => ({ url, dangerouslyAllowUnsignedUrl: true }),
	}),
	// The documentation does not say that the key is hex: its published example does.
	stamped("bitnovo", ["X-SIGNATURE", "X-NONCE"], (time, { body }) => bytes(time, body), {
		key: hexSecret,
	}),
	overBody("dfns", "X-DFNS-WEBHOOK-SIGNATURE", {
		prefix: "sha256=",
		unit: UNITS.dfns,
		timestampMember: "timestampSent",
		tolerance: 300,
		type: "kind",
		id: "id",
	}),
	stamped("zerohash", ["x-zh-hook-signature", "x-zh-hook-timestamp"], (time, { body }) =>
		bytes(body, time),
	),
	overBody("coinpayments-ipn", "HMAC", {
		algorithm: hmac("sha512"),
		form: "form",
		type: "ipn_type",
		id: "ipn_id",
	}),
	stamped(
		"coinpayments",
		["X-CoinPayments-Signature", "X-CoinPayments-Timestamp"],
		(time, { method, url, clientId, body }) => bytes(U_FEFF, method, url, clientId, time, body),
		{
			encoding: "base64",
			agreed: ({ url, clientId }) => ({ url, clientId }),
			more: ({ clientId }) => ({ "X-CoinPayments-Client": clientId }),
		},
	),

	// Group B: a rule of its own.
	labelled("coinbase-cdp", "X-Hook0-Signature", {
		label: "v0",
		agreed: () => ({ dangerouslyAllowUnsignedHeaders: true }),
	}),
	labelled("coinbase-cdp", "X-Hook0-Signature", {
		variant: "with headers",
		signed: ({ timestamp, covered, body }) =>
			bytes(
				write(timestamp, UNITS["coinbase-cdp"]),
				".",
				covered.map(([name]) => name).join(" "),
				".",
				covered.map(([, value]) => value).join("."),
				".",
				body,
			),
		headers: ({ timestamp, covered }, signature) => ({
			"X-Hook0-Signature": [
				`t=${write(timestamp, UNITS["coinbase-cdp"])}`,
				`h=${covered.map(([name]) => name).join(" ")}`,
				`v1=${signature}`,
			].join(),
			...Object.fromEntries(covered),
		}),
	}),
	overBody("nowpayments", "x-nowpayments-sig", {
		algorithm: hmac("sha512"),
		covers: "canonical JSON",
		signed: ({ body }) => bytes(sortedJson(parse(body))),
	}),
	overBody("plisio", "", {
		algorithm: hmac("sha1"),
		covers: "canonical JSON",
		signed: ({ body }) => bytes(plisioText(body)),
		headers: () => ({}),
		post({ body }, signature) {
			const end = body.lastIndexOf("}");
			const member = `,"verify_hash" : ${JSON.stringify(signature)}`;
			return bytes(body.subarray(0, end), member, body.subarray(end));
		},
	}),
	raw("ramp", "X-Body-Signature", ecdsa("secp256k1"), pem, {
		covers: "canonical JSON",
		signed: ({ body }) => bytes(sortedJson(parse(body))),
	}),
	raw("fireblocks-v2", "", rsa("sha512"), jwks, {
		keyed: true,
		encoding: "base64url",
		type: "eventType",
		id: "id",
		signed: ({ keyId, body }) => bytes(jwsHeader(keyId), ".", body.toString("base64url")),
		headers: ({ keyId }, signature) => ({
			"Fireblocks-Webhook-Signature": `${jwsHeader(keyId)}..${signature}`,
		}),
	}),
	overBody("transak", "", {
		encoding: "base64url",
		covers: "claims",
		signed: ({ body }) => jwtInput(body),
		headers: () => ({}),
		post: ({ body }, signature) =>
			bytes('{ "data": "', jwtInput(body), ".", JSON.stringify(signature).slice(1), "}\n"),
	}),
	raw("grid", "", ecdsa("P-256"), pem, {
		type: "type",
		id: "id",
		headers: (_, signature) => ({ "X-Grid-Signature": JSON.stringify({ v: "1", s: signature }) }),
	}),
	raw("grid", "X-Grid-Signature", ecdsa("P-256"), pem, {
		variant: "bare",
		type: "type",
		id: "id",
	}),
	stamped(
		"xaman",
		["x-xumm-request-signature", "x-xumm-request-timestamp"],
		(time, { body }) => bytes(time, body),
		{ algorithm: hmac("sha1"), key: utf8("", (text) => text.replace("-", "")) },
	),
	raw("bitso", "", rsa("sha256"), pem, {
		keyed: true,
		covers: "member payload",
		signed: ({ body }) => bytes(JSON.stringify(parse(body).payload)),
		headers: ({ keyId }, signature) => ({
			"x-bitso-webhook-event-signature": signature,
			"x-bitso-key-id": keyId,
		}),
	}),
	labelled("paddle", "", {
		between: ";h1=",
		type: "event_type",
		id: "event_id",
		signed: ({ timestamp, body }) => bytes(write(timestamp, UNITS.paddle), ":", body),
		headers: ({ timestamp }, signature) => ({
			"Paddle-Signature": `ts=${write(timestamp, UNITS.paddle)};h1=${signature}`,
		}),
	}),
	overBody("shopify", "X-Shopify-Hmac-Sha256", {
		encoding: "base64",
		type: { header: "X-Shopify-Topic" },
		id: { header: "X-Shopify-Event-Id" },
	}),
	raw("plaid", "", ecdsa("P-256", "ieee-p1363"), jwks, {
		keyed: true,
		encoding: "base64url",
		unit: UNITS.plaid,
		token: true,
		tolerance: 300,
		type: "webhook_type",
		id: null,
		signed: (callback) => bytes(plaidInput(callback)),
		headers: (callback, signature) => ({
			"Plaid-Verification": `${plaidInput(callback)}.${signature}`,
		}),
		tell(headers) {
			const [header = "", claims = ""] = (headers["Plaid-Verification"] ?? "").split(".");
			const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
			return { keyId: read(header).kid, timestamp: read(claims).iat * 1000 };
		},
	}),
];

export function signerOf(name: string, variant?: string): Signer {
	const found = signers.find((one) => one.name === name && one.variant === variant);
	if (found === undefined) throw new Error(`no signer of ${name} ${variant ?? ""}`);
	return found;
}

/** A shared secret, or Ed25519: what the package signs with, too. */
export function isSigned({ algorithm }: Signer): boolean {
	return ["hmac", "keccak256", "ed25519"].includes(algorithm.family);
}

/** Those of a way of signing that few others have. */
const UNCOMMON: readonly string[] = [
	"coinbase-cdp",
	"nowpayments",
	"plisio",
	"tenderly",
	"transak",
	"xaman",
];

/** What is in the smaller of the two modules. */
export function isInCore(signer: Signer): boolean {
	return isSigned(signer) && !UNCOMMON.includes(signer.name);
}
