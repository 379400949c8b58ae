/** The package as its users have it: installed from its tarball, with both of its modules. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));

const INSTALLED = join("node_modules", "wallet-callback", "dist");

export type Library = typeof import("wallet-callback");

/** Shared secrets and Ed25519. The main entry would take the full module for the rest by itself. */
export const core: Library = onModule("core.wasm");
/** Every sender. */
export const full: Library = require("wallet-callback/full");

/** The entries that can explain, as users have them. */
export const explaining: typeof libraries = [
	["wallet-callback", require("wallet-callback")],
	["wallet-callback/full", full],
];

/** The package with a module of its own: a process has one for all entries. */
function onModule(name: string): Library {
	const { initialize, ...library } = require("wallet-callback/slim");
	initialize(new WebAssembly.Module(readFileSync(require.resolve(`wallet-callback/${name}`))));
	const loaded = Object.keys(require.cache).filter((file) => file.includes(INSTALLED));
	for (const file of loaded) delete require.cache[file];
	return library;
}

export const libraries: readonly (readonly [entry: string, library: Library])[] = [
	["wallet-callback", core],
	["wallet-callback/full", full],
];
