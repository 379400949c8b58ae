/** A store in an SQLite file: the durable one for a single machine, with nothing to install. */
import { shown, shownName } from "../core/shown.js";
import { nodeClock } from "./sqlite-clock.js";
import { CallbackTable, type SqlHost } from "./sqlite-table.js";
import { type Claim, type CompleteStore, StoreError } from "./store.js";

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

/** A database of `better-sqlite3`, `node:sqlite` or `bun:sqlite`: the part of it that is used. */
export interface SqliteDatabase {
	exec(statements: string): unknown;
	// biome-ignore lint/suspicious/noExplicitAny: what better-sqlite3 takes has a type of its own
	prepare(statement: string): { all(...values: any[]): readonly unknown[] };
}

/** The options of {@link sqliteStore}. */
export interface SqliteStoreOptions {
	/**
	 * The table, one for each callback address: letters, digits and underscores. Default
	 * `wallet_callback`. It is created if it is missing.
	 */
	readonly table?: string;
}

export interface SqliteStore extends CompleteStore {
	/**
	 * Completes the claim inside a transaction that is open on `database`, so that it commits or
	 * rolls back together with what the handler writes there: exactly once, by construction. The
	 * connection may be the store's or another one to the same file.
	 *
	 * SQLite has one writer at a time, and none of its transactions waits in the background. So
	 * start it with `BEGIN IMMEDIATE`, call this first and do not `await` before `COMMIT`: on the
	 * store's connection the store's operations reject meanwhile, on another connection of the same
	 * process they would stop the event loop that the transaction waits for.
	 *
	 * @throws {StoreError} `claim_lost` if the claim is completed or no longer the newest of its id:
	 * let it through, so that the transaction rolls back
	 * @throws {TypeError} if no transaction is open
	 * @example
	 * ```ts
	 * const credit = database.transaction((event, claim) => {
	 *   store.claimInTransaction(database, claim);
	 *   addToBalance.run(event.data.amount.value, event.data.userId);
	 * });
	 * const on = { "deposit.confirmed": ({ event, claim }) => credit.immediate(event, claim) };
	 * ```
	 */
	claimInTransaction(database: SqliteDatabase, claim: Claim): void;
	/** Closes the file if the store opened it; a database that was passed stays open. */
	close(): void;
}

/**
 * A store in an SQLite file that any number of processes of one machine may share.
 *
 * A path is opened through `node:sqlite`, which Node has since 22.13, and Deno and Bun have, too.
 * On Node 20 pass a database of `better-sqlite3`. The connection is set to `journal_mode` WAL and
 * `synchronous` FULL, also one that was passed: what has been acknowledged survives a crash and a
 * power cut.
 *
 * SQLite works on the thread that calls it. An operation takes as long as the disk takes to make a
 * write durable, and the event loop stands still for that time. While another connection writes, it
 * also waits for that, up to 5 seconds (`busy_timeout`), and then rejects. So keep transactions on
 * the file short, and use another store where the disk is slow.
 *
 * Cloudflare's D1 is refused: none of its transactions waits for a program to decide. There, take
 * `durableObjectStore`.
 *
 * Every operation is a transaction of its own and rejects while one is open on its connection: give
 * the store a connection of its own, or run transactions without an `await` inside.
 *
 * Time is what monotonic clocks measure, and the file keeps the highest that was seen. In Node on
 * Linux (20.16, 22.3 or later) programs share the machine's, and the system's clock does not matter: a
 * reading that is wrong, by however much and whenever, ends no lease and no retention early, not even in
 * a program that has just opened the file.
 *
 * After a restart of the machine, and always in Deno, in Bun and on other systems, a program that opens
 * the file does not count the time between the last write and its start. Leases and retentions end late
 * by that much.
 *
 * In Deno, in Bun and on other systems a program that runs dates what others write by the system's
 * clock, if that runs evenly. One case remains: others write while the clock is behind, it is set right,
 * and a program that was idle all the while, for longer than the step, counts the step as time that has
 * passed.
 *
 * A table of a version that knew no receivers is brought up to date when it is opened. What stands
 * in it belongs to whichever receiver asks first. Its times are the system clock's, which has to be
 * right at that moment. Stop the programs of the older version before: from then on their operations
 * reject.
 *
 * @param pathOrDatabase the file, which is created if it is missing, or an open database
 * @throws {TypeError} for anything else, or a bad name of the table
 * @throws {StoreError} `not_supported` for a path where the runtime has no `node:sqlite`
 * @example
 * ```ts
 * const receiver = createReceiver({ store: sqliteStore("callbacks.db"), keys, on });
 * ```
 * @example
 * ```ts
 * const store = sqliteStore(new BetterSqlite3("callbacks.db"));
 * ```
 */
export function sqliteStore(
	pathOrDatabase: string | SqliteDatabase,
	{ table = "wallet_callback" }: SqliteStoreOptions = {},
): SqliteStore {
	if (!/^[a-z_][a-z0-9_]*$/i.test(table)) {
		throw new TypeError(`table: expected letters, digits and underscores, got ${shownName(table)}`);
	}
	const opened = typeof pathOrDatabase === "string" ? open(pathOrDatabase) : undefined;
	const database = opened ?? (pathOrDatabase as SqliteDatabase);
	let callbacks: CallbackTable;
	try {
		prepareConnection(database);
		callbacks = new CallbackTable(hostOf(database), table, nodeClock());
	} catch (error) {
		opened?.close();
		throw error;
	}
	return {
		claim: async (...given) => callbacks.claim(...given),
		complete: async (claim) => callbacks.complete(claim),
		release: async (...given) => callbacks.release(...given),
		enqueue: async (...given) => callbacks.enqueue(...given),
		take: async (...given) => callbacks.take(...given),
		inbox: {
			bury: async (...given) => callbacks.bury(...given),
			list: async (...given) => callbacks.inbox.list(...given),
			get: async (...given) => callbacks.inbox.get(...given),
			retry: async (...given) => callbacks.inbox.retry(...given),
			drop: async (...given) => callbacks.inbox.drop(...given),
		},
		claimInTransaction(inTransaction, claim) {
			requireTransaction(inTransaction);
			const { prepare } = hostOf(inTransaction);
			if (callbacks.completeOn(prepare, claim)) return;
			throw new StoreError(
				"claim_lost",
				`claim ${claim.attempt} of ${claim.id} is completed or no longer the newest`,
			);
		},
		close: () => opened?.close(),
	};
}

interface OpenedDatabase extends SqliteDatabase {
	close(): void;
}

/** Asks the runtime for its SQLite: an import would break where there is none, and in bundlers. */
function open(path: string): OpenedDatabase {
	if (path === "") throw new TypeError("expected the path of an SQLite file, got an empty string");
	const { process } = globalThis as {
		process?: { getBuiltinModule?(name: string): unknown };
	};
	const sqlite = process?.getBuiltinModule?.("node:sqlite") as
		| { readonly DatabaseSync: new (path: string) => OpenedDatabase }
		| undefined;
	if (sqlite === undefined) {
		throw new StoreError(
			"not_supported",
			"this runtime has no node:sqlite (Node has it since 22.13): pass a database of better-sqlite3 in place of a path",
		);
	}
	return new sqlite.DatabaseSync(path);
}

/** `busy_timeout` comes first: the other settings may have to wait for another process. */
function prepareConnection(database: SqliteDatabase): void {
	const expected =
		"expected a path or a synchronous database (better-sqlite3, node:sqlite, bun:sqlite) whose rows are objects";
	if (typeof database?.exec !== "function" || typeof database.prepare !== "function") {
		throw new TypeError(`${expected}, got ${shown(database)}`);
	}
	if ("batch" in database) {
		throw new TypeError(
			`${expected}, got D1 or another asynchronous one: on Cloudflare use durableObjectStore of wallet-callback/stores/durable-object`,
		);
	}
	const setting = database.prepare("PRAGMA busy_timeout = 5000").all()[0];
	if ((setting as { readonly timeout?: unknown } | undefined)?.timeout === undefined) {
		throw new TypeError(`${expected}, got one that answers otherwise`);
	}
	database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
}

function hostOf(database: SqliteDatabase): SqlHost {
	return {
		execute: (statements) => database.exec(statements),
		prepare(statement) {
			const prepared = database.prepare(statement);
			return (...values) => prepared.all(...values);
		},
		transaction(run) {
			// Fails inside of a transaction of somebody else's, which must not decide on this one.
			database.exec("BEGIN IMMEDIATE");
			try {
				const result = run();
				database.exec("COMMIT");
				return result;
			} catch (error) {
				rollBack(database);
				throw error;
			}
		},
	};
}

function rollBack(database: SqliteDatabase): void {
	try {
		database.exec("ROLLBACK");
	} catch {
		// SQLite has done so itself, as it does after some errors. What is of use is that error.
	}
}

/** SQLite starts no transaction inside of another, whatever the driver. */
function requireTransaction(database: SqliteDatabase): void {
	try {
		database.exec("BEGIN");
	} catch {
		return;
	}
	database.exec("ROLLBACK");
	throw new TypeError("claimInTransaction: expected an open transaction on the database, got none");
}
