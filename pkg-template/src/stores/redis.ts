/** A {@link ReplayStore} in Redis. */
import type { Claim, ClaimOutcome, EnqueueOutcome, InboxEntry, ReplayStore } from "./store.js";

export type {
	Claim,
	ClaimOutcome,
	EnqueueOutcome,
	InboxEntry,
	NotNow,
	ReplayStore,
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

type AnyClient = NodeRedisClient | NodeRedisCluster | IoRedisClient;

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
 * - `appendonly yes`. With `appendfsync everysec` a crash of the machine can lose the last two
 *   seconds, with `appendfsync always` nothing; a crash of the process loses nothing with either.
 * - `maxmemory-policy noeviction`: every other policy may drop what is still needed.
 * - Replication is asynchronous: a failover can forget what was answered just before it, so that
 *   a callback is handled at least once, not exactly once.
 *
 * @param client - A connected client of `redis` (`createClient`, `createClientPool`,
 * `createCluster`) or of `ioredis` (`Redis`, `Cluster`). It stays the caller's to close.
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
	client: NodeRedisClient | NodeRedisCluster | IoRedisClient,
	options: RedisStoreOptions = {},
): ReplayStore {
	const { prefix = "wallet-callback" } = options;
	if (typeof prefix !== "string" || !/^[^{}]+$/.test(prefix)) {
		throw new TypeError(`expected a prefix without braces, got ${JSON.stringify(prefix)}`);
	}
	const run = runner(client);
	const shared = [`{${prefix}}:inbox`, `{${prefix}}:entries`, `{${prefix}}:payloads`];
	const keysOf = (id: string) => [...shared, `{${prefix}}:id:${id}`];

	return {
		async claim(id, bodyHash, leaseMs, retentionMs): Promise<ClaimOutcome> {
			const token = crypto.randomUUID();
			const values = [id, bodyHash, `${retentionMs}`, token, `${leaseMs}`];
			const [status, number] = toList(await run(CLAIM, keysOf(id), values));
			if (status !== "claimed") return toNotNow(status, number);
			return { status, claim: { id, token, attempt: Number(number) } };
		},

		async complete({ id, token }: Claim): Promise<boolean> {
			return Number(await run(COMPLETE, keysOf(id), [id, token])) === 1;
		},

		async release({ id, token }: Claim, delayMs): Promise<boolean> {
			return Number(await run(RELEASE, keysOf(id), [id, token, `${delayMs}`])) === 1;
		},

		async enqueue(id, bodyHash, payload, retentionMs): Promise<EnqueueOutcome> {
			const values = [id, bodyHash, `${retentionMs}`, "", payload];
			const [status, number] = toList(await run(ENQUEUE, keysOf(id), values));
			return status === "stored" ? { status } : toNotNow(status, number);
		},

		async take(leaseMs): Promise<InboxEntry | undefined> {
			const token = crypto.randomUUID();
			const [id, attempt, payload] = toList(await run(TAKE, shared, [token, `${leaseMs}`]));
			if (id === undefined || payload === undefined) return undefined;
			return { claim: { id, token, attempt: Number(attempt) }, payload };
		},
	};
}

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
			if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
			return byText(script.text, keys, values);
		}
	};
}

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
	if (has(client, "evalsha")) {
		return {
			byDigest: (sha1, keys, values) => client.evalsha(sha1, keys.length, ...keys, ...values),
			byText: (text, keys, values) => client.eval(text, keys.length, ...keys, ...values),
		};
	}
	throw new TypeError(
		"expected a client of redis (createClient, createClientPool, createCluster) or of ioredis (Redis, Cluster)",
	);
}

function has<Method extends string>(
	client: AnyClient,
	method: Method,
): client is Extract<AnyClient, Record<Method, unknown>> {
	const methods = client as unknown as Record<string, unknown> | null | undefined;
	return typeof methods?.[method] === "function";
}

interface Script {
	readonly text: string;
	/** Its SHA-1 in hexadecimal digits, once it was needed. */
	digest?: Promise<string>;
}

function digest(script: Script): Promise<string> {
	script.digest ??= crypto.subtle
		.digest("SHA-1", new TextEncoder().encode(script.text))
		.then((bytes) =>
			Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join(""),
		);
	return script.digest;
}

/*
 * An unfinished entry of the inbox has its record in the hash `entries`, its payload in the hash
 * `payloads` and its due time in the sorted set `inbox`: none of them expires, and `take` needs no
 * key whose name it cannot know. Every other record is a string of its own, `id:<id>`, which Redis
 * drops when it expires.
 *
 * A record is a line: state (free, leased or done), hash, token or "-", attempt, due time, expiry.
 * Times are milliseconds since 1970 with microseconds behind the point.
 */
const PRELUDE = `
local inbox, entries, payloads, key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000

local function read(id)
  local line = redis.call('HGET', entries, id)
  local queued = line and true
  if not line then line = redis.call('GET', key) end
  if not line then return nil end
  local state, hash, token, attempt, due, expiry =
    string.match(line, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  return { queued = queued, state = state, hash = hash, token = token,
    attempt = tonumber(attempt), due = tonumber(due), expiry = tonumber(expiry) }
end

local function write(id, record)
  local line = string.format('%s %s %s %d %.3f %.3f', record.state, record.hash, record.token,
    record.attempt, record.due, record.expiry)
  if record.queued then
    redis.call('HSET', entries, id, line)
    redis.call('ZADD', inbox, string.format('%.3f', record.due), id)
  else
    local rest = math.max(1, math.ceil(record.expiry - now))
    redis.call('SET', key, line, 'PX', string.format('%d', rest))
  end
end

local function lease(id, record, token, ms)
  record.state, record.token, record.due = 'leased', token, now + ms
  record.attempt = record.attempt + 1
  write(id, record)
end
`;

/** Answers why a callback is not to be handled now, or goes on with its record, new or old. */
const ADMIT = `
local id, hash, expiry, token = ARGV[1], ARGV[2], now + ARGV[3], ARGV[4]
local record = read(id) or { state = 'free', hash = hash, token = '-', attempt = 0, due = now }
if record.hash ~= hash then return { 'conflict' } end
if record.state == 'done' or record.queued then return { 'done' } end
if record.state == 'leased' and record.due > now and record.token ~= token then
  return { 'busy', math.ceil(record.due - now) }
end
record.expiry = expiry
`;

/** Answers 0 if the claim is no longer the newest, or goes on with its record. */
const OWN = `
local id, token = ARGV[1], ARGV[2]
local record = read(id)
if not record or record.token ~= token then return 0 end
`;

// The claim's own token does not make it busy: clients repeat a command whose reply they lost.
const CLAIM: Script = {
	text: `${PRELUDE}${ADMIT}
lease(id, record, token, ARGV[5])
return { 'claimed', record.attempt }`,
};

const ENQUEUE: Script = {
	text: `${PRELUDE}${ADMIT}
record.state, record.queued, record.due = 'free', true, now
redis.call('DEL', key)
redis.call('HSET', payloads, id, ARGV[5])
write(id, record)
return { 'stored' }`,
};

const COMPLETE: Script = {
	text: `${PRELUDE}${OWN}
if record.state == 'done' then return 1 end
if record.queued then
  redis.call('ZREM', inbox, id)
  redis.call('HDEL', entries, id)
  redis.call('HDEL', payloads, id)
end
record.state, record.queued = 'done', false
write(id, record)
return 1`,
};

const RELEASE: Script = {
	text: `${PRELUDE}${OWN}
if record.state ~= 'leased' then return 0 end
record.state, record.due = 'free', now + ARGV[3]
write(id, record)
return 1`,
};

const TAKE: Script = {
	text: `${PRELUDE}
local id = redis.call('ZRANGEBYSCORE', inbox, '-inf', string.format('%.3f', now), 'LIMIT', 0, 1)[1]
if not id then return {} end
local record = read(id)
lease(id, record, ARGV[1], ARGV[2])
return { id, record.attempt, redis.call('HGET', payloads, id) }`,
};
