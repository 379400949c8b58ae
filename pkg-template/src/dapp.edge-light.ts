import module from "../dapp.wasm?module";
import { provide } from "./dapp/core.js";

provide(() => module);

export * from "./dapp/api.js";
