/** Runs the command line as its users do: as a process. */
import {
	type ChildProcess,
	type ChildProcessWithoutNullStreams,
	fork,
	spawn,
} from "node:child_process";
import { on, once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");

/** What `npx wallet-callback` starts. */
export const BIN: string = join(CONSUMER, "node_modules", ".bin", "wallet-callback");

/** How a command ended, and what it printed. */
export interface Outcome {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** What a command gets beside its arguments. */
export interface Surroundings {
	readonly env?: { readonly [name: string]: string | undefined };
	readonly stdin?: string | Uint8Array;
	readonly cwd?: string;
}

/** Starts a command that runs until it is ended. It has no terminal, not even one to ask at. */
export function start(
	words: readonly string[],
	{ env, cwd }: Surroundings = {},
): ChildProcessWithoutNullStreams {
	return spawn(process.execPath, [BIN, ...words], {
		cwd,
		// In a session of its own there is no /dev/tty.
		detached: true,
		env: { ...environment(), ...env },
	});
}

/** Nothing that somebody has set for himself. */
function environment(): NodeJS.ProcessEnv {
	return {
		...process.env,
		NODE_OPTIONS: "",
		NODE_TEST_CONTEXT: undefined,
		FORCE_COLOR: undefined,
		NO_COLOR: undefined,
		WALLET_CALLBACK_SECRET: undefined,
	};
}

/** Runs a command to its end. */
export async function cli(
	words: readonly string[],
	surroundings: Surroundings = {},
): Promise<Outcome> {
	const child = start(words, surroundings);
	const printed = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const) {
		child[name].setEncoding("utf8").on("data", (text) => {
			printed[name] += text;
		});
	}
	// A command that is refused reads nothing.
	child.stdin.on("error", () => {});
	child.stdin.end(surroundings.stdin ?? "");
	const [code] = await once(child, "close");
	return { code, ...printed };
}

const COMMANDS = fileURLToPath(new URL("commands.mjs", import.meta.url));
/** Processes that run commands, and those of them that wait for one. */
const [running, idle]: [ChildProcess[], ChildProcess[]] = [[], []];
after(() => {
	for (const child of running) child.disconnect();
});

/** The same for a command that reads no input, in a process that may have run others. */
export async function cliAgain(
	words: readonly string[],
	env: Surroundings["env"] = {},
): Promise<Outcome> {
	const child = idle.pop() ?? startCommands();
	const printed = Promise.all([untilNul(child.stdout), untilNul(child.stderr)]);
	child.send({ words, env });
	const [[stdout, code], [stderr]] = await printed;
	idle.push(child);
	return { code: Number(code), stdout, stderr };
}

function startCommands(): ChildProcess {
	const options = { env: environment(), execArgv: [], detached: true, silent: true };
	const child = fork(COMMANDS, [realpathSync(BIN)], options);
	child.stdin?.end();
	for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8");
	running.push(child);
	return child;
}

/** What a stream says before a NUL, and in the line behind it. */
async function untilNul(stream: Readable | null): Promise<readonly [string, string]> {
	let text = "";
	for await (const [part] of on(stream as Readable, "data", { close: ["end"] })) {
		text += part;
		const [, before, behind] = /^(.*)\0(.*)\n$/s.exec(text) ?? [];
		if (before !== undefined && behind !== undefined) return [before, behind];
	}
	throw new Error(`the process has ended: ${text}`);
}

/** An empty folder that is removed when the file's tests have ended. */
export function folder(): string {
	const path = mkdtempSync(join(tmpdir(), "wallet-callback-"));
	after(() => rmSync(path, { recursive: true, force: true }));
	return path;
}
