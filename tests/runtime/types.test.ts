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

/** This one and the one that most projects have. */
const COMPILERS = ["typescript", "typescript-5"] as const;

for (const [resolution, resolutionOptions] of Object.entries(RESOLUTIONS)) {
	for (const [environment, { options, files }] of Object.entries(ENVIRONMENTS)) {
		for (const compiler of resolution === "nodenext" ? COMPILERS : COMPILERS.slice(0, 1)) {
			test(`${resolution}, with ${environment}, by ${compiler}`, async () => {
				const compilerOptions = { ...STRICT, ...resolutionOptions, ...options };
				await compile(compiler, `${resolution}.${files.length}`, { compilerOptions, files });
			});
		}
	}
}

for (const compiler of COMPILERS) {
	test(`clients of stores, by ${compiler}`, async () => {
		const options = { ...RESOLUTIONS.nodenext, lib: ["es2023", "dom"], types: ["node"] };
		// The types of clients have faults of their own.
		const compilerOptions = { ...STRICT, ...options, typeRoots: [NODE_TYPES], skipLibCheck: true };
		await compile(compiler, "clients", { compilerOptions, files: ["clients.mts"] });
	});
}

async function compile(compiler: string, name: string, project: object): Promise<void> {
	const config = `tsconfig.${name}.${compiler}.json`;
	writeFileSync(join(folder, config), JSON.stringify(project));
	const tsc = packageFile(compiler, "bin/tsc") as string;
	const output = await execute(folder, process.execPath, [tsc, "-p", config]).catch(
		({ stdout }) => stdout,
	);
	assert.equal(output, "");
}
