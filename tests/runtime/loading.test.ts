/** Where the core cannot be loaded: a typed error that says what to do. */
import assert from "node:assert/strict";
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

/** A bundle for Node that resolves neither the module as text nor the file. */
async function bundleWithoutModule(): Promise<string> {
	const entry = join(app.folder, "bundled.mjs");
	writeFileSync(
		entry,
		`import { CoreError, createVerifier } from "wallet-callback";
    try { createVerifier({ keys: "${KEY}" }); console.log("built"); }
    catch (error) { console.log(JSON.stringify([error instanceof CoreError, error.code, error.message])); }`,
	);
	const bundle = join(app.folder, "without-module.mjs");
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

test("a bundle for Node without the file", async () => {
	const bundle = await bundleWithoutModule();
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
