/** What may be done so often in a minute: anybody can bring it about. */

/** A share of each minute. */
export class Ration {
	readonly #most: number;
	readonly #mostMs: number;
	/** When the minute began, by `performance.now()`. */
	#since = Number.NEGATIVE_INFINITY;
	#count = 0;
	#ms = 0;

	/** So many times a minute, as long as they take no more than `mostMs` in all. */
	constructor(most: number, mostMs: number = Number.POSITIVE_INFINITY) {
		this.#most = most;
		this.#mostMs = mostMs;
	}

	/** Takes one. Without one left, calls `usedUp`, once in the minute, and returns `false`. */
	take(usedUp: () => void): boolean {
		const now = performance.now();
		if (now - this.#since >= 60_000) [this.#since, this.#count, this.#ms] = [now, 0, 0];
		this.#count += 1;
		if (this.#count <= this.#most && this.#ms < this.#mostMs) return true;
		if (this.#count <= this.#most + 1) {
			usedUp();
			this.#count = this.#most + 1;
		}
		return false;
	}

	/** Counts time that one has taken. */
	spend(ms: number): void {
		this.#ms += ms;
	}
}
