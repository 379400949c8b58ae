/** Callbacks to begin with: an example of each event, on each chain. */
import type { KnownChain, SenderInfo, WalletEvent } from "wallet-callback/slim";
import verification from "../../../tests/vectors/events/callback.verification.json" with {
	type: "json",
};
import depositConfirmed from "../../../tests/vectors/events/deposit.confirmed.json" with {
	type: "json",
};
import depositDetected from "../../../tests/vectors/events/deposit.detected.json" with {
	type: "json",
};
import depositReverted from "../../../tests/vectors/events/deposit.reverted.json" with {
	type: "json",
};
import transactionConfirmed from "../../../tests/vectors/events/transaction.confirmed.json" with {
	type: "json",
};
import transactionFailed from "../../../tests/vectors/events/transaction.failed.json" with {
	type: "json",
};
import transactionPending from "../../../tests/vectors/events/transaction.pending.json" with {
	type: "json",
};
import transactionReplaced from "../../../tests/vectors/events/transaction.replaced.json" with {
	type: "json",
};
import userRegistered from "../../../tests/vectors/events/user.registered.json" with {
	type: "json",
};
import withdrawalApproved from "../../../tests/vectors/events/withdrawal.approved.json" with {
	type: "json",
};
import withdrawalBroadcast from "../../../tests/vectors/events/withdrawal.broadcast.json" with {
	type: "json",
};
import withdrawalCompleted from "../../../tests/vectors/events/withdrawal.completed.json" with {
	type: "json",
};
import withdrawalFailed from "../../../tests/vectors/events/withdrawal.failed.json" with {
	type: "json",
};
import withdrawalRejected from "../../../tests/vectors/events/withdrawal.rejected.json" with {
	type: "json",
};
import withdrawalRequested from "../../../tests/vectors/events/withdrawal.requested.json" with {
	type: "json",
};

export type EventType = Extract<WalletEvent, { known: true }>["type"];

interface Example {
	readonly type: string;
	readonly data: { readonly [member: string]: unknown };
}

const EXAMPLES: { readonly [Type in EventType]: Example } = {
	"deposit.confirmed": depositConfirmed,
	"deposit.detected": depositDetected,
	"deposit.reverted": depositReverted,
	"withdrawal.requested": withdrawalRequested,
	"withdrawal.approved": withdrawalApproved,
	"withdrawal.rejected": withdrawalRejected,
	"withdrawal.broadcast": withdrawalBroadcast,
	"withdrawal.completed": withdrawalCompleted,
	"withdrawal.failed": withdrawalFailed,
	"transaction.pending": transactionPending,
	"transaction.confirmed": transactionConfirmed,
	"transaction.failed": transactionFailed,
	"transaction.replaced": transactionReplaced,
	"user.registered": userRegistered,
	"callback.verification": verification,
};

export const EVENT_TYPES = Object.keys(EXAMPLES) as EventType[];

/** What an example has where it is moved to this chain: its own coin, and published addresses. */
interface Place {
	/** The coin's number in SLIP-44. */
	readonly coin: number;
	readonly symbol: string;
	readonly decimals: number;
	readonly addresses: readonly [from: string, to: string];
	readonly txHash: string;
}

const HASH = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
const EVM_ADDRESSES = [
	"0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
	"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
] as const;
const evm = (coin: number, symbol: string): Place => ({
	coin,
	symbol,
	decimals: 18,
	addresses: EVM_ADDRESSES,
	txHash: `0x${HASH}`,
});

const PLACES = {
	"eip155:1": evm(60, "ETH"),
	"eip155:56": evm(714, "BNB"),
	"eip155:137": evm(966, "POL"),
	"eip155:66": evm(996, "OKT"),
	"tron:0x2b6653dc": {
		coin: 195,
		symbol: "TRX",
		decimals: 6,
		addresses: ["TCNtTa1rveKkovHR2ebABu4K66U6ocUCZX", "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL"],
		txHash: HASH,
	},
	"bip122:000000000019d6689c085ae165831e93": {
		coin: 0,
		symbol: "BTC",
		decimals: 8,
		addresses: [
			"bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
			"bc1qvyq0cc6rahyvsazfdje0twl7ez82ndmuac2lhv",
		],
		txHash: HASH,
	},
	"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp": {
		coin: 501,
		symbol: "SOL",
		decimals: 9,
		addresses: [
			"83astBRguLMdt2h5U1Tpdq5tjFoJ6noeGwaY3mDLVcri",
			"7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv",
		],
		txHash:
			"5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW",
	},
	"aptos:1": {
		coin: 637,
		symbol: "APT",
		decimals: 8,
		addresses: [
			"0x043ec2cb158e3569842d537740fd53403e992b9e7349cc5d3dfaa5aff8faaef2",
			"0x14b6041b77304fe9354aba2e0b1a0ae51d816d0513332ef651a039fac90339cb",
		],
		txHash: `0x${HASH}`,
	},
	"polkadot:91b171bb158e2d3848fa23a9f1c25182": {
		coin: 354,
		symbol: "DOT",
		decimals: 10,
		addresses: [
			"5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
			"15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5",
		],
		txHash: `0x${HASH}`,
	},
	"polkadot:b0a8d493285c2df73290dfb7e61f870f": {
		coin: 434,
		symbol: "KSM",
		decimals: 12,
		addresses: [
			"5GoKvZWG5ZPYL1WUovuHW3zJBWBP5eT8CbqjdRY4Q6iMaQua",
			"HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F",
		],
		txHash: `0x${HASH}`,
	},
	"antelope:aca376f206b8fc25a6ed44dbdc66547c": {
		coin: 194,
		symbol: "EOS",
		decimals: 4,
		addresses: ["eosio.token", "123451234512"],
		txHash: HASH,
	},
} as const satisfies { readonly [Chain in KnownChain]?: Place };

export type BenchChain = keyof typeof PLACES;
export const CHAINS = Object.keys(PLACES) as BenchChain[];

/** The chain of an example as it is, where it has one to choose. */
export function chainOf(type: EventType): BenchChain | undefined {
	return EXAMPLES[type].data.chain as BenchChain | undefined;
}

/** An address of another chain than this. */
export function foreignAddress(chain: BenchChain): string {
	const other = chain === "tron:0x2b6653dc" ? "eip155:1" : "tron:0x2b6653dc";
	return PLACES[other].addresses[0];
}

/** The body of an event, happening a few seconds before it is signed. `timestamp` in Unix seconds. */
export function walletBody(type: EventType, chain: BenchChain, timestamp: number): string {
	const { data } = EXAMPLES[type];
	const moved = data.chain === undefined || data.chain === chain ? data : move(data, chain);
	const happened = `${new Date((timestamp - 2) * 1000).toISOString().slice(0, 19)}Z`;
	return JSON.stringify({ type, timestamp: happened, data: moved }, null, 2);
}

function move(data: Example["data"], chain: BenchChain): Example["data"] {
	const { coin, symbol, decimals, addresses, txHash } = PLACES[chain];
	const [from, to] = addresses;
	const whole = (units: number) => ({ value: `${units}${"0".repeat(decimals)}`, decimals, symbol });
	const small = { value: "2100", decimals, symbol };
	const members: { readonly [member: string]: unknown } = {
		...{ chain, asset: `${chain}/slip44:${coin}`, amount: whole(25), fee: small },
		...{ from, to, txHash, replacedBy: txHash.replace("4a5e", "5b6f").replace("5VER", "4VER") },
	};
	return Object.fromEntries(
		Object.entries(data).map(([name, value]) => [name, members[name] ?? value]),
	);
}

/** A body that any sender may sign, with its time where the sender wants that in there. */
export function otherBody({ name, freshness }: SenderInfo, timestamp: number): string {
	if (name === "coinpayments-ipn") return FORM;
	const member = /^signed member (\w+)$/.exec(freshness)?.[1];
	const time = member === undefined ? {} : { [member]: timestamp };
	return JSON.stringify({ ...PAYMENT, ...time }, null, 2);
}

const PAYMENT = {
	id: "evt_5WJH8R3T",
	type: "payment.completed",
	data: {
		amount: "1250.50",
		currency: "USDT",
		network: "ethereum",
		address: EVM_ADDRESSES[1],
		txHash: `0x${HASH}`,
		customer: "user_48213",
	},
};
const FORM = new URLSearchParams({
	txn_id: "CPFX5WJH8R3T",
	status: "100",
	status_text: "Deposit confirmed",
	amount: "1250.50",
	currency: "USDT.ERC20",
	address: EVM_ADDRESSES[1],
}).toString();
