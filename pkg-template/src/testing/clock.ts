import { shown } from "../core/shown.js";

/** A clock that stands still until it is told to go on. */
export interface FakeClock {
	/** The time, in milliseconds: for the option `now` of verifiers, receivers and dapp handlers. */
	readonly now: () => number;
	/** Moves on by so many seconds; by a negative number of them, back. */
	advance(seconds: number): void;
}

/**
 * Makes a clock for tests of what expires, so that none has to wait.
 *
 * @param start - what it shows first: a `Date`, or milliseconds. Default: now.
 * @throws {TypeError} for what is no time.
 *
 * @example
 * ```ts
 * const clock = fakeClock();
 * const verifier = createVerifier({ keys, now: clock.now });
 * const request = signedRequest(sampleEvent("deposit.confirmed"), { key });
 * clock.advance(600);
 * const result = await verifier.safeVerifyRequest(request);
 * console.log(result.ok ? "accepted" : result.code); // timestamp_too_old
 * ```
 */
export function fakeClock(start: Date | number = Date.now()): FakeClock {
	let time = toTime(start);
	return {
		now: () => time,
		advance(seconds) {
			time += toNumber("seconds", seconds) * 1000;
		},
	};
}

function toTime(start: unknown): number {
	// A test runner's Date may be that of another realm.
	const time = typeof start === "object" && start !== null ? Number(start) : start;
	if (typeof time === "number" && Number.isFinite(time)) return time;
	const got = typeof start === "string" ? "a string" : shown(time);
	throw new TypeError(`start: expected a Date or milliseconds, got ${got}`);
}

function toNumber(name: string, value: unknown): number {
	if (typeof value === "number" && Number.isFinite(value)) return value;
	throw new TypeError(`${name}: expected a number, got ${shown(value)}`);
}
