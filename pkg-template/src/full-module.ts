import { base64 } from "./generated/full-bytes.js";
import { compile } from "./inline.js";

/** In a file of its own beside the entries: a bundler drops it where nothing explains. */
export const loadFull = (): WebAssembly.Module => compile(base64);
