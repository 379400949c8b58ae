/** Where callbacks wait for others, each kind in a room of its own: whoever sent them may be anybody. */
export class Rooms {
	readonly #most: number;
	readonly #counts = new Map<string, number>();

	/** @param most How many may wait in one room at the same time. */
	constructor(most: number) {
		this.#most = most;
	}

	/** Does some work in a room, or gives undefined if that is full. */
	async wait<T>(room: string, work: () => Promise<T>): Promise<T | undefined> {
		const count = this.#counts.get(room) ?? 0;
		if (count >= this.#most) return undefined;
		this.#counts.set(room, count + 1);
		try {
			return await work();
		} finally {
			this.#leave(room);
		}
	}

	#leave(room: string): void {
		const left = (this.#counts.get(room) ?? 0) - 1;
		if (left > 0) this.#counts.set(room, left);
		else this.#counts.delete(room);
	}
}
