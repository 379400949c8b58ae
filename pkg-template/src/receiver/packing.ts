/** The form in which the inbox keeps a callback. */

/** What the inbox keeps of a callback. */
interface Packed {
	readonly event: object;
	readonly body: Uint8Array;
}

/** Stands before what JSON has no form for, and before a text that starts with it. */
const MARK = "\0";

/** A callback as the inbox keeps it: JSON. */
export function pack({ event, body }: Packed): string {
	let text: string | undefined;
	try {
		text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
	} catch {
		// It is not UTF-8.
	}
	return JSON.stringify({ event, body: text ?? body }, function (this: unknown, name) {
		// What a `toJSON` makes of it, such as one that a program gives to bigints, cannot be read again.
		const value = (this as { readonly [name: string]: unknown })[name];
		if (typeof value === "string" && value.startsWith(MARK)) return `${MARK}${value}`;
		if (typeof value === "bigint") return `${MARK}n${value}`;
		if (typeof value === "number" && isLost(value)) return `${MARK}d${toText(value)}`;
		return value instanceof Uint8Array ? `${MARK}x${toHex(value)}` : value;
	});
}

/** The callback that {@link pack} kept. */
export function unpack(text: string): Packed {
	const { event, body } = JSON.parse(text, (_name, value: unknown) => {
		if (typeof value !== "string" || !value.startsWith(MARK)) return value;
		if (value[1] === "n") return BigInt(value.slice(2));
		if (value[1] === "d") return Number(value.slice(2));
		return value[1] === "x" ? fromHex(value.slice(2)) : value.slice(1);
	}) as { readonly event: object; readonly body: string | Uint8Array };
	return { event, body: typeof body === "string" ? new TextEncoder().encode(body) : body };
}

/** Whether JSON has no number for it: `1e400` is read as infinite, and `-0` is written as 0. */
function isLost(value: number): boolean {
	return !Number.isFinite(value) || Object.is(value, -0);
}

function toText(value: number): string {
	return Object.is(value, -0) ? "-0" : String(value);
}

function toHex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(digits: string): Uint8Array {
	const pairs = digits.match(/../g) ?? [];
	return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
