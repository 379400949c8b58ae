/** The time that programs which share a file of SQLite agree on, whatever the system's clock says. */

/** What the file keeps: how late it was when something was written last. */
export interface KeptTime {
	/** The highest time seen, in milliseconds. */
	readonly now: number;
	/** What the writer's system clock said then; nothing if the writer had reason to doubt it. */
	readonly wall: number | bigint | null;
	/** Tells this from everything else that has been kept. */
	readonly mark: string;
}

/** Further apart than this, in milliseconds, two clocks contradict each other. */
const DOUBT_MS = 1000;

/**
 * Time goes on from the one that the file keeps, by as much as surely has passed since. If nobody
 * else has written meanwhile, this program's monotonic clock says how much that is. Otherwise only
 * the system's clock can, and it is asked with care: it counts if it has gone on since the last look
 * as the monotonic clock has, for who wrote and for who reads. So a look at a clock that is wrong
 * adds nothing, and time never runs ahead: no lease and no retention ends early. Time that passes
 * while it is in doubt is left out, so that they may end late.
 */
export class Clock {
	#wall: number = Date.now();
	#monotonic: number = performance.now();
	/** Whether the system's clock agreed with the monotonic one at the last look. */
	#agrees = false;
	/** What was found in the file, or put there; and how late it was at the last look. */
	#known: { readonly mark: string; readonly now: number } | undefined;

	/** How late it is, given what the file keeps. */
	read(kept: KeptTime): number {
		const elapsed = this.#look();
		const { mark, now, wall } = kept;
		let passed = 0;
		if (this.#known?.mark === mark) {
			passed = this.#known.now + elapsed - now;
		} else if (this.#agrees && wall !== null) {
			passed = Math.min(this.#wall - Number(wall), this.#known === undefined ? Infinity : elapsed);
		}
		this.#known = { mark, now: now + Math.max(0, passed) };
		return this.#known.now;
	}

	/** What to keep in the file with what is written at the time that was {@link read}. */
	keep(): KeptTime & { readonly wall: number | null } {
		const mark = crypto.randomUUID();
		const { now } = this.#known ?? { now: this.#wall };
		this.#known = { mark, now };
		return { now, wall: this.#agrees ? this.#wall : null, mark };
	}

	/** Looks at both clocks; gives how much time has passed since the last look. */
	#look(): number {
		const wall = Date.now();
		const monotonic = performance.now();
		const elapsed = Math.max(0, monotonic - this.#monotonic);
		this.#agrees = Math.abs(wall - this.#wall - elapsed) < DOUBT_MS;
		this.#wall = wall;
		this.#monotonic = monotonic;
		return elapsed;
	}
}
