/** What a receiver tells of its work: one record for each callback, counters, latency. */

import { consoleLogger, errorsToConsole, isConsole } from "./console.js";
import { hintFor } from "./hints.js";
import type { Notices } from "./notices.js";
import { Ration } from "./ration.js";
import type { ReceiverStats } from "./types.js";

/** A logger: pino's, `console`, or one of their shape. */
export interface Logger {
	info(fields: object, message?: string): void;
	warn(fields: object, message?: string): void;
	error(fields: object, message?: string): void;
}

/** The part of OpenTelemetry's `Meter` (`@opentelemetry/api`) that is used. */
export interface Meter {
	createCounter(
		name: string,
		options?: { description?: string; unit?: string },
	): { add(value: number, attributes?: { [name: string]: string }): void };
	createHistogram(
		name: string,
		options?: { description?: string; unit?: string },
	): { record(value: number, attributes?: { [name: string]: string }): void };
}

/** How a callback ended. */
export type Outcome =
	| "handled"
	| "unhandled"
	| "acknowledged"
	| "duplicate"
	| "probe"
	| "in_progress"
	| "refused"
	| "aborted"
	| "overloaded"
	| "closing"
	| "failed"
	| "lease_lost"
	| "not_recorded"
	| "dead_letter"
	| "id_conflict"
	| "store_unavailable"
	| "misconfigured"
	| "internal_error";

/** How loudly that is said. */
const LEVELS: { readonly [Ended in Outcome]: keyof Logger } = {
	handled: "info",
	acknowledged: "info",
	duplicate: "info",
	probe: "info",
	in_progress: "info",
	unhandled: "warn",
	refused: "warn",
	aborted: "warn",
	overloaded: "warn",
	closing: "warn",
	failed: "error",
	lease_lost: "error",
	not_recorded: "error",
	dead_letter: "error",
	id_conflict: "error",
	store_unavailable: "error",
	misconfigured: "error",
	internal_error: "error",
};

/** What becomes known of a callback on its way. */
export interface Facts {
	outcome?: Outcome;
	/** Why it was refused, or what went wrong. */
	code?: string;
	/** What was expected and what came. */
	message?: string;
	/** The header at fault, in lower case. */
	header?: string;
	/** The member of the body at fault, such as `data.amount.value`. */
	path?: string;
	/** What to do about it. */
	hint?: string;
	id?: string;
	type?: string | undefined;
	keyIndex?: number;
	attempt?: number;
	duplicate?: true;
	/** The length of its body. */
	bytes?: number;
	/** The client's address. */
	ip?: string | undefined;
	/** The address at the other end of the connection. */
	peer?: string;
	/** What a handler, a store or `respond` threw. */
	error?: unknown;
	/** Whether the verifier has accepted it. */
	isGenuine?: true;
	/** How long each operation of the store took, in milliseconds. */
	store: { [operation: string]: number | string };
	/** Only with `logBodies`. */
	body?: string;
}

/** One record of the log. */
export interface CallbackRecord extends Omit<Facts, "error" | "isGenuine"> {
	/** What a handler, a store or `respond` threw, as plain data: loggers write an `Error` as `{}`. */
	readonly error?: { readonly name: string; readonly message: string; readonly stack?: string };
	/** RFC 3339. It and the level are left to a logger that writes its own, as pino does. */
	readonly time?: string;
	readonly level?: keyof Logger;
	readonly outcome: Outcome;
	readonly sender: string;
	readonly durationMs: number;
}

/** What each record says besides. */
const MESSAGES = Object.fromEntries(
	Object.keys(LEVELS).map((outcome) => [
		outcome,
		outcome === "id_conflict"
			? "possible attack: a genuine callback came with the id of another one"
			: `callback ${outcome.replaceAll("_", " ")}`,
	]),
) as { readonly [Ended in Outcome]: string };

const BOUNDS_MS: readonly number[] = [
	1,
	2,
	5,
	10,
	25,
	50,
	100,
	250,
	500,
	1000,
	2500,
	5000,
	Number.POSITIVE_INFINITY,
];

/** How a callback of anybody may end, whatever its signature is: a key that cannot be looked up, too. */
const BY_ANYBODY: readonly Outcome[] = ["internal_error", "misconfigured"];

/** How many of these are shown in a minute without a logger. */
const MOST_A_MINUTE = 10;

/**
 * Writes the records and counts.
 *
 * @internal
 */
export class Telemetry {
	readonly #sender: string;
	readonly #log: Logger | undefined;
	/** Where explanations go: to `console` without a logger. */
	readonly #told: Logger | undefined;
	readonly #notices: Notices | undefined;
	/** Whether the logger writes time and level itself, as pino and its like do. */
	readonly #dates: boolean;
	/** What requests that nobody has verified may cost of the console without a logger. */
	readonly #ration = new Ration(MOST_A_MINUTE);
	/** The types that are counted apart, if not all: of unsigned ones, anybody can make up any number. */
	readonly #types: readonly string[] | undefined;
	readonly #counter: ReturnType<Meter["createCounter"]> | undefined;
	readonly #histogram: ReturnType<Meter["createHistogram"]> | undefined;
	readonly #outcomes: { [outcome: string]: number } = {};
	readonly #refusals: { [code: string]: number } = {};
	readonly #buckets = BOUNDS_MS.map(() => 0);
	/** When the last record was written, and the text of that time. */
	#stampedAt = Number.NaN;
	#time = "";
	#count = 0;
	#sumMs = 0;
	#maxMs = 0;

	constructor(
		sender: string,
		log: Logger | false | undefined,
		meter: Meter | undefined,
		notices?: Notices,
		types?: readonly string[],
	) {
		this.#sender = sender;
		this.#types = types;
		this.#notices = log === undefined ? notices : undefined;
		this.#log = toLogger(log);
		this.#told = log === undefined ? consoleLogger : this.#log;
		this.#dates = this.#log !== undefined && "child" in this.#log;
		this.#counter = meter?.createCounter("wallet_callback.callbacks", {
			description: "Callbacks by outcome",
			unit: "{callback}",
		});
		this.#histogram = meter?.createHistogram("wallet_callback.duration", {
			description: "How long a callback took",
			unit: "s",
		});
	}

	/** Warns, when a receiver is made, of what its options may lead to. */
	warn(message: string): void {
		// Once, and not for a callback: without a logger, it goes to the console as errors do.
		const log = this.#log === errorsToConsole ? consoleLogger : this.#log;
		quietly(() => log?.warn({ sender: this.#sender }, message));
	}

	/** Closes the record of a callback that began at `start` (`performance.now()`). */
	close(facts: Facts, start: number): void {
		const { outcome = "internal_error", code, type } = facts;
		const durationMs = performance.now() - start;
		this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
		if (code !== undefined && isRefusal(outcome)) {
			this.#refusals[code] = (this.#refusals[code] ?? 0) + 1;
		}
		this.#count += 1;
		this.#sumMs += durationMs;
		if (durationMs > this.#maxMs) this.#maxMs = durationMs;
		let bucket = 0;
		while (durationMs > (BOUNDS_MS[bucket] as number)) bucket += 1;
		this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;

		if (this.#counter !== undefined) {
			const attributes: { [name: string]: string } = { outcome, sender: this.#sender };
			if (code !== undefined) attributes.code = code;
			const isCounted = this.#types === undefined || this.#types.includes(type ?? "");
			if (type !== undefined && isCounted) attributes.type = type;
			quietly(() => {
				this.#counter?.add(1, attributes);
				this.#histogram?.record(durationMs / 1000, attributes);
			});
		}
		if (this.#log !== undefined) quietly(() => this.#write(facts, outcome, durationMs));
		quietly(() => this.#notices?.note(facts));
	}

	/** Whether it is told. A logger gets all; on the console, what anybody can repeat hides the rest. */
	#isTold(outcome: Outcome): boolean {
		if (this.#log !== errorsToConsole || !BY_ANYBODY.includes(outcome)) return true;
		return this.#ration.take(() =>
			this.#log?.error(
				{ sender: this.#sender },
				"many callbacks end so: the rest of this minute is not shown (pass log to see all)",
			),
		);
	}

	#write(facts: Facts, outcome: Outcome, durationMs: number): unknown {
		if (!this.#isTold(outcome)) return undefined;
		const { error } = facts;
		// As where it was handled and then could not be answered as the program wants it.
		const level = error === undefined || LEVELS[outcome] !== "info" ? LEVELS[outcome] : "error";
		const record: { -readonly [Member in keyof CallbackRecord]?: unknown } = this.#stamp(level);
		// Member by member: a loop over their names takes several times as long.
		const { code, message, header, path, id, type, keyIndex, attempt, duplicate } = facts;
		if (code !== undefined) record.code = code;
		if (message !== undefined) record.message = message;
		if (header !== undefined) record.header = header;
		if (path !== undefined) record.path = path;
		if (id !== undefined) record.id = id;
		if (type !== undefined) record.type = type;
		if (keyIndex !== undefined) record.keyIndex = keyIndex;
		if (attempt !== undefined) record.attempt = attempt;
		if (duplicate !== undefined) record.duplicate = duplicate;
		const { bytes, ip, peer, store, body } = facts;
		if (bytes !== undefined) record.bytes = bytes;
		if (ip !== undefined) record.ip = ip;
		if (peer !== undefined) record.peer = peer;
		record.store = store;
		if (body !== undefined) record.body = body;
		const hint = facts.hint ?? hintFor(outcome, code);
		if (hint !== undefined) record.hint = hint;
		if (error !== undefined) record.error = toPlain(error);
		record.outcome = outcome;
		record.sender = this.#sender;
		record.durationMs = Math.round(durationMs * 1000) / 1000;
		return this.#log?.[level](record, MESSAGES[outcome]);
	}

	/** Tells the developer more of a callback than its record does. */
	tell(fields: object, message: string): void {
		const set = Object.entries(fields).filter(([, value]) => value !== undefined);
		const record = { ...this.#stamp("warn"), ...Object.fromEntries(set), sender: this.#sender };
		quietly(() => this.#told?.warn(record, message));
	}

	/** What a logger that does not write its own adds to a record. */
	#stamp(level: keyof Logger): object {
		if (this.#dates) return {};
		const now = Date.now();
		// Of many callbacks in a millisecond, one writes its text.
		if (now !== this.#stampedAt) {
			this.#stampedAt = now;
			this.#time = new Date(now).toISOString();
		}
		return { time: this.#time, level };
	}

	/** A logger for a handler: what it writes names the callback. */
	loggerFor(names: { id: string; type: string | undefined; attempt: number }): Logger {
		const at =
			(level: keyof Logger) =>
			(fields: object, message?: string): void =>
				quietly(() =>
					typeof fields === "string"
						? this.#log?.[level](names, fields)
						: this.#log?.[level]({ ...names, ...fields }, message),
				);
		return { info: at("info"), warn: at("warn"), error: at("error") };
	}

	stats(inFlight: number): ReceiverStats {
		let total = 0;
		return {
			outcomes: { ...this.#outcomes },
			refusals: { ...this.#refusals },
			inFlight,
			latency: {
				count: this.#count,
				sumMs: this.#sumMs,
				maxMs: this.#maxMs,
				buckets: BOUNDS_MS.map((leMs, index) => {
					total += this.#buckets[index] ?? 0;
					return { leMs, count: total };
				}),
			},
		};
	}
}

/** Where the records go: without a logger, errors go to `console`. */
function toLogger(log: Logger | false | undefined): Logger | undefined {
	if (log === undefined) return errorsToConsole;
	if (log === false) return undefined;
	return isConsole(log) ? consoleLogger : log;
}

/** Whether the callback itself is refused, for good. */
function isRefusal(outcome: Outcome): boolean {
	return outcome === "refused" || outcome === "id_conflict";
}

/** The most causes of an error that are told. */
const MOST_CAUSES = 3;

/**
 * What somebody threw, whatever it is, as plain data.
 *
 * @internal
 */
export function toPlain(error: unknown): NonNullable<CallbackRecord["error"]> {
	try {
		if (!(error instanceof Error)) return { name: "Error", message: String(error) };
		// Some libraries put objects there.
		const [name, message] = [String(error.name ?? "Error"), String(error.message)];
		const stack = stackOf(error);
		return stack === undefined ? { name, message } : { name, message, stack };
	} catch {
		return { name: "Error", message: "thrown value cannot be shown" };
	}
}

/** The stack of an error and those of its causes: "fetch failed" alone says little. */
function stackOf(error: Error): string | undefined {
	if (error.stack === undefined) return undefined;
	const stacks = [error.stack];
	let { cause } = error;
	while (cause instanceof Error && stacks.length <= MOST_CAUSES) {
		stacks.push(cause.stack ?? `${cause.name}: ${cause.message}`);
		cause = cause.cause;
	}
	return stacks.join("\ncaused by: ");
}

/** A logger or a meter that throws must not cost a callback. */
function quietly(write: () => unknown): void {
	try {
		const written = write();
		if (written instanceof Promise) written.catch(() => {});
	} catch {}
}
