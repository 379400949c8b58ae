// Bundles the package's entries as ES modules and translates these to CommonJS:
// node xtask/bundle.mjs --sources DIR --dist DIR [--maps] <entry>…
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = dirname(import.meta.dirname);
const given = parseArgs({
	options: {
		sources: { type: "string", default: join(root, "pkg-template", "src") },
		dist: { type: "string", default: join(root, "pkg", "dist") },
		maps: { type: "boolean", default: false },
	},
	allowPositionals: true,
});
const { sources, dist, maps } = given.values;
const entries = given.positionals;

/** What more than one entry needs of these stands in one file, `#layer`. */
const SHARED = ["core", "verifier"].map((folder) => join(sources, folder));
/** What only loaders need. */
const LOADING = ["file.ts", "inline.ts"];

/** @param {string} file */
const isShared = (file) => SHARED.includes(dirname(file));

/** @type {import("esbuild").BuildOptions} */
const options = {
	absWorkingDir: root,
	bundle: true,
	target: "es2022",
	legalComments: "none",
	logLevel: "warning",
	sourcemap: maps && "inline",
};

/** @satisfies {import("esbuild").BuildOptions} */
const esm = {
	...options,
	format: "esm",
	outdir: join(dist, "esm"),
	// Entries name these as their users do, so that there is one core and one receiver.
	external: ["wallet-callback", "wallet-callback/receiver", "node:*", "#*"],
};

/**
 * Leaves what is shared to the file of the layer, of this name or path.
 *
 * @type {(layer: string) => import("esbuild").Plugin}
 */
const sharedFrom = (layer) => ({
	name: "shared",
	setup({ onResolve }) {
		onResolve({ filter: /^\.{1,2}\/.*\.js$/ }, ({ path, importer, resolveDir }) => {
			const file = join(resolveDir, path.replace(/js$/, "ts"));
			if (isShared(file) && !isShared(importer))
				return { path: layer, external: true, sideEffects: false };
		});
	},
});
const shared = sharedFrom("#layer");

const modules = SHARED.flatMap((folder) =>
	readdirSync(folder)
		.filter((name) => !LOADING.includes(name))
		.map((name) => `export * from "${join(folder, name.replace(/ts$/, "js"))}";`),
);
const layer = modules.join("\n");
await build({
	...esm,
	stdin: { contents: layer, resolveDir: sources },
	outdir: undefined,
	outfile: join(dist, "esm", "layer.js"),
});
/** @param {string[]} names */
const points = (names) => names.map((name) => ({ in: join(sources, `${name}.ts`), out: name }));
// Of these, little is left but names: too little for files of what two of them have in common.
const thin = ["index", "full", "slim"];
await build({ ...esm, entryPoints: points(thin), plugins: [shared] });
await build({
	...esm,
	entryPoints: points(entries.filter((name) => !thin.includes(name))),
	splitting: true,
	chunkNames: "shared/[hash]",
	plugins: [shared],
});

// On Node.js and its like, the layer and what reads the modules from the disk are one file, found by its path: each
// file costs a start a millisecond, and looking up a name among the package's imports another.
const NEAR = "./layer.js";
const fromDisk = join(sources, "generated", "load");
/** What the main entry takes from a loader, and how the layer calls it. @type {Record<string, string>} */
const loaded = {
	"#core": "loadCore as load, loadMore as more",
	"#on-demand": "loadOnDemand as load",
};
/** @satisfies {import("esbuild").BuildOptions} */
const node = {
	...options,
	format: "esm",
	// Names stay, for stacks, and lines: Node prints the one of an error that nobody catches.
	minifyWhitespace: true,
	minifySyntax: true,
	lineLimit: 160,
};
await build({
	...node,
	stdin: {
		contents: [
			layer,
			`export { load as loadCore, more as loadMore } from "${join(fromDisk, "core.node.js")}";`,
			`export { load as loadOnDemand } from "${join(fromDisk, "full.node.js")}";`,
		].join("\n"),
		resolveDir: sources,
	},
	external: ["node:*"],
	outfile: join(dist, "node", "layer.js"),
});
await build({
	...node,
	entryPoints: points(["index"]),
	outdir: join(dist, "node"),
	external: [NEAR],
	plugins: [
		sharedFrom(NEAR),
		{
			name: "loaders",
			setup({ onResolve, onLoad }) {
				onResolve({ filter: /^#(core|on-demand)$/ }, ({ path }) => ({ path, namespace: "loader" }));
				onLoad({ filter: /./, namespace: "loader" }, ({ path }) => ({
					contents: `export { ${loaded[path]} } from "${NEAR}";`,
				}));
			},
		},
	],
});

/** @param {string} folder @returns {string[]} */
const scripts = (folder) =>
	readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));

/**
 * What CommonJS files load in the place of names: Node alone loads them, and in a folder of their own,
 * as which they need a package.json, a package has no names.
 *
 * @type {Record<string, string | undefined>}
 */
const near = {
	"wallet-callback": "index.js",
	"wallet-callback/receiver": "receiver.js",
	"#layer": "layer.js",
	"#core": "load/core.js",
	"#full": "load/full.js",
	"#on-demand": "load/full.js",
	"#dapp": "load/dapp.js",
};

/** @type {import("esbuild").Plugin} */
const nearby = {
	name: "nearby",
	setup({ onResolve }) {
		onResolve({ filter: /./ }, ({ path, importer, kind }) => {
			if (kind === "entry-point") return undefined;
			const file = near[path];
			const folder = relative(dirname(importer), esm.outdir) || ".";
			return { path: file === undefined ? path : `${folder}/${file}`, external: true };
		});
	},
};
await build({
	...options,
	format: "cjs",
	platform: "node",
	entryPoints: scripts(esm.outdir).map((name) => join(esm.outdir, name)),
	outbase: esm.outdir,
	outdir: join(dist, "cjs"),
	plugins: [nearby],
});

// The command line is for Node alone. Its parser of arguments is a file of its own, with the licence that has to
// come with it.
const cli = join(dist, "cli");
const commander = join(root, "node_modules", "commander");
const licence = readFileSync(join(commander, "LICENSE"), "utf8").trim();
const { version } = JSON.parse(readFileSync(join(root, "pkg-template", "package.json"), "utf8"));
/** @satisfies {import("esbuild").BuildOptions} */
const program = { ...options, format: "esm", platform: "node", target: "node20" };
await build({
	...program,
	entryPoints: [join(commander, "esm.mjs")],
	outfile: join(cli, "commander.js"),
	minify: true,
	banner: {
		js: [
			`/*\ncommander\n\n${licence}\n*/`,
			'import { createRequire } from "node:module";',
			"const require = createRequire(import.meta.url);",
		].join("\n"),
	},
});
/** @type {import("esbuild").Plugin} */
const parser = {
	name: "parser",
	setup({ onResolve }) {
		onResolve({ filter: /^commander$/ }, () => ({ path: "./commander.js", external: true }));
	},
};
await build({
	...program,
	entryPoints: [join(sources, "cli", "main.ts")],
	outdir: cli,
	splitting: true,
	chunkNames: "[name]-[hash]",
	minifyWhitespace: true,
	lineLimit: 160,
	external: ["wallet-callback", "wallet-callback/*", "#*"],
	define: { VERSION: JSON.stringify(version) },
	plugins: [shared, parser],
});
chmodSync(join(cli, "main.js"), 0o755);
