/** What is passed by mistake in place of what a receiver needs, and the line to write instead. */

import { shown } from "../core/shown.js";
import type { Reply } from "./types.js";

/** What stands for a thing by what only it has, and what to write. */
interface Mistake {
	readonly got: string;
	readonly has: readonly string[];
	readonly instead: string;
}

const STORES: readonly Mistake[] = [
	{
		got: "a Durable Object namespace",
		has: ["idFromName", "get"],
		instead: 'store: durableObjectStore(namespace) from "wallet-callback/stores/durable-object"',
	},
	{
		got: "a PostgreSQL client",
		has: ["query", "connect"],
		instead: 'store: postgresStore(client) from "wallet-callback/stores/postgres"',
	},
	{
		got: "a PostgreSQL client",
		has: ["unsafe"],
		instead: 'store: postgresStore(client) from "wallet-callback/stores/postgres"',
	},
	{
		got: "a SQLite database",
		has: ["prepare", "exec"],
		instead: 'store: sqliteStore(database) from "wallet-callback/stores/sqlite"',
	},
	{
		got: "a Redis client",
		has: ["eval"],
		instead: 'store: redisStore(client) from "wallet-callback/stores/redis"',
	},
	{
		got: "a Redis client",
		has: ["sendCommand"],
		instead: 'store: redisStore(client) from "wallet-callback/stores/redis"',
	},
];

/** What is wrong with a store that is none, and what to write instead. */
export function explainStore(store: unknown, missing: string): string {
	if (store === undefined || store === null) {
		return 'store is required: store: memoryStore() from "wallet-callback/stores/memory" to begin with, one of SQLite, Redis or PostgreSQL to remember callbacks across restarts';
	}
	if (typeof store === "string") {
		return 'store: expected a store, such as sqliteStore(path) from "wallet-callback/stores/sqlite", got a string';
	}
	const mistake = find(STORES, store);
	if (mistake !== undefined) {
		return `store: expected a store, got ${mistake.got}: ${mistake.instead}`;
	}
	if (typeof store === "function") {
		const name = /^[a-z]{1,16}([A-Z][a-z]{1,16})*$/.test(store.name) ? store.name : "memoryStore";
		return `store: expected a store, got a function: call it: store: ${name}()`;
	}
	if (isPromise(store)) return "store: expected a store, got a promise: await it first";
	const got = typeof store === "object" ? `an object without the method ${missing}` : shown(store);
	return `store: expected a store, such as memoryStore() from "wallet-callback/stores/memory", got ${got}`;
}

/** What is wrong with a verifier that is none, and what to write instead. */
export function explainVerifier(verifier: unknown): string {
	const expected =
		"verifier: expected what createVerifier() returns, or its options with keys, got";
	if (isReceiver(verifier)) {
		return `${expected} a receiver, which has a verifier already: serve it as it is`;
	}
	if (typeof verifier === "function") {
		return `${expected} a function: call it: verifier: createVerifier({ keys })`;
	}
	if (typeof verifier === "string") return `${expected} a string: keys: [secret]`;
	return `${expected} ${shown(verifier)}`;
}

/** What came in place of a receiver, and how one is made of it. */
export function explainReceiver(value: unknown): string {
	if (typeof value === "function") return "a function without receive (call createReceiver first)";
	if (has(value, ["safeVerify"]))
		return "a verifier (pass it to createReceiver({ verifier, … }) first)";
	const isOptions = has(value, ["keys"]) || has(value, ["verifier"]) || has(value, ["store"]);
	return isOptions ? "options (pass them to createReceiver first)" : shown(value);
}

/** What to write in a receiver that would accept callbacks and do nothing. */
export function explainNoHandler(signsType: boolean): string {
	const all = "onAny: async ({ event }) => { … }";
	const example = 'on: { "deposit.confirmed": async ({ event }) => { … } }';
	return `a receiver needs a handler: ${signsType ? `${example}, or ${all} for all events` : all}`;
}

/** What is wrong with a handler that is none. */
export function explainHandler(value: unknown): string {
	return isPromise(value) ? "a promise (pass the handler itself, do not call it)" : shown(value);
}

/** Who calls a handler with what, and the entry that is for it. */
interface Caller {
	readonly by: string;
	readonly got: string;
	readonly has: readonly string[];
	/** The line to write, with what the entry exports. */
	readonly line: string;
	readonly name?: string;
	readonly entry: string;
}

const CALLERS: readonly Caller[] = [
	// Before those whose members its context has, too.
	{
		by: "Koa",
		got: "a context",
		has: ["req", "res", "app"],
		line: 'router.post("/callback", walletCallback(receiver))',
		entry: "koa",
	},
	{
		by: "Fastify",
		got: "a request",
		has: ["raw", "headers", "server"],
		line: 'app.register(walletCallback, { path: "/callback", receiver })',
		entry: "fastify",
	},
	{
		by: "Express",
		got: "a request",
		has: ["socket", "headers", "baseUrl"],
		line: 'app.post("/callback", walletCallback(receiver))',
		entry: "express",
	},
	{
		by: "Node",
		got: "a request",
		has: ["socket", "headers"],
		line: "createServer(toNodeListener(receiver))",
		name: "toNodeListener",
		entry: "node",
	},
	{
		by: "Hono",
		got: "a context",
		has: ["req", "env", "json"],
		line: 'app.post("/callback", walletCallback(receiver))',
		entry: "hono",
	},
	{
		by: "Hono",
		got: "a request",
		has: ["raw", "bodyCache"],
		line: 'app.post("/callback", walletCallback(receiver))',
		entry: "hono",
	},
	{
		by: "SvelteKit",
		got: "an event",
		has: ["request", "getClientAddress"],
		line: "export const POST = walletCallback(receiver)",
		entry: "sveltekit",
	},
	{
		by: "AWS Lambda",
		got: "an event",
		has: ["requestContext"],
		line: "export const handler = toLambdaHandler(receiver)",
		name: "toLambdaHandler",
		entry: "aws-lambda",
	},
];

/** What is wrong with a request that is not one of Fetch, and what to write instead. */
export function explainRequest(request: unknown): string {
	const expected = "expected a Fetch Request";
	const caller = find(CALLERS, request);
	if (caller !== undefined) {
		const { by, got, line, name = "walletCallback", entry } = caller;
		return `${expected}, got ${got} of ${by}: ${line} with ${name} from "wallet-callback/${entry}"`;
	}
	return has(request, ["request"])
		? `${expected}, got an event that has the request: receiver(event.request)`
		: `${expected}, as in receiver(request), got ${shown(request)}`;
}

/** What makes a handler, the entry that exports it, and the line that has it in its place. */
export interface Wiring {
	readonly name: string;
	readonly entry: string;
	readonly call: string;
}

/** What is wrong with a handler that another framework has called, and what to import instead. */
export function explainCaller(
	{ name, entry, call }: Wiring,
	[first, second, third]: readonly unknown[],
): string {
	const handler = `${name} of "wallet-callback/${entry}" was called`;
	const caller = find(CALLERS, first);
	if (caller !== undefined && caller.entry !== entry) {
		const right = caller.name ?? "walletCallback";
		const what = right === name ? "it" : right;
		return `${handler} by ${caller.by}: import ${what} from "wallet-callback/${caller.entry}"`;
	}
	if (!isFetchRequest(first)) return `${handler} with ${shown(first)}: use it as in ${call}`;
	if (entry !== "cloudflare" && has(third, ["waitUntil"])) {
		return `${handler} by a Worker: import walletCallback from "wallet-callback/cloudflare"`;
	}
	if (entry !== "next" && has(second, ["params"])) {
		return `${handler} by Next.js: import walletCallback from "wallet-callback/next"`;
	}
	return `${handler} with a Fetch Request: pass it to a receiver, receiver(request)`;
}

/** What is wrong if what makes a handler is passed without a call, and so gets a request. */
export function explainUncalled({ name, call }: Wiring): string {
	const line = call.replace("walletCallback(receiver)", "walletCallback({ … })");
	return `${name} was passed itself: call it, ${line}`;
}

/** Whether it is what a framework passes with a request. */
export function isFromFramework(value: unknown): boolean {
	return find(CALLERS, value) !== undefined || takesResponse(value);
}

/** Whether who passes this waits for a `Response`. */
export function takesResponse(value: unknown): boolean {
	const [request, raw, req] = ["request", "raw", "req"].map((name) => memberOf(value, name));
	return [value, request, raw, memberOf(req, "raw")].some(isFetchRequest);
}

/** Whether it has what a receiver reads of a `Request` of any realm or library. */
export function isFetchRequest(value: unknown): value is Request {
	const request = value as Partial<Request> | null | undefined;
	return (
		typeof request?.url === "string" &&
		typeof request.method === "string" &&
		typeof request.headers?.get === "function" &&
		"bodyUsed" in request
	);
}

/** What of a response of Node, Express or Koa matters. */
interface NodeResponse {
	readonly headersSent: boolean;
	readonly destroyed?: boolean;
	writeHead(status: number, headers: object): unknown;
	end(body: string): unknown;
}

interface FastifyReply {
	hijack(): unknown;
}

/** The framework's own response, if there is one among what it has passed. */
export function responseOf(passed: readonly unknown[]): NodeResponse | undefined {
	return passed
		.flatMap((value) => [value, memberOf(value, "res"), memberOf(value, "raw")])
		.find(isNodeResponse);
}

/**
 * Answers on a framework's own response, if there is one among what it has passed: it waits for that, and
 * a request without an answer hangs.
 */
export function answerNode(passed: readonly unknown[], { status, headers, body }: Reply): void {
	const response = responseOf(passed);
	if (response === undefined || response.headersSent || response.destroyed) return;
	// Fastify 4 would answer 200 with what the handler returns.
	for (const value of passed) if (has(value, ["hijack"])) (value as FastifyReply).hijack();
	response.writeHead(status, headers);
	response.end(body);
}

/** Whether it can be answered on as on a response of Node. */
export function isNodeResponse(value: unknown): value is NodeResponse {
	return has(value, ["writeHead", "end", "headersSent"]);
}

function memberOf(value: unknown, name: string): unknown {
	return has(value, [name]) ? (value as { readonly [name: string]: unknown })[name] : undefined;
}

function isReceiver(value: unknown): boolean {
	return has(value, ["receive", "drain", "stats"]);
}

function isPromise(value: unknown): boolean {
	return has(value, ["then"]);
}

function find<Known extends { readonly has: readonly string[] }>(
	known: readonly Known[],
	value: unknown,
): Known | undefined {
	return known.find((one) => has(value, one.has));
}

/** Whether a value has all members of these names. */
export function has(value: unknown, names: readonly string[]): boolean {
	if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
	return names.every((name) => name in value);
}
