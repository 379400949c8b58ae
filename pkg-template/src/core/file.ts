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
		if (!mayRead(file)) return createRequire(file)(`./load/${name}.inline.js`).load();
		bytes = readFile(file);
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

/** Not imported: that costs a start two milliseconds, and to require it takes one more. */
function readFile(file: URL | string): Uint8Array<ArrayBuffer> {
	const { process } = globalThis as unknown as Host;
	const fs = process.getBuiltinModule?.("node:fs") ?? createRequire(file)("node:fs");
	return fs.readFileSync(file);
}

/** What Node and its like have; the first function came with Node 20.16. */
interface Host {
	readonly process: {
		getBuiltinModule?(name: "node:fs"): FileSystem;
		cwd(): string;
	};
}

interface FileSystem {
	readFileSync(file: URL | string): Uint8Array<ArrayBuffer>;
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
	const { process } = globalThis as unknown as Host;
	const require = createRequire(`${process.cwd()}/`);
	return readFile(require.resolve(`wallet-callback/${name}.wasm`));
}

const explainMissing = (name: string, file: URL | string | undefined): string =>
	`${name}.wasm is not at ${file ?? "a known place"}: something has bundled wallet-callback without it. Bundle with the condition "module", which has it as text, or leave wallet-callback out of the bundle, or copy the file there from node_modules/wallet-callback/dist`;
