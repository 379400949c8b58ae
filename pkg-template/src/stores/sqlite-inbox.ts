/** What people do with callbacks in a table of SQLite that wait or were given up. */
import type { SqlHost, Statement } from "./sqlite-table.js";
import type { InboxItem, Letter } from "./store.js";

/** What the table's other operations share. */
interface Shared {
	/** Runs an operation in a transaction, and tells it the time. */
	at<Result>(run: (now: number) => Result): Result;
	/** Keeps the time in the file. */
	keep(): void;
	/** What of a payload stands in pieces. */
	restOf(row: { id: string; receiver: string; payload: string }): string;
}

interface Row {
	readonly id: string;
	readonly receiver: string;
	readonly state: "leased" | "free" | "done";
	readonly attempt: number | bigint;
	readonly due: number | bigint;
	readonly first: number | bigint | null;
	readonly letter: string | null;
	/** 1 or 0. */
	readonly entry: number | bigint;
}

const IS_DEAD = "letter IS NOT NULL AND state = 'done' AND expiry > ?";
const IS_WAITING = "payload IS NOT NULL AND (state = 'free' OR due <= ?)";

export class SqliteInbox {
	readonly #shared: Shared;
	readonly #bury: Statement;
	readonly #listInbox: Statement;
	readonly #listDead: Statement;
	readonly #get: Statement;
	readonly #revive: Statement;
	readonly #forgetKept: Statement;
	readonly #hurry: Statement;
	readonly #forget: Statement;
	readonly #end: Statement;

	constructor(host: SqlHost, table: string, shared: Shared) {
		this.#shared = shared;
		const columns = `id, receiver, state, attempt, due, first, letter,
			coalesce(payload, kept) IS NOT NULL AS entry`;
		const one = `"${table}" WHERE id = ? AND receiver = ?`;
		this.#bury = host.prepare(
			`UPDATE "${table}" SET letter = ?, kept = payload, due = ? WHERE id = ? AND receiver = ?
			RETURNING id`,
		);
		this.#listInbox = host.prepare(
			`SELECT ${columns} FROM "${table}" WHERE payload IS NOT NULL ORDER BY due LIMIT ?`,
		);
		this.#listDead = host.prepare(
			`SELECT ${columns} FROM "${table}" WHERE ${IS_DEAD} ORDER BY due DESC LIMIT ?`,
		);
		this.#get = host.prepare(
			`SELECT ${columns}, coalesce(payload, kept) AS payload FROM ${one}
			AND (payload IS NOT NULL OR (${IS_DEAD}))`,
		);
		const update = (set: string, condition: string) =>
			host.prepare(
				`UPDATE "${table}" SET ${set} WHERE id = ? AND receiver = ? AND ${condition} RETURNING id`,
			);
		this.#revive = update(
			"state = 'free', token = NULL, attempt = 0, payload = kept, letter = NULL",
			IS_DEAD,
		);
		// By itself: what stands in pieces is deleted with the last of the two.
		this.#forgetKept = update("kept = NULL", "kept IS NOT NULL");
		this.#hurry = update("due = MIN(due, ?)", IS_WAITING);
		this.#forget = update("letter = NULL, kept = NULL", IS_DEAD);
		this.#end = update(
			"state = 'done', token = NULL, payload = NULL, expiry = MAX(expiry, ? + retention)",
			IS_WAITING,
		);
	}

	/** In the transaction that completes it, and before it does. */
	bury(id: string, receiver: string, now: number, letter: Letter): void {
		this.#bury(JSON.stringify(letter), Math.floor(now), id, receiver);
	}

	list(which: "inbox" | "dead", limit: number): InboxItem[] {
		return this.#shared.at((now) => {
			const rows = which === "inbox" ? this.#listInbox(limit) : this.#listDead(now, limit);
			return (rows as readonly Row[]).map((row) => toItem(row, now));
		});
	}

	get(id: string, receiver: string): (InboxItem & { payload?: string }) | undefined {
		return this.#shared.at((now) => {
			const [row] = this.#get(id, receiver, now) as readonly (Row & { payload: string | null })[];
			if (row === undefined) return undefined;
			const { payload } = row;
			if (payload === null) return toItem(row, now);
			const whole = payload + this.#shared.restOf({ id, receiver, payload });
			return { ...toItem(row, now), payload: whole };
		});
	}

	retry(id: string, receiver: string): boolean {
		return this.#shared.at((now) => {
			const isRevived = this.#revive(id, receiver, now).length > 0;
			if (isRevived) this.#forgetKept(id, receiver);
			const due = Math.floor(now);
			return this.#kept(isRevived || this.#hurry(due, id, receiver, now).length > 0);
		});
	}

	drop(id: string, receiver: string): boolean {
		return this.#shared.at((now) => {
			const isForgotten = this.#forget(id, receiver, now).length > 0;
			return this.#kept(isForgotten || this.#end(Math.ceil(now), id, receiver, now).length > 0);
		});
	}

	#kept(isChanged: boolean): boolean {
		if (isChanged) this.#shared.keep();
		return isChanged;
	}
}

function toItem({ id, receiver, state, attempt, due, first, letter, entry }: Row, now: number) {
	const leftMs = Number(due) - now;
	const item = {
		id,
		receiver,
		attempt: Number(attempt),
		ageMs: first === null ? undefined : Math.max(0, now - Number(first)),
		isEntry: Number(entry) === 1,
	};
	if (letter !== null) {
		const deadMs = Math.max(0, -leftMs);
		return { ...item, status: "dead", deadMs, letter: JSON.parse(letter) as Letter } as const;
	}
	const isLeased = state === "leased" && leftMs > 0;
	return { ...item, status: isLeased ? "leased" : "waiting", dueMs: Math.max(0, leftMs) } as const;
}
