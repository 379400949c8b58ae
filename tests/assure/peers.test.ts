/** Where other packages differ, and why. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compare, table } from "./peers.ts";

const rows = await compare();

for (const { sender, name, ours, peer, theirs, because } of rows) {
	test(`${sender}: ${name}, beside ${peer}`, () => {
		if (ours === theirs) assert.equal(because, undefined, "they agree by now");
		else assert.ok(because, `${peer} ${theirs} it, and nobody says why it is not so here`);
	});
}

test("the documentation has the table", () => {
	assert.ok(readFileSync("docs/assurance.md", "utf8").includes(table(rows)));
});
