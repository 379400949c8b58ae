/** Which callbacks count as one that was repeated, and what becomes of those that no handler takes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SenderName, VerifierOptions } from "wallet-callback";
import type { ReceiverOptions } from "wallet-callback/receiver";
import { wallet } from "../package/package.ts";
import { ADDRESS, createReceiver, Log, memoryStore, signed, until } from "./receivers.ts";

const KEY = "secret-of-the-sender";
const { publicKey: PUBLIC, privateKey: PRIVATE } = wallet.generateKeyPair();
const HASH = /^[0-9a-f]{64}$/;
const OK = [200, { code: 0 }];
const AGAIN = [200, { code: 0, duplicate: true }];

type Body = object | string;

/** A receiver, its log, the ids that its handlers got, and a way to post what its sender signs. */
function receiving(
	sender: SenderName,
	options: Partial<ReceiverOptions<object> & Pick<VerifierOptions, "keys">> = {},
) {
	const log = new Log();
	const ids: string[] = [];
	const receiver = createReceiver({
		keys: KEY,
		sender,
		store: memoryStore(),
		log,
		onAny: ({ id }) => void ids.push(id),
		...options,
	});
	const post = async (body: Body, signing: object = {}) => {
		const text = typeof body === "string" ? body : JSON.stringify(body);
		const made = wallet.sign({ sender, key: KEY, body: text, ...signing });
		const response = await receiver(new Request(ADDRESS, { method: "POST", ...made }));
		return [response.status, await response.json()];
	};
	return { receiver, log, ids, post };
}

/** Posts bodies one after the other, and says how often a handler ran. */
async function runs(sender: SenderName, bodies: readonly Body[]): Promise<number> {
	const { ids, post } = receiving(sender);
	for (const body of bodies) assert.equal((await post(body))[0], 200);
	return ids.length;
}

describe("by default", () => {
	test("a retry with another body under a unique id is the same callback", async () => {
		const { ids, log, post } = receiving("stripe");
		assert.deepEqual(await post({ id: "evt_1", pending_webhooks: 2 }), OK);
		assert.deepEqual(await post({ id: "evt_1", pending_webhooks: 1 }), AGAIN);
		assert.deepEqual(await post({ id: "evt_2", pending_webhooks: 1 }), OK);
		assert.deepEqual(ids, ["evt_1", "evt_2"]);
		assert.ok(log.entries.every(({ level }) => level === "info"));
	});

	test("so it is while the first try runs, and after it failed", async () => {
		let tries = 0;
		const { post } = receiving("stripe", {
			onAny: () => {
				tries += 1;
				if (tries === 1) throw new Error("not now");
			},
		});
		assert.equal((await post({ id: "evt_1", pending_webhooks: 2 }))[0], 500);
		assert.deepEqual(await post({ id: "evt_1", pending_webhooks: 1 }), OK);
		assert.deepEqual(await post({ id: "evt_1", pending_webhooks: 0 }), AGAIN);
		assert.equal(tries, 2);
	});

	test("a count of tries in the body makes no other callback", async () => {
		const event = { streamId: "s", chainId: "0x1", confirmed: false };
		assert.equal(
			await runs(
				"moralis",
				[0, 1, 2].map((retries) => ({ ...event, retries })),
			),
			1,
		);
		assert.equal(
			await runs("moralis", [
				{ ...event, retries: 0 },
				{ ...event, retries: 0, confirmed: true },
				{ ...event, retries: 0, block: { retries: 1 } },
				{ ...event, retries: 0, block: { retries: 2 } },
				event,
			]),
			5,
		);
	});

	test("an id of something else tells nothing apart and nothing together", async () => {
		for (const [sender, id, status] of [
			["coinspaid", "id", "status"],
			["moralis", "streamId", "confirmed"],
			["crypto-com-pay", "id", "status"],
		] as const) {
			const of = (state: string) => ({ [id]: "x", [status]: state });
			assert.equal(await runs(sender, [of("a"), of("b"), of("a")]), 2, sender);
		}
	});

	test("a redelivery of BTCPay is the delivery that it repeats", async () => {
		const type = "InvoiceSettled";
		const bodies = [
			{ deliveryId: "a", originalDeliveryId: null, isRedelivery: false, type },
			{ deliveryId: "b", originalDeliveryId: "a", isRedelivery: true, type },
			{ deliveryId: "c", originalDeliveryId: "a", isRedelivery: true, type },
			{ deliveryId: "d", originalDeliveryId: "d", isRedelivery: false, type },
		];
		assert.equal(await runs("btcpay", bodies), 2);
	});

	test("a body without the id is known by itself", async () => {
		for (const body of [{ a: 1 }, { id: "", a: 1 }, { id: null, a: 1 }, { id: ["x"], a: 1 }]) {
			const { ids, post } = receiving("stripe");
			assert.deepEqual(await post(body), OK);
			assert.deepEqual(await post(body), AGAIN);
			assert.deepEqual(await post({ ...body, a: 2 }), OK);
			assert.ok(ids.every((id) => HASH.test(id)));
		}
	});

	test("any text can be an id", async () => {
		for (const id of ["ü", "a b", "\n", "\u0000", "x".repeat(257), "😀".repeat(1000)]) {
			const { ids, post } = receiving("stripe");
			assert.deepEqual(await post({ id, n: 1 }), OK);
			assert.deepEqual(await post({ id, n: 2 }), AGAIN);
			assert.deepEqual(await post({ id: `${id}.`, n: 2 }), OK);
			assert.match(ids[0] ?? "", HASH);
		}
		const longest = "x".repeat(256);
		const { ids, post } = receiving("stripe");
		await post({ id: longest });
		assert.deepEqual(ids, [longest]);
	});

	test("ids that are no Unicode are told apart", async () => {
		const texts = ["\ud800", "\ud801", "\ufffd", "a\udfff", "a\udffe"];
		const dedupe = ({ event }: { event: object }) =>
			(event as { readonly payload: { readonly id: string } }).payload.id;
		const { ids, post } = receiving("stripe", { dedupe });
		for (const id of texts) assert.deepEqual(await post({ id }), OK);
		for (const id of texts) assert.deepEqual(await post({ id, n: 1 }), AGAIN);
		assert.equal(new Set(ids).size, texts.length);
	});

	test("an id that looks like a hash is not that of another callback", async () => {
		const { ids, post } = receiving("stripe");
		const [ping, odd] = [{ type: "ping" }, { id: "a b" }];
		assert.deepEqual(await post(ping), OK);
		assert.deepEqual(await post(odd), OK);
		for (const id of [...ids]) {
			assert.deepEqual(await post({ id }), OK);
			assert.deepEqual(await post({ id, n: 1 }), AGAIN);
		}
		assert.equal(new Set(ids).size, 4);
		// In the other order, the genuine one would be lost.
		const later = receiving("stripe");
		for (const id of ids) assert.deepEqual(await later.post({ id }), OK);
		assert.deepEqual(await later.post(ping), OK);
		assert.deepEqual(await later.post(odd), OK);
		// Nor is a body the id that is hashed.
		for (const body of ['"a b"', 'id:"a b"', "a b"]) await later.post(body);
		assert.deepEqual(await later.post({ ...odd, n: 1 }), AGAIN);
	});

	test("a form has its id, too", async () => {
		assert.equal(
			await runs("coinpayments-ipn", ["ipn_id=1&a=1", "ipn_id=1&a=2", "ipn_id=2&a=1"]),
			2,
		);
	});

	test("an id in a header with another body is a conflict", async () => {
		const { ids, post, log } = receiving("turnkey", { keys: [{ id: "key-7", key: PUBLIC }] });
		const signing = { key: PRIVATE, keyId: "key-7", id: "evt-1" };
		assert.deepEqual(await post({ a: 1 }, signing), OK);
		assert.deepEqual(await post({ a: 1 }, signing), AGAIN);
		assert.deepEqual(await post({ a: 2 }, signing), [422, { code: 422, error: "id_conflict" }]);
		assert.deepEqual(ids, ["evt-1"]);
		assert.equal(log.last.outcome, "id_conflict");
	});

	test("without an id, the same body is the same callback, whatever it is signed with", async () => {
		const { ids, post } = receiving("quicknode");
		assert.deepEqual(await post({ a: 1 }, { nonce: "n1" }), OK);
		assert.deepEqual(await post({ a: 1 }, { nonce: "n2" }), AGAIN);
		assert.match(ids[0] ?? "", HASH);
	});
});

describe("the option dedupe", () => {
	const now = Math.floor(Date.now() / 1000);

	test('"signed" tells apart what is signed with another nonce or time', async () => {
		for (const [sender, first, others] of [
			["thirdweb", { timestamp: now }, [{ timestamp: now - 1 }]],
			["stripe", { timestamp: now }, [{ timestamp: now - 1 }]],
			["quicknode", { nonce: "n1" }, [{ nonce: "n2" }, { nonce: "n1", timestamp: now - 1 }]],
		] as const) {
			const { ids, post } = receiving(sender, { dedupe: "signed" });
			const signing: object = { ...{ timestamp: now }, ...first };
			assert.deepEqual(await post({ id: 1 }, signing), OK, sender);
			assert.deepEqual(await post({ id: 1 }, signing), AGAIN, sender);
			for (const other of others) {
				assert.deepEqual(await post({ id: 1 }, { timestamp: now, ...other }), OK, sender);
			}
			assert.ok(ids.every((id) => HASH.test(id)));
		}
	});

	test('"signed" sees the milliseconds of a time', async () => {
		const sender = {
			name: "own",
			algorithm: "hmac-sha256",
			headers: { signature: "x-signature", timestamp: "x-time" },
			signature: { encoding: "hex" },
			signed: "{timestamp}.{body}",
			timestamp: { unit: "ms" },
		} as const;
		const { createHmac } = await import("node:crypto");
		const verifier = wallet.createVerifier({ sender, keys: KEY, now: () => now * 1000 });
		const receiver = createReceiver({ verifier, store: memoryStore(), dedupe: "signed" });
		const post = async (time: number) => {
			const mac = createHmac("sha256", KEY).update(`${time}.{}`).digest("hex");
			const headers = { "x-time": `${time}`, "x-signature": mac };
			const init = { method: "POST", headers, body: "{}" };
			return (await receiver(new Request(ADDRESS, init))).json();
		};
		assert.deepEqual(await post(now * 1000 + 1), { code: 0 });
		assert.deepEqual(await post(now * 1000 + 2), { code: 0 });
		assert.deepEqual(await post(now * 1000 + 1), { code: 0, duplicate: true });
	});

	test('"body" looks at the content alone', async () => {
		const { post } = receiving("stripe", { dedupe: "body" });
		assert.deepEqual(await post({ id: "evt_1", pending_webhooks: 2 }), OK);
		assert.deepEqual(await post({ id: "evt_1", pending_webhooks: 1 }), OK);
		assert.deepEqual(await post({ id: "evt_1", pending_webhooks: 2 }), AGAIN);
	});

	test("a function decides, and gets what was verified", async () => {
		const got: unknown[] = [];
		const { ids, post } = receiving("coinspaid", {
			dedupe: (callback) => {
				got.push(callback);
				const { payload } = callback.event as { payload: { id: number; status: string } };
				return `${payload.id} ${payload.status}`;
			},
		});
		const body = { id: 7, status: "confirmed", tries: 1 };
		assert.deepEqual(await post(body), OK);
		assert.deepEqual(await post({ ...body, tries: 2 }), AGAIN);
		assert.deepEqual(await post({ ...body, status: "not_confirmed" }), OK);
		assert.match(ids[0] ?? "", HASH);
		const { id, timestamp, key, event } = got[0] as { [name: string]: unknown };
		assert.deepEqual([id, timestamp, { ...(key as object) }], [undefined, undefined, { index: 0 }]);
		assert.deepEqual(event, { payload: body });
	});

	test("what a function returns is the handler's id", async () => {
		const { ids, post } = receiving("github", { dedupe: () => "order-7" });
		await post({});
		assert.deepEqual(ids, ["order-7"]);
	});

	test("a function that gives no text, or throws, makes 500 and is logged", async () => {
		for (const [dedupe, message] of [
			[() => "", "dedupe: expected a string of 1 to 1024 characters, got 0"],
			[() => "x".repeat(1025), "dedupe: expected a string of 1 to 1024 characters, got 1025"],
			[
				() => 5,
				"dedupe: expected a string of 1 to 1024 characters, got a number (wrap it in String(…))",
			],
			[
				() => 5n,
				"dedupe: expected a string of 1 to 1024 characters, got a bigint (wrap it in String(…))",
			],
			[() => undefined, /^dedupe: expected a string of 1 to 1024 characters, got /],
			[async () => "x", /^dedupe: expected a string of 1 to 1024 characters, got /],
			[
				() => {
					throw new Error("no order");
				},
				"no order",
			],
		] as const) {
			const { ids, post, log } = receiving("github", { dedupe: dedupe as () => string });
			assert.deepEqual(await post({}), [500, { code: 500, error: "internal_error" }]);
			const told = (log.last.error as { message: string }).message;
			if (typeof message === "string") assert.equal(told, message);
			else assert.match(told, message);
			assert.equal(log.entries.at(-1)?.level, "error");
			assert.deepEqual(ids, []);
		}
		const { post } = receiving("github", { dedupe: () => "x".repeat(1024) });
		assert.deepEqual(await post({}), OK);
	});

	test("an unsigned type that is trusted is told apart, unless a function decides", async () => {
		for (const [dedupe, second] of [
			[undefined, OK],
			["body", OK],
			["signed", OK],
			[() => "x", AGAIN],
		] as const) {
			const options = { dedupe, dangerouslyTrustUnsignedType: true, on: { push: () => {} } };
			const { receiver } = receiving("github", options);
			const post = async (type: string) => {
				const made = wallet.sign({ sender: "github", key: KEY, body: "{}" });
				const headers = { ...made.headers, "x-github-event": type };
				const init = { method: "POST", headers, body: "{}" };
				const response = await receiver(new Request(ADDRESS, init));
				return [response.status, await response.json()];
			};
			assert.deepEqual(await post("push"), OK);
			assert.deepEqual(await post("release"), second, String(dedupe));
		}
	});

	test("a body under any number of invented types is handled once", async () => {
		for (const dedupe of [undefined, "signed"] as const) {
			const on = { push: () => {} };
			const options = { dedupe, dangerouslyTrustUnsignedType: true, on };
			const { ids, receiver } = receiving("github", options);
			const made = wallet.sign({ sender: "github", key: KEY, body: "{}" });
			const post = async (type: string | undefined) => {
				const headers = { ...made.headers, ...(type && { "x-github-event": type }) };
				const init = { method: "POST", headers, body: "{}" };
				return (await receiver(new Request(ADDRESS, init))).json();
			};
			const invented = ["a", "b", undefined, "toString", "__proto__", "push ing"];
			const answers = [];
			for (const type of [...invented, "push", ...invented]) answers.push(await post(type));
			// Once as nobody's, once as that of the handler.
			assert.equal(answers.filter((answer) => answer.duplicate === undefined).length, 2);
			assert.equal(ids.length, 2);
		}
	});

	test("bodies of types that nobody handles are told apart", async () => {
		const options = { dangerouslyTrustUnsignedType: true, on: { push: () => {} } };
		const { ids, receiver } = receiving("github", options);
		for (const body of ["{}", '{"a":1}']) {
			const made = wallet.sign({ sender: "github", key: KEY, body });
			const headers = { ...made.headers, "x-github-event": "release" };
			const response = await receiver(new Request(ADDRESS, { method: "POST", headers, body }));
			assert.deepEqual([response.status, await response.json()], OK);
		}
		assert.equal(new Set(ids).size, 2);
	});

	test("what it cannot be is refused", () => {
		const says = (sender: SenderName, dedupe: unknown, message: RegExp) =>
			assert.throws(() => receiving(sender, { dedupe: dedupe as "id" }), {
				name: "ConfigError",
				code: "invalid_option",
				message,
			});
		for (const sender of ["github", "quicknode", "moralis", "coinspaid"] as const) {
			says(sender, "id", new RegExp(`^dedupe: expected .* ${sender} signs no id`));
		}
		says("stripe", "hash", /^dedupe: expected "id", "signed", "body" or a function, got "hash"$/);
		says("stripe", true, /^dedupe: expected "id", "signed", "body" or a function, got /);
		says("stripe", null, /^dedupe: expected "id", "signed", "body" or a function, got /);
		for (const dedupe of ["id", "signed", "body", () => "x", undefined] as const) {
			receiving("stripe", { dedupe });
		}
	});
});

describe("a default that may lose an event", () => {
	test("is warned of, once, when the receiver is made", async () => {
		const { log, post } = receiving("quicknode");
		const [entry] = log.entries;
		assert.deepEqual([log.entries.length, entry?.level], [1, "warn"]);
		assert.match(
			entry?.message ?? "",
			/^quicknode signs no id\. Callbacks with equal bodies count as one/,
		);
		assert.match(
			entry?.message ?? "",
			/set dedupe: "body" .*"signed" .*dedupe: \(\{ event \}\) => …$/,
		);
		await post({ a: 1 });
		await post({ a: 2 });
		assert.deepEqual(
			log.entries.map(({ level }) => level),
			["warn", "info", "info"],
		);
		assert.doesNotMatch(receiving("tatum").log.entries[0]?.message ?? "", /"signed"/);
	});

	test("is not warned of once it is chosen, or where ids tell", () => {
		for (const dedupe of ["body", "signed", () => "x"] as const) {
			assert.deepEqual(receiving("quicknode", { dedupe }).log.entries, []);
		}
		for (const sender of ["stripe", "btcpay", "coinbase-cdp"] as const) {
			assert.deepEqual(receiving(sender).log.entries, []);
		}
	});

	test("goes to the console without a logger, and nowhere with log: false", (t) => {
		const warn = t.mock.method(console, "warn", () => {});
		receiving("tatum", { log: false } as object);
		assert.equal(warn.mock.callCount(), 0);
		receiving("tatum", { log: undefined });
		assert.equal(warn.mock.callCount(), 1);
		assert.match(String(warn.mock.calls[0]?.arguments[0]), /^tatum signs no id/);
	});

	test("a logger that throws stops nothing", () => {
		const fail = () => {
			throw new Error("full disk");
		};
		receiving("tatum", { log: { info: fail, warn: fail, error: fail } });
	});
});

describe("an event that no handler takes", () => {
	const none = { onAny: undefined, on: { paid: () => {} } };

	test("is acknowledged, counted and logged at warn as unhandled", async () => {
		const { receiver, post, log } = receiving("stripe", none);
		assert.deepEqual(await post({ id: "a", type: "paid" }), OK);
		assert.deepEqual(await post({ id: "b", type: "other" }), OK);
		assert.deepEqual(await post({ id: "b", type: "other" }), AGAIN);
		assert.deepEqual(await post({ id: "c" }), OK);
		const told = log.entries.map(({ level, record }) => [level, record.outcome]);
		assert.deepEqual(told, [
			["info", "handled"],
			["warn", "unhandled"],
			["info", "duplicate"],
			["warn", "unhandled"],
		]);
		assert.deepEqual(receiver.stats().outcomes, { handled: 1, unhandled: 2, duplicate: 1 });
		assert.match(String(log.entries[1]?.record.hint), /onUnknown/);
	});

	test("so it is in the inbox, and respond is told", async () => {
		const { post, log } = receiving("stripe", { ...none, acknowledge: "before-handling" });
		assert.deepEqual(await post({ id: "a" }), OK);
		await until(() => log.outcomes.includes("unhandled"), "the inbox is empty");
		assert.deepEqual(log.outcomes, ["acknowledged", "unhandled"]);

		const outcomes: string[] = [];
		const respond = ({ outcome }: { outcome: string }) => void outcomes.push(outcome);
		await receiving("stripe", { ...none, respond }).post({ id: "a" });
		assert.deepEqual(outcomes, ["unhandled"]);
	});

	test("onUnknown and onAny take what on does not name", async () => {
		for (const handler of ["onUnknown", "onAny"]) {
			const { post, log } = receiving("stripe", { ...none, [handler]: () => {} });
			await post({ id: "a", type: "other" });
			assert.deepEqual(log.outcomes, ["handled"], handler);
		}
	});

	test("a known event of a wallet is not for onUnknown", async () => {
		const log = new Log();
		const keys = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
		const receiver = createReceiver({ keys, store: memoryStore(), log, onUnknown: () => {} });
		const { headers, body } = signed();
		await receiver(new Request(ADDRESS, { method: "POST", headers, body }));
		assert.deepEqual(log.outcomes, ["unhandled"]);
	});
});

describe("handlers that could never run are refused", () => {
	const on = (...types: string[]) => ({
		on: Object.fromEntries(types.map((type) => [type, never])),
	});
	const never = () => assert.fail("handled");
	const says = (sender: SenderName, options: object, message: RegExp) =>
		assert.throws(() => receiving(sender, options), {
			name: "ConfigError",
			code: "invalid_option",
			message,
		});

	test("a sender without types", () => {
		for (const sender of ["quicknode", "xaman", "onramper"] as const) {
			says(sender, on("a"), new RegExp(`^on: ${sender} callbacks have no type: use onAny$`));
			says(sender, { ...on("a"), dangerouslyTrustUnsignedType: true }, /have no type/);
			receiving(sender, { on: {} });
		}
	});

	test("a type that the sender's list lacks", () => {
		for (const [sender, wrong, near] of [
			["tenderly", "ALERTS", "ALERT"],
			["coinpayments-ipn", "deposits", "deposit"],
			["thirdweb", "pay.onchain_transaction", "pay.onchain-transaction"],
		] as const) {
			says(
				sender,
				on(wrong),
				new RegExp(`^on: unknown type "${wrong}" \\(did you mean "${near}"\\?\\)`),
			);
			receiving(sender, on(near));
		}
		says(
			"tenderly",
			on("something.else"),
			/^on: unknown type "something.else" \(known: TEST, ALERT\)/,
		);
		receiving("stripe", on("anything"));
	});
});
