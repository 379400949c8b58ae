// A receiver to be flooded: node load-server.mjs <consumer> <secret>. Prints its port, and for each line that
// it reads what it holds: the bytes in memory, and how many callbacks were handled.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import process from "node:process";
import { createInterface } from "node:readline";

const [consumer, secret] = process.argv.slice(2);
const load = createRequire(`${consumer}/package.json`);
const { createReceiver } = load("wallet-callback/receiver");
const { toNodeListener } = load("wallet-callback/node");
const { memoryStore } = load("wallet-callback/stores/memory");

let handled = 0;
const on = { "deposit.confirmed": () => void handled++ };
const log = { info() {}, warn() {}, error() {} };
const receiver = createReceiver({ keys: secret, store: memoryStore(), on, log });
const server = createServer(toNodeListener(receiver));
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
createInterface({ input: process.stdin }).on("line", () => {
	const { rss } = process.memoryUsage();
	process.stdout.write(`${JSON.stringify({ rss, handled })}\n`);
});
