/** How an error shows what it got: a wrong option may be a key, or a URL with a password in it. */

/** A number or a boolean as it is, and of anything else its type. */
export function shown(value: unknown): string {
	if (typeof value === "number" || typeof value === "boolean") return String(value);
	return value === null ? "null" : typeof value;
}

/** Words of letters, which keys are not made of. */
const NAME = /^[a-z]{1,16}([._-]([a-z]{1,16}|v\d))*$/i;

/** The same where a name from a list is expected: a short plain word is shown, too. */
export function shownName(value: unknown): string {
	const isName = typeof value === "string" && value.length <= 32 && NAME.test(value);
	return isName ? `"${value}"` : shown(value);
}
