/** Events that were accepted before they were handled. */

import { soon } from "../core/timeout.js";
import type { InboxEntry } from "../stores/store.js";
import { backoff, type Handling, typeOf } from "./handling.js";
import type { Settings } from "./options.js";
import { unpack } from "./packing.js";
import { onWorkers } from "./peer.js";
import type { Facts, Telemetry } from "./telemetry.js";

/** How long the inbox rests between two looks for what is due by then, in milliseconds. */
const LOOK_EVERY_MS = 1000;

/** Those who handle entries at the moment. */
type Crew = Set<Promise<void>>;

/** Handles what stands in the store's inbox, so many at a time. */
export class Inbox<Event> {
	readonly #settings: Settings<Event>;
	readonly #handling: Handling<Event>;
	readonly #telemetry: Telemetry;
	readonly #crew: Crew = new Set();
	#stopLooking: (() => void) | undefined;
	#closed = false;
	/** How many wait for the store's answer. */
	#looking = 0;
	/** How often somebody was called: who finds nothing looks again if there was another call. */
	#calls = 0;

	constructor(settings: Settings<Event>, handling: Handling<Event>, telemetry: Telemetry) {
		this.#settings = settings;
		this.#handling = handling;
		this.#telemetry = telemetry;
	}

	/** Looks into the inbox now and from time to time, unless somebody still waits for the store's answer. */
	keepLooking(): void {
		if (this.#looking === 0) this.wake();
		this.#stopLooking = soon(LOOK_EVERY_MS, () => this.keepLooking());
	}

	/** Ends {@link keepLooking}, and resolves when what is being handled is done. */
	async close(): Promise<void> {
		this.#closed = true;
		this.#stopLooking?.();
		await allOf(this.#crew);
	}

	/** Handles what is due, without anybody waiting for it. */
	wake(): void {
		this.#call(this.#crew);
	}

	/** Handles everything that is due. */
	async drain(): Promise<void> {
		// On Workers one request cannot wait for what another one has begun: that may have been ended.
		const crew: Crew = onWorkers ? new Set() : this.#crew;
		this.#call(crew);
		await allOf(crew);
	}

	/** Adds somebody to a crew, if there may be more. */
	#call(crew: Crew): void {
		this.#calls += 1;
		if (this.#closed || crew.size >= this.#settings.concurrency) return;
		const worker = this.#work(crew).finally(() => crew.delete(worker));
		crew.add(worker);
	}

	/** Takes entries until none is due. Whoever finds one calls for company. */
	async #work(crew: Crew): Promise<void> {
		while (!this.#closed) {
			const since = performance.now();
			const facts: Facts = { store: {} };
			const calls = this.#calls;
			const entry = await this.#take(facts, since);
			if (entry === undefined && (calls === this.#calls || facts.error !== undefined)) return;
			if (entry === undefined) continue;
			this.#call(crew);
			await this.#handle(entry, facts, since);
		}
	}

	async #take(facts: Facts, since: number): Promise<InboxEntry | undefined> {
		const { leaseMs, receiver } = this.#settings;
		let taking: Promise<InboxEntry | undefined> | undefined;
		this.#looking += 1;
		try {
			const entry = await this.#handling.tryTo(facts, "take", (store) => {
				taking = store.take(leaseMs, receiver);
				return taking;
			});
			if (facts.error === undefined) return entry;
			await this.#handling.giveBack(taking);
		} finally {
			this.#looking -= 1;
		}
		facts.outcome = "store_unavailable";
		this.#telemetry.close(facts, since);
		return undefined;
	}

	async #handle({ claim, payload }: InboxEntry, facts: Facts, since: number): Promise<void> {
		try {
			const { event: source, body } = unpack(payload);
			facts.id = claim.id;
			facts.type = typeOf(source);
			const retryInMs = backoff(claim.attempt);
			const task = {
				claim,
				source,
				event: undefined,
				body,
				since,
				retryInMs,
				signal: undefined,
				facts,
			};
			facts.outcome = await this.#handling.handle(task);
		} catch (error) {
			facts.error = error;
		}
		this.#telemetry.close(facts, since);
	}
}

/** Waits until nobody of a crew is left. */
async function allOf(crew: Crew): Promise<void> {
	while (crew.size > 0) await Promise.all(crew);
}
