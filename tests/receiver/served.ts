/** A server of `node:http` that hands what is sent to it to receivers. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after } from "node:test";
import type { Receiver } from "wallet-callback/receiver";
import { CONSUMER } from "./receivers.ts";

const require = createRequire(join(CONSUMER, "package.json"));
const { toNodeListener }: typeof import("wallet-callback/node") = require("wallet-callback/node");

let listener: ReturnType<typeof toNodeListener> = assert.fail;
const server = createServer((incoming, response) => listener(incoming, response)).listen(0);
await once(server, "listening");
const { port } = server.address() as AddressInfo;
after(() => server.close());

/** Status, content type and body. */
export type Told = readonly [status: number, type: string | undefined, body: string];

export interface Sent {
	readonly method?: string;
	readonly path?: string;
	readonly headers?: Record<string, string>;
	readonly body?: Uint8Array | string;
}

/** Sends a request to a receiver behind `node:http`. */
export async function send(
	receiver: Receiver,
	{ method = "POST", path = "/callbacks", headers = {}, body = "" }: Sent,
): Promise<{ told: Told; allow: string | undefined }> {
	listener = toNodeListener(receiver);
	const sent = request({ port, method, path, headers, agent: false });
	const answered = once(sent, "response");
	sent.end(body);
	const [response] = await answered;
	const chunks: Buffer[] = [];
	for await (const chunk of response) chunks.push(chunk);
	const { statusCode, headers: got } = response;
	return {
		told: [statusCode, got["content-type"], Buffer.concat(chunks).toString()],
		allow: got.allow,
	};
}
