/** The receiver as a Cloudflare Worker. */

import type { AnyVerifier } from "wallet-callback/receiver";
import { has, isFetchRequest } from "../receiver/wiring.js";
import {
	type AnyEnvironment,
	type AnySender,
	type EnvironmentOf,
	type LateReceiverSource,
	toReceiverLater,
	wiringOf,
} from "./entry.js";
import { refuseCaller, refuseUncalled } from "./misuse.js";

const WIRING = wiringOf("cloudflare", "export default walletCallback(receiver)");

/** What of the context of a Worker's request matters. */
export interface WorkerContext {
	waitUntil(work: Promise<unknown>): void;
}

/** What {@link walletCallback} gives: the handlers of a Worker. */
export interface CallbackWorker<Env = unknown> {
	/** Answers callbacks, on every path. */
	fetch(request: Request, env: Env, context: WorkerContext): Promise<Response>;
	/** Handles what is due in the inbox: for a cron trigger, with `acknowledge: "before-handling"`. */
	scheduled(event: unknown, env: Env, context: WorkerContext): Promise<void>;
}

/**
 * Serves callbacks as a Cloudflare Worker. The receiver is made with the first request, which brings
 * the bindings.
 *
 * @param receiver A function from the bindings to the options of `createReceiver`; or the options, or a
 * receiver from it.
 * @throws {ConfigError} for what is neither; the handlers throw one for an option that is
 * invalid.
 *
 * @example
 * ```ts
 * export { WalletCallbackStore } from "wallet-callback/stores/durable-object";
 * export default walletCallback((env: Env) => ({
 *   keys: env.WALLET_CALLBACK_SECRET,
 *   store: durableObjectStore(env.CALLBACKS),
 *   on: { "deposit.confirmed": credit },
 * }));
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
): CallbackWorker<EnvironmentOf<Env>> {
	// biome-ignore lint/complexity/noArguments: callers are to see no further parameters.
	const refused = refuseUncalled(WIRING, [...arguments]);
	if (refused !== undefined) return refused as never;
	const receiverFor = toReceiverLater<EnvironmentOf<Env>>(receiver, WIRING.call);
	const answer: CallbackWorker<EnvironmentOf<Env>>["fetch"] = async (request, env, context) =>
		receiverFor(env)(request, { waitUntil: context.waitUntil.bind(context) });
	return {
		fetch: (request, env, context) =>
			isFetchRequest(request) && has(context, ["waitUntil"])
				? answer(request, env, context)
				: refuseCaller(WIRING, [request, env, context], () => receiverFor(env)),
		scheduled: async (_event, env) => receiverFor(env).drain(),
	};
}

export default walletCallback;
