/** Runs programs as a user would start them. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "./ports.ts";

/** A server that runs. */
export interface Server {
	readonly port: number;
	readonly url: string;
	/** What it has printed so far. */
	output(): string;
}

/** The exit code of a program, or the signal that ended it. */
export type Ending = number | NodeJS.Signals | null;

/**
 * Starts a server, waits until it listens, and ends it after `use`. It may not end before. Returns
 * how it ended.
 */
export async function serve(
	command: readonly string[],
	cwd: string,
	env: NodeJS.ProcessEnv,
	use: (server: Server) => Promise<void>,
): Promise<Ending> {
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
			child.kill();
			await once(child, "exit");
		}
	}
	return child.exitCode ?? child.signalCode;
}

/** Runs a program to its end and returns what it printed. */
export async function run(
	command: readonly string[],
	cwd: string,
	env: NodeJS.ProcessEnv,
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
		env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined, ...env },
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
