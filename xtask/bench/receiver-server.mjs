// A server to be measured: node receiver-server.mjs <bare|verifier|receiver> <consumer> <secret>.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [subject, consumer, secret] = process.argv.slice(2);
const load = createRequire(`${consumer}/package.json`);
let handled = 0;

/** What everybody writes first: reads the body, parses it, answers. */
function bare() {
	return listener((_headers, body) => JSON.parse(body.toString()).type !== undefined);
}

/** The same with a verifier in the place of the parser. */
function verifier() {
	const verifier = load("wallet-callback").createVerifier({ keys: secret });
	return listener((headers, body) => verifier.safeVerify({ headers, body }).ok);
}

function listener(accept) {
	return (request, response) => {
		const chunks = [];
		request.on("data", (chunk) => chunks.push(chunk));
		request.on("end", () => {
			const accepted = accept(request.headers, Buffer.concat(chunks));
			handled++;
			const answer = JSON.stringify({ code: accepted ? 0 : 1 });
			response.writeHead(accepted ? 200 : 400, {
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
	let lines = 0;
	const write = () => void lines++;
	const log = { info: write, warn: write, error: write };
	const on = { "deposit.confirmed": () => void handled++ };
	return toNodeListener(createReceiver({ keys: secret, store: memoryStore(), log, on }));
}

const server = createServer({ bare, verifier, receiver }[subject]());
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));

process.once("SIGTERM", () => process.stdout.write(`${handled}\n`, () => process.exit()));
