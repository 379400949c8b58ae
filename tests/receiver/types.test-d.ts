/** What the compiler knows of the receiver's types. `tsc` checks this file; nothing runs it. */
import type { Meter as OpenTelemetryMeter } from "@opentelemetry/api";
import type { Logger as PinoLogger } from "pino";
import type Stripe from "stripe";
import {
	createVerifier,
	type DepositData,
	type EventOf,
	type OpaqueEvent,
	type SenderName,
	type UnknownEvent,
	type UserData,
	type WalletEvent,
	type WithdrawalData,
} from "wallet-callback";
import {
	type CallbackRecord,
	type Claim,
	createReceiver,
	type DeadLetter,
	type Handler,
	type HandlerContext,
	type Incoming,
	type Logger,
	type Meter,
	type Outcome,
	type Receiver,
	type ReceiverContext,
	type ReceiverOptions,
	type ReplayStore,
	type Reply,
} from "wallet-callback/receiver";
import { durableObjectStore } from "wallet-callback/stores/durable-object";
import { memoryStore } from "wallet-callback/stores/memory";
import { postgresStore } from "wallet-callback/stores/postgres";
import { redisStore } from "wallet-callback/stores/redis";
import { sqliteStore } from "wallet-callback/stores/sqlite";
import * as z from "zod";

type Equal<A, B> =
	(<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<Holds extends true>(): Holds;

declare const store: ReplayStore;
const keys = "whsec_…";

/** An answer of one's own. */
export function responds(): Receiver[] {
	return [
		createReceiver({
			keys,
			store,
			respond: ({ outcome, duplicate, event, body, id, ...rest }) => {
				expect<
					Equal<
						typeof outcome,
						"handled" | "unhandled" | "not_recorded" | "acknowledged" | "duplicate" | "dead_letter"
					>
				>();
				expect<Equal<typeof duplicate, boolean>>();
				expect<Equal<typeof event, WalletEvent>>();
				expect<Equal<typeof body, Uint8Array>>();
				expect<Equal<typeof id, string>>();
				expect<Equal<keyof typeof rest, never>>();
				return duplicate ? undefined : { status: 200, headers: { "x-a": "1" }, body: "ok" };
			},
		}),
		createReceiver({ keys, store, respond: async () => ({ status: 204 }) }),
		createReceiver({
			keys,
			store,
			sender: "cobo",
			respond: async ({ event }) => {
				expect<Equal<typeof event, OpaqueEvent>>();
				return undefined;
			},
		}),
		// @ts-expect-error: a body is a text
		createReceiver({ keys, store, respond: () => ({ status: 200, body: { code: 0 } }) }),
	];
}

/** A handler gets the event of its type. */
export function handles(): Receiver {
	return createReceiver({
		keys,
		store,
		on: {
			"deposit.confirmed": async ({ event, id, attempt, signal, log, claim }) => {
				expect<Equal<typeof event.type, "deposit.confirmed">>();
				expect<Equal<typeof event.data, DepositData>>();
				expect<Equal<typeof event.data.depositId, string>>();
				expect<Equal<typeof id, string>>();
				expect<Equal<typeof attempt, number>>();
				expect<Equal<typeof signal, AbortSignal>>();
				expect<Equal<typeof log, Logger>>();
				expect<Equal<typeof claim, Claim>>();
				// @ts-expect-error: of a withdrawal
				event.data.withdrawalId;
			},
			"withdrawal.completed": ({ event }) => {
				expect<Equal<typeof event.data.txHash, string>>();
				// @ts-expect-error: of a deposit
				event.data.depositId;
			},
			"withdrawal.requested": ({ event }) => {
				expect<Equal<typeof event.data, WithdrawalData>>();
			},
			"user.registered": ({ event }) => {
				expect<Equal<typeof event.data, UserData>>();
			},
			"callback.verification": ({ event }) => {
				expect<Equal<typeof event.data.challenge, string>>();
			},
		},
		onUnknown: ({ event }) => {
			expect<Equal<typeof event, UnknownEvent>>();
			expect<Equal<typeof event.known, false>>();
			// @ts-expect-error: nobody has checked it
			event.data.depositId satisfies string;
		},
		onAny: ({ event }) => {
			expect<Equal<typeof event, WalletEvent>>();
			if (event.type === "deposit.confirmed") event.data.depositId satisfies string;
		},
		onDeadLetter: (letter) => {
			expect<Equal<typeof letter, DeadLetter<WalletEvent>>>();
			expect<Equal<typeof letter.error, unknown>>();
		},
	});
}

/** What is misspelt does not compile. */
export function misspells(): void {
	// @ts-expect-error: there is no such type
	createReceiver({ keys, store, on: { "deposit.confirmd": () => {} } });
	// @ts-expect-error: a handler for an unknown type is onUnknown's affair
	createReceiver({ keys, store, on: { "deposit.frozen": () => {} } });
	// @ts-expect-error: there is no such option
	createReceiver({ keys, store, leaseSecond: 5 });
	// @ts-expect-error: there is no such answer
	createReceiver({ keys, store, acknowledge: "never" });
	// @ts-expect-error: a receiver without a store forgets
	createReceiver({ keys });
	// @ts-expect-error: keys, or a verifier
	createReceiver({ store });
	// @ts-expect-error: a handler of another event
	createReceiver({ keys, store, on: { "user.registered": deposits } });
	// @ts-expect-error: a handler is a function
	createReceiver({ keys, store, on: { "user.registered": "credit" } });
	// @ts-expect-error: a sender that nobody knows
	createReceiver({ keys, store, sender: "nobody" });
	// @ts-expect-error: a single range is a list, too
	createReceiver({ keys, store, trustedProxies: "10.0.0.0/8" });
}

type Deposit = Extract<WalletEvent, { type: "deposit.confirmed" }>;
declare function deposits(context: HandlerContext<Deposit>): Promise<void>;
declare function anything(context: HandlerContext): void;
declare function opaque(context: HandlerContext<OpaqueEvent>): void;

/** A handler can be written elsewhere, and for more than one type. */
export function reuses(): void {
	createReceiver({ keys, store, on: { "deposit.confirmed": deposits } });
	createReceiver({ keys, store, on: { "deposit.confirmed": anything }, onAny: anything });
	anything satisfies Handler;
	const options: ReceiverOptions = { store, onAny: anything, on: { "user.registered": anything } };
	createReceiver({ keys, ...options });
}

/** Other senders' events are what their bodies say. */
export function receivesOthers(): void {
	const on: Handler<OpaqueEvent> = ({ event }) => {
		expect<Equal<typeof event, OpaqueEvent>>();
		expect<Equal<typeof event.payload, unknown>>();
		// @ts-expect-error: another sender's data is its own affair
		event.data;
	};
	createReceiver({
		keys,
		store,
		sender: "svix",
		on: {
			"invoice.paid": ({ event }) => {
				expect<Equal<typeof event, OpaqueEvent>>();
			},
		},
		onUnknown: ({ event }) => {
			expect<Equal<typeof event, OpaqueEvent>>();
		},
		onAny: on,
	});
	createReceiver({ keys, store, sender: "standard-webhooks", onAny: opaque });
	// @ts-expect-error: a wallet's event is another one
	createReceiver({ keys, store, sender: "svix", onAny: deposits });
}

/** A verifier says whose events they are. */
export function verifies(sender: SenderName): void {
	const wallet = createVerifier({ keys });
	const svix = createVerifier({ keys, sender: "svix" });
	createReceiver({
		verifier: wallet,
		store,
		on: { "deposit.confirmed": ({ event }) => event.data.depositId satisfies string },
	});
	createReceiver({
		verifier: { keys },
		store,
		on: { "deposit.confirmed": ({ event }) => event.data.depositId satisfies string },
	});
	createReceiver({
		verifier: svix,
		store,
		onAny: ({ event }) => {
			expect<Equal<typeof event, OpaqueEvent>>();
		},
	});
	createReceiver({
		verifier: { keys, sender: "svix" },
		store,
		onAny: ({ event }) => {
			expect<Equal<typeof event, OpaqueEvent>>();
		},
	});
	createReceiver({
		keys,
		sender,
		store,
		onAny: ({ event }) => {
			expect<Equal<typeof event, EventOf<SenderName>>>();
		},
	});
	// @ts-expect-error: the one or the other
	createReceiver({ verifier: wallet, keys, store });
}

const Invoice = z.discriminatedUnion("type", [
	z.object({ type: z.literal("paid"), amount: z.string().transform(BigInt) }),
	z.object({ type: z.literal("due"), on: z.iso.date() }),
]);

/** A schema types the payload, the names in `on`, and what each handler gets. */
export function shapes(): void {
	createReceiver({
		keys,
		store,
		sender: "stripe",
		schema: Invoice,
		on: {
			paid: ({ event }) => {
				expect<Equal<typeof event.payload, { type: "paid"; amount: bigint }>>();
				expect<Equal<typeof event.type, "paid">>();
			},
		},
		onUnknown: ({ event }) => event.payload satisfies z.output<typeof Invoice>,
		onAny: ({ event }) => {
			if (event.type === "due") event.payload.on satisfies string;
		},
		respond: ({ event }) => {
			event.payload satisfies z.output<typeof Invoice>;
			return undefined;
		},
		onDeadLetter: ({ event }) => event.payload satisfies z.output<typeof Invoice>,
	});
	createReceiver({
		verifier: { keys, sender: "stripe", schema: Invoice },
		store,
		on: { paid: ({ event }) => event.payload.amount satisfies bigint },
	});
	createReceiver({
		verifier: createVerifier({ keys, sender: "stripe", schema: Invoice }),
		store,
		on: { paid: ({ event }) => event.payload.amount satisfies bigint },
	});
	createReceiver({
		keys,
		store,
		schema: z.object({ type: z.literal("nft.received"), data: z.object({ token: z.string() }) }),
		on: {
			"nft.received": ({ event }) => event.data.token satisfies string,
			"callback.verification": ({ event }) => event.data.challenge satisfies string,
		},
	});
	// @ts-expect-error: the schema knows no such type
	createReceiver({ keys, store, sender: "stripe", schema: Invoice, on: { payed: () => {} } });
	// @ts-expect-error: no schema
	createReceiver({ keys, store, sender: "stripe", schema: 5 });
}

/** So does a type alone. */
export function namesPayloads(): void {
	createReceiver<Stripe.Event>({
		keys,
		store,
		sender: "stripe",
		on: {
			"invoice.paid": ({ event }) => {
				expect<Equal<typeof event.type, "invoice.paid">>();
				event.payload.data.object satisfies Stripe.Invoice;
				// @ts-expect-error: of another event
				event.payload.data.object satisfies Stripe.Charge;
			},
		},
		onAny: ({ event }) => {
			event.payload satisfies Stripe.Event;
			if (event.type === "charge.captured") event.payload.data.object satisfies Stripe.Charge;
		},
	});
	createReceiver<{ n: number }>({
		keys,
		store,
		sender: "cobo",
		onAny: ({ event }) => event.payload.n satisfies number,
	});
	createReceiver({
		verifier: createVerifier<Stripe.Event>({ keys, sender: "stripe" }),
		store,
		on: { "invoice.paid": ({ event }) => event.payload.data.object satisfies Stripe.Invoice },
	});
	// @ts-expect-error: whose callbacks?
	createReceiver<Stripe.Event>({ keys, store });
	// @ts-expect-error: those of tp-wallet have types already
	createReceiver<Stripe.Event>({ keys, store, sender: "tp-wallet" });
	createReceiver<Stripe.Event>({
		keys,
		store,
		sender: "stripe",
		// @ts-expect-error: Stripe has no such type
		on: { "invoice.payed": () => {} },
	});
}

/** A variable of the environment that is not set is refused when the program starts. */
export function starts(key: string | undefined): void {
	createReceiver({ keys: key, store });
	createReceiver({ keys: [key, key], store });
	createReceiver({ keys: async (id) => id.toUpperCase(), store, sender: "circle" });
	createReceiver({ verifier: { keys: key }, store });
	// @ts-expect-error: the options of a verifier go to createVerifier
	createReceiver({ verifier: createVerifier({ keys: key }), sender: "stripe", store });
}

type Parameter<F> = F extends (first: infer P, ...rest: never) => unknown ? P : never;

/** The stores that there are. */
export function remembers(
	redis: Parameter<typeof redisStore>,
	postgres: Parameter<typeof postgresStore>,
	objects: Parameter<typeof durableObjectStore>,
): ReplayStore[] {
	return [
		memoryStore(),
		sqliteStore("callbacks.db"),
		redisStore(redis),
		postgresStore(postgres),
		durableObjectStore(objects),
	];
}

/** The loggers and the meter that there are. */
export function tells(pino: PinoLogger, meter: OpenTelemetryMeter): void {
	console satisfies Logger;
	pino satisfies Logger;
	meter satisfies Meter;
	createReceiver({ keys, store, log: pino, meter });
	createReceiver({ keys, store, log: console });
	// @ts-expect-error: a function is no logger
	createReceiver({ keys, store, log: console.log });
}

/** A receiver is what servers call. */
export async function serves(receiver: Receiver, request: Request, incoming: Incoming) {
	receiver satisfies (request: Request) => Promise<Response>;
	(await receiver(request)) satisfies Response;
	(await receiver.receive(incoming)) satisfies Reply;
	({ ip: "203.0.113.7", signal: request.signal }) satisfies ReceiverContext;
	({ ip: undefined, waitUntil: (work: Promise<unknown>) => void work }) satisfies ReceiverContext;
	({ remoteAddr: { transport: "tcp", hostname: "::1", port: 1 } }) satisfies ReceiverContext;
	const { outcomes, latency } = receiver.stats();
	outcomes.handled satisfies number | undefined;
	latency.buckets satisfies readonly { leMs: number; count: number }[];
	// @ts-expect-error: nobody else counts
	outcomes.handled = 5;
}

/** A record, for those who read it. */
export function reads(record: CallbackRecord): void {
	expect<Equal<typeof record.outcome, Outcome>>();
	expect<Equal<typeof record.level, "info" | "warn" | "error" | undefined>>();
	record.durationMs satisfies number;
	// @ts-expect-error: no such outcome
	record.outcome === "lost";
}
