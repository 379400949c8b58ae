// A receiver as a server has it: a raw body, one call, an answer.
import { once } from "node:events";
import { createServer } from "node:http";

/** @import { IncomingMessage, Server, ServerResponse } from "node:http" */
/** @import { Verifier, VerifyResult } from "../../pkg/dist/esm/index.js" */
/** @typedef {{ result: VerifyResult, microseconds: number }} Verdict What `verify` said, and the time inside it. */
/** @typedef {{ server: Server, address: string }} Receiver Its server emits "verdict" with a {@link Verdict}. */

/**
 * Starts a receiver on loopback.
 *
 * @param {Verifier} verifier
 * @param {{ port: number, maxBodyBytes: number }} options Port 0 is any that is free.
 * @returns {Promise<Receiver>}
 */
export async function startReceiver(verifier, { port, maxBodyBytes }) {
	const server = createServer((request, response) => {
		receive(request, response).catch((error) => response.destroy(error));
	});

	/**
	 * @param {IncomingMessage} request
	 * @param {ServerResponse} response
	 */
	async function receive(request, response) {
		if (request.method !== "POST") {
			response.writeHead(405, { allow: "POST" }).end();
			return;
		}
		const input = { headers: request.headers, body: await readBody(request, maxBodyBytes) };
		const start = process.hrtime.bigint();
		const result = verifier.verify(input);
		const microseconds = Number(process.hrtime.bigint() - start) / 1000;
		server.emit("verdict", { result, microseconds });

		const answer = result.ok ? { code: 0 } : { code: result.status, error: result.code };
		response.writeHead(result.ok ? 200 : result.status, { "content-type": "application/json" });
		response.end(JSON.stringify(answer));
	}

	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	const bound = /** @type {import("node:net").AddressInfo} */ (server.address());
	return { server, address: `http://127.0.0.1:${bound.port}/` };
}

/**
 * Reads a body to its end so that the sender gets its answer, but keeps no more of it than shows
 * that it is too large.
 *
 * @param {IncomingMessage} request
 * @param {number} limit
 */
async function readBody(request, limit) {
	const chunks = [];
	let length = 0;
	for await (const chunk of request) {
		if (length <= limit) chunks.push(chunk);
		length += chunk.length;
	}
	return Buffer.concat(chunks);
}
