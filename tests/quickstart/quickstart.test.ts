/** The quickstarts that take seconds. All of them, on Node 20 and 24: cargo xtask quickstart. */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { QUICKSTARTS, tryQuickstart } from "./quickstart.ts";

// Folders in here find the frameworks in the project's node_modules.
const parent = resolve("target/quickstart");
mkdirSync(parent, { recursive: true });

for (const quickstart of QUICKSTARTS.filter(({ starts }) => starts === undefined)) {
	test(`${quickstart.name}: 200, duplicate, refused`, async () => {
		await tryQuickstart(quickstart, { parent, node: process.execPath, packages: [] });
	});
}
