/** Receivers with a schema. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeadLetter } from "wallet-callback/receiver";
import * as z from "zod";
import { wallet } from "../package/package.ts";
import {
	createReceiver,
	deliver,
	deposit,
	expectAnswer,
	Log,
	memoryStore,
	OK,
	ofType,
	refused,
	SECRET,
	signed,
	until,
} from "./receivers.ts";

const SVIX = { keys: SECRET, sender: "svix" } as const;
const Invoice = z.object({
	type: z.literal("invoice.paid"),
	amount: z.string().transform(BigInt),
	paidAt: z.string().transform((text) => new Date(text)),
});
const PAID = { type: "invoice.paid", amount: "12", paidAt: "2026-03-05T09:44:31.000Z" };

function callback(payload: unknown = PAID, id?: string) {
	return signed(JSON.stringify(payload), { sender: "svix", ...(id && { id }) });
}

for (const acknowledge of ["after-handling", "before-handling"] as const) {
	test(`${acknowledge}: handlers get what the schema makes`, async () => {
		const seen: unknown[] = [];
		const receiver = createReceiver({
			...SVIX,
			store: memoryStore(),
			acknowledge,
			schema: Invoice,
			on: { "invoice.paid": ({ event }) => seen.push(event.payload) },
			onAny: ({ event }) => seen.push(event.type),
		});
		await expectAnswer(receiver, callback(), OK);
		await receiver.drain();
		await receiver.close();
		assert.deepEqual(seen, [
			{ type: "invoice.paid", amount: 12n, paidAt: new Date(PAID.paidAt) },
			"invoice.paid",
		]);
	});

	test(`${acknowledge}: what does not fit is refused, and the log says where`, async () => {
		const log = new Log();
		const receiver = createReceiver({
			...SVIX,
			store: memoryStore(),
			acknowledge,
			schema: Invoice,
			log,
			onAny: () => assert.fail("handled"),
		});
		await expectAnswer(
			receiver,
			callback({ ...PAID, amount: 5 }),
			refused(422, "malformed_payload"),
		);
		await receiver.close();
		const { outcome, code, path, message } = log.last;
		assert.deepEqual([outcome, code, path], ["refused", "malformed_payload", "amount"]);
		assert.match(String(message), /^payload does not fit the schema: /);
	});
}

test("an async schema, and one that throws", async () => {
	let away = true;
	const receiver = createReceiver({
		...SVIX,
		store: memoryStore(),
		log: new Log(),
		schema: {
			"~standard": {
				version: 1,
				vendor: "test",
				async validate(value) {
					if (away) throw new Error("database is away");
					return { value };
				},
			},
		},
		onAny: () => {},
	});
	const invoice = callback();
	await expectAnswer(receiver, invoice, refused(500, "internal_error"));
	away = false;
	await expectAnswer(receiver, invoice, OK);
	await receiver.close();
});

test("an async schema may take as long as a handler", async () => {
	const log = new Log();
	const receiver = createReceiver({
		...SVIX,
		store: memoryStore(),
		log,
		leaseSeconds: 0.05,
		schema: z.looseObject({}).refine(() => new Promise<boolean>(() => {})),
		onAny: () => {},
	});
	await expectAnswer(receiver, callback(), refused(500, "internal_error"));
	await receiver.close();
});

test("a verifier with a schema is as good as its options", async () => {
	const seen: unknown[] = [];
	const verifier = wallet.createVerifier({ ...SVIX, schema: Invoice });
	const onAny = ({ event }: { event: { payload: z.output<typeof Invoice> } }) =>
		seen.push(event.payload.amount);
	for (const receiver of [
		createReceiver({ verifier, store: memoryStore(), onAny }),
		createReceiver({ verifier: { ...SVIX, schema: Invoice }, store: memoryStore(), onAny }),
	]) {
		await expectAnswer(receiver, callback(), OK);
		await receiver.close();
	}
	assert.deepEqual(seen, [12n, 12n]);
});

test("respond gets what the schema makes, for a duplicate, too", async () => {
	const seen: unknown[] = [];
	const receiver = createReceiver({
		...SVIX,
		store: memoryStore(),
		schema: Invoice,
		onAny: () => {},
		respond: ({ event, duplicate }) => {
			seen.push([event.payload.amount, duplicate]);
			return undefined;
		},
	});
	const invoice = callback(PAID, "msg_1");
	await deliver(receiver, invoice);
	await deliver(receiver, invoice);
	await receiver.close();
	assert.deepEqual(seen, [
		[12n, false],
		[12n, true],
	]);
});

test("an inbox keeps events as they came, and a schema that has changed since is a failed try", async () => {
	const store = memoryStore();
	const common = { ...SVIX, store, acknowledge: "before-handling", log: new Log() } as const;
	const first = createReceiver({
		...common,
		schema: Invoice,
		onAny: () => {
			throw new Error("not now");
		},
	});
	await expectAnswer(first, callback(), OK);
	await first.close();

	const letters: DeadLetter<unknown>[] = [];
	const later = createReceiver({
		...common,
		schema: z.object({ type: z.literal("invoice.paid"), currency: z.string() }),
		maxAttempts: 2,
		onAny: () => assert.fail("handled"),
		onDeadLetter: (letter) => letters.push(letter),
	});
	await until(() => letters.length === 1, "the letter is there");
	await later.close();
	const [letter] = letters;
	assert.deepEqual((letter?.event as { payload: unknown }).payload, PAID);
	const { name, code, path } = letter?.error as { name: string; code: string; path: string };
	assert.deepEqual([name, code, path], ["CallbackRejectedError", "malformed_payload", "currency"]);
});

test("tp-wallet: the type that came chooses the handler, whatever the schema keeps of it", async () => {
	const seen: string[] = [];
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		schema: z.object({ type: z.string(), data: z.object({}) }),
		on: { "deposit.confirmed": () => seen.push("deposit.confirmed") },
		onUnknown: ({ event }) => seen.push(`unknown ${event.type}`),
	});
	await expectAnswer(receiver, signed(deposit()), OK);
	await expectAnswer(receiver, signed(ofType("nft.received")), OK);
	await expectAnswer(receiver, signed(ofType("nft.sold")), OK);
	await receiver.close();
	assert.deepEqual(seen, ["deposit.confirmed", "unknown nft.received", "unknown nft.sold"]);
});

test("tp-wallet: a schema may know types that this version does not", async () => {
	const seen: string[] = [];
	const receiver = createReceiver({
		keys: SECRET,
		store: memoryStore(),
		schema: z.object({ type: z.literal("nft.received"), data: z.object({ memo: z.string() }) }),
		on: { "nft.received": ({ event }) => seen.push(event.data.memo.slice(0, 4)) },
	});
	await expectAnswer(receiver, signed(ofType("nft.received")), OK);
	const challenge = JSON.stringify({
		type: "callback.verification",
		timestamp: "2026-03-05T09:44:31Z",
		data: { challenge: "c".repeat(32) },
	});
	const { status, body } = await deliver(receiver, signed(challenge));
	assert.equal(status, 200);
	assert.match(String(body.signature), /^v1,/);
	await receiver.close();
	assert.deepEqual(seen, ["memo"]);
});
