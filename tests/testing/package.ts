/** The entry for tests as its users have it: installed from the package's tarball. */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

export const CONSUMER: string = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));

export const {
	createVerifier,
	ConfigError,
	generateKeyPair,
	generateSecret,
	senders,
}: typeof import("wallet-callback/full") = require("wallet-callback/full");
export const { createReceiver }: typeof import("wallet-callback/receiver") =
	require("wallet-callback/receiver");
export const { memoryStore }: typeof import("wallet-callback/stores/memory") =
	require("wallet-callback/stores/memory");
export const {
	createDappRequest,
	safeVerifyDappCallback,
	toDappHandler,
}: typeof import("wallet-callback/dapp") = require("wallet-callback/dapp");
export const {
	fakeClock,
	fakeWallet,
	sampleEvent,
	signedRequest,
}: typeof import("wallet-callback/testing") = require("wallet-callback/testing");
