/** The package as it is imported, name by name as users do and bundlers shake, and the suite. */
import {
	CallbackRejectedError,
	ConfigError,
	CoreError,
	createVerifier,
	detect,
	explain,
	generateKeyPair,
	generateSecret,
	senders,
	sign,
} from "wallet-callback";
import {
	createDappRequest,
	ConfigError as DappConfigError,
	safeRecoverSigner,
	safeVerifyDappCallback,
	safeVerifySignedMessage,
	toDappHandler,
} from "wallet-callback/dapp";
import type { Corpus, Host, Library, Report } from "../model.ts";
import { run } from "../suite.ts";

const lib: Library = {
	CallbackRejectedError,
	ConfigError,
	CoreError,
	createVerifier,
	dapp: {
		ConfigError: DappConfigError,
		createDappRequest,
		toDappHandler,
		safeVerifyDappCallback,
		safeRecoverSigner,
		safeVerifySignedMessage,
	},
	detect,
	explain,
	generateKeyPair,
	generateSecret,
	senders,
	sign,
};

export const report = (corpus: Corpus, host?: Host): Promise<Report> => run(lib, corpus, host);
