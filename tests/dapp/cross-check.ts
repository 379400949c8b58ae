/**
 * Signatures that another library has made, as they are and altered: the verdicts have to agree, but
 * for what a test says that the other library takes more or less of.
 */
import assert from "node:assert/strict";
import type {
	SignatureScheme,
	SignedMessageOptions,
	SignedMessageResult,
} from "wallet-callback/dapp";
import { Random } from "../random.ts";
import { safeVerifySignedMessage } from "./library.ts";

/** How many signatures each scheme is tried with; more in the long run of properties. */
const COUNT = Number(process.env.WALLET_CALLBACK_SIGNATURES ?? 200);
assert.ok(Number.isSafeInteger(COUNT) && COUNT >= 200, "WALLET_CALLBACK_SIGNATURES");

/** The order of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

export type Code = Extract<SignedMessageResult, { ok: false }>["code"];

/** A message, its signature, and who is said to have signed it. */
export type Signed<M> = Omit<SignedMessageOptions, "scheme" | "message"> & { readonly message: M };

/** What has been changed of a signed message. */
export interface Altered<M> {
	readonly what: string;
	readonly change: Partial<Signed<M>>;
	/** Why it is refused; undefined for what is another spelling of the same. */
	readonly code?: Code | undefined;
}

/** Another implementation. A signature that it throws over is one that it refuses. */
export interface Peer<M> {
	readonly name: string;
	readonly verify: (signed: Signed<M>) => boolean | Promise<boolean>;
	/** The alterations that it lets pass, though they are refused here. */
	readonly lax?: readonly string[];
	/** The spellings that it refuses, though they are taken here. */
	readonly strict?: readonly string[];
}

export interface CrossCheck<M> {
	readonly scheme: SignatureScheme;
	readonly seed: number;
	readonly peers: readonly Peer<M>[];
	/** Peers are slow: of so many signatures, they judge one, and one alteration of it. */
	readonly every: number;
	/** Makes a key, a message and a signature, and says what the verdict has to name. */
	readonly sign: (
		random: Random,
		index: number,
	) => Promise<readonly [Signed<M>, object]> | readonly [Signed<M>, object];
	readonly alter: (random: Random, signed: Signed<M>) => readonly Altered<M>[];
}

/** Tries signatures, as they are and in each altered form. */
export async function crossCheck<M extends SignedMessageOptions["message"]>(
	check: CrossCheck<M>,
): Promise<void> {
	const { scheme, peers, every, sign, alter } = check;
	const random = new Random(check.seed);
	const judge = (signed: Signed<M>) =>
		safeVerifySignedMessage({ ...signed, scheme } as SignedMessageOptions);
	const judged = new Set<string>();
	const all = new Set<string>();
	for (let index = 0; index < COUNT; index++) {
		const [signed, signer] = await sign(random, index);
		const accepted = judge(signed);
		const normal = accepted.ok ? accepted.signature : "";
		assert.deepEqual(accepted, { ok: true, signature: normal, ...signer }, print(signed));
		const alterations = alter(random, signed);
		for (const { what, change, code } of alterations) {
			const result = judge({ ...signed, ...change });
			assert.equal(
				result.ok ? undefined : result.code,
				code,
				`${what}: ${print([signed, change])}`,
			);
			// Each spelling of a signature has one normal form.
			if (result.ok) assert.equal(result.signature, normal, what);
			all.add(what);
		}
		if (index % every !== 0) continue;
		const { what, change, code } = alterations[(index / every) % alterations.length] as Altered<M>;
		judged.add(what);
		for (const { name, verify, lax = [], strict = [] } of peers) {
			assert.ok(await verify(signed), `${name}: ${print(signed)}`);
			const accepted = await accepts(() => verify({ ...signed, ...change }));
			const expected = code === undefined ? !strict.includes(what) : lax.includes(what);
			assert.equal(accepted, expected, `${name}, ${what}: ${print([signed, change])}`);
		}
	}
	assert.deepEqual(judged, all, "each alteration has its turn with the peers");
}

async function accepts(verify: () => boolean | Promise<boolean>): Promise<boolean> {
	try {
		return await verify();
	} catch {
		return false;
	}
}

const print = (value: unknown): string =>
	JSON.stringify(value, (_name, member) => (typeof member === "bigint" ? String(member) : member));

/** A private key: that the number is none has no probability. */
export const privateKey = (random: Random): `0x${string}` => `0x${toHex(random.bytes(32))}`;

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export const toBytes = (message: string | Uint8Array): Buffer => Buffer.from(message as Uint8Array);

const ALPHABET = [..."abcXYZ019 _-.,:{}\"'\\/%\n\t\u0000äßжあ中😀\u{10ffff}"];

/** Text or bytes: none, short, or of some kilobytes. */
export function randomMessage(random: Random): string | Uint8Array {
	const most = random.chance(0.05) ? 4096 : random.pick([3, 40, 300]);
	if (random.chance(0.4)) return new Uint8Array(random.bytes(random.between(0, most)));
	if (random.chance(0.1)) return `0x${toHex(random.bytes(random.between(0, 40)))}`;
	return randomText(random, most);
}

export const randomText = (random: Random, most: number): string => random.text(ALPHABET, 0, most);

/** The same bytes with one bit flipped; a byte where there was none. */
export function flipBit(random: Random, bytes: Uint8Array): Uint8Array {
	if (bytes.length === 0) return random.bytes(1);
	const flipped = Uint8Array.from(bytes);
	const at = random.below(flipped.length);
	flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
	return flipped;
}

/** Other signatures in the place of one of `r`, `s` and `v` in hex, and other spellings of it. */
export function alterSignature<M>(random: Random, signature: string): Altered<M>[] {
	const bytes = Buffer.from(signature.slice(2), "hex");
	const [halves, v] = [bytes.subarray(0, 64), bytes.readUInt8(64)];
	const [parity, other] = v === 27 ? [0, 1] : [1, 0];
	const flipped = flipBit(random, halves);
	const altered = (what: string, halves: Uint8Array, v: number, code?: Code): Altered<M> => {
		return { what, change: { signature: `0x${toHex(halves)}${toHex(Buffer.of(v))}` }, code };
	};
	return [
		altered("a bit of r or s", flipped, v, isPossible(flipped) ? MISMATCH : MALFORMED),
		altered("the parity", halves, 27 + other, MISMATCH),
		altered("the high s", negated(halves), 27 + other, MALFORMED),
		altered("v as 2 or 3", halves, 2 + parity, MALFORMED),
		altered("v of EIP-155", halves, 35 + 2 * random.below(100) + parity, MALFORMED),
		altered("a byte less than EIP-2098", halves.subarray(2), v, MALFORMED),
		altered("a byte more", bytes, v, MALFORMED),
		altered("v as 0 or 1", halves, parity),
	];
}

const MISMATCH = "signature_mismatch";
const MALFORMED = "malformed_signature";

/** As EIP-2098 has it: the parity is the first bit of `s`. */
export function compact(signature: string): string {
	const bytes = Buffer.from(signature.slice(2), "hex");
	if (bytes[64] === 28) bytes[32] = (bytes[32] ?? 0) | 0x80;
	return `0x${toHex(bytes.subarray(0, 64))}`;
}

/** The other `r` and `s` with which the same key signs the same message. */
export function negated(halves: Uint8Array): Uint8Array {
	const s = toNumber(halves.subarray(32));
	const other = (ORDER - s).toString(16).padStart(64, "0");
	return Buffer.concat([halves.subarray(0, 32), Buffer.from(other, "hex")]);
}

/** Whether there can be such `r` and `s`, where a high `s` is none. */
export function isPossible(halves: Uint8Array): boolean {
	const [r, s] = [toNumber(halves.subarray(0, 32)), toNumber(halves.subarray(32))];
	return r > 0n && r < ORDER && s > 0n && s <= ORDER / 2n;
}

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`);
