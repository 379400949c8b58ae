/** Runs the snippets as a reader would: in a project with the package installed. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The folder into which the package's tarball was installed. */
const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(import.meta.url);

/** A project in which snippets are run. */
export interface Project {
	/** The installed package. */
	readonly package: string;
	/** Writes a file and returns its path. */
	write(path: string, text: string): string;
	/** Runs a program to its end and returns what it printed. */
	run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>;
	/**
	 * Starts a server, waits until it listens, and ends it after `use`. It may not end before.
	 * Returns how it ended.
	 */
	serve(
		command: readonly [string, ...string[]],
		env: NodeJS.ProcessEnv,
		use: (server: Server) => Promise<void>,
	): Promise<Ending>;
	/** The path of one of the hosts, programs that do for a snippet what its platform does. */
	host(name: string): string;
}

/** A server that runs. */
export interface Server {
	readonly port: number;
	/** What it has printed so far. */
	output(): string;
}

/** The exit code of a program, or the signal that ended it. */
export type Ending = number | NodeJS.Signals | null;

/** Makes a project. Each test file has its own, since they run at once. */
export function prepareProject(name: string): Project {
	const folder = resolve("target", name);
	rmSync(folder, { recursive: true, force: true });
	const write = (path: string, text: string): string => {
		const file = join(folder, path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text);
		return file;
	};
	write("package.json", JSON.stringify({ private: true, type: "module" }));
	const installed = join(folder, "node_modules/wallet-callback");
	cpSync(join(CONSUMER, "node_modules/wallet-callback"), installed, {
		recursive: true,
		dereference: true,
	});
	cpSync(fileURLToPath(new URL("hosts", import.meta.url)), join(folder, "hosts"), {
		recursive: true,
	});
	return {
		package: installed,
		write,
		run: (program, args, env = {}) => run(folder, program, args, env),
		serve: (command, env, use) => serve(folder, command, env, use),
		host: (name) => join(folder, `hosts/${name}.mjs`),
	};
}

/** A file of an npm package. */
export function packageFile(name: string, file: string): string {
	return join(dirname(require.resolve(`${name}/package.json`)), file);
}

async function run(
	cwd: string,
	program: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv,
): Promise<string> {
	const options = { cwd, env: environment(env), timeout: 60_000 };
	const { stdout } = await promisify(execFile)(program, [...args], options).catch((error) => {
		throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
	});
	return stdout;
}

async function serve(
	cwd: string,
	[program, ...args]: readonly [string, ...string[]],
	env: NodeJS.ProcessEnv,
	use: (server: Server) => Promise<void>,
): Promise<Ending> {
	const port = await freePort();
	const server = spawn(program, args, {
		cwd,
		env: environment({ ...env, PORT: `${port}` }),
		stdio: ["ignore", "pipe", "pipe"],
	});
	let printed = "";
	for (const stream of [server.stdout, server.stderr]) {
		stream.setEncoding("utf8").on("data", (text) => {
			printed += text;
		});
	}
	try {
		await listening(server, port);
		await use({ port, output: () => printed });
		assert.ok(isRunning(server), "the server has stopped");
	} catch (error) {
		throw new Error(`with ${program}: ${error}\n${printed}`, { cause: error });
	} finally {
		if (isRunning(server)) {
			server.kill();
			await once(server, "exit");
		}
	}
	return server.exitCode ?? server.signalCode;
}

/** Nothing of the test runner's own reaches the programs. */
function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined, ...env };
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
	for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
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
