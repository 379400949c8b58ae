/** What transactions look like on each chain. */
import type { KnownChain } from "../generated/model.js";
import type { Draw } from "./draw.js";

/** Something that has a price. */
export interface Token {
	/** Behind the chain, as CAIP-19. */
	readonly asset: string;
	readonly symbol: string;
	readonly decimals: number;
}

export interface ChainFacts {
	/** Its own coin, and what else is often sent. */
	readonly tokens: readonly [coin: Token, ...others: Token[]];
	address(draw: Draw): string;
	hash(draw: Draw): string;
	/** How many confirmations are waited for. */
	readonly confirmations: number;
	/** About the newest block. */
	readonly block: number;
	/** Whether a transaction has one sender. */
	readonly hasSender: boolean;
}

const token = (asset: string, symbol: string, decimals: number): Token => ({
	asset,
	symbol,
	decimals,
});
const hex = (draw: Draw) => draw.hex(64);
const prefixed = (draw: Draw) => `0x${draw.hex(64)}`;

function evm(
	tokens: ChainFacts["tokens"],
	{ confirmations, block }: Pick<ChainFacts, "confirmations" | "block">,
): ChainFacts {
	const address = (draw: Draw) => `0x${draw.hex(40)}`;
	return { tokens, address, hash: prefixed, confirmations, block, hasSender: true };
}

// Addresses with a checksum are published ones; what signs for most of them is known to everybody.
const TRON: ChainFacts = {
	tokens: [
		token("slip44:195", "TRX", 6),
		token("trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "USDT", 6),
	],
	address: (draw) =>
		draw.of([
			"TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL",
			"TCNtTa1rveKkovHR2ebABu4K66U6ocUCZX",
			"THHRK1bA7YRPZBcLnTP1SZy9ipUpsRwpo6",
			"TQHgMpVzWkhSsRB4BzZgmV8uW4cFL8eaBr",
			"TLyqzVGLV1srkB7dToTAEqgDSfPtXRJZYH",
			"TQQg4EL8o1BSeKJY4MJ8TB8XK7xufxFBvK",
		]),
	hash: hex,
	confirmations: 19,
	block: 80_541_977,
	hasSender: true,
};

export const CHAINS: { readonly [Chain in KnownChain]: ChainFacts } = {
	"bip122:000000000019d6689c085ae165831e93": {
		tokens: [token("slip44:0", "BTC", 8)],
		address: (draw) =>
			draw.of([
				"bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
				"bc1qvyq0cc6rahyvsazfdje0twl7ez82ndmuac2lhv",
				"bc1qyucykdlhp62tezs0hagqury402qwhk589q80tqs5myh3rxq34nwqhkdhv7",
				"bc1p83n3au0rjylefxq2nc2xh2y4jzz4pm6zxj4mw5pagdjjr2a9f36s6jjnnu",
				"bc1qhxt04s5xnpy0kxw4x99n5hpdf5pmtzpqs52es2",
				"bc1pve739yap4uxjvfk0jrey69078u0gasm2nwvv483ec6zkzulgw9xqu4w9fd",
				"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
				"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
			]),
		hash: hex,
		confirmations: 2,
		block: 939_204,
		hasSender: false,
	},
	"eip155:1": evm(
		[
			token("slip44:60", "ETH", 18),
			token("erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7", "USDT", 6),
		],
		{ confirmations: 12, block: 24_590_318 },
	),
	"eip155:56": evm(
		[
			token("slip44:714", "BNB", 18),
			token("erc20:0x55d398326f99059fF775485246999027B3197955", "USDT", 18),
		],
		{ confirmations: 15, block: 84_120_655 },
	),
	"eip155:137": evm(
		[
			token("slip44:966", "POL", 18),
			token("erc20:0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359", "USDC", 6),
		],
		{ confirmations: 64, block: 83_704_112 },
	),
	"eip155:66": evm([token("slip44:996", "OKT", 18)], { confirmations: 12, block: 38_410_559 }),
	"tron:0x2b6653dc": TRON,
	"tron:728126428": TRON,
	"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp": {
		tokens: [
			token("slip44:501", "SOL", 9),
			token("token:EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", "USDC", 6),
		],
		address: (draw) => draw.base58(44),
		hash: (draw) => draw.base58(88),
		confirmations: 32,
		block: 404_118_265,
		hasSender: true,
	},
	"aptos:1": {
		tokens: [token("slip44:637", "APT", 8)],
		address: prefixed,
		hash: prefixed,
		confirmations: 2,
		block: 612_480_233,
		hasSender: true,
	},
	"polkadot:91b171bb158e2d3848fa23a9f1c25182": {
		tokens: [token("slip44:354", "DOT", 10)],
		address: (draw) =>
			draw.of([
				"15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5",
				"1qnJN7FViy3HZaxZK9tGAA71zxHSBeUweirKqCaox4t8GT7",
				"1NthTCKurNHLW52mMa6iA8Gz7UFYW5UnM3yTSpVdGu4Th7h",
				"15rRgsWxz4H5LTnNGcCFsszfXD8oeAFd8QRsR6MbQE2f6XFF",
			]),
		hash: prefixed,
		confirmations: 12,
		block: 30_127_744,
		hasSender: true,
	},
	"polkadot:b0a8d493285c2df73290dfb7e61f870f": {
		tokens: [token("slip44:434", "KSM", 12)],
		address: (draw) =>
			draw.of([
				"HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F",
				"F3opxRbN5ZbjJNU511Kj2TLuzFcDq9BGduA9TgiECafpg29",
				"CxDDSH8gS7jecsxaRL9Txf8H5kqesLXAEAEgp76Yz632J9M",
				"DR6pMC4GJiVbgPtNNuw1xgxJyEsYYuXKXq7ZCVBjfFrh3V5",
				"HRkCrbmke2XeabJ5fxJdgXWpBRPkXWfWHY8eTeCKwDdf4k6",
			]),
		hash: prefixed,
		confirmations: 12,
		block: 32_011_870,
		hasSender: true,
	},
	"antelope:aca376f206b8fc25a6ed44dbdc66547c": {
		tokens: [token("slip44:194", "EOS", 4)],
		address: (draw) => draw.antelope(),
		hash: hex,
		confirmations: 2,
		block: 471_930_118,
		hasSender: true,
	},
};
