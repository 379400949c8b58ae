/** Arguments that are left out, or are of another type. */
import { shown } from "./shown.js";

/** @throws {TypeError} for anything but an object; `expected` says what it should be, and the call. */
export function requireObject(value: unknown, expected: string): asserts value is object {
	if (typeof value !== "object" || value === null) throw new TypeError(`expected ${expected}`);
}

/** Refuses a value that is no text, but may be left out: no object of the caller's reaches the core. */
export function optionalText(value: unknown, name: string): string | undefined {
	if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
	throw new TypeError(`${name}: expected a string, got ${shown(value)}`);
}
