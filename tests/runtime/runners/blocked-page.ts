/** A page whose policy forbids WebAssembly: sends back what the first use throws. */
import * as lib from "wallet-callback";
import { KEY } from "../signed.ts";
import { describeError } from "../suite.ts";

const outcome = (() => {
	try {
		lib.createVerifier({ keys: KEY });
		return { built: true };
	} catch (error) {
		return describeError(lib, error);
	}
})();
await fetch("/report", { method: "POST", body: JSON.stringify(outcome) });
