/** Serves a receiver whose handler is the one that a snippet exports. */
import { createServer } from "node:http";
import { toNodeListener } from "wallet-callback/node";
import { createReceiver } from "wallet-callback/receiver";

const [{ store }, { credit }] = await Promise.all([
	import(process.env.STORE),
	import(process.env.SNIPPET),
]);
const keys = process.env.WALLET_CALLBACK_SECRET;
const receiver = createReceiver({ keys, store, on: { "deposit.confirmed": credit } });

createServer(toNodeListener(receiver)).listen(process.env.PORT);
