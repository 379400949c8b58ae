/** The receiver as a handler of AWS Lambda. */

import type { Incoming, Receiver, Reply } from "../receiver/types.js";
import { isFromFramework, type Wiring } from "../receiver/wiring.js";
import { readHeaders } from "../verifier/request.js";
import { refuseCaller, refuseUncalled } from "./misuse.js";
import { requireReceiver, urlOf } from "./receiver.js";

/**
 * An HTTP request as Lambda hands it over: the events of API Gateway REST APIs and HTTP APIs
 * (payload formats 1.0 and 2.0), of function URLs and of Application Load Balancers; and those of
 * Netlify and Vercel, which have no `requestContext`.
 */
export interface LambdaHttpEvent {
	readonly httpMethod?: string;
	readonly headers?: { readonly [name: string]: string | undefined } | null;
	readonly multiValueHeaders?: { readonly [name: string]: string[] | undefined } | null;
	readonly path?: string;
	readonly queryStringParameters?: { readonly [name: string]: string | undefined } | null;
	readonly multiValueQueryStringParameters?: {
		readonly [name: string]: string[] | undefined;
	} | null;
	/** Function URLs and payload format 2.0. */
	readonly rawPath?: string;
	/** Function URLs and payload format 2.0. */
	readonly rawQueryString?: string;
	/** Netlify. */
	readonly rawUrl?: string;
	readonly body?: string | null;
	readonly isBase64Encoded?: boolean;
	readonly requestContext?: {
		/** REST APIs and payload format 1.0: with the stage. */
		readonly path?: string;
		/** REST APIs and payload format 1.0. */
		readonly identity?: { readonly sourceIp?: string | null };
		/** Function URLs and payload format 2.0. */
		readonly http?: { readonly method: string; readonly sourceIp?: string };
		/** Application Load Balancers. */
		readonly elb?: object;
	};
}

/** What API Gateway, function URLs and load balancers make a response of. */
export interface LambdaHttpResult {
	readonly statusCode: number;
	readonly headers?: { readonly [name: string]: string };
	readonly multiValueHeaders?: { readonly [name: string]: string[] };
	readonly body: string;
	readonly isBase64Encoded: false;
}

/** What {@link toLambdaHandler} gives. */
export type LambdaHandler = (event: LambdaHttpEvent) => Promise<LambdaHttpResult>;

/** Node's own, and all that is used of it. */
declare const Buffer: { from(text: string, encoding: "base64"): Uint8Array };

const WIRING: Wiring = {
	name: "toLambdaHandler",
	entry: "aws-lambda",
	call: "export const handler = toLambdaHandler(receiver)",
};

const ALREADY_PARSED =
	"expected event.body as a string, got an object that something has already parsed: leave out Middy's http-json-body-parser and the like";

/**
 * Serves a receiver as a Lambda function behind API Gateway, a function URL or an Application Load
 * Balancer, or as a function of Netlify or Vercel that takes such events.
 *
 * API Gateway and function URLs are reached over HTTPS alone, and name the client's address. A load
 * balancer does neither: what it forwards in `X-Forwarded-For` and `X-Forwarded-Proto` may be the
 * client's own words, and no address of the load balancer's comes with it by which to trust them.
 * So a callback through one has no address, and counts as plain HTTP: let its HTTP listener redirect
 * to HTTPS, and create the receiver with `requireHttps: false`.
 *
 * Netlify names the client's address, Vercel does not; what either says of the scheme counts.
 *
 * REST APIs and payload format 1.0 hand over a query that is decoded. Its escapes in the URL are
 * those of `encodeURIComponent`: a sender that signs a URL with others needs payload format 2.0.
 *
 * @param receiver From `createReceiver`.
 * @throws {ConfigError} for anything but a receiver; the handler a `TypeError`, for an event that is not an HTTP request.
 *
 * @example
 * ```ts
 * export const handler = toLambdaHandler(receiver);
 * ```
 */
export function toLambdaHandler(receiver: Pick<Receiver, "receive">): LambdaHandler {
	// biome-ignore lint/complexity/noArguments: callers are to see no further parameters.
	const refused = refuseUncalled(WIRING, [...arguments]);
	if (refused !== undefined) return refused as never;
	requireReceiver(receiver, "toLambdaHandler(receiver)");
	return (event, ...rest: unknown[]) =>
		isFromFramework(event) && event.requestContext === undefined
			? (refuseCaller(WIRING, [event, ...rest], () => receiver) as Promise<never>)
			: answer(receiver, event);
}

async function answer(
	receiver: Pick<Receiver, "receive">,
	event: LambdaHttpEvent,
): Promise<LambdaHttpResult> {
	// Lambda stops the process with the answer, so what is still to be done is done before it.
	const pending: Promise<unknown>[] = [];
	const waitUntil = (promise: Promise<unknown>) => void pending.push(promise);
	const reply = await receiver.receive(toIncoming(event), { waitUntil });
	await Promise.allSettled(pending);
	return toResult(event, reply);
}

function toIncoming(event: LambdaHttpEvent): Incoming {
	const { httpMethod, multiValueHeaders, requestContext } = event;
	const method = httpMethod ?? requestContext?.http?.method;
	// `headers` lacks all but the last value of a header that came more than once.
	const headers = isFilled(multiValueHeaders) ? multiValueHeaders : event.headers;
	if (method === undefined || !headers) {
		throw new TypeError(
			"expected an event of API Gateway, of a function URL, of an Application Load Balancer, of Netlify or of Vercel",
		);
	}
	const [host, scheme, client] = readHeaders(headers, HEADERS);
	return {
		method,
		headers,
		url: urlFrom(event, host),
		secure: requestContext === undefined ? scheme === "https" : requestContext.elb === undefined,
		peer:
			requestContext?.identity?.sourceIp ??
			requestContext?.http?.sourceIp ??
			// Netlify overwrites what the client says. Elsewhere it is just a header.
			(event.rawUrl === undefined ? undefined : client),
		readBody: async () => readBody(event),
	};
}

const HEADERS = ["host", "x-forwarded-proto", "x-nf-client-connection-ip"] as const;

function urlFrom(event: LambdaHttpEvent, host: string | undefined): string | undefined {
	if (event.rawUrl !== undefined) return event.rawUrl;
	const path = event.rawPath ?? event.requestContext?.path ?? event.path;
	if (path === undefined) return undefined;
	// Vercel leaves the query in the path.
	const query = path.includes("?") ? "" : queryOf(event);
	return urlOf(host, query === "" ? path : `${path}?${query}`);
}

function queryOf({
	rawQueryString,
	multiValueQueryStringParameters: multiple,
	queryStringParameters: single,
	requestContext,
}: LambdaHttpEvent): string {
	if (rawQueryString !== undefined) return rawQueryString;
	// A load balancer leaves the escapes as they came, API Gateway decodes them.
	const toWritten = requestContext?.elb === undefined ? encodeURIComponent : String;
	return Object.entries((isFilled(multiple) ? multiple : single) ?? {})
		.flatMap(([name, values = []]) => [values].flat().map((value) => [name, value] as const))
		.map(([name, value]) => `${toWritten(name)}=${toWritten(value)}`)
		.join("&");
}

/** Some platforms give an empty object for what they do not fill. */
function isFilled<Members extends object>(members: Members | null | undefined): members is Members {
	return Object.keys(members ?? {}).length > 0;
}

function readBody({ body, isBase64Encoded }: LambdaHttpEvent): Uint8Array | string {
	const text: unknown = body ?? "";
	if (typeof text !== "string") throw new TypeError(ALREADY_PARSED);
	return isBase64Encoded ? Buffer.from(text, "base64") : text;
}

function toResult(event: LambdaHttpEvent, { status, headers, body }: Reply): LambdaHttpResult {
	const result = { statusCode: status, body, isBase64Encoded: false } as const;
	// A load balancer that sends its headers in this form takes no other.
	if (event.headers) return { ...result, headers };
	const entries = Object.entries(headers).map(([name, value]) => [name, [value]]);
	return { ...result, multiValueHeaders: Object.fromEntries(entries) };
}
