/** Callbacks that are acknowledged before they are handled. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeadLetter, Receiver, ReplayStore } from "wallet-callback/receiver";
import {
	CONSUMER,
	createReceiver,
	DUPLICATE,
	deliver,
	deposit,
	expectAnswer,
	Gate,
	Log,
	memoryStore,
	never,
	OK,
	refused,
	SECRET,
	STORE_UNAVAILABLE,
	signed,
	storeWith,
	until,
} from "./receivers.ts";

const FAST = { keys: SECRET, acknowledge: "before-handling" } as const;
const CLOSING = refused(503, "closing");

/** A memory store that is `factor` times faster about giving entries back, and notes the delays. */
function impatient(factor: number): { store: ReplayStore; delays: number[] } {
	const delays: number[] = [];
	const inner = memoryStore();
	const release: ReplayStore["release"] = (claim, delayMs) => {
		delays.push(delayMs);
		return inner.release(claim, delayMs / factor);
	};
	return { store: storeWith({ release }, inner), delays };
}

async function deliverMany(receiver: Receiver, count: number, from = 0): Promise<void> {
	for (let index = from; index < from + count; index += 1) {
		await expectAnswer(receiver, signed(deposit(`dep_${index}`), { id: `msg_${index}` }), OK);
	}
}

test("the sender is answered before the handler ends", async () => {
	const gate = new Gate();
	let runs = 0;
	const log = new Log();
	const receiver = createReceiver({
		...FAST,
		store: memoryStore(),
		log,
		onAny: () => {
			runs += 1;
			return gate.opened;
		},
	});
	const callback = signed(deposit(), { id: "msg_1" });
	await expectAnswer(receiver, callback, OK);
	assert.deepEqual(log.outcomes, ["acknowledged"]);
	await expectAnswer(receiver, callback, DUPLICATE);
	await until(() => runs === 1, "the handler runs");
	await expectAnswer(receiver, callback, DUPLICATE);
	const other = signed(deposit("dep_other"), { id: "msg_1" });
	await expectAnswer(receiver, other, refused(422, "id_conflict"));
	gate.open();
	await receiver.drain();
	assert.equal(log.last.outcome, "handled");
	assert.equal(log.last.id, "msg_1");
	await expectAnswer(receiver, callback, DUPLICATE);
	assert.equal(runs, 1);
	await receiver.close();
});

test("an event that cannot be kept is not acknowledged", async () => {
	for (const enqueue of [never, () => Promise.reject(new Error("gone"))]) {
		const store = storeWith({ enqueue });
		const onAny = () => assert.fail("handled");
		const receiver = createReceiver({ ...FAST, store, onAny, storeTimeoutSeconds: 0.1 });
		await expectAnswer(receiver, signed(), STORE_UNAVAILABLE);
		await receiver.close();
	}
});

test("waitUntil gets the work", async () => {
	let done = false;
	const works: Promise<unknown>[] = [];
	const receiver = createReceiver({
		...FAST,
		store: memoryStore(),
		onAny: async () => {
			await sleep(50);
			done = true;
		},
	});
	await expectAnswer(receiver, signed(), OK, { waitUntil: (work) => works.push(work) });
	assert.equal(works.length, 1);
	assert.equal(done, false);
	await works[0];
	assert.equal(done, true);
	await receiver.close();
});

test("a context of a class keeps its `this`", async () => {
	class ExecutionContext {
		readonly #works: Promise<unknown>[] = [];
		waitUntil(work: Promise<unknown>): void {
			this.#works.push(work);
		}
		get count(): number {
			return this.#works.length;
		}
	}
	const context = new ExecutionContext();
	const receiver = createReceiver({ ...FAST, store: memoryStore() });
	await expectAnswer(receiver, signed(), OK, context);
	assert.equal(context.count, 1);
	await receiver.close();
});

for (const concurrency of [1, 3, 8]) {
	test(`${concurrency} at the same time, no more and no fewer`, async () => {
		let running = 0;
		let most = 0;
		let runs = 0;
		const receiver = createReceiver({
			...FAST,
			store: memoryStore(),
			concurrency,
			onAny: async () => {
				running += 1;
				runs += 1;
				most = Math.max(most, running);
				await sleep(15);
				running -= 1;
			},
		});
		await deliverMany(receiver, 30);
		await receiver.drain();
		assert.deepEqual([runs, most, running], [30, concurrency, 0]);
		await receiver.close();
	});
}

test("drain handles what a receiver that hangs has left behind", async () => {
	const inner = memoryStore();
	// It ends in the midst of its first event.
	const crashed = createReceiver({
		...FAST,
		store: inner,
		concurrency: 1,
		leaseSeconds: 0.1,
		onAny: never,
	});
	const left = signed();
	await expectAnswer(crashed, left, OK);
	const closed = crashed.close();
	const tries = new Map<string, number[]>();
	const blind = createReceiver({
		...FAST,
		store: storeWith({ take: async () => undefined }, inner),
	});
	await deliverMany(blind, 10);
	await blind.close();
	const next = createReceiver({
		keys: SECRET,
		store: inner,
		onAny: ({ id, attempt }) => void tries.set(id, [...(tries.get(id) ?? []), attempt]),
	});
	const isLeft = (id: string) => id === left.headers["webhook-id"];
	await next.drain();
	// On a slow machine, what was left may be due as well.
	const begun = [...tries.keys()].filter((id) => !isLeft(id));
	assert.equal(begun.length, 10, "those that nobody has begun are due at once");
	await closed;
	// The failed try is due one second later.
	await sleep(1050);
	await next.drain();
	assert.equal(tries.size, 11);
	for (const [id, attempts] of tries) assert.deepEqual(attempts, [isLeft(id) ? 2 : 1]);
});

test("the next receiver handles what is left without being told", async () => {
	const inner = memoryStore();
	const blind = storeWith({ take: async () => undefined }, inner);
	const crashed = createReceiver({ ...FAST, store: blind });
	await deliverMany(crashed, 5);
	const handled: string[] = [];
	const next = createReceiver({ ...FAST, store: inner, onAny: ({ id }) => handled.push(id) });
	await until(() => handled.length === 5, "all are handled");
	assert.equal(new Set(handled).size, 5);
	await next.close();
	await crashed.close();
});

test("an event that fails is tried again, later and later", async () => {
	const { store, delays } = impatient(1000);
	const attempts: number[] = [];
	const log = new Log();
	const receiver = createReceiver({
		...FAST,
		store,
		log,
		onAny: ({ attempt }) => {
			attempts.push(attempt);
			if (attempt < 5) throw new Error("not yet");
		},
	});
	await expectAnswer(receiver, signed(), OK);
	for (let index = 0; index < 5; index += 1) {
		await receiver.drain();
		await sleep(10);
	}
	assert.deepEqual(attempts, [1, 2, 3, 4, 5]);
	assert.deepEqual(delays, [1000, 2000, 4000, 8000]);
	const failed = ["failed", "failed", "failed", "failed"];
	assert.deepEqual(log.outcomes, ["acknowledged", ...failed, "handled"]);
	await receiver.close();
});

test("the delay grows to an hour and no further", async () => {
	const delays: number[] = [];
	let attempt = 0;
	const store = storeWith({
		take: async () => {
			attempt += 1;
			if (attempt > 60) return undefined;
			const event = { type: "x", timestamp: "", data: {}, known: false };
			return {
				claim: { id: "msg_1", receiver: "", token: "t", attempt },
				payload: JSON.stringify({ event }),
			};
		},
		release: async (_, delayMs) => {
			delays.push(delayMs);
			return true;
		},
	});
	const onAny = () => Promise.reject(new Error("no"));
	await createReceiver({ keys: SECRET, store, concurrency: 1, onAny }).drain();
	assert.equal(delays.length, 60);
	assert.deepEqual(delays.slice(10, 14), [1_024_000, 2_048_000, 3_600_000, 3_600_000]);
	assert.ok(delays.every((delay, index) => delay >= (delays[index - 1] ?? 0)));
	assert.equal(delays.at(-1), 3_600_000);
});

test("the background look picks up what failed", async () => {
	let runs = 0;
	const receiver = createReceiver({
		...FAST,
		store: impatient(10).store,
		onAny: ({ attempt }) => {
			runs += 1;
			if (attempt === 1) throw new Error("not yet");
		},
	});
	await expectAnswer(receiver, signed(), OK);
	await until(() => runs === 2, "it is tried again");
	await receiver.close();
});

test("events that cannot be handled go to onDeadLetter", async () => {
	const letters: DeadLetter[] = [];
	const receiver = createReceiver({
		...FAST,
		store: impatient(1000).store,
		maxAttempts: 2,
		onAny: () => Promise.reject(new Error("never")),
		onDeadLetter: (letter) => letters.push(letter),
	});
	const callback = signed();
	await expectAnswer(receiver, callback, OK);
	for (let index = 0; index < 4; index += 1) {
		await receiver.drain();
		await sleep(10);
	}
	assert.deepEqual(
		letters.map(({ attempt, error }) => [attempt, String(error)]),
		[[2, "Error: never"]],
	);
	await expectAnswer(receiver, callback, DUPLICATE);
	await receiver.close();
});

test("entries that are taken too late are given back, and are no attempts", async () => {
	const inner = memoryStore();
	let late = 3;
	let given = 0;
	const store = storeWith(
		{
			take: async (...args) => {
				const entry = await inner.take(...args);
				if (entry !== undefined && late > 0) await sleep(100);
				return entry;
			},
			release: async (...args) => {
				const released = await inner.release(...args);
				given += 1;
				return released;
			},
			inbox: inner.inbox,
		},
		inner,
	);
	const attempts: number[] = [];
	const receiver = createReceiver({
		...FAST,
		store,
		log: false,
		maxAttempts: 3,
		storeTimeoutSeconds: 0.02,
		onAny: ({ attempt }) => void attempts.push(attempt),
		onDeadLetter: () => assert.fail("given up"),
	});
	await expectAnswer(receiver, signed(), OK);
	for (; late > 0; late -= 1) {
		const before = given;
		await receiver.drain();
		assert.ok(given > before, "the entry is given back before the drain ends");
	}
	await receiver.drain();
	assert.deepEqual(attempts, [1]);
	assert.deepEqual(await inner.inbox.list("dead", 9), []);
	await receiver.close();
});

test("a drain ends although the store never gives an entry", async () => {
	// As long as the pause between two looks, and longer.
	const settings = { storeTimeoutSeconds: 1.2, log: false as const };
	const store = storeWith({ take: () => new Promise(() => {}) });
	const receiver = createReceiver({ ...FAST, ...settings, store, onAny: () => {} });
	await expectAnswer(receiver, signed(), OK);
	const late = sleep(8000, "late", { ref: false });
	assert.equal(await Promise.race([receiver.drain(), late]), undefined);
	await receiver.close();
});

test("bytes survive the inbox", async () => {
	const bytes = Uint8Array.from({ length: 256 }, (_, index) => 255 - index);
	for (const body of [bytes, Uint8Array.of(0xff), "", '{"a":[1,"é"],"__proto__":{"b":2}}']) {
		const payloads: unknown[] = [];
		const receiver = createReceiver({
			...FAST,
			sender: "svix",
			store: memoryStore(),
			onAny: ({ event }) => payloads.push(event.payload),
		});
		await expectAnswer(receiver, signed(body, { sender: "svix" }), OK);
		await receiver.drain();
		assert.equal(payloads.length, 1);
		const [payload] = payloads;
		if (typeof body === "string") {
			assert.deepEqual(payload, body === "" ? undefined : JSON.parse(body));
		} else {
			assert.ok(payload instanceof Uint8Array);
			assert.deepEqual([...payload], [...body]);
		}
		await receiver.close();
	}
});

test("an event that comes while the last worker finds nothing is handled by the drain", async () => {
	const inner = memoryStore();
	const looked = new Gate();
	let takes = 0;
	const take: ReplayStore["take"] = async (...given) => {
		takes += 1;
		const entry = await inner.take(...given);
		if (takes === 1) await looked.opened;
		return entry;
	};
	let runs = 0;
	const receiver = createReceiver({
		...FAST,
		store: storeWith({ take }, inner),
		concurrency: 1,
		onAny: () => {
			runs += 1;
		},
	});
	await until(() => takes === 1, "the worker looks");
	const works: Promise<unknown>[] = [];
	await expectAnswer(receiver, signed(), OK, { waitUntil: (work) => works.push(work) });
	looked.open();
	await works[0];
	assert.equal(runs, 1);
	await receiver.close();
});

test("when close resolves, no handler runs, and none begins later", async () => {
	const inner = memoryStore();
	const blind = storeWith({ take: async () => undefined }, inner);
	const before = createReceiver({ ...FAST, store: blind });
	await deliverMany(before, 2);
	await before.close();
	const running = new Set<string>();
	let closed = false;
	const late: string[] = [];
	const receiver = createReceiver({
		...FAST,
		store: inner,
		onAny: async ({ id }) => {
			if (closed) late.push(id);
			running.add(id);
			await sleep(id === "msg_0" ? 5 : 100);
			running.delete(id);
		},
	});
	await receiver.close();
	closed = true;
	assert.deepEqual([...running], []);
	await sleep(50);
	assert.deepEqual(late, []);
});

test("close ends what has been begun and leaves the rest to the next receiver", async () => {
	const store = memoryStore();
	let runs = 0;
	const receiver = createReceiver({
		...FAST,
		store,
		concurrency: 1,
		onAny: async () => {
			runs += 1;
			await sleep(30);
		},
	});
	await deliverMany(receiver, 20);
	const begun = runs;
	const start = performance.now();
	await receiver.close();
	assert.ok(performance.now() - start < 3000);
	assert.ok(runs <= begun + 1, `${begun} had begun, ${runs} ran`);
	const before = runs;
	const onAny = () => {
		runs += 1;
	};
	await createReceiver({ keys: SECRET, store, onAny }).drain();
	assert.equal(runs, 20, `${before} of 20 before`);
});

test("close waits for callbacks that are being handled, and turns others away", async () => {
	const gate = new Gate();
	let begun = false;
	const onAny = () => {
		begun = true;
		return gate.opened;
	};
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), onAny });
	const first = deliver(receiver);
	await until(() => begun, "it has begun");
	let closed = false;
	const closing = receiver.close().then(() => {
		closed = true;
	});
	const headers = await expectAnswer(receiver, signed(), CLOSING);
	assert.match(headers.get("retry-after") ?? "", /^[1-9]\d*$/);
	await sleep(20);
	assert.equal(closed, false);
	gate.open();
	await closing;
	assert.equal((await first).status, 200);
	await expectAnswer(receiver, signed(), CLOSING);
	await receiver.close();
});

/** Runs a program that has the package, and gives what it printed. */
function run(program: string): string {
	const { stdout, stderr, status, signal } = spawnSync(process.execPath, ["-e", program], {
		cwd: CONSUMER,
		encoding: "utf8",
		timeout: 8000,
	});
	assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: "" });
	return stdout;
}

const PREAMBLE = `
	const { createReceiver } = require("wallet-callback/receiver");
	const { memoryStore } = require("wallet-callback/stores/memory");
	const { sign } = require("wallet-callback");
	const key = ${JSON.stringify(SECRET)};
	const body = ${JSON.stringify(deposit())};
	const request = (headers = {}) => new Request("https://pay.example/", { method: "POST", body,
		headers: { "content-type": "application/json", ...sign({ body, key }).headers, ...headers } });
`;

test("looking for what is due does not keep the program alive", () => {
	const start = performance.now();
	const output = run(`${PREAMBLE}
		const receiver = createReceiver({ keys: key, store: memoryStore(), acknowledge: "before-handling",
			onAny: () => console.log("handled") });
		receiver(request()).then(({ status }) => console.log(status));
	`);
	assert.deepEqual(output.trim().split("\n").sort(), ["200", "handled"]);
	assert.ok(performance.now() - start < 4000);
});

test("on Workers nothing goes on by itself, and the edge says who the client is", () => {
	const output = run(`
		Object.defineProperty(globalThis, "navigator", { value: { userAgent: "Cloudflare-Workers" } });
		${PREAMBLE}
		const store = memoryStore();
		let takes = 0;
		const counted = {
			claim: (...all) => store.claim(...all), complete: (...all) => store.complete(...all),
			release: (...all) => store.release(...all), enqueue: (...all) => store.enqueue(...all),
			take: (...all) => { takes += 1; return store.take(...all); },
		};
		const records = [];
		const keep = (record) => records.push(record);
		const receiver = createReceiver({ keys: key, store: counted, acknowledge: "before-handling",
			onAny() {}, allowedIps: ["203.0.113.7"], log: { info: keep, warn: keep, error: keep } });
		(async () => {
			const works = [];
			const waitUntil = (work) => works.push(work);
			const before = takes;
			const spoofed = { "cf-connecting-ip": "198.51.100.1", "x-forwarded-for": "203.0.113.7" };
			const { status: refused } = await receiver(request(spoofed), { waitUntil });
			const genuine = { "cf-connecting-ip": "203.0.113.7", "x-forwarded-for": "198.51.100.1" };
			const { status } = await receiver(request(genuine), { waitUntil });
			await Promise.all(works);
			console.log(before, refused, status, works.length, records.map(({ ip }) => ip ?? "-").join());
		})();
	`);
	assert.equal(output.trim(), "0 403 200 1 198.51.100.1,203.0.113.7,-");
});
