import Fastify from "fastify";
import walletCallback from "wallet-callback/fastify";
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

const app = Fastify();
app.register(walletCallback, { path: "/callback", receiver });

await app.listen({ port: Number(process.env.PORT ?? 3000) });
