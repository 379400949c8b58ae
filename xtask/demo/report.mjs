// What the demo prints: within 100 columns, in colour on a terminal unless NO_COLOR is set.
import { describe } from "./events.mjs";

/** @import { Row } from "./main.mjs" */
/** @import { Verdict } from "./receiver.mjs" */

const inColour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (/** @type {number} */ code) => (/** @type {string} */ text) => {
	return inColour ? `\x1b[${code}m${text}\x1b[0m` : text;
};
export const bold = paint(1);
const dim = paint(2);
const red = paint(31);
const green = paint(32);
const yellow = paint(33);

/**
 * @param {readonly Row[]} rows
 * @param {number} rounds How many requests a row stands for.
 * @param {number} backToBack Microseconds for a call that follows another one.
 */
export function printTable(rows, rounds, backToBack) {
	console.log(bold(line("", "what was sent", "answer", "code", "µs", "signed by, or at fault")));
	for (const acceptance of [true, false]) {
		console.log(dim("─".repeat(100)));
		for (const row of rows) {
			if ((row.sample.expected.code === "accepted") === acceptance) printRow(row);
		}
	}
	console.log(dim("─".repeat(100)));
	console.log(
		dim(
			`µs: inside verify(), the median of ${rounds} requests, each after other work that cools the`,
		),
	);
	console.log(
		dim(`caches. Called in a loop, it takes ${backToBack.toFixed(1)} µs for deposit.confirmed.`),
	);
}

/** @param {Row} row */
function printRow({ sample, outcome, microseconds, isExpected }) {
	const { status, code, part } = outcome;
	const mark = isExpected ? "✓" : "✗";
	const text = line(mark, sample.title, String(status), code, microseconds.toFixed(1), part);
	if (isExpected) {
		console.log(code === "accepted" ? green(text) : yellow(text));
	} else {
		const { expected } = sample;
		console.log(red(text));
		console.log(red(`  expected ${expected.status}, ${expected.code}, ${expected.part}`));
	}
}

/** @param {[string, string, string, string, string, string]} cells */
function line(...[mark, sent, answer, code, time, part]) {
	return [
		mark.padEnd(1),
		sent.padEnd(41),
		answer.padEnd(6),
		code.padEnd(18),
		time.padStart(6),
		` ${part}`,
	].join(" ");
}

/** @param {readonly Row[]} rows */
export function printEvents(rows) {
	console.log(bold("\nWhat the accepted callbacks say"));
	for (const { sample, result } of rows) {
		// The four kinds are titled with their type; the other rows repeat the deposit.
		if (!result.ok || result.event.type !== sample.title) continue;
		const { subject, details } = describe(result.event);
		console.log(`  ${green(sample.title.padEnd(23))}${subject}`);
		for (const text of wrap(details, 75)) {
			console.log(`  ${"".padEnd(23)}${text}`);
		}
	}
}

/** @param {readonly Row[]} rows */
export function printPayloads(rows) {
	console.log(bold("\nWhat is wrong with the payloads that were refused"));
	for (const { result } of rows) {
		if (!result.ok && result.code === "malformed_payload") {
			console.log(`  ${yellow((result.path ?? "").padEnd(23))}${result.message}`);
		}
	}
}

/** @param {readonly Row[]} rows */
export function printOutcome(rows) {
	const differing = rows.filter((row) => !row.isExpected);
	if (differing.length === 0) {
		console.log(green(`\nEach of the ${rows.length} answers is the expected one.`));
		return;
	}
	console.log(red("\nNot the expected answer:"));
	for (const { sample } of differing) {
		console.log(`  ${sample.title}`);
	}
}

/**
 * One line for a log.
 *
 * @param {Verdict} verdict
 */
export function summary({ result, microseconds }) {
	const time = new Date().toLocaleTimeString("en-GB");
	const took = dim(`${microseconds.toFixed(1)} µs`);
	if (!result.ok) {
		return `${time}  ${yellow(`${result.status} ${result.code}`)}  ${result.message}  ${took}`;
	}
	const { subject, details } = describe(result.event);
	const text = [subject, ...details].filter((part) => part !== "").join(", ");
	return `${time}  ${green("200 accepted")}  ${result.id}  ${result.event.type}  ${text}  ${took}`;
}

/**
 * Joins parts into lines of at most `width` characters.
 *
 * @param {readonly string[]} parts
 * @param {number} width
 */
function wrap(parts, width) {
	/** @type {string[]} */
	const lines = [];
	for (const part of parts) {
		const last = lines.at(-1);
		if (last !== undefined && last.length + part.length + 3 <= width) {
			lines[lines.length - 1] = `${last} · ${part}`;
		} else {
			lines.push(part);
		}
	}
	return lines;
}
