import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { walletCallback } from "wallet-callback/hono";
import { memoryStore } from "wallet-callback/stores/memory";

const app = new Hono();
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

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
