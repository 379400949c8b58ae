/** The receiver as a middleware of Koa. */

import { has } from "../receiver/wiring.js";
import { type Entry, toReceiver, wiringOf } from "./entry.js";
import { refuseCaller, refuseUncalled } from "./misuse.js";
import { isFromNode, type NodeRequest, type NodeResponse, serve } from "./node.js";

const WIRING = wiringOf("koa", 'router.post("/callback", walletCallback(receiver))');

/** What of a Koa context matters. */
export interface KoaContext {
	readonly req: NodeRequest;
	readonly res: NodeResponse;
	/** The URL before `koa-mount` took its own part from it. */
	readonly originalUrl: string;
	/** Body parsers add `rawBody` or `body` to it. */
	readonly request: object;
	respond?: boolean;
}

/** What {@link walletCallback} gives. */
export type KoaMiddleware = (context: KoaContext) => Promise<void>;

/**
 * Serves callbacks as a middleware of Koa 2 or 3, on a route of `@koa/router` or on every path. It
 * reads the raw body itself: use it before a body parser. It also takes the `rawBody` that
 * `koa-bodyparser` keeps, and answers 500 `body_already_parsed` if a parser has left nothing.
 *
 * @param receiver The options of `createReceiver`, or a receiver from it.
 * @throws {ConfigError} for an option that is invalid.
 *
 * @example
 * ```ts
 * router.post("/callback", walletCallback({ keys, store, on: { "deposit.confirmed": credit } }));
 * ```
 */
export const walletCallback: Entry<KoaMiddleware> = (source, ...passed) => {
	const refused = refuseUncalled(WIRING, [source, ...passed]);
	if (refused !== undefined) return refused as never;
	const receiver = toReceiver(source, WIRING.call);
	return (context, ...rest: unknown[]) => {
		if (!isFromKoa(context)) {
			return refuseCaller(WIRING, [context, ...rest], () => receiver) as Promise<never>;
		}
		const { originalUrl, req, res } = context;
		// The answer is written here: Koa would end a connection that is still being read.
		context.respond = false;
		return serve(receiver, req, res, { ...context.request, originalUrl });
	};
};

function isFromKoa(context: KoaContext): boolean {
	// Not its `res` first: that of Hono makes a response.
	return has(context, ["req", "res", "originalUrl"]) && isFromNode(context.req, context.res);
}

export default walletCallback;
