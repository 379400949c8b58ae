/** Runs the command line as its users do: as a process. */
import assert from "node:assert/strict";
import {
	type ChildProcess,
	type ChildProcessWithoutNullStreams,
	fork,
	spawn,
} from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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

/** A process that runs one command after the other. */
class Commands {
	readonly #child: ChildProcess;
	/** What it has said on each stream, and nobody has taken. */
	readonly #said: [string, string] = ["", ""];
	#tell = (): void => {};

	constructor() {
		const options = { env: environment(), execArgv: [], detached: true, silent: true };
		this.#child = fork(COMMANDS, [realpathSync(BIN)], options);
		this.#child.stdin?.end();
		const { stdout, stderr } = this.#child;
		for (const [index, stream] of [stdout, stderr].entries()) {
			stream?.setEncoding("utf8");
			stream?.on("data", (part) => {
				this.#said[index] += part;
				this.#tell();
			});
		}
		this.#child.on("close", () => this.#tell());
	}

	get isThere(): boolean {
		return this.#child.connected;
	}

	async run(words: readonly string[], env: Surroundings["env"]): Promise<Outcome> {
		this.#child.send({ words, env });
		for (;;) {
			// Behind what a command prints stand a NUL and its exit code.
			const found = this.#said.map((text) => /^(.*?)\0(.*?)\n/s.exec(text));
			const [[, stdout = "", code] = [], [, stderr = ""] = []] = found.map((one) => one ?? []);
			if (found.every((one) => one !== null)) {
				for (const [index, one] of found.entries()) {
					this.#said[index] = this.#said[index]?.slice(one?.[0].length) ?? "";
				}
				return { code: Number(code), stdout, stderr };
			}
			if (!this.isThere) throw new Error(`the process has ended: ${this.#said.join("")}`);
			await new Promise<void>((resolve) => {
				this.#tell = resolve;
			});
		}
	}

	/** With nothing left to do it ends by itself, and says no more. */
	async end(): Promise<void> {
		const { stdout, stderr } = this.#child;
		const signal = AbortSignal.timeout(10_000);
		// Not "close", which Node does not always tell of a child that it has disconnected.
		const ended = Promise.all([
			this.#child.exitCode ?? once(this.#child, "exit", { signal }),
			...[stdout, stderr].map(
				(stream) => stream?.readableEnded || once(stream ?? this.#child, "end", { signal }),
			),
		]);
		if (this.isThere) this.#child.disconnect();
		try {
			await ended;
			assert.deepEqual([this.#child.exitCode, this.#said], [0, ["", ""]]);
		} finally {
			this.#child.kill();
		}
	}
}

/** Those that run, and those of them that wait for a command. */
const [running, idle]: [Commands[], Commands[]] = [[], []];
after(() => Promise.all(running.map((one) => one.end())));

/** The same for a command that reads no input, in a process that may have run others. */
export async function cliAgain(
	words: readonly string[],
	env: Surroundings["env"] = {},
): Promise<Outcome> {
	const commands = idle.pop() ?? new Commands();
	if (!running.includes(commands)) running.push(commands);
	const outcome = await commands.run(words, env);
	idle.push(commands);
	return outcome;
}

/** An empty folder that is removed when the file's tests have ended. */
export function folder(): string {
	const path = mkdtempSync(join(tmpdir(), "wallet-callback-"));
	after(() => rmSync(path, { recursive: true, force: true }));
	return path;
}
