// Genuine callbacks in the format of each sender, signed with WebCrypto because every runtime has it.

const encoder = new TextEncoder();
const rawKey = "wallet-callback-benchmark-secret";

/** The secret that every subject is given; senders that do not decode it use its characters. */
export const secret = `whsec_${btoa(rawKey)}`;

/** The sizes of the bodies that are measured, in bytes. */
export const sizes = [300, 1024, 4096, 16_384, 65_536, 1_048_576];

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

/**
 * Makes `count` different callbacks of one size, so that nothing can be answered from a cache.
 * They are stamped as sent now and stay fresh for five minutes.
 */
export async function createCallbacks(format, size, count) {
	return Promise.all(
		Array.from({ length: count }, async (_, index) => {
			const id = `msg_2KWPBgLlAfxdpx2AI54pPJ85f${100 + index}`;
			const timestamp = Math.floor(Date.now() / 1000);
			const body = encoder.encode(depositBody(size, index));
			const signed = await formats[format]({ id, timestamp, body });
			return { headers: { ...otherHeaders, ...signed }, body };
		}),
	);
}

/** The same callback with one byte of its body changed; the body is still JSON. */
export function tamper({ headers, body }) {
	const changed = body.slice();
	changed[changed.lastIndexOf(0x31)] = 0x32; // the last "1" becomes "2"
	return { headers, body: changed };
}

/** A `deposit.confirmed` event of exactly `size` bytes: one of its strings fills it up. */
function depositBody(size, index) {
	const [data, member, filler] =
		size < 1024
			? [smallDeposit(index), "depositId", "0"]
			: [fullDeposit(index), "input", "a9059cbb"];
	const event = { type: "deposit.confirmed", timestamp: "2026-01-01T12:00:00Z", data };
	data[member] = data[member].padEnd(
		data[member].length + size - JSON.stringify(event).length,
		filler,
	);
	return JSON.stringify(event);
}

function smallDeposit(index) {
	return {
		depositId: `d${100 + index}`,
		userId: "u1",
		chain: "aptos:1",
		asset: "aptos:1/slip44:637",
		amount: { value: "25", decimals: 8 },
		to: "0xa",
		txHash: `0x${"9f1c".repeat(16)}`,
		confirmations: 12,
	};
}

function fullDeposit(index) {
	return {
		depositId: `dep_01JGFJJZ00Q8V4T6${100 + index}`,
		userId: "user_48213",
		chain: "eip155:1",
		asset: "eip155:1/erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7",
		amount: { value: "1234560000", decimals: 6, symbol: "USDT" },
		from: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		to: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045",
		memo: "invoice 2026-0042",
		txHash: `0x${"5c504ed4".repeat(8)}`,
		blockNumber: 21_500_000,
		confirmations: 12,
		requiredConfirmations: 12,
		input: "0x",
	};
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
