/** The receiver as a request handler of SvelteKit. */

import type { AnyVerifier, Receiver, ReceiverContext } from "wallet-callback/receiver";
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

const WIRING = wiringOf("sveltekit", "export const POST = walletCallback(receiver)");

/** What of a request event of SvelteKit matters. */
export interface SvelteKitEvent<Platform = unknown> {
	readonly request: Request;
	readonly platform: Platform;
	getClientAddress(): string;
}

/** What {@link walletCallback} gives. */
export type SvelteKitHandler<Platform = unknown> = (
	event: SvelteKitEvent<Platform>,
) => Promise<Response>;

/**
 * Serves callbacks in a `+server` module of SvelteKit 1 or 2. The receiver is made with the first
 * request, since `vite build` loads the module, too, without the secret.
 *
 * SvelteKit refuses forms that come from elsewhere: for a sender that posts one, add its origin to
 * `csrf.trustedOrigins`.
 *
 * @param receiver The options of `createReceiver`, a receiver from it, or a function that gives one of
 * these: it gets `event.platform`, where Cloudflare has its bindings.
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
	Platform = AnyEnvironment,
>(
	receiver: LateReceiverSource<Payload, From, Output, Ready, Platform>,
): SvelteKitHandler<EnvironmentOf<Platform>> {
	// biome-ignore lint/complexity/noArguments: callers are to see no further parameters.
	const refused = refuseUncalled(WIRING, [...arguments]);
	if (refused !== undefined) return refused as never;
	const receiverFor = toReceiverLater<EnvironmentOf<Platform>>(receiver, WIRING.call);
	return (event, ...rest: unknown[]) => {
		if (!has(event, ["request", "getClientAddress"])) {
			return refuseCaller(WIRING, [event, ...rest], () => receiverFor(event?.platform));
		}
		return answer(event, receiverFor);
	};
}

async function answer<Platform>(
	event: SvelteKitEvent<Platform>,
	receiverFor: (platform: Platform) => Receiver,
): Promise<Response> {
	return receiverFor(event.platform)(event.request, {
		ip: event.getClientAddress(),
		waitUntil: waitUntilOf(event.platform),
	});
}

/** Cloudflare's, which SvelteKit named `context` before it was `ctx`. */
function waitUntilOf(platform: unknown): ReceiverContext["waitUntil"] {
	const { ctx, context = ctx } = (platform ?? {}) as {
		readonly ctx?: ReceiverContext;
		readonly context?: ReceiverContext;
	};
	return context?.waitUntil?.bind(context);
}

export default walletCallback;
