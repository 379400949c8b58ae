/** Stands in the place of a node of EOS, and signs in with keys of an account. */
import { Bytes, PrivateKey } from "@wharfkit/antelope";
import { createDappRequest, safeVerifyDappCallback } from "wallet-callback/dapp";

const { accountKeys } = await import(process.env.SNIPPET);
const [active, owner, half, other] = Array.from({ length: 4 }, () => PrivateKey.generate("K1"));
const key = (one, weight) => ({ key: one.toPublic().toLegacyString(), weight });
const permissions = [
	{ perm_name: "active", required_auth: { threshold: 2, keys: [key(active, 2), key(half, 1)] } },
	{ perm_name: "owner", required_auth: { threshold: 1, keys: [key(owner, 1)] } },
	{ perm_name: "posting", required_auth: { threshold: 1, keys: [key(other, 1)] } },
];
const print = (...line) => console.log(JSON.stringify(line));

globalThis.fetch = async (url, { method, body }) => {
	if (method !== "POST") throw new Error(`expected POST, got ${method}`);
	print("asked", url, JSON.parse(body));
	return Response.json({ permissions });
};
const keys = await accountKeys("alice");

const { actionId, expected } = createDappRequest({
	action: "login",
	dapp: { name: "Shop", icon: "https://shop.example/icon.png" },
	chains: ["antelope:aca376f206b8fc25a6ed44dbdc66547c"],
	callbackUrl: "https://shop.example/tokenpocket",
});

/** Whether a login signed with this key is believed. */
function login(title, signer, options) {
	const timestamp = Math.floor(Date.now() / 1000);
	const [wallet, ref] = ["alice", "TokenPocket"];
	const text = `${timestamp}${wallet}${actionId}${ref}`;
	const sign = String(signer.signMessage(Bytes.from(text, "utf8")));
	const publickey = signer.toPublic().toLegacyString();
	const said = { action: "login", actionId, result: 1, timestamp, wallet, ref, sign, publickey };
	const result = safeVerifyDappCallback({ body: said, expected, ...options });
	print(title, result.ok ? result.authenticated : result.code);
}

login("active", active, { accountKeys: keys });
login("owner", owner, { accountKeys: keys });
login("one of two", half, { accountKeys: keys });
login("of another permission", other, { accountKeys: keys });
login("without keys", active, {});
