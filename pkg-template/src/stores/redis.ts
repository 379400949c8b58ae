/** A {@link ReplayStore} in Redis. */
import { shown } from "../core/shown.js";
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
): ReplayStore {
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

		async release({ id, receiver = "", token }: Claim, delayMs): Promise<boolean> {
			const values = [id, nameOf(id, receiver), token, `${delayMs}`];
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
	};
}

/** What an id, or the inbox, is called among those of all receivers. No id has a space. */
const nameOf = (what: string, receiver: string): string =>
	receiver === "" ? what : `${receiver} ${what}`;

/** What a script answers with texts of somebody else's behind it: Upstash's client reads JSON in them. */
const MARK = ":";

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

/** How long records are kept that were written before they had a retention of their own: 7 days. */
const OLD_RETENTION_MS = 604_800_000;

/** How many entries of which something is missing one `take` passes over. */
const MOST_BROKEN = 1000;

/*
 * An unfinished entry of the inbox has its record in the hash `entries`, its payload in the hash
 * `payloads` and its due time in the sorted set `inbox` of its receiver: none of them expires, and
 * `take` needs no key whose name it cannot know. Every other record is a string of its own, `id:<name>`,
 * which Redis drops when it expires. A name is an id behind its receiver.
 *
 * An id alone as a name is one without a receiver, as a version wrote it that knew none: it belongs
 * to whoever asks.
 *
 * A record is a line: state (free, leased or done), hash, token or "-", attempt, due time, expiry,
 * retention. Times are milliseconds since 1970 with microseconds behind the point. The hash is "-"
 * where the record was lost, and then any will do.
 */
const PRELUDE = `
local entries, payloads = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000

local function parse(line)
  local state, hash, token, attempt, due, expiry, retention =
    string.match(line, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) ?(%S*)$')
  return { state = state, hash = hash, token = token, attempt = tonumber(attempt),
    due = tonumber(due), expiry = tonumber(expiry), retention = tonumber(retention) or ${OLD_RETENTION_MS} }
end

-- The record of an entry of the inbox. One that is lost begins anew while there is a payload.
local function readEntry(name)
  local line = redis.call('HGET', entries, name)
  if not line and redis.call('HEXISTS', payloads, name) == 1 then
    line = string.format('free - - 0 %.3f %.3f', now, now)
  end
  return line
end

local function write(record)
  local line = string.format('%s %s %s %d %.3f %.3f %.3f', record.state, record.hash, record.token,
    record.attempt, record.due, record.expiry, record.retention)
  if record.queued then
    redis.call('HSET', entries, record.name, line)
    redis.call('ZADD', record.inbox, string.format('%.3f', record.due), record.name)
  else
    local rest = math.max(1, math.ceil(record.expiry - now))
    redis.call('SET', record.key, line, 'PX', string.format('%d', rest))
  end
end

local function lease(record, token, ms)
  record.state, record.token, record.due = 'leased', token, now + ms
  record.attempt = record.attempt + 1
  record.expiry = record.due + record.retention
  write(record)
end
`;

/** Reads the record of an id, its receiver's or one without. */
const READ = `
local id, name, token = ARGV[1], ARGV[2], ARGV[3]
local function read(name, inbox, key)
  local line = readEntry(name)
  local queued = line and true
  if not line then line = redis.call('GET', key) end
  if not line then return nil end
  local record = parse(line)
  record.queued, record.name, record.inbox, record.key = queued, name, inbox, key
  return record
end
local record = read(name, KEYS[3], KEYS[5])
if not record and name ~= id then record = read(id, KEYS[4], KEYS[6]) end
`;

/** Answers why a callback is not to be handled now, or goes on with its record, new or old. */
const ADMIT = `${READ}
local hash = ARGV[4]
record = record or { state = 'free', hash = hash, token = '-', attempt = 0, due = now,
  name = name, inbox = KEYS[3], key = KEYS[5] }
if record.hash ~= hash and record.hash ~= '-' then return { 'conflict' } end
if record.state == 'done' or record.queued then return { 'done' } end
if record.state == 'leased' and record.due > now and record.token ~= token then
  return { 'busy', math.ceil(record.due - now) }
end
record.hash, record.retention = hash, tonumber(ARGV[5])
`;

/** Answers 0 if the claim is no longer the newest, or goes on with its record. */
const OWN = `${READ}
if not record or record.token ~= token then return 0 end
`;

// The claim's own token does not make it busy: clients repeat a command whose reply they lost.
const CLAIM: Script = {
	text: `${PRELUDE}${ADMIT}
lease(record, token, ARGV[6])
return { 'claimed', record.attempt }`,
};

const ENQUEUE: Script = {
	text: `${PRELUDE}${ADMIT}
record.state, record.queued, record.due = 'free', true, now
record.expiry = now + record.retention
redis.call('DEL', record.key)
redis.call('HSET', payloads, record.name, ARGV[6])
write(record)
return { 'stored' }`,
};

const COMPLETE: Script = {
	text: `${PRELUDE}${OWN}
if record.state == 'done' then return 1 end
if record.queued then
  redis.call('ZREM', record.inbox, record.name)
  redis.call('HDEL', entries, record.name)
  redis.call('HDEL', payloads, record.name)
end
record.state, record.queued = 'done', false
record.expiry = math.max(record.expiry, now + record.retention)
write(record)
return 1`,
};

const RELEASE: Script = {
	text: `${PRELUDE}${OWN}
if record.state ~= 'leased' then return 0 end
record.state, record.due = 'free', now + ARGV[4]
write(record)
return 1`,
};

// Of an entry that has lost its record the payload is handed out all the same. One without a payload
// cannot be handled by anybody and is dropped: should its sender send it again, it is new.
const TAKE: Script = {
	text: `${PRELUDE}
local function take(inbox)
  for _ = 1, ${MOST_BROKEN} do
    local name = redis.call('ZRANGEBYSCORE', inbox, '-inf', string.format('%.3f', now), 'LIMIT', 0, 1)[1]
    if not name then return nil end
    local payload = redis.call('HGET', payloads, name)
    if payload then
      local record = parse(readEntry(name))
      record.queued, record.name, record.inbox = true, name, inbox
      lease(record, ARGV[1], ARGV[2])
      return { '${MARK}' .. name, record.attempt, '${MARK}' .. payload }
    end
    redis.call('ZREM', inbox, name)
    redis.call('HDEL', entries, name)
  end
end
return take(KEYS[3]) or (KEYS[3] ~= KEYS[4] and take(KEYS[4])) or {}`,
};
