/** The module for dapps: started when first used. */

import { load } from "#dapp";
import { coreFrom, type Runner } from "../core/runner.js";
import { createGlue } from "../generated/dapp-glue.js";

/** Runs something on the module. */
export const withDapp: Runner = /* @__PURE__ */ coreFrom(load, createGlue);
