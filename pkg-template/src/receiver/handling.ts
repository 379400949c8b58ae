/** From a claimed callback to a handled one. */

import { CallbackRejectedError } from "../core/errors.js";
import { pause, TimeoutError, within } from "../core/timeout.js";
import type { Claim, ClaimOutcome, InboxEntry, ReplayStore } from "../stores/store.js";
import { letterOf } from "./letter.js";
import type { Settings, Shaped } from "./options.js";
import { type Facts, type Logger, type Outcome, type Telemetry, toPlain } from "./telemetry.js";
import type { Handler, HandlerContext } from "./types.js";

/** The pause before a store that was away is asked again; each further one is twice as long. */
const FIRST_PAUSE_MS = 50;

/** How long a claim is waited for that has not come in time. Some runtimes answer only then. */
const MOMENT_MS = 1000;

/** How long an event of the inbox waits after a failed try, in milliseconds: 1 s, 2 s, 4 s … 1 h. */
export function backoff(attempt: number): number {
	return Math.min(1000 * 2 ** (attempt - 1), 3_600_000);
}

/** How the handling of a callback ended. */
export type Handled = Extract<
	Outcome,
	"handled" | "unhandled" | "not_recorded" | "dead_letter" | "failed" | "lease_lost"
>;

/** What the store is asked for. */
type Operation = Exclude<keyof ReplayStore, "inbox"> | "bury";

/** What is to be handled. */
export interface Task<Event> {
	readonly claim: Claim;
	/** The event as it came: it decides which handler runs. */
	readonly source: object;
	/** The event as handlers get it; undefined if the schema has yet to make it. */
	readonly event: Event | undefined;
	readonly body: Uint8Array;
	/** `performance.now()` before it was claimed. */
	readonly since: number;
	/** How long to wait for the next try, in milliseconds. */
	readonly retryInMs: number;
	/** The caller's. */
	readonly signal: AbortSignal | undefined;
	readonly facts: Facts;
}

/** Runs handlers, and tells the store how that went. */
export class Handling<Event> {
	readonly #settings: Settings<Event>;
	readonly #telemetry: Telemetry;

	constructor(settings: Settings<Event>, telemetry: Telemetry) {
		this.#settings = settings;
		this.#telemetry = telemetry;
	}

	/** Handles an event that has been claimed. Never rejects. */
	async handle(task: Task<Event>): Promise<Handled> {
		const { claim, facts } = task;
		const { maxAttempts = Number.POSITIVE_INFINITY } = this.#settings;
		facts.attempt = claim.attempt;
		if (claim.attempt > maxAttempts) {
			facts.error = new Error(
				`expected the handler to end by attempt ${maxAttempts}, got attempt ${claim.attempt}: the program ended, the store or onDeadLetter failed, or maxAttempts was higher`,
			);
			return this.#deadLetter(task);
		}
		try {
			const handlers = this.#handlersOf(task.source);
			await this.#runHandlers(task, handlers);
			const isTaken = handlers.length > 0 || isHandshake(task.source);
			return this.#complete(task, isTaken ? "handled" : "unhandled");
		} catch (error) {
			facts.error = error;
		}
		return claim.attempt < maxAttempts ? this.#release(task) : this.#deadLetter(task);
	}

	/** Asks the store, and notes down where it cannot be reached. */
	async tryTo<T>(
		facts: Facts,
		operation: Operation,
		call: (store: ReplayStore) => Promise<T>,
	): Promise<T | undefined> {
		try {
			return await this.ask(facts, operation, call);
		} catch (error) {
			facts.error = error;
			return undefined;
		}
	}

	/**
	 * Releases a claim that may come when nobody waits for it any more, so that a retry gets it and it is
	 * no attempt. Resolves then, or after a moment: for a runtime that ends with the answer what it does not
	 * know of.
	 */
	async giveBack(
		claiming: Promise<ClaimOutcome | InboxEntry | undefined> | undefined,
	): Promise<void> {
		const release = async () => {
			const late = await claiming;
			if (late !== undefined && "claim" in late) {
				await this.#settings.store.release(late.claim, 0, true);
			}
		};
		const released = release().catch(() => {});
		await within(MOMENT_MS, "the late claim", released).catch(() => {});
	}

	/** Asks the store, with its time taken and limited. */
	async ask<T>(
		facts: Facts,
		operation: Operation,
		call: (store: ReplayStore) => Promise<T>,
	): Promise<T> {
		const start = performance.now();
		const { store, storeTimeoutMs } = this.#settings;
		try {
			return await within(storeTimeoutMs, `the store's answer to ${operation}`, call(store));
		} finally {
			facts.store[operation] = Math.round((performance.now() - start) * 1000) / 1000;
		}
	}

	/**
	 * What the schema makes of an event, if there is one.
	 *
	 * @throws {TimeoutError} for a schema that takes as long as a handler may.
	 * @throws what the schema throws.
	 */
	shape(source: object): Shaped<Event> | Promise<Shaped<Event>> {
		const { shape, leaseMs } = this.#settings;
		if (shape === undefined) return { ok: true, event: source as Event };
		return within(leaseMs, "the schema to end", shape(source));
	}

	/** An event of the inbox as handlers get it. */
	async #reshape(source: object): Promise<Event> {
		const shaped = await this.shape(source);
		// The schema has changed since.
		if (!shaped.ok) throw new CallbackRejectedError(shaped);
		return shaped.event;
	}

	async #runHandlers(task: Task<Event>, handlers: readonly Handler<Event>[]): Promise<void> {
		const { source, since, signal } = task;
		const lease = new Lease(since + this.#settings.leaseMs, signal);
		try {
			const event = task.event ?? (await this.#reshape(source));
			const context = new Context(task, event, this.#loggerFor(task), lease);
			for (const handler of handlers) {
				lease.requireTime();
				const work = handler(context);
				if (isThenable(work)) await lease.wait(work);
			}
		} finally {
			lease.end();
		}
	}

	#loggerFor({ claim: { id, attempt }, source }: Task<Event>): Logger {
		return this.#telemetry.loggerFor({ id, type: typeOf(source), attempt });
	}

	#handlersOf(source: object): Handler<Event>[] {
		const { on, onUnknown, onAny } = this.#settings;
		const type = typeOf(source);
		const own = type !== undefined && on !== undefined && Object.hasOwn(on, type);
		const other = isKnown(source) ? undefined : onUnknown;
		const first = (own ? (on as { readonly [type: string]: unknown })[type] : other) as
			| Handler<Event>
			| undefined;
		if (first === undefined) return onAny === undefined ? [] : [onAny];
		return onAny === undefined ? [first] : [first, onAny];
	}

	/**
	 * Records that it is done. The handlers' work stands, so a store that is away for a moment is
	 * asked again, and one that stays away does not make the sender repeat what has been handled.
	 */
	async #complete(
		task: Task<Event>,
		outcome: "handled" | "unhandled" | "dead_letter",
	): Promise<Handled> {
		const { claim, source, facts } = task;
		const { inbox } = this.#settings.store;
		const isBuried = outcome === "dead_letter" && typeof inbox?.bury === "function";
		const letter = isBuried ? letterOf(typeOf(source), facts.error) : undefined;
		const start = performance.now();
		for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
			try {
				const recorded =
					inbox !== undefined && letter !== undefined
						? await this.ask(facts, "bury", () => inbox.bury(claim, letter))
						: await this.ask(facts, "complete", (store) => store.complete(claim));
				return recorded ? outcome : "lease_lost";
			} catch (error) {
				if (performance.now() + pauseMs > start + this.#settings.storeTimeoutMs) {
					facts.error = error;
					return "not_recorded";
				}
				await pause(pauseMs);
			}
		}
	}

	async #release({ claim, retryInMs, facts }: Task<Event>): Promise<Handled> {
		try {
			await this.ask(facts, "release", (store) => store.release(claim, retryInMs));
		} catch (error) {
			// The lease runs out anyway.
			facts.store.error = toPlain(error).message;
		}
		return "failed";
	}

	async #deadLetter(task: Task<Event>): Promise<Handled> {
		const { claim, source, body, facts } = task;
		const { id, attempt } = claim;
		const log = this.#loggerFor(task);
		const lease = new Lease(performance.now() + this.#settings.leaseMs, undefined);
		try {
			const event = task.event ?? (await this.#reshape(source).catch(() => source as Event));
			const letter = { event, body, id, attempt, error: facts.error, log };
			const work = this.#settings.onDeadLetter?.(letter);
			if (isThenable(work)) await lease.wait(work);
		} catch (error) {
			facts.error = error;
			return this.#release(task);
		} finally {
			lease.end();
		}
		return this.#complete(task, "dead_letter");
	}
}

/** Where a context has its lease, which is also there for whoever wraps one in a proxy. */
const LEASE = Symbol("lease");

/** One for all: an object with an accessor that no other has takes several times as long to make. */
const SIGNAL: PropertyDescriptor & ThisType<Context<unknown>> = {
	get() {
		return this[LEASE].signal;
	},
	enumerable: true,
	configurable: true,
};

/** What handlers get. */
class Context<Event> implements HandlerContext<Event> {
	readonly event: Event;
	readonly body: Uint8Array;
	readonly id: string;
	readonly attempt: number;
	readonly claim: Claim;
	readonly log: Logger;
	/** A member of the object, so that a copy has it, too. */
	declare readonly signal: AbortSignal;
	readonly [LEASE]: Lease;

	constructor({ body, claim }: Task<Event>, event: Event, log: Logger, lease: Lease) {
		this.event = event;
		this.body = body;
		this.id = claim.id;
		this.attempt = claim.attempt;
		this.claim = claim;
		this.log = log;
		this[LEASE] = lease;
		Object.defineProperty(this, "signal", SIGNAL);
	}
}

/** The time that a handler has. A signal and a timer are made only where they are used. */
class Lease {
	readonly #until: number;
	readonly #outer: AbortSignal | undefined;
	#controller: AbortController | undefined;
	readonly #abort = (): void => this.#controller?.abort(this.#outer?.reason);

	constructor(until: number, outer: AbortSignal | undefined) {
		this.#until = until;
		this.#outer = outer;
	}

	get signal(): AbortSignal {
		if (this.#controller === undefined) {
			this.#controller = new AbortController();
			if (this.#outer?.aborted) this.#abort();
			else this.#outer?.addEventListener("abort", this.#abort);
			if (this.#left() === 0) this.#controller.abort(new TimeoutError("the lease has run out"));
		}
		return this.#controller.signal;
	}

	/** Makes sure that nobody else may have begun, before anything is. */
	requireTime(): void {
		if (this.#left() === 0) throw new TimeoutError("the lease has run out");
	}

	/** Waits for a handler until the lease runs out. */
	async wait(work: PromiseLike<unknown>): Promise<void> {
		try {
			await within(this.#left(), "the handler to end", work);
		} catch (error) {
			if (error instanceof TimeoutError) this.#controller?.abort(error);
			throw error;
		}
	}

	#left(): number {
		return Math.max(0, this.#until - performance.now());
	}

	end(): void {
		this.#outer?.removeEventListener("abort", this.#abort);
	}
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
	return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}

/** An event's type, where it has one. */
export function typeOf(event: unknown): string | undefined {
	return (event as { readonly type?: string }).type;
}

/** Whether it is a question that the receiver answers itself. */
function isHandshake(event: unknown): boolean {
	return typeOf(event) === "callback.verification" && isKnown(event);
}

function isKnown(event: unknown): boolean {
	return (event as { readonly known?: boolean }).known === true;
}
