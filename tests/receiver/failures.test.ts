/** What goes wrong in handlers and in stores, and what becomes of the callback. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeadLetter, HandlerContext, ReplayStore } from "wallet-callback/receiver";
import {
	ADDRESS,
	createReceiver,
	DUPLICATE,
	deliver,
	deposit,
	expectAnswer,
	Gate,
	HANDLER_FAILED,
	IN_PROGRESS,
	Log,
	memoryStore,
	never,
	OK,
	SECRET,
	STORE_UNAVAILABLE,
	signed,
	storeWith,
	until,
} from "./receivers.ts";

const thrown: readonly (readonly [what: string, value: unknown])[] = [
	["an error", new Error("boom")],
	["nothing", undefined],
	["null", null],
	["a text", "boom"],
	["a symbol", Symbol("boom")],
	["a bigint", 5n],
	["a frozen error", Object.freeze(new TypeError("boom"))],
	["an object without a prototype", Object.create(null)],
	[
		"an object that cannot be told as text",
		{
			toString() {
				throw new Error("no");
			},
		},
	],
	[
		"an error that cannot be looked at",
		Object.defineProperty(new Error("boom"), "message", {
			get() {
				throw new Error("no");
			},
		}),
	],
];

for (const [what, value] of thrown) {
	test(`a handler that throws ${what}`, async () => {
		for (const onAny of [
			() => {
				throw value;
			},
			() => Promise.reject(value),
		]) {
			const log = new Log();
			const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log, onAny });
			await expectAnswer(receiver, signed(), HANDLER_FAILED);
			assert.deepEqual(log.outcomes, ["failed"]);
		}
	});

	test(`a store that rejects with ${what}`, async () => {
		const reject = () => Promise.reject(value);
		const log = new Log();
		const fail = () => {
			throw new Error("failed");
		};
		for (const [changes, onAny, expected, outcome] of [
			[{ claim: reject }, undefined, STORE_UNAVAILABLE, "store_unavailable"],
			[{ complete: reject }, undefined, OK, "not_recorded"],
			[{ release: reject }, fail, HANDLER_FAILED, "failed"],
		] as const) {
			const store = storeWith(changes);
			const options = { keys: SECRET, store, log, onAny, storeTimeoutSeconds: 0.1 };
			await expectAnswer(createReceiver(options), signed(), expected);
			assert.equal(log.last.outcome, outcome);
		}
	});
}

test("a store that throws at once, or gives nothing, is one that is away", async () => {
	for (const claim of [
		() => {
			throw new Error("not connected");
		},
		() => undefined,
		async () => undefined,
		async () => ({ status: "whatever" }),
	]) {
		const store = storeWith({ claim: claim as never });
		const onAny = () => assert.fail("handled without a claim");
		await expectAnswer(createReceiver({ keys: SECRET, store, onAny }), signed(), STORE_UNAVAILABLE);
	}
});

/** Asserts how long something takes, in milliseconds. */
async function timed<T>(from: number, to: number, work: Promise<T>): Promise<T> {
	const start = performance.now();
	const value = await work;
	const took = performance.now() - start;
	assert.ok(took >= from && took <= to, `took ${took} ms, expected ${from} to ${to}`);
	return value;
}

test("a handler that hangs is given up when its lease runs out, and cannot complete later", async () => {
	const gate = new Gate();
	const completed: string[] = [];
	const inner = memoryStore();
	const store = storeWith(
		{
			complete: (claim) => {
				completed.push(claim.token);
				return inner.complete(claim);
			},
		},
		inner,
	);
	const contexts: HandlerContext[] = [];
	const aborted: boolean[] = [];
	const receiver = createReceiver({
		keys: SECRET,
		store,
		leaseSeconds: 0.2,
		onAny: async (context) => {
			contexts.push(context);
			const { signal } = context;
			if (context.attempt > 1) return;
			signal.addEventListener("abort", () => aborted.push(true));
			await gate.opened;
		},
	});
	const callback = signed();
	await timed(190, 3000, expectAnswer(receiver, callback, HANDLER_FAILED));
	assert.deepEqual(aborted, [true]);
	assert.equal(contexts[0]?.signal.aborted, true);
	gate.open();
	await sleep(20);
	assert.deepEqual(completed, [], "a handler that was given up has completed");
	await expectAnswer(receiver, callback, OK);
	assert.deepEqual(
		contexts.map(({ attempt }) => attempt),
		[1, 2],
	);
	assert.deepEqual(completed, [contexts[1]?.claim.token]);
	const [first, second] = contexts;
	assert.ok(first !== undefined && second !== undefined);
	assert.equal(await store.complete(first.claim), false, "the first claim is no longer the newest");
});

test("a handler that asks for its signal only when its lease is over finds it aborted", async () => {
	let aborted: boolean | undefined;
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		leaseSeconds: 0.05,
		onAny: async (context) => {
			await sleep(100);
			aborted = context.signal.aborted;
		},
	});
	await expectAnswer(receiver, signed(), HANDLER_FAILED);
	await sleep(100);
	assert.equal(aborted, true);
});

test("what a handler throws after it was given up goes nowhere", async (t) => {
	const unhandled: unknown[] = [];
	const note = (reason: unknown) => unhandled.push(reason);
	process.on("unhandledRejection", note);
	t.after(() => process.off("unhandledRejection", note));
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		leaseSeconds: 0.05,
		onAny: async () => {
			await sleep(80);
			throw new Error("too late");
		},
	});
	await expectAnswer(receiver, signed(), HANDLER_FAILED);
	await sleep(60);
	assert.deepEqual(unhandled, []);
});

test("a lease begins with the claim, however long the body took", async () => {
	const { headers, body } = signed();
	const stream = new ReadableStream<Uint8Array>({
		async start(controller) {
			await sleep(600);
			controller.enqueue(Buffer.from(body));
			controller.close();
		},
	});
	const init: RequestInit & { duplex: "half" } = {
		method: "POST",
		headers,
		body: stream,
		duplex: "half",
	};
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		leaseSeconds: 0.5,
		onAny: () => sleep(50),
	});
	await expectAnswer(receiver, new Request(ADDRESS, init), OK);
});

test("who has lost the lease does not say that it is done", async () => {
	const gate = new Gate();
	const log = new Log();
	const inner = memoryStore();
	// Its handler lets nothing else run until the lease is over: then the second one may claim, too.
	const first = createReceiver({
		keys: SECRET,
		store: inner,
		log,
		leaseSeconds: 0.05,
		onAny: () => {
			const end = performance.now() + 100;
			while (performance.now() < end);
			return gate.opened;
		},
	});
	const second = createReceiver({ keys: SECRET, store: inner });
	const callback = signed();
	const started = deliver(first, callback);
	await sleep(0);
	await expectAnswer(second, callback, OK);
	gate.open();
	await started;
	assert.ok(["failed", "lease_lost"].includes(String(log.last.outcome)));
	await expectAnswer(second, callback, DUPLICATE);
});

test("the lease of a handler that lets nothing else run ends when it is over", async () => {
	let toldInTime: boolean | undefined;
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		leaseSeconds: 0.2,
		onAny: async ({ signal }) => {
			for (let turn = 0; turn < 5; turn++) await undefined;
			const end = performance.now() + 300;
			while (performance.now() < end);
			await sleep(100);
			toldInTime = signal.aborted;
		},
	});
	await expectAnswer(receiver, signed(), HANDLER_FAILED);
	await sleep(150);
	assert.equal(toldInTime, true);
});

test("a claim that was taken over at the end is in progress elsewhere", async () => {
	const log = new Log();
	const store = storeWith({ complete: async () => false });
	const receiver = createReceiver({ keys: SECRET, store, log });
	const headers = await expectAnswer(receiver, signed(), IN_PROGRESS);
	assert.match(headers.get("retry-after") ?? "", /^[1-9]\d*$/);
	assert.deepEqual(log.outcomes, ["lease_lost"]);
});

test("the caller's signal aborts the handler's", async () => {
	for (const early of [true, false]) {
		const controller = new AbortController();
		const gate = new Gate<unknown>();
		const receiver = createReceiver({
			keys: SECRET,
			store: memoryStore(),
			onAny: ({ signal }) => {
				if (signal.aborted) gate.open(signal.reason);
				else signal.addEventListener("abort", () => gate.open(signal.reason));
				if (!early) controller.abort("bye");
				return gate.opened;
			},
		});
		if (early) controller.abort("bye");
		await expectAnswer(receiver, signed(), OK, { signal: controller.signal });
		assert.equal(await gate.opened, "bye");
	}
});

test("the caller's signal is not listened to when all is done", async () => {
	let listeners = 0;
	const { signal } = new AbortController();
	const add = signal.addEventListener.bind(signal);
	const remove = signal.removeEventListener.bind(signal);
	signal.addEventListener = ((...args: Parameters<typeof add>) => {
		listeners += 1;
		add(...args);
	}) as typeof add;
	signal.removeEventListener = ((...args: Parameters<typeof remove>) => {
		listeners -= 1;
		remove(...args);
	}) as typeof remove;
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		onAny: ({ signal: own }) => own.aborted,
	});
	await expectAnswer(receiver, signed(), OK, { signal });
	assert.equal(listeners, 0);
});

test("after maxAttempts an event goes to onDeadLetter, and its sender is told that all is well", async () => {
	const letters: DeadLetter[] = [];
	const log = new Log();
	let runs = 0;
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		log,
		maxAttempts: 3,
		onAny: ({ attempt }) => {
			runs += 1;
			throw new Error(`try ${attempt}`);
		},
		onDeadLetter: (letter) => {
			letters.push(letter);
			letter.log.error({}, "buried");
		},
	});
	const callback = signed(deposit("dep_9"), { id: "msg_9" });
	await expectAnswer(receiver, callback, HANDLER_FAILED);
	await expectAnswer(receiver, callback, HANDLER_FAILED);
	assert.equal(letters.length, 0);
	await expectAnswer(receiver, callback, OK);
	await expectAnswer(receiver, callback, DUPLICATE);
	assert.equal(runs, 3);
	const [letter, ...others] = letters;
	assert.ok(letter?.event.type === "deposit.confirmed" && others.length === 0);
	assert.equal(letter.event.data.depositId, "dep_9");
	assert.deepEqual([letter.id, letter.attempt, String(letter.error)], ["msg_9", 3, "Error: try 3"]);
	assert.deepEqual(log.outcomes, ["failed", "failed", undefined, "dead_letter", "duplicate"]);
	const names = { id: "msg_9", type: "deposit.confirmed", attempt: 3 };
	assert.deepEqual(log.entries[2]?.record, names);
});

test("maxAttempts without onDeadLetter gives up quietly", async () => {
	const log = new Log();
	const onAny = () => Promise.reject(new Error("boom"));
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		log,
		maxAttempts: 1,
		onAny,
	});
	await expectAnswer(receiver, signed(), OK);
	assert.deepEqual(log.outcomes, ["dead_letter"]);
	assert.equal((log.last.error as Error).message, "boom");
});

test("onDeadLetter that fails or hangs makes for another try of itself, not of the handler", async () => {
	for (const [fails, leaseSeconds, expected] of [
		[() => Promise.reject(new Error("mail is down")), 30, 20_000],
		[never, 0.5, 10_000],
	] as const) {
		let runs = 0;
		let letters = 0;
		const receiver = createReceiver({
			keys: SECRET,
			store: memoryStore(),
			maxAttempts: 1,
			leaseSeconds,
			onAny: () => {
				runs += 1;
				throw new Error("boom");
			},
			onDeadLetter: () => {
				letters += 1;
				return letters === 1 ? fails() : undefined;
			},
		});
		const callback = signed();
		await timed(0, expected, expectAnswer(receiver, callback, HANDLER_FAILED));
		await expectAnswer(receiver, callback, OK);
		await expectAnswer(receiver, callback, DUPLICATE);
		assert.deepEqual([runs, letters], [1, 2]);
	}
});

test("a program that ended in the midst of the last try leaves a dead letter", async () => {
	const store = memoryStore();
	const crashed = createReceiver({ keys: SECRET, store, leaseSeconds: 0.1, onAny: never });
	const letters: DeadLetter[] = [];
	const next = createReceiver({
		keys: SECRET,
		store,
		maxAttempts: 1,
		onAny: () => assert.fail("ran once more"),
		onDeadLetter: (letter) => letters.push(letter),
	});
	const callback = signed();
	await expectAnswer(crashed, callback, HANDLER_FAILED);
	await expectAnswer(next, callback, OK);
	await expectAnswer(next, callback, DUPLICATE);
	const why =
		"Error: expected the handler to end by attempt 1, got attempt 2: the program ended, the store or onDeadLetter failed, or maxAttempts was higher";
	assert.deepEqual(
		letters.map(({ attempt, error }) => [attempt, String(error)]),
		[[2, why]],
	);
});

test("a store that hangs is given up in time", async () => {
	const store = storeWith({ claim: never });
	const onAny = () => assert.fail("handled without a claim");
	const receiver = createReceiver({ keys: SECRET, store, storeTimeoutSeconds: 0.1, onAny });
	await timed(90, 3000, expectAnswer(receiver, signed(), STORE_UNAVAILABLE));

	const waited: Promise<unknown>[] = [];
	const waitUntil = (work: Promise<unknown>) => void waited.push(work);
	await expectAnswer(receiver, signed(), STORE_UNAVAILABLE, { waitUntil });
	assert.equal(waited.length, 1);
	await timed(50, 3000, Promise.all(waited));
});

test("claims that come too late are given back, and are no attempts", async () => {
	const inner = memoryStore();
	let late = 3;
	let given = 0;
	const store = storeWith(
		{
			claim: async (...args) => {
				const outcome = await inner.claim(...args);
				if (late > 0) await sleep(75);
				return outcome;
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
		keys: SECRET,
		store,
		maxAttempts: 3,
		storeTimeoutSeconds: 0.05,
		onAny: ({ attempt }) => void attempts.push(attempt),
		onDeadLetter: () => assert.fail("given up"),
	});
	const callback = signed();
	for (; late > 1; late -= 1) {
		const before = given;
		await expectAnswer(receiver, callback, STORE_UNAVAILABLE);
		await until(() => given > before, "the claim is given back");
	}
	// Some runtimes end with the answer what they are not told to wait for.
	const waited: Promise<unknown>[] = [];
	const waitUntil = (work: Promise<unknown>) => void waited.push(work);
	await expectAnswer(receiver, callback, STORE_UNAVAILABLE, { waitUntil });
	await Promise.all(waited);
	assert.equal(given, 3);
	late = 0;
	await expectAnswer(receiver, callback, OK);
	assert.deepEqual(attempts, [1]);
	assert.deepEqual(await inner.inbox.list("dead", 9), []);
});

test("a store that is away at the end does not make the sender repeat what has been handled", async () => {
	for (const complete of [never, () => Promise.reject(new Error("gone"))]) {
		const log = new Log();
		const options = { store: storeWith({ complete }), log, storeTimeoutSeconds: 0.2 };
		const receiver = createReceiver({ keys: SECRET, ...options });
		await timed(0, 3000, expectAnswer(receiver, signed(), OK));
		assert.deepEqual(log.outcomes, ["not_recorded"]);
		assert.equal(log.entries[0]?.level, "error");
	}
});

test("a store that is away for a moment at the end is asked again", async () => {
	let asked = 0;
	const inner = memoryStore();
	const complete: ReplayStore["complete"] = async (claim) => {
		asked += 1;
		if (asked < 3) throw new Error("reset");
		return inner.complete(claim);
	};
	const log = new Log();
	const store = storeWith({ complete }, inner);
	const receiver = createReceiver({ keys: SECRET, store, log, onAny: () => {} });
	const callback = signed();
	await expectAnswer(receiver, callback, OK);
	await expectAnswer(receiver, callback, DUPLICATE);
	assert.deepEqual(log.outcomes, ["handled", "duplicate"]);
	assert.equal(asked, 3);
});

test("a store that does not take a claim back: the lease runs out anyway", async () => {
	for (const release of [never, () => Promise.reject(new Error("gone")), async () => false]) {
		const store = storeWith({ release });
		let runs = 0;
		const receiver = createReceiver({
			keys: SECRET,
			store,
			leaseSeconds: 1,
			storeTimeoutSeconds: 0.05,
			onAny: () => {
				runs += 1;
				if (runs === 1) throw new Error("boom");
			},
		});
		const callback = signed();
		await expectAnswer(receiver, callback, HANDLER_FAILED);
		await expectAnswer(receiver, callback, IN_PROGRESS);
		await sleep(1020);
		await expectAnswer(receiver, callback, OK);
	}
});

test("a full store is a store that is away", async () => {
	const gate = new Gate();
	const store = memoryStore({ maxEntries: 1 });
	const receiver = createReceiver({ keys: SECRET, store, onAny: () => gate.opened });
	const first = deliver(receiver);
	await expectAnswer(receiver, signed(), STORE_UNAVAILABLE);
	gate.open();
	await first;
});
