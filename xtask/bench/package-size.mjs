// How much a user downloads and keeps.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** Bytes of the modules and of the package, as `npm pack` would publish the installed folder. */
export function packageSizes(installed) {
	const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
		cwd: installed,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
	});
	const [{ size, unpackedSize }] = JSON.parse(packed);
	const modules = ["core.wasm", "full.wasm", "dapp.wasm"].map((name) => {
		const bytes = readFileSync(join(installed, "dist", name));
		return {
			name,
			raw: bytes.length,
			gzip: gzipSync(bytes, { level: 9 }).length,
			brotli: brotliCompressSync(bytes).length,
		};
	});
	return { modules, tarball: size, unpacked: unpackedSize };
}
