/** A browser's page: fetches the corpus, runs the suite and sends the report back. */
import type { Host } from "../model.ts";
import { report } from "./entry.ts";

const frame = document.body.appendChild(document.createElement("iframe"));
const foreign = frame.contentWindow as Window & typeof globalThis;
const host: Host = { foreignBytes: (bytes) => new foreign.Uint8Array(bytes) };

const corpus = await (await fetch("/corpus.json")).json();
await fetch("/report", { method: "POST", body: JSON.stringify(await report(corpus, host)) });
