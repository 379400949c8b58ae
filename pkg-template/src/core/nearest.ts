/**
 * The known name that is most like one that is not known: the same but for one stretch that is at most
 * half of the longer one, as the core has it.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
	let best: string | undefined;
	let least = Number.POSITIVE_INFINITY;
	for (const other of known) {
		const different = difference(name.toLowerCase(), other.toLowerCase());
		if (different >= least || different * 2 > Math.max(name.length, other.length)) continue;
		[best, least] = [other, different];
	}
	return best;
}

/** What is between the parts that two names have in common at both ends. */
function difference(one: string, other: string): number {
	const shorter = Math.min(one.length, other.length);
	let start = 0;
	while (start < shorter && one[start] === other[start]) start += 1;
	let end = 0;
	while (start + end < shorter && one.at(-1 - end) === other.at(-1 - end)) end += 1;
	return Math.max(one.length, other.length) - start - end;
}
