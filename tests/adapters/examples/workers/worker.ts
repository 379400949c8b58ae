/** A Cloudflare Worker that receives callbacks, and remembers them in a Durable Object. */
import { createReceiver, type Receiver } from "wallet-callback/receiver";
import { durableObjectStore, type ObjectNamespace } from "wallet-callback/stores/durable-object";

export { WalletCallbackStore } from "wallet-callback/stores/durable-object";

interface Env {
	/** `DurableObjectNamespace` in `@cloudflare/workers-types`. */
	readonly CALLBACKS: ObjectNamespace;
	readonly WALLET_CALLBACK_SECRET: string;
}

/** `ExecutionContext` in `@cloudflare/workers-types`. */
interface Context {
	waitUntil(promise: Promise<unknown>): void;
}

let receiver: Receiver | undefined;

/** A Worker's bindings are there with the first request only. */
function receiverFor(env: Env): Receiver {
	receiver ??= createReceiver({
		keys: env.WALLET_CALLBACK_SECRET,
		store: durableObjectStore(env.CALLBACKS),
		acknowledge: "before-handling",
		on: {
			"deposit.confirmed": async ({ event, id }) => {
				console.log(`${id}: ${event.data.amount.value} for ${event.data.userId}`);
			},
		},
	});
	return receiver;
}

export default {
	fetch: (request: Request, env: Env, ctx: Context): Promise<Response> =>
		receiverFor(env)(request, { waitUntil: ctx.waitUntil.bind(ctx) }),

	/** Handles what was acknowledged but not handled, since the handler failed or the Worker stopped. */
	scheduled: (_event: unknown, env: Env): Promise<void> => receiverFor(env).drain(),
};
