/** A Cloudflare Worker that receives callbacks, and remembers them in a Durable Object. */
import { walletCallback } from "wallet-callback/cloudflare";
import { durableObjectStore } from "wallet-callback/stores/durable-object";

export { WalletCallbackStore } from "wallet-callback/stores/durable-object";

// `npx wrangler types` writes the types of Cloudflare's own.
interface Env {
	readonly CALLBACKS: DurableObjectNamespace;
	readonly WALLET_CALLBACK_SECRET: string;
}

// `scheduled`, beside `fetch`, handles what was acknowledged but not handled, since the handler
// failed or the Worker stopped.
export default walletCallback((env: Env) => ({
	keys: env.WALLET_CALLBACK_SECRET,
	store: durableObjectStore(env.CALLBACKS),
	acknowledge: "before-handling",
	on: {
		"deposit.confirmed": async ({ event, id }) => {
			console.log(`${id}: ${event.data.amount.value} for ${event.data.userId}`);
		},
	},
}));
