// What the demo prints: within 100 columns, in colour on a terminal unless NO_COLOR is set.
import { describe, short } from "./events.mjs";

/** @import { WalletEvent } from "../../pkg/dist/esm/index.js" */
/** @import { DappResult } from "../../pkg/dist/esm/dapp/types.js" */
/** @import { CallbackRecord } from "../../pkg/dist/esm/receiver.js" */
/** @import { Row } from "./main.mjs" */
/** @import { Finding } from "./once.mjs" */
/** @import { SignInFinding } from "./sign-in.mjs" */

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
			`µs: verify() on the same bytes, the median of ${rounds}, each after a request, whose work`,
		),
	);
	console.log(
		dim(`cools the caches. In a loop, it takes ${backToBack.toFixed(1)} µs for deposit.confirmed.`),
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

/** @param {readonly Finding[]} findings */
export function printChecks(findings) {
	console.log(bold("\nHandled once"));
	console.log(bold(checkLine("", "what was sent", "attempts", "answers")));
	console.log(dim("─".repeat(100)));
	for (const { check, answers, attempts, isExpected } of findings) {
		const mark = isExpected ? "✓" : "✗";
		const text = checkLine(mark, check.title, attempts.join(", "), tally(answers));
		console.log((isExpected ? green : red)(text));
		if (!isExpected) {
			const expected = checkLine("", "  expected", check.attempts.join(", "), tally(check.answers));
			console.log(red(expected));
		}
	}
	console.log(dim("─".repeat(100)));
	console.log(dim("attempts: the numbers of the handler's calls."));
}

/** @param {[string, string, string, string]} cells */
function checkLine(...[mark, sent, attempts, answers]) {
	return [mark.padEnd(1), sent.padEnd(35), (attempts || "–").padEnd(8), answers].join(" ");
}

/** @param {readonly string[]} answers */
function tally(answers) {
	const kinds = [...new Set(answers)].map((kind) => {
		const count = answers.filter((answer) => answer === kind).length;
		return count === 1 ? kind : `${count} × ${kind}`;
	});
	return kinds.join(", ");
}

/** @param {readonly SignInFinding[]} findings */
export function printSignIns(findings) {
	console.log(bold("\nSigned in with a wallet"));
	console.log(bold(signInLine("", "what the wallet posts", "signs in", "answers")));
	console.log(dim("─".repeat(100)));
	for (const { check, answers, signedIn, isExpected } of findings) {
		const mark = isExpected ? "✓" : "✗";
		const text = signInLine(mark, check.title, signedIn.join(), tally(answers));
		console.log(isExpected ? (signedIn.length > 0 ? green : yellow)(text) : red(text));
		if (!isExpected) {
			const { signedIn, answers } = check;
			console.log(red(signInLine("", "  expected", signedIn.join(), tally(answers))));
		}
	}
	console.log(dim("─".repeat(100)));
	console.log(dim("signs in: only a signature over the server's own text does."));
}

/** @param {[string, string, string, string]} cells */
function signInLine(...[mark, posted, account, answers]) {
	const who = account.length > 14 ? short(account) : account;
	return [mark.padEnd(1), posted.padEnd(38), (who || "–").padEnd(11), answers].join(" ");
}

/**
 * @param {readonly Row[]} rows
 * @param {readonly { check: { title: string }, isExpected: boolean }[]} findings
 */
export function printOutcome(rows, findings) {
	const differing = [
		...rows.filter((row) => !row.isExpected).map(({ sample }) => sample.title),
		...findings.filter((finding) => !finding.isExpected).map(({ check }) => check.title),
	];
	if (differing.length === 0) {
		console.log(green(`\nEach of the ${rows.length + findings.length} rows is as expected.`));
		return;
	}
	console.log(red("\nNot as expected:"));
	for (const title of differing) {
		console.log(`  ${title}`);
	}
}

/**
 * One line for a log: what is being handled.
 *
 * @param {WalletEvent} event
 */
export function eventLine(event) {
	const { subject, details } = describe(event);
	return `${clock()}  ${event.type}  ${[subject, ...details].join(", ")}`;
}

/**
 * One line for a log: what a wallet has posted.
 *
 * @param {Exclude<DappResult, { ok: false }>} result
 */
export function resultLine(result) {
	const { action, outcome, authenticated } = result;
	const who = authenticated ? `signed by ${result.address}` : "not authenticated";
	return `${clock()}  ${action}  ${outcome}, ${who}`;
}

/**
 * One line for a log: how it ended.
 *
 * @param {CallbackRecord} record
 */
export function recordLine({ outcome, level, id, code, message, durationMs }) {
	const colour = level === "info" ? green : yellow;
	const parts = [clock(), colour(outcome), id, code, message, dim(`${durationMs} ms`)];
	return parts.filter((part) => part !== undefined).join("  ");
}

function clock() {
	return new Date().toTimeString().slice(0, 8);
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
