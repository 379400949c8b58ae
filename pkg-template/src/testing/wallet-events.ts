/** Events of the `tp-wallet` format, of every type and on every chain. */
import type { Amount, Asset, Chain, KnownChain } from "../generated/model.js";
import { CHAINS, type ChainFacts, type Token } from "./chains.js";
import { Draw } from "./draw.js";
import type { WalletEventType, WalletSample } from "./types.js";

type DataOf<Type extends WalletEventType> = WalletSample<Type>["data"];

/** When what samples tell of begins, in Unix seconds: one day of 2026. */
const BEGINNING = Date.UTC(2026, 2, 5) / 1000;
const DAY_SECONDS = 86_400;

/** From one status to the next, in seconds. */
const STEP_SECONDS = 60;

const DEFAULT_CHAIN = "eip155:1";

/** On which chains a new user has accounts. */
const ACCOUNTS: readonly KnownChain[] = [
	"eip155:1",
	"tron:0x2b6653dc",
	"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
	"bip122:000000000019d6689c085ae165831e93",
];

/** What a sample is made of. */
interface Subject {
	readonly draw: Draw;
	readonly chain: KnownChain;
	readonly hasChain: boolean;
	/** Unix seconds. */
	readonly time: number;
}

type Make<Type extends WalletEventType> = (subject: Subject) => DataOf<Type>;

/** In the order in which they follow one another. */
const MAKERS: { readonly [Type in WalletEventType]: Make<Type> } = {
	"deposit.detected": deposit(() => ({ confirmations: 1 })),
	"deposit.confirmed": deposit(({ confirmations }) => ({ confirmations })),
	"deposit.reverted": deposit(() => ({ confirmations: 0 })),
	"withdrawal.requested": withdrawal(() => ({})),
	"withdrawal.approved": withdrawal(() => ({})),
	"withdrawal.rejected": withdrawal(() => ({ reason: "the daily limit is exceeded" })),
	"withdrawal.broadcast": withdrawal((txHash) => ({ txHash })),
	"withdrawal.completed": withdrawal((txHash) => ({ txHash })),
	"withdrawal.failed": withdrawal((txHash) => ({ txHash, reason: "the transaction has failed" })),
	"transaction.pending": transaction(() => ({})),
	"transaction.confirmed": transaction((_, confirmations) => ({ confirmations })),
	"transaction.failed": transaction(() => ({ confirmations: 1, reason: "out of gas" })),
	"transaction.replaced": transaction((replacedBy) => ({ replacedBy })),
	"user.registered": ({ draw, chain, hasChain, time }) => ({
		userId: userId(draw),
		accounts: (hasChain ? [chain] : ACCOUNTS).map((chain) => ({
			chain,
			address: CHAINS[chain].address(draw),
		})),
		registeredAt: toText(time - 1),
	}),
	"callback.verification": ({ draw }) => ({ challenge: draw.base64Url(43) }),
};

export const WALLET_EVENT_TYPES: readonly WalletEventType[] = Object.keys(
	MAKERS,
) as WalletEventType[];

/** The event of a type. `timestamp` is in Unix seconds. */
export function walletEvent<Type extends WalletEventType>(
	type: Type,
	seed: number,
	chain: KnownChain | undefined,
	timestamp: number | undefined,
): WalletSample<Type> {
	// What the events of a family tell of is the same for the same seed.
	const [family] = type.split(".");
	const draw = new Draw(`${family} ${chain} ${seed}`);
	const beginning = BEGINNING + draw.integer(0, DAY_SECONDS - 1);
	const time = timestamp ?? beginning + WALLET_EVENT_TYPES.indexOf(type) * STEP_SECONDS;
	const hasChain = chain !== undefined;
	const data = MAKERS[type]({ draw, chain: chain ?? DEFAULT_CHAIN, hasChain, time });
	return { type, timestamp: toText(time), data };
}

function deposit(
	confirmed: (chain: ChainFacts) => { readonly confirmations: number },
): Make<"deposit.detected"> {
	return ({ draw, chain }) => {
		const facts = CHAINS[chain];
		const { token, from, to, txHash, blockNumber } = movement(draw, facts);
		const { confirmations } = confirmed(facts);
		return {
			depositId: `dep_${draw.capitals(10)}`,
			userId: userId(draw),
			chain,
			asset: assetOf(chain, token),
			amount: amountOf(draw, token),
			...(facts.hasSender ? { from } : {}),
			to,
			...memoOf(draw, chain),
			txHash,
			...(confirmations > 0 ? { blockNumber } : {}),
			confirmations,
			requiredConfirmations: facts.confirmations,
		};
	};
}

function withdrawal<Settled extends object>(
	settled: (txHash: string) => Settled,
): (subject: Subject) => DataOf<"withdrawal.requested"> & Settled {
	return ({ draw, chain }) => {
		const facts = CHAINS[chain];
		const { token, to, txHash } = movement(draw, facts);
		return {
			withdrawalId: `wd_${draw.capitals(10)}`,
			userId: userId(draw),
			chain,
			asset: assetOf(chain, token),
			amount: amountOf(draw, token),
			fee: feeOf(draw, facts),
			to,
			...memoOf(draw, chain),
			...settled(txHash),
		};
	};
}

function transaction(
	settled: (otherHash: string, confirmations: number) => Partial<DataOf<"transaction.pending">>,
): Make<"transaction.pending"> {
	return ({ draw, chain }) => {
		const facts = CHAINS[chain];
		const { token, from, to, txHash, blockNumber } = movement(draw, facts);
		const more = settled(facts.hash(draw), facts.confirmations);
		return {
			txId: `tx_${draw.capitals(10)}`,
			userId: userId(draw),
			chain,
			from,
			to,
			asset: assetOf(chain, token),
			amount: amountOf(draw, token),
			fee: feeOf(draw, facts),
			txHash,
			...(more.confirmations === undefined ? {} : { blockNumber }),
			...more,
		};
	};
}

function movement(draw: Draw, facts: ChainFacts) {
	const token = draw.of(facts.tokens);
	const from = facts.address(draw);
	let to = facts.address(draw);
	while (to === from) to = facts.address(draw);
	const [txHash, blockNumber] = [facts.hash(draw), facts.block + draw.integer(0, 9999)];
	return { token, from, to, txHash, blockNumber };
}

const userId = (draw: Draw) => `user_${draw.integer(10_000, 99_999)}`;

/** The account of an exchange is told apart from others by a memo, where accounts have names. */
const memoOf = (draw: Draw, chain: Chain) =>
	chain.startsWith("antelope:") ? { memo: draw.digits(6) } : {};

const assetOf = (chain: Chain, { asset }: Token): Asset => `${chain}/${asset}` as Asset;

/** Up to 5,000 whole tokens, with two places behind the point. */
function amountOf(draw: Draw, { decimals, symbol }: Token): Omit<Amount, "decimal"> {
	const value = `${draw.integer(100, 500_000)}${"0".repeat(decimals - 2)}`;
	return { value, decimals, symbol };
}

/** A small part of the chain's own coin. */
function feeOf(draw: Draw, { tokens: [{ decimals, symbol }] }: ChainFacts) {
	const value = `${draw.integer(1000, 9999)}${"0".repeat(Math.max(0, decimals - 8))}`;
	return { value, decimals, symbol };
}

/** Unix seconds as RFC 3339. */
function toText(seconds: number): string {
	return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
