import { withCore } from "./core.js";
import type { SenderDescriptor } from "./descriptor.js";
import { explainOn } from "./explain-on.js";
import type { SenderName } from "./generated/model.js";
import type { Accepted, BodyInput, HeadersInput, KeyInput, Rejected } from "./types.js";

/** What {@link Explain} takes: a callback, and what its verifier was told. */
export interface ExplainOptions {
	readonly headers: HeadersInput;
	/** The body as it arrived, or as much as is left of it. */
	readonly body: BodyInput;
	/** The keys that were expected to verify it. */
	readonly keys: KeyInput | readonly KeyInput[];
	/** Whose callback. Default: `"tp-wallet"`. */
	readonly sender?: SenderName | SenderDescriptor | undefined;
	/** When it arrived, in milliseconds. Default: now. */
	readonly now?: number | undefined;
	readonly method?: string | undefined;
	readonly url?: string | undefined;
	readonly toleranceSeconds?: number | undefined;
}

/** Why a callback may not verify. */
export interface Cause {
	/** From the stable list. */
	readonly code: string;
	/** `"certain"` where the signature matches once the cause is undone. */
	readonly certainty: "certain" | "likely";
	/** What is wrong, for people. No secret is in it. */
	readonly message: string;
	/** What to do. */
	readonly fix: string;
}

/** What {@link Explain} found. It shows no secret and no valid signature. */
export interface Explanation {
	readonly verdict: Omit<Accepted, "event"> | Rejected;
	/** The causes, the most certain first. */
	readonly causes: readonly Cause[];
}

/**
 * Finds out why a callback does not verify.
 *
 * @throws {ConfigError} for options that make no sense.
 * @throws {CoreError} `wasm_missing` where the core at hand cannot explain.
 */
export type Explain = (options: ExplainOptions) => Explanation;

/** {@inheritDoc Explain} */
export const explain: Explain = /* @__PURE__ */ explainOn(withCore);
