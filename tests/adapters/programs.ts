/** Starts the examples as their readers would: in a project with the package installed. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SECRET } from "./callbacks.ts";

/** The folder into which the package's tarball was installed. */
const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");

/** Loads an entry of the installed package. */
export const installed: NodeJS.Require = createRequire(join(CONSUMER, "package.json"));

/** A server that runs. */
export interface Server {
	readonly port: number;
	readonly url: string;
	/** What it has printed so far. */
	output(): string;
}

/** Makes a project of the examples' folder. Each test file has its own, since they run at once. */
export function prepareProject(name: string): string {
	const project = resolve("target/adapters", name);
	rmSync(project, { recursive: true, force: true });
	mkdirSync(project, { recursive: true });
	writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
	const here = fileURLToPath(new URL(".", import.meta.url));
	cpSync(join(here, "examples"), project, { recursive: true });
	cpSync(join(here, "fixtures"), join(project, "fixtures"), { recursive: true });
	const folder = "node_modules/wallet-callback";
	cpSync(join(CONSUMER, folder), join(project, folder), { recursive: true, dereference: true });
	return project;
}

/** Starts a server, waits until it listens, and stops it after `use`. It may not stop before. */
export async function serve(
	command: readonly string[],
	cwd: string,
	use: (server: Server) => Promise<void>,
	env: NodeJS.ProcessEnv = {},
): Promise<void> {
	const port = await freePort();
	const { child, output } = start(command, cwd, { ...env, PORT: `${port}` });
	try {
		await listening(child, port);
		await use({ port, url: `http://127.0.0.1:${port}`, output });
		assert.ok(isRunning(child), "the server has stopped");
	} catch (error) {
		throw new Error(`with ${command.join(" ")}: ${error}\n${output()}`, { cause: error });
	} finally {
		if (isRunning(child)) {
			child.kill("SIGKILL");
			await once(child, "exit");
		}
	}
}

/** Runs a program to its end and returns what it printed. */
export async function run(
	command: readonly string[],
	cwd: string,
	env: NodeJS.ProcessEnv = {},
): Promise<string> {
	const { child, output } = start(command, cwd, env);
	const [code] = await once(child, "close");
	assert.equal(code, 0, `${command.join(" ")}\n${output()}`);
	return output();
}

function start([program = "", ...args]: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
	const child = spawn(program, args, {
		cwd,
		// Nothing of the test runner's own reaches the programs.
		env: {
			...process.env,
			NODE_OPTIONS: "",
			NODE_TEST_CONTEXT: undefined,
			NEXT_TELEMETRY_DISABLED: "1",
			WALLET_CALLBACK_SECRET: SECRET,
			...env,
		},
		stdio: ["ignore", "pipe", "pipe"],
	});
	let printed = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", (text) => {
			printed += text;
		});
	}
	return { child, output: () => printed };
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
	return exitCode === null && signalCode === null;
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0);
	await once(server, "listening");
	const address = server.address();
	assert.ok(typeof address === "object" && address !== null);
	server.close();
	await once(server, "close");
	return address.port;
}

async function listening(server: ChildProcess, port: number): Promise<void> {
	for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
		assert.ok(isRunning(server), "the server has stopped");
		try {
			await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) });
			return;
		} catch {
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
	throw new Error("the server does not listen");
}
