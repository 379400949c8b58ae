/** Arguments that are left out. */

/** @throws {TypeError} for anything but an object; `expected` says what it should be, and the call. */
export function requireObject(value: unknown, expected: string): asserts value is object {
	if (typeof value !== "object" || value === null) throw new TypeError(`expected ${expected}`);
}
