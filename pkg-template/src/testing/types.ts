/** What sample events are. */
import type { Amount, KnownChain, KnownEvent } from "../generated/model.js";
import type { JsonValue } from "../verifier/types.js";

/** A type of `tp-wallet` event. */
export type WalletEventType = KnownEvent["type"];

/** An event's data without what is added when it is verified. */
type Sent<Data> = {
	readonly [Member in keyof Data]: NonNullable<Data[Member]> extends Amount
		? Omit<Amount, "decimal">
		: Data[Member];
};

/** An event as it is sent. */
export interface WalletSample<Type extends WalletEventType = WalletEventType> {
	readonly type: Type;
	/** When it happened, as RFC 3339. */
	readonly timestamp: string;
	readonly data: Sent<Extract<KnownEvent, { readonly type: Type }>["data"]>;
}

/** The body of an event. */
export interface SampleBody {
	readonly [member: string]: JsonValue;
}

/** The types of sample events that each sender has. */
export interface OtherSampleTypes {
	readonly stripe:
		| "payment_intent.succeeded"
		| "payment_intent.payment_failed"
		| "checkout.session.completed"
		| "charge.refunded";
	/** The values of `X-GitHub-Event`. */
	readonly github: "ping" | "push" | "pull_request";
	readonly "coinbase-commerce":
		| "charge:created"
		| "charge:pending"
		| "charge:confirmed"
		| "charge:failed";
	/** The values of `X-Event-Type`. */
	readonly "coinbase-cdp": "onchain.activity.detected" | "wallet.activity.detected";
	readonly circle: "webhooks.test" | "transactions.inbound" | "transactions.outbound";
	/** The values of `payment_status`. */
	readonly nowpayments: "waiting" | "confirming" | "partially_paid" | "finished" | "failed";
	readonly btcpay:
		| "InvoiceCreated"
		| "InvoiceReceivedPayment"
		| "InvoiceProcessing"
		| "InvoiceSettled"
		| "InvoiceExpired";
	readonly alchemy: "ADDRESS_ACTIVITY" | "MINED_TRANSACTION" | "DROPPED_TRANSACTION";
	/** The tags of two streams: yours have others. */
	readonly moralis: "native-transfer" | "erc20-transfer";
	readonly "fireblocks-v2": "transaction.created" | "transaction.status.updated";
}

/** A sender other than `tp-wallet` of which there are sample events. */
export type OtherSampleSender = keyof OtherSampleTypes;

/** A sender of which there are sample events. */
export type SampleSender = "tp-wallet" | OtherSampleSender;

/** The types of sample events that a sender has. */
export type SampleType<From extends SampleSender = "tp-wallet"> = From extends OtherSampleSender
	? OtherSampleTypes[From]
	: WalletEventType;

/** A sample event: the body of a callback, before it is JSON. */
export type SampleEvent<
	From extends SampleSender = "tp-wallet",
	Type extends SampleType<From> = SampleType<From>,
> = From extends "tp-wallet" ? WalletSample<Extract<Type, WalletEventType>> : SampleBody;

/** The options of {@link sampleEvent}. */
export interface SampleOptions<From extends SampleSender = SampleSender> {
	/** Whose event. Default: `"tp-wallet"`. */
	readonly sender?: From | undefined;
	/** Of a `tp-wallet` event: on which chain, as CAIP-2. Default: `"eip155:1"`. */
	readonly chain?: KnownChain | undefined;
	/**
	 * A whole number that stands for all that differs between two events: ids, amounts, addresses, hashes.
	 * The same gives the same event, and `tp-wallet` events of one family tell of the same deposit,
	 * withdrawal or transaction. Default: 0.
	 */
	readonly seed?: number | undefined;
	/** When it happened, in Unix seconds. Default: a time in 2026 that depends on the seed. */
	readonly timestamp?: number | undefined;
}
