/** Requests, also those that `fetch` cannot make, and what comes back. */
import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps, Agent as SecureAgent } from "node:https";
import { connect, isIP } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { plain } from "./output.js";
import { connectionProblem } from "./system.js";

/** What is sent. */
export interface Sending {
	readonly method: string;
	readonly url: URL;
	/** In their order and with the letter case in which they are sent. */
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: Uint8Array;
	/** Sends the body in chunks, without its length. */
	readonly chunked?: boolean;
	/** Sends so many bytes of the body, and then: waits, or ends the connection. */
	readonly stopAfter?: { readonly bytes: number; readonly after: "wait" | "hang up" };
	/** Asks in HTTP/1.0. */
	readonly old?: boolean;
	/** Takes a connection that was used before. */
	readonly kept?: boolean;
	/** Of the answer, no more is read. */
	readonly mostBytes?: number;
}

/** What came back. */
export type Answer = Answered | Unanswered;

export interface Answered {
	readonly status: number;
	readonly headers: { readonly [name: string]: string };
	readonly body: string;
	readonly milliseconds: number;
}

/** `refused`: nobody can be reached; `closed`: the connection ended without an answer, or with none of HTTP. */
export interface Unanswered {
	readonly status: undefined;
	readonly why: "refused" | "closed" | "timeout";
	readonly message: string;
	readonly milliseconds: number;
}

/** Of an answer, no more is read unless somebody needs it. */
const MOST_BYTES = 65_536;

/** Sends a request and reads the answer. Never follows a redirect, never throws. `signal` ends it. */
export function exchange(
	sending: Sending,
	timeoutMs: number,
	agents: Agents,
	signal?: AbortSignal,
): Promise<Answer> {
	const since = performance.now();
	const open = sending.old ? askInOldHttp : askInHttp;
	return new Promise((resolve) => {
		let isOver = false;
		const end = (outcome: Outcome) => {
			if (isOver) return;
			isOver = true;
			clearTimeout(timer);
			signal?.removeEventListener("abort", abort);
			resolve({ ...outcome, milliseconds: performance.now() - since });
			close();
		};
		const giveUp = (why: Unanswered["why"], message: string) =>
			end({ status: undefined, why, message });
		const abort = () => giveUp("closed", "interrupted");
		const expire = () => giveUp("timeout", `no answer within ${timeoutMs / 1000} s`);
		const timer = setTimeout(expire, timeoutMs);
		signal?.addEventListener("abort", abort);
		const close = open(sending, agents, end);
	});
}

type Outcome = Omit<Answered, "milliseconds"> | Omit<Unanswered, "milliseconds">;
type Ask = (sending: Sending, agents: Agents, end: (outcome: Outcome) => void) => () => void;

/** The connections that are kept. */
export class Agents {
	readonly http: Agent = new Agent({ keepAlive: true, maxSockets: 64 });
	readonly https: SecureAgent = new SecureAgent({ keepAlive: true, maxSockets: 64 });

	close(): void {
		this.http.destroy();
		this.https.destroy();
	}
}

const askInHttp: Ask = (sending, agents, end) => {
	const { method, url, headers, body, chunked, stopAfter, kept, mostBytes = MOST_BYTES } = sending;
	const secure = url.protocol === "https:";
	const known = secure ? agents.https : agents.http;
	const request = (secure ? requestHttps : requestHttp)(url, {
		method,
		agent: kept ? known : false,
	});
	for (const [name, values] of grouped(headers)) request.setHeader(name, values);
	let answer: IncomingMessage | undefined;
	let close = () => {
		// What is left of an answer would keep coming.
		if (!kept || !answer?.complete) request.destroy();
	};
	request.on("response", (response) => {
		answer = response;
		read(response, mostBytes, end);
	});
	// A 101 comes in place of a response.
	request.on("upgrade", ({ statusCode = 0 }) => end({ status: statusCode, headers: {}, body: "" }));
	request.on("error", (error) => {
		// Whoever refuses a body early may close before all of it was sent.
		if (answer !== undefined) return;
		// A server may close a connection while it is idle, just when it is used again.
		if (request.reusedSocket) close = askInHttp({ ...sending, kept: false }, agents, end);
		else end(unanswered(error));
	});
	const hasBody = body.length > 0 || method === "POST";
	if (chunked) writeInChunks(request, body);
	else {
		if (hasBody) request.setHeader("Content-Length", body.length);
		if (stopAfter === undefined) request.end(body);
		else {
			request.write(body.subarray(0, stopAfter.bytes), () => {
				if (stopAfter.after === "hang up") request.destroy();
			});
		}
	}
	return () => close();
};

/** Headers of one name come together. */
function grouped(headers: Sending["headers"]): Map<string, string | string[]> {
	const all = new Map<string, string | string[]>();
	for (const [name, value] of headers) {
		const before = all.get(name);
		all.set(name, before === undefined ? value : [before, value].flat());
	}
	return all;
}

function writeInChunks(request: ClientRequest, body: Uint8Array): void {
	const middle = Math.ceil(body.length / 2);
	request.setHeader("Transfer-Encoding", "chunked");
	request.write(body.subarray(0, middle));
	request.end(body.subarray(middle));
}

function read(response: IncomingMessage, mostBytes: number, end: (outcome: Outcome) => void): void {
	const parts: Buffer[] = [];
	let bytes = 0;
	const finish = () => {
		const headers: { [name: string]: string } = {};
		for (const [name, value] of Object.entries(response.headers)) {
			headers[name] = [value ?? []].flat().join(", ");
		}
		const body = Buffer.concat(parts).toString("utf8");
		end({ status: response.statusCode ?? 0, headers, body });
	};
	response.on("data", (part: Buffer) => {
		parts.push(part);
		bytes += part.length;
		if (bytes > mostBytes) finish();
	});
	response.on("end", finish);
	response.on("error", finish);
}

const askInOldHttp: Ask = ({ method, url, headers, body }, _agents, end) => {
	const host = url.hostname.replace(/^\[|\]$/g, "");
	const secure = url.protocol === "https:";
	const port = Number(url.port) || (secure ? 443 : 80);
	const named = isIP(host) === 0 ? { servername: host } : {};
	const socket = secure ? connectSecurely({ host, port, ...named }) : connect({ host, port });
	const lines = [
		`${method} ${url.pathname}${url.search} HTTP/1.0`,
		`Host: ${url.host}`,
		"Connection: close",
		...headers.map(([name, value]) => `${name}: ${value}`),
		`Content-Length: ${body.length}`,
	];
	socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
	socket.write(body);
	let text = "";
	const finish = () => {
		const [head = "", content = ""] = text.split(/\r\n\r\n(.*)/s);
		const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
		if (status === undefined) end(unanswered(new Error("socket hang up")));
		else end({ status: Number(status), headers: {}, body: content });
	};
	socket.setEncoding("utf8").on("data", (part: string) => {
		text += part;
		if (text.length > MOST_BYTES || isWhole(text)) finish();
	});
	socket.on("end", finish);
	socket.on("error", (error) => end(unanswered(error)));
	return () => socket.destroy();
};

/** Whether all of an answer is there, though the server keeps the connection. */
function isWhole(text: string): boolean {
	const [head = "", body] = text.split(/\r\n\r\n(.*)/s);
	const length = /^content-length: *(\d+) *$/im.exec(head)?.[1];
	return body !== undefined && length !== undefined && Buffer.byteLength(body) >= Number(length);
}

function unanswered(error: NodeJS.ErrnoException & { errors?: readonly Error[] }): Outcome {
	// A name with several addresses fails once for each.
	const [first = error] = (error.errors ?? []) as readonly NodeJS.ErrnoException[];
	const problem = connectionProblem(first);
	if (problem !== undefined) return { status: undefined, why: "refused", message: problem };
	const { code = "", message } = first;
	if (/^(?:ECONNRESET|EPIPE)$/.test(code) || message === "socket hang up") {
		return { status: undefined, why: "closed", message: "closed the connection without an answer" };
	}
	return { status: undefined, why: code.startsWith("HPE_") ? "closed" : "refused", message };
}

/** An answer in a line. */
export function describe(answer: Answer): string {
	const time = `${Math.round(answer.milliseconds)} ms`;
	if (answer.status === undefined) {
		if (answer.why === "closed") return `${plain(answer.message)} after ${time}`;
		return plain(answer.message);
	}
	const text = answer.body.trim();
	const shown = text.length > 120 ? `${text.slice(0, 120)}…` : text;
	return `${answer.status}${shown === "" ? "" : ` ${plain(shown)}`} in ${time}`;
}

export function isAccepted({ status }: Answer): boolean {
	return status !== undefined && status >= 200 && status <= 299;
}

/** Whether an answer says that the endpoint, not the request, has a fault. */
export function isCrash(answer: Answer): boolean {
	if (answer.status === undefined) return true;
	const asksToWait = answer.status === 503 && answer.headers["retry-after"] !== undefined;
	return answer.status >= 500 && answer.status !== 501 && answer.status !== 505 && !asksToWait;
}
