/**
 * Finds out which letters of a callback are signed, by asking the core: one that is signed cannot be
 * changed without a `signature_mismatch`. What changes with the key is the signature itself.
 */
import type { Signed } from "./signer.ts";

export type Kind = "signed" | "signature" | "changed";

export interface Range {
	readonly start: number;
	readonly end: number;
	readonly kind: Kind;
}

export interface Marks {
	readonly head: readonly Range[];
	readonly body: readonly Range[];
}

/** More letters than this are not tried one by one. */
const MOST_LETTERS = 6000;

/**
 * @param genuine - a callback that verifies.
 * @param others - the same one, signed with other keys.
 * @param verdictOn - what the core says of a callback: a code, or `undefined` where it is accepted.
 */
export function findSigned(
	genuine: Signed,
	others: readonly Signed[],
	verdictOn: (callback: Signed) => string | undefined,
): Marks {
	if (genuine.head.length + genuine.body.length > MOST_LETTERS) return { head: [], body: [] };
	const find = (part: keyof Signed): Range[] => {
		const text = genuine[part];
		const kinds: (Kind | undefined)[] = Array.from({ length: text.length });
		for (const other of others) {
			for (const { start, end } of difference(text, other[part])) {
				const padding = /^=*/.exec(text.slice(end))?.[0].length ?? 0;
				kinds.fill("signature", start, end + padding);
			}
		}
		for (let at = 0; at < text.length; at += 1) {
			if (kinds[at] === "signature" || (part === "head" && text[at] === "\n")) continue;
			const letter = changed(text[at] ?? "");
			const altered = text.slice(0, at) + letter + text.slice(at + 1);
			const code = verdictOn({ ...genuine, [part]: altered });
			if (code === "signature_mismatch") kinds[at] = "signed";
		}
		return toRanges(kinds);
	};
	return { head: find("head"), body: find("body") };
}

/** Another letter of the same kind, so that what has a form keeps it. */
function changed(letter: string): string {
	if (/[0-8]/.test(letter)) return String(Number(letter) + 1);
	if (letter === "9") return "8";
	if (/[a-y]/i.test(letter)) return String.fromCharCode(letter.charCodeAt(0) + 1);
	if (letter === " ") return "\t";
	return /\s/.test(letter) ? " " : "x";
}

function toRanges(kinds: readonly (Kind | undefined)[]): Range[] {
	const ranges: Range[] = [];
	let start = 0;
	for (let at = 1; at <= kinds.length; at += 1) {
		const kind = kinds[start];
		if (kinds[at] === kind && at < kinds.length) continue;
		if (kind !== undefined) ranges.push({ start, end: at, kind });
		start = at;
	}
	return ranges;
}

/** The part of the first text between what both begin and end with. */
export function difference(text: string, other: string): { start: number; end: number }[] {
	if (text === other) return [];
	const most = Math.min(text.length, other.length);
	let start = 0;
	while (start < most && text[start] === other[start]) start += 1;
	let same = 0;
	while (same < most - start && text.at(-1 - same) === other.at(-1 - same)) same += 1;
	return [{ start, end: text.length - same }];
}

/** The ranges of a text after an edit: what was typed is marked as changed. */
export function follow(ranges: readonly Range[], before: string, after: string): readonly Range[] {
	const [old, now] = [lines(before), lines(after)];
	if (old.length !== now.length) return followLine(ranges, before, after);
	let [oldStart, nowStart] = [0, 0];
	return old.flatMap((line, index) => {
		const other = now[index] ?? "";
		const inside = shifted(ranges, -oldStart, line.length);
		const marks = shifted(followLine(inside, line, other), nowStart, Number.POSITIVE_INFINITY);
		oldStart += line.length;
		nowStart += other.length;
		return marks;
	});
}

/** The lines of a text with what ends them. */
const lines = (text: string) => text.split(/(?<=\n)/);

/** Ranges moved, and cut to what lies between nought and an end. */
function shifted(ranges: readonly Range[], by: number, most: number): Range[] {
	return ranges
		.map(({ start, end, kind }) => ({
			start: Math.max(0, start + by),
			end: Math.min(most, end + by),
			kind,
		}))
		.filter(({ start, end }) => start < end);
}

function followLine(ranges: readonly Range[], before: string, after: string): readonly Range[] {
	const [change] = difference(after, before);
	if (change === undefined) return ranges;
	const shift = after.length - before.length;
	const end = change.end - shift; // in the text before
	const kept = ranges.flatMap(({ start: from, end: to, kind }): Range[] => [
		{ start: from, end: Math.min(to, change.start), kind },
		{ start: Math.max(from, end) + shift, end: to + shift, kind },
	]);
	return [...kept, { ...change, kind: "changed" as const }]
		.filter(({ start, end: to }) => start < to)
		.sort((a, b) => a.start - b.start);
}
