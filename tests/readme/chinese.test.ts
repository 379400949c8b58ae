/** README.zh-CN.md says what README.md says, as far as that can be seen without reading Chinese. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const english = read("README.md");
const chinese = read("README.zh-CN.md");

const CODE = /^```.*?^```$/gms;
const proseOf = (text: string) => text.replace(CODE, "");

test("each links to the other in its first lines", () => {
	assert.ok(english.startsWith("# wallet-callback\n\n[简体中文](README.zh-CN.md)\n"));
	assert.ok(chinese.startsWith("# wallet-callback\n\n[English](README.md)\n"));
});

test("the code is the same", () => {
	const blocks = english.match(CODE) ?? [];
	assert.ok(blocks.length > 40, `${blocks.length} blocks`);
	assert.deepEqual(chinese.match(CODE), blocks);
});

test("the headings have the same levels in the same order", () => {
	const levels = (text: string) => proseOf(text).match(/^#+(?= )/gm);
	assert.deepEqual(levels(chinese), levels(english));
});

test("the tables have as many rows and the same code in their first cells", () => {
	// Prose may stand around the code, and is translated, in another order.
	const rows = (text: string) =>
		[...proseOf(text).matchAll(/^\|([^|]*)\|/gm)].map(([, cell = ""]) =>
			(cell.match(/`[^`]+`/g) ?? []).sort(),
		);
	assert.deepEqual(rows(chinese), rows(english));
});

test("what commands print is copied", () => {
	for (const name of ["senders", "answers", "causes", "bench", "receiver-bench"]) {
		const part = (text: string) =>
			text.match(new RegExp(`<!-- ${name}:begin -->.*<!-- ${name}:end -->`, "s"))?.[0] ??
			assert.fail(`expected ${name}`);
		assert.equal(part(chinese), part(english));
	}
});

test("links lead to headings that are there, and out of the page to the same places", () => {
	const targets = (text: string) =>
		[...proseOf(text).matchAll(/\]\(([^)#][^)]*)\)/g)].map(([, target]) => target).sort();
	const others = (text: string) => targets(text).filter((target) => !target?.startsWith("README"));
	assert.deepEqual(others(chinese), others(english));
	for (const text of [english, chinese]) {
		const anchors = anchorsOf(text);
		for (const [, anchor = ""] of proseOf(text).matchAll(/\]\(#([^)]+)\)/g)) {
			assert.ok(anchors.has(anchor), `#${anchor}`);
		}
	}
});

/** The anchors that GitHub gives the headings. */
function anchorsOf(text: string): Set<string> {
	const anchors = new Set<string>();
	for (const [, heading = ""] of proseOf(text).matchAll(/^#+ (.+)$/gm)) {
		const anchor = heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, "")
			.replaceAll(" ", "-");
		let unique = anchor;
		for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
		anchors.add(unique);
	}
	return anchors;
}
