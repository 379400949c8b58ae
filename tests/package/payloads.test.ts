/** Other senders' payloads: numbers that a double does not carry, and all else that `JSON.parse` reads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import type { OpaqueEvent } from "wallet-callback";
import { deliverOpaque } from "./callbacks.ts";
import { wallet } from "./package.ts";

const read = (body: string | Uint8Array, options?: Parameters<typeof deliverOpaque>[1]) => {
	const result = deliverOpaque(body, options);
	assert.ok(result.ok, inspect(result));
	return (result.event as OpaqueEvent).payload;
};

test("a number that a double does not carry keeps its digits", () => {
	for (const [number, string, bigint] of [
		["9007199254740991", 9007199254740991, 9007199254740991],
		["9007199254740992", "9007199254740992", 9007199254740992n],
		["9007199254740993", "9007199254740993", 9007199254740993n],
		["-9007199254740993", "-9007199254740993", -9007199254740993n],
		["1000000000000000000", "1000000000000000000", 1000000000000000000n],
		[`1${"0".repeat(400)}`, `1${"0".repeat(400)}`, 10n ** 400n],
		["0.1000000000000000055", "0.1000000000000000055", "0.1000000000000000055"],
		["12345678.123456789", "12345678.123456789", "12345678.123456789"],
		["1e400", "1e400", "1e400"],
		["-1E-400", "-1E-400", "-1E-400"],
		["9007199254740993.0", "9007199254740993.0", "9007199254740993.0"],
		// A double carries these, whatever their spelling.
		["0.30000000000000004", 0.1 + 0.2, 0.1 + 0.2],
		["1.7976931348623157e308", Number.MAX_VALUE, Number.MAX_VALUE],
		["0.000000000000000000000100", 1e-22, 1e-22],
		["100.000000000000000000", 100, 100],
		["1e21", 1e21, 1e21],
		["0e999", 0, 0],
	] as const) {
		const body = `{"amount":${number},"list":[1,${number}],"text":"${number}"}`;
		const expected = (value: unknown) => ({ amount: value, list: [1, value], text: number });
		assert.deepStrictEqual(read(body), expected(string));
		assert.deepStrictEqual(read(body, { unsafeNumbers: "bigint" }), expected(bigint));
		assert.deepStrictEqual(read(body, { unsafeNumbers: "number" }), JSON.parse(body));
		assert.deepStrictEqual(read(number), string);
	}
});

test("numbers of any length take no longer than others of their size", () => {
	const start = performance.now();
	for (const number of [
		`1.${"0".repeat(500_000)}1`,
		`1${"0".repeat(500_000)}1`,
		`0.${"0".repeat(500_000)}1`,
		`1e${"0".repeat(500_000)}1`,
		`-${"9".repeat(500_000)}.5`,
	]) {
		assert.equal(read(number), number);
		assert.equal(read(number, { unsafeNumbers: "bigint" }), number);
	}
	// Those that may become more than text.
	const list = [`1.${"0".repeat(4000)}1`, `1${"0".repeat(4000)}`];
	const payload = read(`[${Array(100).fill(list).join()}]`, { unsafeNumbers: "bigint" });
	assert.deepEqual((payload as unknown[]).slice(0, 2), [list[0], BigInt(list[1] ?? "")]);
	const milliseconds = performance.now() - start;
	assert.ok(milliseconds < 3000, `${milliseconds} ms`);
});

test("a string that looks like a marked number stays what it is", () => {
	const body = String.raw`{"\u0000n":["\u0000","\u00001","\u0000\u00002", 9007199254740993]}`;
	const names = ["\0", "\x001", "\0\x002"];
	assert.deepStrictEqual(read(body), { "\0n": [...names, "9007199254740993"] });
	assert.deepStrictEqual(read(body, { unsafeNumbers: "bigint" }), {
		"\0n": [...names, 9007199254740993n],
	});
});

test("a name that comes twice is the last one, for the type, too", () => {
	const body = '{"type":"a","x":{"n":1},"t\\u0079pe":"b","x":{"n":2},"__proto__":{"y":1}}';
	const result = deliverOpaque(body);
	assert.ok(result.ok);
	assert.equal((result.event as OpaqueEvent).type, "b");
	assert.deepStrictEqual((result.event as OpaqueEvent).payload, JSON.parse(body));
});

test("calls inside calls are read to a depth that fits every stack", () => {
	const trace = (levels: number) => `${'{"calls":['.repeat(levels)}${"]}".repeat(levels)}`;
	assert.deepStrictEqual(read(trace(500)), JSON.parse(trace(500)));
	const numbers = trace(499).replace("[]", "[9007199254740993]");
	assert.match(JSON.stringify(read(numbers)), /\["9007199254740993"\]/);
	for (const levels of [501, 50_000]) {
		const result = deliverOpaque(trace(levels));
		assert.deepEqual([result.ok, !result.ok && result.code], [false, "malformed_payload"]);
	}
});

test("the names of a form may be long and alike", () => {
	const [sender, key] = ["coinpayments-ipn", "secret-of-the-sender"] as const;
	const verifier = wallet.createVerifier({ sender, keys: key });
	const names = Array.from({ length: 1000 }, (_, index) => `${"k".repeat(1000)}${1000 + index}`);
	const callback = wallet.sign({ sender, key, body: names.map((name) => `${name}=1`).join("&") });
	const { user } = process.cpuUsage();
	const { payload } = verifier.verify(callback).event as OpaqueEvent;
	const milliseconds = (process.cpuUsage().user - user) / 1000;
	assert.deepEqual(Object.keys(payload as object), names);
	// Compared with each other, they take twice as long.
	assert.ok(milliseconds < 250, `${milliseconds} ms`);
	const again = wallet.sign({ sender, key, body: `${names[0]}=1&b=2&${names[0]}=3` });
	const repeated = (verifier.verify(again).event as OpaqueEvent).payload;
	assert.deepEqual(repeated, { [names[0] ?? ""]: ["1", "3"], b: "2" });
});

test("a byte order mark is no part of the payload", () => {
	for (const body of ['\ufeff{"a":1}', '\ufeff {"a":9007199254740993}']) {
		for (const given of [body, Buffer.from(body)]) {
			assert.match(JSON.stringify(read(given)), /^\{"a":(1|"9007199254740993")\}$/);
		}
	}
});

/** Those that sign what they write anew before. */
const REWRITTEN = ["nowpayments", "plisio"] as const;

test("half of a surrogate pair is read, also if the signature is over JSON that is written anew", () => {
	const text = String.raw`{"a":"\ud83c","\uDF89":"\n\ud83c\udf89","b":[{"c":"x\ud83c"}]}`;
	assert.deepStrictEqual(read(text), JSON.parse(text));
	for (const sender of REWRITTEN) {
		const key = "secret-of-the-sender";
		const { headers, body } = wallet.sign({ body: text, key, sender });
		const verifier = wallet.createVerifier({ keys: key, sender });
		const result = verifier.safeVerify({ headers, body });
		assert.ok(result.ok, `${sender} ${JSON.stringify(result)}`);
		const { payload } = result.event as { payload: { a: string } };
		assert.equal(payload.a, "\ud83c", sender);
		// Another half is another text.
		const other = String(body).replaceAll(/\\ud83c"/g, '\\ud83d"');
		assert.notEqual(other, body);
		assert.ok(!verifier.safeVerify({ headers, body: other }).ok, sender);
	}
});
