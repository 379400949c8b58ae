/** What a receiver takes and gives. */

import type {
	Accepted,
	HeadersInput,
	Keys,
	OpaqueEvent,
	SenderDescriptor,
	SenderName,
	StandardSchemaV1,
	UnknownEvent,
	Verifier,
	VerifierOptions,
	VerifierSettings,
	VerifierSetup,
	WalletEvent,
	WalletEvents,
} from "wallet-callback";
import type { Claim, ReplayStore } from "../stores/store.js";
import type { EventFrom, NeededFor, Opaque } from "../verifier/events.js";
import type { Logger, Meter } from "./telemetry.js";

/** What a handler gets. */
export interface HandlerContext<Event = WalletEvent> {
	/** The verified event. */
	readonly event: Event;
	/** The body's bytes as they were verified, decompressed if they came compressed. */
	readonly body: Uint8Array;
	/**
	 * What the callback is known by, and each try of it: the sender's own id, the result of a function
	 * `dedupe`, or else a hash (64 hexadecimal digits) of what {@link ReceiverOptions.dedupe} says. An id that
	 * is no visible ASCII of 1 to 256 characters is hashed, too. `event.id` is always the sender's.
	 */
	readonly id: string;
	/** Which try this is: 1 for the first. */
	readonly attempt: number;
	/** Aborts when the lease runs out, and when the caller of the receiver aborts. */
	readonly signal: AbortSignal;
	/** The receiver's logger; adds `id`, `type` and `attempt` to what it is given. */
	readonly log: Logger;
	/** The right to handle the callback: for a store's `claimInTransaction`. */
	readonly claim: Claim;
}

/** Handles an event. What it throws makes the callback fail, so that it is tried again. */
export type Handler<Event = WalletEvent> = (context: HandlerContext<Event>) => unknown;

/** What {@link ReceiverOptions.respond} gets. */
export interface Accepting<Event = WalletEvent> {
	/**
	 * How the callback ended: its handlers are done (`handled`), also where the store could not note that
	 * down (`not_recorded`); there is no handler for it (`unhandled`); it stands in the inbox
	 * (`acknowledged`); it was one of these before (`duplicate`); or it has failed too often (`dead_letter`).
	 */
	readonly outcome:
		| "handled"
		| "unhandled"
		| "not_recorded"
		| "acknowledged"
		| "duplicate"
		| "dead_letter";
	/** Whether it was accepted before: it gets the answer again that it got then. */
	readonly duplicate: boolean;
	/** The verified event. */
	readonly event: Event;
	/** What {@link HandlerContext.body} is. */
	readonly body: Uint8Array;
	/** What {@link HandlerContext.id} is. */
	readonly id: string;
}

/** What {@link ReceiverOptions.respond} gives. */
export interface Answer {
	/** 200 to 599. */
	readonly status: number;
	/** Default: none but the content type of a text, where there is a body. */
	readonly headers?: { readonly [name: string]: string } | undefined;
	/** Default: empty. */
	readonly body?: string | undefined;
}

/** Handlers by the event's type: any type if the compiler does not know which there are. */
export type Handlers<Event = WalletEvent> =
	string extends TypeIn<Event>
		? { readonly [type: string]: Handler<Event> }
		: WalletEvent extends Event
			? WalletHandlers
			: { readonly [Type in TypeIn<Event>]?: Handler<OfType<Event, Type>> };

type WalletHandlers = {
	// Of an interface, whose members say what each type is for.
	readonly [Type in keyof WalletEvents]?: Handler<WalletEvents[Type]>;
};

type TypeIn<Event> = Event extends { readonly known: false }
	? never
	: Event extends { readonly type: infer Type extends string }
		? Type
		: string;

type OfType<Event, Type> = Event extends { readonly type: infer Own }
	? Type extends Own
		? Event
		: never
	: never;

type UnknownIn<Event> = OpaqueEvent extends Event
	? Event
	: [Extract<Event, UnknownEvent>] extends [never]
		? Event
		: Extract<Event, UnknownEvent>;

/** What {@link ReceiverOptions.onDeadLetter} gets. */
export interface DeadLetter<Event = WalletEvent> {
	readonly event: Event;
	/** What {@link HandlerContext.body} is. */
	readonly body: Uint8Array;
	readonly id: string;
	/** How many tries there have been. */
	readonly attempt: number;
	/** What the last handler threw, or an `Error` if it did not end: the program ended while it ran, say. */
	readonly error: unknown;
	readonly log: Logger;
}

/** The options of {@link createReceiver} beside those about verifying. */
export interface ReceiverOptions<Event = WalletEvent> {
	/** Remembers what has been handled. */
	readonly store: ReplayStore;
	/**
	 * Tells receivers of one sender apart that share a store: each remembers and handles only what it
	 * has received itself. 1 to 64 visible ASCII characters. Default: none. All processes of one
	 * receiver have the same; whoever changes it gives up what is remembered and waits under the old.
	 */
	readonly name?: string | undefined;
	/** Handles events of these types. Not for a sender that does not sign the type of its events. */
	readonly on?: Handlers<Event> | undefined;
	/** Handles events of a type that this version does not know and that `on` does not name. */
	readonly onUnknown?: Handler<UnknownIn<Event>> | undefined;
	/** Handles every event, after the handler for its type. */
	readonly onAny?: Handler<Event> | undefined;
	/**
	 * Lets `on` choose handlers by a type that the sender does not sign, as GitHub's: whoever has seen one
	 * callback can have its body handled as an event of every type in `on`, once for each, and once more as one
	 * of another type, by `onUnknown` or `onAny`. Default: false.
	 */
	readonly dangerouslyTrustUnsignedType?: boolean | undefined;
	/**
	 * What makes two callbacks one that was repeated, so that it is handled once:
	 *
	 * - `"id"`: the id that the sender documents as unique, by `identifiedBy` in {@link VerifierSettings}; or
	 *   the body, if a callback has none. The default for senders with such an id.
	 * - `"body"`: what the body says. The default for all others: two events with the same body are one, so
	 *   the second is lost, which a warning says at the start.
	 * - `"signed"`: the same, and what is signed beside it: a nonce, the time. Loses no event, but a retry
	 *   that is signed anew is handled anew.
	 * - a function that returns 1 to 1,024 characters. What is not signed, such as `event.id` of GitHub, can be
	 *   changed by anybody who has seen a callback, and then it is handled again.
	 */
	readonly dedupe?: "id" | "signed" | "body" | ((callback: Accepted<Event>) => string) | undefined;
	/**
	 * How long a handler may take, in seconds: then the callback may be handed to another one. Above 0 to
	 * 86,400; default 30.
	 */
	readonly leaseSeconds?: number | undefined;
	/**
	 * How long an id is remembered, in seconds, from the latest of three moments: when it came, when its
	 * lease ends, when it was handled. At least twice the verifier's tolerance and 2 seconds, since a
	 * callback can be replayed for so long. Default 604,800 (7 days).
	 */
	readonly retentionSeconds?: number | undefined;
	/** How long to wait for the store before answering 503, in seconds. Default 5. */
	readonly storeTimeoutSeconds?: number | undefined;
	/**
	 * When to answer 200: when the handlers are done (the default: a failure makes the sender try
	 * again), or when the event stands in the store's inbox (fast; this side tries again).
	 */
	readonly acknowledge?: "after-handling" | "before-handling" | undefined;
	/**
	 * Answers a callback that is accepted, in place of what the sender documents; where it returns
	 * nothing, that counts. For senders to which an answer is a decision, as whether a withdrawal is
	 * approved. It is called for every genuine callback that is handled, stands in the inbox or was
	 * either before: not where one is refused, fails or is in progress, and not for a
	 * `callback.verification`, whose answer is a proof. It may be async, and has as long as a handler.
	 *
	 * Where it throws, takes too long or returns something else, the log says so, and the sender gets the
	 * documented answer: the callback is handled, and an error would only make the sender repeat it, until
	 * it gives up on this address. Where the answer decides, by `decisions` in {@link VerifierSettings},
	 * none is made up: it is 500 `undecided`.
	 */
	readonly respond?:
		| ((accepting: Accepting<Event>) => Answer | undefined | Promise<Answer | undefined>)
		| undefined;
	/** How many events of the inbox are handled at the same time. Default 8. */
	readonly concurrency?: number | undefined;
	/** After how many failed tries an event goes to `onDeadLetter`. Default: it never does. */
	readonly maxAttempts?: number | undefined;
	/** Gets events that `maxAttempts` tries could not handle. What it throws makes for another try. */
	readonly onDeadLetter?: ((letter: DeadLetter<Event>) => unknown) | undefined;
	/**
	 * How long a body may take to arrive, in seconds: then the answer is 408. Above 0 to 3,600;
	 * default 10.
	 */
	readonly bodyTimeoutSeconds?: number | undefined;
	/**
	 * How many callbacks may be read at the same time: beyond it the answer is 503, since their bodies are
	 * in memory and nobody knows yet who has sent them. Also how many may wait for keys that have signed
	 * something before, and how many for others. 1 to 1,000,000; default 256.
	 */
	readonly maxUnverifiedBodies?: number | undefined;
	/**
	 * Whether callbacks must come over HTTPS. Default: unless they come from the machine itself, by the
	 * address at the other end of the connection.
	 */
	readonly requireHttps?: boolean | undefined;
	/**
	 * The proxies in front of this server: ranges in CIDR notation, single addresses, `"loopback"`,
	 * `"private"` (RFC 1918 and RFC 4193), or `"unix:"` for whoever connects to a Unix socket. Only
	 * their `X-Forwarded-For` and `X-Forwarded-Proto`, or `Forwarded`, are believed. Default: none.
	 */
	readonly trustedProxies?: readonly string[] | undefined;
	/**
	 * Gets one record for each callback: pino's logger, or one of its shape. `console` gets one line for
	 * each. Default: what goes wrong on this side goes to `console.error`; `false` turns that off.
	 */
	readonly log?: Logger | false | undefined;
	/**
	 * Whether the log tells why callbacks are refused: the cause and its fix, as `explain` of the main entry
	 * finds them, never to their sender. In a minute, 10 refusals are explained, within 1 second of work,
	 * once they are answered. Default: unless `process.env.NODE_ENV` is `"production"`, or a host such as
	 * AWS Lambda, Cloud Run or Vercel is seen and it is not `"development"`; not on Workers, and not without
	 * the full module.
	 */
	readonly explainRefusals?: boolean | undefined;
	/** Whether records hold the bodies of accepted callbacks, as text. Default: false. */
	readonly logBodies?: boolean | undefined;
	/** OpenTelemetry's meter, as `metrics.getMeter("wallet-callback")`. Default: none. */
	readonly meter?: Meter | undefined;
}

/** The options of a verifier, among the receiver's own or apart from them. */
export type VerifierFrom<Name extends SenderName | SenderDescriptor> =
	| VerifierOptions<Name>
	| { readonly verifier: VerifierOptions<Name> };

/** How to verify: a verifier, or the options of one. */
export type Verifying<Event> =
	| { readonly verifier: Verifier<Event> }
	| VerifierFrom<SenderName | SenderDescriptor>;

/** What {@link ReceiverSetup} takes as `verifier`. */
export type AnyVerifier =
	// biome-ignore lint/suspicious/noExplicitAny: its events are inferred.
	Verifier<any> | VerifierOptions<SenderName | SenderDescriptor | undefined>;

/**
 * What {@link createReceiver} takes: its own options and those of `createVerifier`, or a
 * `verifier` in place of these. Its type arguments are found by the compiler; `Payload` may be named
 * alone, as `createReceiver<Stripe.Event>({ sender: "stripe", … })`.
 */
export type ReceiverSetup<
	Payload,
	From extends SenderName | SenderDescriptor | undefined,
	Output,
	Ready extends AnyVerifier | undefined,
> = ReceiverOptions<Opaque<EventIn<Payload, From, Output, Ready>, Payload>> &
	VerifierSetup<From, Output> & {
		readonly keys?: Keys;
		/** What `createVerifier` returns, or its options, in place of its options among these. */
		readonly verifier?: Ready;
	} & (undefined extends Ready
		? { readonly keys: Keys } & NeededFor<Payload>
		: { readonly [Name in keyof VerifierOptions]?: undefined });

/** The events of a receiver. */
type EventIn<Payload, From, Output, Ready> = undefined extends Ready
	? EventFrom<Payload, From, Output>
	: Ready extends Verifier<infer Event>
		? Event
		: EventFrom<
				unknown,
				Ready extends { readonly sender: infer Own } ? Own : undefined,
				Ready extends { readonly schema: StandardSchemaV1<unknown, infer Own> } ? Own : unknown
			>;

/** What the caller knows of a request. The second arguments of Deno's and Bun's servers fit. */
export interface ReceiverContext {
	/**
	 * The client's address, or that of the nearest proxy; `"unix:"` for one at a Unix socket. Default:
	 * what the runtime says.
	 */
	readonly ip?: string | undefined;
	/** Keeps the runtime alive for work behind the answer, as `ctx.waitUntil` of Workers does. */
	readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
	/** Aborts the handler's signal, too. */
	readonly signal?: AbortSignal | undefined;
	/** As `Deno.serve` has it. */
	readonly remoteAddr?:
		| { readonly hostname?: string }
		| { readonly path?: string }
		| object
		| undefined;
	/** As the server of `Bun.serve` has it. */
	readonly requestIP?: ((request: Request) => { readonly address: string } | null) | undefined;
}

/** A request as adapters hand it over. */
export interface Incoming {
	readonly method: string;
	readonly headers: HeadersInput;
	/** Whether the connection is encrypted. */
	readonly secure: boolean;
	/** The address at the other end of the connection; `"unix:"` for a Unix socket. */
	readonly peer?: string | undefined;
	/** Its URL or path: with its query where the sender delivers by GET. */
	readonly url?: string | undefined;
	/**
	 * What is wrong with how an adapter was called, if that was not with a request: the answer is 500
	 * `not_a_request`, and the log has this.
	 */
	readonly misuse?: string | undefined;
	/**
	 * Reads the body up to the chunk with which it passes `limit` bytes.
	 *
	 * @throws {TypeError} where something has read it before; another error where the client is gone.
	 */
	readBody(limit: number): Promise<string | Uint8Array>;
	/** Stops reading: nobody waits for the body any more. */
	cancelBody?(): void;
}

/** An answer as adapters take it. */
export interface Reply {
	readonly status: number;
	readonly headers: { readonly [name: string]: string };
	readonly body: string;
}

/** How callbacks have fared since the receiver was made. */
export interface ReceiverStats {
	/** How many ended in each outcome. */
	readonly outcomes: { readonly [outcome: string]: number };
	/** How many were refused with each code. */
	readonly refusals: { readonly [code: string]: number };
	/** How many are being answered now. */
	readonly inFlight: number;
	/** How long answers took, in milliseconds. */
	readonly latency: {
		readonly count: number;
		readonly sumMs: number;
		readonly maxMs: number;
		/** How many took at most so long; the last bound is infinite. */
		readonly buckets: readonly { readonly leMs: number; readonly count: number }[];
	};
}

/** Receives callbacks: a function from a Fetch request to its response, which never rejects. */
export interface Receiver {
	(request: Request, context?: ReceiverContext): Promise<Response>;
	/** The same for adapters: no `Request` and no `Response` is made. */
	receive(incoming: Incoming, context?: ReceiverContext): Promise<Reply>;
	/** Handles everything in the inbox that is due, and resolves when that is done. */
	drain(): Promise<void>;
	/**
	 * Answers 503 from now on, also to callbacks that have not been verified, and resolves when those
	 * that are being handled are done: with the longest lease at the latest. The store stays open.
	 */
	close(): Promise<void>;
	/** Counters and latency. */
	stats(): ReceiverStats;
}
