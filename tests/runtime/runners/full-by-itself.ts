/**
 * A server: a sender that needs the full module gets it from the main entry, and so does `explain`.
 * Prints what a verifier that was there before says before and after, and what came of the rest.
 */
import { generateKeyPairSync, sign as signWith } from "node:crypto";
import { createVerifier, explain, generateSecret, sign } from "wallet-callback";

const key = generateSecret();
const callback = sign({ body: '{"type":"t","timestamp":"2023-11-14T22:13:20Z","data":{}}', key });
const verifier = createVerifier({ keys: key });
const before = verifier.safeVerify(callback).ok;

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const keys = publicKey.export({ type: "spki", format: "pem" }) as string;
const body = Buffer.from("{}");
const headers = {
	"fireblocks-signature": signWith("sha512", body, privateKey).toString("base64"),
};
const rsa = createVerifier({ sender: "fireblocks", keys }).safeVerify({ headers, body }).ok;
const { causes } = explain({ ...callback, keys: `${key}\n` });
const after = verifier.safeVerify(callback).ok;
console.log(JSON.stringify({ before, rsa, causes: causes.map(({ code }) => code), after }));
