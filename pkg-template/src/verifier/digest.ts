import { toUtf8 } from "../core/core.js";
import { withCore } from "../core/runner.js";
import { toBody } from "./request.js";
import type { BodyInput } from "./types.js";

/**
 * The SHA-256 of a body in lower-case hexadecimal digits: what a replay store remembers, to
 * tell a repeated callback from another one with the same id.
 *
 * @throws {TypeError} for a body that is neither a string nor bytes.
 *
 * @example
 * ```ts
 * bodyHash("{}"); // "44136fa3…"
 * ```
 */
export function bodyHash(body: BodyInput): string {
	const bytes = toUtf8(toBody(body));
	return withCore((core) => core.ask((wasm) => wasm.digest(bytes)));
}
