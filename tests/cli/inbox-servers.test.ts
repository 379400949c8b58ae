/** The inbox on a real Redis and PostgreSQL, with passwords, through each driver. */
import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { Redis } from "ioredis";
import pg from "pg";
import { freePort } from "../ports.ts";
import { startPostgres, startRedis } from "../services/servers.ts";
import { cli, folder } from "./cli.ts";
import { installed } from "./receivers.ts";
import { fill, statusOf } from "./stores.ts";

/** Stands in URLs as it has to be written there. */
const PASSWORD = "p@ss/word:?#%";
const WRITTEN = encodeURIComponent(PASSWORD);

/** A folder with one driver installed. */
function having(driver: string): string {
	const cwd = folder();
	mkdirSync(join(cwd, "node_modules"));
	symlinkSync(resolve("node_modules", driver), join(cwd, "node_modules", driver));
	return cwd;
}

/** Asserts that nothing of the password is shown. */
function expectHidden(...texts: readonly string[]): void {
	for (const text of texts) {
		for (const secret of [PASSWORD, WRITTEN, "wrongwrong"]) {
			assert.ok(!text.includes(secret), text);
		}
	}
}

test("Redis", async () => {
	const server = await startRedis();
	const client = new Redis(server.port);
	await client.config("SET", "requirepass", PASSWORD);
	after(async () => {
		client.disconnect();
		await server.dispose();
	});
	const { redisStore } = installed("wallet-callback/stores/redis");
	for (const driver of ["redis", "ioredis"]) {
		const cwd = having(driver);
		const store = redisStore(client, { prefix: `of-${driver}` });
		await fill(store);
		const url = `redis://:${WRITTEN}@127.0.0.1:${server.port}`;
		const env = { WALLET_CALLBACK_STORE: url };
		const run = (...words: string[]) =>
			cli(["inbox", ...words, "--prefix", `of-${driver}`], { cwd, env });
		const listed = await run("list");
		assert.match(listed.stdout, /\n1 waiting, 1 leased, 2 dead\n$/, listed.stderr);
		const shown = await run("show", "msg_dead", "--receiver", "tp-wallet");
		assert.match(shown.stdout, /payload {4}kept\n\{\n {2}"type": "deposit\.confirmed"/);
		assert.equal((await run("retry", "msg_delivered", "--yes")).code, 0);
		assert.equal(await statusOf(store, "msg_delivered", "stripe:eu"), "claimed");
		assert.equal((await run("drop", "msg_dead", "--yes")).code, 0);
		assert.equal(await statusOf(store, "msg_dead", "tp-wallet"), "done");
		expectHidden(listed.stdout, shown.stdout);

		for (const [wrong, says] of [
			[`redis://:wrongwrong@127.0.0.1:${server.port}`, /^error: the store fails: .*WRONGPASS/],
			[
				`redis://:${WRITTEN}@127.0.0.1:${await freePort()}`,
				/^error: the store fails: nobody listens at \S+: is the server started\?\n$/,
			],
		] as const) {
			const { code, stdout, stderr } = await cli(["inbox", "list", "--store", wrong], { cwd });
			assert.deepEqual([code, stdout], [3, ""], stderr);
			assert.match(stderr, says);
			expectHidden(stderr);
		}
	}
});

test("PostgreSQL", async () => {
	const server = await startPostgres({ settings: { fsync: "off" } });
	const pool = new pg.Pool({ connectionString: server.url, max: 2 });
	after(async () => {
		await pool.end();
		await server.dispose();
	});
	const { postgresStore } = installed("wallet-callback/stores/postgres");
	const cwd = having("pg");
	// The drivers of the driver are beside it.
	const store = postgresStore(pool, { table: "own" });
	await store.migrate();
	await fill(store);
	const url = `postgres://postgres:${WRITTEN}@127.0.0.1:${server.port}/postgres`;
	const run = (...words: string[]) =>
		cli(["inbox", ...words, "--table", "own"], { cwd, env: { WALLET_CALLBACK_STORE: url } });
	const listed = await run("list");
	assert.match(listed.stdout, /\n1 waiting, 1 leased, 2 dead\n$/, listed.stderr);
	const shown = await run("show", "msg_dead");
	assert.match(shown.stdout, /payload {4}kept\n\{\n {2}"type": "deposit\.confirmed"/);
	assert.equal((await run("retry", "msg_dead", "--yes")).code, 0);
	assert.equal((await run("drop", "msg_waiting", "--yes")).code, 0);
	assert.equal((await store.take(1000, "tp-wallet"))?.claim.id, "msg_dead");
	assert.equal(await store.take(1000, "tp-wallet"), undefined);

	await pool.query(
		"CREATE TABLE before (id text, receiver text, state text, attempt int, due timestamptz, expires timestamptz, payload text)",
	);
	for (const [words, code, says] of [
		[["--store", url], 2, /^error: there is no table wallet_callback: pass its name as --table\n$/],
		[["--store", url, "--table", "before"], 2, /table before is that of an older version/],
		[["--store", url.replace(/\/postgres$/, "/nowhere")], 3, /^error: the store fails: .*nowhere/],
		[
			["--store", url.replace(`:${server.port}`, ":1")],
			3,
			/^error: the store fails: nobody listens at \S+: is the server started\?\n$/,
		],
	] as const) {
		const refused = await cli(["inbox", "list", ...words], { cwd });
		assert.deepEqual([refused.code, refused.stdout], [code, ""], refused.stderr);
		assert.match(refused.stderr, says);
		expectHidden(refused.stderr);
	}
});
