/** The platforms that compile no WebAssembly from bytes: Cloudflare's workerd and Vercel's edge runtime. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { EdgeVM } from "@edge-runtime/vm";
import type { Plugin } from "esbuild";
import { Miniflare } from "miniflare";
import { buildRunner, type Runtime } from "../harness.ts";
import type { Report } from "../model.ts";

const MODULES = ["core.wasm", "full.wasm", "dapp.wasm"];

const readModule = (folder: string, name: string) =>
	readFileSync(join(folder, "node_modules/wallet-callback/dist", name));

function workerd(
	name: string,
	compatibilityFlags: string[],
	lacks: Runtime["lacks"],
	runner = "worker.ts",
): Runtime {
	return {
		name,
		lacks,
		async run({ folder, corpus }) {
			const script = await buildWorker(folder, runner);
			return (await askWorker(folder, script, compatibilityFlags, readFileSync(corpus))) as Report;
		},
	};
}

/** Bundles a Worker as wrangler does. */
export const buildWorker = (folder: string, runner: string): Promise<string> =>
	buildRunner(folder, runner, {
		inline: true,
		conditions: ["workerd", "worker", "browser"],
		plugins: [keepWasmImport],
	});

/** Posts to a Worker that is built already. */
export async function askWorker(
	folder: string,
	script: string,
	compatibilityFlags: string[] = [],
	body: string | Buffer = "",
): Promise<unknown> {
	const miniflare = new Miniflare({
		modulesRoot: folder,
		modules: [
			{ type: "ESModule", path: script },
			...MODULES.map((name) => ({
				type: "CompiledWasm" as const,
				path: join(folder, name),
				contents: readModule(folder, name),
			})),
		],
		compatibilityDate: "2026-04-01",
		compatibilityFlags,
		cf: false,
	});
	try {
		const url = "https://receiver.example/";
		const response = await miniflare.dispatchFetch(url, { method: "POST", body });
		if (!response.ok) throw new Error(await response.text());
		return await response.json();
	} finally {
		await miniflare.dispose();
	}
}

/** The import of a `.wasm` file stays in the bundle, as wrangler leaves it, and workerd resolves it. */
export const keepWasmImport: Plugin = {
	name: "keep-wasm-import",
	setup({ onResolve }) {
		onResolve({ filter: /\.wasm$/ }, ({ path }) => ({
			path: `./${basename(path)}`,
			external: true,
		}));
	},
};

const vercel: Runtime = {
	name: "Vercel's edge runtime",
	lacks: ["Buffer", "full module"],
	async run({ folder, corpus }) {
		const script = await buildRunner(folder, "edge.ts", {
			inline: true,
			format: "iife",
			conditions: ["edge-light"],
			plugins: [wasmAsGlobal],
		});
		const vm = new EdgeVM({ codeGeneration: { strings: false, wasm: false } });
		const modules = MODULES.map((name) => [name, new WebAssembly.Module(readModule(folder, name))]);
		vm.context.wasmModules = Object.fromEntries(modules);
		vm.evaluate(readFileSync(script, "utf8"));
		const foreignBytes = (bytes: Uint8Array) => new Uint8Array(bytes);
		return JSON.parse(await vm.context.runSuite(readFileSync(corpus, "utf8"), foreignBytes));
	},
};

/** `import module from "….wasm?module"` becomes a global of the host's making, as Vercel and Next.js do it. */
const wasmAsGlobal: Plugin = {
	name: "wasm-as-global",
	setup({ onResolve, onLoad }) {
		onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: "wasm-module" }));
		onLoad({ filter: /.*/, namespace: "wasm-module" }, ({ path }) => ({
			contents: `export default wasmModules["${basename(path, "?module")}"]`,
		}));
	},
};

export const edgePlatforms: readonly Runtime[] = [
	workerd("workerd", [], ["Buffer", "foreign realm", "full module"]),
	workerd("workerd with nodejs_compat", ["nodejs_compat"], ["foreign realm", "full module"]),
	workerd("workerd, the full entry", [], ["Buffer", "foreign realm"], "worker-full.ts"),
	vercel,
];
