/** Waiting for others, but not for ever. */

/** A number in browsers, an object in Node. */
type Timer = number | { unref?(): void };
declare function setTimeout(run: () => void, ms: number): Timer;
declare function clearTimeout(timer: Timer): void;

/** Thrown where somebody took too long. */
export class TimeoutError extends Error {
	override readonly name = "TimeoutError";
}

/** The longest that a timer can be set to, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Resolves as `work` does, or rejects with a {@link TimeoutError} after `ms`. What becomes of the
 * work then is nobody's business here: a rejection of it is taken note of and dropped.
 */
export function within<T>(ms: number, what: string, work: PromiseLike<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		let done = false;
		let timer: Timer | undefined;
		const end = () => {
			done = true;
			if (timer !== undefined) clearTimeout(timer);
		};
		work.then(
			(value) => {
				end();
				resolve(value);
			},
			(error) => {
				end();
				reject(error);
			},
		);
		// Work that is done already, as that of a store in memory, needs no timer.
		queueMicrotask(() => {
			if (done) return;
			const late = () => reject(new TimeoutError(`expected ${what} within ${Math.round(ms)} ms`));
			timer = setTimeout(late, Math.min(ms, LONGEST_MS));
		});
	});
}

/** Calls `run` in `ms`, unless what is returned is called before. */
export function after(ms: number, run: () => void): () => void {
	const timer = setTimeout(run, ms);
	return () => clearTimeout(timer);
}

/** The same as {@link after}, unless the program ends before. */
export function soon(ms: number, run: () => void): () => void {
	const timer = setTimeout(run, ms);
	if (typeof timer === "object") timer.unref?.();
	return () => clearTimeout(timer);
}

/** Resolves in `ms`. */
export function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
