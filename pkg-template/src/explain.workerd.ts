import { coreFrom } from "./core/core.js";
import { loadFull } from "./full-module.workerd.js";
import { createGlue } from "./generated/glue.js";
import type { Detect, Explain } from "./verifier/explain.js";
import { detectOn, explainOn } from "./verifier/explain-on.js";

const onFull = /* @__PURE__ */ coreFrom(loadFull, createGlue);

export const explain: Explain = /* @__PURE__ */ explainOn(onFull);
export const detect: Detect = /* @__PURE__ */ detectOn(onFull);
