/** What users hand over, as the module takes it. */

import { shown } from "../core/shown.js";
import { toBytes } from "../verifier/request.js";

/** @throws {TypeError} for a clock that gives no time. */
export function toTime(now: number | (() => number) | undefined): number {
	const time = typeof now === "function" ? now() : (now ?? Date.now());
	if (!Number.isFinite(time)) throw new TypeError(`now: expected milliseconds, got ${shown(time)}`);
	return time;
}

/** @throws {TypeError} for anything but an object. */
export function requireOptions(options: unknown, example: string): void {
	if (typeof options === "object" && options !== null) return;
	throw new TypeError(`expected options, as in ${example}`);
}

/** So deep that the core refuses it: for what is so deep that nobody can write it. */
const TOO_DEEP = "[".repeat(1000) + "]".repeat(1000);

/**
 * Text or bytes as they are, and a plain object or an array as its JSON, where a bigint is its decimal
 * digits.
 *
 * @throws {TypeError} for anything else.
 */
export function toContent(name: string, value: unknown): string | Uint8Array {
	if (typeof value === "string") return value;
	const bytes = toBytes(value);
	if (bytes !== undefined) return bytes;
	const tag = Object.prototype.toString.call(value);
	if (tag !== "[object Object]" && tag !== "[object Array]") {
		throw new TypeError(`${name}: expected text, bytes or a plain object, got ${tag.slice(8, -1)}`);
	}
	const digits = (_name: string, member: unknown) =>
		typeof member === "bigint" ? String(member) : member;
	try {
		return JSON.stringify(value, digits);
	} catch (error) {
		if (error instanceof RangeError) return TOO_DEEP;
		throw error;
	}
}
