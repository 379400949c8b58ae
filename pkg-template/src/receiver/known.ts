/** The known options. A misspelt one is refused, with the nearest known name. */

import { ConfigError, type VerifierOptions } from "wallet-callback";
import type { ReceiverOptions } from "./types.js";

const OF_RECEIVER: { readonly [Name in keyof Required<ReceiverOptions>]: true } = {
	store: true,
	name: true,
	on: true,
	onUnknown: true,
	onAny: true,
	dangerouslyTrustUnsignedType: true,
	leaseSeconds: true,
	retentionSeconds: true,
	storeTimeoutSeconds: true,
	acknowledge: true,
	respond: true,
	concurrency: true,
	maxAttempts: true,
	onDeadLetter: true,
	bodyTimeoutSeconds: true,
	maxUnverifiedBodies: true,
	requireHttps: true,
	trustedProxies: true,
	log: true,
	explainRefusals: true,
	logBodies: true,
	meter: true,
};

const OF_VERIFIER: { readonly [Name in keyof Required<VerifierOptions>]: true } = {
	keys: true,
	sender: true,
	toleranceSeconds: true,
	maxBodyBytes: true,
	allowedIps: true,
	url: true,
	clientId: true,
	dangerouslyAllowUnsignedHeaders: true,
	now: true,
	dangerouslyAllowShortKeys: true,
};

const KNOWN: readonly string[] = Object.keys({ verifier: true, ...OF_VERIFIER, ...OF_RECEIVER });

/** The longest part of a name that is shown, in UTF-16 code units. */
const MAX_NAME = 64;

/** @throws {ConfigError} for the first unknown option, in the words of the core. */
export function refuseUnknown(options: object): void {
	const name = Object.keys(options).find((name) => !KNOWN.includes(name));
	if (name === undefined) return;
	const near = nearest(name);
	const hint = near === undefined ? `known: ${KNOWN.join(", ")}` : `did you mean "${near}"?`;
	throw new ConfigError(
		"invalid_option",
		`unknown option ${JSON.stringify(name.slice(0, MAX_NAME))} (${hint})`,
	);
}

/** The same but for one stretch that is at most half of the longer one, as the core has it. */
function nearest(name: string): string | undefined {
	let best: string | undefined;
	let least = Number.POSITIVE_INFINITY;
	for (const known of KNOWN) {
		const different = difference(name.toLowerCase(), known.toLowerCase());
		if (different >= least || different * 2 > Math.max(name.length, known.length)) continue;
		[best, least] = [known, different];
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
