/** Callbacks in all the shapes in which runtimes and frameworks hand them over. */

import { shown } from "../core/shown.js";
import type { CallbackInput } from "./types.js";

const tagOf = (value: unknown): string => Object.prototype.toString.call(value);

/** Whether it is a `Uint8Array` of any realm (Jest, `node:vm`, iframes), where `instanceof` fails. */
function isBytes(value: unknown): value is Uint8Array {
	return (
		value instanceof Uint8Array ||
		(ArrayBuffer.isView(value) && tagOf(value) === "[object Uint8Array]")
	);
}

/** A `Uint8Array` of this realm over the same bytes. */
export function toBytes(value: unknown): Uint8Array | undefined {
	if (value instanceof Uint8Array) return value;
	if (isBytes(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
	if (tagOf(value) === "[object ArrayBuffer]") return new Uint8Array(value as ArrayBuffer);
	return undefined;
}

/**
 * A body that can be verified, cut off behind `limit` + 1 units: more tells the core no more than
 * that it is too large.
 *
 * @throws {TypeError} for anything but a string, a `Uint8Array` or an `ArrayBuffer`.
 */
export function toBody(
	body: unknown,
	limit: number = Number.POSITIVE_INFINITY,
): string | Uint8Array {
	if (typeof body === "string") return body.length > limit ? body.slice(0, limit + 1) : body;
	const bytes = toBytes(body);
	if (bytes === undefined) throw new TypeError(explainBody(body));
	return bytes.length > limit ? bytes.subarray(0, limit + 1) : bytes;
}

function explainBody(body: unknown): string {
	const expected = "expected the raw body as a string, a Uint8Array or an ArrayBuffer, got ";
	if (body === undefined || body === null) {
		return `${expected}${body}: in Express, mount the route with express.raw({ type: "application/json" }) and pass req.body; in a Fetch handler, pass await request.arrayBuffer()`;
	}
	if (typeof body !== "object") return `${expected}a ${typeof body}`;
	if (tagOf(body) === "[object Promise]") return `${expected}a Promise: await it first`;
	if (tagOf(body) === "[object ReadableStream]") {
		return `${expected}a stream: use verifyRequest(request), or read it first`;
	}
	return `${expected}an object that something has already parsed; its bytes are gone, and serialising it again gives others. Express: express.json() has parsed it; mount the route with express.raw({ type: "application/json" }) before express.json(). Next.js: await request.text() in a route handler, or export const config = { api: { bodyParser: false } } in pages/api and read the request. Workers, Deno, Bun: await request.arrayBuffer() in place of request.json(). API Gateway: pass event.body, decoded first where event.isBase64Encoded`;
}

/**
 * The values of the headers of these names (in lower case). Values of a name that comes more than
 * once are joined with a comma and a space, as `Headers` does.
 *
 * @throws {TypeError} for what is no collection of headers.
 */
export function readHeaders(
	headers: CallbackInput["headers"],
	names: readonly string[],
): (string | undefined)[] {
	if (typeof headers !== "object" || headers === null) {
		throw new TypeError(`expected the request's headers, got ${shown(headers)}`);
	}
	if (names.length === 0) return [];
	if (isHeaders(headers)) return names.map((name) => headers.get(name) ?? undefined);

	const values = names.map((): string | undefined => undefined);
	if (isIterable(headers)) {
		visit(headers, (name, value) => {
			const index = indexOf(names, name);
			if (index >= 0) put(values, index, name, value);
		});
		return values;
	}
	// What most callbacks come with, so that nothing is made for it.
	const record = headers as { readonly [name: string]: unknown };
	for (const name of namesOf(record)) {
		const index = indexOf(names, name);
		// Few are wanted, and looking a value up by its name is what takes time.
		if (index >= 0) put(values, index, name, record[name]);
	}
	return values;
}

/** Adds the value of a header that is wanted. */
function put(values: (string | undefined)[], index: number, name: string, value: unknown): void {
	const text = toText(name, value);
	if (text !== undefined) values[index] = append(values[index], text);
}

/**
 * Every header, by its name in lower case.
 *
 * @throws {TypeError} for what is no collection of headers.
 */
export function allHeaders(headers: CallbackInput["headers"]): { [name: string]: string } {
	// Refuses what is no object.
	readHeaders(headers, []);
	const values = new Map<string, string>();
	visit(headers, (name, value) => {
		const text = toText(name, value);
		const key = name.toLowerCase();
		if (text !== undefined) values.set(key, append(values.get(key), text));
	});
	return Object.fromEntries(values);
}

/** The names of all headers, in lower case. */
export function headerNames(headers: CallbackInput["headers"]): string[] {
	const names: string[] = [];
	visit(headers, (name) => names.push(name.toLowerCase()));
	return names;
}

/** Goes through headers once, whatever their shape. */
function visit(headers: object, add: (name: string, value: unknown) => void): void {
	if (isIterable(headers)) {
		for (const entry of headers) {
			if (!Array.isArray(entry)) {
				throw new TypeError(
					"expected headers as [name, value] pairs, got another list (pass req.headers, not req.rawHeaders)",
				);
			}
			add(String(entry[0]), entry[1]);
		}
		return;
	}
	const record = headers as { readonly [name: string]: unknown };
	for (const name of namesOf(record)) add(name, record[name]);
}

/** The names of headers that are the members of an object. */
function namesOf(headers: object): string[] {
	if ("then" in headers && typeof headers.then === "function") {
		throw new TypeError("expected the request's headers, got a Promise: await headers() first");
	}
	return Object.keys(headers);
}

/** Values of a name that comes more than once, as `Headers` joins them. */
function append(before: string | undefined, text: string): string {
	return before === undefined ? text : `${before}, ${text}`;
}

/** `Headers` of any realm or library. A `Map` has the same methods and minds the letter case. */
function isHeaders(headers: object): headers is Headers {
	return "get" in headers && typeof headers.get === "function" && tagOf(headers) !== "[object Map]";
}

function isIterable(headers: object): headers is Iterable<readonly [string, unknown]> {
	return Symbol.iterator in headers;
}

/** Compares lengths first: a request has a dozen headers, and two or three of them matter. */
function indexOf(names: readonly string[], name: string): number {
	const { length } = name;
	for (let index = 0; index < names.length; index++) {
		const wanted = names[index] as string;
		if (wanted.length !== length) continue;
		if (wanted === name || wanted === name.toLowerCase()) return index;
	}
	return -1;
}

function toText(name: string, value: unknown): string | undefined {
	if (typeof value === "string") return value;
	if (value === undefined || value === null) return undefined;
	if (Array.isArray(value) && value.every((part) => typeof part === "string")) {
		return value.length === 0 ? undefined : value.join(", ");
	}
	throw new TypeError(
		`expected the header ${name} as a string or an array of strings, got ${shown(value)}`,
	);
}

/** A body that is being read. */
export interface Reading {
	readonly body: Promise<Uint8Array>;
	/** Stops it: what has come by then is the body. */
	cancel(): void;
}

/**
 * Reads a request's body up to the chunk with which it passes `limit` bytes, and drops the rest.
 *
 * @throws {TypeError} (the promise) for a body that has been read, and for what is no request.
 */
export function readBody(request: Request, limit: number): Reading {
	let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
	// Nobody waits for the sender to take note of it.
	const cancel = () => void reader?.cancel().catch(() => {});
	const read = async () => {
		requireUnread(request);
		reader = request.body?.getReader();
		const chunks: Uint8Array[] = [];
		let length = 0;
		while (reader !== undefined && length <= limit) {
			const { done, value } = await reader.read();
			if (done) break;
			chunks.push(value);
			length += value.length;
		}
		if (length > limit) cancel();
		return join(chunks, length);
	};
	return { body: read(), cancel };
}

function requireUnread(request: Request): void {
	if (typeof request !== "object" || request === null || !("bodyUsed" in request)) {
		throw new TypeError(
			"expected a Fetch Request: pass headers and body to verify() where there is none",
		);
	}
	if (request.bodyUsed || request.body?.locked) {
		throw new TypeError(
			"expected a request whose body is unread, got one that something reads or has read: verify first, or verify request.clone()",
		);
	}
}

/** Joins the chunks of a body of so many bytes. */
export function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
	const [first] = chunks;
	if (first !== undefined && chunks.length === 1) return first;
	const body = new Uint8Array(length);
	let at = 0;
	for (const chunk of chunks) {
		body.set(chunk, at);
		at += chunk.length;
	}
	return body;
}
