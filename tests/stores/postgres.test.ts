/** The store in a real PostgreSQL, through each client. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type NeonQueryFunction, neon, neonConfig } from "@neondatabase/serverless";
import * as fastCheck from "fast-check";
import pg from "pg";
import postgres from "postgres";
import type { Claim, PgClient, PostgresJsClient } from "wallet-callback/stores/postgres";
import { type Server, startPostgres, startProxy } from "../services/servers.ts";
import { type Front, neonFront } from "./http-fronts.ts";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const fromPackage = createRequire(join(CONSUMER, "package.json"));
const { postgresStore, StoreError }: typeof import("wallet-callback/stores/postgres") = fromPackage(
	"wallet-callback/stores/postgres",
);
const { conformance }: typeof import("wallet-callback/stores/conformance") = fromPackage(
	"wallet-callback/stores/conformance",
);

const HASH = "a1".repeat(32);
const LEASE = 60_000;
const SHORT_LEASE = 20;
const RETENTION = 600_000;
const ISOLATION_LEVELS = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] as const;

let server: Server;
let http: Front;
before(async () => {
	// A disk that takes long to flush would hold rows for as long as a handler's transaction.
	server = await startPostgres({ settings: { fsync: "off" } });
	http = await neonFront(server.url);
	neonConfig.fetchEndpoint = () => `${http.url}/sql`;
});
after(async () => {
	await http.close();
	await server.dispose();
});

type Client = PgClient | PostgresJsClient;

/** A client of a server, whichever it is. */
interface Database {
	readonly client: Client;
	rows(text: string): Promise<readonly unknown[]>;
	transaction(isolation: string, work: (client: Client) => Promise<void>): Promise<void>;
	close(): Promise<void>;
}

function ofPg(url = server.url, max = 10): Database {
	const pool = new pg.Pool({ connectionString: url, max });
	// Connections are lost when a server restarts.
	pool.on("error", () => {});
	return {
		client: pool,
		rows: async (text) => (await pool.query(text)).rows,
		async transaction(isolation, work) {
			const client = await pool.connect();
			try {
				await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
				await work(client);
				await client.query("COMMIT");
			} catch (error) {
				await client.query("ROLLBACK");
				throw error;
			} finally {
				client.release();
			}
		},
		close: () => pool.end(),
	};
}

function ofPostgresJs(url = server.url, max = 10, prepare = true): Database {
	const sql = postgres(url, { max, prepare });
	return {
		client: sql,
		rows: (text) => sql.unsafe(text),
		async transaction(isolation, work) {
			await sql.begin(`ISOLATION LEVEL ${isolation}`, work);
		},
		close: () => sql.end({ timeout: 3 }),
	};
}

describe("the contract of a store", { concurrency: true }, () => {
	for (const [name, connect, table] of [
		["pg", () => ofPg(), "contract_pg"],
		["pg, one connection", () => ofPg(server.url, 1), "contract_pg_1"],
		["pg, in partitions", () => ofPg(), "contract_parts"],
		["postgres", () => ofPostgresJs(), "public.contract_postgres"],
		["postgres, not prepared", () => ofPostgresJs(server.url, 10, false), "contract_unprepared"],
	] as const) {
		describe(name, { concurrency: false }, () => {
			let database: Database;
			before(async () => {
				database = connect();
				if (table === "contract_parts") await partition(database, table);
				await postgresStore(database.client, { table }).migrate();
			});
			after(() => database.close());
			const options = ["pg", "postgres"].includes(name) ? { fastCheck, shared: true } : {};
			const cases = conformance(() => postgresStore(database.client, { table }), options);
			for (const { name, run } of cases) test(name, run);
		});
	}
});

/** Makes the table beforehand, in partitions by the hash of the id. */
async function partition(database: Database, table: string): Promise<void> {
	const like = `${table}_like`;
	await postgresStore(database.client, { table: like }).migrate();
	await database.rows(`CREATE TABLE ${table} (LIKE ${like} INCLUDING ALL) PARTITION BY HASH (id)`);
	for (const part of [0, 1, 2]) {
		await database.rows(
			`CREATE TABLE ${table}_${part} PARTITION OF ${table} FOR VALUES WITH (MODULUS 3, REMAINDER ${part})`,
		);
	}
}

for (const [name, connect] of [
	["pg", ofPg],
	["postgres", ofPostgresJs],
] as const) {
	describe(name, () => {
		const options = { table: `only_${name}` };
		let database: Database;
		let store: ReturnType<typeof postgresStore>;
		before(async () => {
			database = connect();
			store = postgresStore(database.client, options);
			await store.migrate();
			await database.rows(`CREATE TABLE effects_${name} (id text NOT NULL)`);
		});
		after(() => database.close());

		async function claimed(leaseMs = LEASE, retentionMs = RETENTION): Promise<Claim> {
			return claimedAs(crypto.randomUUID(), leaseMs, retentionMs);
		}
		async function claimedAs(id: string, leaseMs = LEASE, retentionMs = RETENTION) {
			const outcome = await store.claim(id, HASH, leaseMs, retentionMs);
			assert.equal(outcome.status, "claimed");
			return outcome.claim;
		}
		async function statusOf({ id }: Claim): Promise<string> {
			return (await store.claim(id, HASH, LEASE, RETENTION)).status;
		}
		/** What a handler does: it writes and completes the claim, both or neither. */
		async function handle(
			isolation: string,
			claim: Claim,
			between: () => Promise<void> = async () => {},
		): Promise<void> {
			await database.transaction(isolation, async (client) => {
				const text = `INSERT INTO effects_${name} VALUES ('${claim.id}')`;
				await ("unsafe" in client ? client.unsafe(text) : client.query(text));
				await store.claimInTransaction(client, claim);
				await between();
			});
		}
		async function effectsOf({ id }: Claim): Promise<number> {
			return (await database.rows(`SELECT FROM effects_${name} WHERE id = '${id}'`)).length;
		}

		for (const isolation of ISOLATION_LEVELS) {
			describe(`a claim in a transaction, ${isolation}`, () => {
				test("is completed with what the handler wrote", async () => {
					const claim = await claimed();
					await handle(isolation, claim);
					assert.equal(await effectsOf(claim), 1);
					assert.equal(await statusOf(claim), "done");
					assert.equal(await store.complete(claim), true);
					assert.equal(await store.release(claim, 0), false);
				});

				test("is as before when the handler fails", async () => {
					const claim = await claimed();
					const failure = new Error("the handler's");
					await assert.rejects(
						handle(isolation, claim, () => Promise.reject(failure)),
						failure,
					);
					assert.equal(await effectsOf(claim), 0);
					assert.equal(await statusOf(claim), "busy");
					assert.equal(await store.release(claim, 0), true);
					const again = await claimedAs(claim.id);
					assert.equal(again.attempt, 2);
					await handle(isolation, again);
					assert.equal(await effectsOf(claim), 1);
				});

				test("is lost to a newer one", async () => {
					const old = await claimed(SHORT_LEASE);
					await sleep(2 * SHORT_LEASE);
					const newer = await claimedAs(old.id);
					await assert.rejects(handle(isolation, old), isLost);
					await handle(isolation, newer);
					assert.equal(await effectsOf(old), 1);
				});

				test("is lost when it is completed already, so that nothing is done twice", async () => {
					const claim = await claimed();
					await handle(isolation, claim);
					await assert.rejects(handle(isolation, claim), isLost);
					assert.equal(await effectsOf(claim), 1);
				});

				test("is nobody else's while the transaction is open, even after its lease", async () => {
					const claim = await claimed(SHORT_LEASE);
					await handle(isolation, claim, async () => {
						await sleep(2 * SHORT_LEASE);
						const busy = { status: "busy", retryAfterMs: 1 };
						assert.deepEqual(await store.claim(claim.id, HASH, LEASE, RETENTION), busy);
						assert.deepEqual(await store.enqueue(claim.id, HASH, "payload", RETENTION), busy);
						await assert.rejects(store.complete(claim), { code: "55P03" });
						await assert.rejects(store.release(claim, 0), { code: "55P03" });
					});
					assert.equal(await statusOf(claim), "done");
				});

				test("of an entry of the inbox is not taken again while the transaction is open", async () => {
					const id = crypto.randomUUID();
					await store.enqueue(id, HASH, "payload", RETENTION);
					const entry = await store.take(SHORT_LEASE);
					assert.ok(entry);
					await handle(isolation, entry.claim, async () => {
						await sleep(2 * SHORT_LEASE);
						assert.equal(await store.take(LEASE), undefined);
						assert.equal(await statusOf(entry.claim), "done");
					});
					assert.equal(await store.take(LEASE), undefined);
				});
			});
		}

		for (const isolation of ["REPEATABLE READ", "SERIALIZABLE"] as const) {
			test(`a claim lost since the transaction began, ${isolation}: the client's error`, async () => {
				const old = await claimed(SHORT_LEASE);
				const transaction = database.transaction(isolation, async (client) => {
					await ("unsafe" in client ? client.unsafe("SELECT") : client.query("SELECT 1"));
					await sleep(2 * SHORT_LEASE);
					await claimedAs(old.id);
					await store.claimInTransaction(client, old);
				});
				await assert.rejects(transaction, { code: "40001" });
			});
		}

		test("a claim in a transaction needs the transaction's client", async () => {
			const claim = await claimed();
			await assert.rejects(store.claimInTransaction(database.client, claim), {
				name: "TypeError",
				message: /^expected the client that the transaction runs on/,
			});
			await assert.rejects(store.claimInTransaction({} as never, claim), { name: "TypeError" });
			assert.equal(await statusOf(claim), "busy");
		});

		test("a claim in a transaction needs a transaction, or nothing is completed", async () => {
			const claim = await claimed();
			const one = name === "pg" ? await (database.client as pg.Pool).connect() : undefined;
			const reserved = one ?? (await (database.client as postgres.Sql).reserve());
			const untold = one && {
				query: (text: string, values?: unknown[]) => one.query(text, values),
			};
			for (const client of [reserved, ...(untold ? [untold] : [])]) {
				await assert.rejects(store.claimInTransaction(client as Client, claim), {
					name: "TypeError",
					message: /^claimInTransaction: expected a client in a transaction, got one without/,
				});
				assert.equal(await statusOf(claim), "busy");
			}
			if (one !== undefined) {
				// Sent in this order, though nobody has waited for the first.
				const begun = one.query("BEGIN");
				await store.claimInTransaction(one, claim);
				await begun;
				await one.query("ROLLBACK");
			}
			reserved.release();
			assert.equal(await store.release(claim, 0), true);
		});

		test("a table of the version before is brought up to date, and its rows are everybody's", async () => {
			const table = `old_${name}`;
			await database.rows(`CREATE TABLE ${table} (
				id text COLLATE "C" PRIMARY KEY, body_hash text NOT NULL,
				state text NOT NULL CHECK (state IN ('free', 'leased', 'done')), token text,
				attempt integer NOT NULL, due timestamptz NOT NULL, expires timestamptz NOT NULL, payload text
			)`);
			await database.rows(
				`CREATE INDEX ${table}_inbox ON ${table} (due) WHERE payload IS NOT NULL`,
			);
			await database.rows(`INSERT INTO ${table} VALUES
				('done', '${HASH}', 'done', 'token', 1, now(), now() + interval '1 hour', NULL),
				('busy', '${HASH}', 'leased', 'token', 1, now() + interval '1 hour', now(), NULL),
				('entry', '${HASH}', 'free', NULL, 0, now(), now(), '"payload"')`);
			const old = postgresStore(database.client, { table });
			for (let started = 0; started < 2; started++) {
				await old.migrate();
				for (const receiver of ["one", "other"]) {
					const status = async (id: string) =>
						(await old.claim(id, HASH, LEASE, RETENTION, receiver)).status;
					assert.deepEqual(
						[await status("done"), await status("busy"), await status("entry")],
						["done", "busy", "done"],
					);
				}
			}
			const busy = { id: "busy", receiver: "one", token: "token", attempt: 1 };
			assert.equal(await old.complete(busy), true);
			const entry = await old.take(LEASE, "other");
			assert.equal(entry?.payload, "payload");
			assert.equal(await old.take(LEASE, "one"), undefined);
			assert.equal(await old.complete(entry.claim), true);
			assert.equal((await old.claim("entry", HASH, LEASE, RETENTION, "one")).status, "done");
			const indexes = await database.rows(
				`SELECT indexname AS name FROM pg_indexes WHERE tablename = '${table}' ORDER BY 1`,
			);
			assert.deepEqual(
				indexes.map((index) => (index as { name: string }).name),
				["_dead", "_expiry", "_pkey", "_queue"].map((suffix) => table + suffix),
			);
		});

		test("a table made before dead letters were kept is brought up to date", async () => {
			const table = `plain_${name}`;
			await database.rows(`CREATE TABLE ${table} (
				id text COLLATE "C" NOT NULL, receiver text COLLATE "C" NOT NULL, body_hash text NOT NULL,
				state text NOT NULL CHECK (state IN ('free', 'leased', 'done')), token text,
				attempt integer NOT NULL, due timestamptz NOT NULL, expires timestamptz NOT NULL,
				retention float8 NOT NULL, payload text, PRIMARY KEY (id, receiver)
			)`);
			await database.rows(`INSERT INTO ${table} VALUES
				('done', 'one', '${HASH}', 'done', 'token', 1, now(), now() + interval '1 hour', 9e6, NULL),
				('entry', 'one', '${HASH}', 'free', NULL, 0, now(), now(), 9e6, '"payload"')`);
			const old = postgresStore(database.client, { table });
			for (let started = 0; started < 2; started++) await old.migrate();
			const done = await old.claim("done", HASH, LEASE, RETENTION, "one");
			assert.equal(done.status, "done");
			const entry = await old.take(LEASE, "one");
			assert.equal(entry?.payload, "payload");
			assert.equal(await old.inbox.bury(entry.claim, { error: "no" }), true);
			const [item] = await old.inbox.list("dead", 9);
			assert.deepEqual([item?.id, item?.letter?.error, item?.ageMs], ["entry", "no", undefined]);
			assert.equal(await old.inbox.retry("entry", "one"), true);
			assert.equal((await old.take(LEASE, "one"))?.payload, "payload");
		});

		test("one round trip for each operation", async () => {
			const proxy = await startProxy(server.port);
			const one = connect(server.url.replace(`:${server.port}/`, `:${proxy.port}/`), 1);
			const store = postgresStore(one.client, options);
			const operations = async () => {
				const costs: number[] = [];
				const cost = async <Result>(operation: Promise<Result>): Promise<Result> => {
					const before = proxy.roundTrips();
					const result = await operation;
					costs.push(proxy.roundTrips() - before);
					return result;
				};
				const outcome = await cost(store.claim(crypto.randomUUID(), HASH, LEASE, RETENTION));
				assert.equal(outcome.status, "claimed");
				await cost(store.complete(outcome.claim));
				await cost(store.release(outcome.claim, 0));
				await cost(store.enqueue(crypto.randomUUID(), HASH, "payload", RETENTION));
				const entry = await cost(store.take(LEASE));
				assert.ok(entry);
				await one.transaction("READ COMMITTED", (client) =>
					cost(store.claimInTransaction(client, entry.claim)),
				);
				return costs;
			};
			await operations();
			// A client that does not tell whether it is in a transaction is asked first.
			const inTransaction = name === "pg" ? 1 : 2;
			assert.deepEqual(await operations(), [1, 1, 1, 1, 1, inTransaction]);
			await one.close();
			await proxy.dispose();
		});

		test("nothing stays behind in the session", async () => {
			const one = connect(server.url, 1);
			const store = postgresStore(one.client, options);
			await store.migrate();
			const outcome = await store.claim(crypto.randomUUID(), HASH, LEASE, RETENTION);
			assert.equal(outcome.status, "claimed");
			await store.complete(outcome.claim);
			const settings = ["lock_timeout", "client_min_messages"].map((setting) =>
				one.rows(`SELECT current_setting('${setting}') AS value`),
			);
			const values = (await Promise.all(settings)).flat();
			assert.deepEqual(JSON.stringify(values), '[{"value":"0"},{"value":"notice"}]');
			assert.equal((await one.rows("SELECT FROM pg_locks WHERE locktype = 'advisory'")).length, 0);
			await one.close();
		});

		test("expired rows are cleared away by claims, and unfinished entries are not", async () => {
			const table = `swept_${name}`;
			const swept = postgresStore(database.client, { table });
			await swept.migrate();
			for (let index = 0; index < 10; index++) await swept.claim(`old-${index}`, HASH, 1, 1);
			await swept.enqueue("entry", HASH, "payload", 1);
			await sleep(10);
			for (let index = 0; index < 5; index++) {
				await swept.claim(`new-${index}`, HASH, LEASE, RETENTION);
			}
			const rows = await database.rows(`SELECT id FROM ${table} ORDER BY id`);
			const ids = rows.map((row) => (row as { id: string }).id);
			assert.deepEqual(ids, ["entry", "new-0", "new-1", "new-2", "new-3", "new-4"]);
		});

		test("a payload with U+0000, which PostgreSQL's text cannot hold", async () => {
			await store.enqueue(crypto.randomUUID(), HASH, "\0", RETENTION);
			const entry = await store.take(LEASE);
			assert.equal(entry?.payload, "\0");
			await store.complete(entry.claim);
		});

		test("tables are created by ten processes at once", async () => {
			const table = `together_${name}`;
			const databases = Array.from({ length: 10 }, () => connect(server.url, 1));
			await Promise.all(databases.map(({ rows }) => rows("SELECT 1")));
			await Promise.all(databases.map(({ client }) => postgresStore(client, { table }).migrate()));
			const indexes = await database.rows(`SELECT FROM pg_indexes WHERE tablename = '${table}'`);
			assert.equal(indexes.length, 4);
			await Promise.all(databases.map((one) => one.close()));
		});

		test("tables may have any name, also one of a part of a statement", async () => {
			for (const table of ["clock", "known", "own", "others", "next", "target", "old", "added"]) {
				const named = postgresStore(database.client, { table });
				await named.migrate();
				await named.enqueue("id", HASH, "payload", RETENTION);
				const entry = await named.take(LEASE);
				assert.equal(entry?.payload, "payload", table);
				assert.equal(await named.complete(entry.claim), true);
				assert.equal((await named.claim("id", HASH, LEASE, RETENTION)).status, "done");
				assert.equal((await named.claim("new", HASH, LEASE, RETENTION)).status, "claimed");
				await database.rows(`DROP TABLE "${table}"`);
			}
		});

		test("a table that is missing: the client's error", async () => {
			const missing = postgresStore(database.client, { table: "missing" });
			await assert.rejects(missing.claim("id", HASH, LEASE, RETENTION), { code: "42P01" });
		});

		test("nothing is forgotten when the server is killed", async () => {
			const own = await startPostgres();
			const one = connect(own.url);
			const store = postgresStore(one.client);
			await store.migrate();
			const done = await store.claim("done", HASH, LEASE, RETENTION);
			assert.equal(done.status, "claimed");
			await store.complete(done.claim);
			await store.claim("busy", HASH, LEASE, RETENTION);
			await store.enqueue("entry", HASH, "payload", RETENTION);
			await own.stop("SIGKILL");
			await assert.rejects(answered(() => store.take(LEASE)));
			await own.start();
			const claimed = (id: string) => answered(() => store.claim(id, HASH, LEASE, RETENTION));
			assert.deepEqual(await claimed("done"), { status: "done" });
			assert.equal((await claimed("busy")).status, "busy");
			assert.equal((await answered(() => store.take(LEASE)))?.payload, "payload");
			await one.close();
			await own.dispose();
		});
	});
}

/** A client may lose what it is asked while its connections are replaced: then it is asked again. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
	for (;;) {
		const outcome = await Promise.race([
			ask().then((value) => ({ value })),
			sleep(3000, undefined, { ref: false }),
		]);
		if (outcome !== undefined) return outcome.value;
	}
}

function isLost(error: unknown): boolean {
	return error instanceof StoreError && error.code === "claim_lost";
}

/** The forms in which its rows come are the caller's choice. */
const NEON_FORMS = {
	neon: {},
	"neon, full results": { fullResults: true },
	"neon, arrays": { arrayMode: true, fullResults: true },
};

function ofNeon(options: object): NeonQueryFunction<false, false> {
	return neon("postgres://user:password@db.example/db", options);
}

describe("neon(), over HTTP", { concurrency: true }, () => {
	for (const [name, options] of Object.entries(NEON_FORMS)) {
		const table = `contract_${name.replace(/\W+/g, "_")}`;
		describe(name, { concurrency: false }, () => {
			const store = postgresStore(ofNeon(options), { table });
			before(async () => {
				await store.migrate();
				await store.migrate();
			});
			const random = name === "neon" ? { fastCheck, shared: true } : {};
			const create = () => postgresStore(ofNeon(options), { table });
			for (const { name, run } of conformance(create, random)) test(name, run);
		});
	}

	test("it has no transaction for a claim, which stays as it is", async () => {
		const store = postgresStore(ofNeon({}), { table: "neon_claims" });
		await store.migrate();
		const outcome = await store.claim("id", HASH, LEASE, RETENTION);
		assert.equal(outcome.status, "claimed");
		await assert.rejects(store.claimInTransaction(ofNeon({}) as never, outcome.claim), {
			name: "TypeError",
			message: /got neon\(\), which runs each statement by itself: use a Pool/,
		});
		assert.equal(await store.release(outcome.claim, 0), true);
	});

	test("a claim in a transaction of another client is one of the same store", async () => {
		const store = postgresStore(ofNeon({}), { table: "neon_pooled" });
		await store.migrate();
		const outcome = await store.claim("id", HASH, LEASE, RETENTION);
		assert.equal(outcome.status, "claimed");
		const database = ofPg();
		await database.transaction("READ COMMITTED", async (client) => {
			await store.claimInTransaction(client, outcome.claim);
			assert.equal((await store.claim("id", HASH, LEASE, RETENTION)).status, "busy");
		});
		assert.deepEqual(await store.claim("id", HASH, LEASE, RETENTION), { status: "done" });
		await database.close();
	});

	test("a table that is missing: the client's error", async () => {
		const missing = postgresStore(ofNeon({}), { table: "missing" });
		await assert.rejects(missing.claim("id", HASH, LEASE, RETENTION), { code: "42P01" });
	});
});

test("refuses what is no client", () => {
	for (const client of [undefined, null, {}, "postgres://127.0.0.1"]) {
		assert.throws(() => postgresStore(client as never), {
			name: "TypeError",
			message:
				/^expected a Pool or Client of pg or @neondatabase\/serverless, the sql of postgres,/,
		});
	}
});

test("what answers a query in another form is no client", async () => {
	const sequelize = { query: async () => [[{ attempt: 1 }], {}], transaction: async () => {} };
	const store = postgresStore(sequelize as never);
	await assert.rejects(store.claim("id", HASH, LEASE, RETENTION), TypeError);
});

test("refuses what is no plain name of a table", () => {
	const client: PgClient = { query: async () => ({ rows: [] }) };
	for (const table of [
		"",
		"a-b",
		"A",
		"1a",
		"a.b.c",
		".a",
		"a.",
		'a"',
		"a; --",
		"a".repeat(51),
		1,
	]) {
		assert.throws(() => postgresStore(client, { table: table as never }), {
			name: "TypeError",
			message: /^expected a table "name" or "schema\.name" in lower-case letters/,
		});
	}
	for (const table of ["a", "_a1.b_2", "select", "a".repeat(50)]) postgresStore(client, { table });
});
