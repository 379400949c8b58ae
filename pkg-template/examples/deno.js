import { createReceiver } from "wallet-callback/receiver";
import { memoryStore } from "wallet-callback/stores/memory";

const receiver = createReceiver({
  keys: Deno.env.get("WALLET_CALLBACK_SECRET"),
  store: memoryStore(),
  on: {
    "deposit.confirmed": async ({ event }) => {
      console.log("credit", event.data.depositId);
    },
  },
});

Deno.serve({ port: Number(Deno.env.get("PORT") ?? 3000) }, receiver);
