/** Seeded random callbacks, half of them spoilt in one random way. What each must answer is computed by the reference. */
import { Random } from "../../random.ts";
import type { BodySpec, HeaderShape, VerifyCase } from "../model.ts";
import {
	referenceSign,
	referenceVerify,
	type SigningKey,
	STATUS,
	verifyingKey as verifying,
} from "../reference.ts";
import { base64, bodySpec, opaqueEvent, verifyingKey, walletEvent } from "./build.ts";

const SEED = 0x5eed_ca11;
const SENDERS = ["tp-wallet", "standard-webhooks", "svix"] as const;

export function randomCases(count: number): VerifyCase[] {
	const random = new Random(SEED);
	return Array.from({ length: count }, (_, index) =>
		randomCase(random, `random ${index}`, index % 2 === 1),
	);
}

/** A callback on the wire, before it becomes a case: what a mutation may change. */
interface Wire {
	id: string;
	timestamp: string;
	signature: string;
	body: Buffer;
	payload: "genuine" | "malformed";
	now: number;
	tolerance: number;
	keys: SigningKey[];
	signer: SigningKey;
	missing?: "id" | "timestamp" | "signature";
}

function randomCase(random: Random, name: string, spoilt: boolean): VerifyCase {
	const sender = random.pick(SENDERS);
	const wire = genuine(random, sender);
	if (spoilt) {
		const [mutation, mutate] = random.pick(MUTATIONS);
		mutate(wire, random);
		return toCase(random, `${name}: ${mutation}`, sender, wire);
	}
	return toCase(random, name, sender, wire);
}

function genuine(random: Random, sender: (typeof SENDERS)[number]): Wire {
	const keys = random.list(1, 4, () => randomKey(random));
	const signer = random.pick(keys);
	const tolerance = random.pick([300, 300, random.between(1, 86_400)]);
	const timestamp = random.between(1_000_000_000, 4_000_000_000);
	const wire: Wire = {
		id: random.text(ID_ALPHABET, 1, random.chance(0.05) ? 256 : 40),
		timestamp: String(timestamp),
		signature: "",
		body: Buffer.from(sender === "tp-wallet" ? randomEvent(random) : randomJson(random)),
		payload: "genuine",
		now: timestamp + random.between(-tolerance, tolerance),
		tolerance,
		keys,
		signer,
	};
	sign(wire, random);
	return wire;
}

/** Signs with the signer, among strangers' signatures now and then. */
function sign(wire: Wire, random: Random): void {
	const by = (key: SigningKey) => referenceSign(key, wire.id, wire.timestamp, wire.body);
	const strangers = random.chance(0.2) ? random.list(1, 3, () => randomKey(random)) : [];
	wire.signature = random
		.shuffle([wire.signer, ...strangers])
		.map(by)
		.join(" ");
}

type Mutation = readonly [name: string, mutate: (wire: Wire, random: Random) => void];

const MUTATIONS: readonly Mutation[] = [
	["a bit of the body flipped", (wire, random) => flipBit(wire.body, random)],
	[
		"the body cut",
		(wire, random) => {
			wire.body = wire.body.subarray(0, random.between(0, wire.body.length - 1));
		},
	],
	[
		"a byte behind the body",
		(wire, random) => {
			wire.body = Buffer.concat([wire.body, random.bytes(1)]);
		},
	],
	[
		"a byte before the body",
		(wire, random) => {
			wire.body = Buffer.concat([random.bytes(1), wire.body]);
		},
	],
	[
		"another id",
		(wire, random) => {
			wire.id = `${wire.id.slice(0, 200)}${random.text(ID_ALPHABET, 1, 9)}`;
		},
	],
	[
		"another timestamp",
		(wire, random) => {
			wire.timestamp = String(Number(wire.timestamp) + random.between(1, 99));
		},
	],
	[
		"a bit of the signature flipped",
		(wire, random) => {
			const entry = random.pick(wire.signature.split(" "));
			const [version = "", encoded = ""] = entry.split(",");
			const bytes = Buffer.from(encoded, "base64");
			flipBit(bytes, random);
			wire.signature = wire.signature.replace(entry, () => `${version},${base64(bytes)}`);
		},
	],
	[
		"signed by a stranger",
		(wire, random) => {
			wire.signer = randomKey(random);
			sign(wire, random);
		},
	],
	[
		"verified with other keys",
		(wire, random) => {
			wire.keys = random.list(1, 4, () => randomKey(random));
		},
	],
	[
		"no id",
		(wire) => {
			wire.missing = "id";
		},
	],
	[
		"no timestamp",
		(wire) => {
			wire.missing = "timestamp";
		},
	],
	[
		"no signature",
		(wire) => {
			wire.missing = "signature";
		},
	],
	[
		"junk in the id",
		(wire, random) => {
			wire.id = splice(wire.id, random, random.pick([".", " ", "\t", "é", "\x7f", "🎉"]));
		},
	],
	[
		"junk in the timestamp",
		(wire, random) => {
			wire.timestamp = splice(
				wire.timestamp,
				random,
				random.pick(["x", " ", "-", "+", ".", "e", ",", "٣", "\0"]),
			);
		},
	],
	[
		"junk in the signature",
		(wire, random) => {
			wire.signature = splice(
				wire.signature,
				random,
				random.pick([",", "  ", "\t", "*", "=", "-", "_", "é", "\n"]),
			);
		},
	],
	[
		"the padding gone",
		(wire) => {
			wire.signature = wire.signature.replace(/=+( |$)/, "$1");
		},
	],
	[
		"a version renamed",
		(wire, random) => {
			wire.signature = wire.signature.replace(
				/^[^,]*/,
				random.pick(["v1", "v1a", "v2", "V1", "", "v1b"]),
			);
		},
	],
	[
		"stale",
		(wire, random) => {
			wire.now = Number(wire.timestamp) + wire.tolerance + random.between(1, 1_000_000);
		},
	],
	[
		"from the future",
		(wire, random) => {
			wire.now = Number(wire.timestamp) - wire.tolerance - random.between(1, 1_000_000);
		},
	],
	[
		"a genuine body cut before it was signed",
		(wire, random) => {
			wire.body = wire.body.subarray(0, random.between(1, wire.body.length - 1));
			wire.body = Buffer.from(
				`{"unfinished":${wire.body.toString("latin1").replace(/[^ -~]/g, "?")}`,
			);
			wire.payload = "malformed";
			sign(wire, random);
		},
	],
];

function flipBit(bytes: Buffer, random: Random): void {
	const index = random.between(0, bytes.length - 1);
	bytes[index] = (bytes[index] ?? 0) ^ (1 << random.between(0, 7));
}

function splice(text: string, random: Random, junk: string): string {
	const at = random.between(0, text.length);
	return text.slice(0, at) + junk + text.slice(at);
}

function toCase(random: Random, name: string, sender: string, wire: Wire): VerifyCase {
	const prefix = sender === "svix" ? random.pick(["svix", "webhook"]) : "webhook";
	const parts = (["id", "timestamp", "signature"] as const).filter((part) => part !== wire.missing);
	const headers = new Map(parts.map((part) => [`${prefix}-${part}`, wire[part]]));
	const verdict = referenceVerify({
		sender,
		keys: wire.keys.map(verifying),
		toleranceSeconds: wire.tolerance,
		nowMs: wire.now * 1000,
		headers,
		body: wire.body,
	});
	return {
		kind: "verify",
		name,
		setup: {
			keys: wire.keys.map(verifyingKey),
			sender,
			toleranceSeconds: wire.tolerance,
			now: wire.now * 1000,
		},
		headers: { shape: random.pick(HEADER_SHAPES), entries: random.shuffle([...headers]) },
		body: bodySpec(wire.body, random.pick(BODY_SHAPES)),
		expect: expected(sender, wire, verdict),
	};
}

function expected(sender: string, wire: Wire, verdict: ReturnType<typeof referenceVerify>) {
	if (verdict.code !== "payload" || !("id" in verdict))
		return { ok: false, status: STATUS[verdict.code], ...verdict };
	if (wire.payload === "malformed") return { ok: false, code: "malformed_payload", status: 422 };
	const text = wire.body.toString();
	return {
		ok: true,
		id: verdict.id,
		timestamp: verdict.timestamp,
		key: { index: verdict.keyIndex },
		event: sender === "tp-wallet" ? walletEvent(text) : opaqueEvent(verdict.id, JSON.parse(text)),
	};
}

/** Any visible ASCII but the dot. */
const ID_ALPHABET = Array.from({ length: 94 }, (_, index) =>
	String.fromCharCode(0x21 + index),
).filter((c) => c !== ".");
/** `Headers` takes no value outside Latin-1 and trims, so junk in a value goes in by the others. */
const HEADER_SHAPES: readonly HeaderShape[] = [
	"record",
	"null-prototype",
	"Map",
	"entries",
	"iterator",
];
const BODY_SHAPES: readonly BodySpec["shape"][] = ["bytes", "subarray", "ArrayBuffer"];

const CHARACTERS = [
	..."abcXYZ019 _-./:$&`'<>%\\\"/\b\f\n\r\t\0\x1f\x7f",
	..."éßñøÆ漢字かなعربी🎉👍🏽🇺🇦𝒳\u2028\u2029\ufeff\ufffd\uffff\u{10ffff}",
];
const NAMES = [
	"type",
	"id",
	"data",
	"timestamp",
	"known",
	"constructor",
	"toString",
	"",
	"a b",
	"é",
	"🎉",
	"$&",
	"__proto__x",
];

function randomKey(random: Random): SigningKey {
	if (random.chance(0.25)) return { kind: "v1a", seed: random.bytes(32) };
	return { kind: "v1", secret: random.bytes(random.between(24, 64)) };
}

function randomEvent(random: Random): string {
	const members = random.shuffle([
		["type", `${random.pick(["deposit", "withdrawal", "user"])}.${random.text([..."abc"], 1, 8)}`],
		["timestamp", new Date(random.between(0, 4_000_000_000) * 1000).toISOString()],
		["data", randomObject(random, 3)],
		...random.list(0, 2, (index) => [`extra${index}`, randomValue(random, 2)] as const),
	] as const);
	return write(random, Object.fromEntries(members));
}

function randomJson(random: Random): string {
	return write(random, random.chance(0.7) ? randomObject(random, 3) : randomValue(random, 3));
}

/** JSON as senders write it: dense, or with white space, or with everything but ASCII escaped. */
function write(random: Random, value: unknown): string {
	const text = JSON.stringify(value, undefined, random.pick([0, 0, 1, "\t", " \r\n"]));
	if (!random.chance(0.3)) return text;
	return text.replace(
		/[^ -~\s]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}

function randomObject(random: Random, depth: number): object {
	const members = random.list(0, 5, (index) => [
		random.chance(0.5) ? random.pick(NAMES) : random.text(CHARACTERS, 0, 6) + index,
		randomValue(random, depth - 1),
	]);
	return Object.fromEntries(members);
}

function randomValue(random: Random, depth: number): unknown {
	const kind = random.between(0, depth > 0 ? 7 : 5);
	if (kind === 0) return random.pick([null, true, false]);
	if (kind === 1) return random.between(-1_000_000, 1_000_000);
	if (kind === 2) return random.double();
	if (kind <= 5) return random.text(CHARACTERS, 0, 24);
	if (kind === 6) return random.list(0, 4, () => randomValue(random, depth - 1));
	return randomObject(random, depth);
}
