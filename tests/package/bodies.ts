/** Random bodies: most are JSON, some are just not, and each is written in one of its many ways. */

import type { Random } from "../random.ts";
import { example, types } from "./callbacks.ts";

/** A body of a wallet, or nearly. */
export function randomBody(random: Random): Uint8Array {
	const bytes = Buffer.from(randomEvent(random));
	return random.chance(0.4) ? spoilt(bytes, random) : bytes;
}

/** Types that this version does not know, some of which look as if it did. */
const UNKNOWN_TYPES = [
	...["test.event", "t", "é", "constructor", "deposit", "deposit.", ".detected"],
	...["deposit.frozen", "Deposit.detected", "deposit.detected ", "deposit.detected.again"],
];

function randomEvent(random: Random): string {
	if (random.chance(0.05)) return spaced(randomValue(random, 4), random);
	const isKnown = random.chance(0.3);
	const { type, timestamp, data } = isKnown
		? example(random.pick(types))
		: { ...example("callback.verification"), type: random.pick(UNKNOWN_TYPES), data: {} };
	const members: Members = Object.entries(data).map(([name, value]) => [
		name,
		write(value, random),
	]);
	const inner: Members = random.shuffle([...members, ["x", randomValue(random, 4)]]);
	return spaced(
		writeObject(
			random.shuffle<Members[number]>([
				["type", write(type, random)],
				["timestamp", write(timestamp, random)],
				["data", writeObject(inner, random)],
				...random.list<Members[number]>(0, 1, () => [
					random.pick(["known", "addressChecked", "extra", "__proto__"]),
					randomValue(random, 2),
				]),
			]),
			random,
		),
		random,
	);
}

/** Names, and the texts of their values. */
type Members = (readonly [name: string, text: string])[];

const SPACES = ["", "", "", "", " ", "\n", "\t", "\r\n  "];
const spaced = (text: string, random: Random) => random.pick(SPACES) + text + random.pick(SPACES);

/** A JSON value in one of its spellings. */
function write(value: unknown, random: Random): string {
	if (typeof value === "string") return writeString(value, random);
	if (Array.isArray(value)) {
		return writeArray(
			value.map((element) => write(element, random)),
			random,
		);
	}
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	const members = Object.entries(value).map(
		([name, inner]) => [name, write(inner, random)] as const,
	);
	return writeObject(members, random);
}

const writeArray = (texts: readonly string[], random: Random) =>
	`[${texts.map((text) => spaced(text, random)).join(",") || random.pick(SPACES)}]`;

function writeObject(members: Members, random: Random): string {
	const texts = members.map(
		([name, text]) => `${spaced(writeString(name, random), random)}:${spaced(text, random)}`,
	);
	return `{${texts.join(",") || random.pick(SPACES)}}`;
}

const SHORT_ESCAPES: { readonly [character: string]: string } = {
	'"': '\\"',
	"\\": "\\\\",
	"/": "\\/",
	"\b": "\\b",
	"\f": "\\f",
	"\n": "\\n",
	"\r": "\\r",
	"\t": "\\t",
};

function writeString(text: string, random: Random): string {
	if (random.chance(0.7)) return JSON.stringify(text);
	let written = "";
	for (const character of text) {
		const isPlain = character >= " " && !/["\\]|\p{Surrogate}/u.test(character);
		written += isPlain && !random.chance(0.1) ? character : escaped(character, random);
	}
	return `"${written}"`;
}

function escaped(character: string, random: Random): string {
	const short = SHORT_ESCAPES[character];
	if (short !== undefined && random.chance(0.7)) return short;
	const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
	return units.map((unit) => `\\u${hex(unit, random)}`).join("");
}

function hex(unit: number, random: Random): string {
	const digits = unit.toString(16).padStart(4, "0");
	return random.chance(0.5) ? digits : digits.toUpperCase();
}

const CHARACTERS = [
	..."abcXYZ019 _-./:$&`'<>%\\\"{}[],/\b\f\n\r\t\0\x1f\x7f",
	..."éßñ漢字かعربी🎉👍🏽🇺🇦𝒳\u2028\u2029\ufeff\ufffd\uffff\u{1ffff}\u{10ffff}",
];
const LONE_SURROGATES = ["\ud800", "\udbff", "\udc00", "\udfff", "\udf89\ud83c"];
const NAMES = [
	...["a", "b", "c", "A", "é", "e\u0301", "🎉", "", "a b", "0", "type", "data", "decimal", "known"],
	...["__proto__", "constructor", "toString", "prototype", "length", "a\0", "\u2028"],
];
const NUMBERS = [
	...["0", "-0", "1", "-1", "0.0", "-0.0", "0e0", "0E+0", "1e0", "1.5", "0.1", "100", "1E2"],
	...["9007199254740991", "-9007199254740991", "9007199254740992", "9007199254740993"],
	...["-9007199254740993", "9007199254740993.0", "9007199254740993e0", "999999999999999"],
	...["18446744073709551615", "18446744073709551616", "123456789012345678901234567890"],
	...["1e307", "1e308", "1e309", "9.9e307", "1.7976931348623157e307", "0e308", "0e309", "-1e400"],
	...[
		"1e-400",
		"5e-324",
		"2.2250738585072011e-308",
		"1e99999999999999999999",
		"1e-99999999999999999999",
	],
	...[
		`1${"0".repeat(307)}`,
		`1${"0".repeat(308)}`,
		`1${"0".repeat(307)}.5`,
		`0.${"0".repeat(400)}1`,
	],
	...["00", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x10", "1_0", "NaN", "Infinity", "--1"],
];

function randomValue(random: Random, depth: number): string {
	if (random.chance(0.01)) return nested(random);
	const kind = random.below(depth > 0 ? 8 : 5);
	if (kind === 0) return random.pick(["null", "true", "false", "null", "True", "nul", ""]);
	if (kind === 1) return random.chance(0.2) ? random.pick(NUMBERS) : randomNumber(random);
	if (kind <= 4) return writeString(randomText(random), random);
	if (kind === 5) {
		return writeArray(
			random.list(0, 4, () => randomValue(random, depth - 1)),
			random,
		);
	}
	const names = random.list(0, 5, () =>
		random.chance(0.8) ? random.pick(NAMES) : randomText(random),
	);
	// The same name twice, now and then, and then often in two spellings.
	const kept = random.chance(0.1) ? names : [...new Set(names)];
	return writeObject(
		kept.map((name) => [name, randomValue(random, depth - 1)]),
		random,
	);
}

function randomText(random: Random): string {
	const lone = random.chance(0.01) ? random.pick(LONE_SURROGATES) : "";
	return random.text(CHARACTERS, 0, 12) + lone + random.text(CHARACTERS, 0, 2);
}

function randomNumber(random: Random): string {
	const digits = (most: number) => random.text([..."0123456789"], 1, most);
	const integer = `${random.pick(["", "-"])}${BigInt(digits(random.chance(0.1) ? 20 : 9))}`;
	const fraction = random.chance(0.4) ? `.${digits(20)}` : "";
	const sign = random.pick(["", "+", "-"]);
	const exponent = random.chance(0.3) ? `${random.pick(["e", "E"])}${sign}${digits(3)}` : "";
	return integer + fraction + exponent;
}

/** Containers inside each other, about as many as may be. */
function nested(random: Random): string {
	const opening = random.list(26, 34, () => random.pick(["[", '{"a":']));
	const closing = opening.toReversed().map((text) => (text === "[" ? "]" : "}"));
	return `${opening.join("")}0${closing.join("")}`;
}

const STRUCTURE = [...'{}[]:,"\\ \n\0u0e-+.'].map((character) => character.charCodeAt(0));

/** A body with bytes changed, added, taken away, repeated, or put before it. */
function spoilt(bytes: Buffer, random: Random): Buffer {
	let result = Buffer.from(bytes);
	for (let count = random.between(1, 2); count > 0; count -= 1) {
		const at = random.below(result.length + 1);
		const end = random.between(at, Math.min(at + 8, result.length));
		const [before, middle, after] = [
			result.subarray(0, at),
			result.subarray(at, end),
			result.subarray(end),
		];
		const byte = random.chance(0.7) ? random.pick(STRUCTURE) : random.below(256);
		const change = random.below(12);
		if (change < 4) result = Buffer.concat([before, Buffer.of(byte), middle, after]);
		else if (change < 6) result = Buffer.concat([before, after]);
		else if (change < 7) result = Buffer.concat([before, middle, middle, after]);
		else if (change < 8) result = Buffer.from(before);
		else if (change < 9) result = Buffer.concat([Buffer.from("\ufeff"), result]);
		else if (at < result.length) result[at] = change < 11 ? byte : (result[at] ?? 0) ^ 0x20;
	}
	return result;
}
