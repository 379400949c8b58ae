/** Reads what people have at hand of a callback: a raw request, a curl command, a line of a log. */
import type { KeySet } from "wallet-callback";
import { readHead } from "./head.js";

export interface Pasted {
	readonly form: "raw" | "curl" | "json";
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: string | Uint8Array;
	readonly method?: string | undefined;
	readonly url?: string | undefined;
	/** When it arrived, in milliseconds, where a log says so. */
	readonly arrived?: number | undefined;
	/** Whether the log had the body as an object: its bytes are lost, and these are others. */
	readonly reparsed?: boolean;
}

/** Nothing where the text, or what bytes say, has no headers in any of these forms. */
export function readPaste(given: string | Uint8Array): Pasted | undefined {
	const text = typeof given === "string" ? given : decode(given);
	if (text === undefined) return readBinary(given as Uint8Array);
	const start = text.trimStart();
	if (/^(\$\s*)?curl(\.exe)?\s/.test(start)) return readCurl(start.replace(/^\$\s*/, ""));
	return /^[{[]/.test(start) ? readLog(start) : readRaw(start);
}

function readRaw(text: string): Pasted | undefined {
	const gap = /\r?\n\r?\n/.exec(text);
	const head = gap ? text.slice(0, gap.index) : text;
	const { headers, ...line } = readHead(head);
	if (headers.length === 0) return undefined;
	const body = gap ? text.slice(gap.index + gap[0].length) : "";
	return { form: "raw", headers, body: withoutFinalBreak(body, headers), ...line };
}

/** A raw request whose body is no text. */
function readBinary(bytes: Uint8Array): Pasted | undefined {
	// In this encoding, a character is a byte.
	const text = new TextDecoder("latin1").decode(bytes);
	const gap = /\r?\n\r?\n/.exec(text);
	if (gap === null) return undefined;
	const pasted = readRaw(text.slice(0, gap.index));
	return pasted && { ...pasted, body: bytes.slice(gap.index + gap[0].length) };
}

/** Nothing where they are not UTF-8. */
function decode(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return undefined;
	}
}

/** Editors and terminals end a text with a line break, which a request with a length shows not to be its own. */
function withoutFinalBreak(body: string, headers: Pasted["headers"]): string {
	const [, length] = headers.find(([name]) => name.toLowerCase() === "content-length") ?? [];
	const shorter = body.replace(/\r?\n$/, "");
	const isWhole = new TextEncoder().encode(shorter).length === Number(length);
	return isWhole ? shorter : body;
}

/** A command as a browser's developer tools or a person writes it. */
function readCurl(text: string): Pasted {
	const [, ...words] = shellWords(text);
	const headers: (readonly [string, string])[] = [];
	const data: string[] = [];
	let method: string | undefined;
	let url: string | undefined;
	let isQuery = false;
	for (let at = 0; at < words.length; at += 1) {
		let word = words[at] ?? "";
		let value: string | undefined;
		const long = /^(--[\w-]+)=([\s\S]*)$/.exec(word);
		if (long) [, word = "", value] = long;
		else if (/^-[XHdu]./.test(word)) [word, value] = [word.slice(0, 2), word.slice(2)];
		const take = () => {
			if (value !== undefined) return value;
			at += 1;
			return words[at] ?? "";
		};
		if (word === "-G" || word === "--get") isQuery = true;
		else if (word === "-I" || word === "--head") method ??= "HEAD";
		else if (word === "-H" || word === "--header") headers.push(...readHead(take()).headers);
		else if (word === "-X" || word === "--request") method = take();
		else if (word === "--url") url = take();
		else if (/^(-d|--data|--data-raw|--data-binary|--data-ascii|--json)$/.test(word)) {
			const given = take();
			// Without `-binary`, curl drops line breaks only from files.
			data.push(given);
		} else if (OPTIONS_WITH_VALUE.test(word)) take();
		else if (!word.startsWith("-")) url = word;
	}
	const all = data.join("&");
	const body = isQuery ? "" : all;
	if (isQuery && url !== undefined && all !== "") url += (url.includes("?") ? "&" : "?") + all;
	// As curl does: what has data is posted.
	method ??= data.length > 0 && !isQuery ? "POST" : "GET";
	return { form: "curl", headers, body, method, url };
}

const OPTIONS_WITH_VALUE =
	/^(-[AbcekmouwxT]|--(user-agent|cookie|referer|user|output|max-time|proxy|noproxy|cacert|cert|key|connect-timeout|write-out|resolve))$/;

/** The words of a command, as a POSIX shell or `$'…'` of Bash reads them. */
function shellWords(text: string): string[] {
	const words: string[] = [];
	let word: string | undefined;
	const pieces =
		/\s+|\\(\r?\n|[\s\S])|\$'((?:[^'\\]|\\[\s\S])*)'|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|[^\s'"\\]+/g;
	for (const [piece, escaped, ansi, single, double] of text.matchAll(pieces)) {
		if (escaped !== undefined) {
			if (!/^\r?\n$/.test(escaped)) word = (word ?? "") + escaped;
		} else if (/^\s/.test(piece)) {
			if (word !== undefined) words.push(word);
			word = undefined;
		} else {
			const quoted = ansi === undefined ? (single ?? unescaped(double)) : unescapedAnsi(ansi);
			word = (word ?? "") + (quoted ?? piece);
		}
	}
	if (word !== undefined) words.push(word);
	return words;
}

function unescaped(text: string | undefined): string | undefined {
	return text?.replace(/\\(\r?\n|["\\$`])/g, (_, one: string) =>
		one.length > 1 || one === "\n" ? "" : one,
	);
}

const ANSI: { readonly [letter: string]: string } = { n: "\n", r: "\r", t: "\t" };

function unescapedAnsi(text: string): string {
	return text.replace(/\\(u[\da-f]{4}|x[\da-f]{2}|[\s\S])/gi, (_, one: string) =>
		one.length > 1 ? String.fromCharCode(Number.parseInt(one.slice(1), 16)) : (ANSI[one] ?? one),
	);
}

interface Members {
	readonly [name: string]: unknown;
}

/** A line of a log, an event of AWS Lambda, a HAR entry: whatever holds headers and a body. */
function readLog(text: string): Pasted | undefined {
	let line: unknown;
	try {
		line = JSON.parse(text);
	} catch {
		return undefined;
	}
	const holder = findHolder(line, 0);
	if (holder === undefined) return undefined;
	const headers = toHeaders(holder.headers ?? holder.rawHeaders);
	const given = member(holder, ["rawBody", "body", "payload", "postData", "bodyText", "data"]);
	const inner = isMembers(given) && "text" in given ? given.text : given;
	const isText = typeof inner === "string" || inner === undefined || inner === null;
	const written = isText ? (inner ?? "") : JSON.stringify(inner);
	const body = holder.isBase64Encoded === true ? fromBase64(written) : written;
	const method = member(holder, ["method", "httpMethod", "requestMethod"]);
	const url = member(holder, ["url", "requestUrl", "originalUrl", "rawPath", "path"]);
	return {
		form: "json",
		headers,
		body,
		method: typeof method === "string" ? method : undefined,
		url: typeof url === "string" ? url : undefined,
		arrived: toTime(member(line as Members, ["time", "timestamp", "@timestamp", "ts"])),
		reparsed: !isText,
	};
}

const DEEPEST = 6;

/** The first object, from the outside, that has headers. */
function findHolder(value: unknown, depth: number): Members | undefined {
	if (!isMembers(value) || depth > DEEPEST) return undefined;
	if (toHeaders(value.headers ?? value.rawHeaders).length > 0) {
		return value;
	}
	for (const inner of Object.values(value)) {
		const found = findHolder(inner, depth + 1);
		// A logger may put the body beside the request that has the headers.
		if (found) return "body" in found ? found : { ...value, ...found };
	}
	return undefined;
}

function member(holder: Members, names: readonly string[]): unknown {
	for (const name of names) if (holder[name] !== undefined) return holder[name];
	return undefined;
}

/** Headers as an object, as pairs, as `{ name, value }`, or as Node's flat list. */
function toHeaders(value: unknown): [string, string][] {
	if (Array.isArray(value)) {
		if (value.every((one) => typeof one === "string")) {
			const names = value.filter((_, index) => index % 2 === 0);
			return names.map((name, index) => [name, value[index * 2 + 1] ?? ""]);
		}
		return value.flatMap((one): [string, string][] => {
			const [name, text] = Array.isArray(one) ? one : [one?.name, one?.value];
			return typeof name === "string" ? [[name, String(text)]] : [];
		});
	}
	if (!isMembers(value)) return [];
	return Object.entries(value).flatMap(([name, one]): [string, string][] =>
		[one].flat().map((text) => [name, String(text)]),
	);
}

function isMembers(value: unknown): value is Members {
	return typeof value === "object" && value !== null;
}

/** A time of a log, in seconds, milliseconds or RFC 3339. */
function toTime(value: unknown): number | undefined {
	if (typeof value === "number") return value < 1e11 ? value * 1000 : value;
	const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
	return Number.isNaN(time) ? undefined : time;
}

function fromBase64(text: string): string | Uint8Array {
	try {
		return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
	} catch {
		return text;
	}
}

/** A JSON Web Key or a set of them is given as JSON, everything else as it is. */
export function readKeys(texts: readonly string[]): readonly string[] | KeySet {
	const [first = ""] = texts;
	if (texts.length !== 1 || !first.trimStart().startsWith("{")) return texts;
	try {
		const key = JSON.parse(first);
		return "keys" in key ? key : { keys: [key] };
	} catch {
		return texts;
	}
}
