/** What the memory store keeps its records in: columns of numbers, and ways to find a slot in them. */

/**
 * Finds the slot of an id among those of its owner, a number: a hash table with chains. A `Map` takes
 * several times the memory.
 */
export class Index {
	readonly #ids: string[] = [];
	readonly #owners = new Column(Uint32Array);
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

	ownerAt(slot: number): number {
		return this.#owners.get(slot);
	}

	find(id: string, owner: number): number | undefined {
		let slot = (this.#first[this.#chainOf(id, owner)] ?? 0) - 1;
		while (slot >= 0 && (this.#ids[slot] !== id || this.#owners.get(slot) !== owner)) {
			slot = this.#next.get(slot) - 1;
		}
		return slot >= 0 ? slot : undefined;
	}

	/** Gives a slot to an id that has none. */
	add(id: string, owner: number): number {
		const slot = this.#unused.pop() ?? this.#ids.length;
		const chain = this.#chainOf(id, owner);
		this.#ids[slot] = id;
		this.#owners.set(slot, owner);
		this.#next.set(slot, this.#first[chain] ?? 0);
		this.#first[chain] = slot + 1;
		return slot;
	}

	remove(slot: number): void {
		const chain = this.#chainOf(this.idAt(slot), this.ownerAt(slot));
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
	#chainOf(id: string, owner: number): number {
		let hash = this.#seed ^ Math.imul(owner, 0x9e3779b1);
		for (let index = 0; index < id.length; index++) {
			hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
		}
		return (hash ^ (hash >>> 15)) & (this.#first.length - 1);
	}
}

type Numbers = Uint8Array | Uint32Array | Float64Array;

/** One number for each slot, in pages: so it grows without copying, which would take time. */
export class Column {
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
export class HashColumn {
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
export class Queue {
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
