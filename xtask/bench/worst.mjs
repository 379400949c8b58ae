// The most expensive callbacks that anybody can send, at the default limits, beside ordinary ones of the
// same size: node worst.mjs. None of them has a signature that matches.
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process, { cpuUsage } from "node:process";
import { pathToFileURL } from "node:url";
import { median } from "./measure.mjs";

const root = join(import.meta.dirname, "..", "..");
const consumer = resolve(process.env.WALLET_CALLBACK_PKG ?? join(root, "target", "consumer"));

/** The memory of the instance that was started last. */
let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = class {
	constructor(module, imports) {
		const { exports } = new Instance(module, imports);
		memory = exports.memory;
		this.exports = exports;
	}
};

const wallet = await load("full");
const { verifySignedMessage } = await load("dapp");

const LIMIT = 1 << 20;
const TIMES = 15;
const now = Math.floor(Date.now() / 1000);
/** An ECDSA signature of nobody. */
const DER = Buffer.from(`30440220${"11".repeat(32)}0220${"22".repeat(32)}`, "hex");
const secret = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;

const ordinary = JSON.stringify({ payments: Array(8000).fill(payment()) }).slice(0, LIMIT);
const bodies = {
	"0 in an array": `[${filled(() => "0")}]`,
	"members of one object": `{${filled((name) => `"${name}":0`)}}`,
	"names with escapes": `{${filled((name) => `"\\u0061${name}":0`)}}`,
	"names that begin the same": `{${filled((name) => `"${"a".repeat(8)}${name}":0`)}}`,
	"long ones, with escapes": `{${filled((name) => `"\\n${"a".repeat(100)}${name}":0`)}}`,
	"names apart by one bit": `{${filled(apart)}}`,
	"one text of escapes": `["${"\\u0001".repeat(LIMIT / 6 - 2)}"]`,
};

/** What takes longest to be read, and so with the most keys, too. */
const COSTLIEST = ["members of one object", "names with escapes"];

const rows = [
	...macs(),
	...publicKeys(),
	ofSixteenKeys(
		"RSA 4,096 bits",
		"rsa-pkcs1-sha512",
		["rsa", { modulusLength: 4096 }],
		Buffer.alloc(512, 1),
	),
	ofSixteenKeys("ECDSA P-256", "ecdsa-p256-sha256", ["ec", { namedCurve: "P-256" }], DER),
	...read("nowpayments", (body) => body),
	...read("plisio", (body) => {
		const rest = body.startsWith("{") ? body.slice(1) : `"list":${body}}`;
		return `{"verify_hash":"${"00".repeat(20)}",${rest}`;
	}),
	...explained(),
	...typedData(),
];

const [index] = process.argv.slice(2);
if (index === undefined) printTable();
else measureRow(rows[index]);

/** Each row in a process of its own, whose memory tells of nothing else. */
function printTable() {
	const widths = [56, 8, 8, 10, 10];
	const print = (cells) => {
		const padded = cells.map((cell, at) =>
			at ? cell.padStart(widths[at]) : cell.padEnd(widths[0]),
		);
		console.log(padded.join(""));
	};
	print(["input", "KB", "ms", "ordinary", "memory"]);
	for (const [at, { title, bytes }] of rows.entries()) {
		const row = execFileSync(process.execPath, [import.meta.filename, `${at}`], {
			encoding: "utf8",
		});
		const { ms, usual, memory } = JSON.parse(row);
		print([
			title,
			(bytes / 1024).toFixed(0),
			ms.toFixed(1),
			usual ? `${(ms / usual).toFixed(1)} x` : "",
			`${(memory / 1024 / 1024).toFixed(1)} MB`,
		]);
	}
}

function measureRow({ run, usual }) {
	const ms = timed(run);
	const bytes = memory.buffer.byteLength;
	console.log(JSON.stringify({ ms, memory: bytes, usual: usual && timed(usual) }));
}

/** The processor's time in milliseconds. */
function timed(work) {
	const spent = Array.from({ length: TIMES }, () => {
		const start = cpuUsage();
		work();
		const { user, system } = cpuUsage(start);
		return (user + system) / 1000;
	});
	return median(spent);
}

function refused(verifier, callback) {
	return () => {
		if (verifier.safeVerify(callback).ok) throw new Error("a forged callback was accepted");
	};
}

function macs() {
	const keys = Array.from(
		{ length: 16 },
		(_, index) => `whsec_${Buffer.alloc(32, index + 1).toString("base64")}`,
	);
	const signatures = keys.map((_, index) => `v1,${Buffer.alloc(32, index).toString("base64")}`);
	const headers = { "webhook-id": "msg_1", "webhook-timestamp": `${now}` };
	const body = "x".repeat(LIMIT);
	const [one] = signatures;
	const ordinary = { headers: { ...headers, "webhook-signature": one }, body };
	const ofOneKey = wallet.createVerifier({ keys: secret });
	const ofSixteen = wallet.createVerifier({ keys });
	const usual = refused(ofOneKey, ordinary);
	const most = { ...headers, "webhook-signature": signatures.join(" ") };
	const many = Object.fromEntries(
		Array.from({ length: 10_000 }, (_, index) => [`x-${index}`, "value"]),
	);
	return [
		{
			title: "HMAC: 16 signatures, 16 keys",
			bytes: LIMIT,
			run: refused(ofSixteen, { headers: most, body }),
			usual: refused(ofSixteen, ordinary),
		},
		{
			title: "HMAC: 16 keys, beside one",
			bytes: LIMIT,
			run: refused(ofSixteen, ordinary),
			usual,
		},
		{
			title: "HMAC: 10,000 headers",
			bytes: LIMIT,
			run: refused(ofOneKey, {
				headers: { ...many, ...headers, "webhook-signature": one },
				body,
			}),
			usual,
		},
	];
}

function publicKeys() {
	const body = "x".repeat(LIMIT);
	const points = Array.from({ length: 18 }, () => {
		const { publicKey } = generateKeyPairSync("ed25519");
		return publicKey.export({ format: "der", type: "spki" }).subarray(12);
	});
	const keys = points.slice(16).map((key) => `whpk_${key.toString("base64")}`);
	/** What is refused only after a pass over the body: its halves are a point and a small number. */
	const forged = (point) => Buffer.concat([point, Buffer.alloc(1, 1), Buffer.alloc(31)]);
	const headers = (count) => ({
		"webhook-id": "msg_1",
		"webhook-timestamp": `${now}`,
		"webhook-signature": Array.from(
			{ length: count },
			(_, index) => `v1a,${forged(points[index]).toString("base64")}`,
		).join(" "),
	});
	const verifier = wallet.createVerifier({ keys });
	return [
		{
			title: "Ed25519: 16 signatures, 2 keys",
			bytes: LIMIT,
			run: refused(verifier, { headers: headers(16), body }),
			usual: refused(verifier, { headers: headers(1), body }),
		},
	];
}

/** A signature that could be of any of as many public keys as a verifier takes. */
function ofSixteenKeys(title, algorithm, keyPair, forged) {
	const sender = {
		name: "worst",
		algorithm,
		headers: { signature: "x-signature" },
		signature: { encoding: "base64" },
		signed: "{body}",
		payload: "any",
	};
	const headers = { "x-signature": forged.toString("base64") };
	const callback = { headers, body: "x".repeat(LIMIT) };
	// Made when they are used: each row is a process that knows all rows.
	let made;
	const verifiers = () => {
		const keys = Array.from({ length: 16 }, () =>
			generateKeyPairSync(...keyPair).publicKey.export({ format: "pem", type: "spki" }),
		);
		const of = (keys) => refused(wallet.createVerifier({ sender, keys }), callback);
		return { all: of(keys), first: of(keys[0]) };
	};
	return {
		title: `${title}: 16 keys, beside one`,
		bytes: LIMIT,
		run: () => {
			made ??= verifiers();
			made.all();
		},
		usual: () => made.first(),
	};
}

/** Senders whose body has to be read before it is verified. */
function read(sender, shaped) {
	const secrets = Array.from({ length: 16 }, (_, index) => `secret secret secret ${index}`);
	const verifier = wallet.createVerifier({ sender, keys: secrets[0] });
	const ofSixteen = wallet.createVerifier({ sender, keys: secrets });
	const headers = { "x-nowpayments-sig": "00".repeat(64) };
	const usual = refused(verifier, {
		headers,
		body: shaped(JSON.stringify({ a: JSON.parse(whole(ordinary)) })),
	});
	return Object.entries(bodies).flatMap(([title, json]) => {
		const body = shaped(json).length > LIMIT ? shaped(shorter(json)) : shaped(json);
		const row = { title: `${sender}: ${title}`, bytes: body.length, usual };
		const run = refused(verifier, { headers, body });
		const most = refused(ofSixteen, { headers, body });
		const ofMost = { ...row, title: `${row.title}, 16 keys, beside one`, run: most, usual: run };
		return COSTLIEST.includes(title) ? [{ ...row, run }, ofMost] : [{ ...row, run }];
	});
}

function explained() {
	const headers = {
		"webhook-id": "msg_1",
		"webhook-timestamp": `${now}`,
		"webhook-signature": `v1,${Buffer.alloc(32).toString("base64")}`,
		"stripe-signature": `t=${now},v1=${"00".repeat(32)}`,
		"x-nowpayments-sig": "00".repeat(64),
	};
	return Object.entries({ ordinary: whole(ordinary), ...bodies }).map(([title, body]) => ({
		title: `explain: ${title}`,
		bytes: body.length,
		run: () => wallet.explain({ headers, keys: secret, body }),
	}));
}

function typedData() {
	const fields = Array.from({ length: 2000 }, (_, index) => ({
		name: `m${index}`,
		type: "uint256",
	}));
	const message = Object.fromEntries(fields.map(({ name }) => [name, "1"]));
	const types = { EIP712Domain: [{ name: "name", type: "string" }], Order: fields };
	const data = JSON.stringify({ types, domain: { name: "Shop" }, primaryType: "Order", message });
	return [
		{
			title: "EIP-712: 2,000 members",
			bytes: data.length,
			run: () => {
				try {
					verifySignedMessage({
						scheme: "eip712",
						message: data,
						signature: `0x${"11".repeat(64)}1b`,
						address: `0x${"11".repeat(20)}`,
					});
				} catch {
					return;
				}
				throw new Error("a forged signature was accepted");
			},
		},
	];
}

function payment() {
	return {
		payment_id: "5745459419",
		price_amount: 3999.5,
		pay_currency: "btc",
		outcome: { ok: true, hash: "ab".repeat(20) },
	};
}

/** A text of whole payments. */
function whole(text) {
	return `${text.slice(0, text.lastIndexOf("}},") + 2)}]}`;
}

/** As many units as the limit allows, each with a name of its own, in no order. */
function filled(unit) {
	const units = [];
	let length = 1;
	for (let index = 0; ; index++) {
		const next = unit(index.toString(36).padStart(4, "0"), index);
		length += next.length + 1;
		if (length > LIMIT) return shuffled(units).join(",");
		units.push(next);
	}
}

/** A member whose name is apart from all that come later by one bit, as far behind as there are such. */
function apart(_, index) {
	const last = "`PHDBA"[index % 6];
	return `"${"@".repeat(Math.floor(index / 6))}${last}":0`;
}

/** In the same order each time. */
function shuffled(units) {
	let state = 1;
	for (let end = units.length; end > 1; end--) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		const other = (state >>> 8) % end;
		[units[end - 1], units[other]] = [units[other], units[end - 1]];
	}
	return units;
}

/** Room for what a sender puts before it. */
function shorter(json) {
	if (json.startsWith('["')) return `["${json.slice(2, -2 - 600)}"]`;
	return json.slice(0, json.lastIndexOf(",", json.length - 200)) + json.slice(-1);
}

/** An entry of the installed package. */
function load(name) {
	const file = join(consumer, `bench-worst-${name}.mjs`);
	writeFileSync(file, `export * from "wallet-callback/${name}";\n`);
	return import(pathToFileURL(file));
}
