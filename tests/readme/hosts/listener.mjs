/** Serves the receiver that a snippet exports. */
import { createServer } from "node:http";
import { toNodeListener } from "wallet-callback/node";

const { receiver } = await import(process.env.SNIPPET);

createServer(toNodeListener(receiver)).listen(process.env.PORT);
