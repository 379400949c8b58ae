/** The slim entry from CommonJS. */
import slim = require("wallet-callback/slim");

slim.initialize(new WebAssembly.Module(new Uint8Array()));
slim.createVerifier({ keys: "whsec_…" }).safeVerify({ headers: {}, body: "" });
