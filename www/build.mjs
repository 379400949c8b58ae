// Bundles the page from the built package: node www/build.mjs [folder]. What it writes is static and
// may be served from any path.
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const dist = join(root, "pkg", "dist");
const folder = resolve(process.argv[2] ?? join(root, "target", "page"));

/** The entries that take their module as a file. The receiver's names the main one. */
const entries = {
	"wallet-callback": "esm/slim.js",
	"wallet-callback/slim": "esm/slim.js",
	"wallet-callback/dapp": "esm/dapp.js",
	"wallet-callback/receiver": "esm/receiver.js",
	"wallet-callback/stores/memory": "esm/stores/memory.js",
};

/** @type {import("esbuild").Plugin} */
const walletCallback = {
	name: "wallet-callback",
	setup({ onLoad, onResolve }) {
		onResolve({ filter: /^wallet-callback/ }, ({ path }) => ({
			path: join(dist, entries[/** @type {keyof typeof entries} */ (path)]),
			sideEffects: false,
		}));
		onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, namespace: "wasm" }));
		onLoad({ filter: /./, namespace: "wasm" }, ({ path }) => {
			const name = JSON.stringify(path.replace(/^.*\//, ""));
			const url = `new URL(${name}, import.meta.url)`;
			return { contents: `export default await WebAssembly.compileStreaming(fetch(${url}));` };
		});
	},
};

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
/** @type {import("esbuild").BuildOptions} */
const options = {
	absWorkingDir: import.meta.dirname,
	outdir: folder,
	entryNames: "[name]",
	chunkNames: "[name]-[hash]",
	bundle: true,
	// Under this one, the package imports its module as a file.
	conditions: ["workerd"],
	target: "es2022",
	minify: true,
	legalComments: "linked",
	logLevel: "warning",
	plugins: [walletCallback],
};
await build({
	...options,
	entryPoints: ["src/main.ts", "src/debug/worker.ts", "page.css"],
	format: "esm",
	splitting: true,
});
// A script that runs before anything is drawn cannot be a module.
await build({ ...options, entryPoints: ["src/theme.ts"], format: "iife" });
for (const name of ["index.html", "icon.svg"]) {
	copyFileSync(join(import.meta.dirname, name), join(folder, name));
}
for (const name of ["full.wasm", "dapp.wasm"]) {
	copyFileSync(join(dist, name), join(folder, name));
}
