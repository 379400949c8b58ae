// A server to be measured: node receiver-server.mjs <bare|receiver> <entry folder> <secret>.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [subject, installed, secret] = process.argv.slice(2);
const load = createRequire(`${installed}/package.json`);

/** What everybody writes first: reads the body, parses it, answers. */
function bare() {
	return (request, response) => {
		const chunks = [];
		request.on("data", (chunk) => chunks.push(chunk));
		request.on("end", () => {
			const event = JSON.parse(Buffer.concat(chunks).toString());
			const answer = JSON.stringify({ code: event.type === undefined ? 1 : 0 });
			response.writeHead(200, {
				"content-type": "application/json",
				"content-length": Buffer.byteLength(answer),
			});
			response.end(answer);
		});
	};
}

function receiver() {
	const { createReceiver } = load("wallet-callback/receiver");
	const { toNodeListener } = load("wallet-callback/node");
	const { memoryStore } = load("wallet-callback/stores/memory");
	let credited = 0;
	const on = { "deposit.confirmed": () => void credited++ };
	return toNodeListener(createReceiver({ keys: secret, store: memoryStore(), on }));
}

const server = createServer({ bare, receiver }[subject]());
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
