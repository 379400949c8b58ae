/** Receivers that share a store: whose work is whose, and what is remembered for how long. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { wallet } from "../package/package.ts";
import {
	createReceiver,
	DUPLICATE,
	deposit,
	expectAnswer,
	HANDLER_FAILED,
	memoryStore,
	OK,
	SECRET,
	signed,
	until,
} from "./receivers.ts";

const OTHER_SECRET = wallet.generateSecret();
const FAST = { acknowledge: "before-handling" } as const;

test("receivers of other names handle their own, also of the same id", async () => {
	const store = memoryStore();
	const handled: string[] = [];
	const make = (name: string, keys: string) =>
		createReceiver({
			...FAST,
			keys,
			store,
			name,
			onAny: ({ id }) => void handled.push(`${name} ${id}`),
		});
	const platform = make("platform", SECRET);
	const tenant = make("tenant", OTHER_SECRET);
	for (let index = 0; index < 20; index++) {
		const id = `msg_${index}`;
		await expectAnswer(tenant, signed(deposit("tenant's"), { id, key: OTHER_SECRET }), OK);
		if (index % 2 === 0) await expectAnswer(platform, signed(deposit(), { id }), OK);
		await platform.drain();
	}
	await tenant.drain();
	await until(() => handled.length === 30, "all are handled");
	assert.equal(handled.filter((entry) => entry.startsWith("tenant ")).length, 20);
	assert.equal(new Set(handled).size, 30);
	await Promise.all([platform.close(), tenant.close()]);
});

test("receivers of other senders have their own", async () => {
	const store = memoryStore();
	const keys = SECRET;
	const id = "msg_1";
	const own = createReceiver({ keys, store });
	const svix = createReceiver({ keys, store, sender: "svix" });
	await expectAnswer(own, signed(deposit(), { id }), OK);
	await expectAnswer(svix, signed('{"other":1}', { id, sender: "svix" }), OK);
	await expectAnswer(own, signed(deposit(), { id }), DUPLICATE);
});

test("one store for two receivers of one name and other keys is refused, with the fix", async () => {
	const store = memoryStore();
	const first = createReceiver({ keys: [SECRET, OTHER_SECRET], store });
	const message =
		/^store: a receiver with other keys is "tp-wallet" in this store already: give each a name/;
	const other = (options: object = {}) => createReceiver({ keys: OTHER_SECRET, store, ...options });
	assert.throws(() => other(), { code: "invalid_option", message });
	const verifier = wallet.createVerifier({ keys: OTHER_SECRET });
	assert.throws(() => createReceiver({ verifier, store }), { code: "invalid_option", message });
	try {
		other();
	} catch (error) {
		for (const secret of [SECRET, OTHER_SECRET]) {
			assert.ok(!String(error).includes(secret.slice(6)), "the message tells a secret");
		}
	}

	// The same keys, however they are given.
	const same = createReceiver({ keys: [OTHER_SECRET, { id: "old", key: SECRET }], store });
	createReceiver({ verifier: { keys: [SECRET, OTHER_SECRET] }, store }).close();
	// Another name, another sender, another store.
	other({ name: "other" });
	other({ sender: "svix" });
	other({ store: memoryStore() });

	await first.close();
	assert.throws(() => other(), { message });
	await same.close();
	other();
	assert.throws(() => createReceiver({ keys: SECRET, store, name: "other" }), {
		message: /"tp-wallet:other"/,
	});
});

test("a lease that is longer than the retention: one handler at a time", async () => {
	let running = 0;
	let most = 0;
	let runs = 0;
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		toleranceSeconds: 1,
		retentionSeconds: 4,
		leaseSeconds: 60,
		onAny: async () => {
			runs += 1;
			running += 1;
			most = Math.max(most, running);
			await sleep(4200);
			running -= 1;
		},
	});
	const callback = signed(deposit(), { timestamp: Math.floor(Date.now() / 1000) + 1 });
	const first = expectAnswer(receiver, callback, OK);
	await sleep(4100);
	const late = signed(deposit(), { id: callback.headers["webhook-id"] as string });
	const { status } = await receiver(
		new Request("https://pay.example/callback", { method: "POST", ...late }),
	);
	assert.equal(status, 409);
	await first;
	assert.deepEqual([runs, most], [1, 1]);
});

test("what comes after a lease that is over does not begin", async () => {
	const begun: string[] = [];
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		leaseSeconds: 0.05,
		on: {
			"deposit.confirmed": () => {
				begun.push("own");
				// Nothing can stop what does not wait.
				for (const end = performance.now() + 80; performance.now() < end; );
			},
		},
		onAny: () => void begun.push("any"),
	});
	await expectAnswer(receiver, signed(), HANDLER_FAILED);
	assert.deepEqual(begun, ["own"]);
});

test("what is remembered is the hash of the bytes that were verified", async () => {
	const body = new TextEncoder().encode(deposit());
	const right = new Uint8Array(body);
	const { headers } = signed(body);
	const store = memoryStore();
	const hashes: string[] = [];
	const claim: typeof store.claim = (id, hash, ...rest) => {
		hashes.push(hash);
		return store.claim(id, hash, ...rest);
	};
	const verifier = wallet.createVerifier({ keys: SECRET });
	// As somebody does who shares the buffer, while keys are fetched.
	const asynchronous = {
		settings: { ...verifier.settings, findsKeys: true },
		safeVerify: verifier.safeVerify.bind(verifier),
		answerVerification: verifier.answerVerification.bind(verifier),
		safeVerifyAsync: async (input: Parameters<typeof verifier.safeVerify>[0]) => {
			const result = verifier.safeVerify(input);
			await Promise.resolve();
			body.fill(0);
			return result;
		},
	};
	const receiver = createReceiver({
		verifier: asynchronous as never,
		store: {
			claim,
			complete: (...given) => store.complete(...given),
			release: (...given) => store.release(...given),
			enqueue: (...given) => store.enqueue(...given),
			take: (...given) => store.take(...given),
		},
	});
	const incoming = { method: "POST", headers, secure: true, peer: "203.0.113.9" };
	const { status } = await receiver.receive({ ...incoming, readBody: async () => body });
	assert.equal(status, 200);
	assert.equal(body[0], 0, "the bytes have changed");
	assert.deepEqual(hashes, [wallet.bodyHash(right)]);
});
