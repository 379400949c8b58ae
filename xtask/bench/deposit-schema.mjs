// What `verify` checks of a deposit, written with zod as a careful user would: for the two kinds of
// chain that the benchmark's bodies are of. It cannot see what JSON.parse hides: duplicate keys, lone
// surrogates, integers that were rounded.
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";

const largest = (2n ** 256n - 1n).toString();

const id = z.string().min(1).max(256);
const timestamp = z.iso.datetime({ offset: true });
const count = z.int().min(0);

const amount = z.looseObject({
	value: z
		.string()
		.regex(/^(?:0|[1-9][0-9]{0,77})$/)
		.refine((digits) => digits.length < largest.length || digits <= largest),
	decimals: z.int().min(0).max(36),
	symbol: z.string().optional(),
});

/** CAIP-2: a chain whose rules are known here. */
const chain = z.string().regex(/^(?:eip155:[1-9][0-9]{0,31}|aptos:[-_a-zA-Z0-9]{1,32})$/);

/** CAIP-19: chain, namespace, reference and perhaps a token. */
const asset = /^[^/]+\/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}(?:\/[-.%a-zA-Z0-9]{1,78})?$/;

const hash = /^0x[0-9a-fA-F]{64}$/;

const data = z
	.looseObject({
		depositId: id,
		userId: id,
		chain,
		asset: z.string().regex(asset),
		amount,
		from: z.string().optional(),
		to: z.string(),
		memo: z.string().optional(),
		txHash: z.string().regex(hash),
		blockNumber: count.optional(),
		confirmations: count,
		requiredConfirmations: count.optional(),
	})
	.superRefine((deposit, context) => {
		const refuse = (path, message) => context.addIssue({ code: "custom", path: [path], message });
		const isAddress = deposit.chain.startsWith("eip155:") ? isEvmAddress : isAptosAddress;
		for (const member of ["from", "to"]) {
			if (deposit[member] !== undefined && !isAddress(deposit[member])) {
				refuse(member, "expected an address of the chain");
			}
		}
		if (!deposit.asset.startsWith(`${deposit.chain}/`)) {
			refuse("asset", "expected an asset of the chain");
		}
		const contract = /\/erc(?:20|721|1155):([^/]*)/.exec(deposit.asset)?.[1];
		if (isAddress === isEvmAddress && contract !== undefined && !isEvmAddress(contract)) {
			refuse("asset", "expected a contract's address");
		}
	});

export const depositSchema = z
	.looseObject({
		type: z.enum(["deposit.detected", "deposit.confirmed", "deposit.reverted"]),
		timestamp,
		data,
	})
	.refine(({ type, data: { confirmations, requiredConfirmations = 0 } }) => {
		return type !== "deposit.confirmed" || confirmations >= requiredConfirmations;
	});

function isAptosAddress(address) {
	return /^0x[0-9a-fA-F]{1,64}$/.test(address);
}

/** With the checksum of EIP-55 where the letters have both cases. */
function isEvmAddress(address) {
	if (!/^0x[0-9a-fA-F]{40}$/.test(address)) {
		return false;
	}
	const digits = address.slice(2);
	const isMixed = /[a-f]/.test(digits) && /[A-F]/.test(digits);
	return !isMixed || checksumMatches(digits);
}

/** A letter is upper case where the digit of the hash at its place is 8 or more. */
function checksumMatches(digits) {
	const nibbles = bytesToHex(keccak_256(utf8ToBytes(digits.toLowerCase())));
	for (let at = 0; at < digits.length; at++) {
		const digit = digits[at];
		if (digit > "9" && digit < "a" !== nibbles[at] > "7") {
			return false;
		}
	}
	return true;
}
