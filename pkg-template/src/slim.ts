import { provide } from "./core/runner.js";

export * from "./api.js";
export { detect, explain } from "./verifier/explain.js";
export { generateKeyPair, generateSecret, sign } from "./verifier/sign.js";

/**
 * Hands over the core, for a platform on which the default entry does not find it. Call it once,
 * before anything else.
 *
 * @param module - the compiled `wallet-callback/core.wasm`, or `wallet-callback/full.wasm`, which has every
 * sender, signs and explains.
 * @throws {TypeError} for anything else than a `WebAssembly.Module`.
 *
 * @example
 * ```ts
 * import module from "wallet-callback/core.wasm";
 * import { createVerifier, initialize } from "wallet-callback/slim";
 * initialize(module);
 * ```
 */
export function initialize(module: WebAssembly.Module): void {
	if (Object.prototype.toString.call(module) !== "[object WebAssembly.Module]") {
		throw new TypeError("expected a WebAssembly.Module (compile the bytes first)");
	}
	provide(() => module);
}
