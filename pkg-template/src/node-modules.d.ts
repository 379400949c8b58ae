/** What is used of Node.js: the library depends on no types of a platform. */
declare module "node:module" {
	interface Require {
		(name: "node:fs"): { readFileSync(path: URL | string): Uint8Array<ArrayBuffer> };
		(name: `./load/${string}`): { load(): WebAssembly.Module };
		resolve(name: string): string;
	}
	export function createRequire(file: URL | string): Require;
}
