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
 * @param {number} rounds
 */
export function printTable(rows, rounds) {
	console.log(bold(line("", "what was sent", "answer", "code", "µs", "signed by, or at fault")));
	for (const acceptance of [true, false]) {
		console.log(dim("─".repeat(100)));
		for (const row of rows) {
			if ((row.sample.expected.code === 0) === acceptance) printRow(row);
		}
	}
	console.log(dim("─".repeat(100)));
	console.log(
		dim(`µs: time inside verify(), the median of ${rounds} requests over HTTP after a warm-up`),
	);
}

/** @param {Row} row */
function printRow({ sample, answer, verdict, microseconds, isExpected }) {
	const { result } = verdict;
	const code = result.ok ? "accepted" : result.code;
	const part = result.ok ? `key ${result.key.id}` : (result.path ?? result.header ?? "body");
	const text = line(
		isExpected ? "✓" : "✗",
		sample.title,
		String(answer.status),
		code,
		microseconds.toFixed(1),
		part,
	);
	if (isExpected) {
		console.log(result.ok ? green(text) : yellow(text));
		return;
	}
	const { expected } = sample;
	const wanted =
		expected.code === 0
			? `200, accepted by key ${expected.key}`
			: `${expected.status} ${expected.code} ${expected.part ?? ""}`;
	console.log(red(`${text}\n  expected ${wanted}; the answer's body was ${answer.body}`));
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
	const events = new Map();
	for (const { verdict } of rows) {
		if (verdict.result.ok) {
			const { event } = verdict.result;
			events.set(event.type, event);
		}
	}
	for (const event of events.values()) {
		const { subject, details } = describe(event);
		console.log(`  ${green(event.type.padEnd(23))}${subject}`);
		for (const text of wrap(details, 75)) {
			console.log(`  ${"".padEnd(23)}${text}`);
		}
	}
}

/** @param {readonly Row[]} rows */
export function printPayloads(rows) {
	console.log(bold("\nWhy genuine callbacks were refused"));
	for (const { verdict } of rows) {
		const { result } = verdict;
		if (!result.ok && result.code === "malformed_payload") {
			console.log(`  ${yellow((result.path ?? "").padEnd(23))}${result.message}`);
		}
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
