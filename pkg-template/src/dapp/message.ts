import { toOptions, toUtf8 } from "../core/core.js";
import { toBytes } from "../verifier/request.js";
import { withDapp } from "./core.js";
import { acceptOrThrow } from "./errors.js";
import { requireOptions, toContent, toTime } from "./input.js";
import type {
	RecoveredSigner,
	RecoveredSignerResult,
	RecoverSignerOptions,
	SignedMessage,
	SignedMessageOptions,
	SignedMessageResult,
} from "./types.js";

/**
 * Verifies a signature that an account of a chain has made over a message, and returns who has
 * signed, or throws. `address` or `publicKeys` says who must have: {@link recoverSigner} is for signers
 * who are not known yet.
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
	return judge(options, false) as SignedMessageResult;
}

/**
 * Finds out which account has signed a message, and returns it, or throws. Some account comes out of
 * nearly every signature and message: nothing is proved before you have compared it with one that you
 * know from elsewhere. For `eip4361` it is the account that the message names, which has signed it.
 *
 * @throws {DappRejectedError} for a signature or a message that must not be believed.
 * @throws {ConfigError} for an invalid option.
 *
 * @example
 * ```ts
 * const { address } = recoverSigner({ scheme: "eip4361", message, signature, domain, nonce });
 * const user = await users.findOrCreate(address);
 * ```
 */
export function recoverSigner(options: RecoverSignerOptions): RecoveredSigner {
	return acceptOrThrow<RecoveredSigner>(safeRecoverSigner(options));
}

/**
 * The same as {@link recoverSigner}, but returns the refusal.
 *
 * @throws {ConfigError} for an invalid option. A bad signature or message never throws.
 *
 * @example
 * ```ts
 * const result = safeRecoverSigner({ scheme: "eip4361", message, signature, domain, nonce });
 * if (!result.ok) console.warn(result.code);
 * ```
 */
export function safeRecoverSigner(options: RecoverSignerOptions): RecoveredSignerResult {
	requireOptions(options, "recoverSigner({ scheme, message, signature })");
	return judge(options, true) as RecoveredSignerResult;
}

/** The schemes whose messages are JSON. */
const OF_JSON: readonly string[] = ["eip712", "eip712-v1"];

function judge(options: SignedMessageOptions | RecoverSignerOptions, recover: boolean): unknown {
	const { message, signature, now, ...rest } = options;
	const time = toTime(now);
	const raw = toBytes(signature);
	const hex = raw && Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
	const content = toContent("message", message);
	const isObject = typeof message === "object" && typeof content === "string";
	if (isObject && !OF_JSON.includes(rest.scheme)) {
		throw new TypeError(
			`message: expected text or bytes, got an object, which is for ${OF_JSON.join(" and ")} alone`,
		);
	}
	const text = toOptions({
		...rest,
		signature: hex ?? signature,
		text: typeof content === "string",
		recover,
	});
	const bytes = toUtf8(content);
	return withDapp((core) => core.ask((wasm) => wasm.verifyMessage(text, bytes, time)));
}
