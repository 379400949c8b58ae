/** Prints the table of `docs/assurance.md`. */
import { compare, table } from "./peers.ts";

console.log(table(await compare()));
