/** The time that programs which share a file of SQLite agree on, whatever the system's clock says. */

/** What the file keeps: how late it was when something was written last. */
export interface KeptTime {
	/** The highest time seen, in milliseconds. */
	readonly now: number;
	/** What the writer's system clock said then; nothing if the writer had reason to doubt it. */
	readonly wall: number | bigint | null;
	/**
	 * Tells this from everything else that has been kept: a random UUID. If the writer had a
	 * {@link MachineClock}, its name and what it said follow, with a space before each. They stand in
	 * one column, so that a program of an older version, which knows the UUID only, replaces all three.
	 */
	readonly mark: string;
}

/** A clock that several programs share and that nobody sets. */
export interface MachineClock {
	/** Clocks of one name tell one time. Has no spaces. */
	readonly name: string;
	/** How late it is, in milliseconds since whenever. */
	now(): number;
}

/** Further apart than this, in milliseconds, two clocks contradict each other. */
const DOUBT_MS = 1000;

/**
 * Time goes on from the one that the file keeps, by as much as surely has passed since. If nobody
 * else has written meanwhile, this program's monotonic clock says how much that is; otherwise the
 * machine's clock does, if the writer had the same.
 *
 * Where it had another, or none, only the system's clock is left. It says nothing to a program that
 * has just opened the file, which only counts what it has seen itself. Later it counts if it has gone
 * on since the last look as the monotonic clock has, for who wrote and for who reads, and if it puts
 * the write between the two looks that it came between.
 *
 * Time that passes while all are in doubt is left out, so that leases and retentions may end late.
 */
export class Clock {
	readonly #machine: MachineClock | undefined;
	#wall: number = Date.now();
	#monotonic: number = performance.now();
	/** What the machine's clock said at the last look. */
	#reading = 0;
	/** Whether the system's clock agreed with the monotonic one at the last look. */
	#agrees = false;
	/** What was found in the file, or put there; and how late it was at the last look. */
	#known: { readonly mark: string; readonly now: number } | undefined;

	/** @param machine nothing where programs have no clock in common */
	constructor(machine: MachineClock | undefined) {
		this.#machine = machine;
	}

	/** How late it is, given what the file keeps. */
	read(kept: KeptTime): number {
		const elapsed = this.#look();
		const passed =
			this.#known?.mark === kept.mark
				? this.#known.now + elapsed - kept.now
				: (this.#passedByMachine(kept) ?? this.#passedByWall(kept, elapsed));
		this.#known = { mark: kept.mark, now: kept.now + Math.max(0, passed) };
		return this.#known.now;
	}

	/** What to keep in the file with what is written at the time that was {@link read}. */
	keep(): KeptTime & { readonly wall: number | null } {
		const name = this.#machine?.name;
		const reading = name === undefined ? "" : ` ${name} ${this.#reading}`;
		const mark = crypto.randomUUID() + reading;
		const { now } = this.#known ?? { now: this.#wall };
		this.#known = { mark, now };
		return { now, wall: this.#agrees ? this.#wall : null, mark };
	}

	/** How much time has passed since the file was written, if the writer had the same clock. */
	#passedByMachine({ mark }: KeptTime): number | undefined {
		const [, name, reading] = mark.split(" ");
		if (this.#machine === undefined || this.#machine.name !== name) return undefined;
		return this.#reading - Number(reading);
	}

	/** How much time has surely passed since somebody wrote after the last look. */
	#passedByWall({ wall }: KeptTime, elapsed: number): number {
		if (this.#known === undefined || !this.#agrees || wall === null) return 0;
		const passed = this.#wall - Number(wall);
		return passed < elapsed + DOUBT_MS ? Math.min(passed, elapsed) : 0;
	}

	/** Looks at the clocks; gives how much time has passed since the last look. */
	#look(): number {
		const wall = Date.now();
		const monotonic = performance.now();
		const elapsed = Math.max(0, monotonic - this.#monotonic);
		this.#agrees = Math.abs(wall - this.#wall - elapsed) < DOUBT_MS;
		this.#wall = wall;
		this.#monotonic = monotonic;
		this.#reading = this.#machine?.now() ?? 0;
		return elapsed;
	}
}

/** The parts of Node that {@link nodeClock} needs. */
interface NodeProcess {
	readonly versions?: { readonly deno?: string; readonly bun?: string };
	readonly hrtime?: { bigint(): bigint };
	getBuiltinModule?(name: string): unknown;
}

/**
 * The monotonic clock of this machine since it was started, which the kernel's random name of that
 * start tells from all others. Node on Linux has both. In Deno and Bun `hrtime` counts from the start of
 * the program, and other systems do not name their start.
 */
export function nodeClock(): MachineClock | undefined {
	const { process } = globalThis as { process?: NodeProcess };
	const { versions, hrtime } = process ?? {};
	if (hrtime === undefined || versions?.deno !== undefined || versions?.bun !== undefined) {
		return undefined;
	}
	const files = process?.getBuiltinModule?.("node:fs") as
		| { readFileSync(path: string, encoding: "utf8"): string }
		| undefined;
	try {
		const name = files?.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
		return name ? { name, now: () => Number(hrtime.bigint()) / 1e6 } : undefined;
	} catch {
		// Another system, or one that does not let the program see it.
		return undefined;
	}
}
