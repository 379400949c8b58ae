/** A store in this process's memory: for one process that may forget everything when it ends. */

import { shown } from "../core/shown.js";
import { Column, HashColumn, Index, Queue } from "./columns.js";
import {
	type Claim,
	type ClaimOutcome,
	type CompleteStore,
	type EnqueueOutcome,
	type InboxEntry,
	type InboxItem,
	type Letter,
	type NotNow,
	type ReplayStore,
	StoreError,
	type StoreInbox,
} from "./store.js";

export { StoreError, type StoreErrorCode } from "./store.js";
export type {
	Claim,
	ClaimOutcome,
	CompleteStore,
	EnqueueOutcome,
	InboxEntry,
	InboxItem,
	Letter,
	NotNow,
	ReplayStore,
	StoreInbox,
};

/** What {@link memoryStore} takes. */
export interface MemoryStoreOptions {
	/**
	 * How many callbacks are remembered at most, 1,000,000 unless given; so many take about
	 * 160 MB. Callbacks per second times the retention in seconds is what you need.
	 */
	readonly maxEntries?: number;
	/**
	 * Called with the id of a completed callback that had to be forgotten before its time, since the
	 * store was full. If that callback is sent once more, it is handled once more: a store that calls
	 * this is too small.
	 */
	readonly onEvict?: (id: string) => void;
	/**
	 * The clock, in milliseconds, for tests of leases and retention: `fakeClock().now` of
	 * `wallet-callback/testing`. Default: one that no step of the system's clock moves.
	 */
	readonly now?: () => number;
}

/**
 * Remembers callbacks in this process's memory. When it is full, it forgets the completed one that
 * is nearest to the end of its retention. It never forgets one that is not completed: if there are
 * no others, `claim` and `enqueue` of a new id reject with a {@link StoreError}, code `full`.
 *
 * @throws {TypeError} if an option is not as described
 * @example
 * ```ts
 * const store = memoryStore({ maxEntries: 100_000, onEvict: (id) => console.warn("forgot", id) });
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): CompleteStore {
	const { maxEntries = 1_000_000, onEvict, now = () => performance.now() } = options;
	if (!Number.isSafeInteger(maxEntries) || maxEntries < 1 || maxEntries > MOST_ENTRIES) {
		throw new TypeError(
			`maxEntries: expected an integer from 1 to ${MOST_ENTRIES}, got ${shown(maxEntries)}`,
		);
	}
	if (onEvict !== undefined && typeof onEvict !== "function") {
		throw new TypeError(`onEvict: expected a function, got ${shown(onEvict)}`);
	}
	if (typeof now !== "function") {
		throw new TypeError(`now: expected a function, got ${shown(now)}`);
	}
	return new MemoryStore(maxEntries, onEvict, now);
}

/** More would take gigabytes: that is what the other stores are for. */
const MOST_ENTRIES = 2 ** 24;

/** What is kept of a callback that was given up. */
interface Buried {
	readonly letter: Letter;
	/** Of an entry of the inbox. */
	readonly payload: string | undefined;
}

const FREE = 0;
const LEASED = 1;
const DONE = 2;

/**
 * What is known of an id stands in columns, at its slot: a million objects would need more than
 * twice the memory. No operation waits for anything, so that each is atomic.
 */
class MemoryStore implements CompleteStore {
	readonly #maxEntries: number;
	readonly #onEvict: ((id: string) => void) | undefined;
	readonly #clock: () => number;

	readonly #index: Index;
	readonly #hashes = new HashColumn();
	readonly #state = new Column(Uint8Array);
	/** A number suffices as a token, since none leaves the process. */
	readonly #token = new Column(Float64Array);
	readonly #attempt = new Column(Uint32Array);
	/** When it came first. */
	readonly #first = new Column(Float64Array);
	/** When the lease is over, when an entry of the inbox may be taken, or when one was given up. */
	readonly #due = new Column(Float64Array);
	readonly #retention = new Column(Float64Array);
	readonly #expiry = new Column(Float64Array);
	readonly #payloads = new Map<number, string>();
	readonly #letters = new Map<number, Buried>();
	/** Receivers by number, as the index has them. */
	readonly #owners = new Map<string, number>();
	readonly #receivers: string[] = [];

	// Each slot is in one of these.
	readonly #position = new Column(Uint32Array);
	readonly #completed = new Queue(this.#expiry, this.#position);
	readonly #claimed = new Queue(this.#expiry, this.#position);
	/** By receiver. */
	readonly #inboxes: Queue[] = [];

	readonly inbox: StoreInbox = {
		bury: async (claim, letter) => this.#end(claim, letter),
		list: async (which, limit) => this.#list(which, limit),
		get: async (id, receiver) => {
			const slot = this.#find(id, this.#ownerOf(receiver), this.#now());
			if (slot === undefined) return undefined;
			const payload = this.#payloads.get(slot) ?? this.#letters.get(slot)?.payload;
			const item = this.#itemAt(slot);
			return item && { ...item, ...(payload !== undefined && { payload }) };
		},
		retry: async (id, receiver) => this.#retry(id, receiver),
		drop: async (id, receiver) => this.#drop(id, receiver),
	};

	#lastToken = 0;
	#latest = 0;

	constructor(
		maxEntries: number,
		onEvict: ((id: string) => void) | undefined,
		clock: () => number,
	) {
		this.#maxEntries = maxEntries;
		this.#clock = clock;
		this.#index = new Index(maxEntries);
		this.#onEvict = onEvict;
	}

	async claim(
		id: string,
		bodyHash: string,
		leaseMs: number,
		retentionMs: number,
		receiver = "",
	): Promise<ClaimOutcome> {
		return this.#admit(id, bodyHash, retentionMs, receiver, (slot, now) => {
			const claim = this.#lease(slot, now + leaseMs);
			this.#claimed.add(slot);
			return { status: "claimed", claim };
		});
	}

	async enqueue(
		id: string,
		bodyHash: string,
		payload: string,
		retentionMs: number,
		receiver = "",
	): Promise<EnqueueOutcome> {
		return this.#admit(id, bodyHash, retentionMs, receiver, (slot, now) => {
			this.#state.set(slot, FREE);
			this.#due.set(slot, now);
			this.#expiry.set(slot, now + retentionMs);
			this.#payloads.set(slot, payload);
			this.#queueOf(slot).add(slot);
			return { status: "stored" };
		});
	}

	/** Hands over a slot that is in no queue, unless what is known of the id speaks against it. */
	#admit<Admitted>(
		id: string,
		bodyHash: string,
		retentionMs: number,
		receiver: string,
		admit: (slot: number, now: number) => Admitted,
	): Admitted | NotNow {
		const now = this.#now();
		const owner = this.#ownerOf(receiver);
		let slot = this.#find(id, owner, now);
		if (slot === undefined) {
			slot = this.#insert(id, owner, bodyHash, now);
		} else {
			const refusal = this.#refusal(slot, bodyHash, now);
			if (refusal !== undefined) return refusal;
			this.#claimed.remove(slot);
		}
		this.#retention.set(slot, retentionMs);
		return admit(slot, now);
	}

	async complete(claim: Claim): Promise<boolean> {
		return this.#end(claim);
	}

	#end(claim: Claim, letter?: Letter): boolean {
		const slot = this.#newest(claim);
		if (slot === undefined) return false;
		if (this.#state.get(slot) === DONE) return true;
		const payload = this.#payloads.get(slot);
		this.#finish(slot);
		if (letter !== undefined) {
			this.#letters.set(slot, { letter, payload });
			this.#due.set(slot, this.#now());
		}
		return true;
	}

	#finish(slot: number): void {
		this.#queueOf(slot).remove(slot);
		this.#payloads.delete(slot);
		this.#state.set(slot, DONE);
		// That of a lease that would have ended later still counts.
		const expiry = Math.max(this.#expiry.get(slot), this.#now() + this.#retention.get(slot));
		this.#expiry.set(slot, expiry);
		this.#completed.add(slot);
	}

	async release(claim: Claim, delayMs: number, unused = false): Promise<boolean> {
		const slot = this.#newest(claim);
		if (slot === undefined || this.#state.get(slot) !== LEASED) return false;
		const queue = this.#queueOf(slot);
		queue.remove(slot);
		this.#state.set(slot, FREE);
		this.#due.set(slot, this.#now() + delayMs);
		if (unused) this.#attempt.set(slot, this.#attempt.get(slot) - 1);
		queue.add(slot);
		return true;
	}

	async take(leaseMs: number, receiver = ""): Promise<InboxEntry | undefined> {
		const now = this.#now();
		const inbox = this.#inboxes[this.#ownerOf(receiver)];
		const slot = inbox?.firstUntil(now);
		if (inbox === undefined || slot === undefined) return undefined;
		inbox.remove(slot);
		const claim = this.#lease(slot, now + leaseMs);
		inbox.add(slot);
		return { claim, payload: this.#payloads.get(slot) ?? "" };
	}

	#list(which: "inbox" | "dead", limit: number): InboxItem[] {
		const now = this.#now();
		const slots = which === "inbox" ? this.#payloads.keys() : this.#letters.keys();
		const known = [...slots].filter((slot) => which === "inbox" || this.#expiry.get(slot) > now);
		const order = which === "inbox" ? 1 : -1;
		known.sort((one, other) => order * (this.#due.get(one) - this.#due.get(other)));
		return known.slice(0, limit).flatMap((slot) => this.#itemAt(slot) ?? []);
	}

	/** What is told of a slot: nothing unless it is in an inbox or was given up. */
	#itemAt(slot: number): InboxItem | undefined {
		const buried = this.#letters.get(slot);
		const isEntry = (buried?.payload ?? this.#payloads.get(slot)) !== undefined;
		if (buried === undefined && !isEntry) return undefined;
		const now = this.#now();
		const item = {
			id: this.#index.idAt(slot),
			receiver: this.#receivers[this.#index.ownerAt(slot)] ?? "",
			attempt: this.#attempt.get(slot),
			ageMs: now - this.#first.get(slot),
			isEntry,
		};
		const leftMs = this.#due.get(slot) - now;
		if (buried) return { ...item, status: "dead", deadMs: -leftMs, letter: buried.letter };
		const status = this.#isWaiting(slot, now) ? "waiting" : "leased";
		return { ...item, status, dueMs: Math.max(0, leftMs) };
	}

	#retry(id: string, receiver: string): boolean {
		const now = this.#now();
		const slot = this.#find(id, this.#ownerOf(receiver), now);
		if (slot === undefined) return false;
		const buried = this.#letters.get(slot);
		if (buried === undefined && !this.#isWaiting(slot, now)) return false;
		this.#queueOf(slot).remove(slot);
		this.#due.set(slot, Math.min(this.#due.get(slot), now));
		if (buried !== undefined) {
			this.#letters.delete(slot);
			if (buried.payload !== undefined) this.#payloads.set(slot, buried.payload);
			this.#state.set(slot, FREE);
			this.#token.set(slot, 0);
			this.#attempt.set(slot, 0);
		}
		this.#queueOf(slot).add(slot);
		return true;
	}

	#drop(id: string, receiver: string): boolean {
		const now = this.#now();
		const slot = this.#find(id, this.#ownerOf(receiver), now);
		if (slot === undefined) return false;
		if (this.#letters.delete(slot)) return true;
		if (!this.#isWaiting(slot, now)) return false;
		this.#token.set(slot, 0);
		this.#finish(slot);
		return true;
	}

	/** Whether it is an entry of the inbox that nobody handles. */
	#isWaiting(slot: number, now: number): boolean {
		const isLeased = this.#state.get(slot) === LEASED && this.#due.get(slot) > now;
		return this.#payloads.has(slot) && !isLeased;
	}

	/** The time that has passed, which steps of the system's clock do not change. */
	#now(): number {
		this.#latest = Math.max(this.#latest, this.#clock());
		return this.#latest;
	}

	/** The number of a receiver. */
	#ownerOf(receiver: string): number {
		let owner = this.#owners.get(receiver);
		if (owner === undefined) {
			owner = this.#receivers.push(receiver) - 1;
			this.#owners.set(receiver, owner);
			this.#inboxes.push(new Queue(this.#due, this.#position));
		}
		return owner;
	}

	/** The slot of an id that is remembered. */
	#find(id: string, owner: number, now: number): number | undefined {
		const slot = this.#index.find(id, owner);
		if (slot === undefined || this.#payloads.has(slot) || this.#expiry.get(slot) > now) return slot;
		this.#forget(slot);
		return undefined;
	}

	/** The slot of an id if the claim is its newest. */
	#newest({ id, receiver = "", token }: Claim): number | undefined {
		const slot = this.#index.find(id, this.#ownerOf(receiver));
		return slot !== undefined && String(this.#token.get(slot)) === token ? slot : undefined;
	}

	/** Why the id can be neither claimed nor put into the inbox. */
	#refusal(slot: number, bodyHash: string, now: number): NotNow | undefined {
		if (!this.#hashes.has(slot, bodyHash)) return { status: "conflict" };
		if (this.#state.get(slot) === DONE || this.#payloads.has(slot)) return { status: "done" };
		const leftMs = this.#due.get(slot) - now;
		if (this.#state.get(slot) === FREE || leftMs <= 0) return undefined;
		return { status: "busy", retryAfterMs: Math.ceil(leftMs) };
	}

	/** Only of slots that are in no queue. */
	#lease(slot: number, until: number): Claim {
		this.#lastToken++;
		const attempt = this.#attempt.get(slot) + 1;
		this.#state.set(slot, LEASED);
		this.#token.set(slot, this.#lastToken);
		this.#attempt.set(slot, attempt);
		this.#due.set(slot, until);
		this.#expiry.set(slot, until + this.#retention.get(slot));
		const receiver = this.#receivers[this.#index.ownerAt(slot)] ?? "";
		return { id: this.#index.idAt(slot), receiver, token: String(this.#lastToken), attempt };
	}

	/** Gives a new id a slot, which the caller has to put into a queue. */
	#insert(id: string, owner: number, bodyHash: string, now: number): number {
		this.#forgetExpired(this.#completed, now);
		this.#forgetExpired(this.#claimed, now);
		if (this.#index.size >= this.#maxEntries) this.#evict();
		const slot = this.#index.add(id, owner);
		this.#hashes.set(slot, bodyHash);
		this.#token.set(slot, 0);
		this.#attempt.set(slot, 0);
		this.#first.set(slot, now);
		return slot;
	}

	/** Up to two, which is more than come in, and never takes a noticeable time. */
	#forgetExpired(queue: Queue, now: number): void {
		for (let count = 0; count < 2; count++) {
			const slot = queue.firstUntil(now);
			if (slot === undefined) break;
			this.#forget(slot);
		}
	}

	#evict(): void {
		const slot = this.#completed.firstUntil(Number.POSITIVE_INFINITY);
		if (slot === undefined) {
			const message = `expected at most ${this.#maxEntries} callbacks that are not completed`;
			throw new StoreError("full", message);
		}
		const id = this.#index.idAt(slot);
		this.#forget(slot);
		this.#onEvict?.(id);
	}

	/** Only of slots that are not in an inbox. */
	#forget(slot: number): void {
		this.#queueOf(slot).remove(slot);
		this.#letters.delete(slot);
		this.#index.remove(slot);
	}

	#queueOf(slot: number): Queue {
		if (this.#state.get(slot) === DONE) return this.#completed;
		if (!this.#payloads.has(slot)) return this.#claimed;
		return this.#inboxes[this.#index.ownerAt(slot)] as Queue;
	}
}
