/** What clients that nobody has verified can hold: bodies in memory, and the end of the program. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Incoming, Reply } from "wallet-callback/receiver";
import { wallet } from "../package/package.ts";
import {
	ADDRESS,
	createReceiver,
	deliver,
	deposit,
	expectAnswer,
	Gate,
	Log,
	memoryStore,
	OK,
	refused,
	SECRET,
	signed,
} from "./receivers.ts";

const OVERLOADED = refused(503, "overloaded");
const CLOSING = refused(503, "closing");

/** A request whose body comes when somebody says so. */
class SlowRequest implements Incoming {
	readonly method = "POST";
	readonly secure = true;
	readonly headers: Record<string, string>;
	readonly #body: string | Uint8Array;
	cancelled = 0;
	arrive = (): void => {};

	constructor({ headers, body } = signed()) {
		this.headers = headers;
		this.#body = body;
	}

	readBody(): Promise<string | Uint8Array> {
		return new Promise((resolve) => {
			this.arrive = () => resolve(this.#body);
		});
	}

	cancelBody(): void {
		this.cancelled += 1;
	}
}

const told = ({ status, body }: Reply) => [status, JSON.parse(body)];

/** Resolves as the promise does, or says that it is late. */
const soon = <T>(promise: Promise<T>, ms = 2000) =>
	Promise.race([promise, sleep(ms, "late" as const, { ref: false })]);

test("a body that does not arrive in time is answered with 408", async () => {
	const log = new Log();
	const options = { keys: SECRET, store: memoryStore(), log, bodyTimeoutSeconds: 0.05 };
	const receiver = createReceiver(options);
	const request = new SlowRequest();
	assert.deepEqual(told(await receiver.receive(request)), refused(408, "request_timeout"));
	assert.equal(request.cancelled, 1);
	assert.deepEqual(log.outcomes, ["aborted"]);
	// What comes then is too late.
	request.arrive();
	await expectAnswer(receiver, signed(), OK);
	assert.equal(receiver.stats().inFlight, 0);
});

test("a body that trickles is not read any longer", async () => {
	const options = { keys: SECRET, store: memoryStore(), bodyTimeoutSeconds: 0.1 };
	const receiver = createReceiver(options);
	let cancelled = false;
	const body = new ReadableStream({
		async pull(controller) {
			await sleep(10);
			if (!cancelled) controller.enqueue(new Uint8Array(1));
		},
		cancel() {
			cancelled = true;
		},
	});
	const { headers } = signed();
	const init = { method: "POST", headers, body, duplex: "half" };
	const answer = await deliver(receiver, new Request(ADDRESS, init as RequestInit));
	assert.deepEqual([answer.status, answer.body.error], [408, "request_timeout"]);
	await sleep(20);
	assert.ok(cancelled);
});

test("a body that arrives in time is not timed out", async () => {
	const options = { keys: SECRET, store: memoryStore(), bodyTimeoutSeconds: 0.1 };
	const gate = new Gate();
	const receiver = createReceiver({ ...options, onAny: () => gate.opened });
	const request = new SlowRequest();
	const answer = receiver.receive(request);
	await sleep(20);
	request.arrive();
	await sleep(200);
	gate.open();
	assert.deepEqual(told(await answer), OK);
	assert.equal(request.cancelled, 0);
});

test("so many bodies of unverified clients are read at once, and no more", async () => {
	const log = new Log();
	const gate = new Gate();
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		log,
		maxUnverifiedBodies: 2,
		onAny: () => gate.opened,
	});
	const [one, two] = [new SlowRequest(), new SlowRequest(signed(deposit("dep_2")))];
	const answers = [receiver.receive(one), receiver.receive(two)];
	const headers = await expectAnswer(receiver, signed(), OVERLOADED);
	assert.equal(headers.get("retry-after"), "5");
	assert.deepEqual(log.outcomes, ["overloaded"]);
	// Nothing is read of what is refused anyway, so it is still told why.
	const { headers: plain, body } = signed();
	const wrong = { headers: { ...plain, "content-type": "text/plain" }, body };
	await expectAnswer(receiver, wrong, refused(415, "unsupported_media_type"));
	// A verified callback that is being handled counts no more.
	one.arrive();
	two.arrive();
	await sleep(20);
	assert.equal(receiver.stats().inFlight, 2);
	const third = receiver.receive(new SlowRequest());
	const fourth = deliver(receiver);
	await sleep(20);
	gate.open();
	assert.deepEqual((await Promise.all(answers)).map(told), [OK, OK]);
	assert.equal((await fourth).status, 200);
	await receiver.close();
	assert.deepEqual(told(await third), CLOSING);
});

test("a slow body makes room for another, and the slowest does so first", async () => {
	const log = new Log();
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		log,
		maxUnverifiedBodies: 2,
	});
	const [one, two] = [new SlowRequest(), new SlowRequest(signed(deposit("dep_2")))];
	const first = receiver.receive(one);
	await sleep(5);
	const second = receiver.receive(two);
	await sleep(300);
	await expectAnswer(receiver, signed(deposit("dep_3")), OK);
	assert.deepEqual(told(await first), OVERLOADED);
	assert.deepEqual([one.cancelled, two.cancelled], [1, 0]);
	// There is room again, so nothing else has to give way.
	await expectAnswer(receiver, signed(deposit("dep_4")), OK);
	two.arrive();
	assert.deepEqual(told(await second), OK);
	assert.deepEqual(log.outcomes, ["overloaded", "handled", "handled", "handled"]);
	await receiver.close();
});

for (const [when, pauseMs] of [
	["at once", undefined],
	["while they are on their way", 5],
] as const) {
	test(`close does not wait for bodies of clients that nobody has verified: ${when}`, async () => {
		const receiver = createReceiver({ keys: SECRET, store: memoryStore() });
		const request = new SlowRequest();
		const answer = receiver.receive(request);
		if (pauseMs !== undefined) await sleep(pauseMs);
		assert.equal(receiver.stats().inFlight, 1);
		assert.notEqual(await soon(receiver.close()), "late");
		assert.deepEqual(told(await answer), CLOSING);
		assert.equal(request.cancelled, 1);
		assert.equal(receiver.stats().inFlight, 0);
	});
}

test("close does not wait for keys that are looked up, and what they verify is not handled", async () => {
	const gate = new Gate();
	const inner = wallet.createVerifier({ keys: SECRET });
	const verifier = {
		settings: { ...inner.settings, findsKeys: true },
		safeVerify: inner.safeVerify.bind(inner),
		safeVerifyAsync: async (input: Parameters<typeof inner.safeVerify>[0]) => {
			await gate.opened;
			return inner.safeVerify(input);
		},
		answerVerification: inner.answerVerification.bind(inner),
	} as typeof inner;
	let handled = 0;
	const onAny = () => {
		handled += 1;
	};
	const receiver = createReceiver({ verifier, store: memoryStore(), onAny });
	const genuine = deliver(receiver);
	await sleep(5);
	assert.notEqual(await soon(receiver.close()), "late");
	gate.open();
	assert.equal((await genuine).body.error, "closing");
	assert.equal(handled, 0);
});

test("close waits for what is being handled", async () => {
	const gate = new Gate();
	const onAny = () => gate.opened;
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), onAny });
	const answer = deliver(receiver);
	await sleep(5);
	const closed = receiver.close();
	assert.equal(await soon(closed, 50), "late");
	gate.open();
	await closed;
	assert.equal((await answer).status, 200);
});
