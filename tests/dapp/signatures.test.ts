/** Signed messages of every scheme, against the libraries that wallets and servers use. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Base58, Bytes, KeyType, PrivateKey, PublicKey, Signature } from "@wharfkit/antelope";
import { verifyMessage as verifyByEthers, Wallet } from "ethers";
import { TronWeb, Trx } from "tronweb";
import nacl from "tweetnacl";
import { type Hex, verifyMessage as verifyByViem } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { Random } from "../random.ts";
import {
	type Altered,
	alterSignature,
	compact,
	crossCheck,
	flipBit,
	isPossible,
	negated,
	privateKey,
	randomMessage,
	type Signed,
	toBytes,
	toHex,
} from "./cross-check.ts";
import { safeVerifySignedMessage } from "./library.ts";

type Content = string | Uint8Array;

test("eip191, against viem and ethers", () => {
	const forViem = (message: Content) => (typeof message === "string" ? message : { raw: message });
	return crossCheck<Content>({
		scheme: "eip191",
		seed: 191,
		every: 8,
		peers: [
			{
				name: "viem",
				verify: ({ message, signature, address }) =>
					verifyByViem({
						address: address as Hex,
						message: forViem(message),
						signature: signature as Hex,
					}),
				lax: ["the high s"],
				strict: ["EIP-2098", "no prefix"],
			},
			{
				name: "ethers",
				verify: ({ message, signature, address }) =>
					verifyByEthers(message, String(signature)) === address,
				lax: ["v of EIP-155"],
				strict: ["no prefix"],
			},
		],
		sign: async (random, index) => {
			const [key, message] = [privateKey(random), randomMessage(random)];
			const account = privateKeyToAccount(key);
			const signature =
				index % 2 === 0
					? await account.signMessage({ message: forViem(message) })
					: new Wallet(key).signMessageSync(message);
			const { address, publicKey } = account;
			return [
				{ message, signature, address },
				{ address, publicKey },
			];
		},
		alter: (random, signed) => [
			...alterContent(random, signed),
			{
				what: "the account",
				change: { address: `0x${toHex(random.bytes(20))}` },
				code: "signature_mismatch",
			},
			{ what: "EIP-2098", change: { signature: compact(String(signed.signature)) } },
			{ what: "no prefix", change: { signature: String(signed.signature).slice(2) } },
		],
	});
});

/** Another message, another signature. */
function alterContent(random: Random, { message, signature }: Signed<Content>): Altered<Content>[] {
	const changed = flipBit(random, toBytes(message));
	return [
		{ what: "a bit of the message", change: { message: changed }, code: "signature_mismatch" },
		...alterSignature<Content>(random, String(signature)),
	];
}

/** What TronWeb lets pass since ethers, on which it is built, does. */
const LAX_ON_TRON = ["v of EIP-155", "EIP-2098"];

/** A key of TRON with its account, and what a verdict says of both. */
function tronSigner(random: Random): [key: string, signer: { address: string; publicKey: string }] {
	const key = privateKey(random);
	const { publicKey } = privateKeyToAccount(key);
	const address = String(TronWeb.address.fromPrivateKey(key.slice(2)));
	return [key.slice(2), { address, publicKey }];
}

function alterOnTron(random: Random, signed: Signed<Content>): Altered<Content>[] {
	const account = `41${toHex(random.bytes(20))}`;
	const address = String(TronWeb.address.fromHex(account));
	const signature = String(signed.signature);
	return [
		...alterContent(random, signed),
		{ what: "the account", change: { address }, code: "signature_mismatch" },
		{ what: "EIP-2098", change: { signature: compact(signature) }, code: "malformed_signature" },
		{ what: "no prefix", change: { signature: signature.slice(2) } },
		{
			what: "the account in hex",
			change: { address: String(TronWeb.address.toHex(String(signed.address))) },
		},
	];
}

test("tron-v1, against tronweb", () => {
	// TronWeb takes the message as hex digits; here they are text, and bytes are bytes.
	const digits = (message: Content) => (typeof message === "string" ? message : toHex(message));
	return crossCheck<Content>({
		scheme: "tron-v1",
		seed: 1,
		every: 8,
		peers: [
			{
				name: "tronweb",
				verify: ({ message, signature, address = "" }) =>
					Trx.verifySignature(digits(message), address, String(signature)),
				lax: LAX_ON_TRON,
			},
		],
		sign: (random) => {
			const [key, signer] = tronSigner(random);
			const bytes = toBytes(randomMessage(random));
			const message = random.pick([bytes, toHex(bytes), `0x${toHex(bytes)}`]);
			const signature = Trx.signString(digits(message), key);
			return [{ message, signature, address: signer.address }, signer];
		},
		alter: (random, signed) =>
			alterOnTron(random, {
				...signed,
				message: Buffer.from(digits(signed.message).replace("0x", ""), "hex"),
			}),
	});
});

test("tron-v2, against tronweb", () =>
	crossCheck<Content>({
		scheme: "tron-v2",
		seed: 2,
		every: 8,
		peers: [
			{
				name: "tronweb",
				verify: ({ message, signature, address }) =>
					Trx.verifyMessageV2(message, String(signature)) ===
					TronWeb.address.fromHex(String(address)),
				lax: LAX_ON_TRON,
			},
		],
		sign: (random) => {
			const [key, signer] = tronSigner(random);
			const message = randomMessage(random);
			const signature = Trx.signMessageV2(message, key);
			return [{ message, signature, address: signer.address }, signer];
		},
		alter: alterOnTron,
	}));

test("eos-k1, against wharfkit", () => {
	const toBytesOfEos = (message: Content) => Bytes.from(toBytes(message));
	return crossCheck<Content>({
		scheme: "eos-k1",
		seed: 31,
		every: 8,
		peers: [
			{
				name: "wharfkit",
				verify: ({ message, signature, publicKeys = [] }) =>
					publicKeys.some((key) =>
						Signature.from(String(signature)).verifyMessage(
							toBytesOfEos(message),
							PublicKey.from(key),
						),
					),
				lax: ["the high s", "the recovery id"],
			},
		],
		sign: (random) => {
			const key = new PrivateKey(KeyType.K1, Bytes.from(random.bytes(32)));
			const publicKey = String(key.toPublic());
			const message = randomMessage(random);
			const signature = String(key.signMessage(toBytesOfEos(message)));
			const keys = [publicKey, key.toPublic().toLegacyString()];
			return [{ message, signature, publicKeys: [random.pick(keys)] }, { publicKey }];
		},
		alter: (random, { message, signature, publicKeys = [] }) => {
			const data = Signature.from(String(signature)).data.array;
			const [header = 0, halves] = [data[0], data.subarray(1)];
			const write = (header: number, halves: Uint8Array) =>
				String(new Signature(KeyType.K1, Bytes.from(Buffer.concat([Buffer.of(header), halves]))));
			const flipped = flipBit(random, halves);
			const other = (header: number) => 31 + ((header - 31) ^ 1);
			const stranger = String(new PrivateKey(KeyType.K1, Bytes.from(random.bytes(32))).toPublic());
			const text = String(signature);
			const at = random.between("SIG_K1_".length, text.length - 1);
			const typo = text[at] === "z" ? "y" : "z";
			return [
				{
					what: "a bit of r or s",
					change: { signature: write(header, flipped) },
					code: isPossible(flipped) ? "signature_mismatch" : "malformed_signature",
				},
				{
					what: "the high s",
					change: { signature: write(other(header), negated(halves)) },
					code: "malformed_signature",
				},
				{
					what: "the recovery id",
					change: { signature: write(other(header), halves) },
					code: "signature_mismatch",
				},
				{
					what: "a bit of the message",
					change: { message: flipBit(random, toBytes(message)) },
					code: "signature_mismatch",
				},
				{ what: "the key", change: { publicKeys: [stranger] }, code: "signature_mismatch" },
				{
					what: "a typing error",
					change: { signature: text.slice(0, at) + typo + text.slice(at + 1) },
					code: "malformed_signature",
				},
				{
					what: "one of several keys",
					change: { publicKeys: [stranger, ...publicKeys, stranger] },
				},
			];
		},
	});
});

/** The order of Curve25519's group. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

test("solana, against tweetnacl", () => {
	const seeds = new Random(25_519);
	const pairs = seeds.list(8, 8, () => nacl.sign.keyPair.fromSeed(seeds.bytes(32)));
	const read = (signature: string | Uint8Array | ArrayBuffer): Uint8Array => {
		if (typeof signature !== "string") return new Uint8Array(signature);
		return /^(0x)?[0-9a-f]{128}$/.test(signature)
			? Buffer.from(signature.replace("0x", ""), "hex")
			: Base58.decode(signature).array;
	};
	return crossCheck<Content>({
		scheme: "solana",
		seed: 8032,
		every: 20,
		peers: [
			{
				name: "tweetnacl",
				verify: ({ message, signature, address = "" }) =>
					nacl.sign.detached.verify(
						new Uint8Array(toBytes(message)),
						read(signature),
						Base58.decode(address).array,
					),
				lax: ["s above the order"],
			},
		],
		sign: (random, index) => {
			const { publicKey: key, secretKey } = pairs[index % pairs.length] as nacl.SignKeyPair;
			const message = randomMessage(random);
			const bytes = nacl.sign.detached(new Uint8Array(toBytes(message)), secretKey);
			const signature = Base58.encode(bytes);
			const [address, publicKey] = [Base58.encode(key), Base58.encode(key)];
			return [
				{ message, signature, address },
				{ address, publicKey },
			];
		},
		alter: (random, { message, signature, address = "" }) => {
			const bytes = read(signature);
			const s = BigInt(`0x${toHex(Uint8Array.from(bytes.subarray(32)).reverse())}`) + ORDER;
			const above = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
			const stranger = pairs.find(({ publicKey }) => Base58.encode(publicKey) !== address);
			return [
				{
					what: "a bit of the signature",
					change: { signature: flipBit(random, bytes) },
					code: "signature_mismatch",
				},
				{
					what: "a bit of the message",
					change: { message: flipBit(random, toBytes(message)) },
					code: "signature_mismatch",
				},
				{
					what: "the account",
					change: { address: Base58.encode(stranger?.publicKey ?? "") },
					code: "signature_mismatch",
				},
				{
					what: "s above the order",
					change: { signature: Buffer.concat([bytes.subarray(0, 32), above]) },
					code: "signature_mismatch",
				},
				{
					what: "a byte less",
					change: { signature: bytes.subarray(1) },
					code: "malformed_signature",
				},
				{ what: "bytes", change: { signature: bytes } },
				{ what: "a buffer", change: { signature: new Uint8Array(bytes).buffer } },
				{ what: "hex", change: { signature: toHex(bytes) } },
				{ what: "hex behind 0x", change: { signature: `0x${toHex(bytes)}` } },
			];
		},
	});
});

test("solana: no key of small order signs everything, though tweetnacl lets it", () => {
	const key = Uint8Array.of(1, ...new Uint8Array(31));
	const signature = Uint8Array.of(...key, ...new Uint8Array(32));
	for (const message of ["pay", "do not pay"]) {
		assert.ok(nacl.sign.detached.verify(toBytes(message), signature, key));
		const address = Base58.encode(key);
		const result = safeVerifySignedMessage({ scheme: "solana", message, signature, address });
		assert.equal(result.ok ? "ok" : result.code, "signature_mismatch");
	}
});
