/** Callbacks that are made to be accepted: by weaker rules, shifted boundaries, and text that is no bytes. */
import assert from "node:assert/strict";
import {
	createHash,
	createHmac,
	createPublicKey,
	type KeyObject,
	sign as nodeSign,
} from "node:crypto";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
	accepted,
	type Change,
	callbackFor,
	deliver,
	NOW,
	refused,
	type Subject,
	subjects,
} from "./deliveries.ts";
import { core, full, type Library } from "./package.ts";
import {
	bytes,
	type Callback,
	KEY_ID,
	keyPair,
	type Signer,
	type send,
	signatureOf,
	signCallback,
	signerOf,
	signers,
	write,
} from "./signers.ts";

/** The same test with each module that has the sender. */
function trap(
	title: string,
	[name, variant]: readonly [name: string, variant?: string],
	check: (subject: Subject) => void,
): void {
	const signer = signerOf(name, variant);
	const those = subjects.filter((subject) => subject.signer === signer);
	assert.ok(those.length > 0);
	for (const subject of those) test(`${title} (${subject.name})`, () => check(subject));
}

/** A callback that no signer made. */
function post(
	{ signer, library }: Subject,
	headers: Readonly<Record<string, string>>,
	body: Buffer | string,
	{ method = "POST", url = "https://receiver.example/" } = {},
	options: ReturnType<NonNullable<Signer["agreed"]>> | undefined = signer.agreed?.({
		...callbackFor(signer),
		url,
	}),
) {
	const keys = keyPair(signer).verifying;
	const verifier = library.createVerifier({
		...options,
		sender: signer.name,
		keys,
		now: () => NOW,
	});
	return verifier.safeVerify({ headers, body, method, url });
}

const secretOf = (signer: Signer) => keyPair(signer).signing as Buffer;
const SECONDS = write(NOW, "s");

describe("a body that is written again", () => {
	const rewritings: readonly ((text: string) => string)[] = [
		(text) => JSON.stringify(JSON.parse(text)),
		(text) => `${JSON.stringify(JSON.parse(text))}\n`,
		(text) => JSON.stringify(JSON.parse(text), null, 2),
		(text) => text.replace("\\u00E9", "\\u00e9"),
		(text) => text.replace("\\u00E9", () => "é"),
		(text) => text.replace("\\/", "/"),
		(text) => text.replace("ü", "\\u00fc"),
		(text) => text.replace("ü", "u\u0308"),
		(text) => text.replace("\n", "\r\n"),
		(text) => text.trimEnd(),
		(text) => `\ufeff${text}`,
		(text) => text.replaceAll("$&", "$"),
	];
	for (const subject of subjects.filter(({ signer: { covers, form } }) => !covers && !form)) {
		test(subject.name, () => {
			const { body } = callbackFor(subject.signer);
			for (const rewrite of rewritings) {
				const other = bytes(rewrite(body.toString()));
				assert.ok(!other.equals(body), rewrite.toString());
				const result = deliver(subject, { later: { body: other } });
				refused(result, "signature_mismatch", rewrite.toString());
			}
			const latin1 = Buffer.from(body.toString(), "latin1");
			refused(deliver(subject, { later: { body: latin1 } }), "signature_mismatch", "Latin-1");
		});
	}
});

describe("a body that JSON writes again by the sender's own rule", () => {
	for (const subject of subjects.filter(({ signer: { covers } }) => covers === "canonical JSON")) {
		test(subject.name, () => {
			const { signer } = subject;
			const callback = callbackFor(signer);
			const text = callback.body.toString();
			const { signing } = keyPair(signer);
			accepted(deliver(subject, { later: { body: bytes(JSON.stringify(JSON.parse(text))) } }));
			// What is signed is never the bytes as they came.
			const overBytes = signer.algorithm.sign(callback.body, signing).toString(signer.encoding);
			refused(deliver(subject, { signature: overBytes }), "signature_mismatch");
			for (const broken of ['{"a":1', '{"a":1}}', '{"a":1,"a":2}', "[]x", ""]) {
				const headers = signer.headers(callback, signatureOf(signer, callback, keyPair(signer)));
				refused(post(subject, headers, broken), "signature_mismatch", broken);
			}
		});
	}
});

describe("a body in other forms", () => {
	const github = signerOf("github");
	for (const subject of subjects.filter(({ signer }) => signer === github)) {
		const payload = (body: Buffer | string) => {
			const result = accepted(deliver(subject, { callback: { body: bytes(body) } }));
			return (result.event as { payload?: unknown }).payload;
		};
		test(subject.name, () => {
			assert.equal(payload("Hello, World!"), "Hello, World!");
			assert.equal(payload("$& {body}"), "$& {body}");
			assert.equal(payload(""), undefined);
			assert.deepEqual(payload(Buffer.from([0xff, 0x00, 0x80])), new Uint8Array([0xff, 0, 0x80]));
			assert.deepEqual(payload("[1]"), [1]);
			for (const broken of ['{"a":1', "[1,]", '{"a":1}x']) {
				const result = deliver(subject, { callback: { body: bytes(broken) } });
				refused(result, "malformed_payload", broken);
			}
		});
	}
});

describe("a body that is packed", () => {
	for (const subject of subjects.filter(({ signer }) => signer.name === "quicknode")) {
		test(subject.name, () => {
			const packed = gzipSync(callbackFor(subject.signer).body);
			const headers = (all: Record<string, string>) => ({ ...all, "content-encoding": "gzip" });
			// The server unpacks, and leaves the header as it was.
			accepted(deliver(subject, { headers }));
			const result = deliver(subject, { headers, body: () => packed });
			refused(result, "signature_mismatch");
		});
	}
});

describe("parts of a callback that look like patterns and templates", () => {
	for (const subject of subjects.filter(({ signer }) => !signer.covers)) {
		test(subject.name, () => {
			for (const text of ["$&", "$1$$", "{body}", "{timestamp}", "%s"]) {
				const callback: Partial<Callback> = {
					// Before the body, with nothing but a time between them, a nonce holds no brace.
					nonce: subject.signer.name === "quicknode" ? "n$&" : `n${text}`,
					id: `id${text}`,
					url: `https://receiver.example/${encodeURI(text)}`,
					covered: [["x-event-id", text]],
				};
				accepted(deliver(subject, { callback }), text);
			}
		});
	}
});

describe("coinbase-cdp", () => {
	const over = (...parts: (string | Buffer)[]) =>
		createHmac("sha256", secretOf(signerOf("coinbase-cdp")))
			.update(bytes(...parts))
			.digest("hex");
	const body = callbackFor(signerOf("coinbase-cdp")).body;
	const covered = { "x-event-id": "evt-1", "x-delivery-id": "dlv-1" };
	const h = "x-event-id x-delivery-id";
	const v0 = over(`${SECONDS}.`, body);
	const v1 = over(`${SECONDS}.${h}.evt-1.dlv-1.`, body);
	const hook = (value: string, others: Record<string, string> = covered) => ({
		...others,
		"X-Hook0-Signature": value,
	});
	const cdp = (title: string, check: (subject: Subject) => void) =>
		trap(title, ["coinbase-cdp"], check);

	cdp("either signature, or both", (subject) => {
		accepted(post(subject, hook(`t=${SECONDS},v0=${v0}`), body));
		accepted(post(subject, hook(`t=${SECONDS},h=${h},v1=${v1}`), body));
		accepted(post(subject, hook(`t=${SECONDS},v0=${v0},h=${h},v1=${v1}`), body));
	});
	cdp("a wrong stronger one is not rescued by a right weaker one", (subject) => {
		for (const value of [
			`t=${SECONDS},h=${h},v0=${v0},v1=${v0}`,
			`t=${SECONDS},v0=${v0},h=${h},v1=${"0".repeat(64)}`,
			`t=${SECONDS},h=${h},v1=${"0".repeat(64)},v0=${v0}`,
			`t=${SECONDS},h=${h},v1=${"0".repeat(64)},v0=${v1}`,
		]) {
			refused(post(subject, hook(value), body), "signature_mismatch", value);
		}
		for (const value of [
			`t=${SECONDS},v0=${v0},h=${h},v1=`,
			`t=${SECONDS},v0=${v0},v1=${v1}`,
			`t=${SECONDS},v0=${v0},h=,v1=${v1}`,
			`t=${SECONDS},v0=${v0},h=${h},v1=x`,
		]) {
			refused(post(subject, hook(value), body), "malformed_header", value);
		}
	});
	cdp("a right stronger one stands, whatever the weaker one", (subject) => {
		const value = `t=${SECONDS},v0=${"0".repeat(64)},h=${h},v1=${v1}`;
		accepted(post(subject, hook(value), body));
	});
	cdp("a covered header that did not come, or came otherwise", (subject) => {
		const value = `t=${SECONDS},h=${h},v1=${v1}`;
		for (const name of ["x-event-id", "x-delivery-id"] as const) {
			const { [name]: _, ...others } = covered;
			refused(post(subject, hook(value, others), body), "missing_header", name, name);
			const altered = { ...covered, [name]: `${covered[name]}x` };
			refused(post(subject, hook(value, altered), body), "signature_mismatch", name);
			const spaced = { ...covered, [name]: `${covered[name]} ` };
			refused(post(subject, hook(value, spaced), body), "malformed_header", name, name);
		}
		const rescued = `t=${SECONDS},v0=${v0},h=${h},v1=${v1}`;
		refused(post(subject, hook(rescued, {}), body), "missing_header");
	});
	cdp("the names in another order, or twice", (subject) => {
		const turned = "x-delivery-id x-event-id";
		const ofTurned = over(`${SECONDS}.${turned}.dlv-1.evt-1.`, body);
		accepted(post(subject, hook(`t=${SECONDS},h=${turned},v1=${ofTurned}`), body));
		const wrong = `t=${SECONDS},h=${turned},v1=${v1}`;
		refused(post(subject, hook(wrong), body), "signature_mismatch");
		for (const value of [
			`t=${SECONDS},h=${h},h=${h},v1=${v1}`,
			`t=${SECONDS},h=${h},h=${turned},v1=${v1}`,
			`t=${SECONDS},t=${SECONDS},h=${h},v1=${v1}`,
		]) {
			refused(post(subject, hook(value), body), "malformed_header", value);
		}
	});
	cdp("names in which a space is too many", (subject) => {
		for (const names of [`${h} `, ` ${h}`, h.replace(" ", "  ")]) {
			const signed = over(`${SECONDS}.${names}.evt-1.dlv-1.`, body);
			const result = post(subject, hook(`t=${SECONDS},h=${names},v1=${signed}`), body);
			assert.equal(result.ok, false, names);
		}
	});
	cdp("names that are one twice, or hold a point", (subject) => {
		for (const names of [`${h} x-event-id`, `${h} X-Event-Id`, "x.y", "x-event-id.evt-1"]) {
			const value = `t=${SECONDS},h=${names},v1=${v1}`;
			refused(post(subject, hook(value), body), "malformed_header", names, "x-hook0-signature");
		}
	});
	cdp("thousands of names", (subject) => {
		const many = Array.from({ length: 4000 }, (_, index) => `x-${index}`);
		const headers = Object.fromEntries(many.map((name) => [name, "1"]));
		const value = `t=${SECONDS},h=${many.join(" ")},v1=${v1}`;
		refused(post(subject, hook(value, headers), body), "malformed_header");
	});
	cdp("a signature without headers is not enough", (subject) => {
		const value = hook(`t=${SECONDS},v0=${v0}`);
		refused(post(subject, value, body, {}, {}), "unsupported_signature", "", "x-hook0-signature");
	});
	cdp("one signature makes one event", (subject) => {
		const names = "x-event-type x-event-id";
		const signed = over(`${SECONDS}.${names}.onchain.activity.detected.evt-1.`, body);
		const judge = (type: string, id: string, options = {}) =>
			post(
				subject,
				hook(`t=${SECONDS},h=${names},v1=${signed}`, { "x-event-type": type, "x-event-id": id }),
				body,
				{},
				options,
			);
		const { id, event } = accepted(judge("onchain.activity.detected", "evt-1"));
		assert.equal(id, "evt-1");
		assert.equal((event as { type?: string }).type, "onchain.activity.detected");
		for (const [type, other] of [
			["onchain", "activity.detected.evt-1"],
			["onchain.activity", "detected.evt-1"],
		] as const) {
			refused(judge(type, other), "malformed_header", type, "x-event-id");
		}
		refused(judge("onchain.activity.detected.evt-1", ""), "malformed_header");
	});
	cdp("a type and an id that the signature does not cover are none", (subject) => {
		const value = `t=${SECONDS},h=host,v1=${over(`${SECONDS}.host.shop.`, body)}`;
		const headers = { host: "shop", "x-event-type": "anything", "x-event-id": "evt-9" };
		const { id, event } = accepted(post(subject, hook(value, headers), body, {}, {}));
		assert.deepEqual([id, { ...(event as object), payload: 0 }], [undefined, { payload: 0 }]);
		// Nor where the program takes callbacks that sign no header: this one does.
		const trusting = accepted(post(subject, hook(value, headers), body));
		assert.deepEqual(trusting.event, event);
	});
	cdp("base64", (subject) => {
		const value = `t=${SECONDS},v0=${Buffer.from(v0, "hex").toString("base64")}`;
		refused(post(subject, hook(value), body), "malformed_header");
	});
	cdp("a header's end that is the body's beginning", (subject) => {
		// A point separates both.
		const [before, behind] = ['{"rate":1', '5,"a":1}'];
		const signed = over(`${SECONDS}.${h}.evt-1.dlv-1.`, `${before}.${behind}`);
		const value = `t=${SECONDS},h=${h},v1=${signed}`;
		accepted(post(subject, hook(value), `${before}.${behind}`));
		const shifted = { ...covered, "x-delivery-id": `dlv-1.${before}` };
		const result = post(subject, hook(value, shifted), behind);
		refused(result, "malformed_header", "", "x-delivery-id");
	});
});

describe("moonpay", () => {
	trap("the body alone is not what is signed", ["moonpay"], (subject) => {
		const { body } = callbackFor(subject.signer);
		const ofBody = createHmac("sha256", secretOf(subject.signer)).update(body).digest("hex");
		refused(deliver(subject, { signature: ofBody }), "signature_mismatch");
		for (const name of ["Moonpay-Signature", "Moonpay-Signature-V1"]) {
			const result = post(subject, { [name]: ofBody }, body);
			refused(result, "missing_header", name, "moonpay-signature-v2");
		}
		const bare = post(subject, { "Moonpay-Signature-V2": ofBody }, body);
		refused(bare, "malformed_header");
		const untimed = post(subject, { "Moonpay-Signature-V2": `s=${ofBody}` }, body);
		refused(untimed, "malformed_header");
	});
	trap("a GET signs its query", ["moonpay"], (subject) => {
		const query = "transactionId=5&note=%24%26&b=Gr%C3%BC%C3%9Fe";
		const over = (text: string) =>
			createHmac("sha256", secretOf(subject.signer)).update(`${SECONDS}.${text}`).digest("hex");
		const signed = over(`?${query}`);
		const get = (signature: string, sent = query, method = "GET") =>
			post(subject, { "Moonpay-Signature-V2": `t=${SECONDS},s=${signature}` }, "", {
				method,
				url: `https://receiver.example/callbacks?${sent}`,
			});
		const { event, contentHash } = accepted(get(signed));
		// What it says is the query, in which no time stands.
		assert.deepEqual(event, { payload: { transactionId: "5", note: "$&", b: "Grüße" } });
		assert.equal(contentHash, createHash("sha256").update(query).digest("hex"));
		refused(get(signed, `${query}&c=1`), "signature_mismatch");
		refused(get(signed, query.replace("=5", "=6")), "signature_mismatch");
		// The question mark is signed, too.
		refused(get(over(query)), "signature_mismatch");
		refused(get(over("")), "signature_mismatch");
		// Nor is it the body of a POST.
		const posted = post(
			subject,
			{ "Moonpay-Signature-V2": `t=${SECONDS},s=${signed}` },
			`?${query}`,
		);
		refused(posted, "signature_mismatch");
		// A POST without a body signs nothing but the time.
		refused(get(signed, query, "POST"), "signature_mismatch");
		accepted(get(over(""), query, "POST"));
	});
});

describe("boundaries that are not marked", () => {
	/** A right signature whose parts are divided elsewhere. */
	const shift = (
		title: string,
		name: string,
		parts: Partial<Callback>,
		write: (
			sent: ReturnType<typeof send>,
			set: (header: string, change: (text: string) => string) => void,
		) => Buffer,
		code: Parameters<typeof refused>[1],
	) =>
		trap(title, [name], (subject) => {
			const callback = { ...callbackFor(subject.signer), ...parts };
			const sent = signCallback(subject.signer, callback, keyPair(subject.signer));
			const headers = { ...sent.headers };
			accepted(post(subject, headers, sent.body, callback));
			const body = write(sent, (header, change) => {
				headers[header] = change(headers[header] ?? assert.fail(header));
			});
			refused(post(subject, headers, body, callback), code, title);
		});
	const drop = (text: string) => text.slice(0, -1);
	const dropFirst = (text: string) => text.slice(1);
	const last = (text = "") => text.slice(-1);
	const first = (text = "") => text.slice(0, 1);

	for (const [name, header] of [
		["bybit-pay", "timestamp"],
		["quicknode", "X-QN-Timestamp"],
		["xaman", "x-xumm-request-timestamp"],
		["bitnovo", "X-NONCE"],
	] as const) {
		shift(
			"a digit of the time goes to the body",
			name,
			{},
			({ headers, body }, set) => {
				const digit = last(headers[header]);
				set(header, drop);
				return bytes(digit, body);
			},
			"malformed_header",
		);
		if (name !== "quicknode") {
			shift(
				"a digit of the body goes to the time",
				name,
				{ body: bytes("51") },
				({ body }, set) => {
					set(header, (text) => `${text}5`);
					return body.subarray(1);
				},
				"malformed_header",
			);
		}
		shift(
			"a letter of the body goes to the time",
			name,
			{},
			({ body }, set) => {
				set(header, (text) => `${text}{`);
				return body.subarray(1);
			},
			"malformed_header",
		);
	}
	for (const [name, header] of [
		["binance-connect", "X-BN-Connect-Timestamp"],
		["zerohash", "x-zh-hook-timestamp"],
	] as const) {
		shift(
			"a digit of the time goes to the body",
			name,
			{},
			({ headers, body }, set) => {
				const digit = first(headers[header]);
				set(header, dropFirst);
				return bytes(body, digit);
			},
			"malformed_header",
		);
	}
	shift(
		"a letter of the date goes to the body",
		"tenderly",
		{},
		({ headers, body }, set) => {
			const letter = first(headers.Date);
			set("Date", dropFirst);
			return bytes(body, letter);
		},
		"malformed_header",
	);
	shift(
		"a digit of the time goes to the nonce",
		"quicknode",
		{},
		({ headers, body }, set) => {
			const digit = first(headers["X-QN-Timestamp"]);
			set("X-QN-Timestamp", dropFirst);
			set("X-QN-Nonce", (text) => text + digit);
			return body;
		},
		"malformed_header",
	);
	shift(
		"a digit of the nonce goes to the time",
		"quicknode",
		{},
		({ body }, set) => {
			set("X-QN-Nonce", drop);
			set("X-QN-Timestamp", (text) => `7${text}`);
			return body;
		},
		"malformed_header",
	);
	shift(
		"a nought of the nonce goes to the time",
		"quicknode",
		{ nonce: "n0nceqt0" },
		({ body }, set) => {
			set("X-QN-Nonce", drop);
			set("X-QN-Timestamp", (text) => `0${text}`);
			return body;
		},
		"malformed_header",
	);
	for (const name of ["gate-pay", "binance-pay"] as const) {
		const header = name === "gate-pay" ? "X-GatePay-Nonce" : "BinancePay-Nonce";
		shift(
			"a line of the body goes to the nonce",
			name,
			{ body: bytes("[1,2,\n3]") },
			(_, set) => {
				set(header, (text) => `${text}\n[1,2,`);
				return bytes("3]");
			},
			"malformed_header",
		);
	}
	shift(
		"what is before a point of the body goes to the id",
		"turnkey",
		{ body: bytes("1.5") },
		(_, set) => {
			set("X-Turnkey-Event-Id", (text) => `${text}.1`);
			return bytes("5");
		},
		"malformed_header",
	);
	shift(
		"a digit of the time goes to the client",
		"coinpayments",
		{},
		({ headers, body }, set) => {
			const digit = first(headers["X-CoinPayments-Timestamp"]);
			set("X-CoinPayments-Timestamp", dropFirst);
			set("X-CoinPayments-Client", (text) => text + digit);
			return body;
		},
		"malformed_header",
	);
	shift(
		"a letter of the body goes to the time",
		"coinpayments",
		{},
		({ body }, set) => {
			set("X-CoinPayments-Timestamp", (text) => `${text}{`);
			return body.subarray(1);
		},
		"malformed_header",
	);
});

describe("tenderly", () => {
	const judge = (subject: Subject, date: string) => {
		const signature = createHmac("sha256", secretOf(subject.signer)).update(`{}${date}`);
		const headers = { Date: date, "X-Tenderly-Signature": signature.digest("hex") };
		return post(subject, headers, "{}");
	};
	trap("times as Go prints them, and others", ["tenderly"], (subject) => {
		for (const date of [
			"2026-11-23 08:00:00 +0000 UTC",
			"2026-11-23 08:00:00.386157172 +0000 UTC",
			"2026-11-23 08:00:00.3 +0000 UTC m=+0.1",
			"2026-11-23 08:00:00.386157172 +0000 UTC m=+8421.046021303",
			"2026-11-23 08:00:00.386157172 +0000 UTC m=-0.000000001",
		]) {
			assert.equal(accepted(judge(subject, date), date).timestamp, NOW / 1000);
		}
		for (const date of [
			"2026-11-23 08:00:00",
			"2026-11-23 08:00:00 +0000",
			"2026-11-23 09:00:00 +0100 CET",
			"2026-11-23T08:00:00 +0000 UTC",
			"2026-11-31 08:00:00 +0000 UTC",
			"2026-11-23 24:00:00 +0000 UTC",
			"2026-11-23 08:00:00. +0000 UTC",
			"2026-11-23  08:00:00 +0000 UTC",
		]) {
			refused(judge(subject, date), "malformed_header", date);
		}
	});
	trap("more than Go prints", ["tenderly"], (subject) => {
		for (const date of [
			"2026-11-23 08:00:00Z +0000 UTC",
			"2026-11-23 13:00:00+05:00 +0000 UTC",
			"2026-11-23 08:00:00 +0000 UTC ",
			"2026-11-23 08:00:00 +0000 UTC m=+0.1x",
			"2026-11-23 08:00:00 +0000 UTC m=+0.1 m=+0.1",
			"2026-11-23 08:00:00 +0000 UTC and more",
		]) {
			refused(judge(subject, date), "malformed_header", date);
		}
	});
});

describe("turnkey", () => {
	trap("headers that must say what they say", ["turnkey"], (subject) => {
		for (const [name, value] of [
			["X-Turnkey-Signature-Version", "v2"],
			["X-Turnkey-Signature-Version", "V1"],
			["X-Turnkey-Signature-Version", ""],
			["X-Turnkey-Signature-Version", "v1, v1"],
			["X-Turnkey-Signature-Algorithm", "none"],
			["X-Turnkey-Signature-Algorithm", "ed25519ph"],
			["X-Turnkey-Signature-Algorithm", "hmac-sha256"],
		] as const) {
			const headers = (all: Record<string, string>) => ({ ...all, [name]: value });
			const result = deliver(subject, { headers });
			refused(result, "unsupported_signature", value, name.toLowerCase());
		}
	});
});

describe("a digest once too often, or too seldom", () => {
	const sha256 = (data: Buffer) => createHash("sha256").update(data).digest();
	const otherwise = (name: string, signed: (callback: Callback) => Buffer) =>
		trap("the signature of another digest", [name], (subject) => {
			const { signer } = subject;
			const { signing } = keyPair(signer);
			const signature = signer.algorithm.sign(signed(callbackFor(signer)), signing);
			const result = deliver(subject, { signature: signature.toString(signer.encoding) });
			refused(result, "signature_mismatch");
		});
	otherwise("bridge", ({ body }) => bytes(write(NOW, "ms"), ".", body));
	otherwise("bridge", ({ body }) => sha256(sha256(bytes(write(NOW, "ms"), ".", body))));
	otherwise("cobo", ({ body }) => bytes(body, "|", write(NOW, "ms")));
	otherwise("cobo", ({ body }) => sha256(bytes(body, "|", write(NOW, "ms"))));
	otherwise("fireblocks", ({ body }) => createHash("sha512").update(body).digest());
	otherwise("circle", ({ body }) => sha256(body));
});

describe("keys as people hand them over", () => {
	trap("the first hyphen is left out, and only the first", ["xaman"], (subject) => {
		const callback = callbackFor(subject.signer);
		const text = keyPair(subject.signer).verifying as string;
		for (const secret of [text, text.replaceAll("-", "")]) {
			const signature = createHmac("sha1", secret)
				.update(subject.signer.signed(callback))
				.digest("hex");
			refused(deliver(subject, { signature }), "signature_mismatch", secret);
		}
	});
	trap("white space around it is left out", ["nowpayments"], (subject) => {
		const text = keyPair(subject.signer).verifying as string;
		accepted(deliver(subject, { keys: ` ${text}\n` }));
	});
	for (const name of ["stripe", "revolut"]) {
		trap("its prefix is a part of it", [name], (subject) => {
			const text = keyPair(subject.signer).verifying as string;
			const keys = text.slice(text.indexOf("_") + 1);
			refused(deliver(subject, { keys }), "signature_mismatch");
		});
	}
	for (const name of ["fireblocks", "coinbase-merchant", "circle", "ramp", "cobo", "turnkey"]) {
		trap("a public key in each of its forms", [name], (subject) => {
			const { signer } = subject;
			const publicKey = createPublicKey(keyPair(signer).signing as KeyObject);
			const der = publicKey.export({ format: "der", type: "spki" });
			const jwk = publicKey.export({ format: "jwk" }) as JsonWebKey;
			const id = signer.keyed ? { kid: KEY_ID } : {};
			for (const keys of [
				publicKey.export({ format: "pem", type: "spki" }) as string,
				der.toString("base64"),
				jwk,
				JSON.stringify(jwk),
				{ id: KEY_ID, key: jwk },
				{ keys: [{ ...jwk, ...id }] },
				[der.toString("base64"), jwk],
				...(signer.algorithm.family === "rsa"
					? [publicKey.export({ format: "pem", type: "pkcs1" }) as string]
					: []),
				...(signer.algorithm.family === "ed25519" ? [der.subarray(-32).toString("hex")] : []),
			]) {
				accepted(deliver(subject, { keys: keys as Exclude<Change["keys"], undefined> }));
			}
		});
	}
});

describe("ECDSA in the other of its forms", () => {
	// Plaid's are two numbers in a row.
	const der = subjects.filter(
		({ signer }) => signer.algorithm.family === "ecdsa" && signer.name !== "plaid",
	);
	for (const subject of der) {
		test(subject.name, () => {
			const { signer } = subject;
			const key = { key: keyPair(signer).signing as KeyObject, dsaEncoding: "ieee-p1363" as const };
			const raw = nodeSign("sha256", signer.signed(callbackFor(signer)), key);
			const result = deliver(subject, { signature: raw.toString("base64") });
			// Its text is right. What its bytes say is judged with the key.
			refused(result, "signature_mismatch");
		});
	}
});

describe("grid", () => {
	const inHeader = (write: (signature: string) => string): Change => ({
		headers: ({ "X-Grid-Signature": signature = "", ...others }) => ({
			...others,
			"X-Grid-Signature": write(signature),
		}),
	});
	trap("an envelope that is none", ["grid", "bare"], (subject) => {
		accepted(
			deliver(
				subject,
				inHeader((s) => JSON.stringify({ v: "1", s })),
			),
		);
		accepted(
			deliver(
				subject,
				inHeader((s) => ` { "s" : "${s}", "v" : "1" }`.trim()),
			),
		);
		for (const write of [
			(s: string) => `${JSON.stringify({ v: "1", s })}x`,
			(s: string) => JSON.stringify({ v: "1", s }).slice(0, -1),
			(s: string) => JSON.stringify({ v: "1", s: [s] }),
			(s: string) => JSON.stringify([{ v: "1", s }]),
			(s: string) => JSON.stringify(s),
			(s: string) => `{"v":"1","s":"${s.slice(4)}","s":"${s}"}`,
			(s: string) => JSON.stringify({ v: "2", s }),
			(s: string) => JSON.stringify({ v: 1, s }),
			() => "{}",
			() => '{"v":"1"}',
		]) {
			const result = deliver(subject, inHeader(write));
			refused(result, "malformed_header", write("…"));
		}
	});
});

describe("transak", () => {
	const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const signer = signerOf("transak");
	const claims = encode({ order: "paid", note: "$& ü" });
	const mac = (input: string, digest = "sha256") =>
		createHmac(digest, secretOf(signer)).update(input).digest("base64url");
	const jwt = (header: unknown, digest?: string) => {
		const input = `${encode(header)}.${claims}`;
		return `${input}.${mac(input, digest)}`;
	};
	const data = (token: unknown) => JSON.stringify({ data: token });
	const transak = (title: string, check: (subject: Subject) => void) =>
		trap(title, ["transak"], check);

	transak("HS256, whatever else its header says", (subject) => {
		for (const header of [{ alg: "HS256" }, { typ: "JWT", alg: "HS256", kid: "x" }]) {
			const { event } = accepted(post(subject, {}, data(jwt(header))));
			assert.deepEqual((event as { payload?: unknown }).payload, { order: "paid", note: "$& ü" });
		}
	});
	transak("another algorithm", (subject) => {
		const none = `${encode({ alg: "none" })}.${claims}.`;
		assert.equal(post(subject, {}, data(none)).ok, false);
		for (const token of [
			jwt({ alg: "none" }),
			jwt({ alg: "None" }),
			jwt({ alg: "hs256" }),
			jwt({ alg: "HS512" }),
			jwt({ alg: "RS256" }),
			jwt({ alg: "ES256" }),
			jwt({ alg: ["HS256"] }),
			jwt({ alg: "HS256", crit: ["exp"], exp: 1 }),
			jwt({ alg: "HS256", crit: [] }),
			jwt({ alg: "HS256", b64: false, crit: ["b64"] }),
		]) {
			refused(post(subject, {}, data(token)), "unsupported_signature", token);
		}
		for (const algorithm of ["HS512", "HS384"]) {
			const token = jwt({ alg: algorithm }, algorithm.replace("HS", "sha"));
			assert.equal(post(subject, {}, data(token)).ok, false, algorithm);
		}
		const rs256 = `${encode({ alg: "RS256" })}.${claims}`;
		const { signing } = keyPair(signerOf("fireblocks"));
		const signature = nodeSign("sha256", bytes(rs256), signing as KeyObject);
		const token = `${rs256}.${signature.toString("base64url")}`;
		assert.equal(post(subject, {}, data(token)).ok, false);
	});
	transak("a token that is none", (subject) => {
		const right = jwt({ alg: "HS256" });
		const [header, payload, signature] = right.split(".") as [string, string, string];
		for (const body of [
			data(`${right}.`),
			data(`.${right}`),
			data(`${right}.x`),
			data(`${header}.${payload}`),
			data(`${header}.${payload}.`),
			data(jwt({ typ: "JWT" })),
			data(`${header}=.${payload}.${signature}`),
			data(` ${right}`),
			data(`${right}\n`),
			data(""),
			data(null),
			data([right]),
			data({ [right]: 1 }),
			data(undefined),
			`["${right}"]`,
		]) {
			refused(post(subject, {}, body), "malformed_payload", body);
		}
		// Of these, nobody could say what is signed.
		const twice = `{"data":"${jwt({ alg: "none" })}","data":"${right}"}`;
		for (const body of [twice, right, "", "{"]) {
			refused(post(subject, {}, body), "signature_mismatch", body);
		}
		// Claims that are none have a form: the signature comes first.
		refused(post(subject, {}, data(`${header}..${signature}`)), "signature_mismatch");
	});
	transak("members beside the token are not handed over", (subject) => {
		const body = JSON.stringify({ order: "refunded", data: jwt({ alg: "HS256" }) });
		const { event } = accepted(post(subject, {}, body));
		assert.ok(!JSON.stringify(event).includes("refunded"));
	});
	transak("claims that are no JSON", (subject) => {
		for (const text of ["{", "x", "", '{"a":1,"a":2}']) {
			const input = `${encode({ alg: "HS256" })}.${Buffer.from(text).toString("base64url")}`;
			const result = post(subject, {}, data(`${input}.${mac(input)}`));
			if (text.endsWith("}")) assert.deepEqual(accepted(result).event, { payload: { a: 2 } });
			else refused(result, "malformed_payload", text);
		}
	});
});

/** Key ids that no header could hold. */
const INVENTED_KIDS = ["", "a b", "k\nforged line", "k\u202e", "k".repeat(257)];

describe("plaid", () => {
	const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const signer = signerOf("plaid");
	const { body } = callbackFor(signer);
	const { signing } = keyPair(signer);
	const hash = createHash("sha256").update(body).digest("hex");
	const iat = Math.floor(NOW / 1000);
	const claims = { iat, request_body_sha256: hash };
	const token = (
		header: object,
		payload: unknown = claims,
		dsaEncoding: "ieee-p1363" | "der" = "ieee-p1363",
	) => {
		const text = typeof payload === "string" ? payload : JSON.stringify(payload);
		const input = `${encode(header)}.${Buffer.from(text).toString("base64url")}`;
		const key = { key: signing as KeyObject, dsaEncoding };
		return `${input}.${nodeSign("sha256", Buffer.from(input), key).toString("base64url")}`;
	};
	const send = (subject: Subject, text: string, sent = body) =>
		post(subject, { "Plaid-Verification": text }, sent);
	const plaid = (title: string, check: (subject: Subject) => void) => trap(title, ["plaid"], check);
	const RIGHT = { alg: "ES256", kid: KEY_ID, typ: "JWT" };

	plaid("ES256, with a key id or without", (subject) => {
		accepted(send(subject, token(RIGHT)));
		accepted(send(subject, token({ kid: KEY_ID, alg: "ES256" })));
		accepted(send(subject, token({ alg: "ES256" })));
		accepted(send(subject, token(RIGHT, { ...claims, request_body_sha256: hash.toUpperCase() })));
		const unknown = send(subject, token({ ...RIGHT, kid: "key-8" }));
		refused(unknown, "unknown_key", "", "plaid-verification");
		assert.equal(!unknown.ok && unknown.keyId, "key-8");
		for (const kid of INVENTED_KIDS) {
			refused(send(subject, token({ ...RIGHT, kid })), "malformed_header");
		}
	});
	plaid("another algorithm", (subject) => {
		const pem = createPublicKey(signing as KeyObject).export({ format: "pem", type: "spki" });
		const input = `${encode({ alg: "HS256", kid: KEY_ID })}.${encode(claims)}`;
		const mac = createHmac("sha256", pem).update(input).digest("base64url");
		refused(send(subject, `${input}.${mac}`), "unsupported_signature");
		for (const header of [
			{ alg: "none" },
			{ alg: "ES384" },
			{ alg: "es256" },
			{ alg: "RS256" },
			{ alg: "ES256", crit: ["exp"] },
			{ alg: "ES256", b64: false },
		]) {
			const result = send(subject, token({ ...header, kid: KEY_ID }));
			refused(result, "unsupported_signature", JSON.stringify(header));
		}
	});
	plaid("another body, whose hash is not the one that is signed", (subject) => {
		for (const sent of [bytes(body, "\n"), bytes("{}"), bytes("")]) {
			refused(send(subject, token(RIGHT), sent), "signature_mismatch", "", "plaid-verification");
		}
		// A hash that was put in later is not signed.
		const [header, , signature] = token(RIGHT).split(".");
		const other = createHash("sha256").update("{}").digest("hex");
		const forged = `${header}.${encode({ iat, request_body_sha256: other })}.${signature}`;
		refused(send(subject, forged, bytes("{}")), "signature_mismatch");
	});
	plaid("a time that is not fresh", (subject) => {
		for (const [offset, code] of [
			[-300, undefined],
			[300, undefined],
			[-301, "timestamp_too_old"],
			[301, "timestamp_too_new"],
			[iat * 999, "timestamp_too_new"],
		] as const) {
			const result = send(subject, token(RIGHT, { ...claims, iat: iat + offset }));
			if (code === undefined) assert.equal(accepted(result).timestamp, iat + offset);
			else refused(result, code, String(offset), "plaid-verification");
		}
	});
	plaid("a token that is none", (subject) => {
		const right = token(RIGHT);
		const [header, payload, signature] = right.split(".") as [string, string, string];
		for (const text of [
			"x",
			"..",
			`${right}.`,
			`.${right}`,
			`${header}..${signature}`,
			`${header}.${payload}`,
			`${header}.${payload}.`,
			`${header}.${payload}=.${signature}`,
			`${payload}.${payload}.${signature}`,
			`${header}.${payload}.${signature}AA`,
			token(RIGHT, claims, "der"),
			token(RIGHT, { ...claims, iat: undefined }),
			token(RIGHT, { ...claims, iat: `${iat}` }),
			token(RIGHT, { ...claims, iat: iat + 0.5 }),
			token(RIGHT, { ...claims, iat: -1 }),
			token(RIGHT, { iat }),
			token(RIGHT, { ...claims, request_body_sha256: 1 }),
			token(RIGHT, { ...claims, request_body_sha256: "x".repeat(64) }),
			token(RIGHT, { ...claims, filler: "x".repeat(4096) }),
			token(RIGHT, `{"iat":${iat},"iat":${iat},"request_body_sha256":"${hash}"}`),
			token(RIGHT, "[]"),
			token(RIGHT, "x"),
		]) {
			refused(send(subject, text), "malformed_header", text, "plaid-verification");
		}
		const short = { ...claims, request_body_sha256: hash.slice(2) };
		refused(send(subject, token(RIGHT, short)), "signature_mismatch");
	});
});

describe("fireblocks-v2", () => {
	const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const signer = signerOf("fireblocks-v2");
	const body = callbackFor(signer).body;
	const { signing } = keyPair(signer);
	const jws = (
		header: unknown,
		{ payload = body.toString("base64url"), digest = "sha512" } = {},
	) => {
		const protectedHeader = typeof header === "string" ? header : encode(header);
		const input = bytes(protectedHeader, ".", payload);
		const signature = nodeSign(digest, input, signing as KeyObject).toString("base64url");
		return [protectedHeader, "", signature] as const;
	};
	const send = (subject: Subject, parts: readonly string[]) =>
		post(subject, { "Fireblocks-Webhook-Signature": parts.join(".") }, body);
	const fireblocks = (title: string, check: (subject: Subject) => void) =>
		trap(title, ["fireblocks-v2"], check);

	fireblocks("RS512, with a key id or without", (subject) => {
		accepted(send(subject, jws({ alg: "RS512", kid: KEY_ID })));
		accepted(send(subject, jws({ kid: KEY_ID, alg: "RS512", typ: "JWT" })));
		accepted(send(subject, jws({ alg: "RS512" })));
		refused(send(subject, jws({ alg: "RS512", kid: "key-8" })), "unknown_key");
		// Keys are looked up by it: it has the form of an id in a header.
		for (const kid of INVENTED_KIDS) {
			refused(send(subject, jws({ alg: "RS512", kid })), "malformed_header");
		}
	});
	fireblocks("another algorithm", (subject) => {
		const pem = createPublicKey(signing as KeyObject).export({ format: "pem", type: "spki" });
		for (const [alg, digest] of [
			["HS256", "sha256"],
			["HS512", "sha512"],
		] as const) {
			const header = encode({ alg, kid: KEY_ID });
			const mac = createHmac(digest, pem).update(`${header}.${body.toString("base64url")}`);
			const result = send(subject, [header, "", mac.digest("base64url")]);
			assert.equal(result.ok, false, alg);
		}
		for (const header of [
			{ alg: "none" },
			{ alg: "HS512" },
			{ alg: "RS256" },
			{ alg: "PS512" },
			{ alg: "rs512" },
			{ alg: "RS512", b64: false, crit: ["b64"] },
			{ alg: "RS512", b64: false },
			{ alg: "RS512", crit: ["exp"] },
			{ alg: "RS512", crit: [] },
		]) {
			const result = send(subject, jws({ ...header, kid: KEY_ID }));
			refused(result, "unsupported_signature", JSON.stringify(header));
		}
		const rs256 = jws({ alg: "RS512", kid: KEY_ID }, { digest: "sha256" });
		refused(send(subject, rs256), "signature_mismatch");
	});
	fireblocks("bytes that are signed as they are", (subject) => {
		const parts = jws({ alg: "RS512", kid: KEY_ID }, { payload: body.toString() });
		refused(send(subject, parts), "signature_mismatch");
	});
	fireblocks("a signature that is none", (subject) => {
		const [header, , signature] = jws({ alg: "RS512", kid: KEY_ID });
		const payload = body.toString("base64url");
		for (const parts of [
			[header, payload, signature],
			[header, signature],
			[header, "", signature, ""],
			[header, "", "", signature],
			["", "", signature],
			[header, "", ""],
			[`${header}=`, "", signature],
			jws(encode(["RS512"])),
			jws(encode("RS512")),
			jws(Buffer.from("{").toString("base64url")),
			jws(Buffer.from('{"alg":"RS512","alg":"RS512"}').toString("base64url")),
			jws(encode({ alg: "RS512", kid: 7 })),
			jws(encode({ alg: "RS512", kid: null })),
			jws(encode({ kid: KEY_ID })),
			jws(encode({})),
		]) {
			refused(send(subject, parts), "malformed_header", parts.join("."));
		}
	});
});

describe("bitso", () => {
	const signer = signerOf("bitso");
	const { body } = callbackFor(signer);
	const bitso = (title: string, check: (subject: Subject) => void) => trap(title, ["bitso"], check);

	bitso("what is not signed is not handed over", (subject) => {
		const altered = bytes(body.toString().replace("of the signature", "of all bounds"));
		assert.ok(!altered.equals(body));
		const { event } = accepted(deliver(subject, { later: { body: altered } }));
		assert.ok(!JSON.stringify(event).includes("bounds"));
		assert.deepEqual((event as { payload?: unknown }).payload, JSON.parse(body.toString()).payload);
	});
	bitso("the member twice, deeper, or not at all", (subject) => {
		const { payload } = JSON.parse(body.toString());
		const signed = JSON.stringify(payload);
		for (const other of [
			`{"outer":{"payload":${signed}}}`,
			`{"Payload":${signed}}`,
			`[${signed}]`,
			"{}",
			"[]",
			"null",
		]) {
			refused(deliver(subject, { body: () => bytes(other) }), "malformed_payload", other);
		}
		// Of these, nobody could say what is signed.
		for (const other of [
			`{"payload":${signed},"payload":{"a":1}}`,
			`{"payload":{"a":1},"payload":${signed}}`,
			`{"payload":${signed}`,
			"",
		]) {
			refused(deliver(subject, { body: () => bytes(other) }), "signature_mismatch", other);
		}
	});
});

describe("plisio", () => {
	const { body } = callbackFor(signerOf("plisio"));
	const plisio = (title: string, check: (subject: Subject) => void) =>
		trap(title, ["plisio"], check);

	plisio("a signature that is missing, twice, or none", (subject) => {
		const right = signatureOf(subject.signer, callbackFor(subject.signer), keyPair(subject.signer));
		const members = body.toString().trim().slice(1, -1);
		for (const text of [
			`{${members}}`,
			`{${members},"inner":{"verify_hash":"${right}"}}`,
			`[{${members},"verify_hash":"${right}"}]`,
			"null",
			"[]",
		]) {
			refused(post(subject, {}, text), "malformed_payload", text);
		}
		// Of these, nobody could say what is signed.
		const twice = `{${members},"verify_hash":"${right}","verify_hash":"${right}"}`;
		for (const text of [twice, `{${members}`, ""]) {
			refused(post(subject, {}, text), "signature_mismatch", text);
		}
		accepted(post(subject, {}, `{"verify_hash":"${right}",${members}}`));
	});
	plisio("a signature that is no text", (subject) => {
		const right = signatureOf(subject.signer, callbackFor(subject.signer), keyPair(subject.signer));
		const members = body.toString().trim().slice(1, -1);
		for (const value of [`["${right}"]`, "null", "1", "{}"]) {
			const text = `{${members},"verify_hash":${value}}`;
			refused(post(subject, {}, text), "malformed_payload", text);
		}
	});
	plisio("a signature in a header", (subject) => {
		const right = signatureOf(subject.signer, callbackFor(subject.signer), keyPair(subject.signer));
		refused(post(subject, { verify_hash: right }, body), "malformed_payload");
	});
});

describe("one's own header, and another's", () => {
	test("alternatives are not mixed", () => {
		for (const library of [core, full]) {
			const signer = signerOf("svix");
			const other = signerOf("svix", "by its other names");
			const callback = callbackFor(signer);
			const right = signCallback(signer, callback, keyPair(signer)).headers;
			const rightOther = signCallback(other, callback, keyPair(other)).headers;
			const subject = { signer, library, name: "" };
			const { "svix-id": _, ...withoutId } = right;
			const mixed = { ...withoutId, "webhook-id": callback.id };
			refused(post(subject, mixed, callback.body), "missing_header", "", "svix-id");
			// The first set counts, alone.
			const wrong = { ...right, "svix-signature": `v1,${Buffer.alloc(32).toString("base64")}` };
			refused(post(subject, { ...rightOther, ...wrong }, callback.body), "signature_mismatch");
		}
	});
});

test("a header twice is one with a comma", () => {
	const twice = (value: string): [string, string] => [value, value];
	for (const { signer, library } of subjects) {
		const callback = callbackFor(signer);
		const { headers, body } = signCallback(signer, callback, keyPair(signer));
		if (Object.keys(headers).length === 0) continue;
		const doubled = Object.fromEntries(
			Object.entries(headers).map(([name, value]) => [name, twice(value)]),
		);
		const keys = keyPair(signer).verifying;
		const agreed = signer.agreed?.(callback);
		const verifier = library.createVerifier({
			...agreed,
			sender: signer.name,
			keys,
			now: () => NOW,
		});
		const { method, url } = callback;
		assert.equal(
			verifier.safeVerify({ headers: doubled, body, method, url }).ok,
			false,
			signer.name,
		);
	}
});

test("a Fetch request", async () => {
	for (const { signer, library } of subjects) {
		const callback = callbackFor(signer);
		const { headers, body } = signCallback(signer, callback, keyPair(signer));
		const keys = keyPair(signer).verifying;
		const agreed = signer.agreed?.(callback);
		const verifier = library.createVerifier({
			...agreed,
			sender: signer.name,
			keys,
			now: () => NOW,
		});
		const { method, url } = callback;
		// `Headers` refuses the date, which a browser writes itself; a server's does not.
		const request = new Request(url, { method, headers, body: new Uint8Array(body) });
		assert.equal((await verifier.safeVerifyRequest(request)).ok, true, signer.name);
	}
});

test("every sender has been trapped", () => {
	assert.deepEqual(new Set(subjects.map(({ signer }) => signer)), new Set(signers));
});

test("what the method and the URL are, where they are signed", () => {
	for (const library of [core, full] satisfies Library[]) {
		const signer = signerOf("coinpayments");
		const callback = callbackFor(signer);
		const { headers, body } = signCallback(signer, callback, keyPair(signer));
		const keys = keyPair(signer).verifying;
		const { method, url, clientId } = callback;
		const options = { sender: "coinpayments", keys, now: () => NOW } as const;
		const verifier = library.createVerifier({ ...options, url, clientId });
		for (const called of [url, "https://evil.example/", undefined]) {
			accepted(verifier.safeVerify({ headers, body, method, url: called }));
			// A mistake of the program, not of the sender.
			assert.throws(() => verifier.safeVerify({ headers, body, url: called }), TypeError);
		}
		const staging = library.createVerifier({ ...options, url: "https://b.example/", clientId });
		refused(staging.safeVerify({ headers, body, method, url }), "signature_mismatch");
		const other = library.createVerifier({ ...options, url, clientId: "client-8" });
		const result = other.safeVerify({ headers, body, method, url });
		refused(result, "unsupported_signature", "", "x-coinpayments-client");
		for (const incomplete of [{ url }, { clientId }, {}]) {
			assert.throws(() => library.createVerifier({ ...options, ...incomplete }), {
				name: "ConfigError",
				code: "invalid_option",
				message: /coinpayments signs it/,
			});
		}
	}
});
