/** The findings of an examination: for people, as JUnit XML and as JSON. */
import { bold, dim, green, plain, print, red, yellow } from "../output.js";
import { type CaseResult, GROUPS, type Group, type Report, type Verdict } from "./types.js";

const MARKS: { readonly [Each in Verdict]: string } = {
	pass: green("✓"),
	fail: red("✗"),
	advisory: yellow("!"),
	skipped: dim("-"),
};

/** Prints each result as it comes. */
export class Printer {
	#group: Group | undefined;
	readonly #width: number;
	readonly #isVerbose: boolean;

	/** `isVerbose`: shows also what was answered in the cases that have passed. */
	constructor(names: readonly string[], isVerbose: boolean) {
		this.#isVerbose = isVerbose;
		this.#width = Math.max(0, ...names.map(({ length }) => length));
	}

	show({ name, group, proves, verdict, answered, mend }: CaseResult): void {
		if (group !== this.#group) print(`\n${bold(GROUPS[group])}`);
		this.#group = group;
		const label = name.padEnd(this.#width);
		print(`  ${MARKS[verdict]} ${label}  ${verdict === "fail" ? proves : dim(proves)}`);
		if (verdict === "pass" && !this.#isVerbose) return;
		const paint = verdict === "fail" ? red : verdict === "advisory" ? yellow : dim;
		const indent = " ".repeat(this.#width + 6);
		print(`${indent}${paint(plain(answered))}`);
		if (mend !== undefined) print(`${indent}→ ${mend}`);
	}
}

/** The last lines. */
export function summary({ counts, requests, milliseconds }: Report): string {
	const { pass, fail, advisory, skipped } = counts;
	const seconds = (milliseconds / 1000).toFixed(1);
	const parts = [
		green(`${pass} passed`),
		...(fail > 0 ? [red(`${fail} failed`)] : []),
		...(advisory > 0 ? [yellow(`${advisory} to look at`)] : []),
		...(skipped > 0 ? [dim(`${skipped} skipped`)] : []),
	];
	return `\n${parts.join(", ")} (${requests.toLocaleString("en")} requests in ${seconds} s)`;
}

/** As XML in the form of JUnit, which CI systems read. */
export function toJunit({ url, sender, startedAt, milliseconds, counts, cases }: Report): string {
	const seconds = (time: number) => (time / 1000).toFixed(3);
	const { fail, skipped } = counts;
	const tests = cases.map(({ name, group, proves, verdict, answered, mend, milliseconds }) => {
		const attributes = [
			`classname="${xml(`${sender}.${group}`)}"`,
			`name="${xml(`${name}: ${proves}`)}"`,
			`time="${seconds(milliseconds)}"`,
		];
		const text = xml([answered, ...(mend === undefined ? [] : [`To mend it: ${mend}`])].join("\n"));
		const inner = {
			pass: "",
			fail: `<failure message="${xml(answered)}">${text}</failure>`,
			advisory: `<system-out>${text}</system-out>`,
			skipped: `<skipped message="${xml(answered)}"/>`,
		}[verdict];
		return `    <testcase ${attributes.join(" ")}>${inner}</testcase>`;
	});
	const totals = `tests="${cases.length}" failures="${fail}" errors="0" skipped="${skipped}"`;
	const time = `time="${seconds(milliseconds)}"`;
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<testsuites ${totals} ${time}>`,
		`  <testsuite name="${xml(`wallet-callback check ${url}`)}" ${totals} ${time} timestamp="${startedAt}">`,
		...tests,
		"  </testsuite>",
		"</testsuites>",
	].join("\n");
}

const ENTITIES: { readonly [character: string]: string } = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"\n": "&#10;",
};

/** A text in XML, without characters that XML cannot hold. */
function xml(text: string): string {
	return text.replace(/[&<>"\ufffe\uffff]|\p{Cc}|\p{Cs}/gu, (one) => ENTITIES[one] ?? "\ufffd");
}
