/** A store in a Durable Object of Cloudflare's, with SQLite inside. */
import { shown } from "../core/shown.js";
import type { MachineClock } from "./sqlite-clock.js";
import type { SqliteInbox } from "./sqlite-inbox.js";
import { CallbackTable } from "./sqlite-table.js";
import type { CompleteStore } from "./store.js";

export type {
	Claim,
	ClaimOutcome,
	CompleteStore,
	EnqueueOutcome,
	InboxEntry,
	InboxItem,
	Letter,
	NotNow,
	ReplayStore,
	StoreInbox,
} from "./store.js";
export { StoreError, type StoreErrorCode } from "./store.js";

/** A binding of Durable Objects, `DurableObjectNamespace` in Cloudflare's types: the part that is used. */
export interface ObjectNamespace<Id = never> {
	idFromName(name: string): Id;
	get(id: Id): { fetch(request: Request): Promise<Response> };
}

/** What Cloudflare gives to an object, `DurableObjectState` in its types: the part that is used. */
export interface ObjectState {
	readonly storage: {
		readonly sql: {
			exec(
				statement: string,
				...values: (string | number | null)[]
			): { toArray(): readonly unknown[] };
		};
		transactionSync<Result>(run: () => Result): Result;
		getAlarm(): Promise<number | null>;
		setAlarm(time: number): Promise<void>;
	};
}

/** The options of {@link durableObjectStore}. */
export interface DurableObjectStoreOptions {
	/** The name of the object, one for each callback address. Default `wallet-callback`. */
	readonly name?: string;
}

/**
 * A store in one Durable Object of the class {@link WalletCallbackStore}, which the Worker exports
 * and binds in `wrangler.jsonc`:
 *
 * ```jsonc
 * "durable_objects": { "bindings": [{ "name": "CALLBACKS", "class_name": "WalletCallbackStore" }] },
 * "migrations": [{ "tag": "v1", "new_sqlite_classes": ["WalletCallbackStore"] }]
 * ```
 *
 * Every operation is one request to the object, whose answer leaves when what it says is durable.
 * An operation rejects if the object cannot be reached or fails. The clock is Cloudflare's, which
 * has to be right.
 *
 * @throws {TypeError} if the namespace is none
 * @example
 * ```ts
 * import { durableObjectStore } from "wallet-callback/stores/durable-object";
 * export { WalletCallbackStore } from "wallet-callback/stores/durable-object";
 *
 * const store = durableObjectStore(env.CALLBACKS);
 * ```
 */
export function durableObjectStore<Id>(
	namespace: ObjectNamespace<Id>,
	{ name = "wallet-callback" }: DurableObjectStoreOptions = {},
): CompleteStore {
	if (typeof namespace?.idFromName !== "function" || typeof namespace.get !== "function") {
		throw new TypeError(
			`expected the binding of a Durable Object's class, got ${shown(namespace)}`,
		);
	}
	/** A new stub for each request: after a failure the old one is of no use. */
	async function ask<Name extends Operation>(
		operation: Name,
		...given: Parameters<Operations[Name]>
	): Promise<ReturnType<Operations[Name]>> {
		const stub = namespace.get(namespace.idFromName(name));
		const body = JSON.stringify({ operation, given });
		const response = await stub.fetch(new Request(ADDRESS, { method: "POST", body }));
		const text = await response.text();
		if (response.status !== 200) {
			throw new Error(`the Durable Object answered ${response.status}: ${text.slice(0, 200)}`);
		}
		return JSON.parse(text).result;
	}
	return {
		claim: (...given) => ask("claim", ...given),
		complete: (...given) => ask("complete", ...given),
		release: (...given) => ask("release", ...given),
		enqueue: (...given) => ask("enqueue", ...given),
		take: (...given) => ask("take", ...given),
		inbox: {
			bury: (...given) => ask("bury", ...given),
			list: (...given) => ask("list", ...given),
			get: (...given) => ask("get", ...given),
			retry: (...given) => ask("retry", ...given),
			drop: (...given) => ask("drop", ...given),
		},
	};
}

/** A request has to have an address; nobody looks at this one. */
const ADDRESS = "https://wallet-callback.invalid/";

const ON_TABLE = ["claim", "complete", "release", "enqueue", "take", "bury"] as const;
const ON_INBOX = ["list", "get", "retry", "drop"] as const;

/** What an object can be asked for. */
type Operations = Pick<CallbackTable, (typeof ON_TABLE)[number]> &
	Pick<SqliteInbox, (typeof ON_INBOX)[number]>;
type Operation = keyof Operations;

const isOneOf = (names: readonly string[], name: string): boolean => names.includes(name);

/** An alarm is paid for, so there is one in this time at most, and it deletes so many rows. */
const ALARM_INTERVAL_MS = 60_000;
const DELETED_PER_ALARM = 10_000;

/** Nothing else tells an object how long it was away, and nobody but Cloudflare sets it. */
const CLOUDFLARES_CLOCK: MachineClock = { name: "cloudflare", now: () => Date.now() };

/**
 * The class to bind. It stores the callbacks of one callback address, and an alarm deletes those
 * that have expired, so that an object that is not used any more becomes empty.
 */
export class WalletCallbackStore {
	readonly #storage: ObjectState["storage"];
	readonly #callbacks: CallbackTable;
	/** Whether an alarm is set, as far as this instance knows. */
	#alarmSet = false;

	constructor(state: ObjectState, _environment?: unknown) {
		const { storage } = state;
		this.#storage = storage;
		this.#callbacks = new CallbackTable(
			{
				execute: (statements) => void storage.sql.exec(statements),
				prepare:
					(statement) =>
					(...values) =>
						storage.sql.exec(statement, ...values).toArray(),
				transaction: (run) => storage.transactionSync(run),
			},
			"wallet_callback",
			CLOUDFLARES_CLOCK,
		);
	}

	/** Runs an operation. Only the Worker's own code can send a request here. */
	async fetch(request: Request): Promise<Response> {
		const { operation, given } = (await request.json()) as {
			readonly operation: Operation;
			readonly given: readonly unknown[];
		};
		const onInbox = isOneOf(ON_INBOX, operation);
		if (!onInbox && !isOneOf(ON_TABLE, operation)) {
			return new Response(`unknown operation ${operation}`, { status: 400 });
		}
		const target: object = onInbox ? this.#callbacks.inbox : this.#callbacks;
		const run = (target as Operations)[operation] as (...given: readonly unknown[]) => unknown;
		const result = run.apply(target, [...given]);
		if (!this.#alarmSet) await this.#setAlarm(0);
		return Response.json({ result });
	}

	/** Called by Cloudflare at the time that was set. */
	async alarm(): Promise<void> {
		this.#callbacks.deleteExpired(DELETED_PER_ALARM);
		this.#alarmSet = false;
		await this.#setAlarm(ALARM_INTERVAL_MS);
	}

	/** Sets the alarm for when the next row expires, but not before so many milliseconds. */
	async #setAlarm(earliestMs: number): Promise<void> {
		const expiryMs = this.#callbacks.earliestExpiry();
		if (expiryMs === undefined) return;
		if ((await this.#storage.getAlarm()) === null) {
			await this.#storage.setAlarm(Date.now() + Math.max(expiryMs, earliestMs));
		}
		this.#alarmSet = true;
	}
}
