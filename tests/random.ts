/** Random values that are the same in each run. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed;
	}

	/** 32 random bits: mulberry32, small, seeded, the same everywhere. */
	bits(): number {
		this.#state = (this.#state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return (mixed ^ (mixed >>> 14)) >>> 0;
	}

	/** A number from 0 up to 1, without 1. */
	unit(): number {
		return this.bits() / 2 ** 32;
	}

	/** A whole number below `end`. */
	below(end: number): number {
		return Math.floor(this.unit() * end);
	}

	between(least: number, most: number): number {
		return least + this.below(most - least + 1);
	}

	chance(probability: number): boolean {
		return this.unit() < probability;
	}

	pick<T>(items: readonly T[]): T {
		return items[this.below(items.length)] as T;
	}

	list<T>(least: number, most: number, make: (index: number) => T): T[] {
		return Array.from({ length: this.between(least, most) }, (_, index) => make(index));
	}

	text(alphabet: readonly string[], least: number, most: number): string {
		return this.list(least, most, () => this.pick(alphabet)).join("");
	}

	shuffle<T>(items: readonly T[]): T[] {
		const result = [...items];
		for (let last = result.length - 1; last > 0; last -= 1) {
			const other = this.between(0, last);
			[result[last], result[other]] = [result[other] as T, result[last] as T];
		}
		return result;
	}

	bytes(length: number): Buffer {
		return Buffer.from(Array.from({ length }, () => this.between(0, 255)));
	}

	/** A double of any size that is not written as an integer past 2^53, on which JSON readers disagree. */
	double(): number {
		const value = (this.unit() - 0.5) * 10 ** this.between(-300, 300);
		return Number.isInteger(value) && Math.abs(value) < 1e21 ? value / 1e21 : value;
	}

	/** A whole number of `length` random bits. */
	bigint(length: number): bigint {
		let value = 0n;
		for (let at = 0; at < length; at += 32) value = (value << 32n) | BigInt(this.bits());
		return BigInt.asUintN(length, value);
	}
}
