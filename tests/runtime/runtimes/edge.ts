/** The platforms that compile no WebAssembly from bytes: Cloudflare's workerd and Vercel's edge runtime. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EdgeVM } from "@edge-runtime/vm";
import type { Plugin } from "esbuild";
import { Miniflare } from "miniflare";
import { buildRunner, type Runtime } from "../harness.ts";
import type { Report } from "../model.ts";

const WASM = "node_modules/wallet-callback/dist/core.wasm";

function workerd(name: string, compatibilityFlags: string[], lacks: Runtime["lacks"]): Runtime {
	return {
		name,
		lacks,
		async run({ folder, corpus }) {
			const script = await buildRunner(folder, "worker.ts", {
				inline: true,
				conditions: ["workerd", "worker", "browser"],
				plugins: [keepWasmImport],
			});
			const miniflare = new Miniflare({
				modulesRoot: folder,
				modules: [
					{ type: "ESModule", path: script },
					{
						type: "CompiledWasm",
						path: join(folder, "core.wasm"),
						contents: readFileSync(join(folder, WASM)),
					},
				],
				compatibilityDate: "2026-04-01",
				compatibilityFlags,
				cf: false,
			});
			try {
				const response = await miniflare.dispatchFetch("https://receiver.example/", {
					method: "POST",
					body: readFileSync(corpus),
				});
				if (!response.ok) throw new Error(await response.text());
				return (await response.json()) as Report;
			} finally {
				await miniflare.dispose();
			}
		},
	};
}

/** The import of a `.wasm` file stays in the bundle, as wrangler leaves it, and workerd resolves it. */
const keepWasmImport: Plugin = {
	name: "keep-wasm-import",
	setup({ onResolve }) {
		onResolve({ filter: /\.wasm$/ }, () => ({ path: "./core.wasm", external: true }));
	},
};

const vercel: Runtime = {
	name: "Vercel's edge runtime",
	lacks: ["Buffer"],
	async run({ folder, corpus }) {
		const script = await buildRunner(folder, "edge.ts", {
			inline: true,
			format: "iife",
			conditions: ["edge-light"],
			plugins: [wasmAsGlobal],
		});
		const vm = new EdgeVM({ codeGeneration: { strings: false, wasm: false } });
		vm.context.wasmOfCore = new WebAssembly.Module(readFileSync(join(folder, WASM)));
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
		onLoad({ filter: /.*/, namespace: "wasm-module" }, () => ({
			contents: "export default wasmOfCore",
		}));
	},
};

export const edgePlatforms: readonly Runtime[] = [
	workerd("workerd", [], ["Buffer", "foreign realm"]),
	workerd("workerd with nodejs_compat", ["nodejs_compat"], ["foreign realm"]),
	vercel,
];
