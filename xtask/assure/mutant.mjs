// Loaded before the tests of a change to the TypeScript layer: says what was reached, and ends loops without end.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const { MUTANTS_REACHED, MUTANT_HITS } = process.env;
globalThis.__stryker__ = MUTANT_HITS ? { hitCount: 0, hitLimit: Number(MUTANT_HITS) } : {};
if (MUTANTS_REACHED)
	process.on("exit", () => {
		const reached = globalThis.__stryker__.mutantCoverage?.static ?? {};
		writeFileSync(join(MUTANTS_REACHED, `${process.pid}.json`), JSON.stringify(reached));
	});
