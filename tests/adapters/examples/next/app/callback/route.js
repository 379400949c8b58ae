import { createReceiver } from "wallet-callback/receiver";
import { memoryStore } from "wallet-callback/stores/memory";

let receiver;

/** @param {Request} request */
function handle(request) {
  // Not before: `next build` loads this module, too, and has no secret.
  receiver ??= createReceiver({
    keys: process.env.WALLET_CALLBACK_SECRET ?? "",
    store: memoryStore(),
    // Next.js tells neither who has sent a request nor, without a proxy, how it came.
    requireHttps: false,
    on: {
      "deposit.confirmed": async ({ event }) => {
        console.log("credit", event.data.depositId);
      },
    },
  });
  return receiver(request);
}

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
