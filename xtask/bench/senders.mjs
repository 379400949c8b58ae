// Runs in Node: what verifying a callback of each sender with a shared secret costs beside tp-wallet.
import { example } from "./example.mjs";
import { measure } from "./measure.mjs";

const { entry, settings } = JSON.parse(process.argv[2]);
const { createVerifier, senders, sign } = await import(entry);

/** The body of all of them: the example event with the time that dfns signs, filled up to 1 KB. */
const event = filledUp(1024);

/** The sender that posts a form, and as much of one. */
const FORM_SENDER = "coinpayments-ipn";
const form = formOf(1024);

/** A secret that is one in every encoding that senders use. */
const digits = "0123456789abcdef".repeat(4);

const rows = senders().filter(hasSecret).map(toRow);
const figures = await measure(rows, settings);
process.stdout.write(JSON.stringify({ figures }));

function hasSecret({ algorithm, entry: from }) {
	return from === "wallet-callback" && !algorithm.startsWith("Ed25519");
}

function toRow({ name: sender, requires }) {
	const key = keyOf(sender);
	const request = { method: "POST", url: "https://receiver.example/callback" };
	const registered = { url: request.url, clientId: "client-1" };
	const body = sender === FORM_SENDER ? form : event;
	const signed = sign({ sender, key, body, clientId: registered.clientId, ...request });
	const callback = { ...signed, ...request };
	const needed = Object.fromEntries(requires.map((option) => [option, registered[option]]));
	const verifier = createVerifier({ ...needed, sender, keys: key });
	const batch = (calls) => {
		const start = performance.now();
		for (let call = 0; call < calls; call++) {
			if (!verifier.safeVerify(callback).ok) throw new Error(`a callback of ${sender} was refused`);
		}
		return performance.now() - start;
	};
	return { sender, batch };
}

/** Standard Webhooks has a prefix and base64; of the others, none minds hexadecimal digits. */
function keyOf(sender) {
	const standard = ["tp-wallet", "standard-webhooks", "svix"];
	return standard.includes(sender) ? `whsec_${btoa(digits.slice(32))}` : digits;
}

function filledUp(bytes) {
	const timestampSent = Math.floor(Date.now() / 1000);
	const withMemo = (memo) => ({ ...example, timestampSent, data: { ...example.data, memo } });
	const length = JSON.stringify(withMemo("")).length;
	return new TextEncoder().encode(JSON.stringify(withMemo("x".repeat(bytes - length))));
}

function formOf(bytes) {
	const { chain, asset, to, txHash } = example.data;
	const fields = { ipn_type: "deposit", ipn_id: "1", chain, asset, to, txHash, memo: "" };
	const length = new URLSearchParams(fields).toString().length;
	const text = new URLSearchParams({ ...fields, memo: "x".repeat(bytes - length) }).toString();
	return new TextEncoder().encode(text);
}
