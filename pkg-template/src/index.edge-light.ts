import module from "../core.wasm?module";
import { provide } from "./core/core.js";

provide(() => module);

export * from "./api.js";
export { detect, explain } from "./explain.edge-light.js";
