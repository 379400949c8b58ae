/**
 * Genuine callbacks at a steady rate, alone, beside a flood of forged ones, and beside many that send their
 * bodies a byte at a time: `node --import tsx tests/assure/load.ts [SECONDS]`. The receiver has a process of
 * its own, and so at most one core.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { join, resolve } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { example } from "../package/callbacks.ts";
import { wallet } from "../package/package.ts";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const SECONDS = Number(process.argv[2] || 20);

/** Genuine callbacks in each second. */
const RATE = 50;
/** Connections that send forged callbacks, each as soon as the last one is answered. */
const FLOODING = 100;
/** Connections that send a byte of their body each second. */
const SLOW = 500;

const secret = wallet.generateSecret();
const stranger = wallet.generateSecret();
const body = JSON.stringify(example("deposit.confirmed"));

interface Answer {
	readonly status: number;
	readonly ms: number;
}

interface Held {
	readonly rss: number;
	readonly handled: number;
}

class Server {
	readonly #child: ChildProcess;
	readonly #lines: AsyncIterator<string>;
	port = 0;

	constructor() {
		const script = join(import.meta.dirname, "load-server.mjs");
		const stdio = ["pipe", "pipe", "inherit"] as const;
		this.#child = spawn(process.execPath, [script, CONSUMER, secret], { stdio: [...stdio] });
		const { stdout } = this.#child;
		if (stdout === null) throw new Error("no output");
		this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
	}

	async start(): Promise<void> {
		this.port = Number((await this.#lines.next()).value);
	}

	async held(): Promise<Held> {
		this.#child.stdin?.write("\n");
		return JSON.parse((await this.#lines.next()).value);
	}

	async stop(): Promise<void> {
		this.#child.kill();
		await once(this.#child, "exit");
	}
}

const agent = new Agent({ keepAlive: true, maxSockets: RATE });
const forgers = new Agent({ keepAlive: true, maxSockets: FLOODING });

function post(port: number, key: string, by: Agent): Promise<Answer> {
	const { headers } = wallet.sign({ body, key });
	const start = performance.now();
	return new Promise((done) => {
		const options = { port, host: "127.0.0.1", method: "POST", agent: by };
		const sent = request({
			...options,
			headers: { ...headers, "content-type": "application/json" },
		});
		const end = (status: number) => done({ status, ms: performance.now() - start });
		sent.on("error", () => end(0));
		sent.on("response", (response) => {
			response.resume().on("end", () => end(response.statusCode ?? 0));
		});
		sent.end(body);
	});
}

/** Forged callbacks until it is said to stop; returns how many were answered, by status. */
function flood(port: number): { stop(): Promise<Record<string, number>> } {
	let stopped = false;
	const counts: Record<string, number> = {};
	const forge = async () => {
		while (!stopped) {
			const { status } = await post(port, stranger, forgers);
			counts[status] = (counts[status] ?? 0) + 1;
		}
	};
	const all = Array.from({ length: FLOODING }, forge);
	return {
		async stop() {
			stopped = true;
			await Promise.all(all);
			return counts;
		},
	};
}

/** Bodies that take for ever, on connections that are opened anew when the server ends them. */
function trickle(port: number): { stop(): Promise<Record<string, number>> } {
	let stopped = false;
	let opened = 0;
	const sockets = new Set<Socket>();
	const open = () => {
		if (stopped) return;
		opened += 1;
		const socket = connect(port, "127.0.0.1");
		sockets.add(socket);
		const lines = ["POST / HTTP/1.1", "host: 127.0.0.1", "content-type: application/json"];
		const named = Object.entries(wallet.sign({ body, key: stranger }).headers);
		const headers = [...lines, ...named.map(([name, value]) => `${name}: ${value}`)];
		socket.write(`${headers.join("\r\n")}\r\ncontent-length: 100000\r\n\r\n`);
		const timer = setInterval(() => socket.write("x"), 1000);
		socket.resume().on("error", () => {});
		socket.on("close", () => {
			clearInterval(timer);
			sockets.delete(socket);
			setTimeout(open, 100);
		});
	};
	for (let index = 0; index < SLOW; index += 1) open();
	return {
		async stop() {
			stopped = true;
			for (const socket of sockets) socket.destroy();
			return { connections: opened };
		},
	};
}

const attacks: { readonly [title: string]: (port: number) => ReturnType<typeof flood> } = {
	"nothing else": () => ({ stop: async () => ({}) }),
	"forged callbacks": flood,
	"slow bodies": trickle,
};

let failed = false;
for (const [title, start] of Object.entries(attacks)) {
	const server = new Server();
	await server.start();
	for (let warm = 0; warm < 200; warm += 1) await post(server.port, secret, agent);
	const before = await server.held();
	const attack = start(server.port);
	await sleep(1000);
	const answers: Promise<Answer>[] = [];
	let most = before.rss;
	for (let count = 0; count < SECONDS * RATE; count += 1) {
		answers.push(post(server.port, secret, agent));
		await sleep(1000 / RATE);
		if (count % RATE === 0) most = Math.max(most, (await server.held()).rss);
	}
	const all = await Promise.all(answers);
	const counts = await attack.stop();
	const { handled } = await server.held();
	await server.stop();
	const times = all.map(({ ms }) => ms).sort((a, b) => a - b);
	const at = (part: number) =>
		`${(times[Math.floor((times.length - 1) * part)] ?? 0).toFixed(1)} ms`;
	const answered = all.filter(({ status }) => status === 200).length;
	console.log(`beside ${title}: ${answered} of ${all.length} genuine callbacks answered 200`);
	console.log(`  median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`);
	const mb = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
	console.log(
		`  memory ${mb(before.rss)} before, ${mb(most)} at most; meanwhile ${JSON.stringify(counts)}`,
	);
	failed ||= answered !== all.length || handled - before.handled !== all.length;
}
agent.destroy();
forgers.destroy();
process.exitCode = failed ? 1 : 0;
