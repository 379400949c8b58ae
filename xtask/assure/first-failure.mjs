// A reporter that ends the process with the first test that fails, of those that pass without a change to the
// layer; the others are named in MUTANT_KNOWN. With MUTANTS_REACHED, it writes into that folder which fail.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const { MUTANTS_REACHED, MUTANT_KNOWN = "[]" } = process.env;
const known = new Set(JSON.parse(MUTANT_KNOWN));

export default async function* report(events) {
	const failed = [];
	for await (const { type, data } of events) {
		if (type !== "test:fail") continue;
		if (!MUTANTS_REACHED && !known.has(data.name)) process.exit(1);
		failed.push(data.name);
	}
	if (MUTANTS_REACHED) writeFileSync(join(MUTANTS_REACHED, "failed"), JSON.stringify(failed));
	yield "";
	if (failed.every((name) => known.has(name))) process.exit(0);
}
