/** Brings a compiled module. */
export type Load = () => WebAssembly.Module;

/**
 * The code of the error with which a loader says that the module is not where it should be. It is a
 * plain one: a loader is a file of its own, which shares no class with the entries.
 */
export const MISSING = "wasm_missing";
