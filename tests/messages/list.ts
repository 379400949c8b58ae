/**
 * Lists the texts of the package that people read, by the file that has them: messages of errors, hints,
 * causes and fixes. `node --import tsx tests/messages/list.ts` writes `list.txt`, so that a new or changed
 * text is seen in a diff, beside all others.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "acorn";
import { transformSync } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");
export const LIST: string = join(import.meta.dirname, "list.txt");

/** What stands in the place of a value. */
const VALUE = "{}";

/** A text of two words or more, on one line: scripts, statements and names are none. */
function isSentence(text: string): boolean {
	const said = text.replaceAll(VALUE, "").replace(/"[^"]*"/g, "");
	return /[A-Za-z']{2,}[,:;]? +\(?[A-Za-z'"]{1,}/.test(said) && !text.includes("\n");
}

/** The files of a folder with this ending, but what is made by the build. */
function filesOf(folder: string, ending: string): string[] {
	return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
		.filter((name) => name.endsWith(ending) && !name.startsWith("generated"))
		.map((name) => `${folder}/${name}`)
		.sort();
}

/** A node of JavaScript's syntax, as far as it matters here. */
interface Syntax {
	readonly type: string;
	readonly value?: unknown;
	readonly quasis?: readonly { readonly value: { readonly cooked: string } }[];
}

function textsOfTypeScript(path: string): string[] {
	const source = readFileSync(join(ROOT, path), "utf8");
	const { code } = transformSync(source, { loader: "ts", target: "es2022" });
	const texts: string[] = [];
	const visit = (node: unknown): void => {
		if (typeof node !== "object" || node === null) return;
		const { type, value, quasis } = node as Syntax;
		if (type === "Literal" && typeof value === "string") texts.push(value);
		if (quasis !== undefined) texts.push(quasis.map((part) => part.value.cooked).join(VALUE));
		for (const child of Object.values(node)) visit(child);
	};
	visit(parse(code, { ecmaVersion: 2023, sourceType: "module", allowHashBang: true }));
	return texts;
}

/** A string literal of Rust, raw or not. */
const LITERAL = /(?:\bb?r(#*)"([\s\S]*?)"\1)|(?:"((?:[^"\\]|\\[\s\S])*)")/g;

function textsOfRust(path: string): string[] {
	const source = readFileSync(join(ROOT, path), "utf8")
		// A module's tests stand at its end.
		.replace(/#\[cfg\(test\)\]\s*mod \w+ \{[\s\S]*$/, "")
		.split("\n")
		.filter((line) => !/^\s*\/\//.test(line))
		.join("\n")
		.replace(/\breason = "[^"]*"/g, "")
		.replace(/'"'|b'"'/g, "''");
	return Array.from(
		source.matchAll(LITERAL),
		([, , raw, plain = ""]) => raw ?? unescaped(plain),
	).map((text) => text.replace(/\{[a-z_0-9:?]*\}/g, VALUE));
}

/** What the escapes of a literal stand for; a line that is continued goes on without its indentation. */
function unescaped(text: string): string {
	return text
		.replace(/\\\n\s*/g, "")
		.replace(/\\u\{([0-9a-f]+)\}/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
		.replace(/\\(["'\\])/g, "$1");
}

/** All texts, file by file. */
export function messages(): string {
	const files = [
		...filesOf("src", ".rs").map((path) => [path, textsOfRust(path)] as const),
		...filesOf("pkg-template/src", ".ts").map((path) => [path, textsOfTypeScript(path)] as const),
	];
	const parts = files.map(([path, texts]) => {
		const said = [...new Set(texts.filter(isSentence))];
		return said.length === 0 ? "" : `${path}\n${said.map((text) => `  ${text}\n`).join("")}\n`;
	});
	return parts.join("");
}

if (process.argv[1] === import.meta.filename) writeFileSync(LIST, messages());
