import { load, more } from "#core";
import { load as loadFull } from "#explain";
import { offer, withFull } from "./core/core.js";
import type { Detect, Explain } from "./verifier/explain.js";
import { detectOn, explainOn } from "./verifier/explain-on.js";

offer(load, more);

export * from "./api.js";

const onFull = /* @__PURE__ */ withFull(loadFull);

/** {@inheritDoc Explain} */
export const explain: Explain = /* @__PURE__ */ explainOn(onFull);

/** {@inheritDoc Detect} */
export const detect: Detect = /* @__PURE__ */ detectOn(onFull);
