/** The stores that the scenarios are run against, each with everything real. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Client, Config, Effect } from "./protocol.ts";
import { type Server, startPostgres, startRedis } from "./servers.ts";

/** What the tests use of `better-sqlite3`. */
export interface SqliteFile {
	exec(statements: string): unknown;
	prepare(statement: string): { all(): unknown[] };
	close(): void;
}

export const openSqlite: (path: string) => SqliteFile = createRequire(import.meta.url)(
	"better-sqlite3",
);

/** Where a scenario's receivers find their store, and where its effects are. */
export interface Site {
	readonly config: Pick<Config, "client" | "at" | "name" | "effects">;
	effects(): Promise<readonly Effect[]>;
}

/** A store, started. */
export interface Store {
	/** A part of the store for a scenario. */
	site(scenario: string): Promise<Site>;
	/** Its server, where it has one. */
	readonly server?: Server;
	dispose(): Promise<void>;
}

/** What is particular about a store. */
export interface Kind {
	readonly client: Client;
	/** Whether handlers write their effects in the transaction that completes the claim. */
	readonly transactional: boolean;
	/** Over how many processes the three receivers are spread. */
	readonly processes: 1 | 3;
	/** Whose clock leases go by. */
	readonly clock: "server" | "process" | "monotonic";
	/** Whether what it stores survives the process of the receivers. */
	readonly durable: boolean;
	start(): Promise<Store>;
}

export const KINDS: { readonly [name: string]: Kind } = {
	memory: {
		client: "memory",
		transactional: false,
		processes: 1,
		clock: "monotonic",
		durable: false,
		start: async () => inFolder("memory"),
	},
	"SQLite (better-sqlite3)": sqlite("better-sqlite3"),
	"SQLite (node:sqlite)": sqlite("node:sqlite"),
	"Redis (redis)": redis("redis"),
	"Redis (ioredis)": redis("ioredis"),
	"PostgreSQL (pg)": postgres("pg"),
	"PostgreSQL (postgres)": postgres("postgres"),
	"Durable Object": {
		client: "durable-object",
		transactional: false,
		processes: 1,
		clock: "server",
		durable: true,
		start: async () => inFolder("durable-object"),
	},
};

function sqlite(client: "better-sqlite3" | "node:sqlite"): Kind {
	return {
		client,
		transactional: true,
		processes: 3,
		clock: "process",
		durable: true,
		start: async () => inFolder(client, "callbacks.db"),
	};
}

/** A store that needs no server, in a folder. */
function inFolder(client: Client, file = ""): Store {
	const { folder, remove } = temporaryFolder();
	return {
		async site(name) {
			const place = mkdtempSync(join(folder, `${name}-`));
			const at = join(place, file);
			const config = { client, at, name, effects: join(place, "effects.jsonl") };
			const effects = async () => (file === "" ? linesOf(config.effects) : rowsOf(at));
			return { config, effects };
		},
		dispose: async () => remove(),
	};
}

function redis(client: "redis" | "ioredis"): Kind {
	return {
		client,
		transactional: false,
		processes: 3,
		clock: "server",
		durable: true,
		async start() {
			const server = await startRedis();
			const { folder, remove } = temporaryFolder();
			return {
				server,
				async site(name) {
					const effects = join(folder, `${name}.jsonl`);
					const config = { client, at: server.url, name, effects };
					return { config, effects: async () => linesOf(effects) };
				},
				async dispose() {
					await server.dispose();
					remove();
				},
			};
		},
	};
}

function postgres(client: "pg" | "postgres"): Kind {
	return {
		client,
		transactional: true,
		processes: 3,
		clock: "server",
		durable: true,
		async start() {
			const server = await startPostgres();
			const rows = async (text: string) => {
				const connection = new pg.Client({ connectionString: server.url });
				await connection.connect();
				const { rows } = await connection.query(text);
				await connection.end();
				return rows;
			};
			return {
				server,
				async site(name) {
					const table = `effects_${name}`;
					await rows(`CREATE TABLE ${table} (id text, attempt integer, worker integer)`);
					const config = { client, at: server.url, name, effects: "" };
					return { config, effects: () => rows(`SELECT * FROM ${table}`) };
				},
				dispose: () => server.dispose(),
			};
		},
	};
}

function temporaryFolder() {
	const folder = mkdtempSync(join(tmpdir(), "wallet-callback-services-"));
	return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function linesOf(file: string): Effect[] {
	const lines = readFileSync(file, { encoding: "utf8", flag: "a+" }).split("\n");
	return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

function rowsOf(file: string): Effect[] {
	const database = openSqlite(file);
	try {
		return database.prepare("SELECT * FROM effects").all() as Effect[];
	} finally {
		database.close();
	}
}
