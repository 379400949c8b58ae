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

/**
 * The URL of a request as its sender knows it, wherever TLS ends on the way. Without a host, as in HTTP/1.0,
 * some other one stands there: no host that a request names is believed.
 */
export function urlOf(host: unknown, path: string): string {
	return `https://${typeof host === "string" && host !== "" ? host : "localhost"}${path}`;
}
