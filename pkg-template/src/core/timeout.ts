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
 * work then is nobody's business here: a rejection of it is taken note of and dropped. With {@link soon}
 * as `timer`, a program may end before.
 */
export function within<T>(
	ms: number,
	what: string,
	work: PromiseLike<T>,
	timer: typeof after = after,
): Promise<T> {
	return unlessStopped(work, (stop) =>
		timer(Math.min(ms, LONGEST_MS), () =>
			stop(new TimeoutError(`expected ${what} within ${Math.round(ms)} ms`)),
		),
	);
}

/**
 * Settles as `work` does, or rejects with what `stop` is given before. `watch` is called only if the
 * work is not done already, as that of a store in memory is, and gives what ends the watch. `later` puts
 * off the look at that.
 */
export function unlessStopped<T>(
	work: PromiseLike<T>,
	watch: (stop: (reason: Error) => void) => () => void,
	later: (look: () => void) => void = (look) => look(),
): Promise<T> {
	return new Promise((resolve, reject) => {
		let done = false;
		let endWatch: (() => void) | undefined;
		work.then(
			(value) => {
				done = true;
				endWatch?.();
				resolve(value);
			},
			(error) => {
				done = true;
				endWatch?.();
				reject(error);
			},
		);
		const look = () => {
			if (!done) endWatch = watch(reject);
		};
		// Cheaper than queueMicrotask, for which Node makes a resource.
		Promise.resolve().then(() => {
			if (!done) later(look);
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
