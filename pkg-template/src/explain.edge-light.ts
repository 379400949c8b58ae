import { coreFrom } from "./core.js";
import type { Detect, Explain } from "./explain.js";
import { detectOn, explainOn } from "./explain-on.js";
import { loadFull } from "./full-module.edge-light.js";
import { createGlue } from "./generated/glue.js";

const onFull = /* @__PURE__ */ coreFrom(loadFull, createGlue);

export const explain: Explain = /* @__PURE__ */ explainOn(onFull);
export const detect: Detect = /* @__PURE__ */ detectOn(onFull);
