// Serves the site or the page that was built, as any host of static files may, under the policy that each
// page needs.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** Everything from the page's own files, and WebAssembly beside scripts. */
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** Where `www/build.mjs` puts it. */
export const FOLDER = join(import.meta.dirname, "..", "..", "target", "page");

/** Where `cargo xtask docs` puts the site, the page among its pages. */
export const SITE = join(import.meta.dirname, "..", "..", "target", "site");

/** @type {Record<string, string>} */
const TYPES = {
	".css": "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
	".wasm": "application/wasm",
	".woff2": "font/woff2",
};

/**
 * Serves a folder on loopback.
 *
 * @param {string} folder
 * @param {number} port 0 is any that is free.
 */
export async function servePage(folder, port = 0) {
	const server = createServer((request, response) => {
		const path = new URL(request.url ?? "/", "http://localhost").pathname;
		const name = path.endsWith("/") ? `${path}index.html` : path;
		// A name that could lead out of the folder is refused.
		const file = /^(\/[\w@-][\w@.-]*)+$/.test(name) ? read(join(folder, name)) : undefined;
		if (file === undefined) {
			response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
			return;
		}
		const packs = /\bgzip\b/.test(String(request.headers["accept-encoding"]));
		response.writeHead(200, {
			...(packs && { "content-encoding": "gzip" }),
			"content-type": TYPES[extname(name)] ?? "application/octet-stream",
			"content-security-policy": policyOf(name, file),
			"cache-control": "no-cache",
			"referrer-policy": "no-referrer",
			"x-content-type-options": "nosniff",
		});
		response.end(packs ? gzipSync(file) : file);
	});
	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	const bound = /** @type {import("node:net").AddressInfo} */ (server.address());
	return {
		address: `http://127.0.0.1:${bound.port}/`,
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}

/**
 * What a page says itself, or the strict one.
 *
 * @param {string} name
 * @param {Buffer} file
 */
function policyOf(name, file) {
	if (!name.endsWith(".html")) return POLICY;
	const own = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(file.toString());
	return own?.[1] ?? POLICY;
}

/** @param {string} path */
function read(path) {
	try {
		return readFileSync(path);
	} catch {
		return undefined;
	}
}
