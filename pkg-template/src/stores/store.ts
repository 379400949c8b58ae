/** What remembers which callbacks have been handled: the contract between the receiver and stores. */

/** The right to handle a callback, until its lease runs out. */
export interface Claim {
	/** The callback's id. */
	readonly id: string;
	/** Whose claim it is: what was given to the store as the receiver's identity. */
	readonly receiver: string;
	/** Tells this claim from every other of the same id (a fencing token). */
	readonly token: string;
	/**
	 * Which claim of the id this is, without those that were released as unused: 1 for the first, and for
	 * the first after a retry by hand.
	 */
	readonly attempt: number;
}

/** Why a callback is not to be handled now. */
export type NotNow =
	/** It was handled before, or stands in the inbox. */
	| { readonly status: "done" }
	/** Somebody handles it; its lease runs out in so many milliseconds. */
	| { readonly status: "busy"; readonly retryAfterMs: number }
	/** The id belongs to another body. */
	| { readonly status: "conflict" };

/** What {@link ReplayStore.claim} gives. */
export type ClaimOutcome = { readonly status: "claimed"; readonly claim: Claim } | NotNow;

/** What {@link ReplayStore.enqueue} gives. */
export type EnqueueOutcome = { readonly status: "stored" } | NotNow;

/** An entry of the inbox, claimed. */
export interface InboxEntry {
	readonly claim: Claim;
	/** As it was given to {@link ReplayStore.enqueue}. */
	readonly payload: string;
}

/** Why a callback was given up. */
export interface Letter {
	/** The event's type, where it has one. */
	readonly type?: string | undefined;
	/** The message of what the last handler threw, or why it did not end; nothing if it threw nothing. */
	readonly error?: string | undefined;
}

/** A callback that waits in the inbox, is handled from there, or was given up. */
export interface InboxItem {
	readonly id: string;
	/** Whose it is. */
	readonly receiver: string;
	readonly status: "waiting" | "leased" | "dead";
	/** How often it was claimed, without the claims that were released as unused. */
	readonly attempt: number;
	/** How long ago it came first; nothing if a version stored it that did not note that down. */
	readonly ageMs?: number | undefined;
	/** In how many milliseconds it may be taken, or its lease ends. */
	readonly dueMs?: number | undefined;
	/** How long ago it was given up. */
	readonly deadMs?: number | undefined;
	/** Why it was given up. */
	readonly letter?: Letter | undefined;
	/** Whether its payload is here. If not, its sender has to deliver it once more. */
	readonly isEntry: boolean;
}

/**
 * What a store lets people do with callbacks that wait or were given up (dead letters). A store may have
 * none of it; then what was given up is only completed.
 *
 * A callback that was given up counts as done. What {@link ReplayStore.enqueue} was given is kept with it,
 * and both are forgotten when its retention is over.
 */
export interface StoreInbox {
	/**
	 * As {@link ReplayStore.complete}, and keeps the letter and, of an entry of the inbox, its payload.
	 * What is done already stays as it is.
	 */
	bury(claim: Claim, letter: Letter): Promise<boolean>;
	/**
	 * Up to `limit` callbacks of all receivers: those in the inbox, or those that were given up. Claims
	 * that never were in the inbox are neither. If there are more, it is the store's choice which.
	 */
	list(which: "inbox" | "dead", limit: number): Promise<readonly InboxItem[]>;
	/** One of them, with its payload if that is here. */
	get(
		id: string,
		receiver: string,
	): Promise<(InboxItem & { readonly payload?: string | undefined }) | undefined>;
	/**
	 * Has a callback handled again that was given up: takes it back into the inbox, due now, or without a
	 * payload lets the next delivery of it be claimed. Its attempts begin anew, and earlier claims are
	 * void. One that waits becomes due. False if nobody waits for a retry: it is unknown, leased or done.
	 */
	retry(id: string, receiver: string): Promise<boolean>;
	/**
	 * Forgets what was given up, or ends what waits without handling it; it counts as done from then on.
	 * False if it is unknown, leased or done.
	 */
	drop(id: string, receiver: string): Promise<boolean>;
}

/**
 * Remembers callbacks, so that each is handled once. Every operation is atomic, whoever else runs
 * one at the same time, in this process or another; each rejects where the store cannot be reached,
 * and then nothing has to have happened. `wallet-callback/stores/conformance` tests an
 * implementation.
 *
 * An id is 1 to 256 visible ASCII characters, a receiver's identity at most 256 of them, a body's
 * hash 64 hexadecimal digits. Times are in milliseconds.
 *
 * Receivers of different identities share nothing but the store: each has its own records, also of
 * the same id, and its own inbox.
 *
 * A record is kept until `retentionMs` after the latest of three moments: when it was claimed or
 * enqueued, when its lease ends, when it was completed. So it outlives its lease. An entry of the
 * inbox is kept until it is completed, however long that takes, and from then on for `retentionMs`.
 *
 * No wrong reading of a clock may end a lease or a retention early.
 */
export interface ReplayStore {
	/**
	 * Claims a callback for `leaseMs`. The id is remembered with its hash. A claim can be had for an
	 * id that is new, that was released, or whose lease has run out.
	 *
	 * @param receiver the identity of the receiver that asks; an empty string unless given
	 */
	claim(
		id: string,
		bodyHash: string,
		leaseMs: number,
		retentionMs: number,
		receiver?: string,
	): Promise<ClaimOutcome>;
	/**
	 * Records that a callback has been handled. True if it is recorded now, or was with the same
	 * claim; false if the claim is no longer the newest of its id, and then nothing changes.
	 */
	complete(claim: Claim): Promise<boolean>;
	/**
	 * Gives a claim back, so that the callback can be claimed or, `delayMs` from now, be taken from
	 * the inbox again. False if the claim is no longer the newest of its id, is released or is completed.
	 *
	 * @param unused whether nobody began to handle it; false unless given. Such a claim does not count:
	 * the next one has a token of its own, but the same `attempt`
	 */
	release(claim: Claim, delayMs: number, unused?: boolean): Promise<boolean>;
	/**
	 * Puts a callback into the inbox of a receiver. It stays there until it is completed, however
	 * long that takes, and is remembered for `retentionMs` from then on.
	 *
	 * @param receiver the identity of the receiver that asks; an empty string unless given
	 */
	enqueue(
		id: string,
		bodyHash: string,
		payload: string,
		retentionMs: number,
		receiver?: string,
	): Promise<EnqueueOutcome>;
	/**
	 * Claims the entry of a receiver's inbox that has been due for the longest time, or gives nothing
	 * if none is. One whose lease has run out is due.
	 *
	 * @param receiver the identity of the receiver that asks; an empty string unless given
	 */
	take(leaseMs: number, receiver?: string): Promise<InboxEntry | undefined>;
	/** Keeps what was given up, and lets people look at it. */
	readonly inbox?: StoreInbox;
}

/** A store that has all of it, as those of this package do. */
export interface CompleteStore extends ReplayStore {
	readonly inbox: StoreInbox;
}

/**
 * The stable codes of {@link StoreError}: `claim_lost` when a claim is no longer the newest of its
 * id, `full` when a bounded store has no room for another unfinished callback, `not_supported` when
 * the runtime lacks what the store is built on.
 */
export type StoreErrorCode = "claim_lost" | "full" | "not_supported";

/** Thrown by a store. */
export class StoreError extends Error {
	override readonly name = "StoreError";
	readonly code: StoreErrorCode;

	constructor(code: StoreErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}
