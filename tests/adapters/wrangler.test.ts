/** What Cloudflare's own tool makes of the Worker in the examples. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { packageFile } from "../readme/programs.ts";
import { prepareProject, run } from "./programs.ts";

/** In KiB, as wrangler counts. */
const MOST_GZIPPED = 150;

test("wrangler uploads the core and no other module", async () => {
	const folder = `${prepareProject("wrangler")}/workers`;
	const wrangler = [process.execPath, packageFile("wrangler", "bin/wrangler.js")];
	const options = ["deploy", "--dry-run", "--outdir", "out"];
	const output = await run([...wrangler, ...options], folder, {
		WRANGLER_SEND_METRICS: "false",
		WRANGLER_LOG_PATH: folder,
	});
	const modules = readdirSync(`${folder}/out`).filter((name) => name.endsWith(".wasm"));
	assert.equal(modules.length, 1, modules.join());
	assert.match(modules[0] ?? "", /core\.wasm$/);
	const [, size] = /gzip: ([\d.]+) KiB/.exec(output) ?? [];
	assert.ok(Number(size) <= MOST_GZIPPED, `${size} KiB`);
});
