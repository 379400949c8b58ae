import { compile } from "./core/inline.js";
import { base64 } from "./generated/full-bytes.js";

/** In a file of its own beside the entries: a bundler drops it where nothing explains. */
export const loadFull = (): WebAssembly.Module => compile(base64);
