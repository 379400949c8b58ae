/** How callbacks end that are not handled now. */

import { TimeoutError } from "../core/timeout.js";
import type { NotNow } from "../stores/store.js";
import { ClosingError, OverloadedError } from "./intake.js";
import { later, refusal } from "./reply.js";
import type { Facts, Outcome } from "./telemetry.js";
import type { Reply } from "./types.js";

/** How a callback ended, and what its sender is told. */
export type Ending = readonly [outcome: Outcome, reply: Reply];

/**
 * Whether the same callback may fare better at another time, although the answer is a 4xx: its key may be
 * published by then, and the program's schema mended.
 */
export function isPassing(outcome: Outcome, { code, isGenuine }: Facts): boolean {
	if (outcome === "refused") return isGenuine === true || code === "unknown_key";
	return outcome === "in_progress" || outcome === "lease_lost" || outcome === "aborted";
}

/** The end of a callback that comes while the receiver is being closed. */
export const CLOSING: Ending = ["closing", later(503, "closing")];

/** The end of a callback that comes while too many others are being read, or wait for what has to be asked for. */
export const OVERLOADED: Ending = ["overloaded", later(503, "overloaded")];

/** The end of a callback whose body could not be read. */
export function unread(error: unknown, facts: Facts): Ending {
	if (error instanceof ClosingError) return CLOSING;
	if (error instanceof OverloadedError) return OVERLOADED;
	facts.error = error;
	if (error instanceof TypeError) {
		facts.code = "body_already_parsed";
		return ["misconfigured", refusal(500, facts.code)];
	}
	if (error instanceof TimeoutError) return ["aborted", refusal(408, "request_timeout")];
	return ["aborted", refusal(400, "aborted")];
}

/** The end of a callback that the store does not hand out, or of one for which there is no store. */
export function notNow(
	found: Exclude<NotNow, { readonly status: "done" }> | undefined,
	facts: Facts,
): Ending {
	switch (found?.status) {
		case "busy":
			return ["in_progress", later(409, "in_progress", found.retryAfterMs / 1000)];
		case "conflict":
			facts.code = "id_conflict";
			return ["id_conflict", refusal(422, "id_conflict")];
		default:
			facts.code = "store_unavailable";
			return ["store_unavailable", later(503, facts.code)];
	}
}
