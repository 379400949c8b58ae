import { load, more } from "#core";
import { load as loadFull } from "#on-demand";
import { offer, withFull } from "./core/runner.js";
import type { Detect, Explain } from "./verifier/explain.js";
import { detectOn, explainOn } from "./verifier/explain-on.js";
import type { GenerateKeyPair, GenerateSecret, Sign } from "./verifier/sign.js";
import { generateKeyPairOn, generateSecretOn, signOn } from "./verifier/sign-on.js";

offer(load, more);

export * from "./api.js";

const onFull = /* @__PURE__ */ withFull(loadFull);

/** {@inheritDoc Explain} */
export const explain: Explain = /* @__PURE__ */ explainOn(onFull);

/** {@inheritDoc Detect} */
export const detect: Detect = /* @__PURE__ */ detectOn(onFull);

/** {@inheritDoc Sign} */
export const sign: Sign = /* @__PURE__ */ signOn(onFull);

/** {@inheritDoc GenerateSecret} */
export const generateSecret: GenerateSecret = /* @__PURE__ */ generateSecretOn(onFull);

/** {@inheritDoc GenerateKeyPair} */
export const generateKeyPair: GenerateKeyPair = /* @__PURE__ */ generateKeyPairOn(onFull);
