/** The events of AWS's documentation, with a callback in them. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { LambdaHttpEvent } from "wallet-callback/aws-lambda";
import { wallet } from "../package/package.ts";
import { type Callback, deposit, SECRET, signed } from "./callbacks.ts";
import { installed, prepareProject, run } from "./programs.ts";

const { toLambdaHandler }: typeof import("wallet-callback/aws-lambda") = installed(
	"wallet-callback/aws-lambda",
);

interface Result {
	readonly statusCode: number;
	readonly headers?: Record<string, string>;
	readonly multiValueHeaders?: Record<string, string[]>;
	readonly body: string;
	readonly error?: string;
}

const FORWARDED = { "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https" };

/** Names in the letter case in which the client sent them, as REST APIs hand them over. */
function titled(headers: Record<string, string>): Record<string, string> {
	const title = (name: string) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [title(name), value]));
}

function lists(headers: Record<string, string>): Record<string, string[]> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
}

function restApi({ headers, body }: Callback, httpMethod = "POST") {
	const all = titled({ ...headers, Host: "id.execute-api.us-east-1.amazonaws.com", ...FORWARDED });
	return {
		resource: "/callback",
		path: "/callback",
		httpMethod,
		headers: all,
		multiValueHeaders: lists(all),
		queryStringParameters: null,
		multiValueQueryStringParameters: null,
		pathParameters: null,
		stageVariables: null,
		requestContext: {
			resourceId: "123456",
			apiId: "1234567890",
			httpMethod,
			requestId: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
			accountId: "123456789012",
			identity: { accountId: null, sourceIp: "127.0.0.1", userAgent: "test", userArn: null },
			stage: "prod",
		},
		body,
		isBase64Encoded: false,
	};
}

function httpApi({ headers, body }: Callback, method = "POST") {
	return {
		version: "2.0",
		routeKey: "$default",
		rawPath: "/callback",
		rawQueryString: "",
		headers: { ...headers, host: "id.lambda-url.us-west-2.on.aws", "x-forwarded-proto": "https" },
		requestContext: {
			accountId: "123456789012",
			apiId: "<urlid>",
			domainName: "id.lambda-url.us-west-2.on.aws",
			http: {
				method,
				path: "/callback",
				protocol: "HTTP/1.1",
				sourceIp: "123.123.123.123",
				userAgent: "test",
			},
			requestId: "id",
			routeKey: "$default",
			stage: "$default",
			time: "12/Mar/2020:19:03:58 +0000",
			timeEpoch: 1583348638390,
		},
		body: Buffer.from(body as string).toString("base64"),
		isBase64Encoded: true,
	};
}

function loadBalancer({ headers, body }: Callback) {
	return {
		requestContext: {
			elb: {
				targetGroupArn:
					"arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/lambda/49e9d65c45c6791a",
			},
		},
		httpMethod: "POST",
		path: "/callback",
		queryStringParameters: {},
		multiValueHeaders: lists({ ...headers, "x-forwarded-proto": "https" }),
		body,
		isBase64Encoded: false,
	};
}

/** An event of Netlify's. */
function netlify({ headers, body }: Callback) {
	const all = {
		...headers,
		host: "pay.example",
		"x-forwarded-proto": "https",
		"x-nf-client-connection-ip": "203.0.113.9",
	};
	return {
		rawUrl: "https://pay.example/callback?a=1&b=%20x",
		rawQuery: "a=1&b=%20x",
		path: "/callback",
		httpMethod: "POST",
		headers: all,
		multiValueHeaders: {},
		queryStringParameters: { a: "1", b: " x" },
		multiValueQueryStringParameters: { a: ["1"], b: [" x"] },
		body,
		isBase64Encoded: false,
	};
}

/** What Vercel's launcher for handlers of this kind makes of a request. */
function vercel({ headers, body }: Callback) {
	return {
		resource: "/{proxy+}",
		path: "/callback?a=1&b=%20x",
		httpMethod: "POST",
		headers: { ...headers, host: "pay.example", "x-forwarded-proto": "https" },
		queryStringParameters: { a: "1", b: " x" },
		multiValueQueryStringParameters: { a: "1", b: " x" },
		body: Buffer.from(body as string).toString("base64"),
		isBase64Encoded: true,
	};
}

const JSON_HEADERS = { "content-type": "application/json" };
let results: Map<string, Result>;
let output: string;

before(async () => {
	const forged = { ...signed(deposit("dep_1")), body: deposit("dep_2") };
	const genuine = signed(deposit("dep_rest", { "data.memo": "💸" }));
	const plain = { ...signed(deposit("dep_3")), headers: { "content-type": "text/plain" } };
	const twice = restApi(signed(deposit("dep_4")));
	Object.assign(twice.multiValueHeaders, { "Webhook-Id": ["msg_other", "msg_1"] });
	const events: Record<string, unknown> = {
		"REST API": restApi(genuine),
		"REST API, again": restApi(genuine),
		"REST API, forged": restApi(forged),
		"REST API, GET without a body": { ...restApi(genuine, "GET"), body: null },
		"REST API, plain text": restApi(plain),
		"REST API, a header twice": twice,
		"REST API, parsed": { ...restApi(genuine), body: JSON.parse(genuine.body as string) },
		"HTTP API": httpApi(signed(deposit("dep_http", { "data.memo": "💸" }))),
		"HTTP API, too large": httpApi(signed(deposit("dep_5", { "data.filling": "x".repeat(2e6) }))),
		Netlify: netlify(signed(deposit("dep_netlify", { "data.memo": "💸" }))),
		Vercel: vercel(signed(deposit("dep_vercel", { "data.memo": "💸" }))),
		"a queue": { Records: [] },
	};
	const project = prepareProject("aws-lambda");
	writeFileSync(join(project, "events.json"), JSON.stringify(Object.values(events)));
	output = await run([process.execPath, "fixtures/invoke.js"], project);
	const printed = [...output.matchAll(/^result (.*)$/gm)].map(([, json = ""]) => JSON.parse(json));
	results = new Map(Object.keys(events).map((name, index) => [name, printed[index]]));
});

for (const [name, status, body] of [
	["REST API", 200, { code: 0 }],
	["REST API, again", 200, { code: 0, duplicate: true }],
	["REST API, forged", 401, { code: 401, error: "signature_mismatch" }],
	["REST API, parsed", 500, { code: 500, error: "body_already_parsed" }],
	["HTTP API", 200, { code: 0 }],
	["Netlify", 200, { code: 0 }],
	["Vercel", 200, { code: 0 }],
] as const) {
	test(name, () => {
		const { statusCode, headers, body: text } = results.get(name) ?? assert.fail();
		assert.deepEqual([statusCode, JSON.parse(text)], [status, body]);
		assert.deepEqual(headers, { ...headers, ...JSON_HEADERS });
	});
}

for (const [name, status] of [
	["REST API, GET without a body", 405],
	["REST API, plain text", 415],
	["REST API, a header twice", 400],
	["HTTP API, too large", 413],
] as const) {
	test(name, () => assert.equal(results.get(name)?.statusCode, status));
}

for (const [name, event, seen] of [
	["REST API", restApi, { method: "POST", secure: true, peer: "127.0.0.1" }],
	["HTTP API", httpApi, { method: "POST", secure: true, peer: "123.123.123.123" }],
	// What it forwards may be the client's own words.
	["load balancer", loadBalancer, { method: "POST", secure: false, peer: undefined }],
	["Netlify", netlify, { method: "POST", secure: true, peer: "203.0.113.9" }],
	["Vercel", vercel, { method: "POST", secure: true, peer: undefined }],
] as const) {
	test(`${name}: what the receiver is told, and the form of its answer`, async () => {
		const callback = signed(deposit("dep_1", { "data.memo": "💸" }));
		const done: string[] = [];
		const handler = toLambdaHandler({
			async receive({ method, secure, peer, headers, readBody }, context) {
				assert.deepEqual({ method, secure, peer }, seen);
				const body = await readBody(1_000_000);
				assert.equal(
					wallet.createVerifier({ keys: SECRET }).safeVerify({ headers, body }).ok,
					true,
				);
				context?.waitUntil?.(sleep(50).then(() => done.push("work")));
				return { status: 409, headers: { "retry-after": "3" }, body: "{}" };
			},
		});
		const isBase64Encoded = false;
		assert.deepEqual(await handler(event(callback) as LambdaHttpEvent), {
			statusCode: 409,
			...(name === "load balancer"
				? { multiValueHeaders: { "retry-after": ["3"] } }
				: { headers: { "retry-after": "3" } }),
			body: "{}",
			isBase64Encoded,
		});
		assert.deepEqual(done, ["work"], "answered before its work was done");
	});
}

test("a compressed body comes in base64, and is handled as it was before", async () => {
	const { createReceiver }: typeof import("wallet-callback/receiver") = installed(
		"wallet-callback/receiver",
	);
	const { memoryStore }: typeof import("wallet-callback/stores/memory") = installed(
		"wallet-callback/stores/memory",
	);
	const bodies: string[] = [];
	const handler = toLambdaHandler(
		createReceiver({
			keys: SECRET,
			store: memoryStore(),
			onAny: ({ body }) => bodies.push(Buffer.from(body).toString()),
		}),
	);
	const texts = [restApi, httpApi].map((event, index) => ({
		event,
		body: deposit(`dep_${index}`),
	}));
	for (const { event, body } of texts) {
		const { headers } = signed(body);
		const packed = { headers: { ...headers, "content-encoding": "gzip" }, body };
		const encoded = { body: gzipSync(body).toString("base64"), isBase64Encoded: true };
		const result = await handler({ ...event(packed), ...encoded } as LambdaHttpEvent);
		assert.deepEqual([result.statusCode, result.body], [200, '{"code":0}']);
	}
	assert.deepEqual(
		bodies,
		texts.map(({ body }) => body),
	);
});

/** The method and the URL that the receiver is told of an event. */
async function seen(event: object): Promise<string> {
	let told = "nothing";
	const handler = toLambdaHandler({
		async receive({ method, url, secure, peer, readBody }) {
			assert.equal((await readBody(1)).length, 0);
			told = [method, url, secure ? "secure" : "plain", ...(peer ? [peer] : [])].join(" ");
			return { status: 200, headers: {}, body: "" };
		},
	});
	await handler({ ...event, body: null } as LambdaHttpEvent);
	return told;
}

test("method, URL and query string", async () => {
	const callback = signed(deposit("dep_1"));
	const rest = restApi(callback, "GET");
	const query = {
		multiValueQueryStringParameters: { "a[]": ["1", "2 &"], é: [""] },
		queryStringParameters: { "a[]": "2 &", é: "" },
	};
	const api = "https://id.execute-api.us-east-1.amazonaws.com";
	assert.equal(await seen(rest), `GET ${api}/callback secure 127.0.0.1`);
	const staged = { ...rest.requestContext, path: "/prod/callback" };
	const written = "a%5B%5D=1&a%5B%5D=2%20%26&%C3%A9=";
	assert.equal(
		await seen({ ...rest, ...query, requestContext: staged }),
		`GET ${api}/prod/callback?${written} secure 127.0.0.1`,
	);

	const http = { ...httpApi(callback, "GET"), rawQueryString: "a=1&a=2&b=%20" };
	const host = "https://id.lambda-url.us-west-2.on.aws";
	assert.equal(await seen(http), `GET ${host}/callback?a=1&a=2&b=%20 secure 123.123.123.123`);

	const balanced = loadBalancer({ ...callback, headers: { host: "pay.example" } });
	const raw = { multiValueQueryStringParameters: { a: ["1%20", "2"] } };
	assert.equal(
		await seen({ ...balanced, ...raw }),
		"POST https://pay.example/callback?a=1%20&a=2 plain",
	);
	const single = { queryStringParameters: { a: "1%20" }, headers: { host: "pay.example" } };
	assert.equal(
		await seen({ ...balanced, ...single, multiValueHeaders: undefined }),
		"POST https://pay.example/callback?a=1%20 plain",
	);
	// Without a host, the path and the query count, which a sender may sign.
	assert.equal(await seen(loadBalancer(callback)), "POST https://localhost/callback plain");

	for (const [event, peer] of [
		[netlify(callback), " 203.0.113.9"],
		[vercel(callback), ""],
	] as const) {
		const url = "https://pay.example/callback?a=1&b=%20x";
		assert.equal(await seen(event), `POST ${url} secure${peer}`);
	}
});

test("where no platform vouches for it, the scheme and the client are not a header's", async () => {
	const headers = { host: "pay.example", "x-nf-client-connection-ip": "203.0.113.9" };
	const event = { httpMethod: "POST", path: "/", headers };
	assert.equal(await seen(event), "POST https://pay.example/ plain");
	const forwarded = { ...headers, "x-forwarded-proto": "http" };
	assert.equal(
		await seen({ ...netlify(signed("{}")), headers: forwarded }),
		"POST https://pay.example/callback?a=1&b=%20x plain 203.0.113.9",
	);
});

test("an event that is no request", () => {
	assert.match(results.get("a queue")?.error ?? "", /^TypeError: expected an event of API Gateway/);
});

test("the handler's runs", () => {
	const credited = [...output.matchAll(/^credit (.*)$/gm)].map(([, id]) => id);
	assert.deepEqual(credited, ["dep_rest", "dep_http", "dep_netlify", "dep_vercel"]);
});
