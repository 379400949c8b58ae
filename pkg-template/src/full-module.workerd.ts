import module from "../full.wasm";

/** In a file of its own beside the entries: a bundler drops it, and its import, where nothing explains. */
export const loadFull = (): WebAssembly.Module => module;
