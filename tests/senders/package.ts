/** The package as its users have it: installed from its tarball, with both of its modules. */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));

export type Library = typeof import("wallet-callback");

/** Shared secrets and Ed25519. */
export const core: Library = require("wallet-callback");
/** Every sender. */
export const full: Library = require("wallet-callback/full");

export const libraries: readonly (readonly [entry: string, library: Library])[] = [
	["wallet-callback", core],
	["wallet-callback/full", full],
];
