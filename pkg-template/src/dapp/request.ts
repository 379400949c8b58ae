import { toOptions } from "../core/core.js";
import { withDapp } from "./core.js";
import { requireOptions, toContent, toTime } from "./input.js";
import type { DappRequest, DappRequestOptions } from "./types.js";

/**
 * Makes a request to TokenPocket: a deep link, to be opened on the phone or shown as a QR code, and
 * the record by which its callback is judged.
 *
 * `action: "sign"` without a `message` is signing in: an EIP-4361 message with your domain, a nonce
 * and an end, which no other site can use.
 *
 * @throws {ConfigError} for an option that is invalid.
 *
 * @example
 * ```ts
 * const { uri, actionId, expected } = createDappRequest({
 *   action: "sign",
 *   dapp: { name: "Shop", icon: "https://shop.example/icon.png" },
 *   chains: ["eip155:1"],
 *   address: "0x9D85ca56217D2bb651b00f15e694EB7E713637D4",
 *   callbackUrl: "https://shop.example/tokenpocket",
 * });
 * await sessions.set(actionId, expected);
 * ```
 */
export function createDappRequest(options: DappRequestOptions): DappRequest {
	requireOptions(options, "createDappRequest({ action, dapp, chains, callbackUrl })");
	const { now, ...rest } = options;
	const time = toTime(now);
	const text = toOptions({ ...rest, ...withPlainMessage(options) });
	return withDapp((core) => core.ask((wasm) => wasm.requestDapp(text, time)));
}

/** Typed data as it crosses: in JSON, where there are no bigints. */
function withPlainMessage(options: DappRequestOptions): { readonly message?: unknown } {
	if (!("message" in options) || typeof options.message !== "object" || options.message === null) {
		return {};
	}
	const content = toContent("message", options.message);
	return { message: typeof content === "string" ? JSON.parse(content) : null };
}
