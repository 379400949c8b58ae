/** Each Chinese text says what its English one says, as far as that can be seen without reading Chinese. */
import assert from "node:assert/strict";
import { posix } from "node:path";
import { describe, test } from "node:test";
import { blocksOf, linksOf, pages, proseOf, read } from "./documents.ts";

const PAIRS = [
	["README.md", "README.zh-CN.md"],
	...pages
		.filter((name) => name.startsWith("docs/zh/"))
		.map((name) => [englishOf(name), name] as const),
] as const;

/** The English page of a Chinese one, and any other page itself. */
function englishOf(name: string): string {
	return name.replace("README.zh-CN.md", "README.md").replace("docs/zh/", "docs/");
}

test("the READMEs link to each other in their first lines", () => {
	assert.ok(read("README.md").startsWith("# wallet-callback\n\n[简体中文](README.zh-CN.md)\n"));
	assert.ok(read("README.zh-CN.md").startsWith("# wallet-callback\n\n[English](README.md)\n"));
});

for (const [englishName, chineseName] of PAIRS) {
	describe(chineseName, () => {
		const english = read(englishName);
		const chinese = read(chineseName);

		test("the code is the same", () => {
			assert.deepEqual(blocksOf(chinese), blocksOf(english));
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

		test("links lead to the same places", () => {
			const targets = (name: string, text: string) =>
				linksOf(text)
					.filter((link) => !link.startsWith("#"))
					.map((link) => link.split("#")[0] ?? "")
					.filter((link) => !link.startsWith("https://img.shields.io/"))
					.map((link) => (link.includes(":") ? link : posix.join(posix.dirname(name), link)))
					.map(englishOf)
					.sort();
			assert.deepEqual(targets(chineseName, chinese), targets(englishName, english));
		});
	});
}

test("what print-tables.ts prints is copied", () => {
	const part = (text: string) =>
		text.match(/<!-- names:begin -->.*<!-- names:end -->/s)?.[0] ?? assert.fail("expected names");
	assert.equal(part(read("README.zh-CN.md")), part(read("README.md")));
});
