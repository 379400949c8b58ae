/** What adapters serve. */

import { ConfigError } from "../core/errors.js";
import type { Receiver } from "../receiver/types.js";
import { explainReceiver } from "../receiver/wiring.js";

/**
 * Refuses what is no receiver at once: the requests would only end without an answer.
 *
 * @throws {ConfigError} that says what to pass. `call` shows where it goes.
 */
export function requireReceiver(receiver: unknown, call: string): asserts receiver is Receiver {
	const members = receiver as { readonly [name: string]: unknown } | null | undefined;
	if (typeof members?.receive === "function") return;
	throw new ConfigError(
		"invalid_option",
		`expected a receiver from createReceiver({ … }), as in ${call}, got ${explainReceiver(receiver)}`,
	);
}
