// What a callback costs a store: round trips to Redis, and memory of the store in memory. Prints
// JSON: node --expose-gc --import tsx receiver-stores.mjs <consumer>.
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { createClient } from "redis";
import { startProxy, startRedis } from "../../tests/services/servers.ts";
import { createCallbacks, secret } from "./callbacks.mjs";

const load = createRequire(`${process.argv[2]}/package.json`);
const CALLBACKS = 1000;
const IDS = 1_000_000;

console.log(
	JSON.stringify({ redisRoundTrips: await roundTrips(), memoryBytes: await memoryBytes() }),
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

/** By how much this process grows with a million handled callbacks. */
async function memoryBytes() {
	const { memoryStore } = load("wallet-callback/stores/memory");
	const hash = randomBytes(32).toString("hex");
	const store = memoryStore();
	globalThis.gc();
	const before = process.memoryUsage().rss;
	for (let index = 0; index < IDS; index++) {
		const id = ["msg", randomBytes(14).toString("hex").slice(1)].join("_");
		const { claim } = await store.claim(id, hash, 30_000, 604_800_000);
		await store.complete(claim);
	}
	globalThis.gc();
	return process.memoryUsage().rss - before;
}
