/** Starts the examples as their readers would: in a project with the package installed. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Server } from "../programs.ts";
import * as programs from "../programs.ts";
import { SECRET } from "./callbacks.ts";

export type { Server };

/** The folder into which the package's tarball was installed. */
const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");

/** Loads an entry of the installed package. */
export const installed: NodeJS.Require = createRequire(join(CONSUMER, "package.json"));

/** Makes a project of the package's examples. Each test file has its own, since they run at once. */
export function prepareProject(name: string): string {
	const project = resolve("target/adapters", name);
	rmSync(project, { recursive: true, force: true });
	mkdirSync(project, { recursive: true });
	writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
	const folder = "node_modules/wallet-callback";
	cpSync(join(CONSUMER, folder), join(project, folder), { recursive: true, dereference: true });
	cpSync(join(project, folder, "examples"), project, { recursive: true });
	const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));
	cpSync(fixtures, join(project, "fixtures"), { recursive: true });
	return project;
}

/** What the examples find in their environment. */
const ENVIRONMENT = { NEXT_TELEMETRY_DISABLED: "1", WALLET_CALLBACK_SECRET: SECRET };

/** Starts a server, waits until it listens, and stops it after `use`. It may not stop before. */
export async function serve(
	command: readonly string[],
	cwd: string,
	use: (server: Server) => Promise<void>,
	env: NodeJS.ProcessEnv = {},
): Promise<void> {
	await programs.serve(command, cwd, { ...ENVIRONMENT, ...env }, use);
}

/** Runs a program to its end and returns what it printed. */
export function run(
	command: readonly string[],
	cwd: string,
	env: NodeJS.ProcessEnv = {},
): Promise<string> {
	return programs.run(command, cwd, { ...ENVIRONMENT, ...env });
}
