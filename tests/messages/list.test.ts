/** Every text that people read stands in one list, so that a new one is read before it is published. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LIST, messages } from "./list.ts";

test("the list of messages is up to date (node --import tsx tests/messages/list.ts writes it)", () => {
	assert.equal(messages(), readFileSync(LIST, "utf8"));
});

test("no message speaks of what came as of something else", () => {
	const vague = /, got (another|something else|others?|other bytes|more|a longer one)$/;
	const files = messages().split("\n\n");
	// Descriptors, keys and JSON have tests of their wording; the rest is what stores are tested with.
	const own = /^(src\/(sender|key|json|event)|pkg-template\/src\/stores)\//;
	const found = files.filter((file) => !own.test(file)).flatMap((file) => file.split("\n"));
	assert.deepEqual(
		found.filter((line) => vague.test(line)),
		[],
	);
});
