/** A {@link ReplayStore} in Redis. */
import { shown } from "../core/shown.js";
import {
	BURY,
	CLAIM,
	COMPLETE,
	DROP,
	ENQUEUE,
	GET,
	LIST,
	MARK,
	RELEASE,
	RETRY,
	type Script,
	TAKE,
} from "./redis-scripts.js";
import type {
	Claim,
	ClaimOutcome,
	CompleteStore,
	EnqueueOutcome,
	InboxEntry,
	InboxItem,
} from "./store.js";

export type {
	Claim,
	ClaimOutcome,
	CompleteStore,
	EnqueueOutcome,
	InboxEntry,
	InboxItem,
	Letter,
	NotNow,
	ReplayStore,
	StoreInbox,
} from "./store.js";
export { StoreError, type StoreErrorCode } from "./store.js";

/** A client or pool of `redis`, as far as it is used here. */
export interface NodeRedisClient {
	eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
	evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** A cluster of `redis`, as far as it is used here. */
export interface NodeRedisCluster {
	nodeClient(node: never): unknown;
	sendCommand(firstKey: string, isReadonly: boolean, command: string[]): Promise<unknown>;
}

/** A `Redis` or `Cluster` of `ioredis`, as far as it is used here. */
export interface IoRedisClient {
	eval(script: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
	evalsha(sha1: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** A `Redis` of `@upstash/redis` or the `kv` of `@vercel/kv`, as far as it is used here. */
export interface UpstashRedisClient {
	/** No other client has it. */
	createScript(script: string): unknown;
	eval(script: string, keys: string[], values: string[]): Promise<unknown>;
	evalsha(sha1: string, keys: string[], values: string[]): Promise<unknown>;
}

type AnyClient = NodeRedisClient | NodeRedisCluster | IoRedisClient | UpstashRedisClient;

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
	/**
	 * What the names of the store's keys begin with, in braces. One prefix belongs to one callback
	 * endpoint, shared by all its processes.
	 *
	 * @default "wallet-callback"
	 */
	readonly prefix?: string;
}

/**
 * Remembers callbacks in Redis 5 or later, or Valkey. Each operation is one script and one round
 * trip, timed by the server's clock.
 *
 * All keys of a store share a hash tag, `{prefix}`, and so a slot and a node of a cluster: a
 * callback moves between its own record and the inbox, and both must change at once. Each script
 * declares every key that it touches.
 *
 * What Redis forgets is handled again when the sender repeats it, and what was acknowledged from
 * the inbox is lost with it. Therefore:
 * - `appendonly yes`. With `appendfsync everysec` a crash of the machine, or of Redis while its disk is
 *   slow, can lose the last two seconds; with `appendfsync always` none loses anything.
 * - `maxmemory-policy noeviction`: every other policy may drop what is still needed.
 * - Replication is asynchronous: a failover can forget what was answered just before it, so that
 *   a callback is handled at least once, not exactly once.
 *
 * @param client - A connected client of `redis` (`createClient`, `createClientPool`,
 * `createCluster`) or of `ioredis` (`Redis`, `Cluster`), which stays the caller's to close; or one
 * over HTTP, of `@upstash/redis` (`Redis`) or `@vercel/kv` (`kv`), whose database must not evict.
 *
 * @throws {TypeError} for any other client and for a prefix that is empty or has braces.
 *
 * @example
 * ```ts
 * import { createClient } from "redis";
 * import { redisStore } from "wallet-callback/stores/redis";
 *
 * const client = createClient({ url: "redis://127.0.0.1:6379" });
 * client.on("error", console.error);
 * await client.connect();
 * const store = redisStore(client);
 * ```
 */
export function redisStore(
	client: NodeRedisClient | NodeRedisCluster | IoRedisClient | UpstashRedisClient,
	options: RedisStoreOptions = {},
): CompleteStore {
	const { prefix = "wallet-callback" } = options;
	if (typeof prefix !== "string" || !/^[^{}]+$/.test(prefix)) {
		throw new TypeError(`expected a prefix without braces, got ${shown(prefix)}`);
	}
	const run = runner(client);
	const key = (name: string) => `{${prefix}}:${name}`;
	/** What a script may touch for a receiver, and for one of its callbacks. */
	const keysOf = (receiver: string, id?: string) => [
		key("entries"),
		key("payloads"),
		key(nameOf("inbox", receiver)),
		key("inbox"),
		...(id === undefined ? [] : [key(`id:${nameOf(id, receiver)}`), key(`id:${id}`)]),
	];

	/** The same, and what is kept of those that were given up. */
	const allKeysOf = (receiver: string, id: string) => [
		...keysOf(receiver, id),
		key("dead"),
		key("letters"),
		key("kept"),
	];
	const change = async (script: Script, id: string, receiver: string): Promise<boolean> => {
		const values = [id, nameOf(id, receiver), ""];
		return Number(await run(script, allKeysOf(receiver, id), values)) === 1;
	};

	return {
		async claim(id, bodyHash, leaseMs, retentionMs, receiver = ""): Promise<ClaimOutcome> {
			const token = crypto.randomUUID();
			const values = [id, nameOf(id, receiver), token, bodyHash, `${retentionMs}`, `${leaseMs}`];
			const [status, number] = toList(await run(CLAIM, keysOf(receiver, id), values));
			if (status !== "claimed") return toNotNow(status, number);
			return { status, claim: { id, receiver, token, attempt: Number(number) } };
		},

		async complete({ id, receiver = "", token }: Claim): Promise<boolean> {
			const values = [id, nameOf(id, receiver), token];
			return Number(await run(COMPLETE, keysOf(receiver, id), values)) === 1;
		},

		async release({ id, receiver = "", token }: Claim, delayMs, unused): Promise<boolean> {
			const values = [id, nameOf(id, receiver), token, `${delayMs}`, unused ? "1" : "0"];
			return Number(await run(RELEASE, keysOf(receiver, id), values)) === 1;
		},

		async enqueue(id, bodyHash, payload, retentionMs, receiver = ""): Promise<EnqueueOutcome> {
			const values = [id, nameOf(id, receiver), "", bodyHash, `${retentionMs}`, payload];
			const [status, number] = toList(await run(ENQUEUE, keysOf(receiver, id), values));
			return status === "stored" ? { status } : toNotNow(status, number);
		},

		async take(leaseMs, receiver = ""): Promise<InboxEntry | undefined> {
			const token = crypto.randomUUID();
			const values = [token, `${leaseMs}`];
			const [name, attempt, payload] = toList(await run(TAKE, keysOf(receiver), values));
			if (name === undefined || payload === undefined) return undefined;
			const id = name.slice(Math.max(MARK.length, name.lastIndexOf(" ") + 1));
			const claim = { id, receiver, token, attempt: Number(attempt) };
			return { claim, payload: payload.slice(MARK.length) };
		},

		inbox: {
			async bury({ id, receiver = "", token }, letter) {
				const values = [id, nameOf(id, receiver), token, JSON.stringify(letter)];
				return Number(await run(BURY, allKeysOf(receiver, id), values)) === 1;
			},

			async list(which, limit) {
				const keys = ["entries", "payloads", "dead", "letters", "kept"].map(key);
				const rows = await run(LIST, keys, [which, `${limit}`]);
				const items = (Array.isArray(rows) ? rows : []).map((row) => toItem(toList(row)));
				return items.sort((one, other) => orderOf(one) - orderOf(other));
			},

			async get(id, receiver) {
				const values = [id, nameOf(id, receiver), ""];
				const row = toList(await run(GET, allKeysOf(receiver, id), values));
				if (row.length === 0) return undefined;
				const [, , , , , , payload = ""] = row;
				const item = toItem(row);
				return item.isEntry ? { ...item, payload: payload.slice(MARK.length) } : item;
			},

			retry: (id, receiver) => change(RETRY, id, receiver),
			drop: (id, receiver) => change(DROP, id, receiver),
		},
	};
}

const orderOf = ({ dueMs, deadMs }: InboxItem): number => dueMs ?? deadMs ?? 0;

/** What a script tells of a callback. Redis has no null within lists that all clients give alike: "-" is one. */
function toItem([name = "", status, attempt, age, due = "", letter = ""]: string[]): InboxItem {
	const at = Math.max(MARK.length, name.lastIndexOf(" ") + 1);
	const item = {
		id: name.slice(at),
		receiver: name.slice(MARK.length, Math.max(MARK.length, at - 1)),
		attempt: Number(attempt),
		ageMs: age === "-" ? undefined : Number(age),
		isEntry: due.endsWith("+"),
	};
	const ms = Number.parseFloat(due);
	if (status !== "dead")
		return { ...item, status: status === "leased" ? status : "waiting", dueMs: ms };
	return { ...item, status, deadMs: ms, letter: JSON.parse(letter.slice(MARK.length)) };
}

/** What an id, or the inbox, is called among those of all receivers. No id has a space. */
const nameOf = (what: string, receiver: string): string =>
	receiver === "" ? what : `${receiver} ${what}`;

/** Strings, whether the client gives replies as strings or as bytes. */
const toList = (reply: unknown): string[] => (Array.isArray(reply) ? reply : []).map(String);

function toNotNow(
	status: string | undefined,
	number: string | undefined,
): Exclude<ClaimOutcome, { status: "claimed" }> {
	switch (status) {
		case "done":
		case "conflict":
			return { status };
		case "busy":
			return { status, retryAfterMs: Number(number) };
		default:
			throw new Error(`expected an answer of the script, got ${status}`);
	}
}

type Run = (script: Script, keys: string[], values: string[]) => Promise<unknown>;

/** Runs a script by its digest, and by its text where the server does not know it (any more). */
function runner(client: AnyClient): Run {
	const { byDigest, byText } = commands(client);
	return async (script, keys, values) => {
		try {
			return await byDigest(await digest(script), keys, values);
		} catch (error) {
			if (!(error instanceof Error && NO_SCRIPT.test(error.message))) throw error;
			return byText(script.text, keys, values);
		}
	};
}

/** Upstash's client says first that a command of a pipeline has failed. */
const NO_SCRIPT = /^(Command failed: )?NOSCRIPT\b/;

type Command = (script: string, keys: string[], values: string[]) => Promise<unknown>;

function commands(client: AnyClient): { byDigest: Command; byText: Command } {
	if (has(client, "nodeClient")) {
		// The eval() and evalSha() of redis 4 send a cluster's scripts to nodes at random.
		const send =
			(name: string): Command =>
			(script, keys, values) =>
				client.sendCommand(keys[0] ?? "", false, [
					name,
					script,
					`${keys.length}`,
					...keys,
					...values,
				]);
		return { byDigest: send("EVALSHA"), byText: send("EVAL") };
	}
	if (has(client, "evalSha")) {
		return {
			byDigest: (sha1, keys, values) => client.evalSha(sha1, { keys, arguments: values }),
			byText: (text, keys, values) => client.eval(text, { keys, arguments: values }),
		};
	}
	if (has(client, "createScript")) {
		return {
			byDigest: (sha1, keys, values) => client.evalsha(sha1, keys, values),
			byText: (text, keys, values) => client.eval(text, keys, values),
		};
	}
	if (has(client, "evalsha")) {
		return {
			byDigest: (sha1, keys, values) => client.evalsha(sha1, keys.length, ...keys, ...values),
			byText: (text, keys, values) => client.eval(text, keys.length, ...keys, ...values),
		};
	}
	throw new TypeError(
		"expected a client of redis (createClient, createClientPool, createCluster), of ioredis (Redis, Cluster), of @upstash/redis (Redis) or of @vercel/kv (kv)",
	);
}

function has<Method extends string>(
	client: AnyClient,
	method: Method,
): client is Extract<AnyClient, Record<Method, unknown>> {
	const methods = client as unknown as Record<string, unknown> | null | undefined;
	return typeof methods?.[method] === "function";
}

function digest(script: Script): Promise<string> {
	script.digest ??= crypto.subtle
		.digest("SHA-1", new TextEncoder().encode(script.text))
		.then((bytes) =>
			Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join(""),
		);
	return script.digest;
}
