/** Which handlers run for an event, in which order, and what they get. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SenderName } from "wallet-callback";
import type { HandlerContext } from "wallet-callback/receiver";
import { example, types } from "../package/callbacks.ts";
import { wallet } from "../package/package.ts";
import {
	type Callback,
	createReceiver,
	deliver,
	deposit,
	expectAnswer,
	HANDLER_FAILED,
	Log,
	memoryStore,
	OK,
	ofType,
	SECRET,
	signed,
} from "./receivers.ts";

/** Handlers that note down that they ran. */
function witnesses() {
	const ran: string[] = [];
	const handler = (name: string) => () => {
		ran.push(name);
	};
	const handlers = {
		on: {
			"deposit.confirmed": handler("deposit.confirmed"),
			"withdrawal.failed": handler("withdrawal.failed"),
		},
		onUnknown: handler("onUnknown"),
		onAny: handler("onAny"),
	};
	return { ran, handlers };
}

/** Which handlers run for a body. */
async function runsFor(body: string, options: object = {}): Promise<string[]> {
	const { ran, handlers } = witnesses();
	const all = { keys: SECRET, store: memoryStore(), ...handlers, ...options };
	await expectAnswer(createReceiver(all), signed(body), OK);
	return ran;
}

test("the handler for the type runs, then the one for all", async () => {
	assert.deepEqual(await runsFor(deposit()), ["deposit.confirmed", "onAny"]);
	const failed = JSON.stringify(example("withdrawal.failed"));
	assert.deepEqual(await runsFor(failed), ["withdrawal.failed", "onAny"]);
});

test("a known type without a handler is not unknown", async () => {
	for (const type of types) {
		if (type === "deposit.confirmed" || type === "withdrawal.failed") continue;
		if (type === "callback.verification") continue;
		assert.deepEqual(await runsFor(JSON.stringify(example(type))), ["onAny"], type);
	}
});

test("an unknown type goes to onUnknown, and a handler for it is refused as misspelt", async () => {
	assert.deepEqual(await runsFor(ofType("deposit.frozen")), ["onUnknown", "onAny"]);
	const on: object = { "deposit.frozen": () => {} };
	assert.throws(() => createReceiver({ keys: SECRET, store: memoryStore(), on }), {
		name: "ConfigError",
		code: "invalid_option",
		message:
			/"deposit\.frozen".*\(for another sender's events, add sender, such as sender: "stripe"\)$/,
	});
	const verifier = wallet.createVerifier({ keys: SECRET, sender: "tp-wallet" });
	for (const verifying of [{ verifier }, { keys: SECRET, sender: "tp-wallet" }] as const) {
		assert.throws(() => createReceiver({ ...verifying, store: memoryStore(), on } as never), {
			message: /^(?!.*another sender).*"deposit\.frozen"/,
		});
	}
});

test("an event without any handler is accepted", async () => {
	const receiver = createReceiver({ keys: SECRET, store: memoryStore() });
	await expectAnswer(receiver, signed(), OK);
	await expectAnswer(receiver, signed(ofType("deposit.frozen")), OK);
});

test("what every object has is no handler", async () => {
	const names = [...Object.getOwnPropertyNames(Object.prototype), "prototype", "then"];
	for (const type of names) {
		assert.deepEqual(await runsFor(ofType(type)), ["onUnknown", "onAny"], type);
	}
});

test("a handler for such a name is found if it is really there", async () => {
	const names = ["constructor", "__proto__", "toString"];
	const ran: string[] = [];
	const on = Object.fromEntries(names.map((name) => [name, () => void ran.push(name)]));
	const sender = "standard-webhooks";
	const receiver = createReceiver({ keys: SECRET, sender, store: memoryStore(), on });
	for (const type of names) {
		await expectAnswer(receiver, signed(JSON.stringify({ type }), { sender }), OK);
	}
	assert.deepEqual(ran, names);
});

test("handlers run one after the other", async () => {
	const ran: string[] = [];
	const slow = (name: string) => async () => {
		ran.push(`${name} begins`);
		await new Promise((resolve) => setTimeout(resolve, 10));
		ran.push(`${name} ends`);
	};
	const on = { "deposit.confirmed": slow("on") };
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), on, onAny: slow("any") });
	await expectAnswer(receiver, signed(), OK);
	assert.deepEqual(ran, ["on begins", "on ends", "any begins", "any ends"]);
});

test("after a handler that fails, the next one does not run", async () => {
	for (const fails of [
		() => {
			throw new Error("sync");
		},
		() => Promise.reject(new Error("async")),
	]) {
		const on = { "deposit.confirmed": fails };
		const onAny = () => assert.fail("ran");
		const receiver = createReceiver({ keys: SECRET, store: memoryStore(), on, onAny });
		await expectAnswer(receiver, signed(), HANDLER_FAILED);
	}
});

test("whatever a handler returns is success", async () => {
	for (const value of [undefined, null, 0, false, "no", new Error("no"), {}]) {
		for (const onAny of [() => value, async () => value]) {
			const receiver = createReceiver({ keys: SECRET, store: memoryStore(), onAny });
			await expectAnswer(receiver, signed(), OK);
		}
	}
});

test("any thenable is waited for", async () => {
	let done = false;
	const onAny = () => ({
		// biome-ignore lint/suspicious/noThenProperty: it is to be one
		then(resolve: () => void) {
			setTimeout(() => {
				done = true;
				resolve();
			}, 20);
		},
	});
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), onAny });
	await expectAnswer(receiver, signed(), OK);
	assert.ok(done);
});

test("what a handler gets", async () => {
	let got: HandlerContext | undefined;
	const log = new Log();
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		log,
		onAny: (context) => {
			got = context;
			context.log.warn({ amount: 1 }, "told");
		},
	});
	await expectAnswer(receiver, signed(deposit("dep_7"), { id: "msg_7" }), OK);
	assert.ok(got?.event.type === "deposit.confirmed");
	assert.equal(got.event.known, true);
	assert.equal(got.event.data.depositId, "dep_7");
	assert.equal(got.event.data.amount.decimal, "1250.5");
	assert.equal(got.id, "msg_7");
	assert.equal(got.attempt, 1);
	assert.equal(got.signal.aborted, false);
	assert.equal(got.claim.id, "msg_7");
	assert.equal(got.claim.attempt, 1);
	assert.equal(typeof got.claim.token, "string");
	const { level, record, message } = log.entries[0] ?? assert.fail("nothing logged");
	assert.deepEqual([level, message], ["warn", "told"]);
	const names = { id: "msg_7", type: "deposit.confirmed", attempt: 1 };
	assert.deepEqual(record, { ...names, amount: 1 });
});

test("a handler may pass on its context with something added: a copy, an heir, a proxy", async () => {
	const passed: HandlerContext[] = [];
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		onAny: (context) => {
			const copy = { ...context, database: "db" };
			passed.push(copy, Object.create(context), new Proxy(context, {}));
		},
	});
	await expectAnswer(receiver, signed(), OK);
	assert.equal(passed.length, 3);
	for (const { log, signal } of passed) {
		assert.equal(typeof log.info, "function");
		assert.equal(signal.aborted, false);
	}
});

test("a handler may log a text alone, with or without a logger", async () => {
	const log = new Log();
	for (const options of [{ log }, {}]) {
		const receiver = createReceiver({
			keys: SECRET,
			store: memoryStore(),
			onAny: (context) => context.log.info("credited" as never),
			...options,
		});
		await expectAnswer(receiver, signed(deposit(), { id: "msg_1" }), OK);
	}
	const [{ record, message } = assert.fail("nothing logged")] = log.entries;
	assert.equal(message, "credited");
	assert.deepEqual(record, { id: "msg_1", type: "deposit.confirmed", attempt: 1 });
});

const OTHERS = ["standard-webhooks", "svix"] as const;

/** What the handlers of another sender's receiver get. */
async function fromOther(sender: SenderName, body: Callback["body"]) {
	const got: { name: string; type: unknown; payload: unknown; id: string }[] = [];
	const keep =
		(name: string) =>
		({ event, id }: HandlerContext<{ type?: string; payload?: unknown }>) => {
			got.push({ name, type: event.type, payload: event.payload, id });
		};
	const receiver = createReceiver({
		keys: SECRET,
		sender: sender as "svix",
		store: memoryStore(),
		on: { "invoice.paid": keep("invoice.paid") },
		onUnknown: keep("onUnknown"),
	});
	const { headers } = signed(body, { id: "msg_1", sender });
	const { "content-type": _, ...bare } = headers;
	const request = new Request("https://a.example/", { method: "POST", headers: bare, body });
	await expectAnswer(receiver, request, OK);
	return got[0];
}

for (const sender of OTHERS) {
	test(`${sender}: by type, where the body has one`, async () => {
		const payload = { type: "invoice.paid", data: { amount: 5 } };
		const name = "invoice.paid";
		const body = JSON.stringify(payload);
		assert.deepEqual(await fromOther(sender, body), { name, type: name, payload, id: "msg_1" });
	});

	test(`${sender}: a type that is no text, or none at all, is unknown`, async () => {
		const name = "onUnknown";
		for (const payload of [
			{},
			[],
			{ type: 5 },
			{ type: null },
			{ type: ["invoice.paid"] },
			{ type: { toString: "invoice.paid" } },
			"invoice.paid",
			1,
			null,
		]) {
			const got = await fromOther(sender, JSON.stringify(payload));
			assert.deepEqual(got, { name, type: undefined, payload, id: "msg_1" });
		}
	});

	test(`${sender}: bytes that are no text, and an empty body`, async () => {
		const bytes = Uint8Array.of(0xff, 0, 0xfe, 1);
		const got = await fromOther(sender, bytes);
		assert.ok(got?.payload instanceof Uint8Array);
		assert.deepEqual([...got.payload], [...bytes]);
		assert.equal((await fromOther(sender, ""))?.payload, undefined);
	});

	test(`${sender}: any media type, since its format prescribes none`, async () => {
		const receiver = createReceiver({ keys: SECRET, sender, store: memoryStore() });
		const { headers, body } = signed("{}", { sender });
		const request = { headers: { ...headers, "content-type": "text/plain" }, body };
		await expectAnswer(receiver, request, OK);
	});
}

test("a verifier, its options, or its options among the receiver's are the same", async () => {
	const store = memoryStore();
	for (const receiver of [
		createReceiver({ keys: SECRET, store }),
		createReceiver({ verifier: { keys: SECRET }, store }),
		createReceiver({ verifier: wallet.createVerifier({ keys: SECRET }), store }),
	]) {
		assert.equal((await deliver(receiver)).status, 200);
	}
});

test("a verifier of one's own is asked", async () => {
	const verifier = wallet.createVerifier({ keys: SECRET });
	let asked = 0;
	const own = {
		...verifier,
		settings: { ...verifier.settings, maxBodyBytes: 10_000 },
		safeVerify: (input: Parameters<typeof verifier.safeVerify>[0]) => {
			asked += 1;
			return verifier.safeVerify(input);
		},
		answerVerification: (accepted: Parameters<typeof verifier.answerVerification>[0]) =>
			verifier.answerVerification(accepted),
	} as typeof verifier;
	const receiver = createReceiver({ verifier: own, store: memoryStore() });
	await expectAnswer(receiver, signed(), OK);
	assert.equal(asked, 1);
});
