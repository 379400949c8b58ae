/** `explain` and `detect` as their users have them: every usual mistake is named, and no secret is. */
import assert from "node:assert/strict";
import { createPublicKey, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import querystring from "node:querystring";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { BodyInput, Cause, ExplainOptions, Explanation, HeadersInput } from "wallet-callback";
import { callbackFor, NOW } from "../senders/deliveries.ts";
import { explaining, full, type Library } from "../senders/package.ts";
import {
	type Callback,
	KEY_ID,
	type Keys,
	keyPair,
	type Signer,
	send,
	signCallback,
	signerOf,
	signers,
	title,
} from "../senders/signers.ts";
import { wallet } from "./package.ts";

const MARKER = "confidential-4711";
const EVENT = {
	type: "test.event",
	timestamp: "2026-11-23T08:00:00Z",
	data: { name: "Zoë", url: "https://a.example/b", note: MARKER, n: [1, 2], empty: {} },
};
const COMPACT = JSON.stringify(EVENT);
const PRETTY = JSON.stringify(EVENT, null, 2);

/** A callback as a receiver has it, and what may be in no answer. */
interface Delivery {
	readonly signer: Signer;
	/** The key as text. */
	readonly text: string;
	readonly signature: string;
	readonly hidden: readonly string[];
	readonly keys: Keys;
	readonly headers: { readonly [name: string]: string };
	readonly body: BodyInput;
	readonly method: string;
	readonly url: string;
}

/** What is unusual about the signature: the secret, or what is signed. */
interface Signing extends Partial<Callback> {
	readonly secret?: Buffer;
	readonly signed?: Buffer;
}

/** A callback over `COMPACT`, as the sender sends it. */
function genuine(signer: Signer, { secret, signed, ...parts }: Signing = {}): Delivery {
	const callback = { ...callbackFor(signer), body: Buffer.from(COMPACT), ...parts };
	const { verifying: keys, ...pair } = keyPair(signer);
	const signing = secret ?? pair.signing;
	const bytes = signer.algorithm.sign(signed ?? signer.signed(callback), signing);
	const signature = bytes.toString(signer.encoding);
	const text = typeof keys === "string" ? keys : "";
	const hidden = [MARKER, ...spellings(bytes)];
	// Public keys are no secrets.
	if (Buffer.isBuffer(signing)) hidden.push(text, ...spellings(signing));
	const { method, url } = callback;
	return {
		...send(signer, callback, signature),
		signer,
		text,
		signature,
		hidden,
		keys,
		method,
		url,
	};
}

/** What explains a delivery, and refuses answers that give something away. */
function explained(
	{ explain }: Library,
	{ signer, keys, headers, body, method, url, hidden }: Delivery,
	options: Partial<ExplainOptions> = {},
): Explanation {
	const { dangerouslyAllowUnsignedHeaders, dangerouslyAllowUnsignedUrl } =
		signer.agreed?.(callbackFor(signer)) ?? {};
	const input = {
		...{ sender: signer.name, keys, headers, body, method, url, now: NOW },
		dangerouslyAllowUnsignedHeaders,
		dangerouslyAllowUnsignedUrl,
		...options,
	};
	const answer = explain(input);
	assert.ok(!("event" in answer.verdict));
	const text = JSON.stringify(answer);
	const given = Buffer.isBuffer(keyPair(signer).signing) ? texts(input.keys) : [];
	for (const secret of [...hidden, ...given]) {
		for (let at = 0; at + PIECE <= secret.length; at += 1) {
			const piece = secret.slice(at, at + PIECE);
			assert.ok(!text.includes(piece), `${piece} is in ${text}`);
		}
	}
	return answer;
}

/** The longest part of a secret that may be shown, and one. */
const PIECE = 8;

function spellings(bytes: Buffer): string[] {
	const [hex, base64] = [bytes.toString("hex"), bytes.toString("base64")];
	return [hex, hex.toUpperCase(), base64, base64.toLowerCase(), bytes.toString("base64url")];
}

function texts(keys: ExplainOptions["keys"]): string[] {
	const list: readonly unknown[] = Array.isArray(keys) ? keys : [keys];
	return list.flatMap((key) => {
		if (key instanceof Uint8Array) return [Buffer.from(key).toString("latin1")];
		return typeof key === "string" ? [key] : [];
	});
}

interface Mistake {
	readonly title: string;
	readonly of: readonly string[];
	/** The first of the causes. */
	readonly code: Cause["code"];
	readonly certainty?: Cause["certainty"];
	/** What the messages say. */
	readonly says?: RegExp;
	/** Another cause beside the first. */
	readonly also?: Cause["code"];
	readonly made: (signer: Signer) => readonly [Delivery, Partial<ExplainOptions>];
}

// Keys

const WITH_TEXT_KEYS = ["stripe", "github", "tatum", "lightspark"];
const WITH_SECRETS = ["tp-wallet", ...WITH_TEXT_KEYS];
/** Bytes whose base64 and hex are keys that a dashboard may show. */
const BYTES = Buffer.from("603deb1015ca71be2b73aef0857d77811f352c073b6108d7", "hex");

/** The right key, written in another way. */
const key = (
	title: string,
	of: readonly string[],
	code: Cause["code"],
	write: (text: string) => string | Uint8Array,
): Mistake => ({
	title: `key: ${title}`,
	of,
	code,
	made(signer) {
		const delivery = genuine(signer);
		return [delivery, { keys: write(delivery.text) }];
	},
});

/** A key of which the sender takes the bytes otherwise than the receiver. */
const taken = (
	title: string,
	of: readonly string[],
	secret: Buffer,
	keys: string | Uint8Array,
	code: Cause["code"] = "key_encoding",
): Mistake => ({
	title: `key: ${title}`,
	of,
	code,
	made: (signer) => [genuine(signer, { secret }), { keys }],
});

const KEYS: readonly Mistake[] = [
	key("a space before it", WITH_SECRETS, "key_white_space", (text) => ` ${text}`),
	key("a new line behind it", WITH_SECRETS, "key_white_space", (text) => `${text}\n`),
	key("Windows' new line", WITH_SECRETS, "key_white_space", (text) => `${text}\r\n`),
	{
		...key(
			"a line break as two characters",
			WITH_SECRETS,
			"key_white_space",
			(text) => `${text}\\n`,
		),
		also: "key_line_breaks",
	},
	key(
		"its line breaks as two characters",
		["fireblocks", "grid", "ramp"],
		"key_line_breaks",
		(text) => text.replaceAll("\n", "\\n"),
	),
	key("double quotes", WITH_SECRETS, "key_quotes", (text) => `"${text}"`),
	key("single quotes", WITH_SECRETS, "key_quotes", (text) => `'${text}'`),
	key("with its variable", WITH_SECRETS, "key_assignment", (text) => `SECRET=${text}`),
	key("whsec_ dropped", ["stripe"], "key_prefix", (text) => text.slice("whsec_".length)),
	key("v1, kept", ["tp-wallet", "svix"], "key_prefix", (text) => `v1,${text}`),
	key("whsec_ added", ["github", "lightspark"], "key_prefix", (text) => `whsec_${text}`),
	key("its text as bytes", ["tp-wallet", "svix"], "key_encoding", (text) => Buffer.from(text)),
	key("hex of it", ["tp-wallet", "svix"], "key_encoding", (text) =>
		Buffer.from(text.slice("whsec_".length), "base64").toString("hex"),
	),
	taken("base64 as text", ["stripe", "github", "tatum"], BYTES, BYTES.toString("base64")),
	taken("hex as text", ["stripe", "github", "tatum"], BYTES, BYTES.toString("hex")),
	taken(
		"text as base64",
		["stripe", "github", "tatum"],
		Buffer.from(BYTES.toString("base64")),
		BYTES,
	),
	taken("text as hex", ["stripe", "github", "tatum"], Buffer.from(BYTES.toString("hex")), BYTES),
	{
		title: "key: of the other environment, and the right one with a line break",
		of: WITH_SECRETS,
		code: "key_white_space",
		also: "other_key",
		says: /keys\[1\]/,
		made(signer) {
			const delivery = genuine(signer);
			const other = keyPair(signer, 1).verifying as string;
			return [delivery, { keys: [other, `${delivery.text}\n`] }];
		},
	},
	{
		title: "key: of the other environment before the right one, and the body written anew",
		of: WITH_SECRETS,
		code: "body_reserialized",
		also: "other_key",
		says: /keys\[1\]/,
		made(signer) {
			const delivery = genuine(signer);
			const keys = [keyPair(signer, 1).verifying as string, delivery.text];
			return [delivery, { keys, body: PRETTY }];
		},
	},
	{
		title: "key: rotated",
		of: [...WITH_SECRETS, "moralis", "cobo", "fireblocks", "grid", "circle"],
		code: "key_wrong",
		certainty: "likely",
		made: (signer) => [genuine(signer), { keys: keyPair(signer, 1).verifying }],
	},
	{
		title: "key: rotated, and the new one has another id",
		of: ["turnkey", "circle", "fireblocks-v2"],
		code: "key_unknown",
		made: (signer) => [genuine(signer), { keys: keyPair(signer, 1, "key-8").verifying }],
	},
];

// Bodies

type Json = string | number | readonly Json[] | { readonly [name: string]: Json };

/** As Python's `json.dumps` does with its default separators. */
function spaced(value: Json): string {
	if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
	if (typeof value !== "object") return JSON.stringify(value);
	const members = Object.entries(value).map(([name, one]) => `"${name}": ${spaced(one)}`);
	return `{${members.join(", ")}}`;
}

function sorted(value: Json): Json {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== "object") return value;
	const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
	return Object.fromEntries(members.map(([name, one]) => [name, sorted(one)]));
}

const ascii = (text: string) => text.replace("ë", "\\u00eb");

/** The same event, as different programs write it. */
const WRITINGS: { readonly [title: string]: string } = {
	compact: COMPACT,
	"2 spaces": PRETTY,
	"Python separators": spaced(EVENT),
	"Python separators, ASCII": ascii(spaced(EVENT)),
	"escaped slashes": COMPACT.replaceAll("/", "\\/"),
	"escaped non-ASCII": ascii(COMPACT),
	"sorted keys": JSON.stringify(sorted(EVENT)),
	"sorted keys, Python separators": spaced(sorted(EVENT)),
};

const OF_BODIES = ["tp-wallet", "stripe", "github", "tatum"];

const body = (
	title: string,
	code: Cause["code"],
	signed: string | Buffer,
	came: BodyInput,
): Mistake => ({
	title: `body: ${title}`,
	of: OF_BODIES,
	code,
	made: (signer) => [genuine(signer, { body: Buffer.from(signed) }), { body: came }],
});

const FIELDS = { item: "a b!*'()~", "id[]": "é/", amount: "1.50" };

/** The same form, as different libraries write it. */
const FORMS: { readonly [library: string]: string } = {
	URLSearchParams: new URLSearchParams(FIELDS).toString(),
	querystring: querystring.stringify(FIELDS),
	"http_build_query of PHP": "item=a+b%21%2A%27%28%29%7E&id%5B%5D=%C3%A9%2F&amount=1.50",
};

const BODIES: readonly Mistake[] = [
	...Object.entries(WRITINGS).flatMap(([from, signed]) =>
		Object.entries(WRITINGS)
			// What the order of the keys was, nobody can tell.
			.filter(([to]) => to !== from && (!to.startsWith("sorted") || from.startsWith("sorted")))
			.map(([to, came]) => body(`${from}, written as ${to}`, "body_reserialized", signed, came)),
	),
	body("a line break added", "body_newline", COMPACT, `${COMPACT}\n`),
	body("a line break lost", "body_newline", `${COMPACT}\n`, COMPACT),
	body("LF for CRLF", "body_line_breaks", PRETTY.replaceAll("\n", "\r\n"), PRETTY),
	body("CRLF for LF", "body_line_breaks", PRETTY, PRETTY.replaceAll("\n", "\r\n")),
	body("a byte order mark added", "body_byte_order_mark", COMPACT, `\ufeff${COMPACT}`),
	body("a byte order mark lost", "body_byte_order_mark", `\ufeff${COMPACT}`, COMPACT),
	body("in Latin-1", "body_charset", COMPACT, Buffer.from(COMPACT, "latin1")),
	body("from Latin-1", "body_charset", Buffer.from(COMPACT, "latin1"), COMPACT),
	body("UTF-8 read as Latin-1", "body_charset", COMPACT, Buffer.from(COMPACT).toString("latin1")),
	body("gzip", "body_compressed", COMPACT, gzipSync(COMPACT)),
	body("gzip, as an ArrayBuffer", "body_compressed", COMPACT, toArrayBuffer(gzipSync(COMPACT))),
	body("base64", "body_base64", COMPACT, Buffer.from(COMPACT).toString("base64")),
	{ ...body("lost", "body_lost", COMPACT, ""), certainty: "likely" },
	...Object.entries(FORMS).flatMap(([from, signed]) =>
		Object.entries(FORMS)
			.filter(([, came]) => came !== signed)
			.map(([to, came]) => body(`a form of ${from}, written by ${to}`, "body_form", signed, came)),
	),
	...[
		String.raw`{"type":"a","text":"\u00e9 é","url":"https:\/\/a.example/b"}`,
		'{"type":"a","amount":100.0,"fee":1E-7}',
		'{"type":"a","amount":100.0,"count":3,"fee":0.50}',
	].map((signed) => body(signed, "body_reserialized", signed, JSON.stringify(JSON.parse(signed)))),
	...['{"type":"a","amount":12345678901234567890}', '{"type":"a","fee":1.25E-7}'].map((signed) => ({
		...body(`${signed}, rounded`, "body_reserialized", signed, rounded(signed)),
		certainty: "likely" as const,
		says: /as JavaScript writes/,
	})),
];

/** What JavaScript makes of it, and a program in between of that. */
function rounded(text: string): string {
	return JSON.stringify({ ...JSON.parse(text), type: "b" });
}

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
	return new Uint8Array(bytes).buffer;
}

// Times

const clock = (title: string, code: Cause["code"], now: number, says?: RegExp): Mistake => ({
	title: `time: ${title}`,
	of: ["tp-wallet", "stripe", "cobo", "coinpayments", "gate-pay"],
	code,
	...(says ? { says } : {}),
	made: (signer) => [genuine(signer), { now }],
});

const TIMES: readonly Mistake[] = [
	clock("the clock is ahead", "timestamp_too_old", NOW + 900_000, /\b900 s\b/),
	clock("the clock is behind", "timestamp_too_new", NOW - 1_234_000, /\b1234 s\b/),
	clock("the clock is in seconds", "clock_unit", NOW / 1000),
	{
		title: "time: signed in milliseconds instead of seconds",
		of: ["tp-wallet", "stripe", "thirdweb", "xaman"],
		code: "timestamp_unit",
		made: (signer) => [genuine(signer, { timestamp: NOW * 1000 }), {}],
	},
	{
		title: "time: signed in seconds instead of milliseconds",
		of: ["revolut", "gate-pay", "zerohash"],
		code: "timestamp_unit",
		made: (signer) => [genuine(signer, { timestamp: NOW / 1000 }), {}],
	},
	{
		title: "time: of another delivery",
		of: ["tp-wallet", "thirdweb"],
		code: "other_timestamp",
		made(signer) {
			const delivery = genuine(signer, { timestamp: NOW - 60_000 });
			const { headers } = send(signer, callbackFor(signer), delivery.signature);
			return [delivery, { headers: { ...headers, "x-sent-at": String(NOW / 1000 - 60) } }];
		},
	},
];

// Headers and signatures

/** The headers changed on their way. */
const headers = (
	title: string,
	of: readonly string[],
	code: Cause["code"],
	change: (headers: Delivery["headers"], delivery: Delivery) => HeadersInput,
): Mistake => ({
	title: `headers: ${title}`,
	of,
	code,
	made(signer) {
		// With a signature that no two ways of writing it have in common.
		const delivery = withSymbols(signer);
		return [delivery, { headers: change(delivery.headers, delivery) }];
	},
});

function withSymbols(signer: Signer): Delivery {
	for (let salt = 0; salt < 200; salt += 1) {
		const text = COMPACT.replace("}", `,"salt":${salt}}`);
		const delivery = genuine(signer, { body: Buffer.from(text) });
		if (signer.encoding === "hex" || /\+.*\/|\/.*\+/.test(delivery.signature)) return delivery;
	}
	return assert.fail(`no such signature of ${signer.name}`);
}

/** The value that holds the signature, changed. */
const signature = (
	title: string,
	of: readonly string[],
	code: Cause["code"],
	change: (value: string, text: string) => string,
): Mistake =>
	headers(title, of, code, (all, delivery) =>
		mapped(all, (value) =>
			value.includes(delivery.signature) ? change(value, delivery.signature) : value,
		),
	);

const mapped = <T>(all: Delivery["headers"], change: (value: string) => T) =>
	Object.fromEntries(Object.entries(all).map(([name, value]) => [name, change(value)]));

const IN_BASE64 = ["tp-wallet", "tatum", "fireblocks"];
const IN_HEX = ["stripe", "github", "lightspark"];

const HEADERS: readonly Mistake[] = [
	...["webhook-id", "webhook-timestamp", "webhook-signature"].map((lost) => ({
		...headers(`${lost} lost`, ["tp-wallet", "standard-webhooks"], "header_missing", (all) =>
			Object.fromEntries(Object.entries(all).filter(([name]) => name !== lost)),
		),
		says: new RegExp(lost),
	})),
	headers("all lost", ["stripe", "github", "tatum"], "header_missing", () => ({})),
	headers("twice", ["tp-wallet", "stripe", "github", "tatum", "cobo"], "header_repeated", (all) =>
		mapped(all, (value): [string, string] => [value, value]),
	),
	headers("underscores", ["github", "tatum", "tp-wallet"], "header_renamed", (all) =>
		Object.fromEntries(
			Object.entries(all).map(([name, value]) => [name.replaceAll("-", "_"), value]),
		),
	),
	signature("URL-encoded", [...IN_BASE64, "stripe", "github"], "header_url_encoded", (value) =>
		encodeURIComponent(value),
	),
	signature("plus signs as spaces", IN_BASE64, "header_url_encoded", (value) =>
		value.replaceAll("+", " "),
	),
	signature("in lower case", ["tp-wallet", "tatum"], "signature_case", (value) =>
		value.toLowerCase(),
	),
	signature("in upper case", ["tatum"], "signature_case", (value) => value.toUpperCase()),
	...[1, 2, 9].map((lost) =>
		signature(`${lost} letters shorter`, WITH_SECRETS, "signature_truncated", (value) =>
			value.slice(0, -lost),
		),
	),
	signature("base64 for hex", [...IN_HEX, "cobo"], "signature_encoding", (value, text) =>
		value.replace(text, Buffer.from(text, "hex").toString("base64")),
	),
	signature("hex for base64", IN_BASE64, "signature_encoding", (value, text) =>
		value.replace(text, Buffer.from(text, "base64").toString("hex")),
	),
	signature("without its prefix", ["github", "tp-wallet"], "signature_prefix", (_, text) => text),
	{
		title: "headers: the signature belongs to another id",
		of: ["tp-wallet", "svix"],
		code: "other_id",
		says: /x-original-id/,
		made(signer) {
			const delivery = genuine(signer, { id: "msg_first" });
			const { headers } = send(signer, callbackFor(signer), delivery.signature);
			return [delivery, { headers: { ...headers, "x-original-id": "msg_first" } }];
		},
	},
	...(["github", "stripe", "tp-wallet"] as const).map(
		(actual): Mistake => ({
			title: `sender: it is ${actual}`,
			of: ["alchemy", "coinbase-commerce"],
			code: "other_sender",
			says: new RegExp(`\\b${actual}\\b`),
			made: ({ name }) => [genuine(signerOf(actual)), { sender: name }],
		}),
	),
	{
		title: "signed: the body alone",
		of: ["tp-wallet", "stripe", "thirdweb", "moonpay"],
		code: "signed_bytes",
		made: (signer) => [genuine(signer, { signed: Buffer.from(COMPACT) }), {}],
	},
];

const UNSIGNED: readonly Mistake[] = [
	{
		title: "signature: over no header",
		of: ["coinbase-cdp"],
		code: "headers_unsigned",
		made: (signer) => [genuine(signer), { dangerouslyAllowUnsignedHeaders: false }],
	},
	{
		title: "signature: over no URL",
		of: ["cryptapi"],
		code: "url_unsigned",
		made: (signer) => [genuine(signer), { dangerouslyAllowUnsignedUrl: false }],
	},
];

// Methods and URLs

const called = (
	title: string,
	code: Cause["code"],
	change: Pick<ExplainOptions, "method" | "url" | "headers"> | object,
): Mistake => ({
	title: `request: ${title}`,
	of: ["coinpayments"],
	code,
	made(signer) {
		const delivery = genuine(signer, { url: "https://pay.example/api/hooks?b=2&a=1" });
		const headers = { ...delivery.headers, host: "pay.example" };
		return [delivery, { headers, ...change }];
	},
});

/** A GET whose query, which is signed, is another one when it arrives. */
const queried = (
	title: string,
	[signed, came]: readonly [string, string],
	certainty: Cause["certainty"],
	says: RegExp,
): Mistake => ({
	title: `request: ${title}`,
	of: ["moonpay"],
	code: "url_changed",
	certainty,
	says,
	made(signer) {
		const text = Buffer.from(`${NOW / 1000}.?${signed}`);
		const delivery = genuine(signer, { signed: text, body: Buffer.alloc(0) });
		return [delivery, { method: "GET", url: `https://pay.example/hooks?${came}` }];
	},
});

const REQUESTS: readonly Mistake[] = [
	queried("a parameter added", ["b=2&a=1", "b=2&a=1&from=proxy"], "certain", /parameter 3/),
	queried("its query sorted", ["a=1&b=2", "b=2&a=1"], "certain", /order/),
	queried("its query escaped", ["at=a@b.c%20", "at=a%40b.c%20"], "certain", /escaped/),
	queried("its query written anew", ["at=a%40b%7E", "at=a@b~"], "certain", /would write it/),
	queried("a parameter lost", ["b=2&a=1", "b=2"], "likely", /URL/),
	called("the scheme", "url_changed", { url: "http://pay.example/api/hooks?b=2&a=1" }),
	called("the host", "url_changed", { url: "http://10.0.0.7:8080/api/hooks?b=2&a=1" }),
	called("the path", "url_changed", { url: "https://pay.example/hooks?b=2&a=1" }),
	called("a slash", "url_changed", { url: "https://pay.example/api/hooks/?b=2&a=1" }),
	called("the method", "method_changed", { method: "PUT" }),
	called("no method", "method_changed", { method: undefined }),
	called("no URL", "request_incomplete", { url: undefined }),
];

for (const [entry, library] of explaining) {
	describe(`a mistake is named first, ${entry}`, () => {
		for (const mistake of [...KEYS, ...BODIES, ...TIMES, ...HEADERS, ...UNSIGNED, ...REQUESTS]) {
			for (const name of mistake.of) {
				test(`${mistake.title} (${name})`, () => {
					const [delivery, options] = mistake.made(signerOf(name));
					const { verdict, causes } = explained(library, delivery, options);
					assert.equal(verdict.ok, false);
					const [{ code, certainty } = {}] = causes;
					assert.deepEqual(
						{ code, certainty },
						{ code: mistake.code, certainty: mistake.certainty ?? "certain" },
						JSON.stringify(causes, null, 1),
					);
					for (const { message, fix } of causes) assert.ok(message !== "" && fix !== "");
					const all = causes.map(({ message }) => message).join("\n");
					assert.match(all, mistake.says ?? /./);
					const { also = mistake.code } = mistake;
					assert.ok(causes.some((cause) => cause.code === also));
				});
			}
		}
	});

	describe(`a genuine callback has no cause, ${entry}`, () => {
		for (const signer of signers) {
			test(title(signer), () => {
				const delivery = genuine(signer, callbackFor(signer));
				const { verdict, causes } = explained(library, delivery);
				assert.deepEqual([verdict.ok, causes], [true, []]);
			});
		}
	});

	test(`the verdict on a genuine callback is the verifier's, ${entry}`, () => {
		for (const signer of signers) {
			const delivery = genuine(signer, callbackFor(signer));
			const { verdict } = explained(library, delivery);
			const { keys } = delivery;
			const verifier = full.createVerifier({
				...signer.agreed?.(callbackFor(signer)),
				sender: signer.name,
				keys,
				now: () => NOW,
			});
			const { event: _, ...expected } = { event: null, ...verifier.safeVerify(delivery) };
			// What is `undefined` is in no JSON.
			assert.deepEqual(verdict, JSON.parse(JSON.stringify(expected)), title(signer));
		}
	});

	describe(`what it takes, ${entry}`, () => {
		const stripe = genuine(signerOf("stripe"));

		test("now as a number and as a function", () => {
			for (const [now, code] of [
				[NOW, undefined],
				[NOW + 900_000, "timestamp_too_old"],
			] as const) {
				for (const one of [now, () => now]) {
					assert.equal(explained(library, stripe, { now: one }).causes[0]?.code, code);
				}
			}
			// The clock of the machine, which is not at the time of these callbacks.
			const { causes } = explained(library, stripe, { now: undefined });
			assert.match(String(causes[0]?.code), /^timestamp_too_(old|new)$/);
			assert.throws(() => explained(library, stripe, { now: Number.NaN }), TypeError);
		});

		test("a tolerance of one's own", () => {
			const options = { now: NOW + 900_000, toleranceSeconds: 900 };
			assert.deepEqual(explained(library, stripe, options).causes, []);
		});

		test("keys as a set of JSON Web Keys", () => {
			for (const name of ["circle", "fireblocks-v2", "turnkey"]) {
				const delivery = genuine(signerOf(name));
				const publicKey = createPublicKey(keyPair(delivery.signer).signing as KeyObject);
				const jwk = publicKey.export({ format: "jwk" });
				const judge = (kid: string) =>
					explained(library, delivery, { keys: { keys: [{ ...jwk, kid }] } as Keys });
				const { verdict, causes } = judge(KEY_ID);
				assert.deepEqual(causes, [], name);
				assert.deepEqual("key" in verdict && verdict.key, { index: 0, id: KEY_ID }, name);
				assert.equal(judge("key-8").causes[0]?.code, "key_of_other_id", name);
			}
		});

		test("a body that was parsed before", () => {
			for (const parsed of [{ a: 1 }, [1], null, undefined, 1]) {
				const input = { ...stripe, sender: "stripe", body: parsed } as unknown;
				assert.throws(() => library.explain(input as ExplainOptions), TypeError);
			}
		});

		test("as much as the budget allows", () => {
			const body = JSON.stringify({ list: Array<number>(100_000).fill(0) });
			const content = { ...callbackFor(signerOf("stripe")), body: Buffer.from(body) };
			const delivery = genuine(signerOf("stripe"), content);
			const spaced = { ...delivery, body: body.replaceAll(",", ", ") };
			const codes = (budgetMilliseconds?: number) =>
				explained(library, spaced, { budgetMilliseconds }).causes.map(({ code }) => code);
			assert.deepEqual(codes(), ["body_reserialized"]);
			assert.deepEqual(codes(1), ["key_wrong", "search_incomplete"]);
			for (const refused of [0, 60_001, 1.5, "1"] as number[]) {
				assert.throws(() => codes(refused), {
					code: "invalid_option",
					message: /budgetMilliseconds: expected/,
				});
			}
		});

		test("a forged callback is not called genuine", () => {
			for (const signer of signers) {
				const delivery = genuine(signer, callbackFor(signer));
				const forged = send(signer, callbackFor(signer), "x");
				const { verdict, causes } = explained(library, { ...delivery, ...forged });
				assert.equal(verdict.ok, false, title(signer));
				const messages = causes.map(({ message }) => message).join("\n");
				assert.doesNotMatch(messages, /is genuine/, title(signer));
			}
		});

		test("keys that no verifier takes", () => {
			const { verdict, causes } = explained(library, stripe, { keys: [] });
			assert.ok(!verdict.ok);
			assert.deepEqual([verdict.code, causes[0]?.code], ["invalid_key", "key_refused"]);
		});

		test("a callback whose sender is not known", () => {
			const { causes } = explained(library, stripe, { sender: undefined });
			assert.equal(causes[0]?.code, "other_sender");
			assert.match(String(causes[0]?.message), /\bstripe\b/);
		});
	});

	test(`each sender is detected by its headers, ${entry}`, () => {
		const detected = signers.map((signer) => {
			const { headers } = signCallback(signer, callbackFor(signer), keyPair(signer));
			const names = library.detect({ headers });
			// These sign within the body.
			const isInBody = ["plisio", "transak"].includes(signer.name);
			assert.equal(names.includes(signer.name), !isInBody, title(signer));
			return signer.name;
		});
		assert.equal(new Set(detected).size, library.senders().length);
		assert.deepEqual(library.detect({ headers: { "content-type": "application/json" } }), []);
		for (const nothing of [undefined, null, 5]) {
			const message = "expected a callback, as in detect({ headers })";
			assert.throws(() => library.detect(nothing as never), { name: "TypeError", message });
		}
	});
}

test("a verifier explains with its own limit on bodies", () => {
	const key = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
	const verifier = wallet.createVerifier({ keys: key, maxBodyBytes: 2 ** 21 });
	const timestamp = new Date().toISOString();
	const body = JSON.stringify({
		type: "test.event",
		timestamp,
		data: { long: "x".repeat(2 ** 20) },
	});
	const { headers } = wallet.sign({ body, key });
	const explain = (text: string) =>
		verifier.explain?.({ headers, body: text }) ?? assert.fail("no explain");
	assert.deepEqual(explain(body).causes, []);
	const { verdict } = explain(`${body} `);
	assert.equal("code" in verdict && verdict.code, "signature_mismatch");
	const [cause] = explain(body + body).causes;
	assert.equal(cause?.code, "body_too_large");
	assert.match(cause.message, /the limit is 2097152$/);
});

test("a verifier explains with its registered URL and the one that was called", () => {
	const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
	const registered = "https://shop.example/callbacks";
	const query = "?value=1&uuid=a";
	const signature = createSign("sha256")
		.update(registered + query)
		.sign(privateKey, "base64");
	const input = { method: "GET", headers: { "x-ca-signature": signature }, body: "" };
	const keys = publicKey.export({ format: "pem", type: "spki" }).toString().trim();
	const causesOf = (url: string, called: string) => {
		const verifier = full.createVerifier({ sender: "cryptapi", keys, url });
		const given = { ...input, url: called };
		const explanation = verifier.explain?.(given) ?? assert.fail("no explain");
		assert.equal(explanation.verdict.ok, verifier.safeVerify(given).ok);
		assert.deepEqual(
			full.explain({ ...given, sender: "cryptapi", keys, registeredUrl: url }),
			explanation,
		);
		return explanation.causes.map(({ code, certainty }) => [code, certainty]);
	};
	const behindProxy = `http://10.0.0.7:8080/callbacks${query}`;
	assert.deepEqual(causesOf(registered, registered + query), []);
	assert.deepEqual(causesOf(registered, behindProxy), []);
	const certain = [["url_changed", "certain"]];
	assert.deepEqual(causesOf("https://shop.example/hooks", registered + query), certain);
	assert.deepEqual(causesOf("https://shop.example/callbacks/", behindProxy), certain);
	assert.deepEqual(causesOf("http://shop.example/callbacks", behindProxy), certain);
	assert.deepEqual(causesOf(registered, `${registered}${query}&from=proxy`), certain);
	assert.deepEqual(causesOf(registered, `${behindProxy}&from=proxy`), certain);
	assert.deepEqual(causesOf(registered, `${registered}?value=9&uuid=a`), [
		["url_changed", "likely"],
		["key_wrong", "likely"],
	]);

	const signed = full.explain({
		...{ ...input, url: registered + query, method: "POST", sender: "cryptapi", keys },
		dangerouslyAllowUnsignedUrl: true,
	});
	const [{ code, certainty } = assert.fail("no cause")] = signed.causes;
	assert.deepEqual([code, certainty], ["method_changed", "certain"]);
});
