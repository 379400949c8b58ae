/** What the memory store does beyond the contract of stores: its bounds. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { test } from "node:test";
import type { Claim, ReplayStore } from "wallet-callback/stores/memory";
import { Random } from "../random.ts";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));
const { memoryStore, StoreError }: typeof import("wallet-callback/stores/memory") =
	require("wallet-callback/stores/memory");

const HASH = "a1".repeat(32);
const HOUR = 3_600_000;

async function claim(store: ReplayStore, id: string, retentionMs = HOUR): Promise<Claim> {
	const outcome = await store.claim(id, HASH, HOUR, retentionMs);
	assert.equal(outcome.status, "claimed", id);
	return outcome.claim;
}

async function complete(store: ReplayStore, id: string, retentionMs = HOUR): Promise<void> {
	assert.equal(await store.complete(await claim(store, id, retentionMs)), true);
}

async function status(store: ReplayStore, id: string): Promise<string> {
	return (await store.claim(id, "b2".repeat(32), HOUR, HOUR)).status;
}

const isFull = (error: unknown) => error instanceof StoreError && error.code === "full";

test("a full store forgets the completed callback that is nearest to its expiry, and says so", async () => {
	const evicted: string[] = [];
	const store = memoryStore({ maxEntries: 5, onEvict: (id) => evicted.push(id) });
	for (const [id, hours] of Object.entries({ a: 3, b: 1, c: 5, d: 2, e: 4 })) {
		await complete(store, id, hours * HOUR);
	}
	assert.deepEqual(evicted, []);
	for (const id of ["f", "g", "h", "i", "j"]) await complete(store, id, 9 * HOUR);
	assert.deepEqual(evicted, ["b", "d", "a", "e", "c"]);
	assert.equal(await status(store, "f"), "conflict");
	assert.equal(await status(store, "b"), "claimed");
	assert.deepEqual(evicted.slice(5), ["f"]);
});

test("the order of eviction holds for many callbacks with any retention, some forgotten before", async () => {
	const random = new Random(1);
	const evicted: number[] = [];
	const count = 2_000;
	const store = memoryStore({ maxEntries: count, onEvict: (id) => evicted.push(Number(id)) });
	// The ids are the retentions, so that their order is the order expected.
	const retentions = Array.from({ length: count }, (_, index) => HOUR + 60_000 * index);
	for (let left = count; left > 0; left--) {
		const [retention = 0] = retentions.splice(random.below(left), 1);
		await complete(store, String(retention), retention);
	}
	for (let index = 0; index < count; index++) await complete(store, `new ${index}`, 900 * HOUR);
	assert.equal(evicted.length, count);
	assert.deepEqual(
		evicted,
		evicted.toSorted((one, other) => one - other),
	);
});

test("callbacks that are not completed are never forgotten: the store is full", async () => {
	const evicted: string[] = [];
	const store = memoryStore({ maxEntries: 4, onEvict: (id) => evicted.push(id) });
	const leased = await claim(store, "leased", HOUR);
	await store.release(await claim(store, "released", HOUR), 0);
	await store.enqueue("queued", HASH, "payload", HOUR);
	await complete(store, "completed", 9 * HOUR);
	await claim(store, "new");
	assert.deepEqual(evicted, ["completed"]);

	await assert.rejects(store.claim("newer", HASH, HOUR, HOUR), isFull);
	await assert.rejects(store.enqueue("newer", HASH, "payload", HOUR), isFull);
	for (const id of ["leased", "released", "queued", "new"]) {
		assert.equal(await status(store, id), "conflict", id);
	}
	assert.equal(await store.complete(leased), true);
	await claim(store, "newer");
	assert.deepEqual(evicted, ["completed", "leased"]);
});

test("what has expired makes room, and is not reported", async () => {
	const evicted: string[] = [];
	const store = memoryStore({ maxEntries: 2, onEvict: (id) => evicted.push(id) });
	const completed = await store.claim("completed", HASH, 10, 10);
	assert.ok(completed.status === "claimed" && (await store.complete(completed.claim)));
	await store.claim("leased", HASH, 10, 10);
	await new Promise((resolve) => setTimeout(resolve, 40));
	await claim(store, "one");
	await claim(store, "two");
	assert.deepEqual(evicted, []);
	await assert.rejects(store.claim("three", HASH, HOUR, HOUR), isFull);
});

test("a full store goes on working without onEvict, and one entry is enough", async () => {
	const store = memoryStore({ maxEntries: 1 });
	for (let index = 0; index < 1_000; index++) await complete(store, `id ${index}`);
	assert.equal(await status(store, "id 999"), "conflict");
	assert.equal(await status(store, "id 998"), "claimed");
});

test("steps of the system's clock do not matter", async (context) => {
	const store = memoryStore();
	await complete(store, "completed");
	await claim(store, "leased");
	for (const step of [-10, 10, 1_000]) {
		context.mock.timers.enable({ apis: ["Date"], now: Date.now() + step * HOUR });
		assert.equal((await store.claim("completed", HASH, HOUR, HOUR)).status, "done");
		assert.equal((await store.claim("leased", HASH, HOUR, HOUR)).status, "busy");
		context.mock.timers.reset();
	}
});

test("100,000 random operations are answered as by a plain model", async () => {
	const random = new Random(2);
	const store = memoryStore({ maxEntries: 200 });
	const model = new Map<string, { token: string; state: "leased" | "free" | "done" }>();
	for (let count = 0; count < 100_000; count++) {
		const id = `id ${random.below(150)}`;
		const known = model.get(id);
		const claim = { id, receiver: "", token: known?.token ?? "none", attempt: 1 };
		const step = random.below(3);
		if (step === 0) {
			const outcome = await store.claim(id, HASH, HOUR, HOUR + random.below(HOUR));
			const expected = { leased: "busy", free: "claimed", done: "done" }[known?.state ?? "free"];
			assert.equal(outcome.status, expected);
			if (outcome.status === "claimed") {
				model.set(id, { token: outcome.claim.token, state: "leased" });
			}
		} else if (step === 1) {
			assert.equal(await store.release(claim, 0), known?.state === "leased");
			if (known?.state === "leased") known.state = "free";
		} else {
			const completes = known !== undefined && (known.state !== "leased" || random.below(20) === 0);
			if (!completes) continue;
			assert.equal(await store.complete(claim), true);
			known.state = "done";
		}
	}
	const states = [...model.values()].map(({ state }) => state);
	assert.ok(states.includes("done"));
});

test("lists begin with what is due first, and with what was given up last", async () => {
	const store = memoryStore();
	for (const id of ["a", "b", "c", "d"]) {
		assert.deepEqual(await store.enqueue(id, HASH, id, HOUR), { status: "stored" });
	}
	for (const delayMs of [3000, 1000, 4000, 2000]) {
		const taken = await store.take(HOUR);
		assert.ok(taken && (await store.release(taken.claim, delayMs)));
	}
	const ids = async (which: "inbox" | "dead", limit = 9) =>
		(await store.inbox.list(which, limit)).map(({ id }) => id).join("");
	assert.equal(await ids("inbox"), "bdac");
	assert.equal(await ids("inbox", 2), "bd");
	for (const id of ["f", "e", "g"]) {
		const buried = await store.inbox.bury(await claim(store, id), {
			type: "t",
			error: "e",
		} as never);
		assert.ok(buried);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	assert.equal(await ids("dead"), "gef");
	assert.equal(await ids("dead", 1), "g");
});

test("wrong options are refused by name", () => {
	for (const maxEntries of [
		0,
		-1,
		1.5,
		Number.NaN,
		Number.POSITIVE_INFINITY,
		2 ** 25,
		"10",
		null,
	]) {
		assert.throws(() => memoryStore({ maxEntries: maxEntries as number }), {
			name: "TypeError",
			message: /^maxEntries: expected an integer from 1 to 16777216, got /,
		});
	}
	for (const onEvict of ["log", {}, null]) {
		assert.throws(() => memoryStore({ onEvict: onEvict as () => void }), {
			name: "TypeError",
			message: /^onEvict: expected a function, got /,
		});
	}
	memoryStore({});
	memoryStore({ maxEntries: 2 ** 24 });
});

test("what is kept of 1,000,000 completed ids takes less than 170 MB, also after as many evictions", () => {
	const output = execFileSync(
		process.execPath,
		[...FLAGS, "--eval", MEASURE, require.resolve("wallet-callback/stores/memory")],
		{ encoding: "utf8" },
	);
	const { filled, evicting, evicted, kept } = JSON.parse(output);
	console.log(`1,000,000 ids: ${filled} MB, after 1,000,000 evictions: ${evicting} MB`);
	assert.ok(filled > 50, "the ids alone take that much");
	assert.ok(filled < 170 && evicting < 170);
	assert.deepEqual({ evicted, kept }, { evicted: 1_000_000, kept: "done" });
});

const FLAGS = ["--expose-gc"];

/** Before it measures, it does such work with a small store: what is left is what the ids take. */
const MEASURE = `
	const { memoryStore } = require(process.argv[1]);
	const hash = "a1".repeat(32);
	let made = 0;
	let last;
	async function fill(store, count) {
		for (const end = made + count; made < end; made++) {
			const scattered = Math.imul(made, 0x9e3779b1) >>> 0;
			// Joined, not concatenated: a flat string, as one from a socket is.
			last = ["msg_", String(scattered).padStart(13, "0"), String(made).padStart(14, "0")].join("");
			const { claim } = await store.claim(last, hash, 30_000, 6_000_000);
			await store.complete(claim);
		}
	}
	async function megabytes() {
		for (let count = 0; count < 5; count++) {
			gc();
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		const { heapUsed, external } = process.memoryUsage();
		return Math.round((heapUsed + external) / 1e6);
	}
	async function main() {
		await fill(memoryStore({ maxEntries: 1_000 }), 300_000);
		const before = await megabytes();
		let evicted = 0;
		const store = memoryStore({ onEvict: () => evicted++ });
		await fill(store, 1_000_000);
		const filled = await megabytes() - before;
		await fill(store, 1_000_000);
		const evicting = await megabytes() - before;
		const { status: kept } = await store.claim(last, hash, 30_000, 6_000_000);
		console.log(JSON.stringify({ filled, evicting, evicted, kept }));
	}
	main();
`;
