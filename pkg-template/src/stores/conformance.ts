/** Tests that a store keeps the contract of {@link ReplayStore}. They need no test framework. */
import { claims } from "./conformance/claims.js";
import { contention } from "./conformance/contention.js";
import { inbox } from "./conformance/inbox.js";
import { letters } from "./conformance/letters.js";
import { times } from "./conformance/times.js";
import { compareWithModel, type FastCheck } from "./model.js";
import type { ReplayStore } from "./store.js";

export type {
	Claim,
	ClaimOutcome,
	EnqueueOutcome,
	InboxEntry,
	InboxItem,
	Letter,
	NotNow,
	ReplayStore,
	StoreInbox,
} from "./store.js";
export type { FastCheck };

/** One test of a store. */
export interface ConformanceCase {
	/** What the store has to do. */
	readonly name: string;
	/** Rejects with an `Error` that says what was expected and what the store did. */
	run(): Promise<void>;
}

/** Options of {@link conformance}. */
export interface ConformanceOptions {
	/**
	 * The package `fast-check`: adds a test that compares the store with a model of the contract in
	 * random operations, with any leases, retentions and wrong clocks. Default: none.
	 */
	readonly fastCheck?: FastCheck | undefined;
	/** In how many runs it does so, each of up to 40 operations. Default 25. */
	readonly runs?: number | undefined;
	/**
	 * Whether each store that `create` gives works on the same data. Then some are created while the
	 * clock is wrong, and the model has two at a time and replaces each at any moment, as a process that
	 * ends and starts again. Default: false.
	 */
	readonly shared?: boolean | undefined;
}

/**
 * The tests that every store has to pass; those on its `inbox` are for one that has it. They take about six seconds when run one after another,
 * as they must be: `Date.now` is wrong for moments. Each uses ids and receivers of its own.
 *
 * @param create gives a store to each test; always the same one will do
 * @throws {Error} from a case's `run`, if the store fails it.
 * @example
 * ```ts
 * import * as fastCheck from "fast-check";
 *
 * const options = { fastCheck, shared: true };
 * for (const { name, run } of conformance(() => new MyStore(), options)) test(name, run);
 * ```
 */
export function conformance(
	create: () => Promise<ReplayStore> | ReplayStore,
	{ fastCheck, runs = 25, shared = false }: ConformanceOptions = {},
): ConformanceCase[] {
	const cases: ConformanceCase[] = Object.entries({
		...claims,
		...times,
		...contention,
		...inbox,
		...letters,
	}).map(([name, test]) => ({
		name,
		run: async () => {
			const store = await create();
			await test(store, shared ? create : () => store);
		},
	}));
	if (fastCheck !== undefined) {
		cases.push({
			name: "model: random operations, leases, retentions and wrong clocks are answered as expected",
			run: () => compareWithModel(create, fastCheck, runs, shared),
		});
	}
	return cases;
}
