/** The core and `JSON.parse` agree on every body that is accepted, and each refusal has its reason. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect, isDeepStrictEqual } from "node:util";
import { Random } from "../random.ts";
import { randomBody } from "./bodies.ts";
import { deliver, deliverOpaque, example, types } from "./callbacks.ts";
import { cases } from "./json-suite.ts";
import { decode, envelopeFlaw, isJson, jsonFlaw, parseExactly } from "./judge.ts";
import { schema } from "./package.ts";

const toBytes = (text: string | Uint8Array) => Buffer.from(text as string);

test("the suite is complete", () => {
	const count = (kind: string) => cases.filter(([name]) => name.startsWith(kind)).length;
	assert.deepEqual(["y_", "n_", "i_"].map(count), [95, 193, 35]);
});

/** RFC 8259 lets them pass; RFC 7493, section 2.3, and this format do not. */
const DUPLICATES = ["y_object_duplicated_key", "y_object_duplicated_key_and_value"];

for (const [name, text] of cases) {
	test(name, () => {
		const [before, behind] = [
			'{"type":"test.event","timestamp":"2026-03-05T08:00:00Z","data":{"x":',
			"}}",
		];
		const inData = checkWallet(
			Buffer.concat([toBytes(before), toBytes(text), toBytes(behind)]),
			"bytes",
		);
		if (name.startsWith("y_")) assert.equal(inData !== "refused", !DUPLICATES.includes(name));
		if (name.startsWith("n_")) assert.equal(inData, "refused");
		// None of them is an event.
		assert.equal(checkWallet(toBytes(text), "bytes"), "refused");
		checkOpaque(toBytes(text));
	});
}

test("10,000 random bodies", () => {
	const random = new Random(2);
	const counts = { known: 0, unknown: 0, refused: 0, json: 0, other: 0, "refused of another": 0 };
	for (let round = 0; round < 10_000; round += 1) {
		const body = randomBody(random);
		counts[checkWallet(body, random.pick(["bytes", "text"]))] += 1;
		if (round % 4 === 0) counts[checkOpaque(body)] += 1;
	}
	const rare = Object.entries(counts).filter(([, count]) => count < 10);
	assert.deepEqual(rare, [], JSON.stringify(counts));
	assert.ok(Math.min(counts.known, counts.unknown, counts.refused) > 1_000, JSON.stringify(counts));
});

/** Delivers a body of a wallet, and checks the answer. */
function checkWallet(body: Uint8Array, shape: "bytes" | "text"): "known" | "unknown" | "refused" {
	const text = decode(body);
	const result = deliver(shape === "text" && text !== undefined ? text : body);
	const flaw = jsonFlaw(body) ?? envelopeFlaw(JSON.parse(text as string));
	if (!result.ok) {
		assert.equal(result.code, "malformed_payload", text);
		const reason = flaw ?? dataFlaw(JSON.parse(text as string));
		assert.ok(reason, `no reason for ${JSON.stringify(result)}: ${text}`);
		return "refused";
	}
	assert.equal(flaw, undefined, text);
	const expected = JSON.parse(text as string);
	const known = types.includes(expected.type);
	expected.known = known;
	// Where a letter of the chain is another, it may be a chain that nobody knows.
	const { addressChecked } = result.event as { addressChecked?: boolean };
	if (!known && "addressChecked" in expected) expected.addressChecked = false;
	if (known) expected.addressChecked = dataFlaw(expected) === undefined || addressChecked === true;
	for (const name of known ? ["amount", "fee"] : []) {
		const amount = expected.data[name];
		if (amount !== undefined) amount.decimal = toDecimal(amount);
	}
	assert.deepStrictEqual(result.event, expected, text);
	return known ? "known" : "unknown";
}

function toDecimal({ value, decimals }: { value: string; decimals: number }): string {
	const digits = value.padStart(decimals + 1, "0");
	const point = digits.length - decimals;
	return `${digits.slice(0, point)}.${digits.slice(point)}`.replace(/\.?0*$/, "");
}

/** A member of the data that is another than in the example, and may be the wrong one. */
function dataFlaw({ type, data }: ReturnType<typeof example>): string | undefined {
	if (!types.includes(type)) return undefined;
	const { properties } = schema.oneOf.find(({ title }) => title === type) ?? assert.fail(type);
	const intended = example(type).data;
	return Object.keys(properties?.data?.properties ?? {}).find(
		(name) => !isDeepStrictEqual(data[name], intended[name]),
	);
}

/** Delivers a body of another sender, and checks the answer: what `JSON.parse` reads is handed over. */
function checkOpaque(body: Uint8Array): "json" | "other" | "refused of another" {
	const text = decode(body)?.replace(/^\ufeff/, "");
	const isEmpty = body.length === 0;
	for (const unsafeNumbers of ["number", "string", "bigint"] as const) {
		const result = deliverOpaque(body, { unsafeNumbers });
		if (text === undefined || isEmpty) {
			const payload = isEmpty ? {} : { payload: new Uint8Array(body) };
			assert.ok(result.ok, "a body that is no text, or empty, is the sender's own affair");
			assert.deepStrictEqual(result.event, { id: "msg_1", ...payload });
		} else if (!isJson(text)) {
			assert.ok(!result.ok, text);
			assert.equal(result.code, "malformed_payload", text);
		} else {
			assert.ok(result.ok, `${inspect(result)}: ${text}`);
			const payload =
				unsafeNumbers === "number" ? JSON.parse(text) : parseExactly(text, unsafeNumbers);
			const named = JSON.parse(text)?.type;
			const isTyped = typeof named === "string" && !/\p{Surrogate}/u.test(named);
			const type = isTyped ? { type: named } : {};
			assert.deepStrictEqual(result.event, { id: "msg_1", ...type, payload }, text);
		}
	}
	if (text === undefined || isEmpty) return "other";
	return isJson(text) ? "json" : "refused of another";
}
