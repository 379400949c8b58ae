/** The same from CommonJS. */
import wallet = require("wallet-callback");

const verifier: wallet.Verifier = wallet.createVerifier({ keys: wallet.generateSecret() });
const result: wallet.VerifyResult = verifier.verify({ headers: {}, body: "" });
if (!result.ok) console.log(result.code, result.status);
else console.log(result.event.type, result.key.index);

const error: unknown = new wallet.ConfigError("invalid_key", "expected a key, got none");
if (error instanceof wallet.ConfigError) console.log(error.code);

// @ts-expect-error: no keys
wallet.createVerifier({});
