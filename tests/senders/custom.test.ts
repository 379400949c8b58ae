/** Senders that users describe themselves: they verify as the listed ones do, or are refused with the reason. */
import assert from "node:assert/strict";
import {
	createHash,
	createHmac,
	createPublicKey,
	type KeyObject,
	sign as nodeSign,
} from "node:crypto";
import { describe, test } from "node:test";
import type { SenderDescriptor, SignOptions } from "wallet-callback";
import { accepted, callbackFor, NOW, refused } from "./deliveries.ts";
import { core, full, type Library, libraries } from "./package.ts";
import {
	bytes,
	isInCore,
	keyPair,
	type Signer,
	send,
	signatureOf,
	signCallback,
	signerOf,
	write,
} from "./signers.ts";

const LABELLED: SenderDescriptor = {
	name: "my-own",
	algorithm: { v1: "hmac-sha256" },
	headers: { signature: "x-signature" },
	signature: { encoding: "hex", timestamp: "t" },
	signed: "{timestamp}.{body}",
	timestamp: { unit: "s" },
	key: "utf8",
};

const PLAIN: SenderDescriptor = {
	name: "my-own",
	algorithm: "hmac-sha256",
	headers: { signature: "x-signature" },
	signature: { encoding: "hex" },
	signed: "{body}",
	key: "utf8",
};

const STAMPED: SenderDescriptor = {
	...PLAIN,
	headers: { signature: "x-signature", timestamp: "x-timestamp" },
	signed: "{timestamp}.{body}",
	timestamp: { unit: "s" },
};

const webhook = (prefix: string) => ({
	signature: `${prefix}-signature`,
	timestamp: `${prefix}-timestamp`,
	id: `${prefix}-id`,
});

/** Senders of the list, described by hand. */
const SAME: { readonly [name: string]: SenderDescriptor } = {
	svix: {
		name: "own-svix",
		algorithm: { v1: "hmac-sha256", v1a: "ed25519" },
		headers: [webhook("svix"), webhook("webhook")],
		signature: { encoding: "base64", separator: " ", assign: "," },
		signed: "{id}.{timestamp}.{body}",
		timestamp: { unit: "s" },
		key: "standard",
		payload: "json",
		type: { member: "type" },
	},
	stripe: {
		...LABELLED,
		name: "own-stripe",
		headers: { signature: "stripe-signature" },
		type: { member: "type" },
		id: { member: "id", unique: true },
	},
	github: {
		...PLAIN,
		name: "own-github",
		headers: { signature: "x-hub-signature-256" },
		signature: { encoding: "hex", prefix: "sha256=" },
		type: { header: "x-github-event" },
		id: { header: "x-github-delivery" },
	},
	"coinbase-commerce": {
		...PLAIN,
		headers: { signature: "x-cc-webhook-signature" },
		type: { member: "event.type" },
		id: { member: "event.id", unique: true },
	},
	moralis: {
		...PLAIN,
		algorithm: "keccak256",
		headers: { signature: "x-signature" },
		signature: { encoding: "hex", prefix: "0x" },
		type: { member: "tag" },
		changesOnRetry: ["retries"],
	},
	tatum: {
		...PLAIN,
		algorithm: "hmac-sha512",
		headers: { signature: "x-payload-hash" },
		signature: { encoding: "base64" },
		type: { member: "subscriptionType" },
	},
	tenderly: {
		...PLAIN,
		headers: { signature: "x-tenderly-signature", timestamp: "date" },
		signed: "{body}{timestamp}",
		payload: "json",
		timestamp: { unit: "http-date" },
		type: { member: "event_type" },
		id: { member: "id", unique: true },
	},
	"binance-pay": {
		name: "own-binance-pay",
		algorithm: "rsa-pkcs1-sha256",
		headers: {
			signature: "binancepay-signature",
			timestamp: "binancepay-timestamp",
			nonce: "binancepay-nonce",
			keyId: "binancepay-certificate-sn",
		},
		signature: { encoding: "base64" },
		signed: "{timestamp}\n{nonce}\n{body}\n",
		timestamp: { unit: "ms" },
		type: { member: "bizStatus" },
	},
	circle: {
		name: "own-circle",
		algorithm: "ecdsa-p256-sha256",
		headers: { signature: "x-circle-signature", keyId: "x-circle-key-id" },
		signature: { encoding: "base64", format: "der" },
		signed: "{body}",
		type: { member: "notificationType" },
		id: { member: "notificationId", unique: true },
	},
	cobo: {
		name: "own-cobo",
		algorithm: "ed25519",
		headers: { signature: "biz-resp-signature", timestamp: "biz-timestamp" },
		signature: { encoding: "hex" },
		signed: "{body}|{timestamp}",
		prehash: "sha256-twice",
		timestamp: { unit: "unix" },
		payload: "json",
		type: { member: "type" },
		id: { member: "event_id", unique: true },
	},
	bridge: {
		name: "own-bridge",
		algorithm: { v0: "rsa-pkcs1-sha256" },
		headers: { signature: "x-webhook-signature" },
		signature: { encoding: "base64", timestamp: "t" },
		signed: "{timestamp}.{body}",
		prehash: "sha256",
		timestamp: { unit: "ms" },
		toleranceSeconds: 600,
		type: { member: "event_type" },
		id: { member: "event_id", unique: true },
	},
	turnkey: {
		name: "own-turnkey",
		algorithm: "ed25519",
		headers: {
			signature: "x-turnkey-signature",
			timestamp: "x-turnkey-timestamp",
			id: "x-turnkey-event-id",
			keyId: "x-turnkey-signature-key-id",
		},
		expect: {
			"x-turnkey-signature-algorithm": "ed25519",
			"x-turnkey-signature-version": "v1",
		},
		signature: { encoding: "hex" },
		signed: "v1.ed25519.{keyId}.{timestamp}.{id}.{body}",
		timestamp: { unit: "ms" },
	},
	revolut: {
		...LABELLED,
		headers: { signature: "revolut-signature", timestamp: "revolut-request-timestamp" },
		signature: { encoding: "hex" },
		signed: "v1.{timestamp}.{body}",
		timestamp: { unit: "ms" },
		type: { member: "event" },
	},
	dfns: {
		...PLAIN,
		headers: { signature: "x-dfns-webhook-signature" },
		signature: { encoding: "hex", prefix: "sha256=" },
		timestamp: { unit: "s", member: "timestampSent" },
		type: { member: "kind" },
		id: { member: "id", unique: true },
	},
	bitnovo: {
		...PLAIN,
		headers: { signature: "x-signature", timestamp: "x-nonce" },
		signed: "{timestamp}{body}",
		payload: "json",
		timestamp: { unit: "s" },
		key: "hex",
	},
	coinpayments: {
		...PLAIN,
		headers: {
			signature: "x-coinpayments-signature",
			timestamp: "x-coinpayments-timestamp",
			clientId: "x-coinpayments-client",
		},
		signature: { encoding: "base64" },
		signed: "\ufeff{method}{url}{clientId}{timestamp}{body}",
		timestamp: { unit: "iso8601" },
		payload: "json",
	},
	xaman: {
		...PLAIN,
		algorithm: "hmac-sha1",
		headers: { signature: "x-xumm-request-signature", timestamp: "x-xumm-request-timestamp" },
		signed: "{timestamp}{body}",
		payload: "json",
		timestamp: { unit: "s" },
		key: "utf8-without-first-hyphen",
	},
	ramp: {
		name: "own-ramp",
		algorithm: "ecdsa-secp256k1-sha256",
		headers: { signature: "x-body-signature" },
		signature: { encoding: "base64" },
		signed: "{body}",
		rule: "sorted-json",
	},
};

const librariesFor = (signer: Signer) =>
	libraries.filter(([, library]) => library === full || isInCore(signer));

describe("a descriptor of one's own is judged as the listed one", () => {
	for (const [name, descriptor] of Object.entries(SAME)) {
		const signer = signerOf(name);
		for (const [entry, library] of librariesFor(signer)) {
			test(`${name}, ${entry}`, () => {
				const callback = callbackFor(signer);
				const right = signatureOf(signer, callback, keyPair(signer));
				const wrong = signatureOf(signer, callback, keyPair(signer, 1));
				const later = { ...callback, timestamp: NOW + 1000, nonce: "other" };
				const flipped = Buffer.from(callback.body.map((byte, at) => (at === 3 ? byte ^ 1 : byte)));
				const sent = send(signer, callback, right);
				const inputs = [
					sent,
					...Object.keys(sent.headers).map((left) => ({
						...sent,
						headers: Object.fromEntries(
							Object.entries(sent.headers).filter(([one]) => one !== left),
						),
					})),
					send(signer, callback, wrong),
					send(signer, callback, ""),
					send(signer, callback, `${right}0`),
					send(signer, callback, `${right} `),
					send(signer, callback, `${right},${right}`),
					send(signer, callback, `${right}${signer.between ?? ","}${wrong}`),
					send(signer, later, right),
					{ ...sent, body: flipped },
					{ ...sent, body: bytes(callback.body, "\n") },
					// Who signs JSON that he writes himself signs nothing else.
					...(signer.covers === undefined ? ["no JSON", "{"] : []).map((text) =>
						signCallback(signer, { ...callback, body: bytes(text) }, keyPair(signer)),
					),
				];
				const tolerance = signer.tolerance ?? 0;
				const clocks = [0, tolerance, tolerance + 1, -tolerance, -tolerance - 1];
				let count = 0;
				for (const seconds of clocks) {
					const options = {
						...signer.agreed?.(callback),
						keys: keyPair(signer).verifying,
						now: () => NOW + seconds * 1000,
					};
					const listed = library.createVerifier({ ...options, sender: signer.name });
					const own = library.createVerifier({ ...options, sender: descriptor });
					for (const { headers, body } of inputs) {
						const { method, url } = callback;
						const input = { headers, body, method, url };
						assert.deepEqual(
							own.safeVerify(input),
							listed.safeVerify(input),
							JSON.stringify(headers),
						);
						if (own.safeVerify(input).ok) count += 1;
					}
				}
				assert.ok(count > 0, "nothing was accepted");
			});
		}
	}
});

describe("what no listed sender needs", () => {
	const secret = Buffer.from("2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da5", "hex");
	const body = Buffer.from('{"a":"$& ü"}\n');
	const mac = (...parts: (string | Buffer)[]) =>
		createHmac("sha256", secret).update(bytes(...parts));
	const verify = (
		library: Library,
		sender: SenderDescriptor,
		headers: Record<string, string>,
		{
			keys = secret as string | Uint8Array,
			url = "https://evil.example/?q=1&r=%26#z",
			registered = undefined as string | undefined,
		} = {},
	) =>
		library
			.createVerifier({ sender, keys, url: registered, now: () => NOW })
			.safeVerify({ headers, body, method: "POST", url });

	for (const [entry, library] of libraries) {
		test(`encodings of the key, ${entry}`, () => {
			const headers = { "x-signature": mac(body).digest("hex") };
			accepted(verify(library, PLAIN, headers));
			for (const [key, text] of [
				["hex", secret.toString("hex")],
				["hex", secret.toString("hex").toUpperCase()],
				["base64", secret.toString("base64")],
				["standard", `whsec_${secret.toString("base64")}`],
			] as const) {
				accepted(verify(library, { ...PLAIN, key }, headers, { keys: text }), key);
			}
			const asText = verify(library, PLAIN, headers, { keys: secret.toString("hex") });
			refused(asText, "signature_mismatch");
			for (const [key, text] of [
				["hex", `${secret.toString("hex")}0`],
				["hex", `${secret.toString("hex")}zz`],
				["hex", `${secret.toString("hex")}\n`],
				["base64", `${secret.toString("base64")}\n`],
				["base64", `${secret.toString("base64")}!!!!`],
				["standard", `_${secret.toString("base64")}`],
			] as const) {
				assert.throws(
					() => library.createVerifier({ sender: { ...PLAIN, key }, keys: text }),
					(error) => error instanceof library.ConfigError && error.code === "invalid_key",
					`${key} ${text}`,
				);
			}
		});

		test(`encodings of the signature, ${entry}`, () => {
			for (const encoding of ["hex", "base64", "base64url"] as const) {
				const sender = { ...PLAIN, signature: { encoding } };
				accepted(verify(library, sender, { "x-signature": mac(body).digest(encoding) }));
			}
		});

		test(`parts of the address, ${entry}`, () => {
			const sender = { ...PLAIN, signed: "{method} {path}?{query}\n{header:x-shop}\n{body}" };
			const signature = mac("POST /x/%20y?q=1&r=%26\nshop.$&\n", body).digest("hex");
			const headers = { "x-signature": signature, "X-Shop": "shop.$&" };
			// The path is the registered one, whatever the request says, and the query the request's own.
			const registered = "https://a.example/x/%20y";
			accepted(verify(library, sender, headers, { registered }));
			for (const [of, url] of [
				[registered, "https://a.example/x/%20y?q=1"],
				["https://a.example/x/y", "https://a.example/x/%20y?q=1&r=%26"],
			] as const) {
				const result = verify(library, sender, headers, { registered: of, url });
				refused(result, "signature_mismatch", of);
			}
			refused(
				verify(library, sender, { "x-signature": signature }, { registered }),
				"missing_header",
				"",
				"x-shop",
			);
		});

		test(`what was registered, ${entry}`, () => {
			const sender: SenderDescriptor = { ...PLAIN, signed: "{url}\n{body}" };
			const create = (options: object) =>
				library.createVerifier({ sender, keys: secret, ...options });
			const url = "https://a.example/hooks?shop=1";
			const signature = mac(`${url}\n`, body).digest("hex");
			const headers = { "x-signature": signature };
			// What the network says of the URL counts for nothing.
			for (const called of [undefined, url, "https://evil.example/"]) {
				accepted(create({ url }).safeVerify({ headers, body, url: called }));
			}
			const other = create({ url: "https://a.example/other" });
			refused(other.safeVerify({ headers, body, url }), "signature_mismatch");
			const says = (options: object, message: RegExp) =>
				assert.throws(
					() => create(options),
					(error) => error instanceof library.ConfigError && message.test(error.message),
					message.source,
				);
			says({}, /^url is required: my-own signs it$/);
			for (const wrong of ["/hooks", "a.example", "ftp://a.example/", "https://a.example/#b", ""]) {
				says({ url: wrong }, /^url: expected the registered url/);
			}
			says({ url, clientId: "7" }, /^clientId: leave it out: my-own does not sign it$/);
			says({ sender: PLAIN, url }, /^url: leave it out: my-own does not sign it$/);
			const headersOf = { signature: "x-signature", clientId: "x-client" };
			const forClients = { ...PLAIN, headers: headersOf, signed: "{clientId}\n{body}" };
			says({ sender: forClients }, /^clientId is required: my-own signs it$/);
			says({ sender: forClients, clientId: "a b" }, /^clientId: expected/);
			const signed = { "x-signature": mac("7\n", body).digest("hex") };
			const verifier = create({ sender: forClients, clientId: "7" });
			accepted(verifier.safeVerify({ headers: { ...signed, "x-client": "7" }, body }));
			const another = verifier.safeVerify({ headers: { ...signed, "x-client": "8" }, body });
			refused(another, "unsupported_signature", "", "x-client");
			assert.match(another.ok ? "" : another.message, /another client.*clientId/);
		});

		test(`labels, separators and texts between, ${entry}`, () => {
			const time = write(NOW, "s");
			const sender: SenderDescriptor = {
				...LABELLED,
				algorithm: { sig: "hmac-sha256" },
				signature: { encoding: "hex", separator: " ", assign: "=", timestamp: "time" },
				signed: "my{timestamp}$&{body}|end",
			};
			const right = mac(`my${time}$&`, body, "|end").digest("hex");
			accepted(verify(library, sender, { "x-signature": `time=${time} sig=${right}` }));
			accepted(verify(library, sender, { "x-signature": `sig=${right} time=${time} other=1` }));
			for (const value of [`time=${time},sig=${right}`, `time=${time}  sig=${right}`]) {
				refused(verify(library, sender, { "x-signature": value }), "malformed_header", value);
			}
		});

		test(`semicolons between entries, ${entry}`, () => {
			const time = write(NOW, "s");
			const sender: SenderDescriptor = {
				...LABELLED,
				algorithm: { h1: "hmac-sha256" },
				signature: { encoding: "hex", separator: ";", timestamp: "ts" },
				signed: "{timestamp}:{body}",
			};
			const right = mac(`${time}:`, body).digest("hex");
			for (const value of [
				`ts=${time};h1=${right}`,
				`ts=${time}; h1=${right}`,
				`h1=${"0".repeat(64)};h1=${right};h2=x;ts=${time}`,
			]) {
				accepted(verify(library, sender, { "x-signature": value }), value);
			}
			for (const value of [`ts=${time},h1=${right}`, `ts=${time};h1=${right};`]) {
				refused(verify(library, sender, { "x-signature": value }), "malformed_header", value);
			}
		});

		test(`names of headers in any letter case, and a word before the signature, ${entry}`, () => {
			const time = write(NOW, "s");
			const sender: SenderDescriptor = {
				...PLAIN,
				headers: { signature: "X-Signature", timestamp: "X-Timestamp" },
				expect: { "X-Version": "2" },
				signature: { encoding: "base64", prefix: "HMAC-SHA256 " },
				signed: "{timestamp}.{header:X-Shop}.{body}",
				timestamp: { unit: "s" },
				type: { header: "X-Topic" },
				id: { header: "X-Event-Id" },
			};
			const signature = mac(`${time}.7.`, body).digest("base64");
			const right = {
				"x-signature": `HMAC-SHA256 ${signature}`,
				"X-TIMESTAMP": time,
				"x-shop": "7",
				"x-version": "2",
				"x-topic": "paid",
				"x-event-id": "evt-1",
			};
			const { event } = accepted(verify(library, sender, right));
			const { type, id } = event as { type?: unknown; id?: unknown };
			assert.deepEqual([type, id], ["paid", "evt-1"]);
			for (const text of [signature, `HMAC-SHA256${signature}`, `hmac-sha256 ${signature}`]) {
				const headers = { ...right, "x-signature": text };
				refused(verify(library, sender, headers), "malformed_header", text, "x-signature");
			}
			const other = verify(library, sender, { ...right, "x-version": "3" });
			refused(other, "unsupported_signature", "", "x-version");
			assert.match(other.ok ? "" : other.message, /x-version: 2/);
		});

		test(`a method that has no body, ${entry}`, () => {
			const sender = { ...STAMPED, signedOnGet: "{timestamp}.?{query}" };
			const time = write(NOW, "s");
			const headers = {
				"x-signature": mac(`${time}.?q=1`).digest("hex"),
				"x-timestamp": time,
			};
			const verifier = library.createVerifier({ sender, keys: secret, now: () => NOW });
			const input = { headers, body: "", url: "https://a.example/?q=1" };
			accepted(verifier.safeVerify({ ...input, method: "GET" }));
			refused(verifier.safeVerify({ ...input, method: "POST" }), "signature_mismatch");
			refused(verifier.safeVerify({ ...input, body, method: "GET" }), "signature_mismatch");
		});

		test(`digests before the algorithm, ${entry}`, () => {
			const sha256 = (data: Buffer) => createHash("sha256").update(data).digest();
			const once = { "x-signature": mac(sha256(body)).digest("hex") };
			const twice = { "x-signature": mac(sha256(sha256(body))).digest("hex") };
			accepted(verify(library, { ...PLAIN, prehash: "sha256" }, once));
			accepted(verify(library, { ...PLAIN, prehash: "sha256-twice" }, twice));
			refused(verify(library, PLAIN, once), "signature_mismatch");
			refused(verify(library, { ...PLAIN, prehash: "sha256" }, twice), "signature_mismatch");
		});

		test(`payloads, ${entry}`, () => {
			const judge = (payload: "json" | "form" | "any", text: string) => {
				const sender = { ...PLAIN, payload };
				const headers = { "x-signature": createHmac("sha256", secret).update(text).digest("hex") };
				return library
					.createVerifier({ sender, keys: secret })
					.safeVerify({ headers, body: text, method: "POST" });
			};
			refused(judge("json", "a=1"), "malformed_payload");
			accepted(judge("any", "a=1"));
			const { event } = accepted(judge("form", "a=1+%26&b=&c=%C3%BC"));
			const { payload } = event as { payload?: object };
			assert.deepEqual({ ...payload }, { a: "1 &", b: "", c: "ü" });
		});
	}

	test("ECDSA as two numbers in a row", () => {
		for (const [algorithm, of] of [
			["ecdsa-p256-sha256", "circle"],
			["ecdsa-secp256k1-sha256", "ramp"],
		] as const) {
			const { signing } = keyPair(signerOf(of));
			const keys = keyPair(signerOf(of)).verifying;
			const sender: SenderDescriptor = {
				name: "my-own",
				algorithm,
				headers: { signature: "x-signature" },
				signature: { encoding: "hex", format: "raw" },
				signed: "{body}",
			};
			const write = (dsaEncoding: "der" | "ieee-p1363") =>
				nodeSign("sha256", body, { key: signing as KeyObject, dsaEncoding }).toString("hex");
			const verifier = full.createVerifier({ sender, keys });
			const post = (signature: string) =>
				verifier.safeVerify({ headers: { "x-signature": signature }, body });
			accepted(post(write("ieee-p1363")));
			refused(post(write("der")), "malformed_header");
			refused(post(`${write("ieee-p1363")}00`), "malformed_header");
			refused(post("0".repeat(128)), "signature_mismatch");
		}
	});

	test("keys that can be factored", () => {
		const { key: _, ...rest } = PLAIN;
		const sender = { ...rest, algorithm: "rsa-pkcs1-sha256", minRsaBits: 512 } as const;
		const keys = keyPair(signerOf("fireblocks")).verifying;
		const message = /sender\.minRsaBits\b/;
		assert.throws(() => full.createVerifier({ sender, keys }), { code: "invalid_sender", message });
		// The core does not ask what is wrong with what it does not have.
		assert.throws(() => core.createVerifier({ sender, keys }), { code: "needs_full" });
	});

	test("what is not in the core", () => {
		const keys = "2b7e1516-28ae-d2a6-abf7-158809cf4f3c";
		for (const sender of [
			{ ...PLAIN, rule: "sorted-json" },
			{ ...PLAIN, rule: "signed-member" },
			{ ...PLAIN, rule: "wrapped-signature" },
			{ ...PLAIN, algorithm: "hmac-sha1" },
			{ ...LABELLED, algorithm: { v0: "hmac-sha1", v1: "hmac-sha256" } },
			{ ...STAMPED, signed: "{timestamp}\n{body}", timestamp: { unit: "http-date" } },
		] satisfies SenderDescriptor[]) {
			assert.throws(() => core.createVerifier({ sender, keys }), {
				code: "needs_full",
				message: 'my-own needs import { createVerifier } from "wallet-callback/full"',
			});
			full.createVerifier({ sender, keys });
		}
	});

	test("an algorithm that is not in the core", () => {
		const { key: _, ...rest } = PLAIN;
		for (const algorithm of ["rsa-pkcs1-sha256", "ecdsa-p256-sha256"] as const) {
			const sender = { ...rest, algorithm };
			const keys = keyPair(signerOf(algorithm.startsWith("rsa") ? "fireblocks" : "grid")).verifying;
			assert.throws(
				() => core.createVerifier({ sender, keys }),
				(error) =>
					error instanceof core.ConfigError &&
					error.code === "needs_full" &&
					error.message.includes("wallet-callback/full"),
			);
			full.createVerifier({ sender, keys });
		}
	});
});

/** What makes no sense: the member that is at fault, and a descriptor. */
const REFUSED: readonly (readonly [member: RegExp, title: string, descriptor: unknown])[] = [
	[/sender\.signed\b.*\{body\}/, "no body", { ...PLAIN, signed: "{header:x-shop}" }],
	[/sender\.signed\b.*\{body\}/, "nothing signed", { ...PLAIN, signed: "" }],
	[/sender\.signed\b/, "signed is no text", { ...PLAIN, signed: ["{body}"] }],
	[/sender\.signed\b/, "signed is missing", without(PLAIN, "signed")],
	[/sender\.signed\b/, "an unknown token", { ...PLAIN, signed: "{secret}{body}" }],
	[/sender\.signed\b/, "a token in another case", { ...PLAIN, signed: "{Timestamp}{body}" }],
	[/sender\.signed\b/, "an empty token", { ...PLAIN, signed: "{}{body}" }],
	[/sender\.signed\b/, "a header without a name", { ...PLAIN, signed: "{header:}{body}" }],
	[
		/sender\.(headers|signed)\b/,
		"a time without a source",
		{ ...PLAIN, signed: "{timestamp}{body}" },
	],
	[/sender\.(headers|signed)\b/, "an id without a header", { ...PLAIN, signed: "{id}{body}" }],
	[/sender\.(headers|signed)\b/, "a nonce without a header", { ...PLAIN, signed: "{nonce}{body}" }],
	[
		/sender\.(headers|signed)\b/,
		"a key id without a header",
		{ ...PLAIN, signed: "{keyId}{body}" },
	],
	[/sender\.signedOnGet\b/, "an unknown token for GET", { ...PLAIN, signedOnGet: "{quest}" }],
	[
		/sender\.(headers|signed)\b.*timestamp/,
		"a time that is not signed",
		{ ...STAMPED, signed: "{body}" },
	],
	[
		/sender\.(headers|signed)\b.*\bid\b/,
		"an id that is not signed",
		{ ...PLAIN, headers: { signature: "x-signature", id: "x-id" } },
	],
	[
		/sender\.(headers|signed)\b.*timestamp/,
		"a labelled time that is not signed",
		{ ...LABELLED, signed: "{body}" },
	],
	[/sender\.timestamp\b/, "a time without a unit", without(STAMPED, "timestamp")],
	[/sender\.timestamp\b/, "a unit without a time", { ...PLAIN, timestamp: { unit: "s" } }],
	[/sender\.timestamp\b/, "an unknown unit", { ...STAMPED, timestamp: { unit: "minutes" } }],
	...["{timestamp}{body}", "{body}{timestamp}"].map(
		(signed) =>
			[
				/sender\.timestamp\.unit\b/,
				`either unit in ${signed}`,
				{ ...STAMPED, signed, payload: "json", timestamp: { unit: "unix" } },
			] as const,
	),
	...[
		"{timestamp}.{header:x-a}{header:x-b}.{body}",
		"{body}.{timestamp}",
		"{timestamp}{query}{body}",
	].map(
		(signed) => [/sender\.signed\b/, `two readings of ${signed}`, { ...STAMPED, signed }] as const,
	),
	[
		/sender\.signedOnGet\b/,
		"what is signed for a GET is a body, too",
		{ ...STAMPED, signedOnGet: "{timestamp}.{query}" },
	],
	[/sender\.timestamp\b/, "an empty time", { ...STAMPED, timestamp: {} }],
	[
		/sender\.timestamp\b/,
		"a time from two sources",
		{ ...STAMPED, timestamp: { unit: "s", member: "sent" } },
	],
	[/sender\.toleranceSeconds\b/, "no tolerance", { ...STAMPED, toleranceSeconds: 0 }],
	[/sender\.toleranceSeconds\b/, "a negative tolerance", { ...STAMPED, toleranceSeconds: -1 }],
	[/sender\.toleranceSeconds\b/, "half a tolerance", { ...STAMPED, toleranceSeconds: 0.5 }],
	[/sender\.toleranceSeconds\b/, "any tolerance", { ...STAMPED, toleranceSeconds: 86_401 }],
	[/sender\.toleranceSeconds\b/, "a text", { ...STAMPED, toleranceSeconds: "300" }],
	[/sender\.toleranceSeconds\b/, "not a number", { ...STAMPED, toleranceSeconds: Number.NaN }],
	[/sender\.minRsaBits\b/, "short keys of no kind", { ...PLAIN, minRsaBits: 1024 }],
	[/sender\.algorithm\b/, "an unknown algorithm", { ...PLAIN, algorithm: "hmac-md5" }],
	[/sender\.algorithm\b/, "none", { ...PLAIN, algorithm: "none" }],
	[/sender\.algorithm\b/, "a name of every object", { ...PLAIN, algorithm: "constructor" }],
	[/sender\.algorithm\b/, "no algorithm", without(PLAIN, "algorithm")],
	[/sender\.algorithm\b/, "a list", { ...PLAIN, algorithm: ["hmac-sha256"] }],
	[/sender\.algorithm\b/, "no labels", { ...LABELLED, algorithm: {} }],
	[/sender\.algorithm\b/, "an unknown one of a label", { ...LABELLED, algorithm: { v1: "md5" } }],
	[/sender\.algorithm\b/, "an empty label", { ...LABELLED, algorithm: { "": "hmac-sha256" } }],
	[
		/sender\.algorithm\b/,
		"a label that is two",
		{ ...LABELLED, algorithm: { "v1,v2": "hmac-sha256" } },
	],
	[
		/sender\.signature\.prefix\b/,
		"labels with a prefix",
		{ ...LABELLED, signature: { encoding: "hex", timestamp: "t", prefix: "sha256=" } },
	],
	[
		/sender\.signature\.separator\b/,
		"a separator without labels",
		{ ...PLAIN, signature: { encoding: "hex", separator: "," } },
	],
	[
		/sender\.signature\.assign\b/,
		"an assignment without labels",
		{ ...PLAIN, signature: { encoding: "hex", assign: "=" } },
	],
	[
		/sender\.signature\.timestamp\b/,
		"a labelled time without labels",
		{ ...STAMPED, signature: { encoding: "hex", timestamp: "t" } },
	],
	[
		/sender\.signature\b/,
		"a label for two things",
		{ ...LABELLED, signature: { encoding: "hex", timestamp: "v1" } },
	],
	[
		/sender\.signature\b/,
		"a separator that assigns",
		{ ...LABELLED, signature: { encoding: "hex", timestamp: "t", separator: ",", assign: "," } },
	],
	[
		/sender\.signature\.separator\b/,
		"an unknown separator",
		{ ...LABELLED, signature: { encoding: "hex", timestamp: "t", separator: "|" } },
	],
	[/sender\.signature\b/, "no encoding", { ...PLAIN, signature: {} }],
	[/sender\.signature\b/, "no signature", without(PLAIN, "signature")],
	[/sender\.signature\.encoding\b/, "unknown", { ...PLAIN, signature: { encoding: "utf8" } }],
	[
		/sender\.signature\.format\b/,
		"a format of ECDSA for HMAC",
		{ ...PLAIN, signature: { encoding: "hex", format: "raw" } },
	],
	[/sender\.signature\b.*"hash"/, "unknown", { ...PLAIN, signature: { encoding: "hex", hash: 1 } }],
	[/sender\.headers\b/, "no headers", without(PLAIN, "headers")],
	[/sender\.headers\b/, "an empty list of headers", { ...PLAIN, headers: [] }],
	[/sender\.headers\b/, "no signature", { ...PLAIN, headers: {} }],
	[/sender\.headers\b/, "an empty name", { ...PLAIN, headers: { signature: "" } }],
	[/sender\.headers\b/, "a name with a space", { ...PLAIN, headers: { signature: "x y" } }],
	[/sender\.headers\b/, "a name with a colon", { ...PLAIN, headers: { signature: "x:" } }],
	[/sender\.headers\b/, "a name that is none", { ...PLAIN, headers: { signature: 1 } }],
	[/sender\.headers\b/, "a text", { ...PLAIN, headers: "x-signature" }],
	[
		/sender\.headers\b/,
		"an unknown role",
		{ ...PLAIN, headers: { signature: "x-signature", body: "x-body" } },
	],
	[
		/sender\.(headers|signed)\b/,
		"an alternative without what is signed",
		{ ...STAMPED, headers: [STAMPED.headers, { signature: "x-other" }] },
	],
	[/sender\.expect\b/, "a name with a space", { ...PLAIN, expect: { "x version": "1" } }],
	[/sender\.expect\b/, "a value that is no text", { ...PLAIN, expect: { "x-version": 1 } }],
	[/sender\.prehash\b/, "an unknown digest", { ...PLAIN, prehash: "sha512" }],
	[/sender\.key\b/, "an unknown form of keys", { ...PLAIN, key: "raw" }],
	[
		/sender\.key\b/,
		"a form of secrets for public keys",
		{ ...PLAIN, algorithm: "ed25519", key: "utf8" },
	],
	[/sender\.payload\b/, "an unknown payload", { ...PLAIN, payload: "xml" }],
	[/sender\.rule\b/, "an unknown rule", { ...PLAIN, rule: "anything" }],
	[/sender\.rule\b/, "a name of every object", { ...PLAIN, rule: "toString" }],
	[/sender\.type\b/, "an empty column", { ...PLAIN, type: {} }],
	[/sender\.type\b/, "two columns", { ...PLAIN, type: { member: "a", header: "x-a" } }],
	[/sender\.type\b/, "a text", { ...PLAIN, type: "event.type" }],
	[/sender\.id\b/, "an empty path", { ...PLAIN, id: { member: "" } }],
	[/sender\.id\b/, "a header with a colon", { ...PLAIN, id: { header: "x-id:" } }],
	[
		/sender\.id\b/,
		"two places of an id",
		{
			...PLAIN,
			headers: { signature: "x-signature", id: "x-id" },
			signed: "{id}.{body}",
			id: { member: "id" },
		},
	],
	[/sender\.id\b/, "a fallback alone", { ...PLAIN, id: { fallback: "id" } }],
	[/sender\.id\b/, "a fallback of a header", { ...PLAIN, id: { header: "x-id", fallback: "id" } }],
	[/sender\.id\.unique\b/, "a text for a boolean", { ...PLAIN, id: { member: "id", unique: "" } }],
	[/sender\.changesOnRetry\b/, "an empty path", { ...PLAIN, changesOnRetry: ["a..b"] }],
	[/sender\.changesOnRetry\b/, "a text", { ...PLAIN, changesOnRetry: "retries" }],
	[/sender\.types\b/, "a text", { ...PLAIN, type: { member: "type" }, types: "a" }],
	[/sender\.keyHosts\b/, "a text", { ...PLAIN, keyHosts: "api.example" }],
	[/sender\.keyHosts\b/, "a URL", { ...PLAIN, keyHosts: ["https://api.example/"] }],
	[/sender\.name\b/, "no name", without(PLAIN, "name")],
	[/sender\.name\b/, "an empty name", { ...PLAIN, name: "" }],
	[/sender\.name\b/, "upper case", { ...PLAIN, name: "Mine" }],
	[/sender\.name\b/, "two hyphens", { ...PLAIN, name: "my--own" }],
	[/sender\.name\b/, "a space", { ...PLAIN, name: "my own" }],
	[/sender\.name\b/, "a new line", { ...PLAIN, name: "mine\n" }],
	[/sender\.name\b/, "a long name", { ...PLAIN, name: "m".repeat(65) }],
	[/sender\b.*secret/, "an unknown member", { ...PLAIN, secret: "x" }],
	[/sender\b.*header\b/, "a member that is nearly one", { ...PLAIN, header: PLAIN.headers }],
	[/sender\b.*tolerance_seconds/, "another spelling", { ...STAMPED, tolerance_seconds: 300 }],
	[
		/sender\b.*__proto__/,
		"a prototype as a member",
		JSON.parse(JSON.stringify(PLAIN).replace("{", '{"__proto__":{"signed":"{body}"},')),
	],
	[
		/sender\.algorithm\b/,
		"a prototype as a label",
		{ ...LABELLED, algorithm: JSON.parse('{"__proto__":"hmac-sha256"}') },
	],
	[
		/sender\.headers\b/,
		"a prototype among the headers",
		{ ...PLAIN, headers: JSON.parse('{"signature":"x-signature","__proto__":"x-a"}') },
	],
	[/sender\.signed\b.*\{body\} once/, "the body twice", { ...PLAIN, signed: "{body}{body}" }],
	[
		/sender\.signed\b.*without a dollar sign, got \$\{timestamp\}/,
		"a template literal",
		{ ...STAMPED, signed: "$" + "{timestamp}.$" + "{body}" },
	],
	[/sender\.signed\b.*did you mean \{body\}/, "another token", { ...PLAIN, signed: "{bodyy}" }],
	[/sender\.signed\b/, "a prototype as a token", { ...PLAIN, signed: "{__proto__}{body}" }],
	[/sender\.signed\b/, "a method as a token", { ...PLAIN, signed: "{toString}{body}" }],
	[/sender\b/, "nothing in it", {}],
	[/sender\b/, "a list", [PLAIN]],
	[/sender\b/, "null", null],
	[/sender\b/, "a number", 1],
];

describe("descriptors that make no sense", () => {
	for (const [entry, library] of libraries) {
		for (const [member, title, descriptor] of REFUSED) {
			test(`${member.source}: ${title}, ${entry}`, () => {
				assert.throws(
					() =>
						library.createVerifier({
							sender: descriptor as SenderDescriptor,
							keys: "2b7e1516-28ae-d2a6-abf7-158809cf4f3c",
						}),
					(error) => {
						assert.ok(error instanceof library.ConfigError, String(error));
						assert.equal(error.code, "invalid_sender", error.message);
						assert.match(error.message, member);
						return true;
					},
				);
			});
		}

		test(`what inherits its members has none, ${entry}`, () => {
			const { signed: _, ...rest } = PLAIN;
			const inherited = Object.assign(Object.create({ signed: "{body}" }), rest);
			assert.throws(
				() => library.createVerifier({ sender: inherited, keys: "k".repeat(32) }),
				(error) => error instanceof library.ConfigError && error.code === "invalid_sender",
			);
		});

		test(`a key of another kind, ${entry}`, () => {
			for (const of of ["fireblocks", "circle", "ramp"]) {
				const privateKey = keyPair(signerOf(of)).signing as KeyObject;
				for (const keys of [
					privateKey.export({ format: "pem", type: "pkcs8" }) as string,
					createPublicKey(privateKey).export({ format: "pem", type: "spki" }) as string,
				]) {
					assert.throws(
						() => library.createVerifier({ sender: PLAIN, keys }),
						(error) => error instanceof library.ConfigError && error.code === "invalid_key",
						of,
					);
				}
			}
		});

		test(`what is changed afterwards changes nothing, ${entry}`, () => {
			const descriptor = structuredClone(STAMPED);
			const keys = "2b7e1516-28ae-d2a6-abf7-158809cf4f3c";
			const verifier = library.createVerifier({ sender: descriptor, keys, now: () => NOW });
			Object.assign(descriptor, { signed: "{body}", toleranceSeconds: 86_400 });
			const time = write(NOW, "s");
			const post = (text: string) =>
				verifier.safeVerify({
					headers: {
						"x-signature": createHmac("sha256", keys).update(text).digest("hex"),
						"x-timestamp": time,
					},
					body: "{}",
				});
			accepted(post(`${time}.{}`));
			refused(post("{}"), "signature_mismatch");
		});

		test(`nothing comes from the prototype of all objects, or reaches it, ${entry}`, () => {
			const keys = "2b7e1516-28ae-d2a6-abf7-158809cf4f3c";
			const paths = ["constructor.name", "a.constructor.name", "__proto__.constructor.name", "a.b"];
			for (const body of ["{}", '{"a":"x"}', '{"a":{},"__proto__":{"polluted":true}}']) {
				for (const path of paths) {
					const sender = { ...PLAIN, type: { member: path }, id: { member: path } };
					const headers = { "x-signature": createHmac("sha256", keys).update(body).digest("hex") };
					const verifier = library.createVerifier({ sender, keys });
					const { id, event } = accepted(verifier.safeVerify({ headers, body }));
					const { type } = event as { type?: unknown };
					assert.deepEqual([id, type], [undefined, undefined], `${path} of ${body}`);
				}
			}
			assert.equal(({} as { polluted?: unknown }).polluted, undefined);
		});
	}
});

/** What a listed sender's name says, and nothing else. */
describe("names", () => {
	for (const [entry, library] of libraries) {
		test(`names of nobody, ${entry}`, () => {
			for (const name of ["", "Stripe", " stripe", "__proto__", "constructor", "toString"]) {
				assert.throws(
					() => library.createVerifier({ sender: name as "stripe", keys: "k".repeat(32) }),
					(error) => error instanceof library.ConfigError && error.code === "unknown_sender",
					name,
				);
			}
			for (const [name, message] of [
				["strip", 'unknown sender "strip" (did you mean "stripe" or "strike"?)'],
				[
					"coinbase",
					'unknown sender "coinbase" (did you mean "coinbase-cdp" or "coinbase-commerce"?)',
				],
				["paypal", 'unknown sender "paypal" (senders() lists the names)'],
				// It may be a secret in the wrong place.
				["2b7e1516-28ae-d2a6", "unknown sender (senders() lists the names)"],
				["whsecabcdefghijklmnopqrst", "unknown sender (senders() lists the names)"],
			]) {
				const sender = name as "stripe";
				const refusal = { code: "unknown_sender", message };
				assert.throws(() => library.createVerifier({ sender, keys: "k".repeat(32) }), refusal);
				assert.throws(() => full.sign({ sender, key: "k".repeat(32), body: "" }), refusal);
			}
		});
		test(`a name of the list by itself in an object, ${entry}`, () => {
			const sender = { name: "stripe" } as unknown as SenderDescriptor;
			const refusal = { code: "invalid_sender", message: /pass its name: sender: "stripe"/ };
			assert.throws(() => library.createVerifier({ sender, keys: "k" }), refusal);
			assert.throws(() => full.sign({ sender, key: "k", body: "" }), refusal);
			const unknown = { name: "mine" } as unknown as SenderDescriptor;
			const message = "sender.algorithm: expected a value, got nothing";
			assert.throws(() => library.createVerifier({ sender: unknown, keys: "k" }), { message });
		});
		test(`keys in objects of other members, ${entry}`, () => {
			const key = full.generateSecret();
			for (const [keys, got] of [
				[{ id: "a", secret: key }, 'an object of "id", "secret"'],
				[{ current: key }, 'an object of "current"'],
				[[key, [key]], "an array"],
				[[key, {}], "an object of nothing"],
				// What may be the key itself is not shown.
				[{ [key]: true }, "an object of string"],
			] as const) {
				const index = Array.isArray(keys) ? 1 : 0;
				assert.throws(() => library.createVerifier({ keys: keys as never }), {
					code: "invalid_key",
					message: `keys[${index}]: expected a string, a Uint8Array, a JSON Web Key or { id, key }, got ${got}`,
				});
			}
			assert.throws(() => library.createVerifier({ keys: { kid: "a", key } as never }), {
				code: "invalid_key",
				message: 'keys[0]: unknown member "kid" beside key (known: id, key)',
			});
		});
		test(`nothing to sign, and a method in lower case, ${entry}`, () => {
			const key = full.generateSecret();
			for (const [body, got] of [
				[undefined, "undefined"],
				[null, "null"],
				[{ type: "paid" }, "object"],
			] as const) {
				const message = `expected the body to sign as a string or bytes, got ${got} (of an event: JSON.stringify(event))`;
				const options = { key, body } as unknown as SignOptions<string>;
				assert.throws(() => full.sign(options), { name: "TypeError", message });
			}
			const sender = { ...PLAIN, signed: "{method} {body}" };
			assert.throws(() => full.sign({ sender, key: "k", body: "", method: "post" }), {
				code: "invalid_option",
				message: "method: expected a method in capital letters, such as POST",
			});
		});
		test(`a name of the list does not bring its rules, ${entry}`, () => {
			const keys = "2b7e1516-28ae-d2a6-abf7-158809cf4f3c";
			const sender = { ...PLAIN, name: "stripe" };
			const headers = { "x-signature": createHmac("sha256", keys).update("{}").digest("hex") };
			const verifier = library.createVerifier({ sender, keys });
			accepted(verifier.safeVerify({ headers, body: "{}" }));
		});
	}
});

function without<T extends object>(whole: T, name: keyof T): object {
	return Object.fromEntries(Object.entries(whole).filter(([one]) => one !== name));
}
