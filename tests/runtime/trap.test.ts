/** A trap in the core costs one call: it is told as such, and the next one works, on this verifier and on others. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { buildRunner, execute, prepareApp } from "./harness.ts";

interface Result {
	points: number;
	problems: string[];
}

const OPERATIONS = [
	"safeVerify",
	"safeVerify, after the body grew",
	"verify",
	"safeVerifyRequest",
	"createVerifier",
	"sign",
	"generateSecret",
	"generateKeyPair",
	"safeVerify, where the stack ends",
];

describe("a trap in the core", () => {
	let results: Record<string, Result>;

	before(async () => {
		const folder = prepareApp("trap");
		results = JSON.parse(
			await execute(folder, process.execPath, [await buildRunner(folder, "trap.ts")]),
		);
	});

	for (const operation of OPERATIONS) {
		test(`during ${operation}`, () => {
			const { points, problems } = results[operation] as Result;
			assert.ok(points > 0, "no exported function was called");
			assert.deepEqual(problems, []);
		});
	}
});
