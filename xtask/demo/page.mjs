// Serves the page that was built, as any host of static files may, under the policy that it needs.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** Everything from the page's own files, and WebAssembly beside scripts. */
export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** Where `www/build.mjs` puts it. */
export const FOLDER = join(import.meta.dirname, "..", "..", "target", "page");

/** @type {Record<string, string>} */
const TYPES = {
	".css": "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
	".wasm": "application/wasm",
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
		// Files lie side by side: a name that could lead elsewhere is none.
		const name = path === "/" ? "index.html" : path.slice(1);
		const file = /^[\w.-]+$/.test(name) ? read(join(folder, name)) : undefined;
		if (file === undefined) {
			response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
			return;
		}
		const packs = /\bgzip\b/.test(String(request.headers["accept-encoding"]));
		response.writeHead(200, {
			...(packs && { "content-encoding": "gzip" }),
			"content-type": TYPES[extname(name)] ?? "application/octet-stream",
			"content-security-policy": POLICY,
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

/** @param {string} path */
function read(path) {
	try {
		return readFileSync(path);
	} catch {
		return undefined;
	}
}
