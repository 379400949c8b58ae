/** Node, Deno and Bun: `process.mjs <entry> <corpus> <report>`. */
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import type { Corpus, Host, Report } from "../model.ts";

const [entry = "", corpus = "", output = ""] = argv.slice(2);
const { report }: { report(corpus: Corpus, host: Host): Promise<Report> } = await import(
	pathToFileURL(entry).href
);

const ForeignUint8Array: typeof Uint8Array = runInNewContext("Uint8Array");
const host: Host = { foreignBytes: (bytes) => new ForeignUint8Array(bytes) };

writeFileSync(output, JSON.stringify(await report(JSON.parse(readFileSync(corpus, "utf8")), host)));
