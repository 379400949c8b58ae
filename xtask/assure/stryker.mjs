// Changes the TypeScript layer in the ways that Stryker knows, and shows which changes no test notices.
//
// `instrument` writes the layer with all changes in it, each behind a switch, so that one build serves them all.
// `run [--sample N] [--seed N] [--minutes N] [FILE…]` takes the tests once to see which of them reach which
// change, and then for each change those that reach it, until one fails.
import { spawn } from "node:child_process";
import {
	cpSync,
	existsSync,
	globSync,
	mkdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "..", "..");
const work = join(root, "target", "stryker");
const sources = join(work, "layer", "src");
const MUTANTS = join(work, "mutants.json");

/**
 * Not what is generated or has no code. Not the command line, whose tests are processes, nor the suite for
 * stores, which is made of expectations: changed words of these are no fault.
 */
const LEFT_OUT =
	/^(generated|cli|stores\/conformance)\/|^stores\/(conformance|model)\.ts$|\.d\.ts$/;

/** The tests that run the installed package in their own process. */
const TESTS = "tests/{adapters,assure,dapp,keys,package,receiver,senders,stores,testing}/*.test.ts";

/** What the tests of one change may take, in milliseconds, as long as none fails: what is left after it has survived. */
const BUDGET = 90_000;

const [task, ...rest] = process.argv.slice(2);
const given = parseArgs({
	args: rest,
	options: {
		sample: { type: "string", default: "500" },
		seed: { type: "string", default: "1" },
		minutes: { type: "string", default: "90" },
	},
	allowPositionals: true,
});

/** Writes the layer with all changes, and the list of these. */
async function instrument() {
	const tools = createRequire(join(root, "target", "tools", "package.json"));
	const path = tools.resolve("@stryker-mutator/instrumenter");
	const { Instrumenter } = await import(pathToFileURL(path).href);
	rmSync(sources, { recursive: true, force: true });
	cpSync(join(root, "pkg-template"), join(work, "layer"), { recursive: true });
	const files = globSync("**/*.ts", { cwd: sources })
		.filter((name) => !LEFT_OUT.test(name))
		.sort()
		.map((name) => ({ name, mutate: true, content: readFileSync(join(sources, name), "utf8") }));
	const silent = new Proxy({}, { get: () => () => false });
	const options = { plugins: null, excludedMutations: [], ignorers: [], noHeader: false };
	const result = await new Instrumenter(silent).instrument(files, options);
	for (const { name, content } of result.files) writeFileSync(join(sources, name), content);
	writeFileSync(MUTANTS, JSON.stringify(result.mutants));
}

/** What runs a file of tests. This Node needs the least time for it, but lacks what was compiled for the other. */
const RUNNERS = [[process.execPath], ["node", "--import=tsx"]];

/**
 * Runs a file of tests, with a change or none.
 *
 * @param {{ name: string, runner: string[], known: string[] }} test
 * @param {Record<string, string>} env
 * @param {number} timeout in milliseconds
 * @returns {Promise<{ end: "passed" | "failed" | "timeout", ms: number }>}
 */
function run({ name, runner: [program, ...options], known }, env, timeout) {
	const start = performance.now();
	const reporter = join(import.meta.dirname, "first-failure.mjs");
	const hook = pathToFileURL(join(import.meta.dirname, "mutant.mjs")).href;
	const child = spawn(program, [...options, "--no-warnings", `--test-reporter=${reporter}`, name], {
		cwd: root,
		stdio: "ignore",
		// With all that it starts, it is a group that can be ended.
		detached: true,
		env: {
			...process.env,
			CI: "true",
			NODE_OPTIONS: `--import=${hook}`,
			MUTANT_KNOWN: JSON.stringify(known),
			...env,
		},
	});
	return new Promise((resolve) => {
		let end = "failed";
		const timer = setTimeout(() => {
			end = "timeout";
			child.kill("SIGKILL");
		}, timeout);
		child.on("close", (code) => {
			clearTimeout(timer);
			try {
				process.kill(-child.pid, "SIGKILL");
			} catch {
				// Nothing of it is left.
			}
			resolve({ end: code === 0 ? "passed" : end, ms: performance.now() - start });
		});
	});
}

/** Does it for each with as many at a time as there are cores. */
async function each(items, work) {
	const queue = [...items];
	const worker = async () => {
		for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
	};
	await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

/** Which tests reach which change, how often, and how long they take. */
async function reach() {
	const tests = [];
	const folder = join(work, "reach");
	rmSync(folder, { recursive: true, force: true });
	await each(globSync(TESTS, { cwd: root }).sort(), async (name) => {
		const tries = [];
		for (const [index, runner] of RUNNERS.entries()) {
			const reached = join(folder, `${index}`, name);
			mkdirSync(reached, { recursive: true });
			const { end, ms } = await run(
				{ name, runner, known: [] },
				{ MUTANTS_REACHED: reached },
				300_000,
			);
			const known = failedIn(reached);
			if (end === "timeout" || known === undefined) continue;
			tries.push({ name, runner, ms, known, hits: hitsIn(reached), killed: new Map() });
			if (known.length === 0) break;
		}
		const [best] = tries.sort((a, b) => a.known.length - b.known.length);
		if (best === undefined) return console.log(`left out, does not end without a change: ${name}`);
		for (const known of best.known)
			console.log(`left out, fails without a change: ${name}: ${known}`);
		tests.push(best);
	});
	return tests;
}

/** Which tests have failed without a change; undefined if none has run. */
function failedIn(folder) {
	const file = join(folder, "failed");
	return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** How often each change was reached, by what processes have written. */
function hitsIn(folder) {
	const hits = new Map();
	for (const file of globSync("*.json", { cwd: folder }))
		for (const [id, count] of Object.entries(JSON.parse(readFileSync(join(folder, file), "utf8"))))
			hits.set(id, (hits.get(id) ?? 0) + count);
	return hits;
}

/** Numbers from 0 to 1 that are the same in each run: mulberry32. */
function random(seed) {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** An order in which each beginning has of every file what it has in all. */
function spread(mutants, seed) {
	const unit = random(seed);
	const files = Map.groupBy(mutants, ({ fileName }) => fileName);
	const placed = [...files.values()].flatMap((all) =>
		all
			.map((mutant) => ({ mutant, at: unit() }))
			.sort((a, b) => a.at - b.at)
			.map(({ mutant }, rank) => ({ mutant, at: (rank + unit()) / all.length })),
	);
	return placed.sort((a, b) => a.at - b.at).map(({ mutant }) => mutant);
}

/** How a change fared, and which test noticed it. */
async function judge(mutant, tests) {
	const { id, fileName } = mutant;
	// First what is short, has the file's name or folder, and has noticed most in this file.
	const words = fileName.replace(/\.ts$/, "").split("/");
	const cost = ({ name, ms, killed }) => {
		const akin = words.filter((word) => name.split(/[/.]/).includes(word)).length;
		return ms / 8 ** akin / (1 + 4 * (killed.get(fileName) ?? 0));
	};
	const able = tests.filter(({ hits }) => hits.has(id)).sort((a, b) => cost(a) - cost(b));
	if (able.length === 0) return { ...mutant, status: "not reached" };
	let spent = 0;
	for (const test of able) {
		spent += test.ms;
		if (spent > BUDGET && test !== able[0]) break;
		const env = {
			__STRYKER_ACTIVE_MUTANT__: id,
			MUTANT_HITS: `${100 * test.hits.get(id) + 1000}`,
		};
		const tried = () => run(test, env, 5 * test.ms + 10_000);
		// Twice: on a busy machine, a test may fail for want of time.
		if ((await tried()).end === "passed") continue;
		const { end } = await tried();
		if (end === "passed") continue;
		test.killed.set(fileName, (test.killed.get(fileName) ?? 0) + 1);
		return { ...mutant, status: end, by: test.name };
	}
	return { ...mutant, status: "survived" };
}

/** Runs, and prints what survives and a table. */
async function all() {
	const started = performance.now();
	const { sample, seed, minutes } = given.values;
	const mutants = JSON.parse(readFileSync(MUTANTS, "utf8")).filter(
		({ fileName }) =>
			given.positionals.length === 0 ||
			given.positionals.some((start) => fileName.startsWith(start)),
	);
	const tests = await reach();
	const took = () => ((performance.now() - started) / 60_000).toFixed(1);
	console.log(`${tests.length} files of tests pass without a change (${took()} min)`);
	const chosen = spread(mutants, Number(seed)).slice(0, Number(sample));
	const results = [];
	// Every twentieth run has no change: what fails there fails by itself.
	let controls = 0;
	let wrong = 0;
	await each(chosen, async (mutant) => {
		if (Number(took()) > Number(minutes)) return;
		const result = await judge(mutant, tests);
		results.push(result);
		writeFileSync(join(work, "results.json"), JSON.stringify(results));
		if (result.status === "survived" || result.status === "not reached") console.log(line(result));
		if (results.length % 20 === 0) {
			const test = tests[(results.length / 20) % tests.length];
			controls += 1;
			const { end } = await run(test, {}, 5 * test.ms + 10_000);
			if (end !== "passed") {
				wrong += 1;
				console.log(`${end} without a change: ${test.name}`);
			}
		}
	});
	table(results);
	console.log(
		`of ${mutants.length} changes, in ${took()} min; ${wrong} of ${controls} controls failed`,
	);
}

function line({ fileName, location: { start, end }, mutatorName, replacement, status }) {
	const text = readFileSync(join(root, "pkg-template/src", fileName), "utf8").split("\n");
	const original = text
		.slice(start.line, end.line + 1)
		.join("\n")
		.slice(start.column, start.line === end.line ? end.column : undefined);
	const short = (code) => code.replace(/\s+/g, " ").slice(0, 90);
	const at = `${fileName}:${start.line + 1}:${start.column + 1}`;
	return `${status} ${at} ${mutatorName}: ${short(original)} -> ${short(replacement)}`;
}

function table(results) {
	const row = (name, some) => {
		const count = (...kinds) => some.filter(({ status }) => kinds.includes(status)).length;
		const noticed = count("failed", "timeout");
		const share = ((100 * noticed) / some.length).toFixed(1);
		console.log(
			`| ${name} | ${some.length} | ${noticed} | ${count("survived")} | ${count("not reached")} | ${share} % |`,
		);
	};
	console.log(
		"\n| part | changes | noticed | survived | not reached | score |\n|---|---|---|---|---|---|",
	);
	const part = ({ fileName }) => fileName.split("/").slice(0, -1)[0] ?? "entries";
	const parts = Map.groupBy(results, part);
	for (const name of [...parts.keys()].sort()) row(name, parts.get(name));
	row("all", results);
}

await (task === "instrument" ? instrument() : all());
