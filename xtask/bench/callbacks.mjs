// Genuine callbacks in the format of each sender, signed with WebCrypto because every runtime has it.
import { example } from "./example.mjs";

const encoder = new TextEncoder();
const rawKey = "wallet-callback-benchmark-secret";

/** The secret that every subject is given; senders that do not decode it use its characters. */
export const secret = `whsec_${btoa(rawKey)}`;

/** The sizes of the bodies that are measured, in bytes. */
export const sizes = [355, 1024, 4096, 65_536];

const exampleBytes = JSON.stringify(example).length;

/** What the bodies are, in two lines. */
export const bodies = [
	"Bodies: 355 B is a deposit.confirmed on Aptos with short members. Larger ones are the example",
	`tests/vectors/events/deposit.confirmed.json (${exampleBytes} B), filled up by a memo.`,
];

/** What a server behind a proxy receives besides the sender's own headers. */
const otherHeaders = {
	host: "wallet.example.com",
	connection: "keep-alive",
	"content-type": "application/json",
	"user-agent": "callback-sender/1.0",
	accept: "*/*",
	"accept-encoding": "gzip, deflate, br",
	"x-forwarded-for": "203.0.113.7",
	"x-forwarded-proto": "https",
};

const formats = {
	standard: (callback) => standardHeaders("webhook", callback),
	svix: (callback) => standardHeaders("svix", callback),
	async stripe({ timestamp, body }) {
		return {
			"stripe-signature": `t=${timestamp},v1=${hex(await mac(secret, `${timestamp}.`, body))}`,
		};
	},
	async github({ body }) {
		return { "x-hub-signature-256": `sha256=${hex(await mac(secret, "", body))}` };
	},
};

/** Makes `count` different callbacks of one size, so that nothing can be answered from a cache. */
export async function createCallbacks(format, size, count) {
	return Promise.all(
		Array.from({ length: count }, (_, index) =>
			createCallback(format, JSON.stringify(deposit(size, index)), index),
		),
	);
}

/** Signs a body. It is stamped as sent now and stays fresh for five minutes. */
export async function createCallback(format, text, index = 0) {
	const id = `msg_2KWPBgLlAfxdpx2AI54pPJ85f${100 + index}`;
	const timestamp = Math.floor(Date.now() / 1000);
	const body = encoder.encode(text);
	const signed = await formats[format]({ id, timestamp, body });
	return { headers: { ...otherHeaders, ...signed }, body };
}

/** The same callback with one byte of its body changed; the body is still JSON. */
export function tamper({ headers, body }) {
	const changed = body.slice();
	changed[changed.lastIndexOf(0x31)] = 0x32; // the last "1" becomes "2"
	return { headers, body: changed };
}

/** A `deposit.confirmed` event of exactly `size` bytes: one of its strings fills it up. */
function deposit(size, index) {
	const event = size < exampleBytes ? smallDeposit(index) : largeDeposit(index);
	const [member, filler] =
		size < exampleBytes ? ["depositId", "0"] : ["memo", "invoice 2026-0042, "];
	const missing = size - JSON.stringify(event).length;
	event.data[member] = event.data[member].padEnd(event.data[member].length + missing, filler);
	return event;
}

function smallDeposit(index) {
	const data = {
		depositId: `d${100 + index}`,
		userId: "u1",
		chain: "aptos:1",
		asset: "aptos:1/slip44:637",
		amount: { value: "25", decimals: 8 },
		to: "0xa",
		txHash: `0x${"9f1c".repeat(16)}`,
		confirmations: 12,
	};
	return { ...example, data };
}

function largeDeposit(index) {
	const depositId = `${example.data.depositId}${100 + index}`;
	return { ...example, data: { ...example.data, depositId, memo: "" } };
}

async function standardHeaders(prefix, { id, timestamp, body }) {
	const signature = await mac(rawKey, `${id}.${timestamp}.`, body);
	return {
		[`${prefix}-id`]: id,
		[`${prefix}-timestamp`]: `${timestamp}`,
		[`${prefix}-signature`]: `v1,${btoa(String.fromCharCode(...signature))}`,
	};
}

async function mac(key, prefix, body) {
	const hmac = { name: "HMAC", hash: "SHA-256" };
	const cryptoKey = await crypto.subtle.importKey("raw", encoder.encode(key), hmac, false, [
		"sign",
	]);
	const start = encoder.encode(prefix);
	const content = new Uint8Array(start.length + body.length);
	content.set(start);
	content.set(body, start.length);
	return new Uint8Array(await crypto.subtle.sign("HMAC", cryptoKey, content));
}

function hex(bytes) {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function sizeName(size) {
	if (size < 1024) return `${size} B`;
	return size < 2 ** 20 ? `${size / 1024} KB` : `${size / 2 ** 20} MB`;
}
