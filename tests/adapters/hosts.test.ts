/** Requests that name no host, as those of HTTP/1.0. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { installed } from "./programs.ts";

const { createReceiver }: typeof import("wallet-callback/receiver") = installed(
	"wallet-callback/receiver",
);
const { memoryStore }: typeof import("wallet-callback/stores/memory") = installed(
	"wallet-callback/stores/memory",
);
const { toNodeListener }: typeof import("wallet-callback/node") = installed("wallet-callback/node");
const { toLambdaHandler }: typeof import("wallet-callback/aws-lambda") = installed(
	"wallet-callback/aws-lambda",
);

const KEY = "secret-of-the-sender";

/** A receiver of a sender that signs the query of a GET, the errors that it logged, and such a request. */
function receiving() {
	const errors: unknown[] = [];
	const receiver = createReceiver({
		keys: KEY,
		sender: "moonpay",
		store: memoryStore(),
		requireHttps: false,
		log: { info() {}, warn() {}, error: (record) => errors.push(record) },
		onAny() {},
	});
	const time = Math.floor(Date.now() / 1000);
	const query = "id=1&status=completed";
	const s = createHmac("sha256", KEY).update(`${time}.?${query}`).digest("hex");
	return { receiver, errors, query, signature: `t=${time},s=${s}` };
}

test("node: a GET without a host is verified as any other", async () => {
	const { receiver, errors, query, signature } = receiving();
	const server = createServer(toNodeListener(receiver) as RequestListener).listen(0);
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const get = async (path: string, lines: readonly string[]) => {
		const socket = connect(port, "127.0.0.1");
		socket.write([`GET ${path} HTTP/1.0`, ...lines, "", ""].join("\r\n"));
		const answer = await text(socket);
		return answer.split("\r\n\r\n")[1];
	};
	try {
		const genuine = `Moonpay-Signature-V2: ${signature}`;
		assert.equal(await get(`/c?${query}`, [genuine]), '{"code":0}');
		for (const host of [[], ["Host:"], ["Host: a b/?x"]]) {
			const forged = `Moonpay-Signature-V2: t=${signature.slice(2, 12)},s=${"0".repeat(64)}`;
			const refused = '{"code":401,"error":"signature_mismatch"}';
			assert.equal(await get(`/c?${query}`, [...host, forged]), refused);
			assert.match(`${await get("*", [...host, forged])}`, /"code":4\d\d/);
			assert.match(`${await get("/c", host)}`, /"error":"missing_header"/);
		}
	} finally {
		server.close();
	}
	assert.deepEqual(errors, []);
});

test("aws-lambda: a GET without a host is verified as any other", async () => {
	const { receiver, errors, query, signature } = receiving();
	const { statusCode } = await toLambdaHandler(receiver)({
		version: "2.0",
		rawPath: "/c",
		rawQueryString: query,
		headers: { "moonpay-signature-v2": signature },
		requestContext: { http: { method: "GET", path: "/c", sourceIp: "203.0.113.7" } },
		isBase64Encoded: false,
	} as never);
	assert.equal(statusCode, 200);
	assert.deepEqual(errors, []);
});
