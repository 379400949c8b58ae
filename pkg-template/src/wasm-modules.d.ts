/** What the package's imports map resolves for each platform, to modules that the build writes. */

declare module "#core" {
	export const load: () => WebAssembly.Module;
	/** Brings the full module, where nothing but the disk has to hold it until then. */
	export const more: (() => WebAssembly.Module) | undefined;
}

declare module "#full" {
	export const load: () => WebAssembly.Module;
}

declare module "#dapp" {
	export const load: () => WebAssembly.Module;
}

/** The full module for `explain` of the main entry, except on platforms where bundles keep it unused. */
declare module "#explain" {
	export const load: (() => WebAssembly.Module) | undefined;
}
