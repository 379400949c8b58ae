import express from "express";
import { toNodeListener } from "wallet-callback/node";
import { createReceiver } from "wallet-callback/receiver";
import { memoryStore } from "wallet-callback/stores/memory";

const receiver = createReceiver({
  keys: process.env.WALLET_CALLBACK_SECRET ?? "",
  store: memoryStore(),
  on: {
    "deposit.confirmed": async ({ event }) => {
      console.log("credit", event.data.depositId);
    },
  },
});

const app = express();
app.all("/callback", toNodeListener(receiver));
app.use(express.json());

app.listen(process.env.PORT ?? 3000);
