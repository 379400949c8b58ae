/** What init writes for Redis and PostgreSQL answers real callbacks, once each. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { freePort } from "../ports.ts";
import { type Server, startPostgres, startRedis } from "../services/servers.ts";
import { BIN, cli } from "./cli.ts";

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

/** Sends the same event, until somebody answers. */
async function deliver(url: string): Promise<string> {
	const event = ["--seed", "7", "--set", "timestamp=2026-03-05T21:19:57Z", "--id", "msg_7"];
	const words = ["send", "deposit.confirmed", "--url", url, ...event];
	for (const end = Date.now() + 30_000; ; ) {
		const { code, stdout, stderr } = await cli(words, { env: { WALLET_CALLBACK_SECRET: SECRET } });
		if (code !== 3 || Date.now() > end) return `${stdout}${stderr}`;
	}
}
