/** Stands in Circle's place: publishes a key, and posts what that key has signed. */
import { generateKeyPairSync, sign } from "node:crypto";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const asked = [];

globalThis.fetch = async (url) => {
	const { host, pathname } = new URL(url);
	if (host !== "api.circle.com") throw new Error(`expected api.circle.com, got ${host}`);
	asked.push(pathname);
	if (!pathname.endsWith("/key-1")) return new Response(null, { status: 404 });
	const text = publicKey.export({ format: "der", type: "spki" }).toString("base64");
	const data = { id: "key-1", algorithm: "ECDSA_SHA_256", publicKey: text };
	return Response.json({ data });
};

process.env.CIRCLE_SUBSCRIPTION_ID = "own";
const { receiver } = await import(process.env.SNIPPET);
const bodyFor = (notificationId, subscriptionId) =>
	JSON.stringify({ notificationType: "payments", notificationId, subscriptionId });
const body = bodyFor("ntf_1", "own");

async function post(title, sent, keyId, signed = body) {
	const headers = {
		"content-type": "application/json",
		"x-circle-key-id": keyId,
		"x-circle-signature": sign("sha256", Buffer.from(signed), privateKey).toString("base64"),
	};
	const request = new Request("https://example.com/", { method: "POST", headers, body: sent });
	const response = await receiver(request);
	console.log(JSON.stringify([title, response.status, await response.json()]));
}

await post("genuine", body, "key-1");
await post("again", body, "key-1");
const theirs = bodyFor("ntf_3", "theirs");
await post("another customer's", theirs, "key-1", theirs);
await post("forged", body.replace("ntf_1", "ntf_2"), "key-1");
await post("of another key", body, "key-2");
console.log(JSON.stringify(["asked for", asked]));
