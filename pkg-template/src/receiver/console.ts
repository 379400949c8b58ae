/** Records as lines for people: `console` itself would show each as an object of many lines. */

import type { Logger } from "./telemetry.js";

/** The part of `console` that is used. */
declare const console: { readonly [Level in keyof Logger]: (line: string) => void };

/** Writes a line for each record. The methods are looked up late: tests replace them. */
export const consoleLogger: Logger = {
	info: (fields, message) => console.info(toLine(fields, message)),
	warn: (fields, message) => console.warn(toLine(fields, message)),
	error: (fields, message) => console.error(toLine(fields, message)),
};

/** What a receiver writes to without a logger: what goes wrong on this side is not silent. */
export const errorsToConsole: Logger = { ...consoleLogger, info() {}, warn() {} };

/** Whether a logger is `console`, be it that of another realm. */
export function isConsole(log: object): boolean {
	return log === console || Object.prototype.toString.call(log) === "[object console]";
}

/** What people look for, in this order; the rest follows. */
const FIRST = ["type", "id", "attempt", "code", "header", "path", "sender", "ip", "peer"];

/** What the line says already, or what is of no use to people. */
const LEFT_OUT = [
	...["time", "level", "outcome", "message", "hint", "error", "store", "keyIndex"],
	...["cause", "causes", "certainty"],
];

/** What of a record is not written as name and value. */
interface Said {
	readonly [name: string]: unknown;
	readonly message?: unknown;
	readonly hint?: unknown;
	readonly error?: { readonly name?: string; readonly message?: string; readonly stack?: string };
}

/** A record as one line, the message first, and below it the stack of an error. */
function toLine(fields: object, message = ""): string {
	const record = fields as Said;
	const { message: what, hint, error } = record;
	const said = [message, what].filter((text) => typeof text === "string" && text !== "").join(": ");
	const line = typeof hint === "string" ? `${said}; ${hint}` : said;
	const members = membersOf(record);
	const head = printable(members === "" ? line : `${line} [${members}]`);
	const stack = error?.stack ?? (error?.message && `${error.name ?? "Error"}: ${error.message}`);
	return stack === undefined ? head : `${head}\n${printableStack(stack)}`;
}

function membersOf(record: Said): string {
	const names = [...FIRST, ...Object.keys(record).filter((name) => !FIRST.includes(name))];
	return names
		.filter((name) => record[name] !== undefined && !LEFT_OUT.includes(name))
		.filter((name) => name !== "peer" || record.peer !== record.ip)
		.map((name) => `${name}=${toWord(record[name])}`)
		.join(" ");
}

/** A value in few characters: words are not quoted. */
function toWord(value: unknown): string {
	if (typeof value === "string" && /^[^\s"=[\]]+$/.test(value)) return value;
	if (value instanceof Error) return JSON.stringify(String(value));
	try {
		return JSON.stringify(value) ?? typeof value;
	} catch {
		// It refers to itself, or holds a big integer.
		return String(value);
	}
}

/** Without what would begin a new line, move a terminal's cursor, turn text around or not be seen. */
function printable(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
		Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join(""),
	);
}

function escaped(unit: number): string {
	return `\\u${unit.toString(16).padStart(4, "0")}`;
}

/** What a stack itself begins lines with. */
const OWN_LINE = /^( {4}at |caused by: )/;

/** A stack in lines of its own. A message in it may have any lines, such as one that looks like a record. */
function printableStack(stack: string): string {
	const [first = "", ...others] = stack.split("\n").map(printable);
	return [first, ...others.map((line) => (OWN_LINE.test(line) ? line : `    | ${line}`))].join(
		"\n",
	);
}
