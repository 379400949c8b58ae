/** The receiver as a middleware of Koa. */

import { type Entry, toReceiver } from "./entry.js";
import { type NodeRequest, type NodeResponse, serve } from "./node.js";

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
export const walletCallback: Entry<KoaMiddleware> = (source) => {
	const receiver = toReceiver(source, 'router.post("/callback", walletCallback(receiver))');
	return (context) => {
		const { originalUrl, req, res } = context;
		// The answer is written here: Koa would end a connection that is still being read.
		context.respond = false;
		return serve(receiver, req, res, { ...context.request, originalUrl });
	};
};

export default walletCallback;
