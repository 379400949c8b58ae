/** The receiver as a handler of Express. */

import { type Entry, toReceiver } from "./entry.js";
import { type NodeListener, toNodeListener } from "./node.js";

/**
 * Serves callbacks on a route of Express 4 or 5. It reads the raw body itself: mount it before
 * `app.use(express.json())`. It also takes the bytes of `express.raw()` and of `request.rawBody`, and
 * answers 500 `body_already_parsed` if a parser has left neither.
 *
 * @param receiver The options of `createReceiver`, or a receiver from it.
 * @throws {ConfigError} for an option that is invalid.
 *
 * @example
 * ```ts
 * app.post("/callback", walletCallback({ keys, store, on: { "deposit.confirmed": credit } }));
 * ```
 */
export const walletCallback: Entry<NodeListener> = (receiver) =>
	toNodeListener(toReceiver(receiver, 'app.post("/callback", walletCallback(receiver))'));

export default walletCallback;
