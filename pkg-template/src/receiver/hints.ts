/** What to do about a callback that was not handled: for the log, never for its sender. */

import type { RejectionCode } from "wallet-callback";
import type { Outcome } from "./telemetry.js";

const OF_CODE: { readonly [Code in RejectionCode]: string } & { readonly [code: string]: string } =
	{
		body_too_large: "raise maxBodyBytes if the sender does send bodies of this size",
		insecure_transport: "for local tests, requireHttps: false accepts plain HTTP",
		ip_not_allowed:
			"add the address to allowedIps if it is the sender's; behind a proxy, list the proxy in trustedProxies",
		missing_header: "check the option sender, and that no proxy removes the header",
		malformed_header: "check the option sender, and that no proxy changes the header",
		unknown_key: "add the key of this id if the sender has rotated its keys",
		unsupported_signature:
			"pass a key of this kind: the shared secret for an HMAC, the sender's public key for other signatures",
		signature_mismatch:
			"check that the key is the one of this endpoint and that nothing changes the body, or a GET's query, before it gets here",
		timestamp_too_old:
			"check this server's clock; if it is right, this is a replay or a late retry",
		timestamp_too_new: "check this server's clock",
		malformed_payload:
			"check the options sender and schema; if they are right, report the path to the sender",
		body_already_parsed: "the body was already parsed: read the raw body, as the error says",
		method_not_allowed: "if the sender made this request, check the method in its settings",
		unsupported_media_type: "if the sender made this request, check what changes it on its way",
	};

const OF_OUTCOME: { readonly [Ended in Outcome]?: string } = {
	aborted: "if it happens often, raise bodyTimeoutSeconds or look at the network",
	overloaded: "raise maxUnverifiedBodies if this is not an attack",
	unhandled: "add a handler for its type to on, or an onAny or onUnknown",
	failed: "a retry runs the handler again",
	lease_lost: "raise leaseSeconds above the time that the handlers take",
	not_recorded: "check the store; if the sender repeats this callback, it is handled again",
	dead_letter: "maxAttempts is used up: handle this event by hand",
	id_conflict: "keep this record and ask the sender",
	store_unavailable:
		"check that the store's server is up and can be reached; the sender is asked to try again",
	internal_error: "see the error; the sender is asked to try again",
};

/** Where the documentation says more of an outcome. */
const PAGES: { readonly [Ended in Outcome]?: string } = {
	failed: "handler_failed",
	id_conflict: "id_conflict",
	store_unavailable: "store_unavailable",
	internal_error: "internal_error",
};

/** What to do about a callback that ended so, and where the documentation says more. */
export function hintFor(outcome: Outcome, code: string | undefined): string | undefined {
	const known = outcome === "refused" || outcome === "misconfigured";
	if (known && code !== undefined) return withPage(OF_CODE[code], code);
	return withPage(OF_OUTCOME[outcome], PAGES[outcome]);
}

/** A hint with the heading of the documentation's page about it: of a code, or of a cause. */
export function withPage<Hint extends string | undefined>(
	hint: Hint,
	heading: string | undefined,
): Hint | string {
	if (hint === undefined || heading === undefined) return hint;
	return `${hint} (docs: troubleshooting#${heading})`;
}
