/** What becomes of callbacks whose handler has failed too often, and how they are tried again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompleteStore } from "wallet-callback/stores/memory";
import {
	createReceiver,
	DUPLICATE,
	expectAnswer,
	HANDLER_FAILED,
	Log,
	memoryStore,
	OK,
	SECRET,
	signed,
	storeWith,
} from "./receivers.ts";

const only = async ({ inbox }: CompleteStore) => {
	const [item, ...others] = await inbox.list("dead", 9);
	assert.deepEqual(others, []);
	return item;
};

test("a delivery that is given up is kept with its error, and handled again after a retry", async () => {
	const store = memoryStore();
	let isMended = false;
	const attempts: number[] = [];
	const receiver = createReceiver({
		keys: SECRET,
		store,
		log: false,
		maxAttempts: 2,
		onAny: ({ attempt }) => {
			attempts.push(attempt);
			if (!isMended) throw new Error("out of funds");
		},
	});
	const callback = signed();
	await expectAnswer(receiver, callback, HANDLER_FAILED);
	await expectAnswer(receiver, callback, OK);
	await expectAnswer(receiver, callback, DUPLICATE);
	const { ageMs = -1, deadMs = -1, ...item } = (await only(store)) ?? assert.fail("no dead letter");
	assert.ok(ageMs >= deadMs && deadMs >= 0);
	assert.deepEqual(item, {
		id: callback.headers["webhook-id"],
		receiver: "tp-wallet",
		status: "dead",
		attempt: 2,
		letter: { type: "deposit.confirmed", error: "out of funds" },
		// Its sender has it.
		isEntry: false,
	});
	isMended = true;
	assert.equal(await store.inbox.retry(item.id, "tp-wallet"), true);
	await expectAnswer(receiver, callback, OK);
	await expectAnswer(receiver, callback, DUPLICATE);
	assert.deepEqual(attempts, [1, 2, 1]);
	assert.equal(await only(store), undefined);
});

test("an event of the inbox that is given up is handled by a retry alone", async () => {
	const store = memoryStore();
	let isMended = false;
	const handled: string[] = [];
	const receiver = createReceiver({
		keys: SECRET,
		store,
		log: false,
		maxAttempts: 1,
		acknowledge: "before-handling",
		onAny: ({ event, attempt }) => {
			if (!isMended) throw new Error("out of funds");
			handled.push(`${event.type} ${attempt}`);
		},
	});
	const callback = signed();
	await expectAnswer(receiver, callback, OK);
	await receiver.drain();
	const { id, isEntry } = (await only(store)) ?? assert.fail("no dead letter");
	assert.deepEqual([id, isEntry], [callback.headers["webhook-id"], true]);
	isMended = true;
	await receiver.drain();
	assert.deepEqual(handled, []);
	assert.equal(await store.inbox.retry(id, "tp-wallet"), true);
	await receiver.drain();
	assert.deepEqual(handled, ["deposit.confirmed 1"]);
	await expectAnswer(receiver, callback, DUPLICATE);
	await receiver.close();
});

test("what is kept of an error is bounded and printable, and has no secret", async () => {
	for (const [thrown, kept] of [
		[new Error(`bad key ${SECRET} of whsk_AA+/=`), "bad key whsec_… of whsk_…"],
		[
			new Error("connect postgres://me:p%40ss/word@db.example:5432/x failed"),
			"connect postgres://…@db.example:5432/x failed",
		],
		[
			new Error("\u001b[31mred\u0007\r\n\u202egnirts"),
			"\\u001b[31mred\\u0007\\u000d\\u000a\\u202egnirts",
		],
		["a text", "a text"],
		[new TypeError(""), "TypeError"],
		[new Error("x".repeat(5_000)), `${"x".repeat(499)}…`],
		[new Error(`${"x".repeat(498)}\u{1f98a}`), `${"x".repeat(498)}\u{1f98a}`],
		[new Error("\u0000".repeat(5_000)), `${"\\u0000".repeat(84).slice(0, 499)}…`],
		[new Error("a.a".repeat(100_000)), `${"a.a".repeat(200).slice(0, 499)}…`],
		[new Error(`\u0007${"\u{1f98a}".repeat(250)}`), `\\u0007${"\u{1f98a}".repeat(246)}…`],
		// Some libraries put objects there.
		[Object.assign(new Error(), { message: { code: 7 } }), "[object Object]"],
		[Object.assign(new Error(), { message: 7 }), "7"],
		[Object.assign(new Error(), { message: Object.create(null) }), "thrown value cannot be shown"],
		[Object.assign(new Error(), { name: undefined, message: "" }), "Error"],
		[undefined, undefined],
	] as const) {
		const store = memoryStore();
		const onAny = () => Promise.reject(thrown);
		const receiver = createReceiver({ keys: SECRET, store, log: false, maxAttempts: 1, onAny });
		const start = performance.now();
		await expectAnswer(receiver, signed(), OK);
		assert.ok(performance.now() - start < 5_000);
		const { letter } = (await only(store)) ?? assert.fail("no dead letter");
		assert.equal(letter?.error, kept);
	}
});

test("a program that ended during its last try leaves a letter that says so", async () => {
	const store = memoryStore();
	const callback = signed();
	const options = { keys: SECRET, store, leaseSeconds: 0.05, log: false as const, maxAttempts: 1 };
	const ended = createReceiver({
		...options,
		// Nothing is written down.
		store: storeWith({ release: async () => true, complete: async () => true }, store),
		onAny: () => {},
	});
	await expectAnswer(ended, callback, OK);
	await new Promise((resolve) => setTimeout(resolve, 80));
	const next = createReceiver({ ...options, onAny: () => assert.fail("handled a second time") });
	await expectAnswer(next, callback, OK);
	const { attempt, letter } = (await only(store)) ?? assert.fail("no dead letter");
	const error =
		"expected the handler to end by attempt 1, got attempt 2: the program ended, the store or onDeadLetter failed, or maxAttempts was higher";
	assert.deepEqual([attempt, letter], [2, { type: "deposit.confirmed", error }]);
});

test("a store that is away when something is given up is asked again", async () => {
	const store = memoryStore();
	let failures = 2;
	const inbox = {
		...store.inbox,
		bury: (...given: Parameters<typeof store.inbox.bury>) => {
			failures -= 1;
			if (failures >= 0) throw new Error("away");
			return store.inbox.bury(...given);
		},
	};
	const log = new Log();
	const onAny = () => Promise.reject(new Error("no"));
	const options = { keys: SECRET, log, maxAttempts: 1, onAny };
	await expectAnswer(
		createReceiver({ ...options, store: storeWith({ inbox }, store) }),
		signed(),
		OK,
	);
	assert.deepEqual(log.outcomes, ["dead_letter"]);
	assert.equal((await only(store))?.letter?.error, "no");
});

test("a store without an inbox, or with something else of that name, completes", async () => {
	for (const inbox of [undefined, [], { list: () => [] }]) {
		const store = storeWith({ inbox: inbox as never });
		const onAny = () => Promise.reject(new Error("no"));
		const receiver = createReceiver({ keys: SECRET, store, log: false, maxAttempts: 1, onAny });
		const callback = signed();
		await expectAnswer(receiver, callback, OK);
		await expectAnswer(receiver, callback, DUPLICATE);
	}
});
