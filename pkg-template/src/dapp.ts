import { compile } from "./core/inline.js";
import { provide } from "./dapp/core.js";
import { base64 } from "./generated/dapp-bytes.js";

provide(() => compile(base64));

export * from "./dapp/api.js";
