// The installed package. WALLET_CALLBACK_PKG names the folder in whose node_modules it is.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const consumer = resolve(process.env.WALLET_CALLBACK_PKG ?? join(root, "target", "consumer"));
const load = createRequire(join(consumer, "package.json"));

/** @type {typeof import("../../pkg/dist/esm/index.js")} */
export const { createVerifier, generateKeyPair, generateSecret, sign } = load("wallet-callback");
/** @type {typeof import("../../pkg/dist/esm/receiver.js")} */
export const { createReceiver } = load("wallet-callback/receiver");
/** @type {typeof import("../../pkg/dist/esm/adapters/node.js")} */
export const { toNodeListener } = load("wallet-callback/node");
/** @type {typeof import("../../pkg/dist/esm/stores/memory.js")} */
export const { memoryStore } = load("wallet-callback/stores/memory");
/** @type {typeof import("../../pkg/dist/esm/dapp.js")} */
export const {
	ConfigError,
	createDappRequest,
	toDappHandler,
	safeVerifyDappCallback,
	safeRecoverSigner,
} = load("wallet-callback/dapp");
