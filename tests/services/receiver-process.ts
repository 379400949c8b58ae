/** A process with receivers over `node:http`, which tests start, kill and give orders to. */
import { appendFileSync, openSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { toNodeListener } from "wallet-callback/node";
import { createReceiver, type HandlerContext, type ReplayStore } from "wallet-callback/receiver";
import type { SqliteDatabase } from "wallet-callback/stores/sqlite";
import {
	type Client,
	type Config,
	type Effect,
	keepingLog,
	type LogRecord,
	type Message,
	type Order,
	pause,
	pausesOf,
	SECRET,
	setClock,
} from "./protocol.ts";

const config: Config = JSON.parse(process.argv[2] ?? "");

/** A store, and how the handlers' effects are written. */
interface Backend {
	readonly store: ReplayStore;
	write(effect: Effect, claim: HandlerContext["claim"]): unknown;
}

/** What the end of the process leaves behind is whole lines: each is appended by one system call. */
function toFile(): Backend["write"] {
	const file = openSync(config.effects, "a");
	return (effect) => appendFileSync(file, `${JSON.stringify(effect)}\n`);
}

/** Clients report lost connections; that the store's operations fail then is what is tested. */
const ignore = () => {};

/** What both drivers have. */
type SqliteClass = new (path: string) => SqliteDatabase;

async function overSqlite(database: SqliteDatabase): Promise<Backend> {
	const { sqliteStore } = await import("wallet-callback/stores/sqlite");
	const store = sqliteStore(database);
	database.exec("CREATE TABLE IF NOT EXISTS effects (id TEXT, attempt INTEGER, worker INTEGER)");
	const insert = database.prepare("INSERT INTO effects VALUES (?, ?, ?) RETURNING id");
	const write: Backend["write"] = ({ id, attempt, worker }, claim) => {
		database.exec("BEGIN IMMEDIATE");
		try {
			store.claimInTransaction(database, claim);
			insert.all(id, attempt, worker);
			database.exec("COMMIT");
		} catch (error) {
			database.exec("ROLLBACK");
			throw error;
		}
	};
	return { store, write };
}

async function overPostgres() {
	const { postgresStore } = await import("wallet-callback/stores/postgres");
	return { postgresStore, table: `callbacks_${config.name}`, effects: `effects_${config.name}` };
}

const BACKENDS: { readonly [Name in Exclude<Client, "durable-object">]: () => Promise<Backend> } = {
	async memory() {
		const { memoryStore } = await import("wallet-callback/stores/memory");
		return { store: memoryStore(), write: toFile() };
	},
	async "better-sqlite3"() {
		const Database: SqliteClass = createRequire(import.meta.url)("better-sqlite3");
		return overSqlite(new Database(config.at));
	},
	async "node:sqlite"() {
		const sqlite: { DatabaseSync: SqliteClass } = createRequire(import.meta.url)("node:sqlite");
		return overSqlite(new sqlite.DatabaseSync(config.at));
	},
	async redis() {
		const { createClient } = await import("redis");
		const { redisStore } = await import("wallet-callback/stores/redis");
		const client = createClient({ url: config.at }).on("error", ignore);
		await client.connect();
		return { store: redisStore(client, { prefix: config.name }), write: toFile() };
	},
	async ioredis() {
		const { Redis } = await import("ioredis");
		const { redisStore } = await import("wallet-callback/stores/redis");
		const client = new Redis(config.at).on("error", ignore);
		return { store: redisStore(client, { prefix: config.name }), write: toFile() };
	},
	async pg() {
		const { default: pg } = await import("pg");
		const { postgresStore, table, effects } = await overPostgres();
		const pool = new pg.Pool({ connectionString: config.at }).on("error", ignore);
		const store = postgresStore(pool, { table });
		await store.migrate();
		return {
			store,
			async write({ id, attempt, worker }, claim) {
				const client = await pool.connect();
				client.on("error", ignore);
				try {
					await client.query("BEGIN");
					await client.query(`INSERT INTO ${effects} VALUES ($1, $2, $3)`, [id, attempt, worker]);
					await store.claimInTransaction(client, claim);
					await client.query("COMMIT");
					client.release();
				} catch (error) {
					// Whatever became of the transaction, nobody is to go on with it.
					client.release(true);
					throw error;
				}
			},
		};
	},
	async postgres() {
		const { default: postgres } = await import("postgres");
		const { postgresStore, table, effects } = await overPostgres();
		const sql = postgres(config.at, { onnotice: ignore });
		const store = postgresStore(sql, { table });
		await store.migrate();
		return {
			store,
			write: ({ id, attempt, worker }, claim) =>
				sql.begin(async (sql) => {
					await sql.unsafe(`INSERT INTO ${effects} VALUES ($1, $2, $3)`, [id, attempt, worker]);
					await store.claimInTransaction(sql, claim);
				}),
		};
	},
};

const records: LogRecord[] = [];
const begun: string[] = [];

/** It stops with whoever started it. */
process.on("disconnect", () => process.exit());
const tell = (message: Message) => process.send?.(message);

const backend = await BACKENDS[config.client as keyof typeof BACKENDS]();
const receivers = Array.from({ length: config.receivers }, () =>
	createReceiver({
		keys: SECRET,
		store: backend.store,
		log: keepingLog(records),
		on: {
			async "deposit.confirmed"({ event, id, attempt, claim }) {
				begun.push(id);
				const { before, after } = pausesOf(event);
				await pause(before[attempt - 1]);
				await backend.write({ id, attempt, worker: config.worker }, claim);
				await pause(after);
			},
		},
		...config.options,
	}),
);

async function obey(order: Order): Promise<unknown> {
	switch (order.order) {
		case "clock":
			return setClock(order.aheadMs);
		case "drain":
			await Promise.all(receivers.map((receiver) => receiver.drain()));
			return undefined;
		case "begun":
			return begun;
		case "records":
			return records;
		default:
			throw new Error(`expected an order for this process, got ${order.order}`);
	}
}

process.on("message", async ({ number, order }: { number: number; order: Order }) => {
	tell({ done: number, answer: await obey(order) });
});

const ports = receivers.map(async (receiver) => {
	const server = createServer(toNodeListener(receiver));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("expected a port");
	return address.port;
});
tell({ ports: await Promise.all(ports) });
