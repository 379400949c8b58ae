/** The reader looks at many bytes at once: what ends a string, or repeats a name, is found at each place. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deliver } from "./callbacks.ts";

/** Longer than three of the stretches of 16 bytes that are looked at together. */
const LONGEST = 50;

const eventWith = (data: string) =>
	`{"type":"test.places","timestamp":"2026-01-01T00:00:00Z","data":${data}}`;

const problemOf = (data: string): string | undefined => {
	const result = deliver(eventWith(data));
	return result.ok ? undefined : result.message;
};

test("a string ends, is escaped or is refused at each place", () => {
	for (let before = 0; before <= LONGEST; before++) {
		const start = "a".repeat(before);
		for (const text of ["", "b", "é", "\u{1f600}", '\\"', "\\\\", "\\u0041", "b".repeat(20)]) {
			const string = `"${start}${text}"`;
			const result = deliver(eventWith(`{"text":${string}}`));
			assert.ok(result.ok, string);
			assert.deepEqual(result.event.data, { text: JSON.parse(string) });
		}
		for (const control of ["\u0000", "\t", "\n", "\u001f"]) {
			assert.match(problemOf(`{"text":"${start}${control}b"}`) ?? "", /escape/, start);
		}
		const open = eventWith(`{"text":"${start}`).slice(0, -1);
		const unended = deliver(open);
		assert.ok(!unended.ok && /the end of a string/.test(unended.message), start);
	}
});

test("a name that comes twice is found at each pair of places", () => {
	for (let count = 2; count <= 20; count++) {
		const names = Array.from({ length: count }, (_, index) => `name${index}`);
		const write = (all: readonly string[]) => `{${all.map((name) => `"${name}":1`).join(",")}}`;
		assert.equal(problemOf(write(names)), undefined);
		for (let second = 1; second < count; second++) {
			for (let first = 0; first < second; first++) {
				const repeated = names.with(second, names[first] as string);
				assert.match(problemOf(write(repeated)) ?? "", /duplicate/i, `${first} and ${second}`);
			}
		}
	}
});

test("an empty name, and names that only look alike, come once", () => {
	for (const names of [
		["", "a"],
		["a0b", "a1b", "a2b"],
		["ab", "ba"],
		["aXXb", "aYXb"],
	]) {
		const text = `{${names.map((name) => `"${name}":1`).join(",")}}`;
		assert.equal(problemOf(text), undefined, text);
	}
});
