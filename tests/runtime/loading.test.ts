/** Where the core cannot be loaded: a typed error that says what to do. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { build as esbuild } from "esbuild";
import { buildRunner, execute, packageFile, prepareApp } from "./harness.ts";
import { BLOCKING_POLICY, chromiumMissing, runPage, STRICT_POLICY } from "./runtimes/browser.ts";
import { BUNDLERS, OUTPUT } from "./runtimes/bundlers.ts";
import { askWorker, buildWorker } from "./runtimes/edge.ts";
import { DENO } from "./runtimes/processes.ts";
import { KEY } from "./signed.ts";

const app = { folder: prepareApp("loading"), corpus: "" };

test("Chromium under a policy without 'wasm-unsafe-eval'", async (context) => {
	const install = chromiumMissing();
	if (install !== undefined) {
		assert.ok(!process.env.CI, `not installed: ${install}`);
		return context.skip(`not installed: ${install}`);
	}
	await buildRunner(app.folder, "blocked-page.ts");
	const outcome = (await runPage(app, "blocked-page.mjs", BLOCKING_POLICY)) as Record<
		string,
		string
	>;
	assert.equal(outcome.thrown, "CoreError");
	assert.equal(outcome.code, "wasm_blocked");
	assert.match(outcome.message ?? "", /'wasm-unsafe-eval'/);
	assert.deepEqual(await runPage(app, "blocked-page.mjs", STRICT_POLICY), { built: true });
});

for (const [style, load] of [
	["import", 'import { createVerifier, CoreError, initialize } from "wallet-callback/slim";'],
	["require", 'const { createVerifier, CoreError, initialize } = require("wallet-callback/slim");'],
] as const) {
	test(`the slim entry before initialize, by ${style}`, async () => {
		const file = join(app.folder, style === "import" ? "slim.mjs" : "slim.cjs");
		writeFileSync(
			file,
			`${load}
      const attempt = (act) => { try { act(); } catch (error) { return [error instanceof CoreError, error.name, error.code, error.message]; } };
      console.log(JSON.stringify([
        attempt(() => createVerifier({ keys: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" })),
        attempt(() => initialize(new Uint8Array(8))),
      ]));`,
		);
		const [missing, bytes] = JSON.parse(await execute(app.folder, process.execPath, [file]));
		assert.deepEqual(missing.slice(0, 3), [true, "CoreError", "wasm_missing"]);
		assert.match(missing[3], /initialize/);
		assert.equal(bytes[1], "TypeError");
		assert.match(bytes[3], /WebAssembly\.Module/);
	});
}

for (const [name, entry, first] of [
	["the main entry's, which has not started", "wallet-callback", ""],
	["the main entry's, which runs", "wallet-callback", "createVerifier({ keys });"],
	["the full entry's", "wallet-callback/full", ""],
] as const) {
	test(`the slim entry leaves a core alone: ${name}`, async () => {
		const file = join(app.folder, "slim-later.mjs");
		writeFileSync(
			file,
			`import { createVerifier } from "${entry}";
			const keys = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
			${first}
			const slim = await import("wallet-callback/slim");
			const verifiers = [createVerifier({ keys }), slim.createVerifier({ keys })];
			const codes = verifiers.map((one) => one.safeVerify({ headers: {}, body: "{}" }).code);
			console.log(JSON.stringify(codes));`,
		);
		const codes = JSON.parse(await execute(app.folder, process.execPath, [file]));
		assert.deepEqual(codes, ["missing_header", "missing_header"]);
	});
}

test("the main entry has the same names on every platform", async () => {
	const file = join(app.folder, "names.mjs");
	writeFileSync(
		file,
		`import { createRequire } from "node:module";
		const require = createRequire(import.meta.url);
		const dist = new URL("./node_modules/wallet-callback/dist/esm/index.js", import.meta.url);
		const all = [await import("wallet-callback"), require("wallet-callback"), await import(dist)];
		console.log(JSON.stringify(all.map((entry) => Object.keys(entry).sort())));`,
	);
	const [imported, required, elsewhere] = JSON.parse(
		await execute(app.folder, process.execPath, [file]),
	);
	assert.ok(imported.includes("createVerifier"));
	assert.deepEqual(required, imported);
	assert.deepEqual(elsewhere, imported);
});

const deno = packageFile("@deno/linux-x64-glibc", "deno") ?? "deno";
const bun = packageFile("@oven/bun-linux-x64", "bin/bun") ?? "bun";
for (const [name, format, command] of [
	["Node, by import", "esm", [process.execPath]],
	["Node, by require", "cjs", [process.execPath]],
	["Deno", "esm", [deno, ...DENO, "--allow-read"]],
	["Deno without permission to read", "esm", [deno, ...DENO]],
	["Bun", "esm", [bun, "run", "--no-install"]],
] as const) {
	test(`${name}: the main entry gets the full module by itself`, async () => {
		const file = await buildRunner(app.folder, "full-by-itself.ts", { format });
		const [program, ...args] = command;
		const output = await execute(app.folder, program, [...args, file]);
		assert.deepEqual(JSON.parse(output), {
			before: { ok: true, instances: 1 },
			accepted: 2100,
			causes: ["key_white_space"],
			after: { ok: true, instances: 2 },
			status: 200,
		});
	});
}

test("a Worker on the main entry carries the core alone, and says which entry has the rest", async () => {
	const script = await buildWorker(app.folder, "worker-lean.ts");
	assert.doesNotMatch(readFileSync(script, "utf8"), /full\.wasm"/);
	const outcomes = (await askWorker(app.folder, script)) as Record<string, Record<string, string>>;
	const functions = ["explain", "detect", "sign", "generateSecret", "generateKeyPair"];
	assert.deepEqual(Object.keys(outcomes), [...functions, "createVerifier"]);
	for (const [name, { type, code, message = "" }] of Object.entries(outcomes)) {
		assert.deepEqual([type, code], ["ConfigError", "needs_full"]);
		assert.ok(message.includes(`import { ${name} } from "wallet-callback/full"`), message);
	}
});

for (const [name, bundle] of Object.entries(BUNDLERS)) {
	test(`${name} leaves the full module out where nothing needs it`, async () => {
		const folder = `lean-${name}`;
		await bundle(app.folder, await buildRunner(app.folder, "lean.ts"), folder);
		const dist = join(app.folder, "node_modules/wallet-callback/dist");
		const { size } = statSync(join(app.folder, folder, OUTPUT));
		// The core as text, and the code.
		const most = (statSync(join(dist, "core.wasm")).size * 4) / 3 + 100_000;
		assert.ok(size < most, `${size} bytes`);
	});
}

/** A bundle for Node of a program, which resolves neither the module as text nor the file. */
async function bundleWithoutModule(name: string, program: string): Promise<string> {
	const entry = join(app.folder, `${name}.mjs`);
	writeFileSync(entry, program);
	const bundle = join(app.folder, `${name}-without-module.mjs`);
	await esbuild({
		entryPoints: [entry],
		outfile: bundle,
		bundle: true,
		format: "esm",
		platform: "node",
		conditions: ["node", "import"],
		logLevel: "error",
	});
	return bundle;
}

test("a bundle for Node finds the dapp module where the package is installed", async () => {
	const bundle = await bundleWithoutModule(
		"dapp",
		`import { createDappRequest } from "wallet-callback/dapp";
		import { CoreError } from "wallet-callback";
		try { createDappRequest({}); } catch (error) { console.log(error instanceof CoreError ? error.message : "asked"); }`,
	);
	assert.equal(await execute(app.folder, process.execPath, [bundle]), "asked\n");
});

for (const [style, program] of [
	["import", 'import { createVerifier } from "wallet-callback"; createVerifier({ keys: "" });'],
	["require", 'require("wallet-callback").createVerifier({ keys: "" });'],
] as const) {
	test(`an error that nobody catches fits on a screen, by ${style}`, () => {
		const file = join(app.folder, style === "import" ? "uncaught.mjs" : "uncaught.cjs");
		writeFileSync(file, program);
		const { status, stderr } = spawnSync(process.execPath, [file], {
			cwd: app.folder,
			encoding: "utf8",
		});
		assert.equal(status, 1);
		assert.match(stderr, /ConfigError: keys/);
		assert.ok(stderr.length < 3_000, `${stderr.length} characters`);
	});
}

test("a bundle of a program that requires has one layer, whatever it requires", async () => {
	const entry = join(app.folder, "requires.cjs");
	const bundle = join(app.folder, "required.cjs");
	writeFileSync(
		entry,
		`const main = require("wallet-callback");
		const slim = require("wallet-callback/slim");
		const { toNodeListener } = require("wallet-callback/node");
		const { toLambdaHandler } = require("wallet-callback/aws-lambda");
		const { signedRequest } = require("wallet-callback/testing");
		const { memoryStore } = require("wallet-callback/stores/memory");
		const calls = [
			() => toNodeListener(undefined),
			() => toLambdaHandler(undefined),
			() => signedRequest({ type: "a" }, { key: "${KEY}", sender: "nobody" }),
			() => slim.createVerifier({ keys: "" }),
		];
		const codes = calls.map((call) => {
			try { return call(); } catch (error) { return error instanceof main.ConfigError; }
		});
		console.log(JSON.stringify([...codes, typeof memoryStore]));`,
	);
	await esbuild({
		entryPoints: [entry],
		outfile: bundle,
		bundle: true,
		platform: "node",
		logLevel: "error",
	});
	const said = JSON.parse(await execute(app.folder, process.execPath, [bundle]));
	assert.deepEqual(said, [true, true, true, true, "function"]);
});

test("a bundle for Node without the file", async () => {
	const bundle = await bundleWithoutModule(
		"bundled",
		`import { CoreError, createVerifier } from "wallet-callback";
		try { createVerifier({ keys: "${KEY}" }); console.log("built"); }
		catch (error) { console.log(JSON.stringify([error instanceof CoreError, error.code, error.message])); }`,
	);
	assert.equal(await execute(app.folder, process.execPath, [bundle]), "built\n");
	const elsewhere = mkdtempSync(join(tmpdir(), "bundle-"));
	try {
		mkdirSync(join(elsewhere, "out"));
		const moved = join(elsewhere, "out", "server.mjs");
		copyFileSync(bundle, moved);
		const run = () => execute(elsewhere, process.execPath, [moved]);
		const [typed, code, message] = JSON.parse(await run());
		assert.deepEqual([typed, code], [true, "wasm_missing"]);
		for (const hint of ["core.wasm", '"module"', join(elsewhere, "core.wasm")]) {
			assert.ok(message.includes(hint), message);
		}
		const file = join(app.folder, "node_modules/wallet-callback/dist/core.wasm");
		copyFileSync(file, join(elsewhere, "core.wasm"));
		assert.equal(await run(), "built\n");
	} finally {
		rmSync(elsewhere, { recursive: true });
	}
});
