/** Callbacks in a table of SQLite: what each operation of a store does, wherever SQLite runs. */
import type { Claim, ClaimOutcome, EnqueueOutcome, InboxEntry, NotNow } from "./store.js";

/** What a statement is given. */
export type SqlValue = string | number | null;

/** A connection to SQLite. Everything is synchronous: nothing comes between the steps of an operation. */
export interface SqlHost {
	/** Runs statements whose rows nobody needs. */
	execute(statements: string): void;
	/** Prepares a statement that gives rows, as all do here that are prepared. */
	prepare(statement: string): (...values: SqlValue[]) => readonly unknown[];
	/** Runs something in a transaction of its own, which is undone if it throws. */
	transaction<Result>(run: () => Result): Result;
}

/**
 * Each claim adds one row at most and deletes so many expired ones, so that they become fewer
 * although no single operation takes long.
 */
const DELETED_PER_OPERATION = 4;

/**
 * Completes a claim, unless it is completed or no longer the newest of its id: gives a row if it
 * did. Takes the id and the token.
 */
export function completion(table: string): string {
	return `UPDATE "${table}" SET state = 'done', payload = NULL
		WHERE id = ? AND token = ? AND state <> 'done' RETURNING id`;
}

/**
 * The table, which is created if it is missing. A row with a payload is an unfinished entry of the
 * inbox. `due` is when a lease ends or when an entry may be taken.
 */
export class CallbackTable {
	readonly #host: SqlHost;
	readonly #find: ReturnType<SqlHost["prepare"]>;
	readonly #put: ReturnType<SqlHost["prepare"]>;
	readonly #complete: ReturnType<SqlHost["prepare"]>;
	readonly #release: ReturnType<SqlHost["prepare"]>;
	readonly #take: ReturnType<SqlHost["prepare"]>;
	readonly #deleteExpired: ReturnType<SqlHost["prepare"]>;
	readonly #earliestExpiry: ReturnType<SqlHost["prepare"]>;

	/** @param table has characters of identifiers only */
	constructor(host: SqlHost, table: string) {
		this.#host = host;
		host.transaction(() =>
			host.execute(`
			CREATE TABLE IF NOT EXISTS "${table}" (
				id TEXT NOT NULL PRIMARY KEY,
				body_hash TEXT NOT NULL,
				state TEXT NOT NULL CHECK (state IN ('leased', 'free', 'done')),
				token TEXT,
				attempt INTEGER NOT NULL,
				due INTEGER NOT NULL,
				expiry INTEGER NOT NULL,
				payload TEXT
			);
			CREATE INDEX IF NOT EXISTS "${table}_due" ON "${table}" (due) WHERE payload IS NOT NULL;
			CREATE INDEX IF NOT EXISTS "${table}_expiry" ON "${table}" (expiry) WHERE payload IS NULL;
		`),
		);
		this.#find = host.prepare(
			`SELECT body_hash, state, token, attempt, due, payload IS NOT NULL AS entry FROM "${table}"
			WHERE id = ? AND (payload IS NOT NULL OR expiry > ?)`,
		);
		this.#put = host.prepare(
			`INSERT INTO "${table}" (id, body_hash, state, token, attempt, due, expiry, payload)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET body_hash = excluded.body_hash, state = excluded.state,
				token = excluded.token, attempt = excluded.attempt, due = excluded.due,
				expiry = excluded.expiry, payload = excluded.payload
			RETURNING id`,
		);
		this.#complete = host.prepare(completion(table));
		this.#release = host.prepare(
			`UPDATE "${table}" SET state = 'free', due = ?
			WHERE id = ? AND token = ? AND state = 'leased' RETURNING id`,
		);
		this.#take = host.prepare(
			`UPDATE "${table}" SET state = 'leased', token = ?, attempt = attempt + 1, due = ?
			WHERE rowid = (
				SELECT rowid FROM "${table}" WHERE payload IS NOT NULL AND due <= ? ORDER BY due LIMIT 1
			) RETURNING id, attempt, payload`,
		);
		this.#deleteExpired = host.prepare(
			`DELETE FROM "${table}" WHERE rowid IN (
				SELECT rowid FROM "${table}" WHERE payload IS NULL AND expiry <= ? ORDER BY expiry LIMIT ?
			) RETURNING id`,
		);
		this.#earliestExpiry = host.prepare(
			`SELECT expiry FROM "${table}" WHERE payload IS NULL ORDER BY expiry LIMIT 1`,
		);
	}

	claim(id: string, bodyHash: string, leaseMs: number, retentionMs: number): ClaimOutcome {
		return this.#admit(id, bodyHash, (row, now) => {
			const claim = newClaim(id, attempts(row) + 1);
			const { token, attempt } = claim;
			this.#put(id, bodyHash, "leased", token, attempt, now + leaseMs, now + retentionMs, null);
			return { status: "claimed", claim };
		});
	}

	enqueue(id: string, bodyHash: string, payload: string, retentionMs: number): EnqueueOutcome {
		return this.#admit(id, bodyHash, (row, now) => {
			const token = row?.token ?? null;
			this.#put(id, bodyHash, "free", token, attempts(row), now, now + retentionMs, payload);
			return { status: "stored" };
		});
	}

	/** Records a callback, unless what is known of its id speaks against it. */
	#admit<Admitted>(
		id: string,
		bodyHash: string,
		admit: (row: Row | undefined, now: number) => Admitted,
	): Admitted | NotNow {
		return this.#host.transaction(() => {
			const now = Date.now();
			this.#deleteExpired(now, DELETED_PER_OPERATION);
			const row = this.#row(id, now);
			return notNow(row, bodyHash, now) ?? admit(row, now);
		});
	}

	complete({ id, token }: Claim): boolean {
		return this.#host.transaction(() => {
			const row = this.#row(id, Date.now());
			if (row?.token !== token) return false;
			// What is recorded already costs no write.
			if (row.state !== "done") this.#complete(id, token);
			return true;
		});
	}

	release({ id, token }: Claim, delayMs: number): boolean {
		return this.#host.transaction(() => this.#release(Date.now() + delayMs, id, token).length > 0);
	}

	take(leaseMs: number): InboxEntry | undefined {
		return this.#host.transaction(() => {
			const now = Date.now();
			const token = crypto.randomUUID();
			const [row] = this.#take(token, now + leaseMs, now) as readonly TakenRow[];
			if (row === undefined) return undefined;
			return {
				claim: { id: row.id, token, attempt: Number(row.attempt) },
				payload: row.payload,
			};
		});
	}

	/** Deletes rows that have expired, `limit` at most. */
	deleteExpired(limit: number): void {
		this.#host.transaction(() => this.#deleteExpired(Date.now(), limit));
	}

	/** When the next row expires; nothing if none does as things are. */
	earliestExpiry(): number | undefined {
		const [row] = this.#earliestExpiry() as readonly { readonly expiry: number }[];
		return row?.expiry;
	}

	#row(id: string, now: number): Row | undefined {
		return (this.#find(id, now) as readonly Row[])[0];
	}
}

/** What is known of an id. A connection of the user's may give its integers as `bigint`. */
interface Row {
	readonly body_hash: string;
	readonly state: "leased" | "free" | "done";
	readonly token: string | null;
	readonly attempt: number | bigint;
	readonly due: number | bigint;
	/** Whether it is an unfinished entry of the inbox: 1 or 0. */
	readonly entry: number | bigint;
}

interface TakenRow {
	readonly id: string;
	readonly attempt: number | bigint;
	readonly payload: string;
}

function notNow(row: Row | undefined, bodyHash: string, now: number): NotNow | undefined {
	if (row === undefined) return undefined;
	if (row.body_hash !== bodyHash) return { status: "conflict" };
	if (row.state === "done" || Number(row.entry) === 1) return { status: "done" };
	const retryAfterMs = Number(row.due) - now;
	return row.state === "leased" && retryAfterMs > 0 ? { status: "busy", retryAfterMs } : undefined;
}

function newClaim(id: string, attempt: number): Claim {
	return { id, token: crypto.randomUUID(), attempt };
}

function attempts(row: Row | undefined): number {
	return Number(row?.attempt ?? 0);
}
