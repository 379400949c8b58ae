/** A few of the calls that `cargo xtask assure hostile` makes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { attack, dangerous, refused } from "./hostile.ts";

test("30,000 hostile calls end in results or documented errors, and stop no instance", async () => {
	const { outcomes, instances, memory } = await attack(30_000);
	assert.equal(instances, 0);
	assert.ok(memory[1] < 3 * memory[0], `${memory}`);
	for (const outcome of ["a result", "TypeError", "ConfigError", "CallbackRejectedError"]) {
		assert.ok((outcomes[outcome] ?? 0) > 100, JSON.stringify(outcomes));
	}
});

/** It once was taken for a trap, and cost the instance. */
for (const [name, call] of Object.entries(dangerous)) {
	test(`what the caller's object throws is the caller's: ${name}`, async () => {
		assert.throws(call, { message: "the caller's own" });
		assert.equal((await attack(1)).instances, 0);
	});
}

test("what is no text is refused by its name", async () => {
	for (const [call, message] of refused) {
		assert.throws(call, { name: "TypeError", message });
	}
	assert.equal((await attack(1)).instances, 0);
});
