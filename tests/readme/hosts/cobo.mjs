/** Stands in Cobo's place: asks for approvals, and reads the answers. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
process.env.COBO_PUBLIC_KEY = publicKey.export({ format: "pem", type: "spki" });

const { receiver } = await import(process.env.SNIPPET);

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

async function ask(title, amount) {
	const body = JSON.stringify({ transaction_id: `for ${amount}`, amount });
	const time = String(Date.now());
	const signed = sha256(sha256(`${body}|${time}`));
	const headers = {
		"biz-timestamp": time,
		"biz-resp-signature": sign(null, signed, privateKey).toString("hex"),
	};
	const request = new Request("https://example.com/", { method: "POST", headers, body });
	const response = await receiver(request);
	const type = response.headers.get("content-type");
	console.log(JSON.stringify([title, response.status, type, await response.text()]));
}

await ask("little", "1");
await ask("much", "1000");
await ask("little again", "1");
