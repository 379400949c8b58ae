// Which lines of the TypeScript layer processes have reached, by what V8 has written about them:
// node xtask/assure/coverage.mjs FOLDER CONSUMER, with Node 24, which takes types away
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "..", "..");
const sources = "pkg-template/src/";
const tools = createRequire(join(root, "target", "tools", "package.json"));
const { CoverageReport } = tools("monocart-coverage-reports");

const report = new CoverageReport({
	name: "wallet-callback",
	baseDir: root,
	outputDir: join(root, "target", "coverage", "report"),
	reports: ["v8", "json-summary"],
	sourceFilter: (path) => path.startsWith(sources) && !path.startsWith(`${sources}generated`),
	logging: "error",
	cleanCache: true,
});
const [folder = "", consumer = ""] = process.argv.slice(2);
/** Tests copy the package: each copy of a script is the script. */
const original = ({ url, ...script }) => {
	const [, path] = /\/(wallet-callback\/dist\/.*\.js)$/.exec(url) ?? [];
	const file = path && join(consumer, "node_modules", path);
	return file && existsSync(file) ? [{ ...script, url: pathToFileURL(file).href }] : [];
};
const written = readdirSync(folder).map((file) =>
	JSON.parse(readFileSync(join(folder, file), "utf8")).result.flatMap(original),
);

/** Every function that a process tells of, by its script and its place. */
const known = new Map();
const placeOf = ({ ranges: [{ startOffset, endOffset }] }) => `${startOffset}-${endOffset}`;
for (const { url, functions } of written.flat()) {
	const all = known.get(url) ?? known.set(url, new Map()).get(url);
	for (const one of functions) if (!all.has(placeOf(one))) all.set(placeOf(one), one);
}

/** V8 forgets functions that were never called: then what stands around them would count for them. */
function withForgotten({ url, functions }) {
	const told = new Set(functions.map(placeOf));
	const forgotten = [...known.get(url)].filter(([place]) => !told.has(place));
	return functions.concat(
		forgotten.map(
			([
				,
				{
					functionName,
					ranges: [{ startOffset, endOffset }],
				},
			]) => ({
				functionName,
				ranges: [{ startOffset, endOffset, count: 0 }],
				isBlockCoverage: false,
			}),
		),
	);
}

for (const scripts of written) {
	const entries = scripts.map((script) => ({
		...script,
		functions: withForgotten(script),
		source: readFileSync(fileURLToPath(script.url), "utf8"),
	}));
	if (entries.length > 0) await report.add(entries);
}
const { files } = await report.generate();

/** @param {number[]} lines */
const ranges = (lines) => {
	const all = [];
	for (const line of lines) {
		const last = all.at(-1);
		if (last?.[1] === line - 1) last[1] = line;
		else all.push([line, line]);
	}
	return all.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(", ");
};

/** For each line with code how often it ran, or "ran/all" if a part of it did not. */
let [all, partly, none] = [0, 0, 0];
for (const { sourcePath, source, data } of files.toSorted((a, b) =>
	a.sourcePath < b.sourcePath ? -1 : 1,
)) {
	const code = stripTypeScriptTypes(source).split("\n");
	const isCode = (line) => /[^\s;]/.test(code[line - 1] ?? "");
	const counts = Object.entries(data.lines).filter(([line]) => isCode(Number(line)));
	const missed = counts.filter(([, count]) => count === 0).map(([line]) => Number(line));
	if (missed.length > 0) console.log(`${sourcePath}: ${ranges(missed)}`);
	all += counts.length;
	none += missed.length;
	partly += counts.filter(([, count]) => typeof count === "string").length;
}
const seen = new Set(files.map(({ sourcePath }) => sourcePath));
const unseen = readdirSync(join(root, sources), { recursive: true, encoding: "utf8" })
	.filter(
		(name) => name.endsWith(".ts") && !name.endsWith(".d.ts") && !name.startsWith("generated"),
	)
	.filter((name) => !seen.has(sources + name));
console.log(
	`\nin nothing that ran (types and lists of exports leave no code): ${unseen.sort().join(", ")}`,
);
const share = ((100 * (all - none)) / all).toFixed(1);
if (Number(share) < 95) process.exitCode = 1;
console.log(
	`${all - none} of ${all} lines ran in ${seen.size} files: ${share} % (${partly} of them in part)`,
);
