/** Opens a store by its URL, through the drivers that the user has. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type PgClient, postgresStore } from "wallet-callback/stores/postgres";
import { type IoRedisClient, type NodeRedisClient, redisStore } from "wallet-callback/stores/redis";
import {
	type CompleteStore,
	type SqliteDatabase,
	sqliteStore,
} from "wallet-callback/stores/sqlite";
import { CommandError, EXIT } from "../exit.js";
import { requireReadable } from "../files.js";
import { connectionProblem } from "../system.js";

/** Where the callbacks are in the store, if not where they are by default. */
export interface Place {
	readonly table?: string;
	readonly prefix?: string;
}

/** A store that is open. */
export interface Opened {
	readonly store: CompleteStore;
	close(): Promise<unknown>;
}

const EXPECTED = "expected sqlite:FILE, redis://… or postgres://…";
const CONNECT_TIMEOUT_MS = 5000;
const DEFAULT_TABLE = "wallet_callback";

/**
 * @throws {CommandError} for what is no store, a driver that is missing, and a store that cannot be
 * reached: without the URL, in which a password may be.
 */
export function openStore(url: string, place: Place): Promise<Opened> {
	const scheme = /^([a-z]+):/i.exec(url)?.[1]?.toLowerCase();
	const isRedis = scheme === "redis" || scheme === "rediss";
	const [option, unwanted] = isRedis ? ["--table", place.table] : ["--prefix", place.prefix];
	if (scheme !== undefined && unwanted !== undefined) {
		throw new CommandError(`${option}: not for this store: Redis has a --prefix, others a --table`);
	}
	switch (scheme) {
		case "sqlite":
			return openSqlite(url.replace(/^sqlite:(\/\/(?=\/))?/i, ""), place);
		case "redis":
		case "rediss":
			return openRedis(wellFormed(url), place);
		case "postgres":
		case "postgresql":
			return openPostgres(wellFormed(url), place);
		default:
			throw new CommandError(`--store: ${EXPECTED}`);
	}
}

function wellFormed(url: string): string {
	if (URL.canParse(url)) return url;
	throw new CommandError("--store: not a valid URL (are its user and password percent-encoded?)");
}

/** Makes a store. What it refuses is an option. */
function make<Store>(store: () => Store): Store {
	try {
		return store();
	} catch (error) {
		throw error instanceof TypeError ? new CommandError(error.message) : error;
	}
}

/** What a driver said, without what the URL has of a user and a password. */
export function withoutCredentials(message: string, url: string): string {
	const authority = /^[a-z]+:\/\/([^/?#]*)@/i.exec(url)?.[1] ?? "";
	const [user = "", ...rest] = authority.split(":");
	const password = rest.join(":");
	const hidden = [authority, password, decoded(password), decoded(user)];
	// The longest first; and no single letters, which would make the rest unreadable.
	const words = hidden
		.filter((word) => word.length > 2)
		.sort((one, two) => two.length - one.length);
	return words.reduce((text, word) => text.replaceAll(word, "…"), message);
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

interface Closable extends SqliteDatabase {
	close(): void;
}

async function openSqlite(file: string, { table = DEFAULT_TABLE }: Place): Promise<Opened> {
	// The driver would make what is missing.
	requireReadable(file, "--store");
	const database = await openFile(file);
	try {
		// The store would make what is missing.
		const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
		const names = tables.map((row) => (row as { readonly name: string }).name.toLowerCase());
		if (!names.includes(table.toLowerCase())) throw noTable(table);
		const store = make(() => sqliteStore(database, { table }));
		return { store, close: async () => database.close() };
	} catch (error) {
		database.close();
		throw error;
	}
}

async function openFile(file: string): Promise<Closable> {
	// Node warns that it may still change.
	process.removeAllListeners("warning");
	const sqlite = process.getBuiltinModule?.("node:sqlite") as
		| { readonly DatabaseSync: new (file: string) => Closable }
		| undefined;
	if (sqlite !== undefined) return new sqlite.DatabaseSync(file);
	const BetterSqlite3 = await driver<new (file: string) => Closable>(["better-sqlite3"]);
	return new BetterSqlite3(file);
}

function noTable(table: string): CommandError {
	return new CommandError(`there is no table ${table}: pass its name as --table`);
}

interface Connecting {
	on(event: "error", listener: () => void): unknown;
	connect(): Promise<unknown>;
}

async function openRedis(url: string, { prefix }: Place): Promise<Opened> {
	const found = await driver<RedisModule>(["redis", "ioredis"]);
	const options = prefix === undefined ? {} : { prefix };
	// Of ioredis, `createClient` makes a client of its own.
	if (!("Redis" in found)) {
		const socket = { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS } as const;
		const client = found.createClient({ url, socket });
		client.on("error", () => {});
		const store = make(() => redisStore(client, options));
		await client.connect();
		return { store, close: () => client.quit() };
	}
	const client = new found.Redis(url, {
		lazyConnect: true,
		retryStrategy: () => null,
		maxRetriesPerRequest: 0,
		connectTimeout: CONNECT_TIMEOUT_MS,
	});
	let failure: Error | undefined;
	client.on("error", (error) => {
		failure = error;
	});
	const store = make(() => redisStore(client, options));
	try {
		await client.connect();
		// A wrong password alone does not make it fail.
		await store.inbox.list("dead", 1);
	} catch (error) {
		client.disconnect();
		// That the connection is closed says less.
		throw failure ?? error;
	}
	return { store, close: () => client.quit() };
}

type RedisModule =
	| {
			createClient(options: object): NodeRedisClient & Connecting & { quit(): Promise<unknown> };
	  }
	| {
			Redis: new (
				url: string,
				options: object,
			) => IoRedisClient & {
				on(event: "error", listener: (error: Error) => void): unknown;
				connect(): Promise<unknown>;
				disconnect(): void;
				quit(): Promise<unknown>;
			};
	  };

async function openPostgres(url: string, { table = DEFAULT_TABLE }: Place): Promise<Opened> {
	const { Pool } = await driver<PgModule>(["pg"]);
	const pool = new Pool({
		connectionString: url,
		max: 1,
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
	});
	pool.on("error", () => {});
	const store = make(() => postgresStore(pool, { table }));
	try {
		await store.inbox.list("dead", 1);
	} catch (error) {
		await pool.end();
		const { code } = error as { readonly code?: string };
		if (code === NO_TABLE) throw noTable(table);
		if (code === NO_COLUMN) {
			throw new CommandError(
				`the table ${table} is that of an older version: start your program once, whose migrate() brings it up to date`,
			);
		}
		throw error;
	}
	return { store, close: () => pool.end() };
}

const NO_TABLE = "42P01";
const NO_COLUMN = "42703";

interface PgModule {
	readonly Pool: new (
		options: object,
	) => PgClient & { on(event: "error", listener: () => void): unknown; end(): Promise<unknown> };
}

/** The first of these packages that is installed where the command is called. */
async function driver<Module>(names: readonly string[]): Promise<Module> {
	const { resolve } = createRequire(join(process.cwd(), "package.json"));
	for (const name of names) {
		let path: string;
		try {
			path = resolve(name);
		} catch {
			continue;
		}
		const loaded = await import(pathToFileURL(path).href);
		return loaded.default ?? loaded;
	}
	throw new CommandError(
		`${names.join(" or ")} is not installed here: npm install ${names[0]}, or call the command in the folder of your program`,
	);
}

interface Failure extends NodeJS.ErrnoException {
	readonly errors?: readonly NodeJS.ErrnoException[];
}

/** Whoever cannot be reached is no mistake of the command's. */
export function toCommandError(error: unknown, url: string): unknown {
	if (error instanceof CommandError || error instanceof TypeError) return error;
	// A name with several addresses fails once for each.
	const { errors = [], message } = error as Failure;
	const [first = error as Failure] = errors;
	const said =
		connectionProblem(first) ?? (message || first.message || first.code || "unknown failure");
	const text = withoutCredentials(said, url);
	return new CommandError(`the store fails: ${text}`, EXIT.unreachable);
}
