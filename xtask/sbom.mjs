// What is in the package, as a CycloneDX bill of materials: its WebAssembly modules with their hashes, the
// crates that they are made of, and the npm packages that are bundled in. Usage: node sbom.mjs FEATURE…
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const root = join(import.meta.dirname, "..");
const features = process.argv.slice(2);
const { name, version, license } = JSON.parse(readFileSync(join(root, "pkg/package.json"), "utf8"));

const cargo = (...options) =>
	execFileSync("cargo", options, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
const rustc = execFileSync("rustc", ["--version"], { cwd: root, encoding: "utf8" }).trim();

/** The crates without those that only build: macros, build scripts, tests. */
const crates = cargo(
	...[
		"tree",
		"--locked",
		"--package",
		name,
		"--no-default-features",
		"--features",
		features.join(),
	],
	...["--target", "wasm32-unknown-unknown", "--edges", "normal,no-proc-macro"],
	...["--prefix", "none", "--no-dedupe", "--format", "{p}|{l}"],
);
const others = [...new Set(crates.trim().split("\n"))]
	.map((line) => {
		const [, crate, of, expression] = /^(\S+) v(\S+).*\|(.*)$/.exec(line);
		return { name: crate, version: of, license: expression };
	})
	.filter((one) => one.name !== name)
	.sort((a, b) => (purl(a) < purl(b) ? -1 : 1));
const checksums = new Map(
	[
		...readFileSync(join(root, "Cargo.lock"), "utf8").matchAll(
			/name = "(.*)"\nversion = "(.*)"\nsource = .*\nchecksum = "(.*)"/g,
		),
	].map(([, crate, of, checksum]) => [`${crate}@${of}`, checksum]),
);

function purl(one) {
	return `pkg:cargo/${one.name}@${one.version}`;
}

function library(one) {
	const checksum = checksums.get(`${one.name}@${one.version}`);
	return {
		type: "library",
		"bom-ref": purl(one),
		name: one.name,
		version: one.version,
		purl: purl(one),
		licenses: [{ expression: one.license.replaceAll("/", " OR ") }],
		...(checksum && { hashes: [{ alg: "SHA-256", content: checksum }] }),
	};
}

/** An npm package of which the bundles hold a part: the command line's parser, and what inflates a module. */
function bundled(npm) {
	const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
	const { version: of, license: expression, integrity } = packages[`node_modules/${npm}`];
	const ref = `pkg:npm/${npm}@${of}`;
	const content = Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
	return {
		type: "library",
		"bom-ref": ref,
		name: npm,
		version: of,
		purl: ref,
		licenses: [{ expression }],
		hashes: [{ alg: "SHA-512", content }],
	};
}

function module(file) {
	const bytes = readFileSync(join(root, "pkg/dist", file));
	const content = createHash("sha256").update(bytes).digest("hex");
	return {
		type: "file",
		"bom-ref": file,
		name: `dist/${file}`,
		hashes: [{ alg: "SHA-256", content }],
	};
}

const self = `pkg:npm/${name}@${version}`;
const modules = ["core.wasm", "dapp.wasm", "full.wasm"].map(module);
const inside = ["commander", "fflate"].map(bundled);
const bom = {
	$schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
	bomFormat: "CycloneDX",
	specVersion: "1.6",
	version: 1,
	metadata: {
		tools: {
			components: [{ type: "application", name: "rustc", version: rustc }],
		},
		component: {
			type: "library",
			"bom-ref": self,
			name,
			version,
			purl: self,
			licenses: [{ expression: license.replace(/^\(|\)$/g, "") }],
		},
	},
	components: [...modules, ...inside, ...others.map(library)],
	dependencies: [
		{ ref: self, dependsOn: [...modules, ...inside].map((one) => one["bom-ref"]) },
		...modules.map((one) => ({ ref: one["bom-ref"], dependsOn: others.map(purl) })),
	],
};
writeFileSync(join(root, "pkg/sbom.cdx.json"), `${JSON.stringify(bom)}\n`);
