import { toOptions, toUtf8 } from "../core/core.js";
import { toBytes } from "../verifier/request.js";
import { withDapp } from "./core.js";
import { acceptOrThrow } from "./errors.js";
import { requireOptions, toContent, toTime } from "./input.js";
import type { SignedMessage, SignedMessageOptions, SignedMessageResult } from "./types.js";

/**
 * Verifies a signature that an account of a chain has made over a message, and returns who has
 * signed, or throws.
 *
 * @throws {DappRejectedError} for a signature or a message that must not be believed.
 * @throws {ConfigError} for an invalid option.
 *
 * @example
 * ```ts
 * const signer = verifySignedMessage({ scheme: "eip191", message, signature, address });
 * console.log(signer.address);
 * ```
 */
export function verifySignedMessage(options: SignedMessageOptions): SignedMessage {
	return acceptOrThrow<SignedMessage>(safeVerifySignedMessage(options));
}

/**
 * The same as {@link verifySignedMessage}, but returns the refusal.
 *
 * @throws {ConfigError} for an invalid option. A bad signature or message never throws.
 *
 * @example
 * ```ts
 * const result = safeVerifySignedMessage({ scheme: "eip191", message, signature, address });
 * if (!result.ok) console.warn(result.code);
 * ```
 */
export function safeVerifySignedMessage(options: SignedMessageOptions): SignedMessageResult {
	requireOptions(options, "verifySignedMessage({ scheme, message, signature, address })");
	const { message, signature, now, ...rest } = options;
	const time = toTime(now);
	const raw = toBytes(signature);
	const hex = raw && Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
	const content = toContent("message", message);
	if (typeof message === "object" && typeof content === "string" && rest.scheme !== "eip712") {
		throw new TypeError(
			"message: expected text or bytes, got an object, which is for eip712 alone",
		);
	}
	const text = toOptions({
		...rest,
		signature: hex ?? signature,
		text: typeof content === "string",
	});
	const bytes = toUtf8(content);
	return withDapp((core) => core.ask((wasm) => wasm.verifyMessage(text, bytes, time)));
}
