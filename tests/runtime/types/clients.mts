// Every client that the stores' documentation names is taken by its own types.
import { neon } from "@neondatabase/serverless";
import { Redis as UpstashRedis } from "@upstash/redis";
import { kv } from "@vercel/kv";
import Database from "better-sqlite3";
import { Cluster, Redis } from "ioredis";
import { Cluster as Cluster5, Redis as Redis5 } from "ioredis-5";
import pg from "pg";
import postgres from "postgres";
import { createClient, createClientPool, createCluster } from "redis";
import { createClient as createClient4, createCluster as createCluster4 } from "redis-4";
import { createClient as createClient5, createCluster as createCluster5 } from "redis-5";
import { createReceiver } from "wallet-callback/receiver";
import { type PostgresStore, postgresStore } from "wallet-callback/stores/postgres";
import { redisStore } from "wallet-callback/stores/redis";
import { sqliteStore } from "wallet-callback/stores/sqlite";

const database = new Database("callbacks.db");
const store = sqliteStore(database);
export const credit = database.transaction((claim) => store.claimInTransaction(database, claim));

const nodes = { rootNodes: [] };
export const redis = [
	redisStore(createClient()),
	redisStore(createClient({ url: "redis://127.0.0.1", RESP: 3 })),
	redisStore(createClientPool()),
	redisStore(createCluster(nodes)),
	redisStore(createClient5()),
	redisStore(createCluster5(nodes)),
	redisStore(createClient4()),
	redisStore(createCluster4(nodes)),
	redisStore(new Redis()),
	redisStore(new Cluster([])),
	redisStore(new Redis5()),
	redisStore(new Cluster5([])),
	redisStore(new UpstashRedis({ url: "", token: "" })),
	redisStore(kv),
];

export const sql: PostgresStore[] = [
	postgresStore(new pg.Pool()),
	postgresStore(new pg.Client()),
	postgresStore(postgres("postgres://127.0.0.1")),
	postgresStore(neon("postgres://127.0.0.1")),
];

for (const each of [store, ...redis, ...sql]) {
	createReceiver({ keys: "", store: each, onAny: () => {} });
}
