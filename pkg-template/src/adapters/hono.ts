/** The receiver as a handler of Hono. */

import type { AnyVerifier, Receiver, ReceiverContext } from "wallet-callback/receiver";
import { onWorkers, peerOf, type Socket } from "../receiver/peer.js";
import { has } from "../receiver/wiring.js";
import {
	type AnyEnvironment,
	type AnySender,
	type EnvironmentOf,
	type LateReceiverSource,
	toReceiverLater,
	wiringOf,
} from "./entry.js";
import { refuseCaller, refuseUncalled } from "./misuse.js";

const WIRING = wiringOf("hono", 'app.post("/callback", walletCallback(receiver))');

/** What of a Hono context matters. */
export interface HonoContext<Env = unknown> {
	readonly env: Env;
	/** Throws where the runtime has none. */
	readonly executionCtx: { waitUntil(work: Promise<unknown>): void };
	readonly req: {
		readonly raw: Request;
		/** Promises of what middlewares have read. */
		readonly bodyCache: { readonly text?: unknown; readonly arrayBuffer?: unknown };
	};
}

/** What {@link walletCallback} gives. */
export type HonoHandler<Env = unknown> = (context: HonoContext<Env>) => Promise<Response>;

/**
 * Serves callbacks on a route of Hono 4, on Node.js, Deno, Bun and Workers. A middleware may have read
 * the body as JSON, text or bytes: Hono keeps what it has read.
 *
 * @param receiver The options of `createReceiver`, a receiver from it, or a function from the bindings
 * (`c.env`) to one of these, which is called with the first request.
 * @throws {ConfigError} for what is neither; the handler throws one for an option that is
 * invalid.
 *
 * @example
 * ```ts
 * app.post("/callback", walletCallback({ keys, store, on: { "deposit.confirmed": credit } }));
 * ```
 */
export function walletCallback<
	Payload = unknown,
	const From extends AnySender = AnySender,
	Output = unknown,
	const Ready extends AnyVerifier | undefined = undefined,
	Env = AnyEnvironment,
>(
	receiver: LateReceiverSource<Payload, From, Output, Ready, Env>,
): HonoHandler<EnvironmentOf<Env>> {
	// biome-ignore lint/complexity/noArguments: callers are to see no further parameters.
	const refused = refuseUncalled(WIRING, [...arguments]);
	if (refused !== undefined) return refused as never;
	const receiverFor = toReceiverLater<EnvironmentOf<Env>>(receiver, WIRING.call);
	return (context, ...rest: unknown[]) => {
		if (!has(context?.req, ["raw", "bodyCache"])) {
			return refuseCaller(WIRING, [context, ...rest], () => receiverFor(context?.env));
		}
		return answer(context, receiverFor);
	};
}

async function answer<Env>(
	context: HonoContext<Env>,
	receiverFor: (env: Env) => Receiver,
): Promise<Response> {
	return receiverFor(context.env)(await unread(context), {
		...connectionOf(context),
		waitUntil: waitUntilOf(context),
	});
}

/** The request, with its body again if a middleware has read it. */
async function unread({ req: { raw, bodyCache } }: HonoContext): Promise<Request> {
	if (raw.method === "GET" || raw.method === "HEAD") return raw;
	const { arrayBuffer, text } = bodyCache;
	if (arrayBuffer !== undefined)
		return new Request(raw, { body: (await arrayBuffer) as ArrayBuffer });
	if (text === undefined) return raw;
	const body = (await text) as string;
	// Of one whose bytes are gone, the receiver is told that it has been read.
	return hasBytesOf(raw, body) ? new Request(raw, { body }) : raw;
}

/** Whether a text has all the bytes that were read. What is no UTF-8 is not in it, nor a byte order mark. */
function hasBytesOf({ headers }: Request, text: string): boolean {
	const length = headers.get("content-length");
	if (length === null || headers.has("content-encoding")) return !text.includes("\ufffd");
	return new TextEncoder().encode(text).length === Number(length);
}

/** What the servers of Node.js, Deno and Bun pass in the place of bindings. */
interface ServerEnv {
	readonly incoming?: { readonly socket: Socket };
	readonly remoteAddr?: object;
	requestIP?(request: Request): { readonly address: string } | null;
}

/** Who is at the other end, as the server says it. */
function connectionOf({ env, req }: HonoContext): ReceiverContext {
	// Of a service that is bound, every name is a member.
	if (onWorkers) return {};
	const { server = env ?? {} } = (env ?? {}) as { readonly server?: ServerEnv };
	const { incoming, remoteAddr, requestIP } = server as ServerEnv;
	return {
		ip: incoming && peerOf(incoming.socket),
		remoteAddr,
		// Bun knows the request that it has made.
		requestIP: requestIP && (() => requestIP.call(server, req.raw)),
	};
}

/** Where there is one. */
function waitUntilOf(context: HonoContext): ReceiverContext["waitUntil"] {
	try {
		const { executionCtx } = context;
		return executionCtx.waitUntil.bind(executionCtx);
	} catch {
		return undefined;
	}
}

export default walletCallback;
