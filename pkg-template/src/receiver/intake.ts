/** Callbacks that nobody has verified yet: how many there may be, and how long their bodies may take. */

import { after, TimeoutError, unlessStopped } from "../core/timeout.js";
import { afterArrivals } from "./arrivals.js";
import type { Incoming } from "./types.js";

/** How long a body may take, in seconds. */
export const BODY_TIMEOUT_SECONDS = 10;

/** How many callbacks may be read at the same time. */
export const MAX_UNVERIFIED_BODIES = 256;

/**
 * How long a body is waited for even if others come meanwhile. Whoever sends callbacks needs some
 * milliseconds for one: what is still on its way then gives way.
 */
const PATIENCE_MS = 250;

/** Thrown where a body is no longer waited for, since others have come meanwhile and it is slow. */
export class OverloadedError extends Error {
	override readonly name = "OverloadedError";
}

/** Thrown where a body is no longer waited for, since the receiver is being closed. */
export class ClosingError extends Error {
	override readonly name = "ClosingError";
}

/** Where callbacks wait until they are read. Whoever sent them may be anybody. */
export class Intake {
	readonly #timeoutMs: number;
	readonly #most: number;
	#count = 0;
	#isClosed = false;
	/** What stops the reading of each body that has not arrived, and since when it is read: the oldest first. */
	readonly #stops = new Map<(reason: Error) => void, number>();

	constructor(timeoutMs: number, most: number) {
		this.#timeoutMs = timeoutMs;
		this.#most = most;
	}

	/** Counts a callback until {@link Intake.leave}, when it has been read, if there is room. */
	enter(): boolean {
		if (this.#count >= this.#most && !this.#makeRoom()) return false;
		this.#count += 1;
		return true;
	}

	leave(): void {
		this.#count -= 1;
	}

	/**
	 * The slowest body makes room for another: otherwise whoever sends a byte now and then, on as many
	 * connections, would keep all others out.
	 */
	#makeRoom(): boolean {
		const [slowest] = this.#stops;
		if (slowest === undefined) return false;
		const [stop, since] = slowest;
		if (performance.now() - since < PATIENCE_MS) return false;
		stop(new OverloadedError("others have come while the body was on its way"));
		return true;
	}

	/**
	 * Reads a body.
	 *
	 * @throws {TimeoutError} for one that takes too long.
	 * @throws {ClosingError} for one that has not arrived when {@link Intake.close} is called.
	 * @throws what {@link Incoming.readBody} throws.
	 */
	read(incoming: Incoming, limit: number): Promise<string | Uint8Array> {
		const watch = (reject: (reason: Error) => void) => this.#watch(incoming, reject);
		// Most bodies come with their headers: a timer for each would cost more than reading it.
		return unlessStopped(incoming.readBody(limit), watch, afterArrivals);
	}

	/** Sees to it that a body that is on its way can be stopped, and is when it takes too long. */
	#watch(incoming: Incoming, reject: (reason: Error) => void): () => void {
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
		this.#stops.set(stop, performance.now());
		if (this.#isClosed) stop(new ClosingError("the receiver is closed"));
		return end;
	}

	/** Stops reading bodies. */
	close(): void {
		this.#isClosed = true;
		for (const stop of this.#stops.keys()) stop(new ClosingError("the receiver is being closed"));
	}
}
