/** Links lead to pages and headings that are there, and no page is longer than one reads. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { anchorsOf, linksOf, pages, proseOf, read } from "./documents.ts";

const READMES = ["README.md", "README.zh-CN.md"];
const TEXTS = [
	...READMES,
	"pkg-template/README.md",
	"CONTRIBUTING.md",
	"SECURITY.md",
	"CHANGELOG.md",
	...pages,
];

/** From where npm's page of the package reaches the files that the package carries. */
const CARRIED = "https://unpkg.com/wallet-callback/";

for (const name of TEXTS) {
	test(`${name}: links`, () => {
		const lost = linksOf(read(name)).filter((link) => !leadsSomewhere(name, link));
		assert.deepEqual(lost, []);
	});
}

function leadsSomewhere(from: string, link: string): boolean {
	if (link.startsWith(CARRIED)) return isThere(inRepository(link.slice(CARRIED.length)));
	if (/^[a-z]+:/.test(link)) return link.startsWith("https:");
	return isThere(link.startsWith("#") ? from + link : posix.join(posix.dirname(from), link));
}

/** Where the repository has what the package carries. */
function inRepository(path: string): string {
	return path.startsWith("examples/") ? `pkg-template/${path}` : path;
}

function isThere(target: string): boolean {
	const [file = "", anchor] = target.split("#");
	if (file.startsWith("docs/reference/")) return true; // made from the types
	if (!existsSync(file)) return false;
	return anchor === undefined || anchorsOf(read(file)).has(decodeURIComponent(anchor));
}

for (const name of TEXTS) {
	test(`${name}: each table has a head`, () => {
		for (const [table] of proseOf(read(name)).matchAll(/(?:^\|.*\n)+/gm)) {
			assert.match(table, /^.*\n\|[\s:|-]+\|\n/, table.slice(0, 80));
		}
	});
}

test("the READMEs have at most 250 lines, and each page fewer than 300", () => {
	const lines = (name: string) => read(name).split("\n").length - 1;
	const tooLong = [
		...READMES.filter((name) => lines(name) > 250),
		...pages.filter((name) => lines(name) >= 300),
	];
	assert.deepEqual(tooLong, []);
});

test("the package's README says what the repository's does, with links that work on npm", () => {
	const absolute = read("README.md").replace(
		/\]\((?!https:|#)([^)\s]+)\)/g,
		(_, target) => `](${CARRIED}${target})`,
	);
	const withoutIndex = (text: string) => text.split("\n## Documentation\n")[0];
	assert.equal(withoutIndex(read("pkg-template/README.md")), withoutIndex(absolute));
});

test("the line that differs is that of each framework's page", () => {
	const packed = (text: string) => text.replaceAll(/\s/g, "");
	const rows = read("README.md").match(/^\| .*\(docs\/frameworks\/.*$/gm) ?? [];
	const named = rows.flatMap((row) => {
		const [links = "", line = ""] = row.split(" | ");
		const beginnings = [...line.matchAll(/`([^`]+)`/g)].map(([, code = ""]) =>
			packed(code.split(/options|3000/)[0] ?? ""),
		);
		const names = linksOf(links);
		for (const name of names) {
			const page = packed(read(name));
			assert.ok(
				beginnings.some((code) => page.includes(code)),
				`${name}: ${line}`,
			);
		}
		return names;
	});
	assert.deepEqual(
		named.sort(),
		pages.filter((name) => name.startsWith("docs/frameworks/")),
	);
});
