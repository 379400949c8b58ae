/** The entry for dapps as its users have it: installed from the package's tarball. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { DappRejected, SignedMessageRejected } from "wallet-callback/dapp";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");

const dapp: typeof import("wallet-callback/dapp") = createRequire(join(CONSUMER, "package.json"))(
	"wallet-callback/dapp",
);

export const { ConfigError, createDappRequest } = dapp;

/** Each verdict is asked for in both forms, which must agree. */
export const safeVerifyDappCallback: typeof dapp.safeVerifyDappCallback = (options) => {
	const result = dapp.safeVerifyDappCallback(options);
	agree(result, () => dapp.verifyDappCallback(options));
	return result;
};

/** As above. */
export const safeVerifySignedMessage: typeof dapp.safeVerifySignedMessage = (options) => {
	const result = dapp.safeVerifySignedMessage(options);
	agree(result, () => dapp.verifySignedMessage(options));
	return result;
};

/** As above. */
export const safeRecoverSigner: typeof dapp.safeRecoverSigner = (options) => {
	const result = dapp.safeRecoverSigner(options);
	agree(result, () => dapp.recoverSigner(options));
	return result;
};

function agree(
	result: { readonly ok: true } | DappRejected | SignedMessageRejected,
	throwing: () => object,
): void {
	if (result.ok) {
		const { ok, ...accepted } = result;
		assert.deepEqual(throwing(), accepted);
		return;
	}
	const { code, message, path } = result;
	const given = path === undefined ? {} : { path };
	assert.throws(throwing, { name: "DappRejectedError", code, message, ...given });
}
