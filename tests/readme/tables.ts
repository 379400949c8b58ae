/** The tables of the docs that are made of the project's own data. */
import assert from "node:assert/strict";
import type { Place } from "wallet-callback";
import { core } from "../senders/package.ts";
import { headingsOf, read } from "./documents.ts";

/** What stands between the markers of one name, and in which page. */
interface Table {
	readonly page: string;
	readonly table: () => string;
}

export const tables: { readonly [name: string]: Table } = {
	names: { page: "README.md", table: listOfSenders },
	senders: { page: "docs/senders.md", table: tableOfSenders },
	answers: { page: "docs/senders.md", table: tableOfAnswers },
	causes: { page: "docs/troubleshooting.md", table: listOfCauses },
	signs: { page: "SECURITY.md", table: tableOfSigned },
};

/** The names of all senders; those that need the full entry on some platforms stand apart. */
function listOfSenders(): string {
	const names = (entry: string) =>
		core
			.senders()
			.filter((sender) => sender.entry === entry)
			.map(({ name }) => `\`${name}\``)
			.join(" ");
	return `${names("wallet-callback")}\n\nWith \`wallet-callback/full\`: ${names("wallet-callback/full")}\n`;
}

/** Every sender that the package knows, and how many vectors there are for it. */
function tableOfSenders(): string {
	const vectors: readonly { readonly sender: string }[] = JSON.parse(
		read("tests/vectors/senders.json"),
	);
	const rows = core
		.senders()
		.map(({ name, title, docs, ...about }) => [
			`\`${name}\``,
			`[${title}](${docs})`,
			about.headers.map((header) => `\`${header}\``).join(" ") || "in the body",
			about.algorithm,
			about.freshness,
			(["id", "type", "url", "method"] as const).filter((part) => about.signs[part]).join(", "),
			about.evidence,
			String(vectors.filter(({ sender }) => sender === name).length || "–"),
			about.entry === "wallet-callback" ? "" : "full",
		]);
	const head = ["`sender`", "who", "headers", "algorithm", "time", "signs"];
	return tableOf([...head, "evidence", "vectors", "entry"], rows);
}

/** What each sender is told, what it is known by, and what else it asks. */
function tableOfAnswers(): string {
	const listed = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(" ") || "–";
	const rows = core
		.senders()
		.map(({ name, acknowledgement, probes, deliversByGet, signs, types, ...about }) => [
			`\`${name}\``,
			acknowledgement === undefined
				? "–"
				: [acknowledgement.status, acknowledgement.body && `\`${acknowledgement.body}\``]
						.filter((part) => part !== undefined)
						.join(" "),
			listed(probes),
			deliversByGet ? "`POST` `GET`" : "`POST`",
			placeOf(about.identifiedBy),
			dedupeOf(name, about.identifiedBy, signs.timestamp),
			(["id", "type", "timestamp", "url", "method"] as const)
				.filter((part) => signs[part])
				.join(", ") || "–",
			[
				placeOf(about.typedBy),
				about.typedBy === undefined || signs.type ? "" : "unsigned",
				name === "tp-wallet" ? "its own" : types && `of ${listed(types)}`,
			]
				.filter(Boolean)
				.join(", "),
			listed(about.decisions),
			about.clientErrorsAreFinal ? "yes" : "–",
		]);
	const asked = ["sender", "answer", "probe", "methods"];
	const known = ["identified by", "default `dedupe`", "signs", "type"];
	return tableOf([...asked, ...known, "decisions", "4xx is final"], rows);
}

function placeOf(place: Place | undefined): string {
	if (place === undefined) return "–";
	return "header" in place ? `header \`${place.header}\`` : `\`${place.member}\``;
}

/** How a sender's callbacks are told apart by default, and why not by more. */
function dedupeOf(sender: string, identifiedBy: Place | undefined, isTimed: boolean): string {
	if (identifiedBy !== undefined) return "`id`";
	const rows: readonly { readonly name: string; readonly changesOnRetry?: readonly string[] }[] =
		JSON.parse(read("src/sender/senders.json"));
	const changing = rows.find(({ name }) => name === sender)?.changesOnRetry;
	if (changing !== undefined)
		return `\`body\` without \`${changing.join("`, `")}\`, which counts tries`;
	return isTimed ? "`body`: a retry may be signed anew" : "`body`: nothing else is signed";
}

/** What the signature of each sender covers. */
function tableOfSigned(): string {
	const parts = ["body", "id", "type", "timestamp", "url", "method"] as const;
	const rows = core
		.senders()
		.map(({ name, signs }) => [`\`${name}\``, ...parts.map((part) => (signs[part] ? "yes" : "–"))]);
	return tableOf(["sender", ...parts], rows);
}

/**
 * Every cause of `explain` with its fix, from where the core has them. A cause that is a rejection
 * code, too, has its heading there.
 */
function listOfCauses(): string {
	const source = read("src/explain/cause.rs");
	const constants = new Map<string, string>();
	for (const [, name = "", text = ""] of source.matchAll(/^const (\w+): &str = (".*");$/gm)) {
		constants.set(name, JSON.parse(text));
	}
	const page = read("docs/troubleshooting.md");
	const codes = headingsOf(page.replace(/<!-- causes:begin -->.*<!-- causes:end -->/s, ""));
	const causes = source.matchAll(/^ {4}\w+ = "(\w+)", "([^"]+)",\s+(?:(".*")|([A-Z_]+));$/gm);
	const lines = [...causes]
		.filter(([, code = ""]) => !codes.includes(code))
		.map(([, code, meaning = "", text, constant = ""]) => {
			const fix = String(text === undefined ? constants.get(constant) : JSON.parse(text));
			return `### ${code}\n${toSentence(meaning)} **Fix:** ${withCode(fix)}.\n`;
		});
	return lines.join("\n");
}

/** A call in a text, with what stands before it: Markdown would eat its asterisks and backslashes. */
const CALL = /(?:\w+: \(\) => )?(?:await )?[\w.]+\((?:[^()]|\([^()]*\))*\)/g;

/** A text with its calls as code. */
function withCode(text: string): string {
	const marked = text.replace(CALL, "`$&`");
	assert.doesNotMatch(marked.replace(/`[^`]*`/g, ""), /[*\\<]/, text);
	return marked;
}

function toSentence(text: string): string {
	return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`.replaceAll("|  |", "| |");
	return line(head) + line(head.map(() => "---")).replaceAll(" ", "") + rows.map(line).join("");
}
