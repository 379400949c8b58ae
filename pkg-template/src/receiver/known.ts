/** The known options. A misspelt one is refused, with the nearest known name. */

import { ConfigError, type VerifierOptions } from "wallet-callback";
import { nearest } from "../core/nearest.js";
import type { ReceiverOptions } from "./types.js";

const OF_RECEIVER: { readonly [Name in keyof Required<ReceiverOptions>]: true } = {
	store: true,
	name: true,
	on: true,
	onUnknown: true,
	onAny: true,
	dangerouslyTrustUnsignedType: true,
	dedupe: true,
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
	schema: true,
	toleranceSeconds: true,
	maxBodyBytes: true,
	allowedIps: true,
	url: true,
	clientId: true,
	unsafeNumbers: true,
	dangerouslyAllowUnsignedHeaders: true,
	dangerouslyAllowUnsignedUrl: true,
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
	throw new ConfigError("invalid_option", `unknown option ${named(name, KNOWN)}`);
}

/** An unknown name, and the known one that is meant, or all of them. */
export function named(name: string, known: readonly string[]): string {
	const near = nearest(name, known);
	const hint = near === undefined ? `known: ${known.join(", ")}` : `did you mean "${near}"?`;
	return `${JSON.stringify(name.slice(0, MAX_NAME))} (${hint})`;
}
