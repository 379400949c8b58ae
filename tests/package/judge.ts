/**
 * A second opinion on bodies: `JSON.parse` decides what is JSON, and a scanner of its tokens finds
 * what `JSON.parse` lets pass and the format does not. Each function gives a reason to refuse.
 */

/** The most containers inside each other. */
const MAX_DEPTH = 32;
/** The most digits before the point, counted with the exponent, that fit a double whatever they are. */
const MAX_MAGNITUDE = 308;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text, if the bytes are one. */
export function decode(bytes: Uint8Array): string | undefined {
	try {
		return decoder.decode(bytes);
	} catch {
		return undefined;
	}
}

export function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

/** What is wrong with a body as strict JSON. */
export function jsonFlaw(bytes: Uint8Array): string | undefined {
	const text = decode(bytes);
	if (text === undefined) return "not UTF-8";
	if (!isJson(text)) return "not JSON";
	const open: (Set<string> | undefined)[] = [];
	let last = "";
	for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:]|[^\s{}[\]:,"]+/g)) {
		if (token === "{" || token === "[") {
			open.push(token === "{" ? new Set() : undefined);
			if (open.length > MAX_DEPTH) return "too deep";
		} else if (token === "}" || token === "]") {
			open.pop();
		} else if (token === ":") {
			const names = open.at(-1);
			if (names?.has(last)) return `the name ${JSON.stringify(last)} twice`;
			if (last === "__proto__") return "a member that JavaScript takes for a prototype";
			names?.add(last);
		} else if (token.startsWith('"')) {
			last = JSON.parse(token);
			if (/\p{Surrogate}/u.test(last)) return "a lone surrogate";
		} else {
			const flaw = numberFlaw(token);
			if (flaw !== undefined) return flaw;
		}
	}
	return undefined;
}

function numberFlaw(token: string): string | undefined {
	const parts = /^-?(\d+)(?:\.\d+)?(?:[eE]([-+]?\d+))?$/.exec(token);
	if (parts === null) return undefined;
	const [, digits = "", exponent] = parts;
	if (digits.length + Number(exponent ?? 0) > MAX_MAGNITUDE) return "a number past doubles";
	return !Number.isSafeInteger(Number(digits)) ? "an inexact number" : undefined;
}

/** Stands before numbers for as long as they are strings. */
const MARK = "6f1d0c1e-8b1c-4f6e-9d55-3b8f0d0a7c11";

/** A JSON value whose numbers are exact: as strings, or as bigints if they are integers. */
export function parseExactly(text: string, as: "string" | "bigint"): unknown {
	const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
		token.startsWith('"') || isCarried(token) ? token : `"${MARK}${token}"`,
	);
	return JSON.parse(marked, (_name, value) => {
		if (typeof value !== "string" || !value.startsWith(MARK)) return value;
		const number = value.slice(MARK.length);
		return as === "bigint" && /^-?\d+$/.test(number) ? BigInt(number) : number;
	});
}

/** Whether a double has the decimal value of a number, as JavaScript writes doubles. */
function isCarried(number: string): boolean {
	if (/^-?\d+$/.test(number)) return Number.isSafeInteger(Number(number));
	const written = String(Number(number));
	if (written === "Infinity" || written === "-Infinity") return false;
	const [one, other] = [toFraction(number), toFraction(written)];
	if (one.digits === 0n || other.digits === 0n) return one.digits === other.digits;
	if (Math.abs(one.exponent - other.exponent) > 5000) return false;
	const least = Math.min(one.exponent, other.exponent);
	const scaled = ({ digits, exponent }: typeof one) => digits * 10n ** BigInt(exponent - least);
	return scaled(one) === scaled(other);
}

function toFraction(number: string): { readonly digits: bigint; readonly exponent: number } {
	const [mantissa = "", exponent = "0"] = number.toLowerCase().split("e");
	const [integer, fraction = ""] = mantissa.split(".");
	return { digits: BigInt(`${integer}${fraction}`), exponent: Number(exponent) - fraction.length };
}

/** What is wrong with a JSON value as an event, whatever its type. */
export function envelopeFlaw(value: unknown): string | undefined {
	if (!isObject(value)) return "no object";
	const { type, timestamp, data } = value;
	if (typeof type !== "string" || type === "") return "no type";
	if (typeof timestamp !== "string" || !isTimestamp(timestamp)) return "no timestamp";
	return isObject(data) ? undefined : "no data";
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** RFC 3339, section 5.6, with the days that the calendar has. */
function isTimestamp(text: string): boolean {
	const parts =
		/^(\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(?:\.\d+)?(Z|[-+](?:[01]\d|2[0-3]):[0-5]\d)$/.exec(
			text.toUpperCase(),
		);
	if (parts === null || /[^\x20-\x7e]/.test(text)) return false;
	const [, date, minute, second, offset] = parts;
	const midnight = new Date(`${date}T00:00:00Z`);
	// `Date` takes the 30th of February for the 2nd of March.
	if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(`${date}T`)) {
		return false;
	}
	if (second !== "60") return true;
	return new Date(`${date}T${minute}:00${offset}`).toISOString().includes("T23:59:");
}
