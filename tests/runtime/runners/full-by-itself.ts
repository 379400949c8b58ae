/**
 * A server: a sender that needs the full module gets it from the main entry, and so do `explain` and
 * `sign`. Prints what verifiers on both modules say in turns, and how many instances of a module there were.
 */
import { generateKeyPairSync, sign as signWith } from "node:crypto";
import { createVerifier, explain, sign } from "wallet-callback";
import { createReceiver } from "wallet-callback/receiver";
import { memoryStore } from "wallet-callback/stores/memory";
import { KEY, NOW, signed } from "../signed.ts";

let instances = 0;
const { Instance } = WebAssembly;
WebAssembly.Instance = new Proxy(Instance, {
	construct(target, values) {
		instances += 1;
		return Reflect.construct(target, values);
	},
});

const now = () => NOW * 1000;
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const keys = publicKey.export({ type: "spki", format: "pem" }) as string;
const body = '{"notificationId":"1","notificationType":"transfers"}';
const headers = {
	"content-type": "application/json",
	"x-circle-signature": signWith("sha256", Buffer.from(body), privateKey).toString("base64"),
	"x-circle-key-id": "key-1",
};

const common = createVerifier({ keys: KEY, now });
const before = { ok: common.safeVerify(signed()).ok, instances };
const verifiers = Array.from({ length: 200 }, (_, index) =>
	index % 2 === 0
		? createVerifier({ keys: KEY, now })
		: createVerifier({ sender: "circle", keys, now }),
);
let accepted = 0;
for (let round = 0; round < 5; round++) {
	for (const [index, verifier] of verifiers.entries()) {
		const own = index % 2 === 0;
		const key = own ? KEY : keys;
		if (verifier.safeVerify(own ? signed() : { headers, body }).ok) accepted += 1;
		if (!verifier.safeVerify(own ? { headers, body } : signed()).ok) accepted += 1;
		if (round === 0 && own) accepted += Number(sign({ body, key }).body === body);
	}
}
const { causes } = explain({ ...signed(), keys: `${KEY}\n`, now });
const after = { ok: common.safeVerify(signed()).ok, instances };

const receiver = createReceiver({ sender: "circle", keys, store: memoryStore(), onAny: () => {} });
const request = new Request("https://shop.example/circle", { method: "POST", headers, body });
receiver(request).then(async ({ status }) => {
	await receiver.close();
	const found = causes.map(({ code }) => code);
	console.log(JSON.stringify({ before, accepted, causes: found, after, status }));
});
