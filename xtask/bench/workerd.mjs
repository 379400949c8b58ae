// Runs in Node: times worker.mjs in workerd through Miniflare, prints JSON like runtime.mjs.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { sizes } from "./callbacks.mjs";
import { example } from "./example.mjs";
import { measure } from "./measure.mjs";
import { ours } from "./subjects.mjs";

const { installed, names, settings } = JSON.parse(process.argv[2]);

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
process.stdout.write(JSON.stringify({ runtime: `workerd ${version}`, figures }));

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
	await response.arrayBuffer();
	if (!response.ok) {
		throw new Error(`the worker answered ${response.status}`);
	}
	return performance.now() - start;
}

/** The example, already read. */
function exampleModule() {
	return `export const example = ${JSON.stringify(example)};`;
}

/** The package as the `workerd` condition of its `exports` serves it. */
function packageModules() {
	const { exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
	const entry = exports["."].workerd.default.replace("./", "");
	const files = readdirSync(join(installed, "dist"), { recursive: true })
		.filter((file) => /^esm.*\.js$|\.wasm$/.test(file))
		.map((file) => moduleAt(`package/dist/${file}`, join(installed, "dist", file)));
	const contents = `export * from "./package/${entry}";`;
	return [{ type: "ESModule", path: "wallet-callback", contents }, ...files];
}

function moduleAt(path, file) {
	const type = file.endsWith(".wasm") ? "CompiledWasm" : "ESModule";
	return { type, path, contents: readFileSync(file) };
}
