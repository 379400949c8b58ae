// Runs in Node: times worker.mjs in workerd through Miniflare, prints JSON like runtime.mjs.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { Miniflare } from "miniflare";
import { sizes } from "./callbacks.mjs";
import { example } from "./example.mjs";
import { measure } from "./measure.mjs";
import { ours } from "./subjects.mjs";

const { installed, names, settings } = JSON.parse(process.argv[2]);

const bundled = bundle();
const miniflare = new Miniflare({
	compatibilityDate: "2026-01-01",
	modules: [
		...["worker", "batch", "callbacks", "subjects"].map((name) =>
			moduleAt(`${name}.mjs`, join(import.meta.dirname, `${name}.mjs`)),
		),
		{ type: "ESModule", path: "example.mjs", contents: exampleModule() },
		...packageModules(),
	],
});

const rows = names.flatMap((name) =>
	sizes.map((size) => ({ name, size, batch: batchIn(`${ours.indexOf(name)}/${size}`) })),
);
// Longer batches than elsewhere, since two requests blur each of them.
const figures = await measure(rows, { ...settings, batchMs: settings.batchMs * 3 });
await miniflare.dispose();

const besideMiniflare = createRequire(import.meta.resolve("miniflare"));
const { version } = besideMiniflare("workerd/package.json");
const upload = bundled.reduce(
	(sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length,
	0,
);
process.stdout.write(JSON.stringify({ runtime: `workerd ${version}`, figures, upload }));

/**
 * workerd's clock stands still while a worker computes, so the request is timed from outside,
 * less the time of one that verifies nothing.
 */
function batchIn(path) {
	return async (calls) => {
		const overhead = await time(`${path}/0`);
		return (await time(`${path}/${calls}`)) - overhead;
	};
}

async function time(path) {
	const start = performance.now();
	const response = await miniflare.dispatchFetch(`http://localhost/${path}`);
	const text = await response.text();
	if (!response.ok) {
		throw new Error(`the worker answered ${response.status}: ${text}`);
	}
	return performance.now() - start;
}

/** The example, already read. */
function exampleModule() {
	return `export const example = ${JSON.stringify(example)};`;
}

/** The package, bundled as for a Worker. */
function bundle() {
	const { outputFiles } = buildSync({
		stdin: {
			contents: 'export * from "wallet-callback";',
			resolveDir: join(installed, "..", ".."),
		},
		bundle: true,
		write: false,
		outdir: "out",
		format: "esm",
		conditions: ["workerd", "module"],
		loader: { ".wasm": "copy" },
	});
	return outputFiles;
}

function packageModules() {
	return bundled.map(({ path, contents }) =>
		path.endsWith(".wasm")
			? { type: "CompiledWasm", path: basename(path), contents }
			: { type: "ESModule", path: "wallet-callback", contents },
	);
}

function moduleAt(path, file) {
	const type = file.endsWith(".wasm") ? "CompiledWasm" : "ESModule";
	return { type, path, contents: readFileSync(file) };
}
