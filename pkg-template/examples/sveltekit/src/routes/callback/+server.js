import { env } from "$env/dynamic/private";
import { walletCallback } from "wallet-callback/sveltekit";
import { memoryStore } from "wallet-callback/stores/memory";

/** @type {import("@sveltejs/kit").RequestHandler} */
export const POST = walletCallback({
  keys: env.WALLET_CALLBACK_SECRET,
  store: memoryStore(),
  on: {
    "deposit.confirmed": async ({ event }) => {
      console.log("credit", event.data.depositId);
    },
  },
});
