import type { DappRejected, SignedMessageRejected } from "./types.js";

/**
 * Thrown by {@link verifyDappCallback}, {@link verifySignedMessage} and {@link recoverSigner} for what
 * must not be believed. It has the members of the result that the `safe…` function beside them returns.
 *
 * @example
 * ```ts
 * try {
 *   verifySignedMessage({ scheme: "eip191", message, signature, address });
 * } catch (error) {
 *   if (error instanceof DappRejectedError) console.warn(error.code);
 * }
 * ```
 */
export class DappRejectedError extends Error {
	override readonly name = "DappRejectedError";
	/** Why, from the stable list. `needs_chain` never comes from {@link verifyDappCallback}. */
	readonly code: SignedMessageRejected["code"];
	/** The member at fault. */
	readonly path: string | undefined;

	constructor({ code, message, path }: DappRejected | SignedMessageRejected) {
		super(message);
		this.code = code;
		this.path = path;
	}
}

/**
 * The result without its `ok`.
 *
 * @throws {DappRejectedError} for a refusal.
 */
export function acceptOrThrow<T extends object>(
	result: ({ readonly ok: true } & T) | DappRejected | SignedMessageRejected,
): T {
	if (!result.ok) throw new DappRejectedError(result);
	const { ok: _ok, ...accepted } = result;
	return accepted as object as T;
}
