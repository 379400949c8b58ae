import { provide } from "./core/core.js";
import { compile } from "./core/inline.js";
import { base64 } from "./generated/core-bytes.js";

provide(() => compile(base64));

export * from "./api.js";
export { detect, explain } from "./explain-inline.js";
