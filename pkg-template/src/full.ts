import { provide } from "./core/core.js";
import { loadFull } from "./full-module.js";

provide(loadFull);

export * from "./api.js";
export { detect, explain } from "./verifier/explain.js";
