import { withCore } from "../core/runner.js";
import { generateKeyPairOn, generateSecretOn, signOn } from "./sign-on.js";
import type { BodyInput, KeyPair, SignedCallback, SignOptions } from "./types.js";

/**
 * Signs a body as a sender does, for senders and for tests of a handler.
 *
 * It runs on the full module, which starts with the first call and is left out of a program that never
 * signs. On Workers and Vercel's edge runtime, only `wallet-callback/full` has it.
 *
 * @throws {ConfigError} for a key that cannot sign, or an option that is invalid; `needs_full` where the
 * entry has no full module.
 * @throws {TypeError} for a body that is neither a string nor bytes.
 *
 * @example
 * ```ts
 * const { headers, body } = sign({ body: JSON.stringify(event), key: "whsec_…" });
 * await fetch(url, { method: "POST", headers, body });
 * ```
 */
export type Sign = <const Body extends BodyInput>(
	options: SignOptions<Body>,
) => SignedCallback<Body>;

/**
 * Makes an HMAC secret of 32 random bytes.
 *
 * @returns `whsec_…`
 * @throws {ConfigError} `needs_full`, as {@link Sign}.
 *
 * @example
 * ```ts
 * console.log(generateSecret());
 * ```
 */
export type GenerateSecret = () => string;

/**
 * Makes an Ed25519 key pair.
 *
 * @returns `{ publicKey: "whpk_…", privateKey: "whsk_…" }`
 * @throws {ConfigError} `needs_full`, as {@link Sign}.
 *
 * @example
 * ```ts
 * const { publicKey, privateKey } = generateKeyPair();
 * ```
 */
export type GenerateKeyPair = () => KeyPair;

/** {@inheritDoc Sign} */
export const sign: Sign = /* @__PURE__ */ signOn(withCore);

/** {@inheritDoc GenerateSecret} */
export const generateSecret: GenerateSecret = /* @__PURE__ */ generateSecretOn(withCore);

/** {@inheritDoc GenerateKeyPair} */
export const generateKeyPair: GenerateKeyPair = /* @__PURE__ */ generateKeyPairOn(withCore);
