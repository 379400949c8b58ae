import { provide } from "./core.js";
import { base64 } from "./generated/core-bytes.js";
import { compile } from "./inline.js";

provide(() => compile(base64));

export * from "./api.js";
export { detect, explain } from "./explain.node.js";
