import Router from "@koa/router";
import Koa from "koa";
import { walletCallback } from "wallet-callback/koa";
import { memoryStore } from "wallet-callback/stores/memory";

const router = new Router();
router.post(
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

// A body parser goes behind it: it verifies the raw body.
new Koa().use(router.routes()).listen(process.env.PORT ?? 3000);
