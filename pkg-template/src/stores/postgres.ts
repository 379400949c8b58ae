/** A {@link ReplayStore} in PostgreSQL. */
import { shownName } from "../core/shown.js";
import {
	type Claim,
	type ClaimOutcome,
	type EnqueueOutcome,
	type InboxEntry,
	type NotNow,
	type ReplayStore,
	StoreError,
} from "./store.js";

export type {
	Claim,
	ClaimOutcome,
	EnqueueOutcome,
	InboxEntry,
	NotNow,
	ReplayStore,
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
export interface PostgresStore extends ReplayStore {
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
 * const store = postgresStore(new Pool({ connectionString: process.env.DATABASE_URL }));
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

		async release({ id, receiver = "", token }: Claim, delayMs): Promise<boolean> {
			return (await query(statements.release, [id, receiver, token, delayMs])).length > 0;
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

const LOCK_NOT_AVAILABLE = "55P03";

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

interface Table {
	/** Quoted, with its schema. */
	readonly path: string;
	readonly name: string;
}

/** Names with room for an index's suffix within PostgreSQL's 63 bytes. */
function parseTable(table: unknown): Table {
	const parts =
		typeof table === "string"
			? /^(?:([a-z_][a-z0-9_]{0,49})\.)?([a-z_][a-z0-9_]{0,49})$/.exec(table)
			: null;
	const name = parts?.[2];
	if (!parts || name === undefined) {
		throw new TypeError(
			`expected a table "name" or "schema.name" in lower-case letters, digits and "_", got ${shownName(table)}`,
		);
	}
	return { path: parts[1] === undefined ? `"${name}"` : `"${parts[1]}"."${name}"`, name };
}

/**
 * How long a statement waits for a row that another transaction holds: long enough for another
 * statement of the store to be committed, too short for a handler's transaction to hold one up.
 */
const PATIENCE_MS = 100;

/** How many expired rows one claim clears away: more than it can add. */
const SWEEP_ROWS = 4;

/** How long records are kept that were written before they had a retention of their own: 7 days. */
const OLD_RETENTION_MS = 604_800_000;

/** Guards `migrate`, as CREATE ... IF NOT EXISTS alone fails when two run at once. */
const MIGRATION_LOCK = "7022363711548617";

/*
 * Rows without a receiver were written by a version that did not know receivers, and belong to
 * whoever asks.
 *
 * A row is an unfinished entry of the inbox exactly while it has a payload. The expiry of others
 * stands in `expires`; `due` is the end of the lease or when a free entry may be taken.
 *
 * A statement sees the rows as they were when it began (`known`). It locks the one that it may
 * change, waiting for whoever has it locked, and checks it again as it is then (`admitted`). If that
 * finds it changed, or the insertion meets a row that was not seen, there is no answer: ask again.
 *
 * The limit on waiting ends with the statement's transaction. Rows are swept after everything else,
 * passing over locked ones, so that no statement waits while it holds another's row.
 */
function statementsFor({
	path,
	name,
}: Table): Record<
	"migrate" | "claim" | "enqueue" | "take" | "complete" | "release" | "lock" | "claimInTransaction",
	string
> {
	const clock = `clock AS MATERIALIZED (
		SELECT clock_timestamp() AS now, set_config('lock_timeout', '${PATIENCE_MS}ms', true)
	)`;
	const now = "(SELECT now FROM clock)";
	const indexPath = (suffix: string) => `${path.slice(0, -name.length - 1)}${name}_${suffix}"`;
	const later = (parameter: string) => `${now} + ${parameter}::float8 * interval '1 millisecond'`;

	const admit = (values: string) => `WITH ${clock},
		known AS MATERIALIZED (
			SELECT *, payload IS NULL AND expires <= ${now} AS expired FROM ${path}
			WHERE id = $1::text AND (
				receiver = $2::text OR (receiver = '' AND (payload IS NOT NULL OR expires > ${now}))
			)
			ORDER BY receiver DESC LIMIT 1
		),
		admitted AS MATERIALIZED (
			SELECT
				receiver,
				CASE WHEN expires <= ${now} THEN NULL ELSE token END AS token,
				CASE WHEN expires <= ${now} THEN 0 ELSE attempt END AS attempt
			FROM ${path}
			WHERE id = $1::text AND receiver = (SELECT receiver FROM known) AND payload IS NULL AND (
				expires <= ${now} OR (
					body_hash = $3::text AND (state = 'free' OR (state = 'leased' AND due <= ${now}))
				)
			)
			FOR UPDATE
		),
		changed AS (
			UPDATE ${path} AS target
			SET (body_hash, retention, state, token, attempt, due, expires, payload) =
				ROW($3::text, $4::float8, ${values})
			FROM admitted AS old WHERE target.id = $1::text AND target.receiver = old.receiver
			RETURNING target.attempt
		),
		added AS (
			INSERT INTO ${path}
				(id, receiver, body_hash, retention, state, token, attempt, due, expires, payload)
			SELECT $1::text, $2::text, $3::text, $4::float8, ${values}
			FROM (SELECT NULL::text AS token, 0 AS attempt FROM clock) AS old
			WHERE NOT EXISTS (SELECT FROM known)
			ON CONFLICT (id, receiver) DO NOTHING
			RETURNING attempt
		),
		swept AS (
			DELETE FROM ${path} WHERE (id, receiver) IN (
				SELECT id, receiver FROM ${path}
				WHERE payload IS NULL AND expires <= ${now} AND id <> $1::text
				ORDER BY expires LIMIT ${SWEEP_ROWS} FOR UPDATE SKIP LOCKED
			)
		)
		SELECT
			coalesce((SELECT attempt FROM changed), (SELECT attempt FROM added)) AS attempt,
			CASE
				WHEN known.body_hash <> $3::text THEN 'conflict'
				WHEN known.state = 'done' OR known.payload IS NOT NULL THEN 'done'
				WHEN known.state = 'leased' AND known.due > now THEN 'busy'
			END AS status,
			(extract(epoch FROM known.due - now) * 1000)::float8 AS rest
		FROM clock LEFT JOIN known ON NOT known.expired`;

	const next = (receiver: string, condition = "") => `
		SELECT id, receiver FROM ${path}
		WHERE payload IS NOT NULL AND receiver = ${receiver} AND due <= ${now} ${condition}
		ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED`;

	const completed = `state = 'done', payload = NULL,
		expires = CASE WHEN state = 'done' THEN expires ELSE
			greatest(expires, clock_timestamp() + retention * interval '1 millisecond') END`;
	const claimed = (token: string) =>
		`id = $1::text AND receiver IN ($2::text, '') AND token = ${token}`;

	return {
		// One statement: over HTTP a text may not have several.
		migrate: `DO $$ BEGIN
			PERFORM pg_advisory_xact_lock(${MIGRATION_LOCK});
			PERFORM set_config('client_min_messages', 'warning', true);
			CREATE TABLE IF NOT EXISTS ${path} (
				id text COLLATE "C" NOT NULL,
				receiver text COLLATE "C" NOT NULL,
				body_hash text NOT NULL,
				state text NOT NULL CHECK (state IN ('free', 'leased', 'done')),
				token text,
				attempt integer NOT NULL,
				due timestamptz NOT NULL,
				expires timestamptz NOT NULL,
				retention float8 NOT NULL,
				payload text,
				PRIMARY KEY (id, receiver)
			);
			IF NOT EXISTS (
				SELECT FROM pg_attribute WHERE attrelid = '${path}'::regclass AND attname = 'receiver'
			) THEN
				ALTER TABLE ${path}
					ADD COLUMN receiver text COLLATE "C" NOT NULL DEFAULT '',
					ADD COLUMN retention float8 NOT NULL DEFAULT ${OLD_RETENTION_MS};
				UPDATE ${path} SET expires = greatest(expires, due + interval '7 days')
				WHERE state <> 'done';
				ALTER TABLE ${path}
					ALTER COLUMN receiver DROP DEFAULT,
					ALTER COLUMN retention DROP DEFAULT,
					DROP CONSTRAINT "${name}_pkey",
					ADD PRIMARY KEY (id, receiver);
				DROP INDEX ${indexPath("inbox")};
			END IF;
			CREATE INDEX IF NOT EXISTS "${name}_queue" ON ${path} (receiver, due)
				WHERE payload IS NOT NULL;
			CREATE INDEX IF NOT EXISTS "${name}_expiry" ON ${path} (expires) WHERE payload IS NULL;
		END $$`,

		claim: admit(
			`'leased', $5::text, old.attempt + 1, ${later("$6")}, ${later("($6::float8 + $4::float8)")}, NULL::text`,
		),

		enqueue: admit(`'free', old.token, old.attempt, ${now}, ${later("$4")}, $5::text`),

		take: `WITH ${clock},
			own AS MATERIALIZED (${next("$3::text")}),
			others AS MATERIALIZED (${next("''", "AND NOT EXISTS (SELECT FROM own)")}),
			next AS (SELECT * FROM own UNION ALL SELECT * FROM others)
			UPDATE ${path} AS target
			SET state = 'leased', token = $1::text, attempt = attempt + 1, due = ${later("$2")},
				expires = ${later("($2::float8 + retention)")}
			FROM next WHERE target.id = next.id AND target.receiver = next.receiver
			RETURNING target.id, target.attempt, target.payload`,

		complete: `WITH ${clock}
			UPDATE ${path} SET ${completed} FROM clock WHERE ${claimed("$3::text")} RETURNING id`,

		release: `WITH ${clock}
			UPDATE ${path} SET state = 'free', due = ${later("$4")} FROM clock
			WHERE ${claimed("$3::text")} AND state = 'leased' RETURNING id`,

		// Fails outside of a transaction.
		lock: `LOCK TABLE ${path} IN ROW EXCLUSIVE MODE`,

		claimInTransaction: `UPDATE ${path} SET ${completed}
			WHERE ${claimed("$3::text")} AND state <> 'done' RETURNING id`,
	};
}
