/** What remembers which callbacks have been handled: the contract between the receiver and stores. */

/** The right to handle a callback, until its lease runs out. */
export interface Claim {
	/** The callback's id. */
	readonly id: string;
	/** Whose claim it is: what was given to the store as the receiver's identity. */
	readonly receiver: string;
	/** Tells this claim from every other of the same id (a fencing token). */
	readonly token: string;
	/** Which claim of the id this is: 1 for the first. */
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
	 * the inbox again. False if the claim is no longer the newest of its id or is completed.
	 */
	release(claim: Claim, delayMs: number): Promise<boolean>;
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
