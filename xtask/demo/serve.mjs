// Keeps the receiver up, for callbacks that a person sends.
import { example } from "./callbacks.mjs";
import { bold, summary } from "./report.mjs";

/** @import { Receiver } from "./receiver.mjs" */
/** @import { Sign } from "./callbacks.mjs" */

/** Less than the five minutes for which a signature is fresh: the last line printed always works. */
const refreshMinutes = 4;

/**
 * @param {Receiver} receiver
 * @param {Sign} sign
 * @param {string} key
 */
export function serve({ server, address }, sign, key) {
	const body = JSON.stringify(JSON.parse(example("deposit.confirmed")));
	const invite = () => {
		console.log(bold(`\nA genuine callback, fresh for five minutes; paste it into another shell:`));
		console.log(`${curl(address, sign({ body, key }))}\n`);
	};

	server.on("verdict", (verdict) => console.log(summary(verdict)));
	console.log(`\nThe receiver stays up at ${address} until Ctrl-C.`);
	console.log(`Every ${refreshMinutes} minutes the line below is signed anew.`);
	invite();
	const refresh = setInterval(invite, refreshMinutes * 60_000);

	for (const signal of ["SIGINT", "SIGTERM"]) {
		process.once(signal, () => {
			clearInterval(refresh);
			server.close();
			server.closeAllConnections();
		});
	}
}

/**
 * A command for a shell. A proxy that the environment names could not reach loopback.
 *
 * @param {string} address
 * @param {{ headers: Record<string, string>, body: string }} callback
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
