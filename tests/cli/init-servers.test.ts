/** What init writes for Redis and PostgreSQL answers real callbacks, once each. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "../ports.ts";
import { type Server, startPostgres, startRedis } from "../services/servers.ts";
import { BIN, cli, cliAgain } from "./cli.ts";

// In here, drivers are found in the project's node_modules.
const place = resolve("target/init-servers");
const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;

before(() => {
	rmSync(place, { recursive: true, force: true });
	mkdirSync(join(place, "node_modules"), { recursive: true });
	const installed = dirname(dirname(BIN));
	symlinkSync(join(installed, "wallet-callback"), join(place, "node_modules/wallet-callback"));
	writeFileSync(join(place, "package.json"), '{ "private": true, "type": "module" }\n');
});

for (const [framework, store, variable, start] of [
	["express", "redis", "REDIS_URL", startRedis],
	["fastify", "postgres", "DATABASE_URL", startPostgres],
] as const) {
	test(`${framework} with ${store}`, async () => {
		const server: Server = await start();
		after(() => server.dispose());
		const dir = join(place, store);
		const words = ["--framework", framework, "--store", store, "--sender", "tp-wallet"];
		assert.equal((await cli(["init", ...words, "--dir", dir])).code, 0);
		const port = await freePort();
		const env = { ...process.env, [variable]: server.url, PORT: `${port}` };
		const run = () =>
			spawn(process.execPath, ["server.mjs"], {
				cwd: dir,
				env: { ...env, WALLET_CALLBACK_SECRET: SECRET, NODE_TEST_CONTEXT: undefined },
				stdio: ["ignore", "ignore", "inherit"],
			});
		for (const expected of ['{"code":0}', '{"code":0,"duplicate":true}']) {
			// The second one is another process: what it knows is from the store.
			const child = run();
			after(() => child.kill());
			const printed = await deliver(`http://127.0.0.1:${port}/callback`);
			assert.ok(printed.includes(`← 200 ${expected} in`), printed);
			child.kill();
			await new Promise((resolve) => child.once("exit", resolve));
		}
	});
}

test("a process outlives a connection to PostgreSQL that is lost", async () => {
	const server = await startPostgres();
	after(() => server.dispose());
	const dir = join(place, "lost");
	const words = ["--framework", "node", "--store", "postgres", "--sender", "tp-wallet"];
	assert.equal((await cli(["init", ...words, "--dir", dir])).code, 0);
	const port = await freePort();
	const child = spawn(process.execPath, ["server.mjs"], {
		cwd: dir,
		env: {
			...process.env,
			DATABASE_URL: server.url,
			PORT: `${port}`,
			WALLET_CALLBACK_SECRET: SECRET,
			NODE_TEST_CONTEXT: undefined,
		},
		stdio: ["ignore", "ignore", "pipe"],
	});
	after(() => child.kill());
	await deliver(`http://127.0.0.1:${port}/`);
	const reported = once(child.stderr, "data");
	const client = new pg.Client(server.url);
	await client.connect();
	await client.query(
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
	);
	await client.end();
	assert.match(String(await reported), /terminating connection/);
	const printed = await deliver(`http://127.0.0.1:${port}/`);
	assert.ok(printed.includes('← 200 {"code":0,"duplicate":true} in'), printed);
	assert.equal(child.exitCode, null);
});

for (const [store, variable, start] of [
	["redis", "REDIS_URL", startRedis],
	["postgres", "DATABASE_URL", startPostgres],
] as const) {
	test(`a route of Next.js with ${store} connects with the first request`, async () => {
		const server: Server = await start();
		after(() => server.dispose());
		const dir = join(place, `next-${store}`);
		const words = ["--framework", "next", "--store", store, "--sender", "tp-wallet"];
		assert.equal((await cli(["init", ...words, "--dir", dir])).code, 0);
		const program = `
			import { sampleEvent, signedRequest } from "wallet-callback/testing";
			import { POST } from "./app/callback/route.js";
			const key = process.env.WALLET_CALLBACK_SECRET;
			const url = "http://localhost:3000/callback";
			const request = signedRequest(sampleEvent("deposit.confirmed"), { key, url });
			const again = request.clone();
			for (const one of [request, again]) console.log(await (await POST(one)).text());
			process.exit();`;
		const env = { ...process.env, [variable]: server.url, WALLET_CALLBACK_SECRET: SECRET };
		const run = (words: readonly string[]) =>
			promisify(execFile)(process.execPath, words, { cwd: dir, env });
		if (store === "postgres") await run(["migrate.mjs"]);
		const { stdout } = await run(["--input-type=module", "--eval", program]);
		const answers = stdout.split("\n").filter((line) => line.startsWith("{"));
		assert.deepEqual(answers, ['{"code":0}', '{"code":0,"duplicate":true}']);
	});
}

/** Sends the same event, until somebody answers. */
async function deliver(url: string): Promise<string> {
	const event = ["--seed", "7", "--set", "timestamp=2026-03-05T21:19:57Z", "--id", "msg_7"];
	const words = ["send", "deposit.confirmed", "--url", url, ...event];
	for (const end = Date.now() + 30_000; ; ) {
		const { code, stdout, stderr } = await cliAgain(words, { WALLET_CALLBACK_SECRET: SECRET });
		if (code !== 3 || Date.now() > end) return `${stdout}${stderr}`;
	}
}
