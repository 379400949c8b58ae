import type { RejectionCode } from "../generated/model.js";
import type { Rejected } from "../verifier/types.js";

/**
 * Thrown by {@link Verifier.verify} for a callback that is refused. It has the members of the result
 * that {@link Verifier.safeVerify} returns.
 *
 * @example
 * ```ts
 * try {
 *   verifier.verify({ headers, body });
 * } catch (error) {
 *   if (error instanceof CallbackRejectedError) console.warn(error.code, error.status);
 * }
 * ```
 */
export class CallbackRejectedError extends Error {
	override readonly name = "CallbackRejectedError";
	/** Why, from the stable list. */
	readonly code: RejectionCode;
	/** The HTTP status that tells the sender the same. */
	readonly status: number;
	/** The header at fault, in lower case. */
	readonly header: string | undefined;
	/**
	 * The member of the body at fault, as `data.amount.value`. The callback is genuine and fresh then,
	 * unless it is the member that should hold the signature.
	 */
	readonly path: string | undefined;
	/** With `unknown_key`: the id of the key that the callback names. */
	readonly keyId: string | undefined;

	constructor(rejected: Rejected) {
		super(rejected.message);
		this.code = rejected.code;
		this.status = rejected.status;
		this.header = rejected.header;
		this.path = rejected.path;
		this.keyId = rejected.keyId;
	}
}

/** The stable codes of {@link ConfigError}. */
export type ConfigErrorCode =
	| "invalid_key"
	| "too_many_keys"
	| "invalid_option"
	| "unknown_sender"
	| "invalid_sender"
	| "needs_full"
	| "no_randomness";

/**
 * Thrown while a verifier is built or a body is signed, for options that are invalid. Nothing of a
 * key is ever in the message.
 */
export class ConfigError extends TypeError {
	override readonly name = "ConfigError";
	readonly code: ConfigErrorCode;

	constructor(code: ConfigErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}

/**
 * The stable codes of {@link CoreError}: `wasm_blocked` when the platform does not compile
 * WebAssembly, `wasm_missing` when a module was not given or is not where it should be, `wasm_trap` when
 * the core stopped in the middle of a call.
 */
export type CoreErrorCode = "wasm_blocked" | "wasm_missing" | "wasm_trap";

/**
 * Thrown when the WebAssembly core cannot be started, or stopped in the middle of a call. Nothing
 * has been verified then. After `wasm_trap` the next call starts a new core.
 */
export class CoreError extends Error {
	override readonly name = "CoreError";
	readonly code: CoreErrorCode;

	constructor(code: CoreErrorCode, message: string, cause?: unknown) {
		super(message, { cause });
		this.code = code;
	}
}
