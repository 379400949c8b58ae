/** Events that were accepted before they were handled. */

import type { InboxEntry } from "../stores/store.js";
import { backoff, type Handling, typeOf } from "./handling.js";
import type { Facts, Journal } from "./journal.js";
import type { Settings } from "./options.js";
import { soon } from "./patience.js";

/** How long the inbox rests between two looks for what is due by then, in milliseconds. */
const LOOK_EVERY_MS = 1000;

/** Handles what stands in the store's inbox, so many at a time. */
export class Inbox<Event> {
	readonly #settings: Settings<Event>;
	readonly #handling: Handling<Event>;
	readonly #journal: Journal;
	readonly #workers = new Set<Promise<void>>();
	#stopLooking: (() => void) | undefined;

	constructor(settings: Settings<Event>, handling: Handling<Event>, journal: Journal) {
		this.#settings = settings;
		this.#handling = handling;
		this.#journal = journal;
	}

	/** Looks into the inbox now and from time to time. */
	keepLooking(): void {
		const look = () => {
			this.wake();
			this.#stopLooking = soon(LOOK_EVERY_MS, look);
		};
		look();
	}

	/** Ends {@link keepLooking}, and resolves when what is being handled is done. */
	async close(): Promise<void> {
		this.#stopLooking?.();
		await Promise.all(this.#workers);
	}

	/** Puts one more worker on what is due, if there may be one. */
	wake(): void {
		if (this.#workers.size >= this.#settings.concurrency) return;
		const worker = this.#work().finally(() => this.#workers.delete(worker));
		this.#workers.add(worker);
	}

	/** Handles everything that is due. */
	async drain(): Promise<void> {
		this.wake();
		while (this.#workers.size > 0) await Promise.all(this.#workers);
	}

	/** Takes entries until none is due. Whoever finds one calls for company. */
	async #work(): Promise<void> {
		for (;;) {
			const since = performance.now();
			const facts: Facts = { store: {} };
			const entry = await this.#take(facts, since);
			if (entry === undefined) return;
			this.wake();
			await this.#handle(entry, facts, since);
		}
	}

	async #take(facts: Facts, since: number): Promise<InboxEntry | undefined> {
		const { leaseMs } = this.#settings;
		const entry = await this.#handling.tryTo(facts, "take", (store) => store.take(leaseMs));
		if (facts.error !== undefined) {
			facts.outcome = "store_unavailable";
			this.#journal.close(facts, since);
		}
		return entry;
	}

	async #handle({ claim, payload }: InboxEntry, facts: Facts, since: number): Promise<void> {
		try {
			const event = unpack(payload) as Event;
			facts.id = claim.id;
			facts.type = typeOf(event);
			const retryInMs = backoff(claim.attempt);
			const task = { claim, event, since, retryInMs, signal: undefined, facts };
			facts.outcome = await this.#handling.handle(task);
		} catch (error) {
			facts.error = error;
		}
		this.#journal.close(facts, since);
	}
}

/** An event as the inbox keeps it. A body that is not text is kept in hexadecimal digits. */
export function pack(event: object): string {
	const { payload } = event as { readonly payload?: unknown };
	if (!(payload instanceof Uint8Array)) return JSON.stringify({ event });
	const hex = Array.from(payload, (byte) => byte.toString(16).padStart(2, "0")).join("");
	return JSON.stringify({ event: { ...event, payload: null }, hex });
}

/** The event that {@link pack} kept. */
export function unpack(text: string): object {
	const { event, hex } = JSON.parse(text) as { readonly event: object; readonly hex?: string };
	if (hex === undefined) return event;
	const pairs = hex.match(/../g) ?? [];
	return { ...event, payload: Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)) };
}
