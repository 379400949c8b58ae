/** Published keys, and texts of values that are not set, in place of a secret: anybody could sign. */
import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import type { KeyInput, KeyMaterial, SenderName } from "wallet-callback";
import { full, libraries } from "./package.ts";

const KEYS = [
	["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey],
	["P-256", generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey],
	["P-384", generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey],
	["secp256k1", generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey],
	["Ed25519", generateKeyPairSync("ed25519").publicKey],
	["Ed448", generateKeyPairSync("ed448").publicKey],
] as const;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBjTCCATOgAwIBAgIUA3n/HpobcQrdvYcol/opNrRosZAwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRY2FsbGJhY2tzLmV4YW1wbGUwHhcNMjYxMTI4MTk0NjA3WhcN
MzYxMTI1MTk0NjA3WjAcMRowGAYDVQQDDBFjYWxsYmFja3MuZXhhbXBsZTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABInLUBb3gAJs1KiCqQRQT7ku1HbSdGduVZ3t
3zUO0qyOqXc3YpU5uFmmN1Wx2qMY+9Ot6VokpelZJq2glNOkhXKjUzBRMB0GA1Ud
DgQWBBTthbIaX0KrLtm5RKyFvT+uXf0FLDAfBgNVHSMEGDAWgBTthbIaX0KrLtm5
RKyFvT+uXf0FLDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIHTD
T5B3hTt5eYaxNCQlG8q+jIwZNcGXsUzXhgosqjCWAiEAiAWKHxY87ttkHRFAC/wq
SyXN59D9tiGNcr4t6JWLBe8=
-----END CERTIFICATE-----
`;

const withoutArmour = (pem: string) => pem.replace(/-----.*?-----/g, "").trim();

/** Every form in which a key comes in. */
function forms(): [name: string, key: KeyInput][] {
	const forms: [string, KeyInput][] = [
		["a certificate", CERTIFICATE],
		["a certificate's DER", new X509Certificate(CERTIFICATE).raw],
		["a certificate without its armour", withoutArmour(CERTIFICATE)],
	];
	for (const [name, key] of KEYS) {
		const types = name === "RSA" ? (["spki", "pkcs1"] as const) : (["spki"] as const);
		for (const type of types) {
			const pem = `${key.export({ type, format: "pem" } as { type: "spki"; format: "pem" })}`;
			const der = key.export({ type, format: "der" } as { type: "spki"; format: "der" });
			const what = `${name}, ${type}`;
			forms.push(
				[`${what}, PEM`, pem],
				[`${what}, PEM in a Buffer`, Buffer.from(pem)],
				[`${what}, PEM with escaped line breaks`, pem.replaceAll("\n", "\\n")],
				[`${what}, PEM in base64`, Buffer.from(pem).toString("base64")],
				[`${what}, PEM without its armour`, withoutArmour(pem)],
				[`${what}, DER`, der],
				[`${what}, DER in a Uint8Array`, new Uint8Array(der)],
				[`${what}, DER in hex`, der.toString("hex")],
				[`${what}, DER in base64`, der.toString("base64")],
				[`${what}, DER in base64url`, der.toString("base64url")],
				[`${what}, base64 in a Buffer`, Buffer.from(der.toString("base64"))],
				[`${what}, base64 in quotation marks`, `"${der.toString("base64")}"`],
				[`${what}, hex in single ones, in a Buffer`, Buffer.from(`'${der.toString("hex")}'`)],
				[`${what}, a line in a Buffer`, Buffer.from(`PUBLIC_KEY="${der.toString("base64")}"\n`)],
				[`${what}, a member`, `publicKey: '${der.toString("base64")}',`],
			);
		}
		const jwk = key.export({ format: "jwk" });
		forms.push(
			[`${name}, JWK`, JSON.stringify(jwk)],
			[`${name}, JWK in a Buffer`, Buffer.from(JSON.stringify(jwk))],
			[`${name}, JWK Set`, JSON.stringify({ keys: [jwk] })],
			[`${name}, JWK as an object`, jwk as unknown as KeyInput],
		);
	}
	return forms;
}

for (const [entry, library] of libraries) {
	const isThere = (needed: string) => library === full || needed === "wallet-callback";
	const listed = library.senders().filter(({ entry: needed }) => isThere(needed));
	const senders = listed.map(({ name }) => name);
	const sharing: SenderName[] = ["github", "stripe", "coinbase-commerce", "nowpayments", "moralis"];
	const custom = {
		name: "acme",
		algorithm: "hmac-sha512",
		headers: { signature: "acme-signature" },
		signature: { encoding: "hex" },
		signed: "{body}",
	} as const;
	const subjects: (SenderName | typeof custom)[] = [
		custom,
		...sharing.filter((name) => senders.includes(name)),
	];

	describe(`${entry}: a published key is no secret`, () => {
		const refused = { name: "ConfigError", code: "invalid_key", message: /public key/ };
		for (const [name, key] of forms()) {
			test(name, () => {
				for (const sender of subjects) {
					for (const keys of [key, [key], { key }, { id: "a", key }] as KeyInput[]) {
						assert.throws(() => library.createVerifier({ sender, keys }), refused);
					}
				}
				const material = key as KeyMaterial;
				assert.throws(() => full.sign({ sender: custom, key: material, body: "{}" }), refused);
			});
		}

		test("of the wallet, as bytes", () => {
			for (const key of [
				Buffer.from(full.generateKeyPair().publicKey),
				createPublicKey(KEYS[4][1].export({ type: "spki", format: "pem" })).export({
					type: "spki",
					format: "der",
				}),
			]) {
				assert.throws(() => library.createVerifier({ keys: key }), refused);
			}
		});
	});

	test(`${entry}: a line of an env file is no key`, () => {
		const base64 = KEYS[0][1].export({ type: "spki", format: "der" }).toString("base64");
		for (const value of [base64, `"${base64}"`, "an-ordinary-secret", "whsec_AAAA"]) {
			for (const line of [
				`PUBLIC_KEY=${value}`,
				`export WEBHOOK_SECRET=${value}`,
				`S3=${value}\n`,
			]) {
				for (const sender of [...subjects, "tp-wallet" as const]) {
					assert.throws(() => library.createVerifier({ sender, keys: line }), {
						code: "invalid_key",
						message: /env file/,
					});
				}
			}
		}
		// Base64 of capital letters and digits, and a text with an equals sign in it.
		for (const keys of [
			"TWFu",
			"QUJDRA==",
			"QUJDREU=",
			"=",
			"A=",
			"a=b",
			"Mixed_CASE=1",
			"=VALUE",
		]) {
			library.createVerifier({ sender: custom, keys });
		}
	});

	test(`${entry}: the text of a value that is not set is no key`, () => {
		const unset: unknown[] = [undefined, null, {}, Number.NaN, Promise.resolve("secret"), true];
		for (const text of unset.map((value) => `${value}`)) {
			for (const sender of [...subjects, "tp-wallet" as const]) {
				for (const keys of [text, ` ${text}\n`, Buffer.from(text)]) {
					const options = { sender, keys, dangerouslyAllowShortKeys: true };
					assert.throws(() => library.createVerifier(options), {
						code: "invalid_key",
						message: /unset value/,
					});
				}
			}
		}
	});

	test(`${entry}: a secret that starts like a key`, () => {
		const body = "{}";
		for (const secret of [
			"MII",
			`MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A${"A".repeat(32)}`,
			"0Y0secret",
		]) {
			const verifier = library.createVerifier({ sender: custom, keys: secret });
			const signature = createHmac("sha512", secret).update(body).digest("hex");
			assert.ok(verifier.safeVerify({ headers: { "acme-signature": signature }, body }).ok);
		}
	});
}
