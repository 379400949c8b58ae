/** The module for dapps: started when first used. */

import { coreFrom, type Runner } from "../core/core.js";
import { CoreError } from "../core/errors.js";
import { createGlue } from "../generated/dapp-glue.js";

let own: Runner = () => {
	throw new CoreError("wasm_missing", "the entry for dapps has no module");
};

/** Says where the module comes from. Called once by each entry. */
export function provide(load: () => WebAssembly.Module): void {
	own = coreFrom(load, createGlue);
}

/** Runs something on the module. */
export const withDapp: Runner = (run) => own(run);
