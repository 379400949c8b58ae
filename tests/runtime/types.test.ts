/** TypeScript projects, ESM and CommonJS, under each way of resolving modules, with the DOM's types or Node's. */
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { execute, packageFile, prepareApp } from "./harness.ts";

const SOURCES = fileURLToPath(new URL("./types/", import.meta.url));
const folder = prepareApp("types");
for (const file of readdirSync(SOURCES)) copyFileSync(join(SOURCES, file), join(folder, file));

const RESOLUTIONS: Record<string, object> = {
	node16: { module: "node16", moduleResolution: "node16" },
	nodenext: { module: "nodenext", moduleResolution: "nodenext" },
	bundler: { module: "preserve", moduleResolution: "bundler" },
};

const NODE_TYPES = dirname(dirname(packageFile("@types/node", "package.json") as string));
const ENVIRONMENTS: Record<string, { options: object; files: readonly string[] }> = {
	"the DOM's types": {
		options: { lib: ["es2022", "dom", "dom.iterable"], types: [] },
		files: ["consumer.mts", "consumer.cts", "slim.mts", "slim.cts"],
	},
	"Node's types": {
		options: { lib: ["es2022"], types: ["node"], typeRoots: [NODE_TYPES] },
		files: ["consumer.mts", "consumer.cts"],
	},
};

const STRICT = {
	target: "es2022",
	strict: true,
	exactOptionalPropertyTypes: true,
	noUncheckedIndexedAccess: true,
	skipLibCheck: false,
	noEmit: true,
};

for (const [resolution, resolutionOptions] of Object.entries(RESOLUTIONS)) {
	for (const [environment, { options, files }] of Object.entries(ENVIRONMENTS)) {
		test(`${resolution}, with ${environment}`, async () => {
			const config = `tsconfig.${resolution}.${files.length}.json`;
			const compilerOptions = { ...STRICT, ...resolutionOptions, ...options };
			writeFileSync(join(folder, config), JSON.stringify({ compilerOptions, files }));
			const compiler = packageFile("typescript", "bin/tsc") as string;
			const output = await execute(folder, process.execPath, [compiler, "-p", config]).catch(
				({ stdout }) => stdout,
			);
			assert.equal(output, "");
		});
	}
}
