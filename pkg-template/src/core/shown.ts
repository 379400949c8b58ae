/** How an error shows what it got: a wrong option may be a key, or a URL with a password in it. */

/** A number or a boolean as it is, and of anything else its type. */
export function shown(value: unknown): string {
	if (typeof value === "number" || typeof value === "boolean") return String(value);
	return value === null ? "null" : typeof value;
}

/** The same where a name from a list is expected: a short plain word is shown, too. */
export function shownName(value: unknown): string {
	const isWord = typeof value === "string" && /^[a-z][a-z0-9._-]{0,31}$/i.test(value);
	return isWord ? `"${value}"` : shown(value);
}
