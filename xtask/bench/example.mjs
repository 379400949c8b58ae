// The documentation's example of a confirmed deposit. In workerd, which reads no files, workerd.mjs
// puts a module with the same export in this one's place.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const events = join(import.meta.dirname, "..", "..", "tests", "vectors", "events");

export const example = JSON.parse(readFileSync(join(events, "deposit.confirmed.json"), "utf8"));
