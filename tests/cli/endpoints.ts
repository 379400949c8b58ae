/** Endpoints to examine: each counts what it handles, and tells at /handled. */
import { createHash, createHmac, timingSafeEqual, verify } from "node:crypto";
import { once } from "node:events";
import {
	createServer,
	type IncomingMessage,
	type RequestListener,
	type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";

/** An endpoint that listens. */
export interface Endpoint {
	readonly url: string;
	readonly probeUrl: string;
}

/** Counts a callback as handled. */
export type Count = () => void;

/** Serves at /callbacks what a function makes; it listens until the file's tests have ended. */
export async function serve(
	make: (count: Count, stop: () => void) => RequestListener | Promise<RequestListener>,
): Promise<Endpoint> {
	let handled = 0;
	const count = () => {
		handled += 1;
	};
	const stop = () => {
		server.close();
		server.closeAllConnections();
	};
	const listener = await make(count, stop);
	const server = createServer((request, response) => {
		if (request.url === "/handled") response.end(`${handled}`);
		else listener(request, response);
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	after(stop);
	const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return { url: `${base}/callbacks`, probeUrl: `${base}/handled` };
}

/** What is wrong with an endpoint that is written by hand. */
export type Fault =
	| "verifies parsed JSON"
	| "no timestamp check"
	| "compares with =="
	| "no replay store"
	| "leaks the reason"
	| "trusts X-Forwarded-For"
	| "hangs on large bodies"
	| "crashes on a bad header"
	| "answers 200 to everything"
	| "handles before verifying"
	| "ignores the id"
	| "accepts the public key as secret";

/** A secret, or an Ed25519 public key, as its bytes. */
export interface HandKeys {
	readonly secret?: Buffer;
	readonly publicKey?: Buffer;
}

const MOST_BYTES = 1024 * 1024;
const TOLERANCE_SECONDS = 300;

/** An endpoint for Standard Webhooks as somebody writes it who knows how, but for one fault. */
export function byHand(keys: HandKeys, fault?: Fault): (count: Count) => RequestListener {
	return (count) => {
		const seen = new Set<string>();
		const handle = (key: string) => {
			if (fault !== "no replay store" && seen.has(key)) return { ok: true, duplicate: true };
			seen.add(key);
			count();
			return { ok: true };
		};
		const answerTo = async (request: IncomingMessage): Promise<readonly [number, object]> => {
			if (request.method !== "POST") return [405, { error: "method" }];
			const body = await readBody(request);
			if (body === undefined) {
				if (fault === "hangs on large bodies") await new Promise(() => {});
				return [413, { error: "too large" }];
			}
			if (fault === "answers 200 to everything")
				return [200, handle(`${request.headers["webhook-id"]}`)];
			const from = `${request.headers["x-forwarded-for"]}`;
			if (fault === "trusts X-Forwarded-For" && from.startsWith("10.")) return [200, { ok: true }];
			const [id = "", timestamp = "", signatures = ""] = ["id", "timestamp", "signature"].map(
				(name) => `${request.headers[`webhook-${name}`] ?? ""}`,
			);
			if (fault === "handles before verifying") handle(id);
			const content =
				fault === "verifies parsed JSON" ? JSON.stringify(JSON.parse(`${body}`)) : body;
			const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(content)]);
			const given = signatures.split(" ");
			if (!given.some((entry) => isRight(entry, signed, keys, fault))) {
				const right = macOf(keys.secret ?? Buffer.alloc(0), signed).toString("base64");
				const reason = fault === "leaks the reason" ? `expected v1,${right}` : "unauthorized";
				return [401, { error: reason }];
			}
			const age = Date.now() / 1000 - Number(timestamp);
			if (fault !== "no timestamp check" && !(Math.abs(age) <= TOLERANCE_SECONDS)) {
				return [401, { error: "unauthorized" }];
			}
			if (fault === "handles before verifying") return [200, { ok: true }];
			return [200, handle(fault === "ignores the id" ? signatures : id)];
		};
		return (request, response) => {
			answerTo(request).then(
				([status, answer]) => end(response, status, answer),
				() => end(response, 500, { error: "internal" }),
			);
		};
	};
}

function end(response: ServerResponse, status: number, answer: object): void {
	response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
}

/** Nothing for a body that is too long. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
	const parts: Buffer[] = [];
	let bytes = 0;
	for await (const part of request) {
		bytes += part.length;
		if (bytes <= MOST_BYTES) parts.push(part);
	}
	return bytes > MOST_BYTES ? undefined : Buffer.concat(parts);
}

const macOf = (secret: Buffer, signed: Buffer) =>
	createHmac("sha256", secret).update(signed).digest();

function isRight(
	entry: string,
	signed: Buffer,
	{ secret, publicKey }: HandKeys,
	fault?: Fault,
): boolean {
	const [label, text = "", more] = entry.split(",");
	if (more !== undefined) return false;
	const given = Buffer.from(text, "base64");
	if (label === "v1a" && publicKey !== undefined) {
		const key = {
			key: { kty: "OKP", crv: "Ed25519", x: publicKey.toString("base64url") },
			format: "jwk",
		};
		return given.toString("base64") === text && verify(null, signed, key as never, given);
	}
	const mac = fault === "accepts the public key as secret" ? (secret ?? publicKey) : secret;
	if (label !== "v1" || mac === undefined) return false;
	const right = macOf(mac, signed);
	if (fault === "crashes on a bad header") return timingSafeEqual(right, given);
	if (fault === "compares with ==") return compareSlowly(right.toString("base64"), text);
	const digest = (value: string) => createHash("sha256").update(value).digest();
	return timingSafeEqual(digest(right.toString("base64")), digest(text));
}

/** As == does it, but so that a network does not drown the difference. */
function compareSlowly(one: string, two: string): boolean {
	if (one.length !== two.length) return false;
	for (let index = 0; index < one.length; index += 1) {
		if (one[index] !== two[index]) return false;
		for (const until = performance.now() + 0.1; performance.now() < until; );
	}
	return true;
}
