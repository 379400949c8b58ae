import module from "../core.wasm";
import { provide } from "./core/core.js";

provide(() => module);

export * from "./api.js";
export { detect, explain } from "./explain.workerd.js";
