import { createReceiver } from "wallet-callback/receiver";
import { memoryStore } from "wallet-callback/stores/memory";

const receiver = createReceiver({
  keys: process.env.WALLET_CALLBACK_SECRET,
  store: memoryStore(),
  on: {
    "deposit.confirmed": async ({ event }) => {
      console.log("credit", event.data.depositId);
    },
  },
});

Bun.serve({ port: process.env.PORT ?? 3000, fetch: receiver });
