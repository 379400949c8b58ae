import { ConfigError } from "../core/errors.js";
import { shown } from "../core/shown.js";
import { senders } from "../verifier/senders.js";
import { CHAINS } from "./chains.js";
import { Draw } from "./draw.js";
import { requireKnown, requireOptions } from "./options.js";
import { OTHER_EVENTS } from "./other-events.js";
import type {
	SampleBody,
	SampleEvent,
	SampleOptions,
	SampleSender,
	SampleType,
	WalletEventType,
	WalletSample,
} from "./types.js";
import { WALLET_EVENT_TYPES, walletEvent } from "./wallet-events.js";

/** When events of other senders happen, in Unix seconds: one day of 2026. */
const BEGINNING = Date.UTC(2026, 2, 5) / 1000;
const DAY_SECONDS = 86_400;

/**
 * Makes an event as its sender would send it: of every type and chain of `tp-wallet`, and typical ones of
 * ten other senders. Same arguments, same event.
 *
 * What a sender writes into a header is not in the body: hand GitHub's and Coinbase CDP's type to
 * {@link signedRequest}.
 *
 * @param type - the event's type; of `nowpayments` its `payment_status`, of `moralis` its `tag`.
 * @throws {ConfigError} for a type, a sender, a chain or an option that is not known, with the nearest
 * name.
 *
 * @example
 * ```ts
 * const deposit = sampleEvent("deposit.confirmed", { chain: "tron:0x2b6653dc", seed: 7 });
 * console.log(deposit.data.depositId, deposit.data.amount.symbol);
 * const payment = sampleEvent("payment_intent.succeeded", { sender: "stripe" });
 * console.log(payment.id);
 * ```
 */
export function sampleEvent<
	const From extends SampleSender = "tp-wallet",
	const Type extends SampleType<From> = SampleType<From>,
>(type: Type, options?: SampleOptions<From>): SampleEvent<From, Type>;
export function sampleEvent(type: string, options: SampleOptions = {}): WalletSample | SampleBody {
	requireOptions(options, ["sender", "chain", "seed", "timestamp"]);
	const { sender = "tp-wallet", chain, seed = 0, timestamp } = options;
	requireWhole("seed", seed);
	if (timestamp !== undefined) requireWhole("timestamp", timestamp);
	if (sender === "tp-wallet") {
		requireWalletType(type);
		if (chain !== undefined) requireKnown("chain", chain, Object.keys(CHAINS));
		return walletEvent(type as WalletEventType, seed, chain, timestamp);
	}
	requireSamples(sender);
	if (chain !== undefined) {
		throw new ConfigError("invalid_option", "chain: expected it for tp-wallet only");
	}
	const makers: { readonly [type: string]: Maker } = OTHER_EVENTS[sender];
	requireKnown(`event type of ${sender}`, type, Object.keys(makers));
	const draw = new Draw(`${sender} ${type} ${seed}`);
	const time = timestamp ?? BEGINNING + draw.integer(0, DAY_SECONDS - 1);
	return (makers[type] as Maker)({ type, draw, time });
}

type Maker = (subject: {
	readonly type: string;
	readonly draw: Draw;
	readonly time: number;
}) => SampleBody;

/** @throws {ConfigError} for another type, with the sender whose type it is. */
function requireWalletType(type: string): void {
	const other = Object.entries(OTHER_EVENTS).find(([, makers]) => Object.hasOwn(makers, type));
	if (other !== undefined && !(WALLET_EVENT_TYPES as readonly string[]).includes(type)) {
		const message = `"${type}" is a type of ${other[0]}: add { sender: "${other[0]}" }`;
		throw new ConfigError("invalid_option", message);
	}
	requireKnown("event type", type, WALLET_EVENT_TYPES);
}

/** @throws {ConfigError} for a sender of which there are no samples. */
function requireSamples(sender: string): void {
	if (Object.hasOwn(OTHER_EVENTS, sender)) return;
	if (senders().some(({ name }) => name === sender)) {
		const message = `no samples for ${sender}: pass your own object to signedRequest`;
		throw new ConfigError("invalid_option", message);
	}
	requireKnown("sender", sender, ["tp-wallet", ...Object.keys(OTHER_EVENTS)]);
}

function requireWhole(name: string, value: unknown): void {
	if (typeof value === "number" && Number.isSafeInteger(value)) return;
	throw new ConfigError("invalid_option", `${name}: expected a whole number, got ${shown(value)}`);
}
