// Prints the tables, and writes them into the page of the documentation.
import { readFileSync, writeFileSync } from "node:fs";
import { bodies } from "./callbacks.mjs";
import { tablesOf } from "./tables.mjs";
import { verdictOn } from "./targets.mjs";

export function printReport(figures) {
	const lines = [
		"",
		"Microseconds from a callback, its body as bytes, to the parsed event: the median of",
		`${figures.settings.rounds} batch means, the batches of all subjects and sizes in random order after a warm-up.`,
		"In brackets wallet-callback / peer, both in the peer's format: below 1, wallet-callback is faster.",
		...bodies,
		...tablesOf(figures).flatMap(toText),
	];
	console.log(lines.join("\n"));
}

/** The first column to the left, the others to the right of columns as wide as they need be. */
function toText({ heads, rows }) {
	const all = [heads, ...rows];
	const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column].length)));
	const pad = (cell, column) =>
		column === 0 ? cell.padEnd(Math.max(32, widths[0])) : cell.padStart(widths[column] + 2);
	return ["", ...all.map((row) => row.map(pad).join("").trimEnd())];
}

/**
 * Replaces what stands between the marks of each table's name, which one of the pages has. Of the targets, those
 * that are not reached.
 */
export function writePages(files, figures) {
	const missed = figures.targets.filter((target) => verdictOn(target) !== "reached");
	const tables = tablesOf({ ...figures, targets: missed });
	const pages = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
	for (const name of new Set(tables.map((table) => table.name))) {
		const own = tables.filter((table) => table.name === name);
		const between = new RegExp(`(<!-- ${name}:begin -->\n).*?(<!-- ${name}:end -->)`, "s");
		const file = files.find((one) => between.test(pages.get(one)));
		if (file === undefined) throw new Error(`expected a place for the table ${name}`);
		const text = own.map(toMarkdown).join("\n");
		pages.set(
			file,
			pages.get(file).replace(between, (_, begin, end) => begin + text + end),
		);
	}
	for (const [file, page] of pages) writeFileSync(file, page);
}

function toMarkdown({ heads, rows }) {
	const line = (cells) => `| ${cells.join(" | ")} |\n`;
	const rule = `|---|${"---:|".repeat(heads.length - 1)}\n`;
	return line(heads) + rule + rows.map(line).join("");
}
