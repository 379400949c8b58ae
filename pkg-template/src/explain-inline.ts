import { coreFrom } from "./core.js";
import type { Explain } from "./explain.js";
import { explainOn } from "./explain-on.js";
import { loadFull } from "./full-module.js";

/**
 * Finds out why a callback does not verify. It runs on the full module, which starts with the first
 * call and is left out of a program that never explains.
 *
 * @example
 * ```ts
 * const { causes } = explain({ headers, body, keys: secret, sender: "stripe" });
 * for (const { certainty, message, fix } of causes) console.log(certainty, message, fix);
 * ```
 */
export const explain: Explain = /* @__PURE__ */ explainOn(/* @__PURE__ */ coreFrom(loadFull));
