/** The slim package with a module that its user compiled, and the suite. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cwd } from "node:process";
import * as dapp from "wallet-callback/dapp";
import * as lib from "wallet-callback/slim";
import type { Corpus, Host, Report } from "../model.ts";
import { run } from "../suite.ts";

const wasm = createRequire(`${cwd()}/`).resolve("wallet-callback/full.wasm");

export function report(corpus: Corpus, host?: Host): Promise<Report> {
	lib.initialize(new WebAssembly.Module(readFileSync(wasm)));
	return run({ ...lib, dapp }, corpus, host);
}
