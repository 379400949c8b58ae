/** Every published vector, through the package and through the independent signers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { SenderName } from "wallet-callback";
import { core, full } from "./package.ts";
import {
	type Callback,
	ed25519FromSeed,
	isInCore,
	readKey,
	type Signer,
	signCallback,
	signers,
	type Unit,
	write,
} from "./signers.ts";

interface Vector {
	readonly sender: SenderName;
	readonly valid: boolean;
	readonly key: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** Unix seconds; `null` where the sender signs no time. */
	readonly verify_at: number | null;
	/** Why, where it comes from, and how it is signed, for people. */
	readonly note: string;
	readonly signed: string;
	readonly kind: "published" | "derived";
	readonly source: string;
	/** The member of the body that holds the signature, where no header does. */
	readonly signature_in_body?: string;
	readonly method?: string;
	readonly url?: string;
}

const MEMBERS = ["sender", "valid", "key", "headers", "body", "verify_at", "note", "signed"];
const OTHER_MEMBERS = ["kind", "source", "signature_in_body", "method", "url"];

const vectors: readonly Vector[] = JSON.parse(readFileSync("tests/vectors/senders.json", "utf8"));

const title = ({ sender, valid, note }: Vector, index: number) =>
	`${index} ${sender}: ${valid ? "valid" : "invalid"} ${note}`;

test("nothing of a vector is passed over", () => {
	assert.ok(vectors.length >= 33, String(vectors.length));
	for (const [index, vector] of vectors.entries()) {
		const unknown = Object.keys(vector).filter(
			(name) => ![...MEMBERS, ...OTHER_MEMBERS].includes(name),
		);
		assert.deepEqual(unknown, [], title(vector, index));
		assert.equal(typeof vector.valid, "boolean");
		assert.ok(
			signers.some(({ name }) => name === vector.sender),
			vector.sender,
		);
	}
});

describe("the package", () => {
	let judged = 0;
	const verdicts = new Map<SenderName, Set<boolean>>();
	for (const [index, vector] of vectors.entries()) {
		test(title(vector, index), () => {
			const libraries = signersOf(vector).every(isInCore) ? [core, full] : [full];
			for (const library of libraries) {
				const { sender, valid, verify_at: at } = vector;
				const verifier = library.createVerifier({
					sender,
					keys: vector.key,
					dangerouslyAllowShortKeys: true,
					...signersOf(vector)[0]?.agreed?.(callbackOf(vector)),
					now: () => (at ?? 0) * 1000,
				});
				const { headers, body, method = "POST", url = "https://receiver.example/" } = vector;
				const result = verifier.safeVerify({ headers, body, method, url });
				assert.equal(result.ok, valid, JSON.stringify(result));
			}
			judged += 1;
			verdicts.set(vector.sender, (verdicts.get(vector.sender) ?? new Set()).add(vector.valid));
		});
	}
	test("all of them were judged, and each sender of one was found right", () => {
		assert.equal(judged, vectors.length);
		for (const [sender, those] of verdicts) assert.ok(those.has(true), sender);
	});
});

/** The signers are judged, too: their own signatures would only agree with themselves. */
describe("the independent signers", () => {
	const valid = vectors.filter((vector) => vector.valid);
	let judged = 0;
	for (const [index, vector] of valid.entries()) {
		test(title(vector, index), () => {
			assert.ok(
				signersOf(vector).some((signer) => agrees(signer, vector)),
				"no signer of this sender makes this signature",
			);
			judged += 1;
		});
	}
	test("all of the valid ones were judged", () => assert.equal(judged, valid.length));

	test("turnkey, whose key is the one of a published seed", () => {
		const signing = ed25519FromSeed(Buffer.from(Array.from({ length: 32 }, (_, index) => index)));
		const vector = valid.find(({ sender }) => sender === "turnkey") ?? assert.fail();
		const [signer] = signersOf(vector) as [Signer];
		const { headers } = signCallback(signer, callbackOf(vector), { signing, verifying: "" });
		assert.deepEqual(headers, vector.headers);
	});
});

function signersOf({ sender }: Vector): Signer[] {
	return signers.filter(({ name }) => name === sender);
}

/** Whether the vector's signature is the one over what this signer takes for the signed bytes. */
function agrees(signer: Signer, vector: Vector): boolean {
	const { headers, body, signature_in_body: member } = vector;
	const callback = callbackOf(vector);
	const key = readKey(signer, vector.key);
	if (signer.algorithm.family === "hmac" || signer.algorithm.family === "keccak256") {
		const signature = signer.algorithm.sign(signer.signed(callback), key).toString(signer.encoding);
		if (member !== undefined) return JSON.parse(body)[member] === signature;
		const { name, value } = find(headers, signature);
		const made = signer.headers(callback, `${signer.prefix ?? ""}${signature}`);
		const own = Object.entries(made).find(([one]) => one.toLowerCase() === name)?.[1];
		// A vector may have signatures of other schemes beside it.
		const entries = (text: string) => text.split(/[,;]/);
		const given = entries(value ?? "");
		return own !== undefined && entries(own).every((entry) => given.includes(entry));
	}
	const made = signer.headers(callback, "SIGNATURE");
	for (const [name, value] of Object.entries(made)) {
		const [before, behind] = value.split("SIGNATURE");
		if (behind === undefined) continue;
		const given = header(headers, name) ?? assert.fail(name);
		assert.ok(given.startsWith(before as string) && given.endsWith(behind), given);
		const text = given.slice((before as string).length, given.length - behind.length);
		const signature = Buffer.from(text, signer.encoding);
		return signer.algorithm.verify(signer.signed(callback), key, signature);
	}
	return assert.fail("no header for the signature");
}

function find(headers: Vector["headers"], text: string) {
	const found = Object.entries(headers).find(([, value]) => value.includes(text));
	return { name: found?.[0].toLowerCase(), value: found?.[1] };
}

function header(headers: Vector["headers"], name: string): string | undefined {
	return Object.entries(headers).find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1];
}

/** What the headers of a vector say. */
function callbackOf(vector: Vector): Callback {
	const { headers, body, method = "POST", url = "https://receiver.example/" } = vector;
	const [signer] = signersOf(vector);
	const ending = (pattern: RegExp) =>
		Object.entries(headers).find(([name]) => pattern.test(name))?.[1];
	const all = Object.values(headers).join();
	// Where no header is said to be a time, a nonce may be one.
	const time = /\bts?=(\d+)/.exec(all)?.[1] ?? ending(/(timestamp|^date)$/i) ?? ending(/nonce$/i);
	const covered = /\bh=([^,]*)/.exec(all)?.[1]?.split(" ") ?? [];
	return {
		body: Buffer.from(body),
		timestamp: time === undefined ? 0 : read(time, signer?.unit ?? "s"),
		id: ending(/-id$/i) ?? "",
		nonce: ending(/nonce$/i) ?? "",
		keyId: ending(/(key-id|-sn)$/i) ?? "",
		clientId: ending(/-client$/i) ?? "",
		method,
		url,
		covered: covered.map((name) => [name, header(headers, name) ?? ""]),
		...signer?.tell?.(headers),
	};
}

function read(text: string, unit: Unit): number {
	const timestamp = {
		s: () => Number(text) * 1000,
		ms: () => Number(text),
		iso8601: () => Date.parse(`${text}Z`),
		"http-date": () => Date.parse(text),
		go: () => Date.parse(text.replace(/ \+0000 UTC.*/, "Z")),
	}[unit]();
	assert.equal(write(timestamp, unit), text);
	return timestamp;
}
