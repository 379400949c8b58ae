/** The hints of the log name headings of the page about trouble. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hintFor } from "../../pkg-template/src/receiver/hints.ts";

const headingsOf = (page: string) => {
	const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8");
	return [...text.matchAll(/^### (\w+)$/gm)].map(([, heading]) => heading);
};
const PAGES = ["troubleshooting.md", "zh/troubleshooting.md"].map(headingsOf);
const NAMED = / \(docs: troubleshooting#(\w+)\)$/;

test("each code that is logged with a hint has its heading", () => {
	const [headings = []] = PAGES;
	let named = 0;
	for (const heading of headings) {
		for (const outcome of ["refused", "misconfigured"] as const) {
			const hint = hintFor(outcome, heading);
			if (hint === undefined) continue;
			assert.equal(NAMED.exec(hint)?.[1], heading);
			named++;
		}
	}
	// Every code of a rejection, and those of wiring, methods and types.
	assert.ok(named >= 2 * 13, `${named}`);
});

test("each outcome that names a heading names one that is there", () => {
	for (const outcome of ["failed", "id_conflict", "store_unavailable", "internal_error"] as const) {
		const heading = NAMED.exec(hintFor(outcome, undefined) ?? "")?.[1];
		for (const headings of PAGES) assert.ok(headings.includes(heading), `${outcome}: ${heading}`);
	}
	assert.doesNotMatch(hintFor("dead_letter", undefined) ?? "", NAMED);
});
