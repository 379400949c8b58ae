/** Runs a snippet as Cloudflare does, with the configuration that stands beside it. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { keepWasmImport } from "../runtime/runtimes/edge.ts";
import { snippetOf } from "./documents.ts";
import type { Project } from "./programs.ts";

/** The part of wrangler's configuration that is used. */
export interface Configuration {
	readonly compatibility_date: string;
	readonly vars?: Readonly<Record<string, string>>;
	readonly assets?: { readonly directory: string };
	readonly d1_databases?: readonly { readonly binding: string; readonly database_id: string }[];
	readonly durable_objects: {
		readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
	};
	readonly migrations: readonly { readonly new_sqlite_classes: readonly string[] }[];
}

/** The configuration in a snippet. */
export function wranglerConfiguration(title: string): Configuration {
	return JSON.parse(snippetOf(title).code);
}

/** A Worker that runs. */
export interface Worker {
	/** Its address, without a slash at the end. */
	readonly url: string;
	readonly miniflare: Miniflare;
	/** What it has printed so far. */
	output(): string;
}

/** Bundles a Worker as wrangler does it, serves it, and ends it after `use`. */
export async function inWorkerd(
	project: Project,
	file: string,
	configuration: Configuration,
	bindings: Readonly<Record<string, string>>,
	use: (worker: Worker) => Promise<void>,
): Promise<void> {
	const bundle = file.replace(".js", ".bundle.mjs");
	await build({
		entryPoints: [file],
		outfile: bundle,
		bundle: true,
		format: "esm",
		conditions: ["workerd", "worker", "browser"],
		plugins: [keepWasmImport],
		logLevel: "error",
	});
	const { durable_objects, d1_databases, vars } = configuration;
	let printed = "";
	const miniflare = new Miniflare({
		modulesRoot: dirname(file),
		modules: [
			{ type: "ESModule", path: bundle },
			...["core.wasm", "full.wasm", "dapp.wasm"].map((name) => ({
				type: "CompiledWasm" as const,
				path: join(dirname(file), name),
				contents: readFileSync(join(project.package, "dist", name)),
			})),
		],
		compatibilityDate: configuration.compatibility_date,
		bindings: { ...vars, ...bindings },
		d1Databases: d1_databases?.map(({ binding }) => binding) ?? [],
		durableObjects: Object.fromEntries(
			durable_objects.bindings.map(({ name, class_name: className }) => [
				name,
				{ className, useSQLite: true },
			]),
		),
		cf: false,
		handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
			for (const stream of [stdout, stderr]) {
				stream.setEncoding("utf8").on("data", (text) => {
					printed += text;
				});
			}
		},
	});
	try {
		const { origin } = await miniflare.ready;
		await use({ url: origin, miniflare, output: () => printed });
	} finally {
		await miniflare.dispose();
	}
}
