/**
 * A second opinion: signing and verifying written from the wire format with
 * `node:crypto` and `node:net` alone. It computes what the random cases must
 * answer, and checks the expectations that are written by hand.
 */
import {
	createHmac,
	createPrivateKey,
	createPublicKey,
	sign as nodeSign,
	verify as nodeVerify,
	timingSafeEqual,
} from "node:crypto";
import { BlockList, isIP, isIPv4, SocketAddress } from "node:net";

export type SigningKey = { kind: "v1"; secret: Buffer } | { kind: "v1a"; seed: Buffer };
export type VerifyingKey = { kind: "v1"; secret: Buffer } | { kind: "v1a"; publicKey: Buffer };

/** The headers of each sender; the first set whose signature is there counts, and only that one. */
const HEADER_SETS: Record<string, readonly string[]> = {
	"tp-wallet": ["webhook"],
	"standard-webhooks": ["webhook"],
	svix: ["svix", "webhook"],
};

export const STATUS: Record<string, number> = {
	missing_header: 400,
	malformed_header: 400,
	body_too_large: 413,
	ip_not_allowed: 403,
	unsupported_signature: 401,
	signature_mismatch: 401,
	timestamp_too_old: 401,
	timestamp_too_new: 401,
	malformed_payload: 422,
};

export interface ReferenceInput {
	sender?: string | undefined;
	keys: readonly VerifyingKey[];
	toleranceSeconds?: number | undefined;
	maxBodyBytes?: number | undefined;
	allowedIps?: readonly string[] | undefined;
	nowMs: number;
	headers: ReadonlyMap<string, string>;
	body: Buffer;
	ip?: string | undefined;
}

/** Everything up to the payload, which is not judged here: `{ code: "payload" }` means that it is its turn. */
export type ReferenceVerdict =
	| { code: "payload"; id: string; timestamp: number; keyIndex: number }
	| { code: string; header?: string };

export function referenceVerify(input: ReferenceInput): ReferenceVerdict {
	if (input.body.length > (input.maxBodyBytes ?? 1_048_576)) return { code: "body_too_large" };
	if (input.allowedIps && !ipAllowed(input.ip, input.allowedIps)) return { code: "ip_not_allowed" };

	const found = findHeaders(input);
	if ("missing" in found) return { code: "missing_header", header: found.missing };
	const { id, timestamp, signature } = found;

	if (!/^[\x21-\x2d\x2f-\x7e]{1,256}$/.test(id.value)) return malformed(id.name);
	if (!/^[0-9]+$/.test(timestamp.value)) return malformed(timestamp.name);
	if (BigInt(timestamp.value) > 0xffff_ffff_ffff_ffffn) return malformed(timestamp.name);
	const entries = signature.value.split(" ").map(parseEntry);
	if (entries.length > 16 || entries.includes(undefined)) return malformed(signature.name);
	// A signature of another form is skipped beside one of the right form.
	const known = entries.filter(
		(entry) => entry !== undefined && Object.hasOwn(LENGTHS, entry.version),
	);
	const formed = known.filter((entry) => entry?.bytes !== undefined);
	if (known.length > 0 && formed.length === 0) return malformed(signature.name);

	const signed = signedBytes(id.value, timestamp.value, input.body);
	const usable = formed.filter((entry) => input.keys.some((key) => key.kind === entry?.version));
	if (usable.length === 0) return { code: "unsupported_signature", header: signature.name };
	const keyIndex = input.keys.findIndex((key) =>
		usable.some(
			(entry) => entry?.version === key.kind && entry.bytes && matches(key, signed, entry.bytes),
		),
	);
	if (keyIndex < 0) return { code: "signature_mismatch", header: signature.name };

	const age = BigInt(Math.floor(input.nowMs / 1000)) - BigInt(timestamp.value);
	const tolerance = BigInt(input.toleranceSeconds ?? 300);
	if (age > tolerance) return { code: "timestamp_too_old", header: timestamp.name };
	if (-age > tolerance) return { code: "timestamp_too_new", header: timestamp.name };
	return { code: "payload", id: id.value, timestamp: Number(timestamp.value), keyIndex };
}

export function signedBytes(id: string, timestamp: string | number, body: Buffer): Buffer {
	return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
}

/** One entry of the signature header, for instance `v1,…`. */
export function referenceSign(
	key: SigningKey,
	id: string,
	timestamp: string | number,
	body: Buffer,
): string {
	return `${key.kind},${signatureOf(key, signedBytes(id, timestamp, body)).toString("base64")}`;
}

export function verifyingKey(key: SigningKey): VerifyingKey {
	return key.kind === "v1" ? key : { kind: "v1a", publicKey: ed25519PublicKey(key.seed) };
}

export function ed25519PublicKey(seed: Buffer): Buffer {
	return createPublicKey(privateKey(seed)).export({ format: "der", type: "spki" }).subarray(-32);
}

function malformed(header: string) {
	return { code: "malformed_header", header };
}

function findHeaders({ sender = "tp-wallet", headers }: ReferenceInput) {
	const prefixes = HEADER_SETS[sender] ?? [];
	const prefix = prefixes.find((candidate) => headers.has(`${candidate}-signature`)) ?? prefixes[0];
	const [id, timestamp, signature] = ["id", "timestamp", "signature"].map((suffix) => {
		const name = `${prefix}-${suffix}`;
		return { name, value: headers.get(name) };
	}) as [Found, Found, Found];
	const missing = [id, timestamp, signature].find(({ value }) => value === undefined);
	return missing ? { missing: missing.name } : { id, timestamp, signature };
}

interface Found {
	name: string;
	value: string;
}

/** The bytes of a signature of each version. */
const LENGTHS: { readonly [version: string]: number } = { v1: 32, v1a: 64 };

/** The version of an entry, and its bytes if they have the form of that version. */
function parseEntry(entry: string): { version: string; bytes?: Buffer } | undefined {
	const [version = "", base64 = "", ...rest] = entry.split(",");
	if (!/^[0-9A-Za-z]+$/.test(version) || base64 === "" || rest.length > 0) return undefined;
	const bytes = Buffer.from(base64, "base64");
	const isFormed = bytes.toString("base64") === base64 && bytes.length === LENGTHS[version];
	return isFormed ? { version, bytes } : { version };
}

function matches(key: VerifyingKey, signed: Buffer, signature: Buffer): boolean {
	if (key.kind === "v1") return timingSafeEqual(signatureOf(key, signed), signature);
	const spki = Buffer.concat([SPKI_ED25519, key.publicKey]);
	return nodeVerify(
		null,
		signed,
		createPublicKey({ key: spki, format: "der", type: "spki" }),
		signature,
	);
}

function signatureOf(key: SigningKey, signed: Buffer): Buffer {
	if (key.kind === "v1") return createHmac("sha256", key.secret).update(signed).digest();
	return nodeSign(null, signed, privateKey(key.seed));
}

/** What stands before the 32 bytes of a key (RFC 8410, section 10). */
const SPKI_ED25519 = Buffer.from("302a300506032b6570032100", "hex");

/** As a JWK, which is read in a tenth of the time that PKCS #8 takes. Its public half is made from `d`, not read. */
function privateKey(seed: Buffer) {
	const jwk = { kty: "OKP", crv: "Ed25519", d: seed.toString("base64url"), x: "" };
	return createPrivateKey({ key: jwk, format: "jwk" });
}

function ipAllowed(ip: string | undefined, ranges: readonly string[]): boolean {
	if (ip === undefined || isIP(ip) === 0) return false;
	const written = new SocketAddress({ address: ip, family: isIPv4(ip) ? "ipv4" : "ipv6" }).address;
	const address = written.replace(/^::ffff:(?=\d+\.)/, "");
	const family = isIPv4(address) ? "ipv4" : "ipv6";
	const list = new BlockList();
	for (const range of ranges) {
		const [network = "", prefix = family === "ipv4" ? "32" : "128"] = range.split("/");
		if (isIPv4(network) === isIPv4(address)) list.addSubnet(network, Number(prefix), family);
	}
	return list.check(address, family);
}
