/** The events of AWS's documentation, with a callback in them. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
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

test("an event that is no request", () => {
	assert.match(results.get("a queue")?.error ?? "", /^TypeError: expected an event of API Gateway/);
});

test("the handler's runs", () => {
	const credited = [...output.matchAll(/^credit (.*)$/gm)].map(([, id]) => id);
	assert.deepEqual(credited, ["dep_rest", "dep_http"]);
});
