/** The entry for dapps as its users have it: installed from the package's tarball. */
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");

export const {
	ConfigError,
	createDappRequest,
	verifyDappCallback,
	verifySignedMessage,
}: typeof import("wallet-callback/dapp") = createRequire(join(CONSUMER, "package.json"))(
	"wallet-callback/dapp",
);
