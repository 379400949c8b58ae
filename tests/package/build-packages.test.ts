/** What goes into the package is installed by a build that leaves out what only tests need. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "..", "..");
const SOURCES = join(ROOT, "pkg-template", "src");

/** Imports of a package, but not of its types alone. */
const IMPORT = /^import (?!type )[^;]*? from "([^".#][^"]*)";$/gm;

test("each npm package that is bundled in is one of the build's", () => {
	const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
	const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
	const imported = files
		// What init writes imports what its reader installs.
		.filter((file) => file.endsWith(".ts") && !file.startsWith(join("cli", "init")))
		.flatMap((file) => [...readFileSync(join(SOURCES, file), "utf8").matchAll(IMPORT)])
		.map(([, name = ""]) => name)
		.filter((name) => !/^(node:|wallet-callback(\/|$))/.test(name));
	assert.deepEqual([...new Set(imported)].sort(), ["commander", "fflate"]);
	for (const name of imported) assert.ok(name in dependencies, name);
});
