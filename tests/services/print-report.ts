/** Prints the results of the scenarios as tables: print-report.ts FILE. */

import { readFileSync } from "node:fs";
import { toMarkdown } from "./report.ts";

console.log(toMarkdown(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"))));
