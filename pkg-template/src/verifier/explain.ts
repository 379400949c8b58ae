import { withCore } from "../core/runner.js";
import type { CauseCode, SenderName } from "../generated/model.js";
import type { SenderDescriptor } from "./descriptor.js";
import { detectOn, explainOn } from "./explain-on.js";
import type { Accepted, CallbackInput, KeyFinder, Keys, Rejected } from "./types.js";

/** What {@link Explain} takes: a callback, and what its verifier was told. */
export interface ExplainOptions extends CallbackInput {
	/** The keys that were expected to verify it, with all that may be wrong with them. */
	readonly keys: Exclude<Keys, KeyFinder>;
	/** Whose callback. Default: `"tp-wallet"`, and every sender whose headers are there. */
	readonly sender?: SenderName | SenderDescriptor | undefined;
	/** When it arrived, in milliseconds, or the clock of its verifier. Default: now. */
	readonly now?: number | (() => number) | undefined;
	/** How far its timestamp may be from that, in seconds. Default: the sender's own, or else 300. */
	readonly toleranceSeconds?: number | undefined;
	/** The longest body that the verifier takes, in bytes. Default: 1,048,576. */
	readonly maxBodyBytes?: number | undefined;
	/** The URL that was called. Without `registeredUrl`, it counts as the registered one, too. */
	readonly url?: string | undefined;
	/** As the verifier's option `url`: the URL that is registered with the sender. Default: `url`. */
	readonly registeredUrl?: string | undefined;
	/** As the verifier's option of this name. Default: none, and the id of any client is right. */
	readonly clientId?: string | undefined;
	/** As the verifier's option of this name. Default: false. */
	readonly dangerouslyAllowUnsignedHeaders?: boolean | undefined;
	/** As the verifier's option of this name. Default: false. */
	readonly dangerouslyAllowUnsignedUrl?: boolean | undefined;
	/**
	 * How much may be tried, as the work of so many milliseconds on a server: 1 to 60000. Default: 250.
	 * The verdict itself is always complete; what it costs is taken from the budget.
	 */
	readonly budgetMilliseconds?: number | undefined;
}

/** Why a callback may not verify. */
export interface Cause {
	/** From the stable list. */
	readonly code: CauseCode;
	/** `"certain"` where the signature matches once the cause is undone. */
	readonly certainty: "certain" | "likely";
	/** What is wrong, for people. No secret is in it. */
	readonly message: string;
	/** What to do. */
	readonly fix: string;
}

/** What {@link Explain} found. It shows no secret and no valid signature. */
export interface Explanation {
	/** What the verifier says, without the event; or why there is no verifier with these keys. */
	readonly verdict:
		| ({ readonly ok: true } & Omit<Accepted, "event">)
		| Rejected
		| { readonly ok: false; readonly code: string; readonly message: string };
	/** The causes, the most certain first. None for a callback that verifies. */
	readonly causes: readonly Cause[];
}

/**
 * Finds out why a callback does not verify: undoes the usual mistakes until the signature matches.
 * What it says is safe to paste into a bug report.
 *
 * It runs on the full module, which starts with the first call and is left out of a program that
 * never explains. On Workers and Vercel's edge runtime, only `wallet-callback/full` has it.
 *
 * @throws {ConfigError} for options that are invalid; `needs_full` where the entry has no full module.
 * @throws {TypeError} for a body that something has already parsed, and for headers of another shape.
 *
 * @example
 * ```ts
 * const { causes } = explain({ headers, body, keys: secret, sender: "stripe" });
 * for (const { certainty, message, fix } of causes) console.log(certainty, message, fix);
 * ```
 */
export type Explain = (options: ExplainOptions) => Explanation;

/**
 * Names the senders whose headers a callback has, those with the most headers first. Headers prove
 * nothing: it is a help for people, not for programs.
 *
 * @throws {TypeError} for what is no collection of headers.
 * @throws {ConfigError} `needs_full`, as {@link Explain}.
 *
 * @example
 * ```ts
 * detect({ headers: request.headers }); // ["stripe"]
 * ```
 */
export type Detect = (callback: Pick<CallbackInput, "headers">) => SenderName[];

/** {@inheritDoc Explain} */
export const explain: Explain = /* @__PURE__ */ explainOn(withCore);

/** {@inheritDoc Detect} */
export const detect: Detect = /* @__PURE__ */ detectOn(withCore);
