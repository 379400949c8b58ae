/** The receiver behind `node:http`, Express and NestJS. */

import { peerOf, type Socket } from "../receiver/peer.js";
import type { Incoming, Receiver, Reply } from "../receiver/types.js";
import { has, isNodeResponse, type Wiring } from "../receiver/wiring.js";
import { join, type Reading } from "../verifier/request.js";
import { refuseCaller, refuseUncalled } from "./misuse.js";
import { requireReceiver, urlOf } from "./receiver.js";

/** What of a Node request matters: `http.IncomingMessage`, `http2.Http2ServerRequest`. */
export interface NodeRequest {
	readonly method?: string | undefined;
	readonly url?: string | undefined;
	/** The URL before a framework took its own part from it. */
	readonly originalUrl?: string | undefined;
	readonly headers: { readonly [name: string]: string | string[] | undefined };
	readonly httpVersionMajor: number;
	readonly socket: NodeSocket;
	/** The body's bytes, where a parser has kept them. */
	readonly rawBody?: unknown;
	/** What a parser has made of the body. */
	readonly body?: unknown;
	/** Whether all of it has arrived and has been read. */
	readonly complete: boolean;
	readonly destroyed: boolean;
	readonly readableDidRead: boolean;
	readonly readableEnded: boolean;
	readonly readableEncoding: string | null;
	on(event: string, listener: (value: unknown) => void): unknown;
	off(event: string, listener: (value: unknown) => void): unknown;
	pause(): unknown;
	resume(): unknown;
}

/** What of a Node socket matters: `net.Socket`, `tls.TLSSocket`. */
export interface NodeSocket extends Socket {
	readonly encrypted?: boolean;
}

/** What parsers and frameworks have kept of a request, on it or elsewhere. */
export type Kept = Pick<NodeRequest, "originalUrl" | "rawBody" | "body">;

/** What of a Node response matters: `http.ServerResponse`, `http2.Http2ServerResponse`. */
export interface NodeResponse {
	readonly headersSent: boolean;
	readonly destroyed: boolean;
	writeHead(status: number, headers: { [name: string]: string | number }): unknown;
	write(body: string): boolean;
	end(): unknown;
	end(body: string): unknown;
	destroy(): unknown;
}

/** What {@link toNodeListener} gives. */
export type NodeListener = (request: NodeRequest, response: NodeResponse) => void;

const WIRING: Wiring = {
	name: "toNodeListener",
	entry: "node",
	call: "createServer(toNodeListener(receiver))",
};

/** Node's own, and all that is used of it. */
declare const Buffer: { byteLength(text: string): number };

/** The longest rest of a body that is awaited so that the connection can be used again, in bytes. */
const REUSE_BYTES = 65_536;
/** How long a connection with more of a body to come is held after the answer. */
const LINGER_MS = 2_000;
/** How much of the rest is still read, for clients that listen only once they have sent all. */
const LINGER_BYTES = 4_194_304;

const ALREADY_PARSED =
	'expected the raw body, but something has read it before: its bytes are gone, and serialising what was parsed gives others. Express: mount this route before app.use(express.json()), or keep the bytes with express.json({ verify: (request, response, bytes) => { request.rawBody = bytes; } }). NestJS: NestFactory.create(AppModule, { rawBody: true }), or app.use("/callback", toNodeListener(receiver)) before app.listen(). Koa: use this middleware before the body parser';

/**
 * Serves a receiver as a listener of `node:http`, a handler of Express 4 and 5, or a middleware of
 * NestJS. It needs no body parser, takes the bytes of `express.raw()` and of `request.rawBody`, and
 * answers 500 `body_already_parsed` at once where a parser has left neither. It gives nothing to
 * await and never throws; a framework that is not one of these gets 500 `not_a_request`, and the log
 * names the entry for it.
 *
 * A body that is refused unread is not read to its end: the client gets the answer and, where more
 * than 64 KB are to come, the connection is closed.
 *
 * @param receiver From `createReceiver`.
 * @throws {ConfigError} for anything but a receiver.
 *
 * @example
 * ```ts
 * createServer(toNodeListener(receiver)).listen(3000);
 * app.all("/callback", toNodeListener(receiver)); // Express
 * ```
 */
export function toNodeListener(receiver: Pick<Receiver, "receive">): NodeListener {
	// biome-ignore lint/complexity/noArguments: callers are to see no further parameters.
	const refused = refuseUncalled(WIRING, [...arguments]);
	if (refused !== undefined) return refused as never;
	requireReceiver(receiver, "toNodeListener(receiver)");
	return listen(receiver, WIRING);
}

/**
 * The listener of the entry that is used so.
 *
 * @internal
 */
export function listen(receiver: Pick<Receiver, "receive">, wiring: Wiring): NodeListener {
	return (request, response, ...rest: unknown[]) => {
		if (isFromNode(request, response)) {
			serve(receiver, request, response).catch(() => response.destroy());
			return undefined;
		}
		return refuseCaller(wiring, [request, response, ...rest], () => receiver);
	};
}

/**
 * Whether these are a request of Node and its response.
 *
 * @internal
 */
export function isFromNode(request: unknown, response: unknown): boolean {
	return has(request, ["headers", "socket"]) && isNodeResponse(response);
}

/**
 * Answers one request, of which a framework has `kept` something.
 *
 * @internal
 */
export async function serve(
	receiver: Pick<Receiver, "receive">,
	request: NodeRequest,
	response: NodeResponse,
	kept: Kept = request,
): Promise<void> {
	const reply = await receiver.receive(toIncoming(request, kept));
	// The client has hung up, or a middleware has answered in the meantime, as those for timeouts do.
	if (response.destroyed || response.headersSent) return;
	send(request, response, reply);
}

function toIncoming(request: NodeRequest, kept: Kept): Incoming {
	const { method = "", headers, socket } = request;
	const { originalUrl = request.url } = kept;
	let reading: Reading | undefined;
	return {
		method,
		headers,
		url: urlOf(headers.host ?? headers[":authority"], originalUrl ?? ""),
		secure: socket.encrypted === true,
		peer: peerOf(socket),
		readBody: (limit) => {
			const body = findBody(request, kept);
			if (body !== undefined) return Promise.resolve(body);
			reading = readStream(request, limit);
			return reading.body;
		},
		cancelBody: () => reading?.cancel(),
	};
}

const HUNG_UP = "the client hung up";

/** The bytes that a parser has kept, if one has read them. */
function findBody(request: NodeRequest, { rawBody, body }: Kept): Uint8Array | string | undefined {
	if (isRaw(rawBody)) return rawBody;
	if (isRaw(body)) return body;
	// Not the body decides: Express 4 sets it to {} even where no parser has read anything.
	if (request.readableDidRead || request.readableEnded || request.readableEncoding !== null) {
		throw new TypeError(ALREADY_PARSED);
	}
	if (request.destroyed) throw new Error(HUNG_UP);
	return undefined;
}

function isRaw(body: unknown): body is Uint8Array | string {
	return typeof body === "string" || body instanceof Uint8Array;
}

function readStream(request: NodeRequest, limit: number): Reading {
	const chunks: Uint8Array[] = [];
	let length = 0;
	let stop = (): void => {};
	const body = new Promise<Uint8Array>((resolve, reject) => {
		const keep = (data: unknown) => {
			const chunk = data as Uint8Array;
			chunks.push(chunk);
			length += chunk.length;
			if (length <= limit) return;
			stop();
			resolve(join(chunks, length));
		};
		stop = () => {
			request.off("data", keep);
			request.pause();
		};
		request.on("data", keep);
		request.on("end", () => resolve(join(chunks, length)));
		request.on("error", reject);
		request.on("close", () => {
			// It follows `end`, too, and an error with its stack costs as much as all the rest of this.
			if (!request.readableEnded) reject(new Error(HUNG_UP));
		});
	});
	const cancel = () => {
		stop();
		chunks.length = 0;
	};
	return { body, cancel };
}

function send(
	request: NodeRequest,
	response: NodeResponse,
	{ status, headers, body }: Reply,
): void {
	// Neither a length nor a body goes with these (RFC 9110, section 8.6).
	const bare = status === 204 || status === 304;
	// In this order: Node 20 takes twenty times as long to add a member to a copy.
	const head = bare ? headers : { "content-length": Buffer.byteLength(body), ...headers };
	if (request.complete || mayReuse(request)) {
		response.writeHead(status, head);
		response.end(body);
		if (!request.complete) request.resume();
		return;
	}
	// To close at once would reset the connection under a client that is still sending, and its
	// system may drop the answer with it (RFC 9112, section 9.6).
	// HTTP/2 knows no such header: there the stream is closed, not the connection.
	response.writeHead(
		status,
		request.httpVersionMajor < 2 ? { ...head, connection: "close" } : head,
	);
	response.write(body);
	linger(request, () => response.end());
}

function mayReuse({ headers }: NodeRequest): boolean {
	if (headers["transfer-encoding"] !== undefined) return false;
	return Number(headers["content-length"] ?? 0) <= REUSE_BYTES;
}

/** Drops what else comes, until it ends or is enough. */
function linger(request: NodeRequest, close: () => void): void {
	const timer = setTimeout(close, LINGER_MS);
	let dropped = 0;
	request.on("data", (chunk) => {
		dropped += (chunk as Uint8Array).length;
		if (dropped > LINGER_BYTES) request.pause();
	});
	request.on("close", () => {
		clearTimeout(timer);
		close();
	});
	request.resume();
}
