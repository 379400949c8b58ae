/** The READMEs, taken apart. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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

export const documents: readonly Document[] = ["README.md", "pkg-template/README.md"].map(
	(name) => {
		const path = fileURLToPath(new URL(`../../${name}`, import.meta.url));
		const text = readFileSync(path, "utf8");
		return { name, text, snippets: [...findSnippets(name, text)] };
	},
);

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

/** What the comments behind the `console.log` calls of a snippet say that it prints. */
export function statedOutput(code: string): string {
	const lines = [...code.matchAll(/^\s*console\.log\(.*\); \/\/ (.+)$/gm)].map(([, line]) => line);
	assert.ok(lines.length > 0, "the snippet states no output");
	return `${lines.join("\n")}\n`;
}

/** A snippet by its title. */
export function snippetOf({ name, snippets }: Document, title: string): Snippet {
	const found = snippets.find((snippet) => snippet.title === title);
	return found ?? assert.fail(`${name}: expected a snippet ${title}`);
}

/** What stands first in the rows of a document's table with these heads. */
export function firstColumn({ name, text }: Document, ...heads: readonly string[]): string[] {
	const lines = text.split("\n");
	const head = lines.findIndex((line) => line.startsWith(`| ${heads.join(" | ")} |`));
	assert.ok(head >= 0, `${name}: expected a table of ${heads}`);
	const rows = lines.slice(head + 2);
	return rows
		.slice(
			0,
			rows.findIndex((line) => !line.startsWith("|")),
		)
		.flatMap((row) => [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)])
		.map(([, code]) => code as string);
}
