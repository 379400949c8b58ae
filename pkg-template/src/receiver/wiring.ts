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
	return `store: expected an object with the method ${missing}, got ${shown(store)}`;
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

/** The line for an entry by the name of its framework. */
const entry = (line: string, name: string): string =>
	`${line} with walletCallback from "wallet-callback/${name}"`;

const REQUESTS: readonly Mistake[] = [
	{
		got: "a request of Fastify",
		has: ["raw", "headers", "server"],
		instead: entry('app.register(walletCallback, { path: "/callback", receiver })', "fastify"),
	},
	{
		got: "a request of Express",
		has: ["socket", "headers", "baseUrl"],
		instead: entry('app.post("/callback", walletCallback(receiver))', "express"),
	},
	{
		got: "a request of Node",
		has: ["socket", "headers"],
		instead:
			'createServer(toNodeListener(receiver)) with toNodeListener from "wallet-callback/node"',
	},
	{
		got: "a context of Koa",
		has: ["req", "res", "app"],
		instead: entry('router.post("/callback", walletCallback(receiver))', "koa"),
	},
	{
		got: "a context of Hono",
		has: ["req", "env", "json"],
		instead: entry('app.post("/callback", walletCallback(receiver))', "hono"),
	},
	{ got: "an event that has the request", has: ["request"], instead: "receiver(event.request)" },
	{
		got: "an event of AWS Lambda",
		has: ["requestContext"],
		instead:
			'export const handler = toLambdaHandler(receiver) with toLambdaHandler from "wallet-callback/aws-lambda"',
	},
];

/** What is wrong with a request that is not one of Fetch, and what to write instead. */
export function explainRequest(request: unknown): string {
	const mistake = find(REQUESTS, request);
	return mistake === undefined
		? `expected a Fetch Request, as in receiver(request), got ${shown(request)}`
		: `expected a Fetch Request, got ${mistake.got}: ${mistake.instead}`;
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
	writeHead(status: number, headers: object): unknown;
	end(body: string): unknown;
}

interface FastifyReply {
	hijack(): unknown;
}

/**
 * Answers on a framework's own response, if there is one among what it has passed: it waits for that, and
 * a request without an answer hangs.
 */
export function answerNode(passed: readonly unknown[], { status, headers, body }: Reply): void {
	const places = passed.flatMap((value) => [value, memberOf(value, "res"), memberOf(value, "raw")]);
	const response = places.find(isNodeResponse);
	if (response === undefined || response.headersSent) return;
	// Fastify 4 would answer 200 with what the handler returns.
	for (const value of passed) if (has(value, ["hijack"])) (value as FastifyReply).hijack();
	response.writeHead(status, headers);
	response.end(body);
}

function isNodeResponse(value: unknown): value is NodeResponse {
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

function find(mistakes: readonly Mistake[], value: unknown): Mistake | undefined {
	return mistakes.find((mistake) => has(value, mistake.has));
}

/** Whether a value has all members of these names. */
function has(value: unknown, names: readonly string[]): boolean {
	if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
	return names.every((name) => name in value);
}
