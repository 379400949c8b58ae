/** The receiver as a handler of Express. */

import { type Entry, toReceiver, wiringOf } from "./entry.js";
import { refuseUncalled } from "./misuse.js";
import { listen, type NodeListener } from "./node.js";

const WIRING = wiringOf("express", 'app.post("/callback", walletCallback(receiver))');

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
export const walletCallback: Entry<NodeListener> = (receiver, ...passed) =>
	(refuseUncalled(WIRING, [receiver, ...passed]) as undefined) ??
	listen(toReceiver(receiver, WIRING.call), WIRING);

export default walletCallback;
