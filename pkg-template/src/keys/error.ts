/** The stable codes of {@link KeyResolutionError}. */
export type KeyResolutionErrorCode =
	| "invalid_option"
	| "host_not_allowed"
	| "too_many_fetches"
	| "key_fetch_failed"
	| "key_response_invalid";

/**
 * Thrown when it could not be found out whether a key exists: nothing has been verified, and the
 * sender should try again later. `invalid_option` and, for a fixed address, `host_not_allowed` are
 * thrown when the resolver is made.
 */
export class KeyResolutionError extends Error {
	override readonly name = "KeyResolutionError";
	readonly code: KeyResolutionErrorCode;

	constructor(code: KeyResolutionErrorCode, message: string, cause?: unknown) {
		super(message, { cause });
		this.code = code;
	}
}
