import { createRequire } from "node:module";
import { CoreError } from "./core/errors.js";

/**
 * Reads the full module from the package's folder: as text in the program, it would cost every start
 * several milliseconds, explained or not. Bundlers resolve another entry, which has the text.
 */
export function loadFull(): WebAssembly.Module {
	return new WebAssembly.Module(readFull());
}

function readFull(): Uint8Array<ArrayBuffer> {
	try {
		// In CommonJS modules, the build puts the file's name in the place of the URL.
		const require = createRequire(import.meta.url);
		// Not imported: that costs a start two milliseconds.
		return require("node:fs").readFileSync(require.resolve("../full.wasm"));
	} catch (error) {
		throw new CoreError(
			"wasm_missing",
			"full.wasm is not in the package's folder: something has bundled wallet-callback for Node.js without the condition module; import explain from wallet-callback/full there, which has it as text",
			error,
		);
	}
}
