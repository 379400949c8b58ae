/** Verifiers with a schema, of several libraries. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import type { Rejected, SenderName, StandardSchemaV1 } from "wallet-callback";
import * as z from "zod";
import { example } from "./callbacks.ts";
import { wallet } from "./package.ts";

const KEY = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

const PAYLOAD = {
	type: "invoice.paid",
	id: "in_1",
	data: { items: [{ price: "12" }, { price: "30" }], "odd name": { "5": true } },
};

function signed(payload: unknown = PAYLOAD, sender: SenderName = "svix") {
	return wallet.sign({ body: JSON.stringify(payload), key: KEY, sender });
}

function verifierWith<Output>(schema: StandardSchemaV1<unknown, Output>) {
	return wallet.createVerifier({ keys: KEY, sender: "svix", schema });
}

/** The same schema in each library: a price becomes a number. */
const LIBRARIES = {
	zod: z.object({
		type: z.literal("invoice.paid"),
		data: z.object({
			items: z.array(z.object({ price: z.string().regex(/^\d+$/).transform(Number) })),
		}),
	}),
	valibot: v.object({
		type: v.literal("invoice.paid"),
		data: v.object({
			items: v.array(
				v.object({ price: v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number)) }),
			),
		}),
	}),
	arktype: type({
		type: "'invoice.paid'",
		data: { items: type({ price: "string.numeric.parse" }).array() },
	}),
};

for (const [name, schema] of Object.entries(LIBRARIES)) {
	test(`${name}: the payload is what the schema makes of it`, async () => {
		const verifier = verifierWith<unknown>(schema);
		const callback = signed();
		const { event, id, key } = verifier.verify(callback);
		const { items } = (event.payload as { data: { items: object[] } }).data;
		assert.deepEqual(items, [{ price: 12 }, { price: 30 }]);
		assert.equal(event.type, "invoice.paid");
		assert.equal(id, callback.headers["svix-id"]);
		assert.deepEqual(key, { index: 0 });
		assert.ok(!("ok" in verifier.verify(callback)));
		assert.deepEqual((await verifier.verifyAsync(callback)).event, event);
		const request = new Request("https://pay.example/", { method: "POST", ...callback });
		assert.deepEqual((await verifier.verifyRequest(request)).event, event);
	});

	test(`${name}: a payload that does not fit is refused with its path`, async () => {
		const verifier = verifierWith<unknown>(schema);
		const callback = signed({
			...PAYLOAD,
			data: { items: [{ price: "1" }, { price: `ten ${"y".repeat(5000)}` }] },
		});
		const result = verifier.safeVerify(callback) as Rejected;
		const { message, ...rest } = result;
		assert.deepEqual(rest, {
			ok: false,
			code: "malformed_payload",
			status: 422,
			path: "data.items[1].price",
		});
		assert.match(message, /^payload does not fit the schema: \S/);
		assert.ok(message.length < 200, message);
		assert.deepEqual(await verifier.safeVerifyAsync(callback), result);
		assert.throws(() => verifier.verify(callback), {
			name: "CallbackRejectedError",
			code: "malformed_payload",
			status: 422,
			path: "data.items[1].price",
		});
		await assert.rejects(verifier.verifyAsync(callback), { code: "malformed_payload" });
	});
}

test("only what is genuine gets to the schema", () => {
	let asked = 0;
	const schema = z.unknown().transform(() => {
		asked += 1;
		return null;
	});
	const verifier = verifierWith(schema);
	const callback = signed();
	const forged = { ...callback, body: callback.body.replace("in_1", "in_2") };
	assert.equal((verifier.safeVerify(forged) as Rejected).code, "signature_mismatch");
	assert.equal(asked, 0);
	assert.equal(verifier.verify(callback).event.payload, null);
	assert.equal(asked, 1);
});

test("how paths are written", () => {
	const at = (path: readonly (PropertyKey | { readonly key: PropertyKey })[]) =>
		(verifierWith(issuing([{ message: "wrong", path }])).safeVerify(signed()) as Rejected).path;
	assert.equal(at([]), "");
	assert.equal(at(["data"]), "data");
	assert.equal(at(["data", "items", 0, "price"]), "data.items[0].price");
	// valibot's segments are objects; some libraries write indexes as strings.
	assert.equal(at([{ key: "data" }, { key: "items" }, { key: "1" }]), "data.items[1]");
	assert.equal(at(["data", "odd name", 5]), 'data["odd name"].5');
	assert.equal(at(["missing", "too"]), "missing.too");
	assert.equal(at([Symbol("s")]), '["Symbol(s)"]');
	assert.equal(at(["x".repeat(2000)])?.length, 257);
});

test("messages of several issues, of none and of no text", () => {
	const message = (issues: readonly object[]) =>
		(verifierWith(issuing(issues)).safeVerify(signed()) as Rejected).message;
	assert.equal(
		message([{ message: "one" }, { message: "two" }, { message: "three" }]),
		"payload does not fit the schema: one (and 2 more)",
	);
	assert.equal(message([]), "payload does not fit the schema");
	assert.equal(message([{}]), "payload does not fit the schema");
});

function issuing(issues: readonly object[]): StandardSchemaV1 {
	const validate = () => ({ issues }) as never;
	return { "~standard": { version: 1, vendor: "test", validate } };
}

test("an async schema is for what waits", async () => {
	const verifier = verifierWith(
		z.looseObject({ id: z.string().refine(async (id) => id === "in_1", "unknown invoice") }),
	);
	const callback = signed();
	for (const verify of ["verify", "safeVerify"] as const) {
		assert.throws(() => verifier[verify](callback), {
			name: "TypeError",
			message:
				"schema: got a promise, for which verify() does not wait: use verifyAsync() or verifyRequest(), or their safe forms (zod also returns one for a schema that throws)",
		});
	}
	const { event } = await verifier.verifyAsync(callback);
	assert.deepEqual(event.payload, PAYLOAD);
	const other = signed({ ...PAYLOAD, id: "in_2" });
	const request = new Request("https://pay.example/", { method: "POST", ...other });
	const result = (await verifier.safeVerifyRequest(request)) as Rejected;
	assert.equal(result.message, "payload does not fit the schema: unknown invoice");
	assert.equal(result.path, "id");
	await assert.rejects(verifier.verifyAsync(other), { code: "malformed_payload", path: "id" });
});

test("a promise that nobody waits for does not end the program", async () => {
	const validate = () => Promise.reject(new Error("database is away"));
	const verifier = verifierWith({ "~standard": { version: 1, vendor: "test", validate } });
	assert.throws(() => verifier.verify(signed()), TypeError);
	await new Promise((resolve) => setImmediate(resolve));
	await assert.rejects(verifier.safeVerifyAsync(signed()), { message: "database is away" });
});

test("what a schema throws is thrown", async () => {
	const fail = () => {
		throw new RangeError("a mistake in the schema");
	};
	const own = verifierWith({ "~standard": { version: 1, vendor: "test", validate: fail } });
	assert.throws(() => own.safeVerify(signed()), RangeError);
	await assert.rejects(own.safeVerifyAsync(signed()), RangeError);
	const zod = verifierWith(z.unknown().transform(fail));
	assert.throws(() => zod.safeVerify(signed()), /zod also returns one for a schema that throws/);
	await assert.rejects(zod.safeVerifyAsync(signed()), RangeError);
});

test("a body that is no JSON", () => {
	const verifier = wallet.createVerifier({
		keys: "secret-of-the-account-1",
		sender: "coinpayments-ipn",
		dangerouslyAllowShortKeys: true,
		schema: z.object({ status: z.coerce.number() }),
	});
	const callback = wallet.sign({
		body: "txn_id=1&status=100",
		key: "secret-of-the-account-1",
		sender: "coinpayments-ipn",
	});
	assert.deepEqual(verifier.verify(callback).event.payload, { status: 100 });
	const github = wallet.createVerifier({ keys: KEY, sender: "github", schema: z.string() });
	const text = wallet.sign({ body: "zen", key: KEY, sender: "github" });
	assert.equal(github.verify(text).event.payload, "zen");
});

test("tp-wallet: the schema gets the whole event", () => {
	const schema = z.object({
		type: z.literal("deposit.confirmed"),
		data: z.object({ amount: z.object({ value: z.string().transform(BigInt) }) }),
	});
	const verifier = wallet.createVerifier({ keys: KEY, schema });
	const deposit = example("deposit.confirmed", { "data.amount.value": "5000000" });
	const { event } = verifier.verify(signed(deposit, "tp-wallet"));
	assert.deepEqual(event, {
		type: "deposit.confirmed",
		data: { amount: { value: 5000000n } },
	});
	const other = verifier.safeVerify(signed(example("user.registered"), "tp-wallet")) as Rejected;
	assert.equal(other.code, "malformed_payload");
	assert.equal(other.path, "type");
	// What the format itself refuses is refused by the core.
	const bad = { ...deposit, data: { ...(deposit.data as object), txHash: "0x1" } };
	const refused = verifier.safeVerify(signed(bad, "tp-wallet")) as Rejected;
	assert.equal(refused.path, "data.txHash");
	assert.doesNotMatch(refused.message, /schema/);
});

test("tp-wallet: the schema sees what the package adds", () => {
	let seen: unknown;
	const schema = z.looseObject({}).transform((event) => {
		seen = event;
		return event;
	});
	wallet
		.createVerifier({ keys: KEY, schema })
		.verify(signed(example("deposit.confirmed"), "tp-wallet"));
	const { known, addressChecked, data } = seen as {
		known: boolean;
		addressChecked: boolean;
		data: { amount: { decimal: string } };
	};
	assert.equal(known, true);
	assert.equal(addressChecked, true);
	assert.match(data.amount.decimal, /^\d/);
});

test("tp-wallet: a handshake is none of the schema's business", () => {
	const verifier = wallet.createVerifier({ keys: KEY, schema: z.never() });
	const challenge = "c".repeat(32);
	const handshake = example("callback.verification", { "data.challenge": challenge });
	const accepted = verifier.verify(signed(handshake, "tp-wallet"));
	assert.equal(verifier.answerVerification(accepted)?.challenge, challenge);
});

test("tp-wallet: an event that is no object is a mistake in the schema", () => {
	const verifier = wallet.createVerifier({ keys: KEY, schema: z.unknown().transform(() => 5) });
	const deposit = signed(example("deposit.confirmed"), "tp-wallet");
	assert.throws(() => verifier.safeVerify(deposit), {
		name: "TypeError",
		message: "schema: expected an object in place of the event, got 5",
	});
});

test("a schema that breaks its contract is told how", async () => {
	const verifierOf = (validate: () => unknown) =>
		verifierWith({ "~standard": { version: 1, vendor: "own", validate: validate as never } });
	for (const [result, expected, got] of [
		[undefined, "{ value } or { issues }", "undefined"],
		[null, "{ value } or { issues }", "null"],
		[true, "{ value } or { issues }", "true"],
		[{ issues: null }, "issues as an array", "null"],
		[{ issues: "boom" }, "issues as an array", "string"],
		[{ issues: { length: 3 } }, "issues as an array", "object"],
	] as const) {
		const message = `schema: expected ${expected} from its validate(), got ${got}`;
		const mistake = { name: "TypeError", message };
		assert.throws(() => verifierOf(() => result).safeVerify(signed()), mistake);
		await assert.rejects(verifierOf(async () => result).verifyAsync(signed()), mistake);
	}
	// What is wrong with an issue does not hide that there is one.
	for (const [issue, path, what] of [
		[null, ""],
		["boom", ""],
		[{ message: "m", path: [null] }, "undefined", ": m"],
		[{ message: "m", path: "abc" }, "", ": m"],
		[{ message: "m", path: 5 }, "", ": m"],
		[{ message: {}, path: [{}, "a"] }, "undefined.a"],
		[{ message: "m", path: Array(100_000).fill("a") }, `${"a.".repeat(128)}…`, ": m"],
	] as const) {
		const result = verifierOf(() => ({ issues: [issue] })).safeVerify(signed()) as Rejected;
		const { code, message } = result;
		assert.deepEqual([code, result.path], ["malformed_payload", path]);
		assert.equal(message, `payload does not fit the schema${what ?? ""}`);
	}
});

test("what is no schema is refused when the program starts", () => {
	const message = (got: string) =>
		`schema: expected a Standard Schema (zod 3.24 or later, valibot, arktype), got ${got}`;
	for (const [schema, got] of [
		[null, "null"],
		[5, "5"],
		["string", "string"],
		[{}, "object"],
		[{ "~standard": { version: 1 } }, "object"],
		[(payload: unknown) => payload, "function"],
	] as const) {
		assert.throws(
			() => wallet.createVerifier({ keys: KEY, sender: "svix", schema: schema as never }),
			{ name: "ConfigError", code: "invalid_option", message: message(got) },
		);
	}
	assert.deepEqual(
		wallet.createVerifier({ keys: KEY, sender: "svix", schema: undefined }).verify(signed()).event
			.payload,
		PAYLOAD,
	);
});

test("a verifier with a schema has what another one has", () => {
	const plain = wallet.createVerifier({ keys: KEY, sender: "svix" });
	const verifier = verifierWith(z.unknown());
	assert.deepEqual(verifier.settings, plain.settings);
	assert.equal(verifier.fingerprint?.(), plain.fingerprint?.());
	const { headers, body } = signed();
	const stale = { headers: { ...headers, "svix-timestamp": "1700000000" }, body };
	assert.deepEqual(verifier.safeVerify(stale), plain.safeVerify(stale));
	assert.throws(() => verifier.verify({ headers, body: {} as never }), TypeError);
});

test("the list of types at run time", () => {
	assert.ok(Object.isFrozen(wallet.EVENT_TYPES));
	assert.equal(wallet.EVENT_TYPES.length, 15);
	assert.ok(wallet.EVENT_TYPES.includes("deposit.confirmed"));
	for (const type of wallet.EVENT_TYPES) {
		const { event } = wallet
			.createVerifier({ keys: KEY })
			.verify(signed(example(type), "tp-wallet"));
		assert.equal(event.known, true, type);
	}
});
