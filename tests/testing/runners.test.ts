/** The entry in the runners of tests that its users have, as an ES module and as CommonJS. */
import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { execute, packageFile, prepareApp } from "../runtime/harness.ts";

const folder = prepareApp("testing");
const SUITE = fileURLToPath(new URL("./runners/suite.cjs", import.meta.url));
copyFileSync(SUITE, join(folder, "suite.cjs"));

/** The entries, by the names by which the suite has them. */
const ENTRIES = {
	core: "wallet-callback",
	receivers: "wallet-callback/receiver",
	stores: "wallet-callback/stores/memory",
	dapp: "wallet-callback/dapp",
	testing: "wallet-callback/testing",
};
const entries = Object.entries(ENTRIES);
const names = Object.keys(ENTRIES).join(", ");

/** What makes a runner's tests of the suite. */
interface Dialect {
	/** Where `test` and what compares come from. */
	readonly imports: Readonly<Record<string, string>>;
	readonly same: string;
}
const NODE: Dialect = {
	imports: { "{ test }": "node:test", assert: "node:assert/strict" },
	same: "assert.deepEqual",
};
const expecting = "(actual, expected) => expect(actual).toEqual(expected)";

function write(file: string, { imports, same }: Dialect): string {
	const isModule = file.endsWith("mjs");
	const modules = [
		...Object.entries(imports),
		...entries.map(([name, entry]) => [isModule ? `* as ${name}` : name, entry] as const),
		["suite", "./suite.cjs"] as const,
	];
	const lines = modules.map(([what, from]) =>
		isModule ? `import ${what} from "${from}";` : `const ${what} = require("${from}");`,
	);
	const path = join(folder, file);
	writeFileSync(path, `${lines.join("\n")}\nsuite({ ${names} }, test, ${same});\n`);
	return path;
}

for (const kind of ["mjs", "cjs"]) {
	test(`node:test, ${kind}`, async () => {
		const file = write(`node.test.${kind}`, NODE);
		const output = await execute(folder, process.execPath, ["--test-reporter=tap", file]);
		assert.match(output, /^# pass 3$/m, output);
		assert.match(output, /^# fail 0$/m);
	});

	test(`Jest, ${kind}`, async () => {
		const imports: Dialect["imports"] =
			kind === "mjs" ? { "{ expect, test }": "@jest/globals" } : {};
		const file = write(`jest.spec.${kind}`, { imports, same: expecting });
		const config = join(folder, `jest.${kind}.json`);
		const report = join(folder, `jest-report.${kind}.json`);
		writeFileSync(
			config,
			JSON.stringify({
				rootDir: folder,
				testMatch: [file],
				transform: {},
				moduleFileExtensions: ["js", "mjs", "cjs"],
			}),
		);
		await execute(folder, process.execPath, [
			...(kind === "mjs" ? ["--experimental-vm-modules"] : []),
			packageFile("jest", "bin/jest.js") as string,
			...["--config", config, "--runInBand", "--no-cache", "--json", `--outputFile=${report}`],
		]);
		const { default: results } = await import(report, { with: { type: "json" } });
		assert.deepEqual([results.numPassedTests, results.numTotalTests], [3, 3]);
	});
}

for (const inline of [false, true]) {
	test(`Vitest${inline ? ", with the package inlined" : ""}`, async () => {
		const name = inline ? "inline" : "external";
		const imports = { "{ expect, test }": "vitest" };
		const file = write(`${name}.vitest.mjs`, { imports, same: expecting });
		const config = join(folder, `vitest.${name}.mjs`);
		const deps = inline ? { server: { deps: { inline: ["wallet-callback"] } } } : {};
		const report = join(folder, `vitest-report.${name}.json`);
		const options = { include: [file], reporters: ["json"], outputFile: report, ...deps };
		writeFileSync(config, `export default ${JSON.stringify({ test: options })};\n`);
		const program = packageFile("vitest", "vitest.mjs") as string;
		await execute(folder, process.execPath, [program, "run", "--root", folder, "--config", config]);
		const { default: results } = await import(report, { with: { type: "json" } });
		assert.deepEqual([results.numPassedTests, results.numTotalTests], [3, 3]);
	});
}
