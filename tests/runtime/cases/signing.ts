/** `sign`, for fixed inputs: the same bytes on every runtime, and those that `node:crypto` makes. */
import type { BodySpec, Key, SignCase } from "../model.ts";
import { referenceSign, type SigningKey } from "../reference.ts";
import {
	asBytes,
	base64,
	bodySpec,
	CURRENT,
	ED25519,
	EVENT,
	eventOfSize,
	hmacKey,
	ID,
	material,
	NOW,
	verifyingKey,
	whpk,
	whsec,
	whsk,
} from "./build.ts";

interface Signing {
	by?: SigningKey;
	key?: Key;
	body?: string | Buffer;
	shape?: BodySpec["shape"];
	id?: string;
	timestamp?: number;
	sender?: string;
}

function signs(name: string, signing: Signing): SignCase {
	const {
		by = CURRENT,
		key = verifyingKey(by),
		body = EVENT,
		id = ID,
		timestamp = NOW,
		sender,
	} = signing;
	const prefix = sender === "svix" ? "svix" : "webhook";
	return {
		kind: "sign",
		needs: ["full module"],
		name: `sign: ${name}`,
		options: {
			key,
			id,
			timestamp,
			body: bodySpec(body, signing.shape ?? (typeof body === "string" ? "string" : "bytes")),
			...(sender === undefined ? {} : { sender }),
		},
		expect: {
			headers: {
				[`${prefix}-id`]: id,
				[`${prefix}-timestamp`]: String(timestamp),
				[`${prefix}-signature`]: referenceSign(by, id, timestamp, Buffer.from(body)),
				"content-type": "application/json",
			},
		},
	};
}

function refusesToSign(
	name: string,
	code: string,
	options: Partial<SignCase["options"]>,
	message: string,
): SignCase {
	return {
		kind: "sign",
		needs: ["full module"],
		name: `sign: ${name}`,
		options: {
			key: verifyingKey(CURRENT),
			id: ID,
			timestamp: NOW,
			body: { shape: "string", text: EVENT },
			...options,
		},
		expect: { thrown: "ConfigError", code, message },
	};
}

const pair = whsk(material(4));
const strangersHalf = Buffer.concat([
	material(4),
	Buffer.from(whpk(material(5)).slice(5), "base64"),
]);

export const signing: readonly SignCase[] = [
	signs("a secret", {}),
	signs("a secret as bytes", { key: asBytes(material(1)) }),
	signs("a secret of 24 bytes", { by: hmacKey(7, 24) }),
	signs("a secret of 64 bytes", { by: hmacKey(7, 64) }),
	signs("a private key of 64 bytes", { by: ED25519, key: pair }),
	signs("a private key's seed", { by: ED25519, key: `whsk_${base64(material(4))}` }),
	...["tp-wallet", "standard-webhooks", "svix"].flatMap((sender) => [
		signs(`for ${sender}`, { sender }),
		signs(`for ${sender}, with a private key`, { sender, by: ED25519, key: pair }),
	]),
	...Object.entries<string | Buffer>({
		"an empty body": "",
		emoji: "🎉",
		"$&": "$& $1 $`",
		"a NUL": "a\0b",
		"a BOM": "\ufeff{}",
		"a lone surrogate": "a\ud800b",
		"bytes that are not UTF-8": Buffer.from([0xff, 0x00, 0x80]),
		"1 MiB": eventOfSize(1_048_576),
	}).flatMap(([name, body]) => [
		signs(name, { body }),
		signs(`${name}, with a private key`, { by: ED25519, key: pair, body }),
	]),
	signs("a subarray", { body: Buffer.from(EVENT), shape: "subarray" }),
	signs("timestamp 0", { timestamp: 0 }),
	signs("a timestamp past 2038", { timestamp: 4_102_444_800 }),
	signs("an id of 256 characters", { id: "x".repeat(256) }),
	refusesToSign("an id with a dot", "invalid_option", { id: "a.b" }, "id"),
	refusesToSign("an empty id", "invalid_option", { id: "" }, "id"),
	refusesToSign("an id with a line break", "invalid_option", { id: "a\nb" }, "id"),
	refusesToSign("an id of 257 characters", "invalid_option", { id: "x".repeat(257) }, "id"),
	refusesToSign("a negative timestamp", "invalid_option", { timestamp: -1 }, "timestamp"),
	refusesToSign(
		"a timestamp with a fraction",
		"invalid_option",
		{ timestamp: NOW + 0.5 },
		"timestamp",
	),
	refusesToSign("a timestamp past 2^53", "invalid_option", { timestamp: 2 ** 60 }, "timestamp"),
	refusesToSign("a sender that nobody knows", "unknown_sender", { sender: "nobody" }, "sender"),
	refusesToSign("a public key", "invalid_key", { key: whpk(material(4)) }, "public|whsk_"),
	refusesToSign(
		"white space behind the key",
		"invalid_key",
		{ key: `${verifyingKey(CURRENT)}\n` },
		"white space|line break",
	),
	refusesToSign(
		"a private key of 33 bytes",
		"invalid_key",
		{ key: `whsk_${base64(material(4, 33))}` },
		"33",
	),
	refusesToSign(
		"a private key with another's public half",
		"invalid_key",
		{ key: `whsk_${base64(strangersHalf)}` },
		"public",
	),
	refusesToSign("a secret of 65 bytes", "invalid_key", { key: whsec(material(7, 65)) }, "64"),
];
