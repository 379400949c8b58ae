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

/**
 * The full module for the functions of the main entry that run on it, such as `explain` and `sign`, except
 * on platforms where bundles keep it unused.
 */
declare module "#on-demand" {
	export const load: (() => WebAssembly.Module) | undefined;
}
