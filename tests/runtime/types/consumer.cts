/** The same from CommonJS. */
import wallet = require("wallet-callback");
import dapp = require("wallet-callback/dapp");
import wait = require("wallet-callback/dapp/wait");

const verifier: wallet.Verifier = wallet.createVerifier({ keys: wallet.generateSecret() });
const result: wallet.VerifyResult = verifier.safeVerify({ headers: {}, body: "" });
if (!result.ok) console.log(result.code, result.status);
else console.log(result.event.type, result.key.index);

const error: unknown = new wallet.ConfigError("invalid_key", "expected a key, got none");
if (error instanceof wallet.ConfigError) console.log(error.code);

const answer: dapp.SignedMessageResult = dapp.safeVerifySignedMessage({
	scheme: "solana",
	address: "",
	message: new Uint8Array(),
	signature: "",
});
if (!answer.ok) console.log(answer.code, answer.message);
const status: Promise<wait.DappStatus> = wait.waitForDapp("/status");
console.log(status);

// @ts-expect-error: no keys
wallet.createVerifier({});
