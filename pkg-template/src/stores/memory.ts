/** A store in this process's memory: for one process that may forget everything when it ends. */
import {
	type Claim,
	type ClaimOutcome,
	type EnqueueOutcome,
	type InboxEntry,
	type NotNow,
	type ReplayStore,
	StoreError,
} from "./store.js";

export { StoreError, type StoreErrorCode } from "./store.js";
export type { Claim, ClaimOutcome, EnqueueOutcome, InboxEntry, NotNow, ReplayStore };

/** What {@link memoryStore} takes. */
export interface MemoryStoreOptions {
	/**
	 * How many callbacks are remembered at most, 1,000,000 unless given; so many take less than
	 * 200 MB. Callbacks per second times the retention in seconds is what you need.
	 */
	readonly maxEntries?: number;
	/**
	 * Called with the id of a completed callback that had to be forgotten before its time, since the
	 * store was full. If that callback is sent once more, it is handled once more: a store that calls
	 * this is too small.
	 */
	readonly onEvict?: (id: string) => void;
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
export function memoryStore(options: MemoryStoreOptions = {}): ReplayStore {
	const { maxEntries = 1_000_000, onEvict } = options;
	if (!Number.isSafeInteger(maxEntries) || maxEntries < 1 || maxEntries > MOST_ENTRIES) {
		throw new TypeError(
			`maxEntries: expected an integer from 1 to ${MOST_ENTRIES}, got ${String(maxEntries)}`,
		);
	}
	if (onEvict !== undefined && typeof onEvict !== "function") {
		throw new TypeError(`onEvict: expected a function, got ${typeof onEvict}`);
	}
	return new MemoryStore(maxEntries, onEvict);
}

/** More would take gigabytes: that is what the other stores are for. */
const MOST_ENTRIES = 2 ** 24;

const FREE = 0;
const LEASED = 1;
const DONE = 2;

/**
 * What is known of an id stands in columns, at its slot: a million objects would need more than
 * twice the memory. No operation waits for anything, so that each is atomic.
 */
class MemoryStore implements ReplayStore {
	readonly #maxEntries: number;
	readonly #onEvict: ((id: string) => void) | undefined;

	readonly #index: Index;
	readonly #hashes = new HashColumn();
	readonly #state = new Column(Uint8Array);
	/** A number suffices as a token, since none leaves the process. */
	readonly #token = new Column(Float64Array);
	readonly #attempt = new Column(Uint32Array);
	/** When the lease is over, or when an entry of the inbox may be taken. */
	readonly #due = new Column(Float64Array);
	readonly #expiry = new Column(Float64Array);
	readonly #payloads = new Map<number, string>();

	// Each slot is in one of these.
	readonly #position = new Column(Uint32Array);
	readonly #completed = new Queue(this.#expiry, this.#position);
	readonly #claimed = new Queue(this.#expiry, this.#position);
	readonly #inbox = new Queue(this.#due, this.#position);

	#lastToken = 0;

	constructor(maxEntries: number, onEvict: ((id: string) => void) | undefined) {
		this.#maxEntries = maxEntries;
		this.#index = new Index(maxEntries);
		this.#onEvict = onEvict;
	}

	async claim(
		id: string,
		bodyHash: string,
		leaseMs: number,
		retentionMs: number,
	): Promise<ClaimOutcome> {
		const now = performance.now();
		let slot = this.#find(id, now);
		if (slot === undefined) {
			slot = this.#insert(id, bodyHash, now);
		} else {
			const refusal = this.#refusal(slot, bodyHash, now);
			if (refusal !== undefined) return refusal;
			this.#claimed.remove(slot);
		}
		this.#expiry.set(slot, now + retentionMs);
		this.#claimed.add(slot);
		return { status: "claimed", claim: this.#lease(slot, now + leaseMs) };
	}

	async complete(claim: Claim): Promise<boolean> {
		const slot = this.#newest(claim);
		if (slot === undefined) return false;
		if (this.#state.get(slot) === DONE) return true;
		this.#queueOf(slot).remove(slot);
		this.#payloads.delete(slot);
		this.#state.set(slot, DONE);
		this.#completed.add(slot);
		return true;
	}

	async release(claim: Claim, delayMs: number): Promise<boolean> {
		const slot = this.#newest(claim);
		if (slot === undefined || this.#state.get(slot) !== LEASED) return false;
		const queue = this.#queueOf(slot);
		queue.remove(slot);
		this.#state.set(slot, FREE);
		this.#due.set(slot, performance.now() + delayMs);
		queue.add(slot);
		return true;
	}

	async enqueue(
		id: string,
		bodyHash: string,
		payload: string,
		retentionMs: number,
	): Promise<EnqueueOutcome> {
		const now = performance.now();
		let slot = this.#find(id, now);
		if (slot === undefined) {
			slot = this.#insert(id, bodyHash, now);
		} else {
			const refusal = this.#refusal(slot, bodyHash, now);
			if (refusal !== undefined) return refusal;
			this.#claimed.remove(slot);
		}
		this.#state.set(slot, FREE);
		this.#due.set(slot, now);
		this.#expiry.set(slot, now + retentionMs);
		this.#payloads.set(slot, payload);
		this.#inbox.add(slot);
		return { status: "stored" };
	}

	async take(leaseMs: number): Promise<InboxEntry | undefined> {
		const now = performance.now();
		const slot = this.#inbox.firstUntil(now);
		if (slot === undefined) return undefined;
		this.#inbox.remove(slot);
		const claim = this.#lease(slot, now + leaseMs);
		this.#inbox.add(slot);
		return { claim, payload: this.#payloads.get(slot) ?? "" };
	}

	/** The slot of an id that is remembered. */
	#find(id: string, now: number): number | undefined {
		const slot = this.#index.find(id);
		if (slot === undefined || this.#payloads.has(slot) || this.#expiry.get(slot) > now) return slot;
		this.#forget(slot);
		return undefined;
	}

	/** The slot of an id if the claim is its newest. */
	#newest({ id, token }: Claim): number | undefined {
		const slot = this.#index.find(id);
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

	#lease(slot: number, until: number): Claim {
		this.#lastToken++;
		const attempt = this.#attempt.get(slot) + 1;
		this.#state.set(slot, LEASED);
		this.#token.set(slot, this.#lastToken);
		this.#attempt.set(slot, attempt);
		this.#due.set(slot, until);
		return { id: this.#index.idAt(slot), token: String(this.#lastToken), attempt };
	}

	/** Gives a new id a slot, which the caller has to put into a queue. */
	#insert(id: string, bodyHash: string, now: number): number {
		this.#forgetExpired(this.#completed, now);
		this.#forgetExpired(this.#claimed, now);
		if (this.#index.size >= this.#maxEntries) this.#evict();
		const slot = this.#index.add(id);
		this.#hashes.set(slot, bodyHash);
		this.#token.set(slot, 0);
		this.#attempt.set(slot, 0);
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

	/** Only of slots that are not in the inbox. */
	#forget(slot: number): void {
		this.#queueOf(slot).remove(slot);
		this.#index.remove(slot);
	}

	#queueOf(slot: number): Queue {
		if (this.#state.get(slot) === DONE) return this.#completed;
		return this.#payloads.has(slot) ? this.#inbox : this.#claimed;
	}
}

/** Finds the slot of an id: a hash table with chains. A `Map` takes several times the memory. */
class Index {
	readonly #ids: string[] = [];
	readonly #unused: number[] = [];
	/** The first slot of each chain plus one, and the one after each slot plus one. */
	readonly #first: Uint32Array;
	readonly #next = new Column(Uint32Array);
	/** Nobody can know which ids share a chain. */
	readonly #seed = Math.floor(Math.random() * 2 ** 32);

	constructor(maxEntries: number) {
		this.#first = new Uint32Array(2 ** Math.ceil(Math.log2(maxEntries)));
	}

	get size(): number {
		return this.#ids.length - this.#unused.length;
	}

	idAt(slot: number): string {
		return this.#ids[slot] ?? "";
	}

	find(id: string): number | undefined {
		let slot = (this.#first[this.#chainOf(id)] ?? 0) - 1;
		while (slot >= 0 && this.#ids[slot] !== id) slot = this.#next.get(slot) - 1;
		return slot >= 0 ? slot : undefined;
	}

	/** Gives a slot to an id that has none. */
	add(id: string): number {
		const slot = this.#unused.pop() ?? this.#ids.length;
		const chain = this.#chainOf(id);
		this.#ids[slot] = id;
		this.#next.set(slot, this.#first[chain] ?? 0);
		this.#first[chain] = slot + 1;
		return slot;
	}

	remove(slot: number): void {
		const chain = this.#chainOf(this.idAt(slot));
		const next = this.#next.get(slot);
		let before = (this.#first[chain] ?? 0) - 1;
		if (before === slot) {
			this.#first[chain] = next;
		} else {
			while (this.#next.get(before) !== slot + 1) before = this.#next.get(before) - 1;
			this.#next.set(before, next);
		}
		this.#ids[slot] = "";
		this.#unused.push(slot);
	}

	/** FNV-1a, and a last step since its low bits alone are not well mixed. */
	#chainOf(id: string): number {
		let hash = this.#seed;
		for (let index = 0; index < id.length; index++) {
			hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
		}
		return (hash ^ (hash >>> 15)) & (this.#first.length - 1);
	}
}

type Numbers = Uint8Array | Uint32Array | Float64Array;

/** One number for each slot, in pages: so it grows without copying, which would take time. */
class Column {
	readonly #type: new (
		length: number,
	) => Numbers;
	readonly #pages: Numbers[] = [];

	constructor(type: new (length: number) => Numbers) {
		this.#type = type;
	}

	get(slot: number): number {
		return this.#pages[slot >>> PAGE_BITS]?.[slot & PAGE_MASK] ?? 0;
	}

	set(slot: number, value: number): void {
		let page = this.#pages[slot >>> PAGE_BITS];
		if (page === undefined) {
			page = new this.#type(PAGE_MASK + 1);
			this.#pages[slot >>> PAGE_BITS] = page;
		}
		page[slot & PAGE_MASK] = value;
	}
}

const PAGE_BITS = 12;
const PAGE_MASK = 2 ** PAGE_BITS - 1;

/** A hash of 256 bits for each slot, in eight words. */
class HashColumn {
	readonly #words = new Column(Uint32Array);

	has(slot: number, hash: string): boolean {
		for (let word = 0; word < 8; word++) {
			if (this.#words.get(8 * slot + word) !== wordOf(hash, word)) return false;
		}
		return true;
	}

	set(slot: number, hash: string): void {
		for (let word = 0; word < 8; word++) this.#words.set(8 * slot + word, wordOf(hash, word));
	}
}

/** Reads eight hexadecimal digits: several times as fast as `parseInt`. */
function wordOf(hash: string, word: number): number {
	let value = 0;
	for (let index = 8 * word; index < 8 * word + 8; index++) {
		const code = hash.charCodeAt(index);
		// "0" is 0x30, "A" is 0x41, "a" is 0x61.
		value = (value << 4) | ((code & 15) + (code >> 6) * 9);
	}
	return value >>> 0;
}

/** Slots by time, the earliest first: a binary heap that knows the position of each. */
class Queue {
	readonly #slots = new Column(Uint32Array);
	#size = 0;
	readonly #time: Column;
	readonly #position: Column;

	/** The time of a slot must not change while it is in the queue. */
	constructor(time: Column, position: Column) {
		this.#time = time;
		this.#position = position;
	}

	/** The earliest slot, unless its time is still to come. */
	firstUntil(now: number): number | undefined {
		const slot = this.#slots.get(0);
		return this.#size > 0 && this.#time.get(slot) <= now ? slot : undefined;
	}

	add(slot: number): void {
		this.#rise(slot, this.#size++);
	}

	remove(slot: number): void {
		const position = this.#position.get(slot);
		const last = this.#slots.get(--this.#size);
		if (last !== slot) this.#rise(last, this.#sink(last, position));
	}

	/** Puts a slot where it belongs, at a position that is vacant or above it. */
	#rise(slot: number, vacant: number): void {
		let position = vacant;
		while (position > 0) {
			const parent = (position - 1) >> 1;
			const other = this.#slots.get(parent);
			if (this.#time.get(other) <= this.#time.get(slot)) break;
			this.#put(other, position);
			position = parent;
		}
		this.#put(slot, position);
	}

	/** Moves slots that are earlier up into a vacant position; gives the one that is vacant then. */
	#sink(slot: number, vacant: number): number {
		let position = vacant;
		for (;;) {
			let child = 2 * position + 1;
			if (child >= this.#size) return position;
			if (child + 1 < this.#size && this.#timeAt(child + 1) < this.#timeAt(child)) child++;
			if (this.#time.get(slot) <= this.#timeAt(child)) return position;
			this.#put(this.#slots.get(child), position);
			position = child;
		}
	}

	#timeAt(position: number): number {
		return this.#time.get(this.#slots.get(position));
	}

	#put(slot: number, position: number): void {
		this.#slots.set(position, slot);
		this.#position.set(slot, position);
	}
}
