/** Every sender against everything that can be wrong with a callback, signed independently. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
	accepted,
	callbackFor,
	deliver,
	ID,
	malformed,
	NOW,
	refused,
	type Subject,
	subjects,
	TYPE,
	trapBody,
	wrongLength,
} from "./deliveries.ts";
import { core, full } from "./package.ts";
import {
	bytes,
	type Callback,
	type Column,
	hasTimeOfOneLength,
	isInCore,
	keyPair,
	type Signer,
	signatureOf,
	signers,
	takesEitherUnit,
	together,
	write,
} from "./signers.ts";

interface Case {
	/** To whom it applies. Default: to all. */
	readonly of?: (signer: Signer) => boolean;
	readonly check: (subject: Subject) => void;
}

const cases: { readonly [title: string]: Case } = {
	valid: {
		check(subject) {
			const { signer } = subject;
			const { id, timestamp, key, event } = accepted(deliver(subject));
			assert.equal(timestamp, signer.unit && NOW / 1000);
			assert.deepEqual(
				{ ...key },
				{ index: 0, ...(signer.keyed ? { id: callbackFor(signer).keyId } : {}) },
			);
			if (signer.id !== undefined) assert.equal(id, signedId(signer));
			checkEvent(signer, event);
		},
	},
	"the second of two keys": {
		check(subject) {
			const keys = together(keyPair(subject.signer, 1), keyPair(subject.signer));
			assert.equal(accepted(deliver(subject, { keys })).key.index, 1);
		},
	},
	"another key": {
		check(subject) {
			const keys = keyPair(subject.signer, 1).verifying;
			refused(deliver(subject, { keys }), "signature_mismatch");
		},
	},
	"a key of another id": {
		of: (signer) => signer.keyed === true,
		check(subject) {
			const keys = keyPair(subject.signer, 0, "key-8").verifying;
			refused(deliver(subject, { keys }), "unknown_key");
		},
	},
	"a key without an id": {
		of: (signer) => signer.keyed === true,
		check(subject) {
			const { keyed: _, ...anonymous } = subject.signer;
			const keys = keyPair(anonymous).verifying;
			// A callback names the key of a set, so that one without a name is nobody's.
			const isSet = typeof keys === "object" && "keys" in keys;
			if (isSet) assert.throws(() => deliver(subject, { keys }), { code: "invalid_key" });
			else accepted(deliver(subject, { keys }));
		},
	},
	"an altered bit of the body": {
		of: ({ covers }) => covers === undefined,
		check(subject) {
			const { body } = callbackFor(subject.signer);
			const last = body.length - 1;
			const positions = [0, 1, Math.floor(last / 3), Math.floor(last / 2), last - 1, last];
			for (const [turn, position] of positions.entries()) {
				const altered = Buffer.from(body);
				altered.writeUInt8(altered.readUInt8(position) ^ (1 << (turn % 7)), position);
				const result = deliver(subject, { later: { body: altered } });
				refused(result, "signature_mismatch", `bit ${turn % 7} of byte ${position}`);
			}
		},
	},
	"a body that is longer or shorter": {
		of: ({ covers }) => covers === undefined,
		check(subject) {
			const { body } = callbackFor(subject.signer);
			const others = [bytes(body, "\n"), bytes(" ", body), body.subarray(0, -1), bytes("")];
			for (const other of others) {
				refused(deliver(subject, { later: { body: other } }), "signature_mismatch");
			}
		},
	},
	"an altered value in the body": {
		check(subject) {
			for (const [from, to] of [
				["unaltered", "Unaltered"],
				["unaltered", "unaltered\u200b"],
				['"marker"', '"Marker"'],
			] as const) {
				const text = callbackFor(subject.signer).body.toString();
				const [before, behind] = text.split(from);
				if (behind === undefined) continue;
				const body = bytes(before as string, to, behind);
				refused(deliver(subject, { later: { body } }), "signature_mismatch", to);
			}
		},
	},
	"an altered time": {
		of: ({ unit, timestampMember }) => unit !== undefined && timestampMember === undefined,
		check(subject) {
			for (const seconds of [1, -1, 60]) {
				const result = deliver(subject, { later: { timestamp: NOW + seconds * 1000 } });
				refused(result, "signature_mismatch", `${seconds} s`);
			}
		},
	},
	"an altered part of what is signed": {
		check(subject) {
			const before = callbackFor(subject.signer);
			const parts: Partial<typeof before>[] = [
				{ id: "msg_2f8d" },
				{ nonce: "n0nceqt8" },
				{ nonce: "" },
				{ method: "PUT" },
				{ url: "https://receiver.example/callbacks/a%20b?x=1&y=%24%27" },
				{
					covered: [
						["x-event-id", "evt-2"],
						["x-delivery-id", "dlv-1"],
					],
				},
				...(subject.signer.keyed ? [] : [{ keyId: "key-8" }]),
			];
			for (const part of parts) {
				const sameBytes = subject.signer
					.signed(before)
					.equals(subject.signer.signed({ ...before, ...part }));
				if (sameBytes) continue;
				const result = deliver(subject, { later: part });
				const code = part.nonce === "" ? "malformed_header" : "signature_mismatch";
				refused(result, code, JSON.stringify(part));
			}
		},
	},
	"a shorter signature": {
		check(subject) {
			const code = malformed(subject.signer);
			refused(deliver(subject, { signature: (text) => text.slice(0, -1) }), code);
			refused(deliver(subject, { signature: (text) => text.slice(1) }), code);
			const half = (text: string) => text.slice(0, 17);
			refused(deliver(subject, { signature: half }), code);
			for (const end of [-1, -2, -16]) {
				const signature = reencoded(subject, (decoded) => decoded.subarray(0, end));
				refused(deliver(subject, { signature }), wrongLength(subject.signer), `${end}`);
			}
		},
	},
	"junk behind the signature": {
		check(subject) {
			for (const junk of ["\n", "\r\n", " ", "\t", ",", ";", "=", "\0", "!", "%00", "é"]) {
				refused(
					deliver(subject, { signature: (text) => text + junk }),
					malformed(subject.signer),
					JSON.stringify(junk),
				);
			}
			for (const junk of [Buffer.alloc(1), Buffer.alloc(16, 0xab)]) {
				const signature = reencoded(subject, (decoded) => bytes(decoded, junk));
				refused(deliver(subject, { signature }), wrongLength(subject.signer));
			}
		},
	},
	"junk before and inside the signature": {
		check(subject) {
			const { encoding } = subject.signer;
			const ofAnother = encoding === "base64url" ? "+/" : "-_";
			for (const junk of [" ", "\n", ofAnother, "!", "=", "\0"]) {
				for (const at of [0, 10]) {
					refused(
						deliver(subject, {
							signature: (text) => text.slice(0, at) + junk + text.slice(at),
						}),
						malformed(subject.signer),
						JSON.stringify([junk, at]),
					);
				}
			}
		},
	},
	"what a lenient reader of hex takes": {
		of: ({ encoding }) => encoding === "hex",
		check(subject) {
			for (const change of [
				(text: string) => `${text}0`,
				(text: string) => `${text}00`,
				(text: string) => `${text}g0`,
				(text: string) => `0x${text}`,
				(text: string) => `${text.slice(0, 20)} ${text.slice(20)}`,
				(text: string) => `${text.slice(0, -2)}g0`,
				(text: string) => (text.match(/../g) ?? []).join(":"),
			]) {
				const result = deliver(subject, { signature: change });
				refused(result, malformed(subject.signer), change("…"));
			}
		},
	},
	"hex in either case": {
		of: ({ encoding }) => encoding === "hex",
		check(subject) {
			accepted(deliver(subject, { signature: (text) => text.toUpperCase() }));
			const mixed = (text: string) => text.replace(/[a-f]/, (letter) => letter.toUpperCase());
			accepted(deliver(subject, { signature: mixed }));
		},
	},
	"what a lenient reader of base64 takes": {
		of: ({ encoding }) => encoding !== "hex",
		check(subject) {
			const { callback, text } = withPadding(subject.signer);
			const bare = text.replace(/=+$/, "");
			const others = [
				`${bare}${"=".repeat((4 - (bare.length % 4)) % 4)}=`,
				`${bare}A`.padEnd(bare.length + 2, "*"),
				withLooseBits(text),
				...(subject.signer.encoding === "base64"
					? [bare, `${text}AAAA`, `${text}${text}`, text.replace("=", "%3D")]
					: []),
			];
			for (const signature of others) {
				const result = deliver(subject, { callback, signature });
				refused(result, malformed(subject.signer), signature);
			}
		},
	},
	"base64 and base64url for each other": {
		of: ({ encoding }) => encoding !== "hex",
		check(subject) {
			const { encoding } = subject.signer;
			const { callback, text } = withSymbols(subject.signer);
			const other = encoding === "base64" ? "base64url" : "base64";
			const otherwise = Buffer.from(text, encoding).toString(other);
			const padded = otherwise.padEnd(Math.ceil(otherwise.length / 4) * 4, "=");
			for (const signature of [otherwise, padded]) {
				const result = deliver(subject, { callback, signature });
				refused(result, malformed(subject.signer), signature);
			}
		},
	},
	"hex and base64 for each other": {
		check(subject) {
			const { signer } = subject;
			const { encoding } = signer;
			const other = encoding === "hex" ? "base64" : "hex";
			const { callback, text } = search(signer, (found) => digitsOf(found, signer) % 4 === 0);
			const signature = Buffer.from(text, encoding).toString(other);
			// Hex digits are letters of base64, too: a signature of another length.
			const code = encoding === "hex" ? malformed(signer) : wrongLength(signer);
			refused(deliver(subject, { callback, signature }), code);
		},
	},
	"a missing header": {
		check(subject) {
			const { signer } = subject;
			for (const name of Object.keys(signer.headers(callbackFor(signer), ""))) {
				const result = deliver(subject, {
					headers: ({ [name]: _, ...others }) => others,
				});
				// Without a signature under its other name, the first name is what is missed; without
				// any of two times, the first of them.
				const isOther = signer.alternative === true && /-signature$/.test(name);
				const missed = signer.variant === "by one other name" ? "x-pay-timestamp" : name;
				refused(result, "missing_header", name, isOther ? undefined : missed.toLowerCase());
			}
		},
	},
	"headers that only describe": {
		of: ({ type, id, signsId }) => [type, signsId ? null : id].some(isHeader),
		check(subject) {
			const { signer } = subject;
			const needed = Object.keys(signer.headers(callbackFor(signer), ""));
			const result = accepted(
				deliver(subject, {
					headers: (all) =>
						Object.fromEntries(Object.entries(all).filter(([name]) => needed.includes(name))),
				}),
			);
			const { type, id } = result.event as { type?: string; id?: string };
			if (isHeader(signer.type)) assert.equal(type, undefined);
			if (isHeader(signer.id)) assert.equal(id, undefined);
		},
	},
	"names of headers in another case": {
		check(subject) {
			for (const change of ["toLowerCase", "toUpperCase"] as const) {
				const headers = (all: Record<string, string>) =>
					Object.fromEntries(Object.entries(all).map(([name, one]) => [name[change](), one]));
				accepted(deliver(subject, { headers }));
			}
		},
	},
	"an empty signature": {
		check(subject) {
			refused(deliver(subject, { signature: "" }), malformed(subject.signer));
			for (const name of signatureHeaders(subject)) {
				const result = deliver(subject, { headers: (all) => ({ ...all, [name]: "" }) });
				refused(result, "malformed_header", name, name.toLowerCase());
			}
		},
	},
	"a prefix that is missing or another": {
		of: ({ prefix, between }) => prefix !== undefined && between === undefined,
		check(subject) {
			const { prefix = "" } = subject.signer;
			for (const other of ["", prefix.toUpperCase(), "sha1=", `${prefix}${prefix}`, ` ${prefix}`]) {
				const headers = (all: Record<string, string>) =>
					mapped(all, (value) =>
						value.startsWith(prefix) ? other + value.slice(prefix.length) : value,
					);
				refused(deliver(subject, { headers }), "malformed_header", other);
			}
		},
	},
	"a time that is none": {
		of: ({ unit, timestampMember, token }) =>
			unit !== undefined && timestampMember === undefined && token !== true,
		check(subject) {
			const right = write(NOW, subject.signer.unit ?? "s");
			for (const wrong of [
				...["", "x", "-1", "1e9", "NaN", "0x6b03", "9".repeat(40)],
				...[`${right}x`, `+${right}`],
			]) {
				const headers = (all: Record<string, string>) =>
					mapped(all, (value) => replaced(value, right, wrong));
				refused(deliver(subject, { headers }), "malformed_header", wrong);
			}
		},
	},
	"a nought before the time": {
		of: hasDigitTime,
		check(subject) {
			const { signer } = subject;
			const right = write(NOW, signer.unit ?? "s");
			const headers = (all: Record<string, string>) =>
				mapped(all, (value) => replaced(value, right, `0${right}`));
			const isMalformed = hasTimeOfOneLength(signer);
			refused(
				deliver(subject, { headers }),
				isMalformed ? "malformed_header" : "signature_mismatch",
			);
			// As it would be if the sender signed it so, where what is signed is no digest.
			const signed = signer.signed(callbackFor(signer)).toString("latin1");
			if (!signed.includes(right)) return;
			const otherwise = Buffer.from(replaced(signed, right, `0${right}`), "latin1");
			const signature = signer.algorithm
				.sign(otherwise, keyPair(signer).signing)
				.toString(signer.encoding);
			const result = deliver(subject, { headers, signature });
			if (isMalformed) refused(result, "malformed_header");
			else assert.equal(accepted(result).timestamp, NOW / 1000);
		},
	},
	"a time in another unit": {
		of: (signer) =>
			signer.unit === "s" && signer.timestampMember === undefined && !takesEitherUnit(signer),
		check(subject) {
			const code = hasTimeOfOneLength(subject.signer) ? "malformed_header" : "timestamp_too_new";
			refused(deliver(subject, { callback: { timestamp: NOW * 1000 } }), code);
		},
	},
	"a time in either unit": {
		of: takesEitherUnit,
		check(subject) {
			// Which of the two a number is in, its size tells.
			const late = 301_000;
			for (const [scale, note] of [
				[1, "s"],
				[1000, "ms"],
			] as const) {
				const at = (time: number) => deliver(subject, { callback: { timestamp: time * scale } });
				assert.equal(accepted(at(NOW), note).timestamp, NOW / 1000);
				accepted(at(NOW - 300_000), note);
				accepted(at(NOW + 300_000), note);
				refused(at(NOW - late), "timestamp_too_old", note);
				refused(at(NOW + late), "timestamp_too_new", note);
			}
			refused(deliver(subject, { callback: { timestamp: NOW * 1e6 } }), "timestamp_too_new");
			const boundary = (written: number) =>
				deliver(subject, { callback: { timestamp: written * 1000 } });
			refused(boundary(1e11), "timestamp_too_old");
			refused(boundary(1e11 - 1), "timestamp_too_new");
		},
	},
	"a time in seconds for milliseconds": {
		of: ({ unit }) => unit === "ms",
		check(subject) {
			const code = hasTimeOfOneLength(subject.signer) ? "malformed_header" : "timestamp_too_old";
			refused(deliver(subject, { callback: { timestamp: NOW / 1000 } }), code);
		},
	},
	"from the oldest to the newest that is fresh": {
		of: ({ unit }) => unit !== undefined,
		check(subject) {
			const { tolerance = 0 } = subject.signer;
			for (const seconds of [tolerance, -tolerance, 0, tolerance - 1]) {
				accepted(deliver(subject, { delay: seconds * 1000 }), `${seconds} s`);
			}
			const year = 365 * 86_400;
			for (const seconds of [tolerance + 1, year]) {
				refused(deliver(subject, { delay: seconds * 1000 }), "timestamp_too_old");
				refused(deliver(subject, { delay: -seconds * 1000 }), "timestamp_too_new");
			}
		},
	},
	"a tolerance of one's own": {
		of: ({ unit }) => unit !== undefined,
		check(subject) {
			const options = { toleranceSeconds: 7 };
			accepted(deliver(subject, { delay: 7000, options }));
			accepted(deliver(subject, { delay: -7000, options }));
			refused(deliver(subject, { delay: 8000, options }), "timestamp_too_old");
			refused(deliver(subject, { delay: -8000, options }), "timestamp_too_new");
		},
	},
	"an old callback with a wrong signature": {
		of: ({ unit }) => unit !== undefined,
		check(subject) {
			const keys = keyPair(subject.signer, 1).verifying;
			refused(deliver(subject, { keys, delay: 10 ** 9 }), "signature_mismatch");
		},
	},
	"any time, where none is signed": {
		of: ({ unit }) => unit === undefined,
		check(subject) {
			for (const years of [-20, 20]) {
				const { timestamp } = accepted(deliver(subject, { delay: years * 365 * 86_400_000 }));
				assert.equal(timestamp, undefined);
			}
		},
	},
	"a right signature among others": {
		of: isList,
		check(subject) {
			const { signer } = subject;
			const { between = "" } = signer;
			const wrong = signatureOf(signer, callbackFor(signer), keyPair(signer, 1));
			const list = (count: number, at: number) => (right: string) =>
				Array.from({ length: count }, (_, index) => (index === at ? right : wrong)).join(between);
			for (const at of [0, 1, 2]) accepted(deliver(subject, { signature: list(3, at) }));
			accepted(deliver(subject, { signature: list(15, 14) }));
			refused(deliver(subject, { signature: list(3, -1) }), "signature_mismatch");
			refused(deliver(subject, { signature: list(17, 0) }), "malformed_header");
			refused(deliver(subject, { signature: list(2000, 0) }), "malformed_header");
		},
	},
	"a list that is no list": {
		of: isList,
		check(subject) {
			const { between = "" } = subject.signer;
			const [separator = ""] = between;
			for (const signature of [
				(text: string) => `${text}${separator}`,
				(text: string) => `${text}${separator}${between}${text}`,
				(text: string) => `${text}${separator}${text.slice(0, 16)}`,
				(text: string) => `${text}${between}`,
				(text: string) => `${text.slice(0, -1)}${between}${text.slice(1)}`,
			]) {
				refused(deliver(subject, { signature }), "malformed_header", signature("…"));
			}
		},
	},
	// As in a callback that Blockfrost publishes, and as its and Stripe's own libraries do.
	"a signature of another form beside the right one": {
		of: ({ between }) => between !== undefined,
		check(subject) {
			const { between = "" } = subject.signer;
			for (const signature of [
				(text: string) => `abc${between}${text}`,
				(text: string) => `${text}${between}abc`,
				(text: string) => `${text}${between}${text.slice(0, -1)}`,
				(text: string) => `${text.slice(0, -1)}${between}${text}`,
			]) {
				accepted(deliver(subject, { signature }), signature("…"));
			}
			const wrong = (text: string) => `abc${between}${text.slice(0, -2)}`;
			refused(deliver(subject, { signature: wrong }), "malformed_header");
		},
	},
	"no label that is known": {
		of: ({ between }) => between !== undefined,
		check(subject) {
			const { between = "" } = subject.signer;
			const headers = (all: Record<string, string>) =>
				mapped(all, (value) => {
					const label = between.slice(1);
					return replaced(value, label, label.replace(/[a-z]\w*/, "zz"));
				});
			refused(deliver(subject, { headers }), "unsupported_signature");
		},
	},
	"an unknown label beside the right one": {
		of: isList,
		check(subject) {
			const { between = "" } = subject.signer;
			const other = between.replace(/[a-z]\w*/, "zz");
			accepted(deliver(subject, { signature: (text) => `${text}${other}${text}` }));
		},
	},
	"two signatures where one belongs": {
		of: (signer) => signer.between === undefined,
		check(subject) {
			for (const between of [", ", ",", " "]) {
				const signature = (text: string) =>
					`${text}${between}${subject.signer.prefix ?? ""}${text}`;
				refused(deliver(subject, { signature }), malformed(subject.signer));
			}
		},
	},
	"another algorithm with the same key": {
		check(subject) {
			const { signer } = subject;
			const { signing } = keyPair(signer);
			const others = signer.algorithm.signOtherwise(signer.signed(callbackFor(signer)), signing);
			for (const [index, other] of others.entries()) {
				const signature = other.toString(signer.encoding);
				refused(deliver(subject, { signature }), "signature_mismatch", String(index));
			}
			assert.ok(others.length > 0);
		},
	},
	"the signatures of other senders": {
		check(subject) {
			const { signer } = subject;
			const callback = callbackFor(signer);
			const { signing } = keyPair(signer);
			let tried = 0;
			for (const other of signers.filter(({ form, covers }) => !form && !covers)) {
				if (other.algorithm.family !== signer.algorithm.family) continue;
				const signed = other.signed(callback);
				if (signed.equals(signer.signed(callback))) continue;
				const signature = signer.algorithm.sign(signed, signing).toString(signer.encoding);
				refused(deliver(subject, { signature }), "signature_mismatch", other.name);
				tried += 1;
			}
			assert.ok(tried > 0 || ["ecdsa", "keccak256"].includes(signer.algorithm.family));
		},
	},
	"keys of other kinds": {
		check(subject) {
			const { signer, library } = subject;
			const others = signers.filter((other) => keyKind(other) !== keyKind(signer));
			for (const other of others) {
				const { verifying } = keyPair(other);
				// A secret may be any text, except one that says that it is a public key.
				const saysIt = JSON.stringify(verifying).includes("-----");
				if (keyKind(signer) === "secret" && !saysIt) continue;
				// 64 hex digits are a secret of one sender, and the form of a public key of another.
				if (signer.algorithm.family === "ed25519" && /^[0-9a-f]{64}$/.test(String(verifying)))
					continue;
				// These take both kinds.
				if (signer.between?.startsWith(" ") && keyKind(other) === "secret") continue;
				assert.throws(
					() => library.createVerifier({ sender: signer.name, keys: verifying }),
					(error) => error instanceof library.ConfigError && error.code === "invalid_key",
					other.name,
				);
			}
		},
	},
};

for (const subject of subjects) {
	describe(subject.name, () => {
		for (const [title, { of = () => true, check }] of Object.entries(cases)) {
			if (of(subject.signer)) test(title, () => check(subject));
		}
	});
}

test("every case applies to somebody", () => {
	for (const [title, { of = () => true }] of Object.entries(cases)) {
		assert.ok(signers.some(of), title);
	}
});

test("every sender is listed, with the module that it needs", () => {
	for (const { ConfigError: _, senders } of [core, full]) {
		const listed = Object.fromEntries(senders().map(({ name, entry }) => [name, entry]));
		const expected = Object.fromEntries(
			signers.map((signer) => [
				signer.name,
				isInCore(signer) ? "wallet-callback" : "wallet-callback/full",
			]),
		);
		assert.deepEqual(listed, expected);
	}
});

test("what needs the full module says so", () => {
	for (const signer of signers.filter((one) => !isInCore(one))) {
		assert.throws(
			() => core.createVerifier({ sender: signer.name, keys: keyPair(signer).verifying }),
			(error) =>
				error instanceof core.ConfigError &&
				error.code === "needs_full" &&
				error.message ===
					`${signer.name} needs import { createVerifier } from "wallet-callback/full"`,
			signer.name,
		);
	}
});

test("what is not established is not a sender", () => {
	const names = full.senders().map(({ name }) => name as string);
	for (const name of [
		...["opennode", "bitpay", "helius", "coingate"],
		...["okx-pay", "okx", "blockdaemon", "magic", "zerodev", "pimlico", "trongrid", "reown"],
		...["tokenpocket"],
	]) {
		assert.ok(!names.includes(name), name);
	}
});

test("evidence from second hand is marked", () => {
	const marked = full.senders().filter(({ evidence }) => evidence === "second-hand");
	assert.deepEqual(marked.map(({ name }) => name).sort(), [
		"coinpayments",
		"coinpayments-ipn",
		"dfns",
		"zerohash",
	]);
});

function keyKind({ algorithm: { family, name } }: Signer): string {
	if (family === "ecdsa") return name.replace(/ raw$/, "");
	return ["hmac", "keccak256"].includes(family) ? "secret" : family;
}

function isHeader(column: Column | null | undefined): boolean {
	return typeof column === "object" && column !== null;
}

function hasDigitTime({ unit, timestampMember, token }: Signer): boolean {
	return (unit === "s" || unit === "ms") && timestampMember === undefined && token !== true;
}

/** coinbase-cdp has one signature of each kind. */
function isList({ name, between }: Signer): boolean {
	return between !== undefined && name !== "coinbase-cdp";
}

/** The id that is signed and each event's own. */
function signedId({ id, signsId, sharesIds }: Signer): string | undefined {
	if (signsId) return "msg_2f8c";
	return !sharesIds && typeof id === "string" ? ID : undefined;
}

function checkEvent(signer: Signer, event: unknown): void {
	const text = trapBody(signer).toString();
	if (signer.form === "wallet-event") {
		assert.deepEqual(event, { ...JSON.parse(text), known: false });
		return;
	}
	const { type, id, payload } = event as { type?: string; id?: string; payload?: unknown };
	if (signer.type !== undefined) assert.equal(type, described(signer, signer.type, TYPE));
	if (signer.id !== undefined) assert.equal(id, described(signer, signer.id, ID));
	if (signer.form === "form") {
		assert.deepEqual({ ...(payload as object) }, Object.fromEntries(new URLSearchParams(text)));
	} else if (signer.covers === "member payload") {
		assert.deepEqual(payload, JSON.parse(text).payload);
	} else if (signer.name === "plisio") {
		const { verify_hash: hash, ...rest } = payload as { verify_hash?: string };
		const members = Object.entries(JSON.parse(text)).map(([name, one]) => [name, String(one)]);
		assert.deepEqual(rest, Object.fromEntries(members));
		assert.ok(hash === undefined || hash.length === 40);
	} else {
		assert.deepEqual(payload, JSON.parse(text));
	}
}

/** What a result says in a column: a signed id is the callback's own. */
function described(signer: Signer, column: Column | null, value: string): string | undefined {
	if (column === null) return undefined;
	return column === signer.id && signer.signsId ? "msg_2f8c" : value;
}

function mapped(all: Record<string, string>, change: (value: string) => string) {
	return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, change(value)]));
}

/** Not `String.replace`, to which some texts are patterns. */
function replaced(text: string, from: string, to: string): string {
	return text.split(from).join(to);
}

/** The headers in which the signature stands. */
function signatureHeaders({ signer }: Subject): string[] {
	const headers = signer.headers(callbackFor(signer), "SIGNATURE");
	return Object.keys(headers).filter((name) => headers[name]?.includes("SIGNATURE"));
}

/** The signature's bytes changed, in the right encoding. */
function reencoded({ signer }: Subject, change: (decoded: Buffer) => Buffer) {
	return (text: string) => change(Buffer.from(text, signer.encoding)).toString(signer.encoding);
}

/** A callback whose signature is as the test needs it: some are only once in a while. */
function search(
	signer: Signer,
	fits: (text: string) => boolean,
): { callback: Callback; text: string } {
	for (let salt = 0; salt < 200; salt += 1) {
		const callback = callbackFor(signer, salt);
		const text = signatureOf(signer, callback, keyPair(signer));
		if (fits(text)) return { callback, text };
	}
	return assert.fail(`no such signature of ${signer.name}`);
}

/** How many digits a signature has in hex. */
function digitsOf(text: string, { encoding }: Signer): number {
	return Buffer.from(text, encoding).length * 2;
}

/** Whose bytes do not fill the last four letters. */
function withPadding(signer: Signer) {
	return search(signer, (text) => text.replace(/=+$/, "").length % 4 !== 0);
}

/** In which the two alphabets differ. */
function withSymbols(signer: Signer) {
	return search(signer, (text) => /[-_+/]/.test(text));
}

/** The same bytes, with a bit set that no byte needs. */
function withLooseBits(text: string): string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	const end = text.replace(/=+$/, "").length;
	const last = alphabet.indexOf(text.charAt(end - 1));
	assert.ok(last >= 0 && last % 4 === 0, text);
	return `${text.slice(0, end - 1)}${alphabet.charAt(last + 1)}${text.slice(end)}`;
}
