/** The slim entry; `WebAssembly` is among the DOM's types, not among Node's. */
import { createVerifier, initialize } from "wallet-callback/slim";

initialize(new WebAssembly.Module(new Uint8Array()));
createVerifier({ keys: "whsec_…" }).safeVerify({ headers: {}, body: "" });
