/** The READMEs and the pages of docs/, taken apart. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Document {
	/** Its path in the repository. */
	name: string;
	text: string;
	snippets: Snippet[];
}

export interface Snippet {
	language: string;
	/** From the info string, as in "js title=express". */
	title: string | undefined;
	code: string;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The text of a file of the repository. */
export const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");

/** The pages of docs/ in every language, by their paths in the repository. */
export const pages: readonly string[] = readdirSync(join(ROOT, "docs"), { recursive: true })
	.map((name) => `docs/${name}`)
	.filter((name) => name.endsWith(".md") && !name.includes("/reference/"))
	.filter((name) => !name.includes("node_modules") && !name.includes("/."))
	.sort();

/** What has snippets to run. The Chinese texts have the same ones: chinese.test.ts says so. */
export const documents: readonly Document[] = [
	"README.md",
	"pkg-template/README.md",
	...pages.filter((name) => !name.startsWith("docs/zh/")),
].map((name) => {
	const text = read(name);
	return { name, text, snippets: [...findSnippets(name, text)] };
});

function* findSnippets(name: string, text: string): Generator<Snippet> {
	const blocks = [...text.matchAll(/^```(\S+)(?: title=(\S+))?\n(.*?)^```$/gms)];
	const fences = text.match(/^[\s>]*(```|~~~)/gm) ?? [];
	assert.equal(
		fences.length,
		blocks.length * 2,
		`${name}: a code block of a form that is not read`,
	);
	for (const [, language = "", title, code = ""] of blocks) yield { language, title, code };
}

/** A document by its path. */
export function documentOf(name: string): Document {
	return documents.find((document) => document.name === name) ?? assert.fail(`expected ${name}`);
}

/** What the comments behind the `console.log` calls of a snippet say that it prints. */
export function statedOutput(code: string): string {
	const lines = [...code.matchAll(/^\s*console\.log\(.*\); \/\/ (.+)$/gm)].map(([, line]) => line);
	assert.ok(lines.length > 0, "the snippet states no output");
	return `${lines.join("\n")}\n`;
}

/** A snippet by its title. */
export function snippetOf(title: string): Snippet {
	const snippets = documents.flatMap((document) => document.snippets);
	return snippets.find((snippet) => snippet.title === title) ?? assert.fail(`expected ${title}`);
}

/** What stands first in the rows of a document's table with these heads. */
export function firstColumn(name: string, ...heads: readonly string[]): string[] {
	const lines = documentOf(name).text.split("\n");
	const head = lines.findIndex((line) => line.startsWith(`| ${heads.join(" | ")} |`));
	assert.ok(head >= 0, `${name}: expected a table of ${heads}`);
	const rows = lines.slice(head + 2);
	const end = rows.findIndex((line) => !line.startsWith("|"));
	return rows
		.slice(0, end < 0 ? rows.length : end)
		.flatMap((row) => [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)])
		.map(([, code]) => code as string);
}

const CODE = /^```.*?^```$/gms;

/** The code blocks of a text, with their fences. */
export const blocksOf = (text: string): readonly string[] => text.match(CODE) ?? [];

/** A text without its code blocks. */
export const proseOf = (text: string): string => text.replace(CODE, "");

/** The headings of a text. */
export const headingsOf = (text: string): string[] =>
	[...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);

/** The anchors that GitHub gives the headings of a text. */
export function anchorsOf(text: string): Set<string> {
	const anchors = new Set<string>();
	for (const heading of headingsOf(text)) {
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

/** Where the links of a text lead, the parts of its pictures among them. */
export const linksOf = (text: string): string[] =>
	[...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
