import { load } from "#full";
import { provide } from "./core/runner.js";

provide(load);

export * from "./api.js";
export { detect, explain } from "./verifier/explain.js";
export { generateKeyPair, generateSecret, sign } from "./verifier/sign.js";
