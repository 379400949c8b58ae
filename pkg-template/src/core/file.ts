import { createRequire } from "node:module";
import { MISSING } from "./load.js";

/**
 * Compiles a module that lies in the package's folder, on which Node.js, Deno and Bun keep it. Bundlers
 * resolve another loader, which has it as text.
 */
export function read(name: string, locate: () => URL | string): WebAssembly.Module {
	let file: URL | string | undefined;
	let bytes: Uint8Array<ArrayBuffer>;
	try {
		file = locate();
		const require = createRequire(file);
		if (!mayRead(file)) return require(`./load/${name}.inline.js`).load();
		// Not imported: that costs a start two milliseconds.
		const { readFileSync } = require("node:fs");
		bytes = readFileSync(file);
	} catch (error) {
		try {
			bytes = readInstalled(name);
		} catch {
			throw Object.assign(new Error(explainMissing(name, file), { cause: error }), {
				code: MISSING,
			});
		}
	}
	return new WebAssembly.Module(bytes);
}

/** Deno asks before a program reads a file, but not before it loads the code of its packages. */
function mayRead(path: URL | string): boolean {
	const { Deno } = globalThis as { Deno?: DenoLike };
	return (Deno?.permissions.querySync({ name: "read", path }).state ?? "granted") === "granted";
}

interface DenoLike {
	readonly permissions: {
		querySync(wanted: { readonly name: "read"; readonly path: URL | string }): {
			readonly state: string;
		};
	};
}

/** A bundle leaves the file behind, but may run where the package is installed. */
function readInstalled(name: string): Uint8Array<ArrayBuffer> {
	const { cwd } = (globalThis as unknown as { process: { cwd(): string } }).process;
	const require = createRequire(`${cwd()}/`);
	return require("node:fs").readFileSync(require.resolve(`wallet-callback/${name}.wasm`));
}

const explainMissing = (name: string, file: URL | string | undefined): string =>
	`${name}.wasm is not at ${file ?? "a known place"}: something has bundled wallet-callback without it. Bundle with the condition "module", which has it as text, or leave wallet-callback out of the bundle, or copy the file there from node_modules/wallet-callback/dist`;
