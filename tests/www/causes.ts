/** A paste for each cause of `explain`: what a person has at hand when that mistake was made. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Cause } from "wallet-callback";
import {
	type Callback,
	KEY_ID,
	keyPair,
	type Signer,
	send,
	signatureOf,
	signerOf,
} from "../senders/signers.ts";

export interface Paste {
	readonly text: string;
	readonly keys: readonly string[];
	readonly sender?: string;
	/** As it is typed into the field. */
	readonly arrived?: string;
}

/** When callbacks are signed and, unless said otherwise, arrive. */
export const NOW: number = Date.UTC(2026, 10, 23, 8);
const ARRIVED = new Date(NOW).toISOString();

const EVENT = {
	type: "test.event",
	timestamp: "2026-11-23T08:00:00Z",
	data: { name: "Zoë", url: "https://a.example/b", n: [1, 2] },
};
const COMPACT = JSON.stringify(EVENT);
const PRETTY = JSON.stringify(EVENT, null, 2);

interface Delivery {
	readonly signer: Signer;
	readonly key: string;
	readonly signature: string;
	readonly headers: { readonly [name: string]: string };
	readonly body: string;
	readonly url: string;
}

interface Making extends Partial<Omit<Callback, "body">> {
	readonly body?: string | Buffer;
	/** Of the bytes that the sender signs: others. */
	readonly signed?: Buffer;
}

function genuine(name: string, { body = COMPACT, signed, ...parts }: Making = {}): Delivery {
	const signer = signerOf(name as Signer["name"]);
	const callback: Callback = {
		timestamp: NOW,
		id: "msg_2f8c",
		nonce: "n0nceqt7",
		keyId: KEY_ID,
		clientId: "client-1",
		method: "POST",
		url: "https://pay.example/api/hooks?b=2&a=1",
		covered: [],
		...parts,
		body: Buffer.from(body),
	};
	const { signing, verifying } = keyPair(signer);
	const signature = signed
		? signer.algorithm.sign(signed, signing).toString(signer.encoding)
		: signatureOf(signer, callback, { signing });
	const sent = send(signer, callback, signature);
	const key = typeof verifying === "string" ? verifying : JSON.stringify(verifying);
	return {
		...{ signer, key, signature },
		headers: sent.headers,
		body: sent.body.toString(),
		url: callback.url,
	};
}

/** A paste of raw headers and a body. */
function raw(
	{ signer, key, headers, body }: Delivery,
	change: Partial<Delivery> & Partial<Paste> & { readonly line?: string } = {},
): Paste {
	const lines = Object.entries(change.headers ?? headers).map(
		([name, value]) => `${name}: ${value}`,
	);
	const head = change.line === undefined ? lines : [change.line, ...lines];
	return {
		text: `${head.join("\n")}\n\n${change.body ?? body}`,
		keys: change.keys ?? [change.key ?? key],
		sender: change.sender ?? signer.name,
		arrived: change.arrived ?? ARRIVED,
	};
}

/** A paste of a log's line, which keeps any body. */
function logged({ signer, key, headers }: Delivery, body: string | Buffer): Paste {
	const isText = typeof body === "string";
	const given = isText ? body : body.toString("base64");
	const line = { time: NOW, headers, body: given, isBase64Encoded: !isText };
	return { text: JSON.stringify(line), keys: [key], sender: signer.name };
}

type Headers = Delivery["headers"];

function mapped(headers: Headers, change: (value: string) => string): Headers {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)]));
}

/** The headers with the text of the signature changed. */
function signature(name: string, change: (text: string) => string, making: Making = {}): Paste {
	const delivery = genuine(name, making);
	const swap = (value: string) => value.replace(delivery.signature, change(delivery.signature));
	return raw(delivery, { headers: mapped(delivery.headers, swap) });
}

function key(name: string, change: (text: string) => string): Paste {
	const delivery = genuine(name);
	return raw(delivery, { key: change(delivery.key) });
}

function without(headers: Headers, name: string): Headers {
	return Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
}

/** The headers of one callback with the signature of another. */
function borrowed(making: Making, more: Headers): Paste {
	const other = genuine("tp-wallet", making);
	const own = genuine("tp-wallet");
	const headers = { ...own.headers, "webhook-signature": `v1,${other.signature}`, ...more };
	return raw(own, { headers });
}

const coinpayments = (line: string): Paste => {
	const delivery = genuine("coinpayments");
	return raw(delivery, { line, headers: { ...delivery.headers, host: "pay.example" } });
};

/** A set of public keys under another id than the callback's. */
function jwks(index: 0 | 1): string {
	const signing = keyPair(signerOf("turnkey"), index).signing as KeyObject;
	const jwk = createPublicKey(signing).export({ format: "jwk" });
	return JSON.stringify({ keys: [{ ...jwk, kid: "key-8" }] });
}

const fromBase64 = (text: string, encoding: BufferEncoding) =>
	Buffer.from(text, "base64").toString(encoding);

/** Each makes a paste in which the cause is found. */
export const PASTES: { readonly [Code in Cause["code"]]: () => Paste } = {
	body_reserialized: () => raw(genuine("stripe"), { body: PRETTY }),
	body_lost: () => raw(genuine("stripe"), { body: "" }),
	key_white_space: () => key("stripe", (text) => ` ${text}`),
	key_quotes: () => key("github", (text) => `"${text}"`),
	key_prefix: () => key("tp-wallet", (text) => `v1,${text}`),
	key_encoding: () => key("tp-wallet", (text) => fromBase64(text.slice("whsec_".length), "hex")),
	key_assignment: () => key("stripe", (text) => `STRIPE_SECRET=${text}`),
	key_line_breaks: () => key("fireblocks", (text) => text.replaceAll("\n", "\\n")),
	other_sender: () => raw(genuine("github"), { sender: "alchemy" }),
	timestamp_too_old: () =>
		raw(genuine("stripe"), { arrived: new Date(NOW + 900_000).toISOString() }),
	timestamp_too_new: () =>
		raw(genuine("stripe"), { arrived: new Date(NOW - 900_000).toISOString() }),
	timestamp_unit: () => raw(genuine("stripe", { timestamp: NOW * 1000 })),
	clock_unit: () => raw(genuine("stripe"), { arrived: String(NOW / 1000) }),
	header_missing: () => {
		const delivery = genuine("tp-wallet");
		return raw(delivery, { headers: without(delivery.headers, "webhook-id") });
	},
	request_incomplete: () => raw(genuine("coinpayments")),
	header_renamed: () => {
		const delivery = genuine("github");
		const names = Object.entries(delivery.headers);
		const headers = names.map(([name, value]) => [name.replaceAll("-", "_"), value]);
		return raw(delivery, { headers: Object.fromEntries(headers) });
	},
	header_repeated: () => {
		const delivery = genuine("github");
		const paste = raw(delivery);
		return { ...paste, text: `${paste.text.split("\n")[0]}\n${paste.text}` };
	},
	header_white_space: () => {
		const delivery = genuine("github");
		return raw(delivery, { headers: mapped(delivery.headers, (value) => `  ${value} `) });
	},
	header_quotes: () => {
		const delivery = genuine("github");
		return raw(delivery, { headers: mapped(delivery.headers, (value) => `"${value}"`) });
	},
	header_url_encoded: () => {
		const delivery = genuine("stripe");
		return raw(delivery, { headers: mapped(delivery.headers, encodeURIComponent) });
	},
	signature_truncated: () => signature("github", (text) => text.slice(0, -2)),
	signature_trailing: () => signature("github", (text) => `${text};`),
	signature_case: () => signature("tp-wallet", (text) => text.toLowerCase()),
	signature_encoding: () => signature("tatum", (text) => fromBase64(text, "hex")),
	signature_prefix: () => {
		const delivery = genuine("github");
		return raw(delivery, { headers: mapped(delivery.headers, () => delivery.signature) });
	},
	signature_algorithm: () => {
		const delivery = genuine("tatum");
		const signing = keyPair(delivery.signer).signing as Buffer;
		const algorithm = signerOf("github").algorithm;
		const other = algorithm.sign(Buffer.from(COMPACT), signing).toString("base64");
		return raw(delivery, { headers: mapped(delivery.headers, () => other) });
	},
	signed_bytes: () => raw(genuine("tp-wallet", { signed: Buffer.from(COMPACT) })),
	other_id: () => borrowed({ id: "msg_first" }, { "x-original-id": "msg_first" }),
	other_timestamp: () =>
		borrowed({ timestamp: NOW - 60_000 }, { "x-sent-at": String(NOW / 1000 - 60) }),
	url_changed: () => coinpayments("POST http://10.0.0.7:8080/api/hooks?b=2&a=1"),
	headers_unsigned: () => raw(genuine("coinbase-cdp")),
	url_unsigned: () => raw(genuine("cryptapi"), { line: "POST /callbacks HTTP/1.1" }),
	method_changed: () => coinpayments("PUT https://pay.example/api/hooks?b=2&a=1"),
	body_newline: () => raw(genuine("stripe"), { body: `${COMPACT}\n` }),
	body_line_breaks: () =>
		raw(genuine("stripe", { body: PRETTY.replaceAll("\n", "\r\n") }), { body: PRETTY }),
	body_byte_order_mark: () => logged(genuine("stripe"), `\ufeff${COMPACT}`),
	body_charset: () => raw(genuine("stripe"), { body: Buffer.from(COMPACT).toString("latin1") }),
	body_compressed: () => logged(genuine("stripe"), gzipSync(COMPACT)),
	body_base64: () => raw(genuine("stripe"), { body: Buffer.from(COMPACT).toString("base64") }),
	body_form: () => raw(genuine("stripe"), { body: encodeURIComponent(COMPACT) }),
	body_double_encoded: () => raw(genuine("stripe"), { body: JSON.stringify(COMPACT) }),
	body_bytes_as_text: () =>
		raw(genuine("stripe"), { body: JSON.stringify([...Buffer.from(COMPACT)]) }),
	key_refused: () => key("tp-wallet", () => `whsk_${Buffer.alloc(32, 7).toString("base64")}`),
	key_kind: () => {
		const delivery = genuine("tp-wallet");
		const other = `v1a,${Buffer.alloc(64, 7).toString("base64")}`;
		return raw(delivery, { headers: { ...delivery.headers, "webhook-signature": other } });
	},
	key_unknown: () => key("turnkey", () => jwks(1)),
	key_of_other_id: () => key("turnkey", () => jwks(0)),
	other_key: () => {
		const delivery = genuine("stripe");
		const other = keyPair(delivery.signer, 1).verifying as string;
		return raw(delivery, { body: PRETTY, keys: [other, delivery.key] });
	},
	body_too_large: () => logged(genuine("github"), `"${"x".repeat(1_048_577)}"`),
	header_malformed: () => {
		const delivery = genuine("tp-wallet");
		return raw(delivery, { headers: { ...delivery.headers, "webhook-timestamp": "yesterday" } });
	},
	signature_malformed: () => {
		const paste = raw(genuine("plisio", { body: '{"amount":"15.3"}' }), {
			body: '{"amount":"15.3"}',
		});
		return { ...paste, text: `content-type: application/json\n${paste.text}` };
	},
	payload_unexpected: () => raw(genuine("tp-wallet", { body: '{"type":"deposit.confirmed"}' })),
	body_decompressed: () => {
		const delivery = genuine("stripe", { body: "other" });
		const headers = { ...delivery.headers, "content-encoding": "gzip" };
		return raw(delivery, { headers, body: COMPACT });
	},
	body_length: () => {
		const delivery = genuine("stripe", { body: "other" });
		return raw(delivery, {
			headers: { ...delivery.headers, "content-length": "5" },
			body: COMPACT,
		});
	},
	key_wrong: () => {
		const delivery = genuine("stripe");
		return raw(delivery, { key: keyPair(delivery.signer, 1).verifying as string });
	},
	search_incomplete: () => {
		const delivery = genuine("stripe", { body: "other" });
		return logged(delivery, JSON.stringify({ text: "x ".repeat(400_000) }));
	},
};
