// A receiver as a server has it, and what a sender sees of it.
import { once } from "node:events";
import { createServer } from "node:http";
import { createReceiver, memoryStore, toNodeListener } from "./library.mjs";

/** @import { IncomingMessage, ServerResponse } from "node:http" */
/** @import { Verifier } from "../../pkg/dist/esm/index.js" */
/** @import { ReceiverOptions } from "../../pkg/dist/esm/receiver.js" */
/** @typedef {{ headers: Record<string, string>, body: string }} Callback */
/** @typedef {{ status: number, code: string }} Answer */

/**
 * Starts a receiver on loopback that has handled nothing yet.
 *
 * @param {Omit<ReceiverOptions, "store"> & { verifier: Verifier }} options
 * @param {number} port 0 is any that is free.
 * @param {(request: IncomingMessage, response: ServerResponse) => boolean} others Answers what is not for the receiver, and says whether it does.
 */
export async function startReceiver(options, port = 0, others = () => false) {
	const receiver = createReceiver({ ...options, store: memoryStore() });
	const listener = toNodeListener(receiver);
	const server = createServer((request, response) => {
		if (!others(request, response)) listener(request, response);
	});
	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	const bound = /** @type {import("node:net").AddressInfo} */ (server.address());
	return {
		address: `http://127.0.0.1:${bound.port}/`,
		/** Resolves when what has been begun is done. */
		async close() {
			server.close();
			await receiver.close();
			server.closeAllConnections();
		},
	};
}

/**
 * Sends a callback.
 *
 * @param {string} address
 * @param {Callback} callback
 * @param {{ method?: string, type?: string }} [as]
 * @returns {Promise<Answer>}
 */
export async function post(
	address,
	{ headers, body },
	{ method = "POST", type = "application/json" } = {},
) {
	const all = { ...headers, "content-type": type };
	const response = await fetch(address, { method, headers: all, body });
	const { status } = response;
	return { status, code: codeOf(await response.text(), status) };
}

/**
 * What an answer says; the answer itself if it has another form.
 *
 * @param {string} answer
 * @param {number} status
 */
function codeOf(answer, status) {
	if (answer === '{"code":0}') return "accepted";
	if (answer === '{"code":0,"duplicate":true}') return "duplicate";
	const { code, error } = JSON.parse(answer);
	return code === status ? error : answer;
}
