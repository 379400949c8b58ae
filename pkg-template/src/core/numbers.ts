/** Numbers that a double does not carry. */

/** What such a number of a payload becomes: its text, a bigint if it is an integer, or the nearest double. */
export type UnsafeNumbers = "string" | "bigint" | "number";

/** Stands before numbers that the core has made strings of, and before strings that start with it. */
const MARK = "\0";

/**
 * The longest number that becomes more than its text, in characters: the time that a platform needs for
 * a bigint grows with the square of them.
 */
const MAX_LENGTH = 4096;

/** A container of JSON. */
type Container = { [name: string]: unknown };

/** The JSON value with the numbers that the core has marked. Nothing here is as deep as the value. */
export function unmark(value: unknown, as: UnsafeNumbers): unknown {
	const root: Container = { value };
	const open = [root];
	for (let container = open.pop(); container !== undefined; container = open.pop()) {
		for (const name of Object.keys(container)) {
			const member = container[name];
			if (typeof member === "string" && member.startsWith(MARK)) {
				container[name] = toValue(member.slice(MARK.length), as);
			} else if (typeof member === "object" && member !== null) {
				open.push(member as Container);
			}
		}
	}
	return root.value;
}

function toValue(text: string, as: UnsafeNumbers): unknown {
	if (text.startsWith(MARK) || text.length > MAX_LENGTH) return text;
	if (/^-?\d+$/.test(text)) return as === "bigint" ? BigInt(text) : text;
	const number = Number(text);
	return decimal(text) === decimal(String(number)) ? number : text;
}

/** The same text for every spelling of a decimal value, whatever its sign. */
function decimal(number: string): string | undefined {
	const match = /^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(number);
	if (match === null) return undefined;
	const [, integer = "", fraction = "", exponent = "0"] = match;
	const digits = `${integer}${fraction}`;
	// A regular expression would begin anew at each zero.
	let start = 0;
	let end = digits.length;
	while (digits[start] === "0") start += 1;
	while (end > start && digits[end - 1] === "0") end -= 1;
	if (start === end) return "0";
	return `${digits.slice(start, end)}e${Number(exponent) + integer.length - end}`;
}
