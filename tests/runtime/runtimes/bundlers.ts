/** The package inside of a bundle, run in Node. */
import { join } from "node:path";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import webpack from "webpack";
import { buildRunner, type Runtime } from "../harness.ts";
import { runEntry } from "./processes.ts";

export const OUTPUT = "bundle.mjs";

type Bundle = (folder: string, entry: string, name: string) => Promise<void>;

export const bundleWithVite: Bundle = async (folder, entry, name) => {
	await vite({
		configFile: false,
		root: folder,
		logLevel: "error",
		build: { outDir: name, lib: { entry, formats: ["es"], fileName: () => OUTPUT }, minify: true },
	});
};

const bundleWithWebpack: Bundle = async (folder, entry, name) => {
	const compiler = webpack({
		mode: "production",
		context: folder,
		entry,
		target: ["web", "es2022"],
		experiments: { outputModule: true },
		output: {
			path: join(folder, name),
			filename: OUTPUT,
			library: { type: "module" },
			module: true,
		},
		performance: false,
	});
	await new Promise<void>((resolve, reject) => {
		compiler?.run((error, stats) => {
			if (error) reject(error);
			else if (stats?.hasErrors() || stats?.hasWarnings()) reject(new Error(stats.toString()));
			else compiler.close(() => resolve());
		});
	});
};

const bundleWithEsbuild: Bundle = async (folder, entry, name) => {
	await esbuild({
		entryPoints: [entry],
		outfile: join(folder, name, OUTPUT),
		bundle: true,
		minify: true,
		format: "esm",
		platform: "browser",
		logLevel: "error",
	});
};

const bundleWithRollup: Bundle = async (folder, entry, name) => {
	const onwarn = (warning: { message: string }) => {
		throw new Error(warning.message);
	};
	const bundle = await rollup({ input: entry, plugins: [nodeResolve()], onwarn });
	await bundle.write({ file: join(folder, name, OUTPUT), format: "es" });
	await bundle.close();
};

export const BUNDLERS: Record<string, Bundle> = {
	Vite: bundleWithVite,
	webpack: bundleWithWebpack,
	esbuild: bundleWithEsbuild,
	Rollup: bundleWithRollup,
};

export const bundlers: readonly Runtime[] = Object.entries(BUNDLERS).map(([name, bundle]) => ({
	name: `bundled by ${name}`,
	lacks: [],
	async run(app) {
		await bundle(app.folder, await buildRunner(app.folder, "entry.ts"), name);
		return runEntry(app, join(app.folder, name, OUTPUT));
	},
}));
