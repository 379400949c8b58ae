import { toOptions, toUtf8 } from "../core/core.js";
import { withDapp } from "./core.js";
import { acceptOrThrow } from "./errors.js";
import { requireOptions, toContent, toTime } from "./input.js";
import type { DappCallbackOptions, DappOutcome, DappRejected, DappResult } from "./types.js";

/**
 * Judges what a wallet has posted to a `callbackUrl` against the record of its request, and returns
 * what it says, or throws.
 *
 * Ask `authenticated` before you believe anything: only a login or a signature can be proved, and
 * only by a signature over the server's own text. See {@link DappOutcome}.
 *
 * @throws {DappRejectedError} for a callback that must not be believed.
 * @throws {ConfigError} for an invalid option.
 *
 * @example
 * ```ts
 * const result = verifyDappCallback({ body, expected: await sessions.get(actionId) });
 * if (result.authenticated) await signIn(result.address);
 * ```
 */
export function verifyDappCallback(options: DappCallbackOptions): DappOutcome {
	return acceptOrThrow<DappOutcome>(safeVerifyDappCallback(options));
}

/**
 * The same as {@link verifyDappCallback}, but returns the refusal: never throws for what the network
 * sent.
 *
 * @throws {ConfigError} for an invalid option.
 *
 * @example
 * ```ts
 * const result = safeVerifyDappCallback({ body, expected: await sessions.get(actionId) });
 * if (result.ok && result.authenticated) await signIn(result.address);
 * ```
 */
export function safeVerifyDappCallback(options: DappCallbackOptions): DappResult {
	requireOptions(options, "verifyDappCallback({ body, expected })");
	const { body, url, now, ...rest } = options;
	if (body === undefined && url === undefined) {
		throw new TypeError("expected a body or a url, got neither");
	}
	const time = toTime(now);
	const text = toOptions({ ...rest, url: typeof url === "object" ? url.href : url });
	const content = toUtf8(body === undefined ? "" : toContent("body", body));
	return withDapp((core) => core.ask((wasm) => wasm.judgeDapp(text, content, time)));
}

/** @throws {ConfigError} for an option of a handler that is invalid. */
export function checkHandler(options: Pick<DappCallbackOptions, "toleranceSeconds">): void {
	const text = toOptions(options);
	withDapp((core) => core.ask((wasm) => wasm.checkDappHandler(text)));
}

/** Finds out whose callback it is, before anything of it is judged. */
export function readActionId(
	body: string | Uint8Array,
	url: string | undefined,
): { readonly ok: true; readonly actionId: string } | DappRejected {
	const bytes = toUtf8(body);
	return withDapp((core) => core.ask((wasm) => wasm.readActionId(url, bytes)));
}
