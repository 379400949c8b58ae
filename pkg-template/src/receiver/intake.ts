/** Callbacks that nobody has verified yet: how many there may be, and how long their bodies may take. */

import { after, TimeoutError } from "./timeout.js";
import type { Incoming } from "./types.js";

/** How long a body may take, in seconds. */
export const BODY_TIMEOUT_SECONDS = 10;

/** How many callbacks may be read and verified at the same time. */
export const MAX_UNVERIFIED_BODIES = 256;

/** Thrown where a body is no longer waited for, since the receiver is being closed. */
export class ClosingError extends Error {
	override readonly name = "ClosingError";
}

/** Where callbacks wait until they are verified. Whoever sent them may be anybody. */
export class Intake {
	readonly #timeoutMs: number;
	readonly #most: number;
	#count = 0;
	/** What stops the reading of each body that has not arrived. */
	readonly #stops = new Set<(reason: Error) => void>();

	constructor(timeoutMs: number, most: number) {
		this.#timeoutMs = timeoutMs;
		this.#most = most;
	}

	get isFull(): boolean {
		return this.#count >= this.#most;
	}

	/** Counts a callback for as long as it is read and verified. */
	async hold<T>(work: () => Promise<T>): Promise<T> {
		this.#count += 1;
		try {
			return await work();
		} finally {
			this.#count -= 1;
		}
	}

	/**
	 * Reads a body.
	 *
	 * @throws {TimeoutError} for one that takes too long.
	 * @throws {ClosingError} for one that has not arrived when {@link Intake.close} is called.
	 * @throws what {@link Incoming.readBody} throws.
	 */
	async read(incoming: Incoming, limit: number): Promise<string | Uint8Array> {
		const body = incoming.readBody(limit);
		return new Promise((resolve, reject) => {
			const stop = (reason: Error) => {
				end();
				reject(reason);
				incoming.cancelBody?.();
			};
			const endTimer = after(this.#timeoutMs, () =>
				stop(new TimeoutError(`expected the body within ${this.#timeoutMs} ms`)),
			);
			const end = () => {
				endTimer();
				this.#stops.delete(stop);
			};
			this.#stops.add(stop);
			body.then(resolve, reject).finally(end);
		});
	}

	/** Stops reading bodies. */
	close(): void {
		for (const stop of this.#stops) stop(new ClosingError("the receiver is being closed"));
	}
}
