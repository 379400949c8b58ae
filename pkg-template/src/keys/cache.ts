/** Which published keys are known, and when they are fetched again. */

import type { KeyInput } from "../verifier/types.js";
import { KeyResolutionError } from "./error.js";

/** What a server answered; `json` is undefined if it knows no such key. */
export interface Answer {
	readonly json: unknown;
	/** When it was asked for, in milliseconds. */
	readonly at: number;
}

/** Times are in milliseconds. */
export interface KeyCacheOptions {
	/** How long an answer is used. */
	readonly ttl: number;
	/** How long an answer without the key means "no such key". */
	readonly negativeTtl: number;
	/** How long after `ttl` a key is still used while it cannot be fetched. */
	readonly stale: number;
	/** After which time a fetch is taken for dead. */
	readonly timeout: number;
	/** The most slots with keys. */
	readonly maxKeys: number;
	readonly maxFetchesPerMinute: number;
	/** Slots that are known to have keys. They never make room for others. */
	readonly pinned: ReadonlySet<string>;
	readonly now: () => number;
	readonly fetch: (slot: string, at: number) => Promise<Answer>;
}

/** Finds a key in an answer's JSON. */
type Read = (json: unknown) => KeyInput | undefined;

/** The part of its time after which a key in use is fetched again in the background. */
const REFRESH_AT = 0.8;

/** The pause after a failed fetch of a slot with keys: callbacks do not wait for a dead server. */
const RETRY_MS = 10_000;

/** The most slots without a key that are remembered. */
const MAX_MISSING = 1024;

/** Fetches within a minute. */
class Budget {
	readonly #max: number;
	readonly #times: number[] = [];
	/** Made once: what an attacker's callbacks are answered with must cost next to nothing. */
	readonly #spent: KeyResolutionError;

	constructor(max: number) {
		this.#max = max;
		const message = `expected at most ${max} fetches within a minute`;
		this.#spent = new KeyResolutionError("too_many_fetches", message);
	}

	/** Why nothing may be fetched now. */
	refusal(at: number): KeyResolutionError | undefined {
		const times = this.#times;
		// A clock that was set back must not lock the budget.
		while (times[0] !== undefined && Math.abs(at - times[0]) >= 60_000) times.shift();
		return times.length < this.#max ? undefined : this.#spent;
	}

	spend(at: number): void {
		const refusal = this.refusal(at);
		if (refusal !== undefined) throw refusal;
		this.#times.push(at);
	}
}

/** A slot that has, or once had, a key. */
interface Known {
	readonly budget: Budget;
	answer?: Answer;
	/** Why the last fetch failed, and when. */
	failure?: { readonly error: unknown; readonly at: number } | undefined;
}

/**
 * Answers by their slots: the id of a key, or one slot for a list of all keys. Slots with keys and
 * slots without are kept apart, each within its own bounds, so that ids that somebody invents take
 * neither memory nor fetches from the real ones.
 */
export class KeyCache {
	readonly #options: KeyCacheOptions;
	/** The least recently used first. */
	readonly #known = new Map<string, Known>();
	/** When the server said that there is no such key, the oldest first. */
	readonly #missing = new Map<string, number>();
	readonly #underway = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();
	/** For all slots that have never had a key. */
	readonly #budget: Budget;

	constructor(options: KeyCacheOptions) {
		this.#options = options;
		this.#budget = new Budget(options.maxFetchesPerMinute);
		for (const slot of options.pinned) this.#know(slot);
	}

	/** Rejects with a {@link KeyResolutionError} if it cannot be found out whether there is such a key. */
	find(slot: string, read: Read): Promise<KeyInput | undefined> {
		const at = this.#options.now();
		const known = this.#known.get(slot);
		if (known !== undefined) return this.#findKnown(slot, known, read, at);
		const since = this.#missing.get(slot);
		if (since !== undefined && Math.abs(at - since) < this.#options.negativeTtl) {
			return Promise.resolve(undefined);
		}
		// The usual end of invented ids, which therefore costs next to nothing.
		const refusal = this.#underway.has(slot) ? undefined : this.#budget.refusal(at);
		if (refusal !== undefined) return Promise.reject(refusal);
		return this.#fetch(slot, read, at, this.#budget).then(({ json }) => read(json));
	}

	async #findKnown(
		slot: string,
		known: Known,
		read: Read,
		at: number,
	): Promise<KeyInput | undefined> {
		const { ttl, negativeTtl, stale } = this.#options;
		this.#use(slot, known);
		const { answer, failure, budget } = known;
		const age = answer === undefined ? Number.POSITIVE_INFINITY : Math.abs(at - answer.at);
		const key = answer && read(answer.json);
		const paused = failure !== undefined && Math.abs(at - failure.at) < RETRY_MS;
		if (key !== undefined && age < ttl) {
			const refreshes = age >= ttl * REFRESH_AT && !paused;
			if (refreshes) this.#fetch(slot, read, at, budget).catch(() => {});
			return key;
		}
		if (key === undefined && age < Math.min(ttl, negativeTtl)) return undefined;
		try {
			if (paused) throw failure.error;
			return read((await this.#fetch(slot, read, at, budget)).json);
		} catch (error) {
			if (key !== undefined && age < ttl + stale) return key;
			throw error;
		}
	}

	/** Fetches, or joins a fetch that is underway. Those to whom the budget says no fetch nothing. */
	async #fetch(slot: string, read: Read, at: number, budget: Budget): Promise<Answer> {
		const underway = this.#underway.get(slot);
		// One that belonged to a request that was cut off may never end.
		if (underway !== undefined && Math.abs(at - underway.at) < this.#options.timeout) {
			return underway.answer;
		}
		budget.spend(at);
		const mine = { at, answer: this.#load(slot, read, at) };
		this.#underway.set(slot, mine);
		try {
			return await mine.answer;
		} finally {
			if (this.#underway.get(slot) === mine) this.#underway.delete(slot);
		}
	}

	async #load(slot: string, read: Read, at: number): Promise<Answer> {
		try {
			const answer = await this.#options.fetch(slot, at);
			this.#keep(slot, answer, read(answer.json) !== undefined);
			return answer;
		} catch (error) {
			const known = this.#known.get(slot);
			if (known !== undefined) known.failure = { error, at };
			throw error;
		}
	}

	#keep(slot: string, answer: Answer, hasKey: boolean): void {
		const known = this.#known.get(slot) ?? (hasKey ? this.#know(slot) : undefined);
		if (known !== undefined) {
			known.answer = answer;
			known.failure = undefined;
			this.#missing.delete(slot);
			return;
		}
		this.#missing.delete(slot);
		this.#missing.set(slot, answer.at);
		for (const [oldest, since] of this.#missing) {
			const isOver = Math.abs(answer.at - since) >= this.#options.negativeTtl;
			if (!isOver && this.#missing.size <= MAX_MISSING) break;
			this.#missing.delete(oldest);
		}
	}

	#know(slot: string): Known {
		const known = { budget: new Budget(this.#options.maxFetchesPerMinute) };
		this.#use(slot, known);
		const { pinned, maxKeys } = this.#options;
		for (const oldest of this.#known.keys()) {
			if (this.#known.size <= maxKeys) break;
			if (!pinned.has(oldest)) this.#known.delete(oldest);
		}
		return known;
	}

	#use(slot: string, known: Known): void {
		this.#known.delete(slot);
		this.#known.set(slot, known);
	}
}
