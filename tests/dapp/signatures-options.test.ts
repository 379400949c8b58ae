/** The options of `safeVerifySignedMessage`, and signatures that no key has made. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Bytes, KeyType, PrivateKey } from "@wharfkit/antelope";
import { Signature } from "ethers";
import { serializeErc6492Signature } from "viem";
import type { RecoverSignerOptions, SignedMessageOptions } from "wallet-callback/dapp";
import { ConfigError, safeRecoverSigner, safeVerifySignedMessage } from "./library.ts";
import { EosWallet, EvmWallet } from "./wallets.ts";

const alice = new EvmWallet("a1");
const mallory = new EvmWallet("66");
const eos = new EosWallet("alice", "a1");

const TEXT = "Hello.";
const DATA = {
	types: { EIP712Domain: [], Box: [{ name: "x", type: "uint8" }] },
	primaryType: "Box",
	domain: {},
	message: { x: 1 },
};
const SIGN_IN = [
	`shop.example wants you to sign in with your Ethereum account:\n${alice.address}\n\n`,
	"URI: https://shop.example\nVersion: 1\nChain ID: 1\nNonce: 0123456789abcdef",
	"Issued At: 2026-01-15T12:00:00Z",
].join("\n");
const OF_SIGN_IN = {
	domain: "shop.example",
	nonce: "0123456789abcdef",
	now: Date.UTC(2026, 0, 15, 12),
};

const EVM: readonly Omit<RecoverSignerOptions, "signature">[] = [
	{ scheme: "eip191", message: TEXT },
	{ scheme: "eip712", message: DATA },
	{ scheme: "eip712-v1", message: [{ type: "string", name: "x", value: "y" }] },
	{ scheme: "eip4361", message: SIGN_IN, ...OF_SIGN_IN },
];

const codeOf = (options: SignedMessageOptions) => {
	const result = safeVerifySignedMessage(options);
	return result.ok ? "ok" : result.code;
};

const hex = (length: number, byte = "11"): string => `0x${byte.repeat(length)}`;

test("what may be a contract wallet's signature is no forgery yet", async () => {
	const wrapped = serializeErc6492Signature({
		address: alice.address,
		data: "0xdeadbeef",
		signature: await alice.sign(TEXT),
	});
	const contracts = [
		wrapped,
		hex(130),
		hex(195),
		hex(650),
		hex(96),
		hex(128),
		hex(1024),
		hex(32, "64").replace(/(64)+/, "6492".repeat(16)),
	];
	for (const options of EVM) {
		for (const signature of contracts) {
			for (const result of [
				safeVerifySignedMessage({ ...options, signature, address: alice.address }),
				safeRecoverSigner({ ...options, signature }),
			]) {
				assert.ok(!result.ok);
				assert.equal(result.code, "needs_chain", signature);
				assert.match(result.message, /erc-1271/);
			}
		}
		for (const length of [1, 32, 63, 66, 95, 97, 129, 131]) {
			const { address } = alice;
			const signed = { ...options, signature: hex(length), address };
			assert.equal(codeOf(signed), "malformed_signature", String(length));
		}
	}
	for (const scheme of ["tron-v1", "tron-v2"] as const) {
		for (const signature of contracts) {
			const result = safeRecoverSigner({ scheme, message: "00", signature });
			assert.equal(result.ok || result.code, "malformed_signature");
		}
	}
});

test("a mismatch says that a contract wallet cannot be told from here", async () => {
	const signature = await mallory.sign(TEXT);
	const { address } = alice;
	const result = safeVerifySignedMessage({ scheme: "eip191", message: TEXT, signature, address });
	assert.ok(!result.ok && result.code === "signature_mismatch");
	assert.match(result.message, /erc-1271/);
});

test("who has signed is told by a function of its own", async () => {
	const signature = await mallory.sign(TEXT);
	const { address, publicKey } = mallory;
	const signed = { scheme: "eip191", message: TEXT, signature } as const;
	assert.deepEqual(safeRecoverSigner(signed), { ok: true, address, publicKey, signature });
	for (const more of [{ address }, { publicKeys: [publicKey] }]) {
		assert.throws(() => safeRecoverSigner({ ...signed, ...more }), ConfigError);
	}
	for (const scheme of ["solana", "eos-k1"]) {
		assert.throws(
			() => safeRecoverSigner({ ...signed, scheme } as never),
			/^ConfigError: scheme: /,
		);
	}
});

test("nobody is accepted for a user who has no account on file", async () => {
	const signature = await mallory.sign(TEXT);
	const user: { address?: string } = {};
	for (const options of [...EVM, { scheme: "tron-v2", message: TEXT } as const]) {
		for (const address of [user.address, null]) {
			assert.throws(
				() => safeVerifySignedMessage({ ...options, signature, address } as never),
				/^ConfigError: address: expected /,
			);
		}
	}
});

test("a signature has one normal form, whatever its spelling", async () => {
	for (const wallet of [alice, mallory]) {
		const signature = await wallet.sign(TEXT);
		const [halves, v] = [signature.slice(2, 130), Number.parseInt(signature.slice(130), 16)];
		const { r, yParityAndS } = Signature.from(signature);
		const spellings = [
			signature,
			signature.slice(2),
			`0x${halves.toUpperCase()}${v.toString(16)}`,
			`${halves}0${v - 27}`,
			r + yParityAndS.slice(2),
			Buffer.from(signature.slice(2), "hex"),
		];
		for (const spelling of spellings) {
			const signed = { scheme: "eip191", message: TEXT, signature: spelling } as const;
			const result = safeVerifySignedMessage({ ...signed, address: wallet.address });
			assert.ok(result.ok);
			assert.equal(result.signature, signature);
		}
	}
});

test("an account in every spelling, and keys in theirs", async () => {
	const signature = await alice.sign(TEXT);
	const signed = { scheme: "eip191", message: TEXT, signature } as const;
	const { address, publicKey } = alice;
	const expected = { ok: true, address, publicKey, signature };
	const [lower, upper] = [address.toLowerCase(), `0x${address.slice(2).toUpperCase()}`];
	for (const spelling of [address, lower, upper]) {
		assert.deepEqual(safeVerifySignedMessage({ ...signed, address: spelling }), expected);
	}
	const parity = Number(BigInt(publicKey) % 2n);
	const compressed = `0x0${2 + parity}${publicKey.slice(4, 68)}`;
	for (const key of [publicKey, publicKey.slice(2), compressed, compressed.slice(2)]) {
		for (const publicKeys of [[key], [mallory.publicKey, key]]) {
			assert.deepEqual(safeVerifySignedMessage({ ...signed, publicKeys }), expected);
		}
	}
	const publicKeys = [mallory.publicKey];
	assert.equal(codeOf({ ...signed, publicKeys }), "signature_mismatch");
	const other = `0x0${3 - parity}${publicKey.slice(4, 68)}`;
	assert.equal(codeOf({ ...signed, publicKeys: [other] }), "signature_mismatch");
	// Either will do.
	assert.deepEqual(safeVerifySignedMessage({ ...signed, publicKeys, address }), expected);
});

test("a signature as bytes", async () => {
	const signature = Buffer.from((await alice.sign(TEXT)).slice(2), "hex");
	const signed = { scheme: "eip191", message: TEXT, address: alice.address } as const;
	const copy = new Uint8Array(signature);
	for (const bytes of [signature, copy, copy.buffer]) {
		assert.equal(codeOf({ ...signed, signature: bytes }), "ok");
	}
	assert.equal(codeOf({ ...signed, signature: copy.slice(2) }), "malformed_signature");
	assert.equal(codeOf({ ...signed, signature: new Uint8Array() }), "malformed_signature");
});

test("keys of Antelope on other curves", () => {
	const key = new PrivateKey(KeyType.R1, Bytes.from("a1".repeat(32)));
	const signature = String(key.signMessage(Bytes.from(TEXT, "utf8")));
	const signed = { scheme: "eos-k1", message: TEXT, publicKeys: [eos.key] } as const;
	assert.match(signature, /^SIG_R1_/);
	assert.equal(codeOf({ ...signed, signature }), "unsupported_signature");
	assert.equal(codeOf({ ...signed, signature: "SIG_WA_1" }), "unsupported_signature");
	for (const bad of ["", "SIG_K1_", "SIG_XX_1", "sig_k1_1", eos.sign(TEXT).toLowerCase()]) {
		assert.equal(codeOf({ ...signed, signature: bad }), "malformed_signature", bad);
	}
});

test("mistakes in the calling program", async () => {
	const signature = await alice.sign(TEXT);
	const signed = { scheme: "eip191", message: TEXT, signature, address: alice.address };
	const ofEos = { scheme: "eos-k1", message: TEXT, signature: eos.sign(TEXT) };
	const signIn = { ...signed, scheme: "eip4361", message: SIGN_IN, ...OF_SIGN_IN };
	const { address: _, ...unowned } = signed;
	const cases: [options: object, name: string][] = [
		[{ ...signed, scheme: undefined }, "scheme"],
		[{ ...signed, scheme: "eip-191" }, "scheme"],
		[{ ...signed, scheme: "toString" }, "scheme"],
		[{ ...signed, signature: undefined }, "signature"],
		[{ ...signed, signature: 7 }, "signature"],
		[{ ...signed, signature: { r: "0x", s: "0x", v: 27 } }, "signature"],
		[{ ...signed, publicKeys: [] }, "publicKeys"],
		[{ ...signed, publicKeys: alice.publicKey }, "publicKeys"],
		[{ ...signed, publicKeys: Array(65).fill(alice.publicKey) }, "publicKeys"],
		[{ ...signed, domain: "shop.example" }, "domain"],
		[{ ...signed, chain: "eip155:1" }, "chain"],
		[ofEos, "publicKeys"],
		[{ ...ofEos, publicKeys: [] }, "publicKeys"],
		[{ ...ofEos, publicKeys: [eos.key], address: "alice" }, "address"],
		[unowned, "address"],
		[{ ...unowned, scheme: "solana" }, "address"],
		[{ ...unowned, scheme: "tron-v2" }, "address"],
		[{ ...signIn, address: undefined }, "address"],
		[{ ...signIn, maxAgeSeconds: 0 }, "maxAgeSeconds"],
		[{ ...signed, maxAgeSeconds: 60 }, "maxAgeSeconds"],
		[{ ...signIn, domain: undefined }, "domain"],
		[{ ...signIn, nonce: undefined }, "nonce"],
		[{ ...signIn, chain: "1" }, "chain"],
		[{ ...signIn, chain: "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp" }, "chain"],
		[{ ...signIn, uri: 7 }, "uri"],
	];
	assert.throws(
		() => safeVerifySignedMessage({ ...signed, adress: alice.address } as SignedMessageOptions),
		{ message: 'unknown option "adress" (did you mean "address"?)' },
	);
	for (const [options, name] of cases) {
		assert.throws(
			() => safeVerifySignedMessage(options as SignedMessageOptions),
			(error) => {
				assert.ok(error instanceof ConfigError, String(error));
				assert.equal(error.code, "invalid_option");
				assert.match(error.message, new RegExp(`^${name}([.[][^:]*)?: (expected|only valid) `));
				return true;
			},
			JSON.stringify(options),
		);
	}
	const now = { name: "TypeError", message: /^now: expected milliseconds, got / };
	assert.throws(() => safeVerifySignedMessage({ ...signIn, now: Number.NaN } as never), now);
});

test("who is said to have signed may come from the network", async () => {
	const signed = { scheme: "eip191", message: TEXT, signature: await alice.sign(TEXT) } as const;
	const ofEos = { scheme: "eos-k1", message: TEXT, signature: eos.sign(TEXT) } as const;
	const { address, publicKey } = alice;
	const mistyped = address.replace(/[a-f]/, (letter) => letter.toUpperCase());
	assert.notEqual(mistyped, address);
	const cases: [options: SignedMessageOptions, path: string][] = [
		...["", "0x1", address.slice(2), mistyped, "vitalik.eth", `${address} `].map(
			(address): [SignedMessageOptions, string] => [{ ...signed, address }, "address"],
		),
		[{ ...signed, scheme: "tron-v2", address }, "address"],
		[{ ...signed, scheme: "solana", address }, "address"],
		[{ ...signed, publicKeys: [`${publicKey}00`] }, "publicKeys"],
		[{ ...signed, publicKeys: [publicKey, hex(65, "04")] }, "publicKeys"],
		[{ ...ofEos, publicKeys: [publicKey] }, "publicKeys"],
		[{ ...ofEos, publicKeys: [eos.key, eos.key.slice(0, -1)] }, "publicKeys"],
	];
	for (const [options, path] of cases) {
		const result = safeVerifySignedMessage(options);
		assert.ok(!result.ok, JSON.stringify(options));
		assert.deepEqual([result.code, result.path], ["malformed_payload", path]);
	}
});

test("a message that is none", async () => {
	const signature = await alice.sign("");
	assert.equal(codeOf({ scheme: "eip191", message: "", signature, address: alice.address }), "ok");
	const messages = [undefined, null, 7, true, 7n, Symbol("x"), () => TEXT, Promise.resolve(TEXT)];
	for (const message of messages as never[]) {
		for (const scheme of ["eip191", "tron-v2", "eip712"] as const) {
			assert.throws(
				() => safeVerifySignedMessage({ scheme, message, signature, address: alice.address }),
				{ name: "TypeError" },
				`${scheme}: ${String(message)}`,
			);
		}
	}
});

test("an object is a message of typed data alone", () => {
	const message = { a: 1 };
	const signed = { scheme: "eip191", signature: hex(65), address: alice.address } as const;
	assert.throws(() => safeVerifySignedMessage({ ...signed, message }), { name: "TypeError" });
});

test("typed data that nests without end is refused, as an object, too", () => {
	const value = JSON.parse(`${"[".repeat(30_000)}${"]".repeat(30_000)}`);
	const message = { ...DATA, message: { x: value } };
	const { address } = alice;
	const signed = { message, signature: hex(65), address };
	assert.equal(codeOf({ scheme: "eip712", ...signed }), "malformed_payload");
});
