/**
 * Prints what stands in the docs and is made of the project's own data:
 * `node --import tsx tests/readme/print-tables.ts`, after `cargo xtask test` has built the package.
 */
import { tables } from "./tables.ts";

for (const [name, { table }] of Object.entries(tables)) {
	console.log(`<!-- ${name}:begin -->\n${table()}<!-- ${name}:end -->`);
}
