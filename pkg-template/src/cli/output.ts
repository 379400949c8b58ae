/** What commands write, and in which colours. */
import type { Rejected } from "wallet-callback";
import { EXIT } from "./exit.js";
import { fileProblem } from "./system.js";

/** Whether a stream gets colours: a terminal does, unless the environment says otherwise. */
export function hasColors({ isTTY }: NodeJS.WriteStream): boolean {
	const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
	if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
	return isTTY === true && TERM !== "dumb" && !NO_COLOR;
}

/** Of `node:util`, `styleText` would do, but Node 20.0 has none. */
const style = (open: number, close: number) => (text: string) =>
	hasColors(process.stdout) ? `\u001b[${open}m${text}\u001b[${close}m` : text;

export const bold: (text: string) => string = style(1, 22);
export const dim: (text: string) => string = style(2, 22);
export const red: (text: string) => string = style(31, 39);
export const green: (text: string) => string = style(32, 39);
export const yellow: (text: string) => string = style(33, 39);
export const cyan: (text: string) => string = style(36, 39);

/** Writes a line to the standard output. */
export function print(text = ""): void {
	process.stdout.write(`${text}\n`);
}

/** Writes a value for a program to read. */
export function printJson(value: unknown): void {
	print(toJson(value, 2));
}

/** Writes a value in a line of its own, for a program to read. */
export function printJsonLine(value: unknown): void {
	print(toJson(value));
}

/** Writes a line for people, beside what a program may read from the standard output. */
export function note(text: string): void {
	process.stderr.write(`${text}\n`);
}

/**
 * Text of somebody else, fit for a terminal: without the characters that move the cursor, change colours or
 * turn the direction of writing.
 */
export function plain(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

/** The same of text that has lines. */
export function plainLines(text: string): string {
	return text.split("\n").map(plain).join("\n");
}

/** A value as JSON in which such characters are escaped, too, and large integers are texts. */
export function toJson(value: unknown, indent?: number): string {
	const toText = (_: string, one: unknown) => (typeof one === "bigint" ? `${one}` : one);
	return plainLines(JSON.stringify(value, toText, indent));
}

/** In UTF-16 code units, as JSON escapes. */
function escaped(one: string): string {
	const units = one.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
	return `\\u${units.join("\\u")}`;
}

/** What a verifier says and of which member, without the advice to call a function. */
export function said({ message, path }: Pick<Rejected, "message" | "path">): string {
	const shown = message.replace(/ \(call explain\(\)[^)]*\)$/, "");
	return plain(path === undefined ? shown : `${path}: ${shown}`);
}

/** Ends quietly when the reader has gone, as `head` does, and with a message if the disk is full. */
export function endWithReader(): void {
	for (const stream of [process.stdout, process.stderr]) {
		stream.on("error", (error: NodeJS.ErrnoException) => {
			if (error.code === "EPIPE") process.exit();
			note(`error: ${plain(fileProblem(error, "the output", "write") ?? error.message)}`);
			process.exit(EXIT.internal);
		});
	}
}
