/** Runs the command line as its users do: as a process. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";

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
		env: {
			...process.env,
			NODE_OPTIONS: "",
			NODE_TEST_CONTEXT: undefined,
			FORCE_COLOR: undefined,
			NO_COLOR: undefined,
			WALLET_CALLBACK_SECRET: undefined,
			...env,
		},
	});
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

/** An empty folder that is removed when the file's tests have ended. */
export function folder(): string {
	const path = mkdtempSync(join(tmpdir(), "wallet-callback-"));
	after(() => rmSync(path, { recursive: true, force: true }));
	return path;
}
