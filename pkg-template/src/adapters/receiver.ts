/** What adapters serve. */

import { shown } from "../core/shown.js";
import type { Receiver } from "../receiver/types.js";

/**
 * Refuses what is no receiver at once: the requests would only end without an answer.
 *
 * @throws {TypeError} that says what to pass. `call` shows where it goes.
 */
export function requireReceiver(receiver: unknown, call: string): asserts receiver is Receiver {
	const members = receiver as { readonly [name: string]: unknown } | null | undefined;
	if (typeof members?.receive === "function") return;
	throw new TypeError(
		`expected a receiver from createReceiver({ … }), as ${call}, got ${describe(receiver)}`,
	);
}

function describe(value: unknown): string {
	if (typeof value === "function") return "a function without receive (call createReceiver first)";
	const isVerifier = typeof value === "object" && value !== null && "safeVerify" in value;
	return isVerifier
		? "a verifier (pass it to createReceiver({ verifier, … }) first)"
		: shown(value);
}
