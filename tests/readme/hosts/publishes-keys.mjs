/** Stands in the place of senders that publish their keys, before a snippet starts: PUBLISHED has the key. */
import { createPublicKey } from "node:crypto";

const { id, pem } = JSON.parse(process.env.PUBLISHED);
const key = createPublicKey(pem);
const elsewhere = globalThis.fetch;

globalThis.fetch = async (url, init) => {
	const { host, pathname } = new URL(url);
	if (host === "api.circle.com" && pathname === `/v2/notifications/publicKey/${id}`) {
		const publicKey = key.export({ format: "der", type: "spki" }).toString("base64");
		return Response.json({ data: { id, algorithm: "ECDSA_SHA_256", publicKey } });
	}
	if (host === "keys.fireblocks.io" && pathname === "/.well-known/jwks.json") {
		return Response.json({ keys: [{ ...key.export({ format: "jwk" }), kid: id }] });
	}
	return elsewhere(url, init);
};
