// What a callback costs a store: round trips to Redis, callbacks per second, bytes kept. Prints JSON:
// node --expose-gc --import tsx receiver-stores.mjs <consumer>.
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import pg from "pg";
import { createClient } from "redis";
import { startPostgres, startProxy, startRedis } from "../../tests/services/servers.ts";
import { createCallbacks, secret } from "./callbacks.mjs";

const load = createRequire(`${process.argv[2]}/package.json`);
const CALLBACKS = 1000;
const IDS = 1_000_000;

/** How many callbacks are under way at once at a server. */
const AT_ONCE = 64;

const LEASE_MS = 30_000;
const RETENTION_MS = 604_800_000;

console.log(
	JSON.stringify({
		redisRoundTrips: await roundTrips(),
		memoryBytes: await memoryBytes(),
		servers: [await onRedis(), ...(await onPostgres())],
	}),
);

/** Round trips between the receiver and Redis for each callback, one after the other. */
async function roundTrips() {
	const { createReceiver } = load("wallet-callback/receiver");
	const { redisStore } = load("wallet-callback/stores/redis");
	const redis = await startRedis();
	const proxy = await startProxy(redis.port);
	const client = createClient({ url: `redis://127.0.0.1:${proxy.port}` });
	try {
		await client.connect();
		const on = { "deposit.confirmed": () => {} };
		const receiver = createReceiver({ keys: secret, store: redisStore(client), on });
		const callbacks = await createCallbacks("standard", 1024, CALLBACKS + 1);
		const [first, ...rest] = callbacks.map(
			({ headers, body }) =>
				new Request("https://example.test/callback", { method: "POST", headers, body }),
		);
		// Teaches Redis the scripts.
		await receiver(first);
		const before = proxy.roundTrips();
		for (const request of rest) {
			const { status } = await receiver(request);
			if (status !== 200) throw new Error(`expected 200, got ${status}`);
		}
		return (proxy.roundTrips() - before) / CALLBACKS;
	} finally {
		client.destroy();
		await proxy.dispose();
		await redis.dispose();
	}
}

async function onRedis() {
	const { redisStore } = load("wallet-callback/stores/redis");
	const redis = await startRedis();
	const client = createClient({ url: `redis://127.0.0.1:${redis.port}` });
	try {
		await client.connect();
		const used = async () => Number(/used_memory:(\d+)/.exec(await client.info("memory"))[1]);
		return { name: "Redis", ...(await serve(redisStore(client), used, 30_000)) };
	} finally {
		client.destroy();
		await redis.dispose();
	}
}

/** In one table, and in one of eight partitions by the hash of the id. */
async function onPostgres() {
	const { postgresStore } = load("wallet-callback/stores/postgres");
	const server = await startPostgres();
	const pool = new pg.Pool({ connectionString: server.url, max: 16 });
	try {
		const plain = postgresStore(pool, { table: "plain" });
		await plain.migrate();
		await pool.query("CREATE TABLE parts (LIKE plain INCLUDING ALL) PARTITION BY HASH (id)");
		for (let part = 0; part < 8; part++) {
			await pool.query(
				`CREATE TABLE parts_${part} PARTITION OF parts FOR VALUES WITH (MODULUS 8, REMAINDER ${part})`,
			);
		}
		const parts = postgresStore(pool, { table: "parts" });
		await parts.migrate();
		const used = (like) => async () => {
			const { rows } = await pool.query(
				"SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class WHERE relkind = 'r' AND relname LIKE $1",
				[like],
			);
			return Number(rows[0].bytes);
		};
		return [
			{ name: "PostgreSQL", ...(await serve(plain, used("plain"), 6_000)) },
			{ name: "PostgreSQL, 8 partitions", ...(await serve(parts, used("parts\\__"), 6_000)) },
		];
	} finally {
		await pool.end();
		await server.dispose();
	}
}

/** Claims and completes: how many callbacks in a second, and how many bytes each leaves behind. */
async function serve(store, used, callbacks) {
	const hash = randomBytes(32).toString("hex");
	let left = callbacks;
	const before = await used();
	const start = performance.now();
	const work = async () => {
		while (left-- > 0) {
			const id = `msg_${randomBytes(14).toString("hex").slice(1)}`;
			const { claim } = await store.claim(id, hash, LEASE_MS, RETENTION_MS);
			await store.complete(claim);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, work));
	const seconds = (performance.now() - start) / 1000;
	return { perSecond: callbacks / seconds, bytes: ((await used()) - before) / callbacks };
}

/** By how much this process grows with a million handled callbacks. */
async function memoryBytes() {
	const { memoryStore } = load("wallet-callback/stores/memory");
	const hash = randomBytes(32).toString("hex");
	const store = memoryStore();
	globalThis.gc();
	const before = process.memoryUsage().rss;
	for (let index = 0; index < IDS; index++) {
		const id = ["msg", randomBytes(14).toString("hex").slice(1)].join("_");
		const { claim } = await store.claim(id, hash, LEASE_MS, RETENTION_MS);
		await store.complete(claim);
	}
	globalThis.gc();
	return process.memoryUsage().rss - before;
}
