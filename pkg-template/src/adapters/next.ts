/** The receiver as a route handler of Next.js. */

import type { AnyVerifier, ReceiverContext } from "wallet-callback/receiver";
import { isDevelopment } from "../receiver/development.js";
import { isFetchRequest } from "../receiver/wiring.js";
import { type AnySender, type LateReceiverSource, toReceiverLater, wiringOf } from "./entry.js";
import { refuseCaller, refuseUncalled } from "./misuse.js";

const WIRING = wiringOf("next", "export const POST = walletCallback(receiver)");

/** What {@link walletCallback} gives. */
export type NextRouteHandler = (request: Request) => Promise<Response>;

/**
 * Serves callbacks in a route handler of Next.js 13.4 or later, on Node.js or the edge. The receiver
 * is made with the first request, since `next build` loads the module, too, without the secret.
 *
 * Next.js does not say who has sent a request, so the receiver cannot know what comes from this
 * machine: outside production, `requireHttps` is false unless it is set.
 *
 * @param receiver The options of `createReceiver`, a receiver from it, or a function that gives one of
 * these.
 * @param context `waitUntil`: `after` of `next/server`, which keeps a serverless function alive for
 * `acknowledge: "before-handling"`.
 * @throws {ConfigError} for what is neither; the handler throws one for an option that is
 * invalid.
 *
 * @example
 * ```ts
 * export const POST = walletCallback({ keys, store, on: { "deposit.confirmed": credit } });
 * ```
 */
export function walletCallback<
	Payload = unknown,
	const From extends AnySender = AnySender,
	Output = unknown,
	const Ready extends AnyVerifier | undefined = undefined,
>(
	receiver: LateReceiverSource<Payload, From, Output, Ready, void>,
	context: Pick<ReceiverContext, "waitUntil"> = {},
): NextRouteHandler {
	// biome-ignore lint/complexity/noArguments: callers are to see no further parameters.
	const refused = refuseUncalled(WIRING, [...arguments]);
	if (refused !== undefined) return refused as never;
	const receiverFor = toReceiverLater<void>(
		receiver,
		WIRING.call,
		isDevelopment() ? { requireHttps: false } : {},
	);
	const answer: NextRouteHandler = async (request) => receiverFor()(request, context);
	return (request, ...rest: unknown[]) =>
		isFetchRequest(request)
			? answer(request)
			: refuseCaller(WIRING, [request, ...rest], receiverFor);
}

export default walletCallback;
