/** Receivers whose keys are found by their ids: anybody can invent ids, and keys are published late. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyFinder } from "wallet-callback";
import type { ReceiverOptions } from "wallet-callback/receiver";
import { wallet } from "../package/package.ts";
import { createReceiver, Gate, memoryStore, never, until } from "./receivers.ts";

const { publicKey, privateKey } = wallet.generateKeyPair();
const BODY = '{"type":"activity.created"}';
const OK = [200, { code: 0 }];
const UNKNOWN = [401, { code: 401, error: "unknown_key" }];
const OVERLOADED = [503, { code: 503, error: "overloaded" }];

/** A sender of ours that names its key, and signs no time. */
const SIGNED = {
	name: "acme",
	algorithm: "ed25519",
	headers: { signature: "acme-signature", keyId: "acme-key" },
	signature: { encoding: "hex" },
	signed: "{body}",
} as const;

/** A receiver, and what posts a callback to it that names a key. */
function receiving(
	keys: KeyFinder,
	options: Partial<ReceiverOptions> = {},
	clock = { now: Date.now() },
) {
	let handled = 0;
	let sent = 0;
	const receiver = createReceiver({
		...options,
		sender: "turnkey",
		keys,
		now: () => clock.now,
		store: memoryStore(),
		log: false,
		requireHttps: false,
		dedupe: () => `callback ${sent++}`,
		onAny: () => void handled++,
	} as never);
	const post = async (keyId: string, key = privateKey) => {
		const { headers, body } = wallet.sign({
			sender: "turnkey",
			key,
			body: BODY,
			keyId,
			timestamp: Math.floor(clock.now / 1000),
		});
		const request = new Request("https://pay.example/", { method: "POST", headers, body });
		const response = await receiver(request);
		return [response.status, await response.json()];
	};
	return { receiver, post, handled: () => handled };
}

test("who waits for the keys of invented ids takes no room from others", async () => {
	const gate = new Gate();
	const { post, handled } = receiving(
		async (id) => {
			if (id.startsWith("key")) return publicKey;
			await gate.opened;
			return undefined;
		},
		{ maxUnverifiedBodies: 4 },
	);
	assert.deepEqual(await post("key-1"), OK);
	const invented = Array.from({ length: 6 }, (_, index) => post(`invented-${index}`));
	assert.deepEqual(await Promise.all(invented.slice(4)), [OVERLOADED, OVERLOADED]);
	assert.deepEqual(await post("key-1"), OK);
	assert.deepEqual(await post("key-2"), OVERLOADED, "nobody knows yet that this is one");
	gate.open();
	assert.deepEqual(await Promise.all(invented.slice(0, 4)), Array(4).fill(UNKNOWN));
	assert.deepEqual(await post("key-2"), OK);
	assert.equal(handled(), 3);
});

test("a key that has signed something is asked for again beside invented ids", async () => {
	const gate = new Gate();
	const asked: string[] = [];
	const clock = { now: Date.now() };
	const { post } = receiving(
		async (id) => {
			asked.push(id);
			if (id === "key-1") return publicKey;
			await gate.opened;
			return undefined;
		},
		{ maxUnverifiedBodies: 2 },
		clock,
	);
	assert.deepEqual(await post("key-1"), OK);
	const invented = [post("invented-1"), post("invented-2")];
	await until(() => asked.length === 3, "both wait for their keys");
	// What was found is used for five minutes.
	clock.now += 300_001;
	assert.deepEqual(await post("key-1"), OK);
	assert.deepEqual(asked, ["key-1", "invented-1", "invented-2", "key-1"]);
	gate.open();
	assert.deepEqual(
		(await Promise.all(invented)).map(([status]) => status),
		[401, 401],
	);
});

test("a key that a forged callback has had found counts once it has signed something", async () => {
	const gate = new Gate();
	const asked: string[] = [];
	const clock = { now: Date.now() };
	const find = async (id: string) => {
		asked.push(id);
		if (id === "key-1") return publicKey;
		await gate.opened;
		return undefined;
	};
	const { post } = receiving(find, { maxUnverifiedBodies: 1 }, clock);
	const other = wallet.generateKeyPair().privateKey;
	assert.equal((await post("key-1", other))[0], 401);
	assert.deepEqual(await post("key-1"), OK);
	const invented = post("invented-1");
	await until(() => asked.length === 2, "it waits for its key");
	clock.now += 300_001;
	assert.deepEqual(await post("key-1"), OK);
	gate.open();
	assert.equal((await invented)[0], 401);
});

test("a verifier of the program's own is asked as it wants to be", async () => {
	const inner = wallet.createVerifier({ sender: SIGNED, keys: () => publicKey });
	let tenants = 0;
	const verifier = {
		settings: inner.settings,
		safeVerify: () => assert.fail("it waits for something"),
		safeVerifyAsync: async (input: Parameters<typeof inner.safeVerifyAsync>[0]) => {
			tenants++;
			return inner.safeVerifyAsync(input);
		},
		answerVerification: inner.answerVerification.bind(inner),
	} as unknown as typeof inner;
	const receiver = createReceiver({
		verifier,
		store: memoryStore(),
		log: false,
		requireHttps: false,
	});
	for (const _ of [1, 2]) {
		const { headers, body } = wallet.sign({
			sender: SIGNED,
			key: privateKey,
			body: BODY,
			keyId: "key-1",
		});
		const { status } = await receiver(
			new Request("https://pay.example/", { method: "POST", headers, body }),
		);
		assert.equal(status, 200);
	}
	assert.equal(tenants, 2);
});

test("a search that never ends gives up its room after a minute", async (t) => {
	t.mock.timers.enable({ apis: ["setTimeout"] });
	let asked = 0;
	const find = () => {
		asked++;
		return never();
	};
	const { post } = receiving(find, { maxUnverifiedBodies: 1 });
	for (const round of [1, 2]) {
		const first = post("invented-1");
		while (asked < round) await new Promise((turn) => setImmediate(turn));
		assert.deepEqual(await post("invented-2"), OVERLOADED);
		t.mock.timers.tick(60_000);
		assert.deepEqual(await first, [503, { code: 503, error: "internal_error" }]);
	}
});

test("a sender that takes a 4xx as final is asked to come again where another time may be better", async () => {
	const fits = {
		"~standard": { version: 1, vendor: "test", validate: () => ({ issues: [{ message: "no" }] }) },
	};
	for (const [clientErrorsAreFinal, unknown, misfit] of [
		[true, 503, 503],
		[false, 401, 422],
	] as const) {
		const sender = { ...SIGNED, clientErrorsAreFinal } as const;
		const make = (options: object) =>
			createReceiver({
				...options,
				sender,
				store: memoryStore(),
				log: false,
				requireHttps: false,
			} as never);
		const post = async (receiver: ReturnType<typeof make>, keyId = "key-1") => {
			const { headers, body } = wallet.sign({ sender, key: privateKey, body: BODY, keyId });
			const { status } = await receiver(
				new Request("https://pay.example/", { method: "POST", headers, body }),
			);
			return status;
		};
		const finding = make({ keys: (id: string) => (id === "key-1" ? publicKey : undefined) });
		assert.equal(await post(finding), 200);
		assert.equal(await post(finding, "key-2"), unknown);
		assert.equal(await post(make({ keys: [{ id: "key-1", key: publicKey }] }), "key-2"), unknown);
		assert.equal(await post(make({ keys: publicKey, schema: fits })), misfit);
		assert.equal(await post(make({ keys: wallet.generateKeyPair().publicKey })), 401);
	}
});

test("what was found is not used for longer by the synchronous calls", async () => {
	const clock = { now: Date.now() };
	let isThere = true;
	const verifier = wallet.createVerifier({
		sender: SIGNED,
		keys: () => (isThere ? publicKey : undefined),
		now: () => clock.now,
	});
	const callback = wallet.sign({ sender: SIGNED, key: privateKey, body: BODY, keyId: "key-1" });
	assert.ok((await verifier.safeVerifyAsync(callback)).ok);
	isThere = false;
	clock.now += 299_999;
	assert.ok(verifier.safeVerify(callback).ok);
	clock.now += 1;
	const late = verifier.safeVerify(callback);
	assert.equal(!late.ok && late.code, "unknown_key");
	assert.throws(() => verifier.verify(callback), { code: "unknown_key" });
});
