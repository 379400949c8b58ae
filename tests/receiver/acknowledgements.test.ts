/** What each sender is told, and what else it asks, over HTTP. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { SenderName, VerifierOptions } from "wallet-callback";
import type { Incoming, ReceiverOptions } from "wallet-callback/receiver";
import { callbackFor, NOW, trapBody } from "../senders/deliveries.ts";
import { full } from "../senders/package.ts";
import { keyPair, signCallback, signers, title } from "../senders/signers.ts";
import {
	ADDRESS,
	CONSUMER,
	createReceiver,
	Gate,
	Log,
	memoryStore,
	never,
	storeWith,
} from "./receivers.ts";
import { type Sent, send, type Told } from "./served.ts";

const require = createRequire(join(CONSUMER, "package.json"));
const {
	toLambdaHandler,
}: typeof import("wallet-callback/aws-lambda") = require("wallet-callback/aws-lambda");

/** What the senders that read the body document. */
const DOCUMENTED: { readonly [name: string]: Told } = {
	oxapay: [200, "text/plain", "ok"],
	cryptapi: [200, "text/plain", "*ok*"],
	"binance-pay": [200, "application/json", '{"returnCode":"SUCCESS","returnMessage":null}'],
	"binance-connect": [200, "application/json", '{"returnCode":"SUCCESS","returnMessage":""}'],
	"gate-pay": [200, "application/json", '{"returnCode":"SUCCESS","returnMessage":""}'],
};
const OK: Told = [200, "application/json", '{"code":0}'];
const AGAIN: Told = [200, "application/json", '{"code":0,"duplicate":true}'];
const SILENT: Told = [200, undefined, ""];

/** Those of whose answer no document says anything. */
const UNDOCUMENTED = [
	"coinbase-merchant",
	"bitgo",
	"quicknode",
	"blockfrost",
	"bybit-pay",
	"crypto-com-pay",
	"turnkey",
	"moonpay-commerce",
	"thirdweb-engine",
	"neynar",
	"onramper",
	"coinify",
	"triple-a",
	"bitnovo",
	"zerohash",
	"coinpayments-ipn",
	"coinpayments",
	"nowpayments",
	"plisio",
	"ramp",
	"transak",
	"xaman",
	"shopify",
];

/** A receiver, its log, and the events that its handler got. */
function receiving(
	options: VerifierOptions<SenderName>,
	more: Partial<ReceiverOptions<object>> = {},
) {
	const log = new Log();
	const events: object[] = [];
	const receiver = createReceiver({
		now: () => NOW,
		store: memoryStore(),
		log,
		onAny: ({ event }) => void events.push(event),
		...more,
		...options,
	});
	return { receiver, log, events };
}

describe("each sender hears what it documents, and again for a duplicate", () => {
	for (const signer of signers) {
		test(title(signer), async () => {
			const callback = { ...callbackFor(signer), body: trapBody(signer) };
			const pair = keyPair(signer);
			const { receiver, events } = receiving({
				...signer.agreed?.(callback),
				sender: signer.name,
				keys: pair.verifying,
			});
			const { headers, body } = signCallback(signer, callback, pair);
			const { pathname, search } = new URL(callback.url);
			const sent = { headers, body, path: pathname + search };
			assert.deepEqual((await send(receiver, sent)).told, DOCUMENTED[signer.name] ?? OK);
			assert.deepEqual((await send(receiver, sent)).told, DOCUMENTED[signer.name] ?? AGAIN);
			assert.equal(events.length, 1);
		});
	}
});

test("the table says what is documented", () => {
	const table = full.senders();
	const missing = table.filter(({ acknowledgement }) => acknowledgement === undefined);
	assert.deepEqual(
		missing.map(({ name }) => name),
		UNDOCUMENTED,
	);
	for (const { name, acknowledgement } of table) {
		if (acknowledgement === undefined) continue;
		const [status, contentType, body] = DOCUMENTED[name] ?? [200];
		assert.deepEqual(
			{ contentType, body, ...acknowledgement },
			{ status, contentType, body },
			name,
		);
	}
	const others = table
		.filter(({ probes, decisions, deliversByGet }) => {
			return probes.length > 0 || decisions.length > 0 || deliversByGet;
		})
		.map(({ name, probes, decisions, deliversByGet }) => [name, probes, decisions, deliversByGet]);
	assert.deepEqual(others, [
		["tenderly", ["GET"], [], false],
		["lightspark", [], ["REMOTE_SIGNING"], false],
		["circle", ["HEAD"], [], false],
		["moonpay", [], [], true],
		["cryptapi", [], [], true],
		["grid", [], ["INCOMING_PAYMENT.PENDING"], false],
	]);
});

test("a sender that takes a 4xx for final is told to come again with a 5xx", async () => {
	const final = full.senders().filter(({ clientErrorsAreFinal }) => clientErrorsAreFinal);
	assert.deepEqual(
		final.map(({ name }) => name),
		["fireblocks", "fireblocks-v2", "grid", "bitso"],
	);
	const gate = new Gate();
	for (const [clientErrorsAreFinal, status] of [
		[true, 503],
		[false, 409],
	] as const) {
		const { receiver } = ownReceiver({ clientErrorsAreFinal }, { onAny: () => gate.opened });
		const first = receiver.receive(incoming("{}"));
		const again = await receiver.receive(incoming("{}"));
		const body = JSON.stringify({ code: status, error: "in_progress" });
		assert.deepEqual([again.status, again.body], [status, body]);
		assert.match(again.headers["retry-after"] ?? "", /^\d+$/);
		gate.open();
		assert.equal((await first).status, 200);

		const store = storeWith({ complete: async () => false });
		const late = ownReceiver({ clientErrorsAreFinal }, { store }).receiver;
		assert.equal((await late.receive(incoming("{}"))).status, status);
		// What the user says stays as it is, and what no other try can mend.
		const respond = () => ({ status: 409 });
		const deciding = ownReceiver({ clientErrorsAreFinal }, { respond }).receiver;
		assert.equal((await deciding.receive(incoming("{}"))).status, 409);
		assert.equal((await deciding.receive({ ...incoming("{}"), headers: {} })).status, 400);
	}
	const slow = ownReceiver({ clientErrorsAreFinal: true }, { bodyTimeoutSeconds: 0.01 }).receiver;
	const late = await slow.receive({ ...incoming("{}"), readBody: () => never() });
	assert.deepEqual([late.status, late.body], [503, '{"code":503,"error":"request_timeout"}']);
});

const OWN = {
	name: "acme",
	algorithm: "hmac-sha256",
	headers: { signature: "x-signature" },
	signature: { encoding: "hex" },
	signed: "{body}",
	type: { member: "type" },
} as const;
const KEY = "secret-of-the-sender-acme";

/** A callback of {@link OWN}. */
function own(body: string): Sent {
	return { headers: { "x-signature": createHmac("sha256", KEY).update(body).digest("hex") }, body };
}

/** The same as an adapter hands it over. */
function incoming(body: string): Incoming {
	const { headers = {} } = own(body);
	return { method: "POST", headers, secure: true, readBody: async () => body };
}

function ownReceiver(descriptor: object = {}, more: Partial<ReceiverOptions<object>> = {}) {
	const sender = { ...OWN, ...descriptor } as unknown as SenderName;
	return receiving({ sender, keys: KEY }, { dedupe: "body", ...more });
}

test("a description of one's own says what its sender is told", async () => {
	const told = async (acknowledgement: object) => {
		const { receiver } = ownReceiver({ acknowledgement });
		const [first, second] = [await send(receiver, own("{}")), await send(receiver, own("{}"))];
		return [first.told, second.told];
	};
	const body = "получено";
	const taken: Told = [202, "text/plain; charset=utf-8", body];
	const answer = { status: 202, contentType: "text/plain; charset=utf-8", body };
	assert.deepEqual(await told(answer), [taken, taken]);
	const silent: Told = [204, undefined, ""];
	assert.deepEqual(await told({ status: 204 }), [silent, silent]);
	assert.deepEqual(await told({ status: 201 }), [
		[201, ...OK.slice(1)],
		[201, ...AGAIN.slice(1)],
	]);
	// A Fetch response with such a status takes no body, not even an empty one.
	const { receiver } = ownReceiver({ acknowledgement: { status: 204 } });
	const response = await receiver(new Request(ADDRESS, { method: "POST", ...own("{}") } as object));
	assert.deepEqual([response.status, await response.text()], [204, ""]);
});

describe("probes", () => {
	const keys = "-----BEGIN PUBLIC KEY-----";
	const circle = signers.find(({ name }) => name === "circle") ?? assert.fail(keys);
	const probed = [
		["circle", "HEAD", "POST, HEAD", keyPair(circle).verifying],
		["tenderly", "GET", "POST, GET", KEY],
	] as const;
	for (const [sender, method, allowed, keys] of probed) {
		test(`${sender} asks with ${method}`, async () => {
			const { receiver, log, events } = receiving({ sender, keys });
			assert.deepEqual((await send(receiver, { method })).told, SILENT);
			const response = await receiver(new Request(ADDRESS, { method }));
			const { headers } = response;
			assert.deepEqual([response.status, headers.get("content-type")], [200, null]);
			assert.equal(await response.text(), "");
			const result = await toLambdaHandler(receiver)({
				httpMethod: method,
				headers: { host: "pay.example" },
				path: "/callbacks",
				requestContext: {},
			});
			assert.deepEqual([result.statusCode, result.headers, result.body], [200, {}, ""]);
			assert.deepEqual(log.outcomes, ["probe", "probe", "probe"]);
			assert.deepEqual(events, []);

			const other = method === "HEAD" ? "GET" : "PUT";
			const { told, allow } = await send(receiver, { method: other });
			assert.deepEqual([told[0], allow], [405, allowed]);
		});
		test(`${sender} learns of a way that its callbacks could not take`, async () => {
			const { receiver } = receiving({ sender, keys });
			const plain = new Request(ADDRESS.replace("https:", "http:"), { method });
			assert.equal((await receiver(plain, { ip: "203.0.113.7" })).status, 403);
			await receiver.close();
			assert.equal((await send(receiver, { method })).told[0], 503);
		});
	}
	test("nobody else is asked", async () => {
		for (const method of ["HEAD", "GET", "OPTIONS"]) {
			const { told, allow } = await send(ownReceiver().receiver, { method });
			assert.deepEqual([told[0], allow], [405, "POST"]);
		}
	});
});

describe("callbacks by GET", () => {
	const signer = signers.find(({ name }) => name === "cryptapi") ?? assert.fail();
	const pair = keyPair(signer);
	const url = "https://shop.example/callbacks";
	const query = "order=7&uuid=b1c6&address_in=3PFo&value_coin=0.05&pending=0&memo=a%20b%26c";
	const payload = {
		order: "7",
		uuid: "b1c6",
		address_in: "3PFo",
		value_coin: "0.05",
		pending: "0",
		memo: "a b&c",
	};
	const over = (text: string) => {
		const signature = signer.algorithm.sign(Buffer.from(text), pair.signing);
		return { "x-ca-signature": signature.toString("base64") };
	};
	const get = { method: "GET", path: `/callbacks?${query}`, headers: over(`${url}?${query}`) };
	const cryptapi = (
		more: Partial<ReceiverOptions<object>> = {},
		verifier: Partial<VerifierOptions> = {},
	) => receiving({ sender: "cryptapi", keys: pair.verifying, url, ...verifier }, more);
	const told = DOCUMENTED.cryptapi ?? assert.fail();

	test("cryptapi's are handled once", async () => {
		for (const acknowledge of ["after-handling", "before-handling"] as const) {
			const dangerouslyAllowUnsignedUrl = true;
			const { receiver, events, log } = cryptapi({ acknowledge }, { dangerouslyAllowUnsignedUrl });
			assert.deepEqual((await send(receiver, get)).told, told);
			assert.deepEqual((await send(receiver, get)).told, told);
			await receiver.drain();
			assert.deepEqual(events, [{ payload }]);
			// The same in a body is the same callback.
			assert.deepEqual((await send(receiver, { headers: over(query), body: query })).told, told);
			await receiver.drain();
			assert.equal(events.length, 1);
			assert.equal(log.outcomes.includes("duplicate"), true);
			await receiver.close();
		}
	});
	// CryptAPI signs with one key for all, and of a POST the body alone: whoever uses it could send on what
	// was meant for him.
	test("another customer's body is refused", async () => {
		const { receiver, events } = cryptapi();
		const fields = { uuid: "u2", address_in: "THEIRS", value_coin: "9", order: "7" };
		for (const body of [JSON.stringify(fields), new URLSearchParams(fields).toString()]) {
			for (const method of ["POST", "PUT"]) {
				const { told } = await send(receiver, { method, headers: over(body), body });
				assert.equal(told[0], method === "POST" ? 401 : 405);
				if (method === "POST") assert.match(told[2], /unsupported_signature/);
			}
		}
		const elsewhere = over(`https://attacker.example/callbacks?${query}`);
		assert.equal((await send(receiver, { ...get, headers: elsewhere })).told[0], 401);
		assert.deepEqual(events, []);
	});
	test("two payments are two", async () => {
		const { receiver, events, log } = cryptapi();
		const warning = log.entries[0]?.message ?? "";
		assert.match(warning, / equal bodies, or equal queries of a GET, count as one\. /);
		for (const uuid of ["1", "2"]) {
			const search = `?uuid=${uuid}`;
			const sent = { method: "GET", path: `/callbacks${search}`, headers: over(url + search) };
			assert.deepEqual((await send(receiver, sent)).told, told);
		}
		assert.equal(events.length, 2);
	});
	test("through Fetch and Lambda, too", async () => {
		const { receiver, events } = cryptapi();
		const response = await receiver(new Request(`${url}?${query}`, { headers: get.headers }));
		assert.deepEqual([response.status, await response.text()], [200, "*ok*"]);
		const { statusCode, body } = await toLambdaHandler(receiver)({
			headers: { host: "shop.example", ...get.headers },
			rawPath: "/callbacks",
			rawQueryString: query,
			requestContext: { http: { method: "GET", sourceIp: "203.0.113.7" } },
		});
		assert.deepEqual([statusCode, body], [200, "*ok*"]);
		assert.deepEqual(events, [{ payload }]);
	});
	test("what is not genuine is refused", async () => {
		const { receiver, events } = cryptapi();
		const status = async (change: Sent) => (await send(receiver, { ...get, ...change })).told[0];
		assert.equal(await status({ path: `/callbacks?${query}&c=1` }), 401);
		assert.equal(await status({ path: `/callbacks?${query.replace("0.05", "5.00")}` }), 401);
		assert.equal(await status({ path: "/callbacks" }), 401);
		assert.equal(await status({ headers: {} }), 400);
		assert.equal(
			await status({ headers: { ...get.headers, "content-length": "2" }, body: "{}" }),
			401,
		);
		const { told, allow } = await send(receiver, { ...get, method: "HEAD" });
		assert.deepEqual([told[0], allow], [405, "POST, GET"]);
		assert.deepEqual(events, []);
	});
	test("moonpay's are the same with another time", async () => {
		const respond = () => ({ status: 200, body: "{}", headers: { "content-type": "text/json" } });
		const { receiver, events } = receiving({ sender: "moonpay", keys: KEY }, { respond });
		for (const seconds of [NOW / 1000, NOW / 1000 - 60]) {
			const text = `${seconds}.?externalCustomerId=7`;
			const s = createHmac("sha256", KEY).update(text).digest("hex");
			const headers = { "moonpay-signature-v2": `t=${seconds},s=${s}` };
			const sent = { method: "GET", path: "/callbacks?externalCustomerId=7", headers };
			assert.deepEqual((await send(receiver, sent)).told, [200, "text/json", "{}"]);
		}
		assert.deepEqual(events, [{ payload: { externalCustomerId: "7" } }]);
	});
});

describe("respond", () => {
	test("answers what is handled, and what was", async () => {
		const asked: object[] = [];
		const { receiver } = ownReceiver(
			{ acknowledgement: { status: 200, contentType: "text/plain", body: "ok" } },
			{
				respond: async (accepting) => {
					asked.push(accepting);
					return { status: 203, headers: { "X-Answer": "1" }, body: "deny" };
				},
			},
		);
		const denied: Told = [203, "text/plain; charset=utf-8", "deny"];
		assert.deepEqual((await send(receiver, own('{"type":"a"}'))).told, denied);
		assert.deepEqual((await send(receiver, own('{"type":"a"}'))).told, denied);
		const id = full.bodyHash('{"type":"a"}');
		const event = { type: "a", payload: { type: "a" } };
		const body = new TextEncoder().encode('{"type":"a"}');
		assert.deepEqual(asked, [
			{ outcome: "handled", duplicate: false, event, body, id },
			{ outcome: "duplicate", duplicate: true, event, body, id },
		]);
	});
	test("may leave it to the sender's documents", async () => {
		const documented: Told = [200, "text/plain", "ok"];
		const { receiver } = ownReceiver(
			{ acknowledgement: { status: 200, contentType: "text/plain", body: "ok" } },
			{ respond: () => undefined },
		);
		assert.deepEqual((await send(receiver, own("{}"))).told, documented);
		assert.deepEqual((await send(receiver, own("{}"))).told, documented);
	});
	test("knows how the callback ended", async () => {
		const outcomes: string[] = [];
		const respond = ({ outcome }: { outcome: string }) => {
			outcomes.push(outcome);
			return undefined;
		};
		const early = ownReceiver({}, { respond, acknowledge: "before-handling" });
		assert.deepEqual((await send(early.receiver, own("{}"))).told, OK);
		await early.receiver.close();
		const failing = () => assert.fail("always");
		const dead = ownReceiver({}, { respond, maxAttempts: 1, onAny: failing });
		assert.deepEqual((await send(dead.receiver, own("{}"))).told, OK);
		assert.deepEqual(outcomes, ["acknowledged", "dead_letter"]);
	});
	test("is not asked about what was not accepted", async () => {
		const respond = () => assert.fail("asked");
		const failing = ownReceiver({}, { respond, onAny: () => assert.fail("not now") });
		assert.equal((await send(failing.receiver, own("{}"))).told[0], 500);
		const { receiver } = ownReceiver({ probes: ["GET"] }, { respond });
		assert.equal((await send(receiver, { ...own("{}"), body: "{} " })).told[0], 401);
		assert.deepEqual((await send(receiver, { method: "GET" })).told, SILENT);
	});
	test("may refuse, or say nothing", async () => {
		for (const [answer, told] of [
			[{ status: 403, body: "no" }, [403, "text/plain; charset=utf-8", "no"]],
			[{ status: 204 }, [204, undefined, ""]],
			[{ status: 200, headers: { "Content-Type": "a/b" }, body: "é" }, [200, "a/b", "é"]],
			[{ status: 200, headers: new Headers({ "Content-Type": "a/b" }) }, [200, "a/b", ""]],
		] as const) {
			const respond = () => answer as { status: number };
			const { receiver } = ownReceiver({}, { respond });
			assert.deepEqual((await send(receiver, own("{}"))).told, told);
		}
	});
	test("that fails costs nobody a callback, and is logged", async () => {
		const wrong: (() => unknown)[] = [
			() => assert.fail("no answer"),
			() => Promise.reject(new Error("no answer")),
			() => null,
			() => "ok",
			() => ({}),
			() => ({ status: "200" }),
			() => ({ status: 100 }),
			() => ({ status: 600 }),
			() => ({ status: 200, body: { code: 0 } }),
			() => ({ status: 204, body: "ok" }),
			() => ({ status: 200, headers: { "content-length": "3" }, body: "ok" }),
			() => ({ status: 200, headers: { "x y": "1" } }),
			() => ({ status: 200, headers: { x: "1\r\ny: 2" } }),
			() => ({ status: 200, headers: { x: 1 } }),
		];
		for (const respond of wrong as ReceiverOptions<object>["respond"][]) {
			const { receiver, log, events } = ownReceiver({}, { respond });
			assert.deepEqual((await send(receiver, own("{}"))).told, OK, String(respond));
			assert.deepEqual((await send(receiver, own("{}"))).told, AGAIN, String(respond));
			assert.deepEqual(log.outcomes, ["handled", "duplicate"]);
			const levels = log.entries.map(({ level, record }) => [level, typeof record.error]);
			assert.deepEqual(levels, Array(2).fill(["error", "object"]), String(respond));
			assert.equal(events.length, 1);
		}
	});
	test("that takes too long is not waited for", async () => {
		const respond = () => new Promise<undefined>(() => {});
		const { receiver, log } = ownReceiver({}, { respond, leaseSeconds: 0.05 });
		assert.deepEqual((await send(receiver, own("{}"))).told, OK);
		assert.equal((log.last.error as Error).name, "TimeoutError");
	});
	test("is a function", () => {
		const respond = { status: 200 } as unknown as () => undefined;
		assert.throws(() => ownReceiver({}, { respond }), /^ConfigError: respond: expected a function/);
	});
});

describe("an answer that decides", () => {
	const PENDING = '{"type":"INCOMING_PAYMENT.PENDING"}';
	const undecided: Told = [500, "application/json", '{"code":500,"error":"undecided"}'];
	const decisions = ["INCOMING_PAYMENT.PENDING"];

	test("is not made up", async () => {
		const { receiver, log } = ownReceiver({ decisions });
		assert.deepEqual((await send(receiver, own(PENDING))).told, undecided);
		assert.deepEqual((await send(receiver, own(PENDING))).told, undecided);
		assert.deepEqual((await send(receiver, own('{"type":"TEST"}'))).told, OK);
		assert.deepEqual(
			log.entries.map(({ level }) => level),
			["error", "error", "info"],
		);
		for (const respond of [() => undefined, () => assert.fail("no answer")]) {
			const { receiver } = ownReceiver({ decisions }, { respond });
			assert.deepEqual((await send(receiver, own(PENDING))).told, undecided);
		}
	});
	test("is the user's", async () => {
		const respond = () => ({ status: 403, body: "{}" });
		const { receiver } = ownReceiver({ decisions }, { respond });
		for (const _ of ["first", "again"]) {
			assert.equal((await send(receiver, own(PENDING))).told[0], 403);
		}
	});
	test("has to be given where its type has a handler", () => {
		const on = { "INCOMING_PAYMENT.PENDING": () => {} };
		const refused =
			/^ConfigError: respond: expected a function, .* INCOMING_PAYMENT.PENDING of acme/;
		assert.throws(() => ownReceiver({ decisions }, { on }), refused);
		ownReceiver({ decisions }, { on, respond: () => undefined });
		ownReceiver({ decisions }, { on: { TEST: () => {} } });
	});
	test("of Cobo's is in no default answer: it waits for ok or deny", async () => {
		const { acknowledgement } = full.senders().find(({ name }) => name === "cobo") ?? {};
		assert.deepEqual(acknowledgement, { status: 200 });
	});
});
