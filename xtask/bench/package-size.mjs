// How much a user downloads and keeps.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** Bytes of the wasm core and of the package, as `npm pack` would publish the installed folder. */
export function packageSizes(installed) {
	const wasm = readFileSync(join(installed, "dist", "core.wasm"));
	const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
		cwd: installed,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
	});
	const [{ size, unpackedSize }] = JSON.parse(packed);
	return {
		wasm: wasm.length,
		wasmGzip: gzipSync(wasm, { level: 9 }).length,
		wasmBrotli: brotliCompressSync(wasm).length,
		tarball: size,
		unpacked: unpackedSize,
	};
}
