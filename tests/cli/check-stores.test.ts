/** Receivers on a real Redis and PostgreSQL, two of them on one store. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Redis } from "ioredis";
import pg from "pg";
import type { ReplayStore } from "wallet-callback/receiver";
import { startPostgres, startRedis } from "../services/servers.ts";
import { details, examine, SECRET, troubles } from "./check.ts";
import { serve } from "./endpoints.ts";
import { bare, installed } from "./receivers.ts";

/** Examines receivers that take turns, as behind a load balancer, and share a store. */
async function examineTwo(stores: readonly [ReplayStore, ReplayStore]): Promise<void> {
	const endpoint = await serve(async (count) => {
		const listeners = await Promise.all(
			stores.map((store) => bare({ keys: [SECRET], store })(count)),
		);
		let turn = 0;
		return (request, response) => {
			turn += 1;
			listeners[turn % 2]?.(request, response);
		};
	});
	const words = ["--probe-url", endpoint.probeUrl, "--skip", "rotation"];
	const report = await examine(endpoint, words);
	assert.deepEqual(troubles(report), [], details(report));
}

test("two receivers on Redis", async () => {
	const { redisStore } = installed("wallet-callback/stores/redis");
	const server = await startRedis();
	const clients = [new Redis(server.port), new Redis(server.port)] as const;
	after(async () => {
		for (const client of clients) client.disconnect();
		await server.dispose();
	});
	await examineTwo([redisStore(clients[0]), redisStore(clients[1])]);
});

test("two receivers on PostgreSQL", async () => {
	const { postgresStore } = installed("wallet-callback/stores/postgres");
	const server = await startPostgres({ settings: { fsync: "off" } });
	const pools = [1, 2].map(() => new pg.Pool({ connectionString: server.url, max: 5 }));
	after(async () => {
		for (const pool of pools) await pool.end();
		await server.dispose();
	});
	const [one, two] = pools.map((pool) => postgresStore(pool));
	await one.migrate();
	await examineTwo([one, two]);
});
