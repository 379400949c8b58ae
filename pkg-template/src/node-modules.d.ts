/** What is used of Node.js: the library depends on no types of a platform. */
declare module "node:module" {
	interface Require {
		(name: "node:fs"): { readFileSync(path: string): Uint8Array<ArrayBuffer> };
		resolve(name: string): string;
	}
	export function createRequire(file: string): Require;
}
