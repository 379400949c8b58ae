// Runs in Node: what a receiver costs in process, without HTTP, beside the verifier alone. Each callback has
// an id of its own and is handled once.
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { createCallbacks, secret } from "./callbacks.mjs";
import { measure } from "./measure.mjs";

const { consumer, settings } = JSON.parse(process.argv[2]);
const load = createRequire(`${consumer}/package.json`);
const { createVerifier } = load("wallet-callback");
const { createReceiver } = load("wallet-callback/receiver");
const { memoryStore } = load("wallet-callback/stores/memory");

const key = Buffer.from(secret.slice("whsec_".length), "base64");
const pool = await createCallbacks("standard", 1024, 64);
let made = 0;

let lines = 0;
const log = {
	info: () => void lines++,
	warn: () => void lines++,
	error: () => void lines++,
};
let handled = 0;
const on = { "deposit.confirmed": () => void handled++ };
const receiverWith = (given) =>
	createReceiver({ keys: secret, store: memoryStore(), requireHttps: false, log: given, on });
const verifier = createVerifier({ keys: secret });

const rows = [
	{ name: "verify", batch: batchOf((callback) => verifier.safeVerify(callback).ok) },
	{ name: "receiver", batch: batchOf(receive(receiverWith(false))) },
	{ name: "receiver with log", batch: batchOf(receive(receiverWith(log))) },
];
// Longer than for other subjects: promises take longer to become fast.
const own = { rounds: Math.min(settings.rounds, 21), batchMs: 40, warmupMs: 1500 };
const figures = await measure(rows, own);
if (handled === 0 || lines === 0) throw new Error("the receivers handled or logged nothing");
process.stdout.write(JSON.stringify({ figures }));

function receive(receiver) {
	return async ({ headers, body }) => {
		const request = { method: "POST", headers, secure: true, url: "https://shop.example/" };
		const { status } = await receiver.receive({ ...request, readBody: async () => body }, {});
		return status === 200;
	};
}

/** Batches of callbacks that are signed before the clock starts. */
function batchOf(handle) {
	return async (calls) => {
		const callbacks = Array.from({ length: calls }, signAnew);
		const start = performance.now();
		for (const callback of callbacks) {
			if (!(await handle(callback))) throw new Error("a genuine callback was refused");
		}
		return performance.now() - start;
	};
}

function signAnew() {
	const { headers, body } = pool[made % pool.length];
	const id = `msg_${process.pid}_${made++}`;
	const signed = `${id}.${headers["webhook-timestamp"]}.`;
	const signature = createHmac("sha256", key).update(signed).update(body).digest("base64");
	return {
		headers: { ...headers, "webhook-id": id, "webhook-signature": `v1,${signature}` },
		body,
	};
}
