/** What a store in PostgreSQL runs there: each operation is one statement. */
import { shownName } from "../core/shown.js";

/** A table by its name. */
export interface Table {
	/** Quoted, with its schema. */
	readonly path: string;
	readonly name: string;
}

/** Names with room for an index's suffix within PostgreSQL's 63 bytes. */
export function parseTable(table: unknown): Table {
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
 * Names with a dollar sign are those of parts of a statement: no table can have one.
 *
 * The limit on waiting ends with the statement's transaction. Rows are swept after everything else,
 * passing over locked ones, so that no statement waits while it holds another's row.
 */
export function statementsFor({
	path,
	name,
}: Table): Record<
	| "migrate"
	| "claim"
	| "enqueue"
	| "take"
	| "complete"
	| "release"
	| "bury"
	| "listInbox"
	| "listDead"
	| "get"
	| "retry"
	| "drop"
	| "lock"
	| "claimInTransaction",
	string
> {
	const clock = `clock$ AS MATERIALIZED (
		SELECT clock_timestamp() AS now, set_config('lock_timeout', '${PATIENCE_MS}ms', true)
	)`;
	const now = "(SELECT now FROM clock$)";
	const indexPath = (suffix: string) => `${path.slice(0, -name.length - 1)}${name}_${suffix}"`;
	const later = (parameter: string) => `${now} + ${parameter}::float8 * interval '1 millisecond'`;

	const admit = (values: string) => `WITH ${clock},
		known$ AS MATERIALIZED (
			SELECT *, payload IS NULL AND expires <= ${now} AS expired FROM ${path}
			WHERE id = $1::text AND (
				receiver = $2::text OR (receiver = '' AND (payload IS NOT NULL OR expires > ${now}))
			)
			ORDER BY receiver DESC LIMIT 1
		),
		admitted$ AS MATERIALIZED (
			SELECT
				receiver,
				CASE WHEN expires <= ${now} THEN NULL ELSE token END AS token,
				CASE WHEN expires <= ${now} THEN 0 ELSE attempt END AS attempt,
				CASE WHEN expires <= ${now} THEN ${now} ELSE first END AS first
			FROM ${path}
			WHERE id = $1::text AND receiver = (SELECT receiver FROM known$) AND payload IS NULL AND (
				expires <= ${now} OR (
					body_hash = $3::text AND (state = 'free' OR (state = 'leased' AND due <= ${now}))
				)
			)
			FOR UPDATE
		),
		changed$ AS (
			UPDATE ${path} AS target
			SET (body_hash, retention, first, letter, kept, state, token, attempt, due, expires, payload) =
				ROW($3::text, $4::float8, old.first, NULL::text, NULL::text, ${values})
			FROM admitted$ AS old WHERE target.id = $1::text AND target.receiver = old.receiver
			RETURNING target.attempt
		),
		added$ AS (
			INSERT INTO ${path}
				(id, receiver, body_hash, retention, first, state, token, attempt, due, expires, payload)
			SELECT $1::text, $2::text, $3::text, $4::float8, ${now}, ${values}
			FROM (SELECT NULL::text AS token, 0 AS attempt FROM clock$) AS old
			WHERE NOT EXISTS (SELECT FROM known$)
			ON CONFLICT (id, receiver) DO NOTHING
			RETURNING attempt
		),
		swept$ AS (
			DELETE FROM ${path} WHERE (id, receiver) IN (
				SELECT id, receiver FROM ${path}
				WHERE payload IS NULL AND expires <= ${now} AND id <> $1::text
				ORDER BY expires LIMIT ${SWEEP_ROWS} FOR UPDATE SKIP LOCKED
			)
		)
		SELECT
			coalesce((SELECT attempt FROM changed$), (SELECT attempt FROM added$)) AS attempt,
			CASE
				WHEN known$.body_hash <> $3::text THEN 'conflict'
				WHEN known$.state = 'done' OR known$.payload IS NOT NULL THEN 'done'
				WHEN known$.state = 'leased' AND known$.due > now THEN 'busy'
			END AS status,
			(extract(epoch FROM known$.due - now) * 1000)::float8 AS rest
		FROM clock$ LEFT JOIN known$ ON NOT known$.expired`;

	const next = (receiver: string, condition = "") => `
		SELECT id, receiver FROM ${path}
		WHERE payload IS NOT NULL AND receiver = ${receiver} AND due <= ${now} ${condition}
		ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED`;

	const completed = `state = 'done', payload = NULL,
		expires = CASE WHEN state = 'done' THEN expires ELSE
			greatest(expires, clock_timestamp() + retention * interval '1 millisecond') END`;
	/** The time of its death stands where a row that is done needs none. */
	const unlessDone = (column: string, value: string) =>
		`${column} = CASE WHEN state = 'done' THEN ${column} ELSE ${value} END`;
	const ms = (interval: string) => `(extract(epoch FROM ${interval}) * 1000)::float8`;
	const isDead = `(letter IS NOT NULL AND state = 'done' AND expires > ${now})`;
	const isWaiting = `(payload IS NOT NULL AND (state = 'free' OR due <= ${now}))`;
	const item = `id, receiver, attempt, ${ms(`${now} - first`)} AS age, letter,
		CASE
			WHEN letter IS NOT NULL THEN 'dead'
			WHEN state = 'leased' AND due > ${now} THEN 'leased'
			ELSE 'waiting'
		END AS status,
		${ms(`CASE WHEN letter IS NULL THEN due - ${now} ELSE ${now} - due END`)} AS rest,
		coalesce(payload, kept) IS NOT NULL AS entry`;
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
				first timestamptz,
				letter text,
				kept text,
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
			IF NOT EXISTS (
				SELECT FROM pg_attribute WHERE attrelid = '${path}'::regclass AND attname = 'kept'
			) THEN
				ALTER TABLE ${path}
					ADD COLUMN first timestamptz, ADD COLUMN letter text, ADD COLUMN kept text;
			END IF;
			CREATE INDEX IF NOT EXISTS "${name}_dead" ON ${path} (due) WHERE letter IS NOT NULL;
			CREATE INDEX IF NOT EXISTS "${name}_queue" ON ${path} (receiver, due)
				WHERE payload IS NOT NULL;
			CREATE INDEX IF NOT EXISTS "${name}_expiry" ON ${path} (expires) WHERE payload IS NULL;
		END $$`,

		claim: admit(
			`'leased', $5::text, old.attempt + 1, ${later("$6")}, ${later("($6::float8 + $4::float8)")}, NULL::text`,
		),

		enqueue: admit(`'free', old.token, old.attempt, ${now}, ${later("$4")}, $5::text`),

		take: `WITH ${clock},
			own$ AS MATERIALIZED (${next("$3::text")}),
			others$ AS MATERIALIZED (${next("''", "AND NOT EXISTS (SELECT FROM own$)")}),
			next$ AS (SELECT * FROM own$ UNION ALL SELECT * FROM others$)
			UPDATE ${path} AS target
			SET state = 'leased', token = $1::text, attempt = attempt + 1, due = ${later("$2")},
				expires = ${later("($2::float8 + retention)")}
			FROM next$ WHERE target.id = next$.id AND target.receiver = next$.receiver
			RETURNING target.id, target.attempt, target.payload`,

		complete: `WITH ${clock}
			UPDATE ${path} SET ${completed} FROM clock$ WHERE ${claimed("$3::text")} RETURNING id`,

		release: `WITH ${clock}
			UPDATE ${path} SET state = 'free', due = ${later("$4")}, attempt = attempt - $5::integer
			FROM clock$ WHERE ${claimed("$3::text")} AND state = 'leased' RETURNING id`,

		bury: `WITH ${clock}
			UPDATE ${path} SET ${unlessDone("letter", "$4::text")}, ${unlessDone("kept", "payload")},
				${unlessDone("due", now)}, ${completed}
			FROM clock$ WHERE ${claimed("$3::text")} RETURNING id`,

		listInbox: `WITH ${clock} SELECT ${item} FROM ${path}
			WHERE payload IS NOT NULL ORDER BY due LIMIT $1::integer`,

		listDead: `WITH ${clock} SELECT ${item} FROM ${path}
			WHERE ${isDead} ORDER BY due DESC LIMIT $1::integer`,

		get: `WITH ${clock} SELECT ${item}, coalesce(payload, kept) AS payload FROM ${path}
			WHERE id = $1::text AND receiver = $2::text AND (payload IS NOT NULL OR ${isDead})`,

		retry: `WITH ${clock}
			UPDATE ${path} SET state = CASE WHEN letter IS NULL THEN state ELSE 'free' END,
				token = CASE WHEN letter IS NULL THEN token END,
				attempt = CASE WHEN letter IS NULL THEN attempt ELSE 0 END,
				due = least(due, ${now}), payload = coalesce(payload, kept), letter = NULL, kept = NULL
			FROM clock$ WHERE id = $1::text AND receiver = $2::text AND (${isWaiting} OR ${isDead})
			RETURNING id`,

		drop: `WITH ${clock}
			UPDATE ${path} SET state = 'done',
				token = CASE WHEN letter IS NULL THEN NULL ELSE token END,
				expires = CASE WHEN letter IS NULL
					THEN greatest(expires, ${now} + retention * interval '1 millisecond') ELSE expires END,
				payload = NULL, letter = NULL, kept = NULL
			FROM clock$ WHERE id = $1::text AND receiver = $2::text AND (${isWaiting} OR ${isDead})
			RETURNING id`,

		// Fails outside of a transaction.
		lock: `LOCK TABLE ${path} IN ROW EXCLUSIVE MODE`,

		claimInTransaction: `UPDATE ${path} SET ${completed}
			WHERE ${claimed("$3::text")} AND state <> 'done' RETURNING id`,
	};
}
