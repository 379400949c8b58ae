/** The first ten minutes: from an empty folder to a server that answers callbacks. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { deposit, post, SECRET, signed } from "../adapters/callbacks.ts";
import { run, serve } from "../programs.ts";

/** What a reader of the README installs and starts. */
export interface Quickstart {
	readonly name: string;
	/** What it installs beside the package. */
	readonly packages: readonly string[];
	/** The program in the package's folder `examples`: a file, or a folder with one. */
	readonly example: string;
	/** What Node starts, from `node_modules`, or the program itself. */
	readonly starts?: string;
}

export const QUICKSTARTS: readonly Quickstart[] = [
	{ name: "Express", packages: ["express"], example: "express.js" },
	{ name: "Hono", packages: ["hono", "@hono/node-server"], example: "hono.js" },
	{ name: "Fastify", packages: ["fastify"], example: "fastify.js" },
	{
		name: "Next.js",
		packages: ["next", "react", "react-dom"],
		example: "next",
		starts: "next/dist/bin/next dev",
	},
	{
		name: "Worker",
		packages: ["wrangler"],
		example: "workers",
		starts: "wrangler/bin/wrangler.js dev --port $PORT",
	},
];

/** The folder into which the package's tarball was installed, which names it. */
const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");

function tarball(): string {
	const manifest = JSON.parse(readFileSync(join(CONSUMER, "package.json"), "utf8"));
	const [, path = ""] = manifest.dependencies["wallet-callback"].split("file:");
	return resolve(CONSUMER, path);
}

/** How long it took, in seconds. */
export interface Times {
	readonly install: number;
	/** From the start of the server to its first answer, 200. */
	readonly answer: number;
	readonly all: number;
}

/** Where and with what to try a quickstart. */
export interface Place {
	/** The folder in which the empty one is made. */
	readonly parent: string;
	/** Node's binary. */
	readonly node: string;
	/** What is installed beside the package, as npm takes it. */
	readonly packages: readonly string[];
}

/** Installs, starts, and sends a callback, the same again, and a forged one. */
export async function tryQuickstart(
	{ example, starts }: Quickstart,
	{ parent, node, packages }: Place,
): Promise<Times> {
	const folder = mkdtempSync(join(parent, "quickstart-"));
	const since = performance.now();
	const seconds = (from: number) => (performance.now() - from) / 1000;
	const env = {
		PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
		WALLET_CALLBACK_SECRET: SECRET,
		NEXT_TELEMETRY_DISABLED: "1",
		WRANGLER_SEND_METRICS: "false",
		CI: "true",
	};
	try {
		writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
		const npm = ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline"];
		await run([...npm, tarball(), ...packages], folder, env);
		const install = seconds(since);

		const from = join(folder, "node_modules/wallet-callback/examples", example);
		cpSync(from, starts === undefined ? join(folder, example) : folder, { recursive: true });
		writeFileSync(join(folder, ".dev.vars"), `WALLET_CALLBACK_SECRET=${SECRET}\n`);
		const program = starts === undefined ? example : `node_modules/${starts}`;
		const started = performance.now();
		let answer = 0;
		await serve(["sh", "-c", `exec "$0" ${program}`, node], folder, env, async ({ url }) => {
			const callback = signed(deposit("dep_1"));
			const send = (body = callback.body) => post(`${url}/callback`, { ...callback, body });
			assert.deepEqual(await send(), [200, { code: 0 }]);
			answer = seconds(started);
			assert.deepEqual(await send(), [200, { code: 0, duplicate: true }]);
			const refusal = { code: 401, error: "signature_mismatch" };
			assert.deepEqual(await send(deposit("dep_2")), [401, refusal]);
		});
		return { install, answer, all: seconds(since) };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The packages with the versions that this project is tested with. */
export function pinned(packages: readonly string[]): string[] {
	const { devDependencies } = JSON.parse(
		readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
	);
	return packages.map((name) => `${name}@${devDependencies[name]}`);
}
