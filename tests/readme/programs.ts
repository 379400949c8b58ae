/** Runs the snippets as a reader would: in a project with the package installed. */
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ending, run, type Server, serve } from "../programs.ts";

export type { Server };

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
	mkdirSync(join(folder, "node_modules/.bin"));
	symlinkSync(
		"../wallet-callback/dist/cli/main.js",
		join(folder, "node_modules/.bin/wallet-callback"),
	);
	cpSync(fileURLToPath(new URL("hosts", import.meta.url)), join(folder, "hosts"), {
		recursive: true,
	});
	return {
		package: installed,
		write,
		run: (program, args, env = {}) => run([program, ...args], folder, env),
		serve: (command, env, use) => serve(command, folder, env, use),
		host: (name) => join(folder, `hosts/${name}.mjs`),
	};
}

/** A file of an npm package. */
export function packageFile(name: string, file: string): string {
	return join(dirname(require.resolve(`${name}/package.json`)), file);
}
