/** The types of `page.mjs`, for the tests of the page. */

/** Everything from the page's own files, and WebAssembly beside scripts. */
export const POLICY: string;

/** Where `www/build.mjs` puts it. */
export const FOLDER: string;

/** Where `cargo xtask docs` puts the site, the page among its pages. */
export const SITE: string;

/** Serves a folder on loopback; port 0 is any that is free. */
export function servePage(
	folder: string,
	port?: number,
): Promise<{ readonly address: string; close(): void }>;
