import { toLambdaHandler } from "wallet-callback/aws-lambda";
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

export const handler = toLambdaHandler(receiver);
