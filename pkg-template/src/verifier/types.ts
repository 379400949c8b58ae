import type { RejectionCode, SenderName, WalletEvent } from "../generated/model.js";
import type { Acknowledgement, Probe, SenderDescriptor } from "./descriptor.js";
import type { Explanation } from "./explain.js";
import type { StandardSchemaV1 } from "./standard-schema.js";

/** A public key as a JSON Web Key (RFC 7517). */
export interface PublicJsonWebKey {
	readonly kty: string;
	readonly kid?: string;
	readonly [member: string]: unknown;
}

/** A JSON Web Key Set (RFC 7517, section 5). */
export interface KeySet {
	readonly keys: readonly PublicJsonWebKey[];
}

/**
 * A key in the form in which its sender writes it, or its raw bytes.
 *
 * - `tp-wallet` and all of Standard Webhooks: `whsec_…` or its base64 alone for HMAC-SHA256 (bytes: 24
 *   to 64), `whpk_…` for Ed25519.
 * - Another sender with a secret: the secret as it is given out. No form is guessed.
 * - A sender with a public key: PEM (SPKI or PKCS#1), base64 of the DER, a JSON Web Key, or for
 *   Ed25519 its 64 hexadecimal digits.
 */
export type KeyMaterial = string | Uint8Array | PublicJsonWebKey;

/**
 * A key, alone or with an id, which results give back as `key.id`. Where callbacks name the key that
 * signed them, only the keys with this id are tried, and those without any.
 */
export type KeyInput =
	| KeyMaterial
	| { readonly id?: string; readonly key: KeyMaterial | undefined };

/**
 * Finds the key of an id that a callback names, for a sender that publishes keys. What it throws,
 * {@link Verifier.verifyRequest} throws; it has 60 seconds.
 */
export type KeyFinder = (keyId: string) => KeyInput | undefined | Promise<KeyInput | undefined>;

/**
 * What verifies: one key or up to 16; during a rotation, the old and the new one. Or a JSON Web Key
 * Set. Or a function that finds a key by its id. A variable of the environment that is not set is
 * refused when the program starts.
 */
export type Keys = KeyInput | undefined | readonly (KeyInput | undefined)[] | KeySet | KeyFinder;

/** The options of {@link createVerifier}. */
export interface VerifierOptions<
	From extends SenderName | SenderDescriptor | undefined = "tp-wallet",
	Output = unknown,
> extends VerifierSetup<From, Output> {
	/**
	 * 1 to 16 keys; during a rotation, the old and the new one. Or a JSON Web Key Set. Or a function
	 * that finds a key by its id: `verifyRequest` and `verifyAsync` ask it, `verify` knows what they
	 * have found. A found key is asked for again after five minutes.
	 */
	readonly keys: Keys;
}

/** The options of {@link createVerifier} beside `keys`. */
export interface VerifierSetup<
	From extends SenderName | SenderDescriptor | undefined = "tp-wallet",
	Output = unknown,
> {
	/** Whose callbacks: a name from {@link senders}, or a description. Default: `"tp-wallet"`. */
	readonly sender?: From | undefined;
	/**
	 * What the payload of a genuine callback has to look like, and what it becomes: a schema of zod,
	 * valibot, arktype or another library with Standard Schema. `event.payload` is what it makes. A
	 * payload that does not fit is `malformed_payload`, with the `path` of what is wrong. For
	 * `tp-wallet`, whose events are checked anyway, it gets the whole event, which becomes what it makes;
	 * but for a `callback.verification`, which stays as it is.
	 *
	 * It has to keep the member that holds the event's type. An async schema needs `verifyAsync`,
	 * `verifyRequest` or a receiver. Default: none.
	 */
	readonly schema?: StandardSchemaV1<unknown, Output> | undefined;
	/**
	 * How far a callback's timestamp may be from the clock, in seconds and in either direction.
	 * 1 to 86,400. Default: the sender's own, or else 300.
	 */
	readonly toleranceSeconds?: number | undefined;
	/** The longest body, in bytes. 1 to 67,108,864; default 1,048,576. */
	readonly maxBodyBytes?: number | undefined;
	/**
	 * The ranges from which callbacks may come, in CIDR notation or as single addresses. With it,
	 * `ip` must be given with each callback. Default: anywhere.
	 */
	readonly allowedIps?: readonly string[] | undefined;
	/**
	 * The URL that was registered with the sender, in the sender's spelling. Needed if the sender signs
	 * it, and only then: the URL of a request is made from its `Host` header, which anybody can choose.
	 * For a GET, the query still comes from the request.
	 */
	readonly url?: string | undefined;
	/** The id that the sender gave you as its client. Needed if the sender signs it, and only then. */
	readonly clientId?: string | undefined;
	/**
	 * What a number of another sender's payload becomes if a double does not carry it: an integer beyond
	 * 2^53 - 1, or a decimal whose digits a double changes, such as `0.1000000000000000055` or `1e400`.
	 *
	 * - `"string"`: its digits as written, so that no amount changes and no id is another's.
	 * - `"bigint"`: a `bigint` if it is an integer of at most 4,096 characters, or else its digits.
	 *   `JSON.stringify` refuses a `bigint`.
	 * - `"number"`: the nearest double, as `JSON.parse` reads it.
	 *
	 * Default: `"string"`. `tp-wallet` refuses such numbers.
	 */
	readonly unsafeNumbers?: "string" | "bigint" | "number" | undefined;
	/**
	 * Accepts callbacks of `coinbase-cdp` whose signature covers no header. Anybody can then choose their
	 * `event.type` and `event.id`. Default: false.
	 */
	readonly dangerouslyAllowUnsignedHeaders?: boolean | undefined;
	/**
	 * Accepts callbacks of `cryptapi` by POST, of which only the body is signed, and of a description of
	 * yours with a public key that signs the URL of a GET only. Any customer of the sender can then pass his
	 * own callbacks on to you: compare what the payload says with your records. Default: false.
	 */
	readonly dangerouslyAllowUnsignedUrl?: boolean | undefined;
	/** The clock, in milliseconds. For tests. Default: `Date.now`. */
	readonly now?: (() => number) | undefined;
	/**
	 * Takes secrets of fewer than 24 bytes, for a sender that issues them. A short secret can be
	 * guessed offline from one callback.
	 */
	readonly dangerouslyAllowShortKeys?: boolean | undefined;
}

/** Headers in any of the shapes that runtimes and frameworks have. Names in any letter case. */
export type HeadersInput =
	| { get(name: string): string | null; has(name: string): boolean }
	| Iterable<readonly [string, string | readonly string[]]>
	| { readonly [name: string]: string | readonly string[] | undefined };

/** A body as it arrived, neither parsed nor encoded again. */
export type BodyInput = string | Uint8Array | ArrayBuffer;

/** A callback as it arrived. */
export interface CallbackInput {
	/** The request's headers. */
	readonly headers: HeadersInput;
	/** The request's raw body. */
	readonly body: BodyInput;
	/** The client's address. Needed with `allowedIps`. */
	readonly ip?: string | undefined;
	/** The request's method. Needed where the sender signs it. */
	readonly method?: string | undefined;
	/** The URL that was called. Needed where the sender signs its query. */
	readonly url?: string | undefined;
}

/** What is known of a Fetch request beside itself. */
export interface RequestContext {
	/** The client's address. Needed with `allowedIps`. */
	readonly ip?: string | undefined;
}

/** A callback that is genuine, fresh and well-formed. */
export interface Accepted<Event = WalletEvent> {
	/**
	 * Identifies the callback: it is signed, and the sender documents that each event has one of its own
	 * and each try the same. Undefined without such an id: see `settings.identifiedBy`.
	 */
	readonly id: string | undefined;
	/** When it was signed, in Unix seconds. Undefined where the sender signs none. */
	readonly timestamp: number | undefined;
	/**
	 * The SHA-256 of what is signed and the same in each try, in hexadecimal digits, if that is not the
	 * body alone: the query of a GET, a body that may come in other bytes, or a body with signed headers.
	 * The time, a nonce and the key's id are not in it, nor what a sender is known to change from one try
	 * to the next.
	 */
	readonly contentHash?: string;
	/**
	 * The nonce and the time that are signed with the content, as they are written and with a space between
	 * them, if `timestamp` does not say all of it.
	 */
	readonly signedWith?: string;
	/** The first of the keys that made one of its signatures. */
	readonly key: { readonly index: number; readonly id?: string };
	/** What it says. */
	readonly event: Event;
}

/** A callback that is refused. Its message never tells what would help to forge one. */
export interface Rejected {
	readonly ok: false;
	/** Why, from the stable list. */
	readonly code: RejectionCode;
	/** The HTTP status to answer with. */
	readonly status: number;
	/** What was expected and what came, for logs. */
	readonly message: string;
	/** The header at fault, in lower case. */
	readonly header?: string;
	/** The member of the body at fault, as `data.amount.value`; empty for the body as a whole. */
	readonly path?: string;
	/** With `unknown_key`: the id of the key that the callback names. */
	readonly keyId?: string;
}

/** The verdict on a callback: what {@link Verifier.safeVerify} returns. */
export type VerifyResult<Event = WalletEvent> =
	| ({ readonly ok: true } & Accepted<Event>)
	| Rejected;

/** A value that JSON can carry. */
export type JsonValue =
	| string
	| number
	| boolean
	| null
	| readonly JsonValue[]
	| { readonly [name: string]: JsonValue };

/** A callback of another sender than `tp-wallet`. */
export interface OpaqueEvent {
	/**
	 * What its sender calls it, where the sender's description says where that stands. Anybody can choose
	 * it where {@link Signs.type} is false, as GitHub's: decide nothing by it.
	 */
	readonly type?: string;
	/**
	 * What its sender calls its id, where the description says where that stands. The result has it as its
	 * `id`, too, if it is signed and documented as unique; a header that the signature does not cover, such
	 * as GitHub's, can be changed by anybody.
	 */
	readonly id?: string;
	/**
	 * What was signed: the body's JSON value as `JSON.parse` reads it, but for the numbers of
	 * {@link VerifierOptions.unsafeNumbers}; its text if it is not JSON; nothing if it is empty; a
	 * `Uint8Array` if it is not UTF-8. Of a form, or of the query of a GET, an object of its fields: a
	 * string, or an array of strings for a name that comes more than once or ends with `[]`.
	 */
	readonly payload?: unknown;
}

/**
 * What the signature of a callback proves: what only somebody with the key can choose. Of a GET, for
 * which some senders sign another text, it may prove less.
 */
export interface Signs {
	/** The body, or the part of it that becomes the payload. */
	readonly body: boolean;
	/** The id of the result or of its event. */
	readonly id: boolean;
	/** The type of the event. */
	readonly type: boolean;
	/** When it was signed, so that an old one is refused. */
	readonly timestamp: boolean;
	/** The URL to which it was sent, or a part of it. */
	readonly url: boolean;
	/** The request's method. */
	readonly method: boolean;
}

/** Where something stands in a callback: in a header, or in a member of the body, such as `event.id`. */
export type Place = { readonly header: string } | { readonly member: string };

/** How a sender delivers its callbacks, what they are known by, and what it waits for. */
export interface Delivery {
	/**
	 * The signed header or member that the sender documents as unique: each event has a value of its own,
	 * and each try of it the same. Undefined if the sender documents none.
	 */
	readonly identifiedBy?: Place | undefined;
	/** Where the type of an event stands; undefined if the sender names none. */
	readonly typedBy?: Place | undefined;
	/** All types that events have; undefined if the sender does not list them. */
	readonly types?: readonly string[] | undefined;
	/** The answer by which it knows that a callback has arrived; undefined where none is documented. */
	readonly acknowledgement?: Acknowledgement | undefined;
	/** The methods by which it asks, without a signature, whether there is somebody. */
	readonly probes: readonly Probe[];
	/** Whether it also sends callbacks by GET, in the query of the URL: it signs them so. */
	readonly deliversByGet: boolean;
	/** The types of the events to which the answer is a decision, so that none is given by default. */
	readonly decisions: readonly string[];
	/**
	 * Whether it does not send again what was answered with some or any 4xx, so that a receiver answers
	 * 503 where another try may succeed.
	 */
	readonly clientErrorsAreFinal: boolean;
}

/** What a verifier was told, or takes by default. */
export interface VerifierSettings extends Delivery {
	/** The name of the sender. */
	readonly sender: string;
	/** What the signatures that it accepts prove. */
	readonly signs: Signs;
	/** Whether there is `identifiedBy`, so that two callbacks with the same `id` are one that was repeated. */
	readonly identifiesCallbacks: boolean;
	/** Whether `keys` is a function. */
	readonly findsKeys: boolean;
	/** The media type in which they come, where their format prescribes one. */
	readonly mediaType?: string | undefined;
	/** The longest body, in bytes. */
	readonly maxBodyBytes: number;
	/** How far a callback's timestamp may be from the clock, in seconds. */
	readonly toleranceSeconds: number;
}

/** The answer to a sender that verifies a callback address: to be sent as JSON with status 200. */
export interface VerificationAnswer {
	readonly code: 0;
	/** The sender's challenge. */
	readonly challenge: string;
	/** `v1,<base64>`: proves that this side holds the secret, too. */
	readonly signature: string;
}

/** Decides whether callbacks are genuine, fresh and well-formed. */
export interface Verifier<Event = WalletEvent> {
	/** What it was told, or takes by default. */
	readonly settings: VerifierSettings;
	/**
	 * Verifies a callback and returns it, or throws. Synchronous on every runtime.
	 *
	 * @throws {CallbackRejectedError} for a callback that is refused.
	 * @throws {TypeError} for a body that something has already parsed, for headers or an `ip` of
	 * another shape: mistakes of the program, each with its fix in the message.
	 *
	 * @example
	 * ```ts
	 * try {
	 *   const { id, event } = verifier.verify({ headers, body });
	 * } catch (error) {
	 *   if (!(error instanceof CallbackRejectedError)) throw error;
	 *   return new Response(error.code, { status: error.status });
	 * }
	 * ```
	 */
	verify(input: CallbackInput): Accepted<Event>;
	/**
	 * The same as {@link Verifier.verify}, but returns the refusal: never throws for what the network
	 * sent.
	 *
	 * @throws {TypeError} as {@link Verifier.verify}.
	 *
	 * @example
	 * ```ts
	 * const result = verifier.safeVerify({ headers, body });
	 * if (!result.ok) return new Response(result.code, { status: result.status });
	 * console.log(result.id, result.event);
	 * ```
	 */
	safeVerify(input: CallbackInput): VerifyResult<Event>;
	/**
	 * Verifies a callback as {@link Verifier.verify} does, and looks up the key that it names where
	 * `keys` is a function.
	 *
	 * @throws as {@link Verifier.verify}, and what the function throws.
	 *
	 * @example
	 * ```ts
	 * const { id, event } = await verifier.verifyAsync({ headers, body });
	 * ```
	 */
	verifyAsync(input: CallbackInput): Promise<Accepted<Event>>;
	/**
	 * The same as {@link Verifier.verifyAsync}, but returns the refusal.
	 *
	 * @throws {TypeError} as {@link Verifier.verify}, and what the function throws.
	 */
	safeVerifyAsync(input: CallbackInput): Promise<VerifyResult<Event>>;
	/**
	 * Reads a Fetch request's body, at most `maxBodyBytes` of it, and verifies it. What comes as gzip or
	 * deflate is verified as it was before.
	 *
	 * @throws as {@link Verifier.verifyAsync}; `TypeError` for a request whose body has been read; and
	 * what the stream throws when the client hangs up.
	 *
	 * @example
	 * ```ts
	 * const { id, event } = await verifier.verifyRequest(request);
	 * ```
	 */
	verifyRequest(request: Request, context?: RequestContext): Promise<Accepted<Event>>;
	/**
	 * The same as {@link Verifier.verifyRequest}, but returns the refusal.
	 *
	 * @throws as {@link Verifier.safeVerifyAsync}; `TypeError` for a request whose body has been read;
	 * and what the stream throws when the client hangs up.
	 */
	safeVerifyRequest(request: Request, context?: RequestContext): Promise<VerifyResult<Event>>;
	/**
	 * Answers a `callback.verification`, by which a sender makes sure that a callback address belongs
	 * to somebody who holds the secret. Nothing for another event, and where a public key verified
	 * it, since nobody could prove anything with that.
	 *
	 * @example
	 * ```ts
	 * const answer = verifier.answerVerification(verifier.verify({ headers, body })) ?? { code: 0 };
	 * return Response.json(answer);
	 * ```
	 */
	answerVerification(accepted: Accepted<Event>): VerificationAnswer | undefined;
	/**
	 * A digest that two verifiers with the same keys have in common; nothing where keys are found by
	 * their ids. Keep it to yourself: a secret that can be guessed can be guessed from it.
	 */
	fingerprint?(): string | undefined;
	/**
	 * Finds out why a callback does not verify, as `explain` does, with the keys and options of this
	 * verifier; where `keys` is a function, with the keys that it has found. Not for the sender's eyes.
	 *
	 * @throws {ConfigError} `needs_full`, as `explain`.
	 *
	 * @example
	 * ```ts
	 * const result = verifier.safeVerify(callback);
	 * if (!result.ok) console.warn(verifier.explain?.(callback).causes);
	 * ```
	 */
	explain?(input: CallbackInput, budgetMilliseconds?: number): Explanation;
	/**
	 * With a schema: the verifier without it, and what applies it to an event of that verifier. For
	 * receivers, whose inbox keeps events as they came.
	 */
	readonly stages?:
		| {
				readonly verifier: Verifier<unknown>;
				readonly shape: (
					event: unknown,
				) => Promise<{ readonly ok: true; readonly event: Event } | Rejected>;
		  }
		| undefined;
}

/** The options of {@link sign}. What a sender's callbacks do not carry is left out. */
export interface SignOptions<Body extends BodyInput = BodyInput> {
	/** The body to sign. */
	readonly body: Body;
	/** A secret, or an Ed25519 private key as `whsk_…`. */
	readonly key: KeyMaterial | undefined;
	/** Whose format. Default: `"tp-wallet"`. */
	readonly sender?: SenderName | SenderDescriptor | undefined;
	/** 1 to 256 visible ASCII characters, without what follows it under the signature. Default: a random one. */
	readonly id?: string | undefined;
	/** Unix seconds. Default: now. */
	readonly timestamp?: number | undefined;
	/** A text that no two callbacks share. Default: a random one. */
	readonly nonce?: string | undefined;
	/** The id of the key. Default: `"key-1"`. */
	readonly keyId?: string | undefined;
	/** The id of the sender's client. Default: `"client-1"`. */
	readonly clientId?: string | undefined;
	/** The request's method. Default: `"POST"`. */
	readonly method?: string | undefined;
	/** The request's URL. Needed where the sender signs it. */
	readonly url?: string | undefined;
	/** Further headers, by their names in lower case: signed where the sender signs them. */
	readonly headers?: { readonly [name: string]: string } | undefined;
}

/** A signed callback, ready to be sent. */
export interface SignedCallback<Body extends BodyInput = BodyInput> {
	/** The headers that carry the signature, and the `content-type` unless the method is GET. */
	readonly headers: Record<string, string>;
	/**
	 * The body as it was given. Where the sender puts the signature into it, another one of the same
	 * shape.
	 */
	readonly body: Body;
}

/** An Ed25519 key pair. */
export interface KeyPair {
	/** `whpk_…`: verifies. */
	readonly publicKey: string;
	/** `whsk_…`: signs. */
	readonly privateKey: string;
}

/** What is known about a sender. */
export interface SenderInfo extends Delivery {
	/** The name for {@link VerifierOptions.sender}. */
	readonly name: SenderName;
	/** The name for people. */
	readonly title: string;
	/** How its callbacks are signed. */
	readonly algorithm: string;
	/** The headers that are read, in lower case. */
	readonly headers: readonly string[];
	/** Where the time that is compared with the clock comes from. */
	readonly freshness: string;
	/** What its signature proves: of a POST, if {@link SenderInfo.signsOnGet} is there. */
	readonly signs: Signs;
	/** What the signature of a GET proves, whose `body` is the query; undefined if it sends none. */
	readonly signsOnGet?: Signs | undefined;
	/** The options that a verifier of it needs beside `keys`. */
	readonly requires: readonly ("url" | "clientId")[];
	/**
	 * The options without which a POST is refused, of a sender whose POST proves nothing about the URL while
	 * its GET does; undefined if a verifier takes a POST as it is.
	 */
	readonly postRequires?: readonly "dangerouslyAllowUnsignedUrl"[] | undefined;
	/** Where the rules are documented. */
	readonly docs: string;
	/**
	 * What the rules are known from: a published vector that recomputes, the sender's own
	 * documentation, or a copy of it.
	 */
	readonly evidence: "vector" | "read" | "second-hand";
	/** The entry of this package that verifies them. */
	readonly entry: "wallet-callback" | "wallet-callback/full";
}
