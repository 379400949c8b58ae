/** Callbacks in a table of SQLite: what each operation of a store does, wherever SQLite runs. */
import { Clock, type KeptTime, type MachineClock } from "./sqlite-clock.js";
import { SqliteInbox } from "./sqlite-inbox.js";
import type { Claim, ClaimOutcome, EnqueueOutcome, InboxEntry, Letter, NotNow } from "./store.js";

/** What a statement is given. */
export type SqlValue = string | number | null;

/** A connection to SQLite. Everything is synchronous: nothing comes between the steps of an operation. */
export interface SqlHost {
	/** Runs statements whose rows nobody needs. */
	execute(statements: string): void;
	/** Prepares a statement that gives rows, as all do here that are prepared. */
	prepare(statement: string): Statement;
	/** Runs something in a transaction of its own, which is undone if it throws. */
	transaction<Result>(run: () => Result): Result;
}

export type Statement = (...values: SqlValue[]) => readonly unknown[];

/**
 * Each claim adds one row at most and deletes so many expired ones, so that they become fewer
 * although no single operation takes long.
 */
const DELETED_PER_OPERATION = 4;

/** How much of a payload is stored in one row, in UTF-16 units. A Durable Object's rows have 2 MB at most. */
const PIECE_LENGTH = 500_000;

/** How long rows are kept that were written before they had a retention of their own: 7 days. */
const OLD_RETENTION_MS = 604_800_000;

/**
 * The tables, which are created if they are missing.
 *
 * A row with a payload is an unfinished entry of the inbox; what of a payload is too long for its row
 * stands in pieces. `due` is when a lease ends, when an entry may be taken, or when a callback was given
 * up: such a row is done and has a letter, and `kept` has what `payload` had. Rows without a receiver
 * were written by a version that did not know receivers, and belong to whoever asks.
 *
 * @internal
 */
export class CallbackTable {
	readonly #host: SqlHost;
	readonly #table: string;
	readonly #clock: Clock;
	readonly #readTime: Statement;
	readonly #keepTime: Statement;
	readonly #find: Statement;
	readonly #findClaim: Statement;
	readonly #put: Statement;
	readonly #putPiece: Statement;
	readonly #pieces: Statement;
	readonly #complete: Statement;
	readonly #release: Statement;
	readonly #take: Statement;
	readonly #deleteExpired: Statement;
	readonly #earliestExpiry: Statement;
	/** What people do with it. */
	readonly inbox: SqliteInbox;

	/**
	 * @param table has characters of identifiers only
	 * @param machine the clock that the programs have in common, if they have one
	 */
	constructor(host: SqlHost, table: string, machine: MachineClock | undefined) {
		this.#clock = new Clock(machine);
		this.#host = host;
		this.#table = table;
		host.transaction(() => createTables(host, table));
		this.#readTime = host.prepare(readTime(table));
		this.#keepTime = host.prepare(
			`UPDATE "${table}_clock" SET now = ?, wall = ?, mark = ? RETURNING mark`,
		);
		const columns =
			"receiver, body_hash, state, token, attempt, due, first, payload IS NOT NULL AS entry";
		const known = "(payload IS NOT NULL OR expiry > ?)";
		this.#find = host.prepare(
			`SELECT ${columns} FROM "${table}" WHERE id = ? AND receiver IN (?, '') AND ${known}
			ORDER BY receiver DESC LIMIT 1`,
		);
		this.#findClaim = host.prepare(
			`SELECT ${columns} FROM "${table}"
			WHERE id = ? AND receiver IN (?, '') AND token = ? AND ${known}`,
		);
		this.#put = host.prepare(
			`INSERT INTO "${table}"
			(id, receiver, body_hash, first, state, token, attempt, due, expiry, retention, payload)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id, receiver) DO UPDATE SET body_hash = excluded.body_hash,
				state = excluded.state, token = excluded.token, attempt = excluded.attempt,
				due = excluded.due, expiry = excluded.expiry, retention = excluded.retention,
				payload = excluded.payload, first = excluded.first, letter = NULL, kept = NULL
			RETURNING id`,
		);
		this.#putPiece = host.prepare(
			`INSERT INTO "${table}_pieces" (id, receiver, number, piece) VALUES (?, ?, ?, ?) RETURNING id`,
		);
		this.#pieces = host.prepare(
			`SELECT piece FROM "${table}_pieces" WHERE id = ? AND receiver = ? ORDER BY number`,
		);
		this.#complete = host.prepare(completion(table));
		this.#release = host.prepare(
			`UPDATE "${table}" SET state = 'free', due = ?, attempt = attempt - ?
			WHERE id = ? AND receiver IN (?, '') AND token = ? AND state = 'leased' RETURNING id`,
		);
		this.#take = host.prepare(
			`UPDATE "${table}" SET state = 'leased', token = ?, attempt = attempt + 1, due = ?,
				expiry = ? + retention
			WHERE rowid = (
				SELECT rowid FROM "${table}" WHERE payload IS NOT NULL AND receiver = ? AND due <= ?
				ORDER BY due LIMIT 1
			) RETURNING id, receiver, attempt, payload`,
		);
		this.#deleteExpired = host.prepare(
			`DELETE FROM "${table}" WHERE rowid IN (
				SELECT rowid FROM "${table}" WHERE payload IS NULL AND expiry <= ? ORDER BY expiry LIMIT ?
			) RETURNING id`,
		);
		this.#earliestExpiry = host.prepare(
			`SELECT expiry FROM "${table}" WHERE payload IS NULL ORDER BY expiry LIMIT 1`,
		);
		this.inbox = new SqliteInbox(host, table, {
			at: (run) => this.#at(run),
			keep: () => this.#keep(),
			restOf: (row) => this.#restOf(row),
		});
	}

	claim(
		id: string,
		bodyHash: string,
		leaseMs: number,
		retentionMs: number,
		receiver = "",
	): ClaimOutcome {
		return this.#admit(id, bodyHash, receiver, (row, now) => {
			const token = crypto.randomUUID();
			const attempt = attempts(row) + 1;
			const due = Math.ceil(now + leaseMs);
			const values = ["leased", token, attempt, due, due + retentionMs, retentionMs, null] as const;
			this.#put(id, row?.receiver ?? receiver, bodyHash, firstOf(row, now), ...values);
			return { status: "claimed", claim: { id, receiver, token, attempt } };
		});
	}

	enqueue(
		id: string,
		bodyHash: string,
		payload: string,
		retentionMs: number,
		receiver = "",
	): EnqueueOutcome {
		return this.#admit(id, bodyHash, receiver, (row, now) => {
			const owner = row?.receiver ?? receiver;
			const due = Math.floor(now);
			const known = [row?.token ?? null, attempts(row), due, due + retentionMs] as const;
			const [first = "", ...others] = piecesOf(payload);
			this.#put(id, owner, bodyHash, firstOf(row, now), "free", ...known, retentionMs, first);
			for (const [index, piece] of others.entries()) this.#putPiece(id, owner, index, piece);
			return { status: "stored" };
		});
	}

	/** Records a callback, unless what is known of its id speaks against it. */
	#admit<Admitted>(
		id: string,
		bodyHash: string,
		receiver: string,
		admit: (row: Row | undefined, now: number) => Admitted,
	): Admitted | NotNow {
		return this.#at((now) => {
			this.#deleteExpired(now, DELETED_PER_OPERATION);
			const [row] = this.#find(id, receiver, now) as readonly Row[];
			const refusal = notNow(row, bodyHash, now);
			if (refusal !== undefined) return refusal;
			this.#keep();
			return admit(row, now);
		});
	}

	complete(claim: Claim): boolean {
		return this.#end(claim);
	}

	/** Completes, and keeps why it was given up. */
	bury(claim: Claim, letter: Letter): boolean {
		return this.#end(claim, letter);
	}

	#end({ id, receiver = "", token }: Claim, letter?: Letter): boolean {
		return this.#at((now) => {
			const [row] = this.#findClaim(id, receiver, token, now) as readonly Row[];
			if (row === undefined) return false;
			// What is recorded already costs no write.
			if (row.state === "done") return true;
			this.#keep();
			if (letter) this.inbox.bury(id, row.receiver, now, letter);
			this.#complete(Math.ceil(now), id, receiver, token);
			return true;
		});
	}

	release({ id, receiver = "", token }: Claim, delayMs: number, unused?: boolean): boolean {
		return this.#at((now) => {
			const due = Math.floor(now + delayMs);
			const rows = this.#release(due, unused ? 1 : 0, id, receiver, token);
			if (rows.length > 0) this.#keep();
			return rows.length > 0;
		});
	}

	take(leaseMs: number, receiver = ""): InboxEntry | undefined {
		return this.#at((now) => {
			const token = crypto.randomUUID();
			const due = Math.ceil(now + leaseMs);
			const from = (owner: string) =>
				this.#take(token, due, due, owner, now) as readonly TakenRow[];
			const row = from(receiver)[0] ?? (receiver === "" ? undefined : from("")[0]);
			if (row === undefined) return undefined;
			this.#keep();
			const { id, attempt, payload } = row;
			return {
				claim: { id, receiver, token, attempt: Number(attempt) },
				payload: payload + this.#restOf(row),
			};
		});
	}

	/**
	 * Completes a claim on a connection inside a transaction of somebody else's. False if it is
	 * completed already or no longer the newest of its id.
	 */
	completeOn(prepare: SqlHost["prepare"], { id, receiver = "", token }: Claim): boolean {
		const [kept] = prepare(readTime(this.#table))() as readonly [KeptTime];
		const now = Math.ceil(this.#clock.read(kept));
		return prepare(completion(this.#table))(now, id, receiver, token).length > 0;
	}

	/** Deletes rows that have expired, `limit` at most. */
	deleteExpired(limit: number): void {
		this.#at((now) => this.#deleteExpired(now, limit));
	}

	/** In how many milliseconds the next row expires; nothing if none does as things are. */
	earliestExpiry(): number | undefined {
		return this.#at((now) => {
			const [row] = this.#earliestExpiry() as readonly { readonly expiry: number }[];
			return row && Math.max(0, row.expiry - now);
		});
	}

	/** Runs an operation in a transaction, and tells it the time. */
	#at<Result>(run: (now: number) => Result): Result {
		return this.#host.transaction(() => {
			const [kept] = this.#readTime() as readonly [KeptTime];
			return run(this.#clock.read(kept));
		});
	}

	/** Keeps the time in the file, for everybody else who works on what is written now. */
	#keep(): void {
		const { now, wall, mark } = this.#clock.keep();
		this.#keepTime(now, wall, mark);
	}

	/** What of a payload stands in pieces. */
	#restOf({ id, receiver, payload }: Pick<TakenRow, "id" | "receiver" | "payload">): string {
		if (payload.length < PIECE_LENGTH - 1) return "";
		const pieces = this.#pieces(id, receiver) as readonly { readonly piece: string }[];
		return pieces.map(({ piece }) => piece).join("");
	}
}

/** Creates the tables, or brings those of an older version up to date. */
function createTables(host: SqlHost, table: string): void {
	const [old] = host.prepare(
		`SELECT name FROM sqlite_master WHERE type = 'table' AND name = '${table}' COLLATE NOCASE
		AND sql NOT LIKE '%receiver TEXT NOT NULL%'`,
	)();
	if (old !== undefined) {
		host.execute(`
			DROP INDEX IF EXISTS "${table}_due";
			DROP INDEX IF EXISTS "${table}_expiry";
			ALTER TABLE "${table}" RENAME TO "${table}_old";
		`);
	}
	host.execute(`
		CREATE TABLE IF NOT EXISTS "${table}" (
			id TEXT NOT NULL,
			receiver TEXT NOT NULL,
			body_hash TEXT NOT NULL,
			state TEXT NOT NULL CHECK (state IN ('leased', 'free', 'done')),
			token TEXT,
			attempt INTEGER NOT NULL,
			due INTEGER NOT NULL,
			expiry INTEGER NOT NULL,
			retention INTEGER NOT NULL,
			payload TEXT,
			first INTEGER,
			letter TEXT,
			kept TEXT,
			PRIMARY KEY (id, receiver)
		);
	`);
	const columns = host.prepare(`PRAGMA table_info("${table}")`)() as readonly { name: string }[];
	if (!columns.some(({ name }) => name === "kept")) {
		host.execute(`
			ALTER TABLE "${table}" ADD COLUMN first INTEGER;
			ALTER TABLE "${table}" ADD COLUMN letter TEXT;
			ALTER TABLE "${table}" ADD COLUMN kept TEXT;
			DROP TRIGGER IF EXISTS "${table}_finished";
		`);
	}
	host.execute(`
		CREATE INDEX IF NOT EXISTS "${table}_dead" ON "${table}" (due) WHERE letter IS NOT NULL;
		CREATE INDEX IF NOT EXISTS "${table}_due" ON "${table}" (receiver, due)
			WHERE payload IS NOT NULL;
		CREATE INDEX IF NOT EXISTS "${table}_expiry" ON "${table}" (expiry) WHERE payload IS NULL;
		CREATE TABLE IF NOT EXISTS "${table}_pieces" (
			id TEXT NOT NULL,
			receiver TEXT NOT NULL,
			number INTEGER NOT NULL,
			piece TEXT NOT NULL,
			PRIMARY KEY (id, receiver, number)
		);
		CREATE TRIGGER IF NOT EXISTS "${table}_finished" AFTER UPDATE OF payload ON "${table}"
			WHEN OLD.payload IS NOT NULL AND NEW.payload IS NULL AND NEW.kept IS NULL
		BEGIN
			DELETE FROM "${table}_pieces" WHERE id = OLD.id AND receiver = OLD.receiver;
		END;
		CREATE TRIGGER IF NOT EXISTS "${table}_dropped" AFTER UPDATE OF kept ON "${table}"
			WHEN OLD.kept IS NOT NULL AND NEW.kept IS NULL AND OLD.payload IS NULL
		BEGIN
			DELETE FROM "${table}_pieces" WHERE id = OLD.id AND receiver = OLD.receiver;
		END;
		CREATE TRIGGER IF NOT EXISTS "${table}_forgotten" AFTER DELETE ON "${table}"
			WHEN OLD.kept IS NOT NULL
		BEGIN
			DELETE FROM "${table}_pieces" WHERE id = OLD.id AND receiver = OLD.receiver;
		END;
		CREATE TABLE IF NOT EXISTS "${table}_clock" (
			one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
			now REAL NOT NULL,
			wall INTEGER,
			mark TEXT NOT NULL
		);
		INSERT OR IGNORE INTO "${table}_clock" VALUES (1, ${Date.now()}, NULL, '');
	`);
	if (old !== undefined) {
		host.execute(`
			INSERT INTO "${table}" SELECT id, '', body_hash, state, token, attempt, due,
				CASE state WHEN 'done' THEN expiry ELSE MAX(expiry, due + ${OLD_RETENTION_MS}) END,
				${OLD_RETENTION_MS}, payload, NULL, NULL, NULL FROM "${table}_old";
			DROP TABLE "${table}_old";
		`);
	}
}

const readTime = (table: string) => `SELECT now, wall, mark FROM "${table}_clock"`;

/**
 * Completes a claim, unless it is completed or no longer the newest of its id: gives a row if it
 * did. Takes the time, the id, the receiver and the token.
 */
const completion = (table: string) =>
	`UPDATE "${table}" SET state = 'done', payload = NULL, expiry = MAX(expiry, ? + retention)
	WHERE id = ? AND receiver IN (?, '') AND token = ? AND state <> 'done' RETURNING id`;

/** What is known of an id. A connection of the user's may give its integers as `bigint`. */
interface Row {
	readonly receiver: string;
	readonly body_hash: string;
	readonly state: "leased" | "free" | "done";
	readonly token: string | null;
	readonly attempt: number | bigint;
	readonly due: number | bigint;
	/** When it came first; nothing in rows of an older version. */
	readonly first: number | bigint | null;
	/** Whether it is an unfinished entry of the inbox: 1 or 0. */
	readonly entry: number | bigint;
}

interface TakenRow {
	readonly id: string;
	readonly receiver: string;
	readonly attempt: number | bigint;
	readonly payload: string;
}

function notNow(row: Row | undefined, bodyHash: string, now: number): NotNow | undefined {
	if (row === undefined) return undefined;
	if (row.body_hash !== bodyHash) return { status: "conflict" };
	if (row.state === "done" || Number(row.entry) === 1) return { status: "done" };
	const retryAfterMs = Math.ceil(Number(row.due) - now);
	return row.state === "leased" && retryAfterMs > 0 ? { status: "busy", retryAfterMs } : undefined;
}

function attempts(row: Row | undefined): number {
	return Number(row?.attempt ?? 0);
}

/** When a callback came first. */
function firstOf(row: Row | undefined, now: number): number | null {
	if (row === undefined) return Math.floor(now);
	return row.first === null ? null : Number(row.first);
}

/** Cuts a payload, though never between the two halves of a character. */
function piecesOf(payload: string): string[] {
	const pieces: string[] = [];
	for (let from = 0; from < payload.length || from === 0; ) {
		let to = from + PIECE_LENGTH;
		const last = payload.charCodeAt(to - 1);
		if (to < payload.length && last >= 0xd800 && last < 0xdc00) to -= 1;
		pieces.push(payload.slice(from, to));
		from = to;
	}
	return pieces;
}
