/** Runs the snippets as a reader would: in a project with the package installed. */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

/** The folder into which the package's tarball was installed. */
const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const PROJECT = resolve("target/readme");
const require = createRequire(import.meta.url);

/** The installed package. */
export const PACKAGE: string = join(PROJECT, "node_modules/wallet-callback");

export function prepareProject(): void {
	rmSync(PROJECT, { recursive: true, force: true });
	mkdirSync(PROJECT, { recursive: true });
	writeFileSync(join(PROJECT, "package.json"), JSON.stringify({ private: true, type: "module" }));
	cpSync(join(CONSUMER, "node_modules/wallet-callback"), PACKAGE, {
		recursive: true,
		dereference: true,
	});
}

/** Writes a file into the project and returns its path. */
export function writeFile(path: string, text: string): string {
	const file = join(PROJECT, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
	return file;
}

/** A file of an npm package. */
export function packageFile(name: string, file: string): string {
	return join(dirname(require.resolve(`${name}/package.json`)), file);
}

/** Runs a program to its end and returns what it printed. */
export async function run(
	program: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv = {},
): Promise<string> {
	const options = { cwd: PROJECT, env: environment(env), timeout: 60_000 };
	const { stdout } = await promisify(execFile)(program, [...args], options).catch((error) => {
		throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
	});
	return stdout;
}

/** Starts a server, waits until it listens, and stops it after `use`. It may not stop before. */
export async function serve(
	[program, ...args]: readonly [string, ...string[]],
	env: NodeJS.ProcessEnv,
	use: (port: number) => Promise<void>,
): Promise<void> {
	const port = await freePort();
	const server = spawn(program, args, {
		cwd: PROJECT,
		env: environment({ ...env, PORT: `${port}` }),
		stdio: ["ignore", "ignore", "pipe"],
	});
	let errors = "";
	server.stderr.on("data", (chunk) => {
		errors += chunk;
	});
	try {
		await listening(server, port);
		await use(port);
		assert.ok(isRunning(server), "the server has stopped");
	} catch (error) {
		throw new Error(`with ${program}: ${error}\n${errors}`, { cause: error });
	} finally {
		if (isRunning(server)) {
			server.kill();
			await once(server, "exit");
		}
	}
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
