/** Signatures that their sources have published. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PublicKey } from "@wharfkit/antelope";
import { getAddress } from "viem";
import type { SignatureScheme, SignedMessageOptions } from "wallet-callback/dapp";
import { safeVerifySignedMessage } from "./library.ts";

interface Vector {
	readonly kind: string;
	readonly valid: boolean;
	readonly message_utf8?: string;
	readonly message_hex?: string;
	readonly address?: string;
	readonly public_key?: string;
	readonly signature?: string;
	readonly signature_hex?: string;
	readonly r?: string;
	readonly s?: string;
	readonly v?: number;
	readonly [member: string]: unknown;
}

const VECTORS: readonly Vector[] = JSON.parse(
	readFileSync(new URL("../vectors/wallet-signatures.json", import.meta.url), "utf8"),
);

const ADDRESS = /^0x[0-9a-f]{40}$/i;

/** The example of EIP-712, whose digest alone is in the vectors. */
const MAIL = {
	types: {
		EIP712Domain: [
			{ name: "name", type: "string" },
			{ name: "version", type: "string" },
			{ name: "chainId", type: "uint256" },
			{ name: "verifyingContract", type: "address" },
		],
		Person: [
			{ name: "name", type: "string" },
			{ name: "wallet", type: "address" },
		],
		Mail: [
			{ name: "from", type: "Person" },
			{ name: "to", type: "Person" },
			{ name: "contents", type: "string" },
		],
	},
	primaryType: "Mail",
	domain: {
		name: "Ether Mail",
		version: "1",
		chainId: 1,
		verifyingContract: "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC",
	},
	message: {
		from: { name: "Cow", wallet: "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826" },
		to: { name: "Bob", wallet: "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB" },
		contents: "Hello, Bob!",
	},
};

/** The text of a sign-in message, of whose members the vector consists. */
const signIn = (vector: Vector): string =>
	[
		`${vector.domain} wants you to sign in with your Ethereum account:`,
		vector.address,
		"",
		vector.statement,
		"",
		`URI: ${vector.uri}`,
		`Version: ${vector.version}`,
		`Chain ID: ${vector.chain_id}`,
		`Nonce: ${vector.nonce}`,
		`Issued At: ${vector.issued_at}`,
		`Expiration Time: ${vector.expiration_time}`,
	].join("\n");

/** A vector as the options that it is verified with. */
function toOptions(vector: Vector): SignedMessageOptions {
	const { kind, address, public_key, r, s, v } = vector;
	const signature =
		vector.signature ?? vector.signature_hex ?? `${r}${s?.slice(2)}${v?.toString(16)}`;
	const message = vector.message_utf8 ?? Buffer.from(vector.message_hex ?? "", "hex");
	const publicKeys = public_key === undefined ? undefined : [public_key];
	// Each has an account or keys.
	const owned = { message, signature, address, publicKeys } as Omit<
		SignedMessageOptions,
		"scheme"
	> & {
		readonly address: string;
	};
	switch (kind) {
		case "eip712-digest":
			return { ...owned, scheme: "eip712", message: MAIL };
		case "eip4361": {
			const [domain, nonce] = [String(vector.domain), String(vector.nonce)];
			const now = Date.parse(String(vector.issued_at));
			return { ...owned, scheme: "eip4361", message: signIn(vector), domain, nonce, now };
		}
		case "solana-ed25519":
			return { ...owned, scheme: "solana" };
		default:
			return { ...owned, scheme: kind as SignatureScheme };
	}
}

for (const vector of VECTORS) {
	const { kind, valid, source, address, public_key } = vector;
	test(`${kind}: ${source}`, () => {
		const options = toOptions(vector);
		if (!valid) {
			const key = VECTORS.find((other) => other.kind === kind && other.valid)?.public_key as string;
			const result = safeVerifySignedMessage({ ...options, publicKeys: [key] });
			assert.equal(result.ok ? "ok" : result.code, "malformed_signature");
			return;
		}
		const result = safeVerifySignedMessage(options);
		assert.ok(result.ok, JSON.stringify(result));
		if (address !== undefined) {
			assert.equal(result.address, ADDRESS.test(address) ? getAddress(address) : address);
		}
		if (public_key !== undefined) {
			assert.equal(result.publicKey, String(PublicKey.from(public_key)));
		}
	});
}

test("each scheme has a published signature", () => {
	const schemes = VECTORS.filter(({ valid }) => valid).map((vector) => toOptions(vector).scheme);
	assert.deepEqual(
		new Set(schemes),
		new Set(["eip191", "eip712", "eip4361", "tron-v1", "tron-v2", "eos-k1", "solana"]),
	);
	assert.equal(VECTORS.length, 9);
});
