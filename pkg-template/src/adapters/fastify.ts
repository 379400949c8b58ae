/** The receiver as a Fastify plugin. */

import { ConfigError } from "../core/errors.js";
import { shown } from "../core/shown.js";
import type { Receiver } from "../receiver/types.js";
import { isFromFramework } from "../receiver/wiring.js";
import { wiringOf } from "./entry.js";
import { refuseCaller } from "./misuse.js";
import { type NodeRequest, type NodeResponse, toNodeListener } from "./node.js";
import { requireReceiver } from "./receiver.js";

const WIRING = wiringOf("fastify", 'app.register(walletCallback, { path: "/callback", receiver })');

/** The options of {@link walletCallback}. */
export interface WalletCallbackOptions {
	/** The route's path. */
	readonly path: string;
	/** From `createReceiver`. */
	readonly receiver: Pick<Receiver, "receive">;
}

/** What of a Fastify instance matters. */
export interface FastifyApp {
	removeAllContentTypeParsers(): unknown;
	addContentTypeParser(
		type: "*",
		parser: (request: unknown, payload: unknown, done: (error: null) => void) => void,
	): unknown;
	all(
		path: string,
		options: object,
		handler: (request: FastifyRequest, reply: FastifyReply) => void,
	): unknown;
}

/** What of a Fastify request matters. */
export interface FastifyRequest {
	readonly raw: NodeRequest;
}

/** What of a Fastify reply matters. */
export interface FastifyReply {
	readonly raw: NodeResponse;
	hijack(): unknown;
}

/**
 * Serves a receiver on one route of a Fastify 4 or 5 application. The route's body stays raw, and
 * every method reaches the receiver; parsers of the other routes are not touched.
 *
 * @throws {ConfigError} for anything but a receiver, and without a path.
 *
 * @example
 * ```ts
 * app.register(walletCallback, { path: "/callback", receiver });
 * ```
 */
export function walletCallback(app: FastifyApp, options: WalletCallbackOptions): Promise<void> {
	// biome-ignore lint/complexity/noArguments: callers are to see no further parameters.
	if (isFromFramework(app)) return refuseCaller(WIRING, [...arguments]) as Promise<never>;
	return register(app, options);
}

async function register(app: FastifyApp, options: WalletCallbackOptions): Promise<void> {
	const { call } = WIRING;
	const { path, receiver }: Partial<WalletCallbackOptions> = options ?? {};
	requireReceiver(receiver, call);
	if (typeof path !== "string") {
		throw new ConfigError("invalid_option", `expected a path, as in ${call}, got ${shown(path)}`);
	}
	const listener = toNodeListener(receiver);
	// A plugin has parsers of its own. Theirs would read the body, or refuse its type themselves.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser("*", (_request, _payload, done) => done(null));
	app.all(path, {}, (request, reply) => {
		reply.hijack();
		listener(request.raw, reply.raw);
	});
}

export default walletCallback;
