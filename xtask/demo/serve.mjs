// Keeps a receiver up, for callbacks that a person sends.
import { example } from "./callbacks.mjs";
import { sign } from "./library.mjs";
import { startReceiver } from "./receiver.mjs";
import { bold, eventLine, recordLine, resultLine } from "./report.mjs";
import { tokenPocket } from "./tokenpocket.mjs";

/** @import { Verifier } from "../../pkg/dist/esm/index.js" */
/** @import { Callback } from "./receiver.mjs" */

/** Less than the five minutes for which a signature is fresh: the last line printed always works. */
const refreshMinutes = 4;

/**
 * @param {Verifier} verifier
 * @param {string} key
 * @param {number} port
 */
export async function serve(verifier, key, port) {
	const print = (/** @type {any} */ record) => console.log(recordLine(record));
	const log = { info: print, warn: print, error: print };
	let origin = "";
	const { address, close } = await startReceiver(
		{ verifier, onAny: ({ event }) => console.log(eventLine(event)), log },
		port,
		tokenPocket(() => origin, { onResult: ({ result }) => console.log(resultLine(result)), log }),
	);
	origin = address.slice(0, -1);
	const body = JSON.stringify(JSON.parse(example("deposit.confirmed")));
	const invite = () => {
		console.log(bold(`\nA genuine callback, fresh for five minutes; paste it into another shell:`));
		console.log(`${curl(address, sign({ body, key }))}\n`);
	};

	console.log(`\nA receiver stays up at ${address} until Ctrl-C, and a page to sign in on at`);
	console.log(`${origin}/tokenpocket for a browser.`);
	console.log(`Every ${refreshMinutes} minutes the line below is signed anew.`);
	invite();
	const refresh = setInterval(invite, refreshMinutes * 60_000);

	for (const signal of ["SIGINT", "SIGTERM"]) {
		process.once(signal, () => {
			clearInterval(refresh);
			close();
		});
	}
}

/**
 * A command for a shell. A proxy that the environment names could not reach loopback.
 *
 * @param {string} address
 * @param {Callback} callback
 */
function curl(address, { headers, body }) {
	const all = Object.entries({ "content-type": "application/json", ...headers });
	const options = all.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
	return `curl -i --noproxy '*' -w '\\n' ${options.join(" ")} --data-binary ${quote(body)} ${address}`;
}

/** @param {string} text */
function quote(text) {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
