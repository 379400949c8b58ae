/** Prepares a project that uses the built package, and runs things in it. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";
import type { Feature, Report } from "./model.ts";

/** The folder into which the package's tarball was installed. */
const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const RUNNERS = fileURLToPath(new URL("./runners/", import.meta.url));
const require = createRequire(import.meta.url);

/** A project of its own, with the package installed and nothing else. */
export interface App {
	folder: string;
	corpus: string;
}

export interface Runtime {
	name: string;
	lacks: readonly Feature[];
	/** How to install what it needs and does not find. */
	missing?(): string | undefined;
	run(app: App): Promise<Report>;
}

export function prepareApp(name: string): string {
	const folder = resolve("target/runtime", name);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
	cpSync(
		join(CONSUMER, "node_modules/wallet-callback"),
		join(folder, "node_modules/wallet-callback"),
		{
			recursive: true,
			dereference: true,
		},
	);
	return folder;
}

export interface RunnerOptions {
	conditions?: string[];
	plugins?: Plugin[];
	format?: "esm" | "cjs" | "iife";
	/** Bundles the package, too, in place of importing it. */
	inline?: boolean;
	define?: Record<string, string>;
}

/** Translates a runner, with the suite inside, into the project; returns the file. */
export async function buildRunner(
	folder: string,
	runner: string,
	options: RunnerOptions = {},
): Promise<string> {
	const { format = "esm", inline = false, ...rest } = options;
	const name = runner.replace(/\.ts$/, format === "esm" ? ".mjs" : ".cjs");
	await build({
		...rest,
		entryPoints: [join(RUNNERS, runner)],
		outfile: join(folder, name),
		bundle: true,
		format,
		platform: format === "cjs" ? "node" : "neutral",
		target: "es2022",
		logLevel: "error",
		nodePaths: [join(folder, "node_modules")],
		external: ["node:*", ...(inline ? [] : ["wallet-callback", "wallet-callback/*"])],
	});
	return join(folder, name);
}

/** A file of an npm package, or `undefined` where the package is not installed. */
export function packageFile(name: string, file: string): string | undefined {
	try {
		return join(dirname(require.resolve(`${name}/package.json`)), file);
	} catch {
		return undefined;
	}
}

/** Runs a program in the project; its output is shown where it fails. */
export async function execute(
	folder: string,
	program: string,
	args: readonly string[],
): Promise<string> {
	const { stdout } = await promisify(execFile)(program, [...args], {
		cwd: folder,
		maxBuffer: 1 << 28,
		timeout: 240_000,
		env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
	});
	return stdout;
}

export function readReport(file: string): Report {
	return JSON.parse(readFileSync(file, "utf8"));
}
