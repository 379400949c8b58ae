import { coreFrom } from "./core.js";
import type { Explain } from "./explain.js";
import { explainOn } from "./explain-on.js";
import { loadFull } from "./full-module.workerd.js";

export const explain: Explain = /* @__PURE__ */ explainOn(/* @__PURE__ */ coreFrom(loadFull));
