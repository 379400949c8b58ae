import module from "../dapp.wasm";
import { provide } from "./dapp/core.js";

provide(() => module);

export * from "./dapp/api.js";
