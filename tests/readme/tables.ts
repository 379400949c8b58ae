/** The tables of README.md and SECURITY.md that are made of the project's own data. */
import { readFileSync } from "node:fs";
import type { Place } from "wallet-callback";
import { core } from "../senders/package.ts";

/** Tables by the name that stands in their markers. */
export const tables: { readonly [name: string]: () => string } = {
	senders: tableOfSenders,
	answers: tableOfAnswers,
	causes: tableOfCauses,
	signs: tableOfSigned,
};

const read = (path: string): string =>
	readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

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

/** Every code of `explain` with its meaning, from where the core has them. */
function tableOfCauses(): string {
	const causes = read("src/explain/cause.rs").matchAll(/^ {4}\w+ = "(\w+)", "([^"]+)",$/gm);
	const rows = [...causes].map(([, code, meaning = ""]) => [`\`${code}\``, toSentence(meaning)]);
	return tableOf(["cause", "what it means"], rows);
}

function toSentence(text: string): string {
	return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`.replaceAll("|  |", "| |");
	return line(head) + line(head.map(() => "---")).replaceAll(" ", "") + rows.map(line).join("");
}
