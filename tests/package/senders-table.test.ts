/** The table of senders: descriptors of the form that the schema and the type say, and all of them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { SenderDescriptor } from "../../pkg-template/src/verifier/descriptor.ts";
import senders from "../../src/sender/senders.json" with { type: "json" };
import { descriptorSchema } from "./package.ts";

/** A type as the compiler infers it from JSON: without the texts and numbers of its literals. */
type Inferred<T> = T extends string
	? string
	: T extends number
		? number
		: T extends readonly (infer Element)[]
			? readonly Inferred<Element>[]
			: { readonly [Name in keyof T]: Inferred<T[Name]> };

// The compiler sees every member's name and kind; the schema sees its text.
const table: readonly Inferred<SenderDescriptor>[] = senders;

const ajv = new Ajv2020({ strict: true });
const validate = ajv.compile(descriptorSchema);

const vectors: readonly { sender: string; valid: boolean; kind: string }[] = JSON.parse(
	read("../vectors/senders.json"),
);

const NAMES = [
	"tp-wallet",
	"standard-webhooks",
	"svix",
	"stripe",
	"github",
	"coinbase-commerce",
	"coinbase-merchant",
	"btcpay",
	"bitgo",
	"alchemy",
	"quicknode",
	"moralis",
	"tatum",
	"tenderly",
	"blockfrost",
	"lightspark",
	"binance-pay",
	"binance-connect",
	"bybit-pay",
	"crypto-com-pay",
	"circle",
	"fireblocks",
	"cobo",
	"bridge",
	"turnkey",
	"oxapay",
	"gate-pay",
	"moonpay",
	"moonpay-commerce",
	"dynamic",
	"thirdweb",
	"thirdweb-engine",
	"request-network",
	"openfort",
	"neynar",
	"onramper",
	"coinify",
	"triple-a",
	"coinspaid",
	"revolut",
	"coinflow",
	"strike",
	"cryptapi",
	"bitnovo",
	"dfns",
	"zerohash",
	"coinpayments-ipn",
	"coinpayments",
	"coinbase-cdp",
	"nowpayments",
	"plisio",
	"ramp",
	"fireblocks-v2",
	"transak",
	"grid",
	"xaman",
	"bitso",
	"paddle",
	"shopify",
	"plaid",
];

/** Those whose official text was only seen in a copy. */
const SECOND_HAND = ["dfns", "zerohash", "coinpayments-ipn", "coinpayments"];

test("every sender is there, once and in its place", () => {
	assert.deepEqual(
		table.map(({ name }) => name),
		NAMES,
	);
	assert.equal(new Set(NAMES).size, NAMES.length);
});

describe("each sender", () => {
	for (const sender of table) {
		test(sender.name, () => {
			assert.ok(validate(sender), ajv.errorsText(validate.errors));
			assert.ok(sender.title, "a title");
			assert.equal(new URL(sender.docs ?? "").protocol, "https:");
			assert.ok(sender.evidence, "its evidence");
		});
	}
});

test("second-hand evidence is named so", () => {
	const named = table.filter(({ evidence }) => evidence === "second-hand");
	assert.deepEqual(
		named.map(({ name }) => name),
		SECOND_HAND,
	);
});

test("a published vector is evidence", () => {
	const published = vectors.filter(({ valid, kind }) => valid && kind === "published");
	assert.ok(published.length > 0);
	for (const { sender } of published) {
		assert.equal(table.find(({ name }) => name === sender)?.evidence, "vector", sender);
	}
});

const SINGLE = {
	name: "acme",
	algorithm: "hmac-sha256",
	headers: { signature: "acme-signature" },
	signature: { encoding: "hex" },
	signed: "{body}",
};

const LABELLED = {
	...SINGLE,
	algorithm: { v1: "hmac-sha256" },
	signature: { encoding: "hex", timestamp: "t" },
	signed: "{timestamp}.{body}",
	timestamp: { unit: "s" },
};

describe("the schema takes", () => {
	const taken: { [what: string]: object } = {
		"a single signature": SINGLE,
		"labelled signatures": LABELLED,
		"a literal brace behind a token": { ...SINGLE, signed: "{body}}" },
		"commas behind labels between spaces": {
			...LABELLED,
			signature: { encoding: "base64", separator: " ", assign: "," },
		},
		"semicolons between entries": {
			...LABELLED,
			signature: { encoding: "hex", separator: ";", timestamp: "ts" },
		},
		"a header in upper case": { ...SINGLE, headers: { signature: "Acme-Signature" } },
		"a signed header in upper case": { ...SINGLE, signed: "{header:Acme-Shop}.{body}" },
		"a prefix that ends in a space": { ...SINGLE, signature: { encoding: "hex", prefix: "HMAC " } },
		"a rule without headers": { name: "acme", algorithm: "hmac-sha1", rule: "plisio" },
		"an answer with a body": {
			...SINGLE,
			acknowledgement: { status: 200, contentType: "text/plain; charset=utf-8", body: "ok" },
		},
		"an answer without one": { ...SINGLE, acknowledgement: { status: 204 } },
		"a probe by GET": { ...SINGLE, probes: ["HEAD", "GET"] },
		"a probe beside callbacks by GET": {
			...SINGLE,
			signedOnGet: "?{query}",
			probes: ["HEAD"],
		},
		"decisions by type": { ...SINGLE, type: { member: "type" }, decisions: ["payment.pending"] },
		"a secret's form where one of the algorithms has a secret": {
			...LABELLED,
			algorithm: { v1: "hmac-sha256", v1a: "ed25519" },
			key: "standard",
		},
	};
	for (const [what, descriptor] of Object.entries(taken)) {
		test(what, () => assert.ok(validate(descriptor), ajv.errorsText(validate.errors)));
	}
});

describe("the schema refuses", () => {
	const { headers: _headers, ...headless } = SINGLE;
	const { signature: _signature, ...formless } = SINGLE;
	const { signed: _signed, ...unsigned } = SINGLE;
	const refused: { [what: string]: object } = {
		"an unknown member": { ...SINGLE, secret: "x" },
		"an unknown algorithm": { ...SINGLE, algorithm: "md5" },
		"no label": { ...LABELLED, algorithm: {} },
		"a name with an upper-case letter": { ...SINGLE, name: "Acme" },
		"a name with an outer hyphen": { ...SINGLE, name: "acme-" },
		"a document that is not on https": { ...SINGLE, docs: "http://acme.example" },
		"no headers": headless,
		"an empty list of headers": { ...SINGLE, headers: [] },
		"a header with a space": { ...SINGLE, headers: { signature: "acme signature" } },
		"no form of the signature": formless,
		"no encoding": { ...SINGLE, signature: {} },
		"a prefix before a list": { ...LABELLED, signature: { encoding: "hex", prefix: "sha256=" } },
		"labels' separators around a single signature": {
			...SINGLE,
			signature: { encoding: "hex", separator: "," },
		},
		"one character between labels and entries": {
			...LABELLED,
			signature: { encoding: "hex", assign: "," },
		},
		"no signed bytes": unsigned,
		"signed bytes without the body": { ...SINGLE, signed: "{timestamp}" },
		"the body twice": { ...SINGLE, signed: "{body}.{body}" },
		"a template literal": { ...LABELLED, signed: "$" + "{timestamp}.$" + "{body}" },
		"an id in two places": {
			...SINGLE,
			headers: { signature: "acme-signature", id: "acme-id" },
			signed: "{id}.{body}",
			id: { member: "id" },
		},
		"a prefix that starts with a space": {
			...SINGLE,
			signature: { encoding: "hex", prefix: " sha256=" },
		},
		"an unknown token": { ...SINGLE, signed: "{secret}{body}" },
		"an open token": { ...SINGLE, signed: "{body}{id" },
		"the body of a GET without one": { ...SINGLE, signedOnGet: "{query}{body}" },
		"a GET of which nothing is signed": { ...SINGLE, signedOnGet: "{path}" },
		"a time without its unit": { ...LABELLED, timestamp: {} },
		"a tolerance of nothing": { ...LABELLED, toleranceSeconds: 0 },
		"a tolerance of more than a day": { ...LABELLED, toleranceSeconds: 86_401 },
		"a secret's form where there is no secret": { ...SINGLE, algorithm: "ed25519", key: "hex" },
		"a secret's form where no label has a secret": {
			...LABELLED,
			algorithm: { v1: "ed25519" },
			key: "hex",
		},
		"an RSA key's length where there is none": { ...SINGLE, minRsaBits: 1024 },
		"an RSA key that is too short": { ...SINGLE, algorithm: "rsa-pkcs1-sha256", minRsaBits: 1023 },
		"an RSA key that is too long": { ...SINGLE, algorithm: "rsa-pkcs1-sha256", minRsaBits: 4097 },
		"a URL for a host": { ...SINGLE, keyHosts: ["https://acme.example/keys"] },
		"a place in two places": { ...SINGLE, type: { member: "type", header: "acme-type" } },
		"a place in none": { ...SINGLE, id: {} },
		"an answer that is no success": { ...SINGLE, acknowledgement: { status: 302 } },
		"an answer without a status": { ...SINGLE, acknowledgement: {} },
		"a body of no type": { ...SINGLE, acknowledgement: { status: 200, body: "ok" } },
		"a type of no body": { ...SINGLE, acknowledgement: { status: 200, contentType: "text/plain" } },
		"a body where the status allows none": {
			...SINGLE,
			acknowledgement: { status: 204, contentType: "text/plain", body: "ok" },
		},
		"an empty body": {
			...SINGLE,
			acknowledgement: { status: 200, contentType: "text/plain", body: "" },
		},
		"a body that is too long": {
			...SINGLE,
			acknowledgement: { status: 200, contentType: "text/plain", body: "k".repeat(1025) },
		},
		"a type that is none": {
			...SINGLE,
			acknowledgement: { status: 200, contentType: "text", body: "ok" },
		},
		"a probe by POST": { ...SINGLE, probes: ["POST"] },
		"a probe like a callback": { ...SINGLE, signedOnGet: "?{query}", probes: ["GET"] },
		"decisions without a type": { ...SINGLE, decisions: ["payment.pending"] },
		"a member without a name": { ...SINGLE, id: { member: "data..id" } },
	};
	for (const [what, descriptor] of Object.entries(refused)) {
		test(what, () => assert.ok(!validate(descriptor)));
	}
});

function read(file: string): string {
	return readFileSync(new URL(file, import.meta.url), "utf8");
}
