/** Records, counters and metrics: what there is to see of a callback, and what never is. */
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { type TestContext, test } from "node:test";
import {
	AggregationTemporality,
	InMemoryMetricExporter,
	MeterProvider,
	PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { pino } from "pino";
import type { Logger, ReceiverOptions } from "wallet-callback/receiver";
import { wallet } from "../package/package.ts";
import {
	createReceiver,
	deliver,
	deposit,
	type Entry,
	expectAnswer,
	HANDLER_FAILED,
	Log,
	memoryStore,
	OK,
	ofType,
	SECRET,
	signed,
	storeWith,
	toRequest,
} from "./receivers.ts";

const IP = "203.0.113.7";

interface Case {
	readonly outcome: string;
	readonly level: Entry["level"];
	readonly options?: Partial<ReceiverOptions>;
	/** The members beside those that every record has. */
	readonly members: readonly string[];
	readonly send?: (receiver: ReturnType<typeof createReceiver>) => Promise<unknown>;
}

const VERIFIED = ["bytes", "id", "ip", "keyIndex", "peer", "type"];
const CLAIMED = [...VERIFIED, "attempt"];
const fails = () => Promise.reject(new Error("boom"));
const send: NonNullable<Case["send"]> = (receiver) => deliver(receiver, signed(), { ip: IP });

const cases: readonly Case[] = [
	{ outcome: "handled", level: "info", options: { onAny: () => {} }, members: CLAIMED },
	{
		outcome: "acknowledged",
		level: "info",
		options: {
			acknowledge: "before-handling",
			store: storeWith({ take: async () => undefined }),
		},
		members: VERIFIED,
	},
	{
		outcome: "duplicate",
		level: "info",
		options: { store: storeWith({ claim: async () => ({ status: "done" }) }) },
		members: [...VERIFIED, "duplicate"],
	},
	{
		outcome: "unhandled",
		level: "warn",
		options: { onUnknown: () => {} },
		members: [...CLAIMED, "hint"],
	},
	{
		outcome: "in_progress",
		level: "info",
		options: { store: storeWith({ claim: async () => ({ status: "busy", retryAfterMs: 1 }) }) },
		members: VERIFIED,
	},
	{
		outcome: "refused",
		level: "warn",
		members: ["bytes", "code", "header", "hint", "ip", "message", "peer"],
		send: (receiver) => deliver(receiver, { ...signed(), body: "{}" }, { ip: IP }),
	},
	{
		outcome: "aborted",
		level: "warn",
		members: ["error", "hint"],
		send: (receiver) =>
			receiver.receive({
				method: "POST",
				headers: signed().headers,
				secure: true,
				readBody: () => Promise.reject(new Error("reset")),
			}),
	},
	{
		outcome: "misconfigured",
		level: "error",
		members: ["code", "error", "hint"],
		send: async (receiver) => {
			const request = toRequest(signed());
			await request.text();
			return deliver(receiver, request);
		},
	},
	{
		outcome: "closing",
		level: "warn",
		members: [],
		send: async (receiver) => {
			await receiver.close();
			await send(receiver);
		},
	},
	{
		outcome: "failed",
		level: "error",
		options: { onAny: fails },
		members: [...CLAIMED, "code", "error", "hint"],
	},
	{
		outcome: "dead_letter",
		level: "error",
		options: { onAny: fails, maxAttempts: 1 },
		members: [...CLAIMED, "error", "hint"],
	},
	{
		outcome: "lease_lost",
		level: "error",
		options: { store: storeWith({ complete: async () => false }) },
		members: [...CLAIMED, "hint"],
	},
	{
		outcome: "not_recorded",
		level: "error",
		options: { store: storeWith({ complete: fails }), storeTimeoutSeconds: 0.05 },
		members: [...CLAIMED, "error", "hint"],
	},
	{
		outcome: "id_conflict",
		level: "error",
		options: { store: storeWith({ claim: async () => ({ status: "conflict" }) }) },
		members: [...VERIFIED, "code", "hint"],
	},
	{
		outcome: "store_unavailable",
		level: "error",
		options: { store: storeWith({ claim: fails }) },
		members: [...VERIFIED, "code", "error", "hint"],
	},
];

const ALWAYS = ["time", "level", "outcome", "sender", "store", "durationMs"];

for (const { outcome, level, options, members, send: act = send } of cases) {
	test(`the record of: ${outcome}`, async () => {
		const log = new Log();
		const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log, ...options });
		await act(receiver);
		assert.equal(log.entries.length, 1);
		const [{ record, ...entry } = assert.fail()] = log.entries;
		assert.deepEqual([entry.level, record.level, record.outcome], [level, level, outcome]);
		const present = Object.keys(record).filter((name) => record[name] !== undefined);
		assert.deepEqual(present.sort(), [...ALWAYS, ...members].sort());
		assert.equal(new Date(String(record.time)).toISOString(), record.time);
		assert.ok(Math.abs(Date.now() - Date.parse(String(record.time))) < 5000);
		assert.equal(record.sender, "tp-wallet");
		assert.ok(Number(record.durationMs) > 0);
		for (const took of Object.values(record.store as object)) assert.equal(typeof took, "number");
		if (members.includes("id")) assert.match(String(record.id), /^msg_/);
		if (members.includes("type")) assert.equal(record.type, "deposit.confirmed");
		if (members.includes("keyIndex")) assert.equal(record.keyIndex, 0);
		if (members.includes("attempt")) assert.equal(record.attempt, 1);
		if (members.includes("ip")) assert.equal(record.ip, IP);
		assert.match(entry.message ?? "", outcome === "id_conflict" ? /attack/ : /^callback /);
		const { outcomes, latency, inFlight } = receiver.stats();
		assert.deepEqual(outcomes, { [outcome]: 1 });
		assert.deepEqual([latency.count, inFlight], [1, 0]);
		await receiver.close();
	});
}

test("internal_error has a record, too", async () => {
	const log = new Log();
	const now = () => Number.NaN;
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log, now });
	await deliver(receiver);
	const error = log.last.error as Error;
	assert.deepEqual([log.last.outcome, log.last.level], ["internal_error", "error"]);
	assert.match(error.message, /now/);
});

test("the length of a body is in bytes, whether it comes as text or not", async () => {
	const body = deposit("dep_1", { "data.note": "é€💸" });
	const bytes = Buffer.byteLength(body);
	for (const given of [body, Buffer.from(body)]) {
		const log = new Log();
		const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log, onAny: () => {} });
		const { headers } = signed(body);
		const readBody = async () => given;
		await receiver.receive({ method: "POST", headers, secure: true, readBody });
		assert.deepEqual([log.last.outcome, log.last.bytes], ["handled", bytes]);
	}
});

test("the second key is named by its index", async () => {
	const log = new Log();
	const other = "whsec_Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
	const receiver = createReceiver({ keys: [other, SECRET], store: memoryStore(), log });
	await expectAnswer(receiver, signed(), OK);
	assert.equal(log.last.keyIndex, 1);
});

test("bodies are logged when asked for, and only accepted ones", async () => {
	const log = new Log({ mayHoldBodies: true });
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log, logBodies: true });
	const body = deposit("dep_é");
	for (const given of [body, Buffer.from(body)]) {
		await expectAnswer(receiver, signed(given), OK);
		assert.equal(log.last.body, body);
	}
	await deliver(receiver, { ...signed(), body });
	assert.equal(log.last.outcome, "refused");
	assert.equal("body" in log.last, false);
	const quiet = new Log();
	const options = { store: memoryStore(), log: quiet, logBodies: false };
	await expectAnswer(createReceiver({ keys: SECRET, ...options }), signed(), OK);
	assert.equal("body" in quiet.last, false);
});

test("a refusal's message tells nothing of what was sent as a secret, a signature or a body", async () => {
	const log = new Log();
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log });
	const { headers, body } = signed();
	const signature = headers["webhook-signature"] ?? assert.fail();
	for (const [name, value] of [
		["webhook-signature", signature.replace("v1,", "v1, ")],
		["webhook-signature", signature.slice(0, -1)],
		["webhook-signature", `${signature},x`],
		["webhook-signature", `${signature}x ${signature}x`],
		["webhook-id", signature],
		["webhook-timestamp", signature],
		["content-type", signature],
		["content-encoding", SECRET],
	] as const) {
		const { status } = await deliver(receiver, { headers: { ...headers, [name]: value }, body });
		assert.ok(status >= 400, name);
	}
	for (const changes of [{ "data.amount.value": SECRET }, { timestamp: SECRET }]) {
		const { status } = await deliver(receiver, signed(deposit("dep_1", changes)));
		assert.equal(status, 422);
	}
	Log.assertDiscreet();
});

test("a logger or a meter that throws costs nothing", async () => {
	const throws = () => {
		throw new Error("disk full");
	};
	const log = { info: throws, warn: throws, error: throws };
	const meter = {
		createCounter: () => ({ add: throws }),
		createHistogram: () => ({ record: throws }),
	};
	const onAny: NonNullable<ReceiverOptions["onAny"]> = (context) => context.log.info({});
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log, meter, onAny });
	await expectAnswer(receiver, signed(), OK);
	const onDeadLetter: NonNullable<ReceiverOptions["onDeadLetter"]> = (letter) =>
		letter.log.error({});
	const options = { log, meter, onDeadLetter, maxAttempts: 2, onAny: fails };
	const failing = createReceiver({ keys: SECRET, store: memoryStore(), ...options });
	const callback = signed();
	await expectAnswer(failing, callback, HANDLER_FAILED);
	await expectAnswer(failing, callback, OK);
});

/** A pino logger, and the lines that it has written. */
function pinoLines(): { log: Logger; lines: () => string[] } {
	const stream = new PassThrough();
	let text = "";
	stream.on("data", (chunk) => {
		text += chunk;
	});
	return { log: pino({ level: "info" }, stream), lines: () => text.trim().split("\n") };
}

test("pino writes what was meant", async () => {
	const { log, lines } = pinoLines();
	const onAny: NonNullable<ReceiverOptions["onAny"]> = (context) => {
		context.log.warn({ amount: "5" }, "told");
		throw new Error("boom");
	};
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log, onAny });
	await expectAnswer(receiver, signed(deposit(), { id: "msg_1" }), HANDLER_FAILED);
	await new Promise((resolve) => setImmediate(resolve));
	const [told, record, ...others] = lines().map((line) => JSON.parse(line));
	assert.equal(others.length, 0);
	assert.deepEqual(
		[told.level, told.id, told.type, told.attempt, told.amount, told.msg],
		[40, "msg_1", "deposit.confirmed", 1, "5", "told"],
	);
	const { outcome, error, msg, id } = record;
	assert.deepEqual(
		[outcome, error.message, msg, id],
		["failed", "boom", "callback failed", "msg_1"],
	);
	assert.match(error.stack, /logs\.test/);
});

test("pino's lines name each member once", async () => {
	const { log, lines } = pinoLines();
	await expectAnswer(createReceiver({ keys: SECRET, store: memoryStore(), log }), signed(), OK);
	await new Promise((resolve) => setImmediate(resolve));
	const [line = ""] = lines();
	for (const name of ["level", "time"]) assert.equal(line.split(`"${name}":`).length, 2, line);
});

/** What is written to `console` from now on, each with its level. */
function consoleLines(t: TestContext): string[] {
	const lines: string[] = [];
	for (const level of ["info", "warn", "error"] as const) {
		t.mock.method(console, level, (...args: unknown[]) => {
			assert.deepEqual([args.length, typeof args[0]], [1, "string"]);
			lines.push(`${level}: ${args[0]}`);
		});
	}
	return lines;
}

test("console gets a line for each record, the message first", async (t) => {
	const lines = consoleLines(t);
	const onAny: NonNullable<ReceiverOptions["onAny"]> = (context) => {
		context.log.warn({ amount: "5 EUR", big: 5n }, "told");
		(context.log as unknown as Console).info("just a text");
	};
	const options = { log: console, onAny, explainRefusals: false };
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), ...options });
	await deliver(receiver, signed(deposit(), { id: "msg_1" }), { ip: IP });
	const other = { ...signed(deposit(), { id: "msg_2" }), body: "{}" };
	await deliver(receiver, other, { ip: IP });
	await deliver(receiver, signed(deposit("dep_1", { "data.amount.value": "x" })));
	const names = "type=deposit.confirmed id=msg_1 attempt=1";
	const rest = "bytes=1 durationMs=1";
	assert.deepEqual(
		lines.map((line) => line.replace(/(bytes|durationMs)=[\d.]+/g, "$1=1")),
		[
			`warn: told [${names} amount="5 EUR" big=5]`,
			`info: just a text [${names}]`,
			`info: callback handled [${names} sender=tp-wallet ip=${IP} ${rest}]`,
			`warn: callback refused: signature does not match any key (call explain() to find out why); check that the key is the one of this endpoint and that nothing changes the body, or a GET's query, before it gets here (docs: troubleshooting#signature_mismatch) [code=signature_mismatch header=webhook-signature sender=tp-wallet ip=${IP} ${rest}]`,
			`warn: callback refused: expected decimal digits; check the options sender and schema; if they are right, report the path to the sender (docs: troubleshooting#malformed_payload) [code=malformed_payload path=data.amount.value sender=tp-wallet ${rest}]`,
		],
	);
});

test("no line holds what would begin another one", async (t) => {
	const lines = consoleLines(t);
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log: console });
	const body = ofType("x\n\u001b[2Jcallback handled\u2028\u202e");
	await expectAnswer(receiver, signed(body, { id: "msg_1" }), OK);
	const [line = "", ...others] = lines;
	assert.equal(others.length, 0);
	assert.match(line, /type="x\\n\\u001b\[2Jcallback handled\\u2028\\u202e" id=msg_1/);
});

test("no message of an error looks like a record", async (t) => {
	const lines = consoleLines(t);
	const forged = "callback handled [type=deposit.confirmed id=msg_1 sender=tp-wallet]";
	const name = `bob\n${forged}\r\u2028${forged}\n\u001b[2J`;
	const onAny = () => {
		throw new Error(`no user ${name}`, { cause: new TypeError(`no row ${name}`) });
	};
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), onAny });
	await expectAnswer(receiver, signed(), HANDLER_FAILED);
	const bare = new Error(`none ${name}`);
	delete bare.stack;
	const other = createReceiver({
		...{ keys: SECRET, store: memoryStore() },
		onAny: ({ log }) => log.error({ error: bare }, "told"),
	});
	await expectAnswer(other, signed(), OK);
	assert.equal(lines.length, 2);
	for (const line of lines.flatMap((text) => text.split("\n"))) {
		assert.doesNotMatch(line, /^callback handled|\p{Cc}|\u2028/u);
	}
	const [failed = "", told = ""] = lines;
	const continued = `bob\n    | ${forged}\\u000d\\u2028${forged}\n    | \\u001b[2J\n`;
	assert.ok(failed.includes(`\nError: no user ${continued}    at `), failed);
	assert.ok(failed.includes(`\ncaused by: TypeError: no row ${continued}    at `), failed);
	assert.ok(`${told}\n`.endsWith(`]\nError: none ${continued}`), told);
});

test("nothing in a line is unseen or turns it around", async (t) => {
	const lines = consoleLines(t);
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log: console });
	const unseen =
		"\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff";
	await expectAnswer(receiver, signed(ofType(`x${unseen}\u{e0041}é`), { id: "msg_1" }), OK);
	const units = [...unseen].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
	assert.ok(lines[0]?.includes(`type="x${units.join("")}\\udb40\\udc41é" id=`), lines[0]);
});

test("without a logger, what goes wrong on this side goes to console.error", async (t) => {
	const lines = consoleLines(t);
	const onAny = (): never => {
		throw new Error("boom", { cause: new TypeError("no such row") });
	};
	const store = memoryStore();
	const receiver = createReceiver({ keys: SECRET, store, onAny, explainRefusals: false });
	const callback = signed(deposit(), { id: "msg_1" });
	await expectAnswer(receiver, callback, HANDLER_FAILED);
	await deliver(receiver, { ...callback, body: "{}" });
	const request = toRequest(callback);
	await request.text();
	await deliver(receiver, request);
	const away = storeWith({ claim: () => Promise.reject(new Error("ECONNREFUSED")) });
	await deliver(createReceiver({ keys: SECRET, store: away }), callback);
	assert.deepEqual(
		lines.map((line) => line.split("; ")[0]),
		[
			"error: callback failed",
			`warn: callback refused ${ONCE}: signature does not match any key (call explain() to find out why)`,
			"error: callback misconfigured",
			"error: callback store unavailable",
		],
	);
	const [failed = "", , parsed = "", unavailable = ""] = lines;
	assert.match(failed, /\[.*id=msg_1.* code=handler_failed .*\]\nError: boom\n {4}at .*logs\.test/);
	assert.match(failed, /\ncaused by: TypeError: no such row\n {4}at /);
	assert.match(parsed, /code=body_already_parsed .*\nTypeError: expected a request whose body/);
	assert.match(unavailable, /code=store_unavailable .*\nError: ECONNREFUSED/);
});

const ONCE = "(shown once an hour for each code: pass log to see all)";

test("without a logger, the first refusal of each code is told, and again after an hour", async (t) => {
	const lines = consoleLines(t);
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), explainRefusals: false });
	const wrong = { ...signed(), body: "{}" };
	for (let count = 0; count < 3; count++) await deliver(receiver, wrong, { ip: IP });
	await deliver(receiver, { headers: { "content-type": "application/json" }, body: "{}" });
	assert.deepEqual(
		lines.map((line) => /code=\S+/.exec(line)?.[0]),
		["code=signature_mismatch", "code=missing_header"],
	);
	assert.match(
		lines[0] ?? "",
		/^warn: callback refused \(.*\): .*; check that the key .* \[.*sender=tp-wallet ip=203\.0\.113\.7\]$/,
	);
	const later = performance.now() + 3_600_000;
	t.mock.method(performance, "now", () => later);
	await deliver(receiver, wrong);
	await deliver(receiver, wrong);
	assert.equal(lines.length, 3);
});

test("without a logger, what is refused is not told twice", async (t) => {
	const lines = consoleLines(t);
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), explainRefusals: true });
	await deliver(receiver, { ...signed(), body: "{}" });
	await new Promise((resolve) => setTimeout(resolve, 200));
	assert.deepEqual(
		lines.map((line) => line.split(":")[1]),
		[" why a callback was refused"],
	);
});

test("without a logger, each type that no handler takes is told once", async (t) => {
	const lines = consoleLines(t);
	const on: { readonly [type: string]: () => void } = { "payment_intent.suceeded": () => {} };
	const stripe = { sender: "stripe", keys: "whsec_test", store: memoryStore() } as const;
	const receiver = createReceiver({ ...stripe, on, dangerouslyAllowShortKeys: true });
	const post = async (id: string, type: unknown): Promise<void> => {
		const body = JSON.stringify({ id, type });
		const { headers } = wallet.sign({ sender: "stripe", key: "whsec_test", body });
		const json = { "content-type": "application/json", ...headers };
		await expectAnswer(receiver, { headers: json, body }, OK);
	};
	await post("evt_1", "payment_intent.succeeded");
	await post("evt_2", "payment_intent.succeeded");
	await post("evt_3", "a\n\u2028\u202eb".padEnd(100, "b"));
	assert.deepEqual(lines, [
		'warn: no handler for "payment_intent.succeeded": acknowledged and dropped; add it to on, or use onAny or onUnknown (did you mean on["payment_intent.suceeded"]?) [sender=stripe]',
		`warn: no handler for "a\\n\\u2028\\u202e${"b".repeat(60)}": acknowledged and dropped; add it to on, or use onAny or onUnknown [sender=stripe]`,
	]);
	for (let count = 0; count < 30; count++) await post(`evt_1${count}`, `type_${count}`);
	assert.equal(lines.length, 20);
});

test("without a logger, what no handler takes is told unless respond does all of the work", async (t) => {
	const lines = consoleLines(t);
	const respond = () => undefined;
	for (const [on, told] of [
		[{}, 0],
		[{ "deposit.confirmed": () => {} }, 1],
	] as const) {
		const receiver = createReceiver({ keys: SECRET, store: memoryStore(), on, respond });
		await deliver(receiver, signed(ofType("test.event")));
		assert.equal(lines.splice(0).length, told);
	}
});

test("a logger gets each callback once, and the console nothing", async (t) => {
	const lines = consoleLines(t);
	const log = new Log();
	const options = { keys: SECRET, store: memoryStore(), log, onUnknown: () => {} } as const;
	const receiver = createReceiver({ ...options, explainRefusals: false });
	await expectAnswer(receiver, signed(), OK);
	await deliver(receiver, { ...signed(), body: "{}" });
	assert.deepEqual(
		log.entries.map(({ record }) => record.outcome),
		["unhandled", "refused"],
	);
	assert.deepEqual(lines, []);
});

test("a handler's own errors are not silent without a logger, and the rest is", async (t) => {
	const lines = consoleLines(t);
	const onAny: NonNullable<ReceiverOptions["onAny"]> = ({ log }) => {
		log.info({}, "one");
		log.warn({}, "two");
		log.error({ error: new Error("boom") }, "three");
	};
	await expectAnswer(createReceiver({ keys: SECRET, store: memoryStore(), onAny }), signed(), OK);
	assert.equal(lines.length, 1);
	assert.match(
		lines[0] ?? "",
		/^error: three \[type=deposit.confirmed id=msg_\S+ attempt=1\]\nError: boom\n/,
	);
});

test("without a logger, what anybody can repeat does not flood the console", async (t) => {
	const lines = consoleLines(t);
	const keys = (keyId: string) => Promise.reject(new Error(`HTTP 404 for ${keyId}`));
	const options = { keys, sender: "circle", store: memoryStore(), explainRefusals: false } as const;
	const receiver = createReceiver(options);
	const loud = new Log();
	const logged = createReceiver({ ...options, store: memoryStore(), log: loud });
	for (let count = 0; count < 30; count++) {
		const headers = {
			"content-type": "application/json",
			"x-circle-key-id": `key-${count}`,
			"x-circle-signature": Buffer.from("3006020101020101", "hex").toString("base64"),
		};
		const callback = { headers, body: "{}" };
		assert.equal((await deliver(receiver, callback)).status, 503);
		assert.equal((await deliver(logged, callback)).status, 503);
	}
	assert.deepEqual(
		lines.map((line) => line.split(/[:;] ?/, 2)[1]),
		[...Array(10).fill("callback internal error"), "many callbacks end so"],
	);
	assert.equal(receiver.stats().outcomes.internal_error, 30);
	assert.equal(loud.outcomes.length, 30);
	const later = performance.now() + 60_000;
	t.mock.method(performance, "now", () => later);
	await deliver(receiver, { headers: { "x-circle-key-id": "k" }, body: "{}" });
	assert.equal(lines.length, 12);
	assert.match(lines[11] ?? "", /^warn: callback refused /);
});

test("log: false is silent", async (t) => {
	const lines = consoleLines(t);
	const options = { store: memoryStore(), log: false, onAny: fails } as const;
	for (const explainRefusals of [true, false]) {
		const receiver = createReceiver({ keys: SECRET, explainRefusals, ...options });
		await expectAnswer(receiver, signed(), HANDLER_FAILED);
		await deliver(receiver, { ...signed(), body: "{}" });
	}
	const idle = { keys: SECRET, store: memoryStore(), log: false, onUnknown: () => {} } as const;
	await expectAnswer(createReceiver(idle), signed(), OK);
	await new Promise((resolve) => setTimeout(resolve, 50));
	assert.deepEqual(lines, []);
});

test("the record of a malformed payload has the path", async () => {
	const log = new Log();
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), log });
	await deliver(receiver, signed(deposit("dep_1", { "data.amount.value": 5 })));
	assert.deepEqual([log.last.code, log.last.path], ["malformed_payload", "data.amount.value"]);
	assert.equal("header" in log.last, false);
});

test("counters and latency", async () => {
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), onAny: () => {} });
	const callback = signed();
	await deliver(receiver, callback);
	await deliver(receiver, callback);
	await deliver(receiver, { ...signed(), body: "{}" });
	await deliver(receiver, { headers: {}, body: "{}" });
	const { outcomes, refusals, inFlight, latency } = receiver.stats();
	assert.deepEqual(outcomes, { handled: 1, duplicate: 1, refused: 2 });
	assert.deepEqual(refusals, { signature_mismatch: 1, unsupported_media_type: 1 });
	assert.deepEqual([inFlight, latency.count], [0, 4]);
	assert.ok(latency.maxMs > 0 && latency.sumMs >= latency.maxMs);
	const counts = latency.buckets.map(({ count }) => count);
	assert.deepEqual(
		counts,
		counts.toSorted((a, b) => a - b),
	);
	assert.deepEqual(latency.buckets.at(-1), { leMs: Number.POSITIVE_INFINITY, count: 4 });
	for (const { leMs, count } of latency.buckets) if (leMs < latency.maxMs) assert.ok(count < 4);
	assert.ok(latency.buckets.every(({ leMs, count }) => leMs < latency.maxMs || count === 4));
});

test("stats are a copy, and count what is in flight", async () => {
	let inside: number | undefined;
	const onAny = () => {
		inside = receiver.stats().inFlight;
	};
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), onAny });
	const before = receiver.stats();
	await expectAnswer(receiver, signed(), OK);
	assert.deepEqual([before.outcomes, before.latency.count, inside], [{}, 0, 1]);
});

test("types that anybody can make up are not counted apart", async () => {
	const types = new Set<string | undefined>();
	const meter = {
		createCounter: () => ({
			add: (_: number, attributes?: { [name: string]: string }) => void types.add(attributes?.type),
		}),
		createHistogram: () => ({ record() {} }),
	};
	const receiver = createReceiver({
		sender: "github",
		keys: "a secret of GitHub",
		store: memoryStore(),
		meter,
		log: false,
		dangerouslyTrustUnsignedType: true,
		on: { push: () => {} },
		onUnknown: () => {},
	});
	for (const type of ["push", "made up", "made up, too"]) {
		const { headers, body } = wallet.sign({
			sender: "github",
			key: "a secret of GitHub",
			body: "{}",
		});
		await deliver(receiver, {
			headers: { ...headers, "content-type": "application/json", "x-github-event": type },
			body,
		});
	}
	assert.deepEqual([...types], ["push", undefined]);
});

test("OpenTelemetry's meter gets a counter and a histogram", async () => {
	const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
	const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
	const provider = new MeterProvider({ readers: [reader] });
	const meter = provider.getMeter("wallet-callback");
	const receiver = createReceiver({ keys: SECRET, store: memoryStore(), meter, onAny: () => {} });
	await deliver(receiver);
	await deliver(receiver);
	await deliver(receiver, { ...signed(), body: "{}" });
	await reader.forceFlush();
	const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)[0]?.metrics;
	const [callbacks, duration] = metrics ?? [];
	const handled = { outcome: "handled", sender: "tp-wallet", type: "deposit.confirmed" };
	const mismatch = { outcome: "refused", sender: "tp-wallet", code: "signature_mismatch" };
	assert.equal(callbacks?.descriptor.name, "wallet_callback.callbacks");
	assert.deepEqual(
		callbacks.dataPoints.map(({ attributes, value }) => [attributes, value]),
		[
			[handled, 2],
			[mismatch, 1],
		],
	);
	assert.equal(duration?.descriptor.name, "wallet_callback.duration");
	assert.equal(duration.descriptor.unit, "s");
	const [point] = duration.dataPoints as { value: { count: number; sum: number } }[];
	assert.equal(point?.value.count, 2);
	assert.ok(point.value.sum > 0 && point.value.sum < 5);
	await provider.shutdown();
});
