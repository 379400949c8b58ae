/** A {@link ReplayStore} in PostgreSQL. */
import { parseTable, statementsFor } from "./postgres-statements.js";
import {
	type Claim,
	type ClaimOutcome,
	type CompleteStore,
	type EnqueueOutcome,
	type InboxEntry,
	type InboxItem,
	type Letter,
	type NotNow,
	StoreError,
} from "./store.js";

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

/** A `Pool`, `Client` or `PoolClient` of `pg`, as far as it is used here. */
export interface PgClient {
	query(text: string, values?: Value[]): Promise<{ rows: unknown[] }>;
	/** `"T"` inside a transaction in newer versions of `pg`. */
	getTransactionStatus?(): string | null;
}

/** The `sql` of `postgres`, or of its `sql.begin`, as far as it is used here. */
export interface PostgresJsClient {
	unsafe(
		text: string,
		values?: Value[],
		options?: { prepare?: boolean },
	): PromiseLike<readonly unknown[]>;
}

/** What `neon` of `@neondatabase/serverless` gives, as far as it is used here. */
export interface NeonHttpClient {
	query(
		text: string,
		values?: Value[],
		options?: { arrayMode?: false; fullResults?: false },
	): PromiseLike<unknown>;
	/** Takes statements, not a function. */
	transaction(statements: never): unknown;
}

type AnyClient = PgClient | PostgresJsClient | NeonHttpClient;

type Value = string | number;

/** Options of {@link postgresStore}. */
export interface PostgresStoreOptions {
	/**
	 * The table, `name` or `schema.name`, in lower-case letters, digits and `_`, 50 of them at most.
	 * One table belongs to one callback endpoint, shared by all its processes.
	 *
	 * @default "wallet_callback"
	 */
	readonly table?: string;
}

/** What {@link postgresStore} gives. */
export interface PostgresStore extends CompleteStore {
	/**
	 * Creates the table and its indexes where they are missing, and brings those of an older version
	 * up to date; safe to call at every start of every process. Needs the right to create tables in the
	 * schema, which the other operations do not, and for an older table to own it.
	 */
	migrate(): Promise<void>;
	/**
	 * Marks a claim as completed in a transaction of the caller, who writes what the callback causes
	 * in the same one: both are committed, or neither. Rolled back, the claim is as it was.
	 *
	 * While the transaction is open, nobody else gets the claim, even after its lease. At isolation
	 * levels above READ COMMITTED, a serialization failure is thrown as the client gives it.
	 *
	 * @param client - What the transaction runs on: a `pg` client between BEGIN and COMMIT, the `sql`
	 * that `sql.begin` of `postgres` hands over, or an object whose `query(text, values)` runs a
	 * statement in the transaction of another library and gives `{ rows }`. Where a client does not
	 * tell that it is in a transaction, as newer versions of `pg` do, a lock that PostgreSQL gives
	 * only there finds out; an UPDATE of the table takes the same.
	 *
	 * @throws {StoreError} `claim_lost` when the claim is no longer the newest of its id, or is
	 * completed already. Let it pass, so that the transaction is rolled back.
	 * @throws {TypeError} for a client that is not in a transaction, as those over HTTP never are.
	 * Nothing is completed then.
	 *
	 * @example
	 * ```ts
	 * await sql.begin(async (sql) => {
	 * 	await store.claimInTransaction(sql, claim);
	 * 	await sql`UPDATE accounts SET balance = balance + ${amount} WHERE id = ${account}`;
	 * });
	 * ```
	 */
	claimInTransaction(client: PgClient | PostgresJsClient, claim: Claim): Promise<void>;
}

/**
 * Remembers callbacks in PostgreSQL 12 or later. Each operation is one statement, timed by the
 * server's clock; none leaves state in its session, so PgBouncer may pool transactions. With
 * `postgres`, statements are prepared unless the client is made with `prepare: false`.
 *
 * No operation waits for a handler's transaction to end. While one holds a row, `claim` and
 * `enqueue` answer busy and `take` passes over it, `complete` and `release` reject. Where only
 * locking the row shows that it is held, that takes a tenth of a second.
 *
 * An answer means that it is committed, as durably as the server's `synchronous_commit` says. A
 * failover to a standby that is not synchronous can forget it: the callback is handled again.
 *
 * @param client - A `Pool` of `pg` or of `@neondatabase/serverless`, the `sql` of `postgres`, or what
 * `neon` gives, which speaks HTTP. It stays the caller's to close, and its errors the caller's to
 * handle (`pool.on("error", ...)`). Not a client that also runs transactions: an operation of the
 * store would become a part of them.
 *
 * @throws {TypeError} for any other client and for a table that is no plain name.
 *
 * @example
 * ```ts
 * import { Pool } from "pg";
 * import { postgresStore } from "wallet-callback/stores/postgres";
 *
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL });
 * pool.on("error", console.error); // without a listener, a lost connection ends the process
 * const store = postgresStore(pool);
 * await store.migrate();
 * ```
 */
export function postgresStore(
	client: AnyClient,
	options: PostgresStoreOptions = {},
): PostgresStore {
	const statements = statementsFor(parseTable(options.table ?? "wallet_callback"));
	const query = querier(client);

	/** Runs a statement that admits a callback, again if the id's row changed after it began. */
	async function admit(statement: string, values: Value[]): Promise<Admission> {
		for (;;) {
			const [row] = await query<Admission>(statement, values).catch(orBusy);
			if (row !== undefined && (row.attempt !== null || row.status !== null)) return row;
		}
	}

	return {
		async migrate(): Promise<void> {
			await query(statements.migrate);
		},

		async claim(id, bodyHash, leaseMs, retentionMs, receiver = ""): Promise<ClaimOutcome> {
			const token = crypto.randomUUID();
			const values = [id, receiver, bodyHash, retentionMs, token, leaseMs];
			const row = await admit(statements.claim, values);
			if (row.attempt === null) return toNotNow(row);
			return { status: "claimed", claim: { id, receiver, token, attempt: Number(row.attempt) } };
		},

		async complete({ id, receiver = "", token }: Claim): Promise<boolean> {
			return (await query(statements.complete, [id, receiver, token])).length > 0;
		},

		async release({ id, receiver = "", token }: Claim, delayMs, unused): Promise<boolean> {
			const values = [id, receiver, token, delayMs, unused ? 1 : 0];
			return (await query(statements.release, values)).length > 0;
		},

		async enqueue(id, bodyHash, payload, retentionMs, receiver = ""): Promise<EnqueueOutcome> {
			const values = [id, receiver, bodyHash, retentionMs, JSON.stringify(payload)];
			const row = await admit(statements.enqueue, values);
			return row.attempt === null ? toNotNow(row) : { status: "stored" };
		},

		async take(leaseMs, receiver = ""): Promise<InboxEntry | undefined> {
			const token = crypto.randomUUID();
			const [row] = await query<Entry>(statements.take, [token, leaseMs, receiver]);
			if (row === undefined) return undefined;
			const claim = { id: row.id, receiver, token, attempt: Number(row.attempt) };
			return { claim, payload: JSON.parse(row.payload) };
		},

		inbox: {
			async bury({ id, receiver = "", token }, letter) {
				const values = [id, receiver, token, JSON.stringify(letter)];
				return (await query(statements.bury, values)).length > 0;
			},

			async list(which, limit) {
				const statement = which === "inbox" ? statements.listInbox : statements.listDead;
				return (await query<ItemRow>(statement, [limit])).map(toItem);
			},

			async get(id, receiver) {
				const [row] = await query<ItemRow>(statements.get, [id, receiver]);
				if (row === undefined) return undefined;
				const { payload } = row;
				const item = toItem(row);
				return payload == null ? item : { ...item, payload: JSON.parse(payload) };
			},

			async retry(id, receiver) {
				return (await query(statements.retry, [id, receiver]).catch(orHeld)).length > 0;
			},

			async drop(id, receiver) {
				return (await query(statements.drop, [id, receiver]).catch(orHeld)).length > 0;
			},
		},

		async claimInTransaction(transaction, { id, receiver = "", token }: Claim): Promise<void> {
			if (isHttp(transaction)) {
				throw new TypeError(
					"expected the client that the transaction runs on, got neon(), which runs each statement by itself: use a Pool of @neondatabase/serverless or of pg for the transaction, and pass what pool.connect() gave",
				);
			}
			if (isPool(transaction)) {
				throw new TypeError(
					"expected the client that the transaction runs on, got one that takes any connection: pass what pool.connect() gave, or the sql that sql.begin hands over",
				);
			}
			const run = querier(transaction);
			await requireTransaction(transaction, () => run(statements.lock));
			const rows = await run(statements.claimInTransaction, [id, receiver, token]);
			if (rows.length > 0) return;
			throw new StoreError(
				"claim_lost",
				`the claim of ${id} is no longer the newest, or is completed already`,
			);
		},
	};
}

/** Outside of a transaction, a completion would stand even if the handler then fails. */
async function requireTransaction(client: AnyClient, lock: () => Promise<unknown>): Promise<void> {
	// What a client knows may be older than a BEGIN that it is about to send.
	if ("getTransactionStatus" in client && client.getTransactionStatus?.() === "T") return;
	try {
		await lock();
	} catch (error) {
		if (member(error, "code") !== NO_TRANSACTION) throw error;
		throw new TypeError(
			"claimInTransaction: expected a client in a transaction, got one without: send BEGIN first, or use the sql that sql.begin hands over",
		);
	}
}

const NO_TRANSACTION = "25P01";

interface Admission {
	/** The attempt that was admitted. */
	readonly attempt: number | null;
	/** Or why none was. */
	readonly status: NotNow["status"] | null;
	readonly rest: number | null;
}

interface Entry {
	readonly id: string;
	readonly attempt: number;
	/** As a JSON string: PostgreSQL's text cannot hold U+0000. */
	readonly payload: string;
}

function toNotNow({ status, rest }: Admission): NotNow {
	if (status === "done" || status === "conflict") return { status };
	return { status: "busy", retryAfterMs: Math.max(1, Math.ceil(Number(rest))) };
}

/** For a row that somebody else's transaction holds for longer than {@link PATIENCE_MS}. */
function orBusy(error: unknown): readonly Admission[] {
	if (member(error, "code") !== LOCK_NOT_AVAILABLE) throw error;
	return [{ attempt: null, status: "busy", rest: null }];
}

/** The same where that means that somebody handles it. */
function orHeld(error: unknown): readonly unknown[] {
	if (member(error, "code") !== LOCK_NOT_AVAILABLE) throw error;
	return [];
}

const LOCK_NOT_AVAILABLE = "55P03";

interface ItemRow {
	readonly id: string;
	readonly receiver: string;
	readonly status: InboxItem["status"];
	readonly attempt: number;
	readonly age: number | null;
	/** Until it is due, or since it was given up. */
	readonly rest: number;
	readonly letter: string | null;
	readonly entry: boolean;
	readonly payload?: string | null;
}

function toItem({ id, receiver, status, attempt, age, rest, letter, entry }: ItemRow): InboxItem {
	const item = {
		id,
		receiver,
		attempt: Number(attempt),
		ageMs: age === null ? undefined : Number(age),
		isEntry: entry,
	};
	const ms = Math.max(0, Number(rest));
	if (letter === null) return { ...item, status, dueMs: ms };
	return { ...item, status, deadMs: ms, letter: JSON.parse(letter) as Letter };
}

type Query = <Row>(text: string, values?: Value[]) => Promise<readonly Row[]>;

function querier(client: AnyClient): Query {
	if (isHttp(client)) {
		return async <Row>(text: string, values?: Value[]) =>
			(await client.query(text, values, { arrayMode: false, fullResults: false })) as Row[];
	}
	if (has(client, "unsafe")) {
		// "prepare" leaves it to the client's own option; unsafe() alone would never prepare, and then
		// asks for the parameters' types in a round trip of its own.
		return async <Row>(text: string, values?: Value[]) =>
			(await client.unsafe(text, values, { prepare: true })) as readonly Row[];
	}
	if (has(client, "query")) {
		return async <Row>(text: string, values?: Value[]) =>
			(await client.query(text, values)).rows as Row[];
	}
	throw new TypeError(
		"expected a Pool or Client of pg or @neondatabase/serverless, the sql of postgres, or what neon() gives (of Drizzle, Kysely and Prisma: what they run on)",
	);
}

function has<Method extends string>(
	client: AnyClient,
	method: Method,
): client is Extract<AnyClient, Record<Method, unknown>> {
	return typeof member(client, method) === "function";
}

/** Whether each of its statements is a request of its own. Its `unsafe` runs none. */
const isHttp = (client: AnyClient): client is NeonHttpClient =>
	typeof client === "function" && has(client, "transaction") && has(client, "query");

/** Whether each of its statements may run on another connection. */
const isPool = (client: AnyClient): boolean =>
	typeof member(client, "totalCount") === "number" || typeof member(client, "begin") === "function";

const member = (value: unknown, name: string): unknown =>
	(value as Record<string, unknown> | null | undefined)?.[name];
