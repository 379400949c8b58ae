import { env } from "$env/dynamic/private";
import { createReceiver } from "wallet-callback/receiver";
import { memoryStore } from "wallet-callback/stores/memory";

let receiver;

/** @type {import("@sveltejs/kit").RequestHandler} */
export function fallback({ request, getClientAddress }) {
  // Not before: `vite build` loads this module, too, and has no secret.
  receiver ??= createReceiver({
    keys: env.WALLET_CALLBACK_SECRET ?? "",
    store: memoryStore(),
    on: {
      "deposit.confirmed": async ({ event }) => {
        console.log("credit", event.data.depositId);
      },
    },
  });
  return receiver(request, { ip: getClientAddress() });
}
