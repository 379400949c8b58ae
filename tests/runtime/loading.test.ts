/** Where the core cannot be loaded: a typed error that says what to do. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { execute, prepareApp } from "./harness.ts";
import {
	BLOCKING_POLICY,
	buildPage,
	chromiumMissing,
	runPage,
	STRICT_POLICY,
} from "./runtimes/browser.ts";

const app = { folder: prepareApp("loading"), corpus: "" };

test("Chromium under a policy without 'wasm-unsafe-eval'", async (context) => {
	const install = chromiumMissing();
	if (install !== undefined) {
		assert.ok(!process.env.CI, `not installed: ${install}`);
		return context.skip(`not installed: ${install}`);
	}
	await buildPage(app.folder, "blocked-page.ts");
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
