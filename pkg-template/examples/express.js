import express from "express";
import { walletCallback } from "wallet-callback/express";
import { memoryStore } from "wallet-callback/stores/memory";

const app = express();

// Before the parser: it verifies the raw body.
app.post(
  "/callback",
  walletCallback({
    keys: process.env.WALLET_CALLBACK_SECRET,
    store: memoryStore(),
    on: {
      "deposit.confirmed": async ({ event }) => {
        console.log("credit", event.data.depositId);
      },
    },
  }),
);
app.use(express.json());

app.listen(process.env.PORT ?? 3000);
