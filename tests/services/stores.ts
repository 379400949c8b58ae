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

const BetterSqlite3: new (path: string) => SqliteFile = createRequire(import.meta.url)(
	"better-sqlite3",
);

/** Opens a file in this process. */
export function openSqlite(path: string): SqliteFile {
	return new BetterSqlite3(path);
}

/** Where a scenario's receivers find their store, and where its effects are. */
export interface Site {
	readonly config: Pick<Config, "at" | "name" | "effects">;
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

type Clients = readonly [Client] | readonly [Client, Client, Client];

/** What is particular about a store. */
export interface Kind {
	/** The client of each process; three receivers are spread over them. */
	readonly clients: Clients;
	/** Takes the place of `clients` if one of those ends its process when its connection is cut. */
	readonly reconnecting?: Clients;
	/** Whether handlers write their effects in the transaction that completes the claim. */
	readonly transactional: boolean;
	/** Whose clock leases go by. */
	readonly clock: "server" | "process" | "monotonic";
	/** Whether what it stores survives the process of the receivers. */
	readonly durable: boolean;
	start(): Promise<Store>;
}

/** Where a store has two clients, both work on it at the same time. */
export const KINDS: { readonly [name: string]: Kind } = {
	Memory: {
		clients: ["memory"],
		transactional: false,
		clock: "monotonic",
		durable: false,
		start: async () => inFolder(),
	},
	SQLite: {
		clients: ["better-sqlite3", "node:sqlite", "better-sqlite3"],
		transactional: true,
		clock: "process",
		durable: true,
		start: async () => inFolder("callbacks.db"),
	},
	Redis: {
		clients: ["redis", "ioredis", "redis"],
		transactional: false,
		clock: "server",
		durable: true,
		start: startedRedis,
	},
	PostgreSQL: {
		clients: ["pg", "postgres", "pg"],
		// https://github.com/porsager/postgres/issues/1154
		reconnecting: ["pg", "pg", "pg"],
		transactional: true,
		clock: "server",
		durable: true,
		start: startedPostgres,
	},
	"Durable Object": {
		clients: ["durable-object"],
		transactional: false,
		clock: "server",
		durable: true,
		start: async () => inFolder(),
	},
};

/** A store that needs no server, in a folder. */
function inFolder(file = ""): Store {
	const { folder, remove } = temporaryFolder();
	return {
		async site(name) {
			const place = mkdtempSync(join(folder, `${name}-`));
			const at = join(place, file);
			const config = { at, name, effects: join(place, "effects.jsonl") };
			const effects = async () => (file === "" ? linesOf(config.effects) : rowsOf(at));
			return { config, effects };
		},
		dispose: async () => remove(),
	};
}

async function startedRedis(): Promise<Store> {
	const server = await startRedis();
	const { folder, remove } = temporaryFolder();
	return {
		server,
		async site(name) {
			const effects = join(folder, `${name}.jsonl`);
			return { config: { at: server.url, name, effects }, effects: async () => linesOf(effects) };
		},
		async dispose() {
			await server.dispose();
			remove();
		},
	};
}

async function startedPostgres(): Promise<Store> {
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
			const config = { at: server.url, name, effects: "" };
			return { config, effects: () => rows(`SELECT * FROM ${table}`) };
		},
		dispose: () => server.dispose(),
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
