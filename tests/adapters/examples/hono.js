import { serve } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono } from "hono";
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

const app = new Hono();
app.all("/callback", (c) => receiver(c.req.raw, { ip: getConnInfo(c).remote.address }));

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
