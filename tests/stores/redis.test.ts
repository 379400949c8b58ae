/** The store in a real Redis, and in a cluster of three, through each client. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { Redis as UpstashRedis } from "@upstash/redis";
import { kv } from "@vercel/kv";
import * as fastCheck from "fast-check";
import { Redis as Redis6, Cluster as RedisCluster6 } from "ioredis";
import { Redis as Redis5 } from "ioredis-5";
import { createClient, createClientPool, createCluster, RESP_TYPES } from "redis";
import { createClient as createClient4, createCluster as createCluster4 } from "redis-4";
import { createClient as createClient5, createCluster as createCluster5 } from "redis-5";
import type { NodeRedisClient } from "wallet-callback/stores/redis";
import {
	type CountingProxy,
	type RedisServers,
	startProxy,
	startRedis,
} from "../services/servers.ts";
import { type Front, upstashFront } from "./http-fronts.ts";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const fromPackage = createRequire(join(CONSUMER, "package.json"));
const { redisStore }: typeof import("wallet-callback/stores/redis") = fromPackage(
	"wallet-callback/stores/redis",
);
const { conformance }: typeof import("wallet-callback/stores/conformance") = fromPackage(
	"wallet-callback/stores/conformance",
);

const HASH = "a1".repeat(32);
const LEASE = 60_000;
const RETENTION = 600_000;
const TOKEN = "the database's token";

let redis: RedisServers;
let cluster: RedisServers;
let proxy: CountingProxy;
let upstash: Front;
before(async () => {
	[redis, cluster] = await Promise.all([startRedis(), startRedis({ cluster: true })]);
	proxy = await startProxy(redis.port);
	upstash = await upstashFront(redis.url, TOKEN);
	Object.assign(process.env, { KV_REST_API_URL: upstash.url, KV_REST_API_TOKEN: TOKEN });
});
after(async () => {
	await upstash.close();
	await Promise.all([redis, cluster, proxy].map((part) => part.dispose()));
});

type AnyClient = Parameters<typeof redisStore>[0];

/** A connected client, and how to close it. */
type Connected = readonly [client: AnyClient, close: () => unknown];

/** Clients of one server lose it when it restarts, and find it again. */
const ignore = () => {};

const ofRedis6 = async (port = redis.port): Promise<Connected> => {
	const client = createClient({ url: `redis://127.0.0.1:${port}` }).on("error", ignore);
	await client.connect();
	return [client, () => client.destroy()];
};
const ofIoredis6 = async (port = redis.port): Promise<Connected> => {
	const client = new Redis6(port, { lazyConnect: true }).on("error", ignore);
	await client.connect();
	return [client, () => client.disconnect()];
};

const CLIENTS: { readonly [name: string]: () => Promise<Connected> } = {
	"redis 6": ofRedis6,
	"redis 6, pool": async () => {
		const pool = createClientPool({ url: redis.url });
		await pool.connect();
		return [pool, () => pool.destroy()];
	},
	"redis 6, cluster": async () => {
		const client = createCluster({ rootNodes: [{ url: cluster.url }] });
		await client.connect();
		return [client, () => client.destroy()];
	},
	"redis 5": async () => {
		const client = createClient5({ url: redis.url });
		await client.connect();
		return [client, () => client.destroy()];
	},
	"redis 5, cluster": async () => {
		const client = createCluster5({ rootNodes: [{ url: cluster.url }] });
		await client.connect();
		return [client, () => client.destroy()];
	},
	"redis 4": async () => {
		const client = createClient4({ url: redis.url });
		await client.connect();
		return [client, () => client.disconnect()];
	},
	"redis 4, cluster": async () => {
		const client = createCluster4({ rootNodes: [{ url: cluster.url }] });
		await client.connect();
		return [client, () => client.disconnect()];
	},
	"ioredis 6": ofIoredis6,
	"ioredis 6, cluster": async () => {
		const client = new RedisCluster6([{ host: "127.0.0.1", port: cluster.port }]);
		return [client, () => client.disconnect()];
	},
	"ioredis 5": async () => {
		const client = new Redis5(redis.port);
		return [client, () => client.disconnect()];
	},
	"@upstash/redis, no pipelines": async () => [ofUpstash({ enableAutoPipelining: false }), ignore],
	"@vercel/kv": async () => [kv, ignore],
};

function ofUpstash(options: object = {}): UpstashRedis {
	return new UpstashRedis({ url: upstash.url, token: TOKEN, ...options });
}

describe("the contract of a store", { concurrency: true }, () => {
	for (const [name, connect] of Object.entries(CLIENTS)) {
		describe(name, { concurrency: false }, () => {
			let connected: Connected;
			before(async () => {
				connected = await connect();
			});
			after(() => connected[1]());
			const options = /6$|^@vercel/.test(name) ? { fastCheck, shared: true } : {};
			const cases = conformance(() => redisStore(connected[0], { prefix: name }), options);
			for (const { name, run } of cases) test(name, run);
		});
	}
});

for (const [name, connect] of [
	["redis", ofRedis6],
	["ioredis", ofIoredis6],
] as const) {
	describe(name, () => {
		test("one round trip for each operation", async () => {
			const [client, close] = await connect(proxy.port);
			const store = redisStore(client, { prefix: `${name} round trips` });
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
				await cost(store.take(LEASE));
				return costs;
			};
			await operations();
			assert.deepEqual(await operations(), [1, 1, 1, 1, 1]);
			close();
		});

		test("scripts that the server has forgotten are sent again", async () => {
			const [client, close] = await connect();
			const [admin, closeAdmin] = await admins();
			const store = redisStore(client, { prefix: `${name} flushed` });
			const flushed = async <Result>(operate: () => Promise<Result>): Promise<Result> => {
				await admin.scriptFlush();
				return operate();
			};
			for (const id of ["one", "two"]) {
				const outcome = await flushed(() => store.claim(id, HASH, LEASE, RETENTION));
				assert.equal(outcome.status, "claimed");
				assert.equal(await flushed(() => store.release(outcome.claim, 0)), true);
				const stored = await flushed(() => store.enqueue(id, HASH, "payload", RETENTION));
				assert.deepEqual(stored, { status: "stored" });
				const entry = await flushed(() => store.take(LEASE));
				assert.equal(entry?.claim.id, id);
				assert.equal(await flushed(() => store.complete(entry.claim)), true);
			}
			close();
			closeAdmin();
		});

		test("nothing is forgotten when the server is killed", async (context) => {
			// With `everysec`, Redis puts writes off while the disk is slow.
			const own = await startRedis({ settings: { appendfsync: "always" } });
			context.after(() => own.dispose());
			const [client, close] = await connect(own.port);
			context.after(close);
			const store = redisStore(client);
			const done = await store.claim("done", HASH, LEASE, RETENTION);
			assert.equal(done.status, "claimed");
			await store.complete(done.claim);
			await store.claim("busy", HASH, LEASE, RETENTION);
			await store.enqueue("entry", HASH, "payload", RETENTION);
			await own.stop("SIGKILL");
			await own.start();
			assert.deepEqual(await store.claim("done", HASH, LEASE, RETENTION), { status: "done" });
			assert.equal((await store.claim("busy", HASH, LEASE, RETENTION)).status, "busy");
			assert.equal((await store.take(LEASE))?.payload, "payload");
		});
	});
}

async function admins() {
	const client = createClient({ url: redis.url });
	await client.connect();
	return [client, () => client.destroy()] as const;
}

test("a claim whose reply was lost, so that the client repeated it, is had", async () => {
	const [client, close] = await admins();
	const repeating: NodeRedisClient = {
		eval: async (...command) => {
			await client.eval(...command);
			return client.eval(...command);
		},
		evalSha: () => Promise.reject(new Error("NOSCRIPT")),
	};
	const store = redisStore(repeating, { prefix: "repeated" });
	const outcome = await store.claim("id", HASH, LEASE, RETENTION);
	assert.ok(outcome.status === "claimed");
	assert.equal(outcome.claim.attempt, 1);
	const once = redisStore(client, { prefix: "repeated" });
	assert.equal(await once.release(outcome.claim, 0, true), true);
	const next = await once.claim("id", HASH, LEASE, RETENTION);
	assert.ok(next.status === "claimed");
	assert.equal(next.claim.attempt, 1);
	assert.equal(await once.complete(next.claim), true);
	close();
});

test("what looks like JSON comes back from Upstash's client as it was", async () => {
	for (const options of [{}, { automaticDeserialization: false }, { responseEncoding: false }]) {
		const store = redisStore(ofUpstash(options), { prefix: `json ${Object.keys(options)}` });
		for (const [id, payload, receiver] of [
			["123", '{"data":{"value":1.0}}', ""],
			["1e5", "[1]", "tp-wallet"],
			['{"a":1}', '"text"', ""],
			["null", "null", '["stripe"]'],
			["true", "12345678901234567890", "1"],
		] as const) {
			await store.enqueue(id, HASH, payload, RETENTION, receiver);
			const entry = await store.take(LEASE, receiver);
			assert.deepEqual([entry?.claim.id, entry?.payload], [id, payload]);
			assert.equal(await store.complete(entry?.claim ?? assert.fail()), true);
		}
	}
});

test("scripts that Upstash has forgotten are sent again", async () => {
	const [admin, close] = await admins();
	for (const enableAutoPipelining of [false, true]) {
		const prefix = `upstash flushed ${enableAutoPipelining}`;
		const store = redisStore(ofUpstash({ enableAutoPipelining }), { prefix });
		await admin.scriptFlush();
		const outcome = await store.claim("id", HASH, LEASE, RETENTION);
		assert.equal(outcome.status, "claimed");
		await admin.scriptFlush();
		assert.equal(await store.complete(outcome.claim), true);
	}
	close();
});

test("what Upstash refuses is thrown", async () => {
	const client = new UpstashRedis({ url: upstash.url, token: "another", retry: false });
	await assert.rejects(redisStore(client).take(LEASE), /Unauthorized/);
});

test("clients that give replies as bytes", async () => {
	const [client, close] = await admins();
	const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
	const store = redisStore(bytes, { prefix: "bytes" });
	await store.enqueue("id", HASH, "payload", RETENTION);
	const entry = await store.take(LEASE);
	assert.deepEqual([entry?.claim.id, entry?.payload], ["id", "payload"]);
	assert.deepEqual(await store.claim("id", HASH, LEASE, RETENTION), { status: "done" });
	close();
});

test("records expire, unfinished entries of the inbox do not; all keys share a slot", async () => {
	const [client, close] = await admins();
	const store = redisStore(client, { prefix: "keys" });
	const expiries = async () => {
		const keys = (await client.keys("*{keys}*")).sort();
		return Object.fromEntries(
			await Promise.all(keys.map(async (key) => [key, (await client.pTTL(key)) > 0])),
		);
	};
	await store.claim("claimed", HASH, LEASE, RETENTION);
	await store.enqueue("entry", HASH, "payload", RETENTION);
	assert.deepEqual(await expiries(), {
		"{keys}:entries": false,
		"{keys}:id:claimed": true,
		"{keys}:inbox": false,
		"{keys}:payloads": false,
	});
	const entry = await store.take(LEASE);
	assert.ok(entry);
	await store.complete(entry.claim);
	assert.deepEqual(await expiries(), { "{keys}:id:claimed": true, "{keys}:id:entry": true });
	close();
});

test("an entry that has lost its record or its payload does not stop the others", async () => {
	const [client, close] = await admins();
	const store = redisStore(client, { prefix: "lost" });
	const receiver = "stripe";
	for (const id of ["record", "payload", "both", "whole"]) {
		await store.enqueue(id, HASH, `payload of ${id}`, RETENTION, receiver);
	}
	await client.hDel("{lost}:entries", ["stripe record", "stripe both"]);
	await client.hDel("{lost}:payloads", ["stripe payload", "stripe both"]);
	const statusOf = async (id: string) =>
		(await store.claim(id, HASH, LEASE, RETENTION, receiver)).status;
	assert.equal(await statusOf("record"), "done", "it stands in the inbox");
	for (const id of ["record", "whole"]) {
		const entry = await store.take(LEASE, receiver);
		assert.deepEqual([entry?.claim.id, entry?.payload], [id, `payload of ${id}`]);
		assert.equal(entry?.claim.attempt, 1);
		assert.equal(await store.complete(entry.claim), true);
		assert.equal(await statusOf(id), "done");
	}
	assert.equal(await store.take(LEASE, receiver), undefined);
	assert.deepEqual(await client.keys("{lost}:[ep]*"), []);
	// What cannot be handled is new when it is sent again.
	assert.equal(await statusOf("payload"), "claimed");
	close();
});

test("what the version before has written goes on, and is everybody's", async () => {
	const [client, close] = await admins();
	const later = Date.now() + RETENTION;
	await client.set("{old}:id:done", `done ${HASH} token 1 ${later}.000 ${later}.000`, {
		PX: RETENTION,
	});
	await client.set("{old}:id:busy", `leased ${HASH} token 1 ${later}.000 ${later}.000`, {
		PX: RETENTION,
	});
	await client.hSet("{old}:entries", "entry", `free ${HASH} - 0 1000.000 2000.000`);
	await client.hSet("{old}:payloads", "entry", "payload");
	await client.zAdd("{old}:inbox", { score: 1000, value: "entry" });
	const store = redisStore(client, { prefix: "old" });
	for (const receiver of ["one", "other"]) {
		const status = async (id: string) =>
			(await store.claim(id, HASH, LEASE, RETENTION, receiver)).status;
		assert.deepEqual(
			[await status("done"), await status("busy"), await status("entry")],
			["done", "busy", "done"],
		);
	}
	const busy = { id: "busy", receiver: "one", token: "token", attempt: 1 };
	assert.equal(await store.complete(busy), true);
	const entry = await store.take(LEASE, "other");
	assert.equal(entry?.payload, "payload");
	assert.equal(await store.take(LEASE, "one"), undefined);
	assert.equal(await store.complete(entry.claim), true);
	assert.equal((await store.claim("entry", HASH, LEASE, RETENTION, "one")).status, "done");
	// Such an entry was remembered for seven days, unless its receiver said otherwise.
	assert.ok((await client.pTTL("{old}:id:entry")) > 604_000_000);
	close();
});

test("what was written before dead letters were kept can be given up", async () => {
	const [client, close] = await admins();
	const later = Date.now() + RETENTION;
	await client.hSet(
		"{plain}:entries",
		"one entry",
		`free ${HASH} - 0 1000.000 ${later}.000 9000.000`,
	);
	await client.hSet("{plain}:payloads", "one entry", "payload");
	await client.zAdd("{plain}:one inbox", { score: 1000, value: "one entry" });
	const { inbox, ...store } = redisStore(client, { prefix: "plain" });
	const entry = await store.take(LEASE, "one");
	assert.equal(entry?.payload, "payload");
	assert.equal(await inbox.bury(entry.claim, { error: "no" }), true);
	const [item] = await inbox.list("dead", 9);
	assert.deepEqual([item?.id, item?.letter?.error, item?.ageMs], ["entry", "no", undefined]);
	assert.equal(await inbox.retry("entry", "one"), true);
	assert.equal((await store.take(LEASE, "one"))?.payload, "payload");
	close();
});

test("what a later version adds to a record is passed over", async () => {
	const [client, close] = await admins();
	const later = Date.now() + RETENTION;
	const rest = `${later}.000 9000.000 1000.000 more than this`;
	await client.set("{later}:id:one id", `done ${HASH} token 1 1000.000 ${rest}`);
	await client.hSet("{later}:entries", "one entry", `free ${HASH} - 0 1000.000 ${rest}`);
	await client.hSet("{later}:payloads", "one entry", "payload");
	await client.zAdd("{later}:one inbox", { score: 1000, value: "one entry" });
	const store = redisStore(client, { prefix: "later" });
	assert.deepEqual(await store.claim("id", HASH, LEASE, RETENTION, "one"), { status: "done" });
	const entry = await store.take(LEASE, "one");
	assert.deepEqual([entry?.claim.attempt, entry?.payload], [1, "payload"]);
	close();
});

test("of what was given up, nothing stays behind", async () => {
	const [client, close] = await admins();
	const store = redisStore(client, { prefix: "behind" });
	const bury = async (id: string, retentionMs: number) => {
		await store.enqueue(id, HASH, "payload", retentionMs);
		const entry = await store.take(1);
		assert.ok(entry);
		assert.equal(await store.inbox.bury(entry.claim, { error: id }), true);
	};
	const keys = async () => {
		const names = await Promise.all(["dead", "letters", "kept"].map((name) => `{behind}:${name}`));
		return client.exists(names);
	};
	// The keys expire with the last of what they hold.
	await bury("short", 50);
	assert.equal(await keys(), 3);
	await new Promise((resolve) => setTimeout(resolve, 100));
	assert.equal(await keys(), 0);
	// What has expired goes when another comes.
	await bury("short", 50);
	await bury("long", RETENTION);
	await new Promise((resolve) => setTimeout(resolve, 100));
	assert.deepEqual(
		(await store.inbox.list("dead", 9)).map(({ id }) => id),
		["long"],
	);
	await bury("other", RETENTION);
	assert.deepEqual((await client.hKeys("{behind}:letters")).sort(), ["long", "other"]);
	assert.equal(await store.inbox.drop("long", ""), true);
	assert.equal(await store.inbox.retry("other", ""), true);
	assert.equal(await keys(), 0);
	close();
});

test("a letter whose callback was handled since is nobody's", async () => {
	const [client, close] = await admins();
	const store = redisStore(client, { prefix: "stale" });
	const claim = async () => {
		const outcome = await store.claim("id", HASH, LEASE, RETENTION);
		assert.equal(outcome.status, "claimed");
		return outcome.claim;
	};
	await store.inbox.bury(await claim(), { error: "no" });
	// Redis has lost the record: the callback is new when it comes again.
	await client.del("{stale}:id:id");
	await store.complete(await claim());
	assert.equal(await store.inbox.get("id", ""), undefined);
	assert.equal(await store.inbox.retry("id", ""), false);
	assert.equal((await store.claim("id", HASH, LEASE, RETENTION)).status, "done");
	close();
});

test("a failure of the server is thrown", async () => {
	const [client, close] = await admins();
	await client.hSet("{broken}:id:id", "no", "record");
	const store = redisStore(client, { prefix: "broken" });
	await assert.rejects(store.claim("id", HASH, LEASE, RETENTION), /^\w*Error: WRONGTYPE /);
	close();
});

test("refuses what is no client", () => {
	for (const client of [undefined, null, {}, "redis://127.0.0.1", { eval: () => {} }]) {
		assert.throws(() => redisStore(client as never), {
			name: "TypeError",
			message: /^expected a client of redis .* of ioredis .* or of @vercel\/kv /,
		});
	}
});

test("refuses a prefix that would spread the keys over a cluster", () => {
	const client: NodeRedisClient = { eval: async () => {}, evalSha: async () => {} };
	for (const prefix of ["", "{}", "a}b", "a{b", 1]) {
		assert.throws(() => redisStore(client, { prefix: prefix as never }), {
			name: "TypeError",
			message: /^expected a prefix without braces, got /,
		});
	}
});
