/** Jest with jsdom. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildRunner, execute, packageFile, type Runtime, readReport } from "../harness.ts";

const PROGRAM = packageFile("jest", "bin/jest.js");
const ENVIRONMENT = packageFile("jest-environment-jsdom", "build/index.js");

export const jest: Runtime = {
	name: "Jest with jsdom",
	lacks: ["Request"],
	missing: () => (PROGRAM && ENVIRONMENT ? undefined : "npm ci"),
	async run({ folder, corpus }) {
		const output = join(folder, "jest-report.json");
		const define = { __CORPUS__: JSON.stringify(corpus), __REPORT__: JSON.stringify(output) };
		const file = await buildRunner(folder, "jest.ts", { format: "cjs", define });
		const config = join(folder, "jest.config.json");
		writeFileSync(
			config,
			JSON.stringify({
				rootDir: folder,
				testEnvironment: ENVIRONMENT,
				testMatch: [file],
				transform: {},
			}),
		);
		await execute(folder, process.execPath, [
			PROGRAM as string,
			"--config",
			config,
			"--runInBand",
			"--no-cache",
		]);
		return readReport(output);
	},
};
