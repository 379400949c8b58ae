import { walletCallback } from "wallet-callback/next";
import { memoryStore } from "wallet-callback/stores/memory";

export const POST = walletCallback({
  keys: process.env.WALLET_CALLBACK_SECRET,
  store: memoryStore(),
  on: {
    "deposit.confirmed": async ({ event }) => {
      console.log("credit", event.data.depositId);
    },
  },
});
