/** Keys against signatures: rotation, both algorithms, budgets, and what must not pass for genuine. */
import type { VerifyCase } from "../model.ts";
import {
	accepts,
	asBytes,
	base64,
	CURRENT,
	ED25519,
	ED25519_STRANGER,
	EVENT,
	hmacKey,
	ID,
	material,
	NOW,
	PREVIOUS,
	refuses,
	repeat,
	STRANGER,
	verifyingKey,
	whpk,
	whsec,
} from "./build.ts";

const [current, previous, ed25519] = [CURRENT, PREVIOUS, ED25519].map(verifyingKey) as [
	string,
	string,
	string,
];

const rotation: VerifyCase[] = [
	accepts(
		"the second of two keys",
		{ signedBy: [PREVIOUS], setup: { keys: [current, previous] } },
		{ key: { index: 1 } },
	),
	accepts(
		"the key's own name comes back",
		{
			signedBy: [PREVIOUS],
			setup: {
				keys: [
					{ id: "2024", key: current },
					{ id: "2023", key: previous },
				],
			},
		},
		{ key: { index: 1, id: "2023" } },
	),
	accepts(
		"a key without a name among named ones",
		{
			setup: { keys: [{ id: "2023", key: previous }, { key: current }] },
		},
		{ key: { index: 1 } },
	),
	accepts(
		"a name in any script",
		{ setup: { keys: { id: "ключ 🔑", key: current } } },
		{
			key: { index: 0, id: "ключ 🔑" },
		},
	),
	accepts(
		"both keys sign during a rotation",
		{
			signedBy: [STRANGER, PREVIOUS, CURRENT],
			setup: { keys: [current, previous] },
		},
		{ key: undefined },
	),
	accepts(
		"the last of 16 keys",
		{
			signedBy: [hmacKey(35)],
			setup: { keys: repeat(16, (index) => verifyingKey(hmacKey(20 + index))) },
		},
		{ key: { index: 15 } },
	),
	refuses("none of 16 keys", "signature_mismatch", {
		signedBy: [hmacKey(36)],
		setup: { keys: repeat(16, (index) => verifyingKey(hmacKey(20 + index))) },
	}),
	accepts(
		"16 keys and 16 signatures, the last of each",
		{
			signedBy: [...repeat(15, () => STRANGER), hmacKey(35)],
			setup: { keys: repeat(16, (index) => verifyingKey(hmacKey(20 + index))) },
		},
		{ key: { index: 15 } },
	),
	accepts("the same key twice answers as the first", { setup: { keys: [current, current] } }),
];

const algorithms: VerifyCase[] = [
	accepts("Ed25519", { signedBy: [ED25519], setup: { keys: ed25519 } }),
	accepts(
		"Ed25519 beside HMAC, each with a key",
		{
			signedBy: [CURRENT, ED25519],
			setup: { keys: [ed25519, current] },
		},
		{ key: undefined },
	),
	accepts(
		"a genuine HMAC beside a forged Ed25519",
		{
			signedBy: [ED25519_STRANGER, CURRENT],
			setup: { keys: [ed25519, current] },
		},
		{ key: { index: 1 } },
	),
	accepts(
		"a genuine Ed25519 beside a forged HMAC",
		{
			signedBy: [STRANGER, ED25519],
			setup: { keys: [current, ed25519] },
		},
		{ key: { index: 1 } },
	),
	refuses("HMAC signatures and only a public key", "unsupported_signature", {
		setup: { keys: ed25519 },
	}),
	refuses("Ed25519 signatures and only a secret", "unsupported_signature", { signedBy: [ED25519] }),
	refuses("another Ed25519 key", "signature_mismatch", {
		signedBy: [ED25519_STRANGER],
		setup: { keys: ed25519 },
	}),
	refuses("an HMAC under the public key's own bytes", "unsupported_signature", {
		signedBy: [{ kind: "v1", secret: Buffer.from(whpk(material(4)).slice(5), "base64") }],
		setup: { keys: ed25519 },
	}),
	refuses("an Ed25519 signature with the group order added to S", "signature_mismatch", {
		signature: (sig) =>
			`v1a,${base64(addGroupOrder(Buffer.from(sig(ED25519).slice(4), "base64")))}`,
		setup: { keys: ed25519 },
	}),
	refuses("an Ed25519 signature of zeros", "signature_mismatch", {
		signature: () => `v1a,${base64(Buffer.alloc(64))}`,
		setup: { keys: ed25519 },
	}),
	refuses("an HMAC of zeros", "signature_mismatch", {
		signature: () => `v1,${base64(Buffer.alloc(32))}`,
	}),
	refuses("an HMAC with the last bit flipped", "signature_mismatch", {
		signature: (sig) => {
			const tag = Buffer.from(sig().slice(3), "base64");
			tag[31] = (tag[31] ?? 0) ^ 1;
			return `v1,${base64(tag)}`;
		},
	}),
];

const forgeries: VerifyCase[] = [
	refuses("another secret", "signature_mismatch", { signedBy: [STRANGER] }),
	refuses("another body", "signature_mismatch", {
		signedBody: EVENT.replace("1000000000000000000", "9"),
	}),
	refuses("another id", "signature_mismatch", { headers: { "webhook-id": `${ID}x` } }),
	refuses("another timestamp", "signature_mismatch", {
		headers: { "webhook-timestamp": `${NOW + 1}` },
	}),
	refuses("a zero put before the timestamp", "signature_mismatch", {
		headers: { "webhook-timestamp": `0${NOW}` },
	}),
	refuses("a body without its signature's last byte", "signature_mismatch", {
		signedBody: `${EVENT} `,
	}),
	refuses("a BOM put before a genuine body", "signature_mismatch", {
		body: `\ufeff${EVENT}`,
		signedBody: EVENT,
	}),
	refuses("a BOM put before a genuine body, as bytes", "signature_mismatch", {
		body: Buffer.from(`\ufeff${EVENT}`),
		signedBody: EVENT,
	}),
	refuses("a BOM taken from a genuine body", "signature_mismatch", {
		body: EVENT,
		signedBody: `\ufeff${EVENT}`,
	}),
	refuses("a body that was parsed and written again", "signature_mismatch", {
		body: JSON.stringify(
			JSON.parse('{"type":"t","timestamp":"2023-11-14T22:13:20Z","data":{"n":1.0}}'),
		),
		signedBody: '{"type":"t","timestamp":"2023-11-14T22:13:20Z","data":{"n":1.0}}',
	}),
	refuses(
		"bytes moved from the body to the id",
		"malformed_header",
		{
			headers: { "webhook-id": `${ID}.${NOW}`, "webhook-timestamp": `${NOW}` },
		},
		{ header: "webhook-id" },
	),
	refuses("a signature that leaves the id out", "signature_mismatch", {
		signature: () => `v1,${base64(material(8))}`,
	}),
	accepts("a forged v1 behind a genuine one does not overwrite it", {
		signedBy: [CURRENT, STRANGER],
	}),
	accepts("a forged v1 before a genuine one does not hide it", { signedBy: [STRANGER, CURRENT] }),
];

const rawKeys: VerifyCase[] = [24, 32, 63, 64].flatMap((length) => [
	accepts(`a secret of ${length} bytes as text`, {
		signedBy: [hmacKey(7, length)],
		setup: { keys: whsec(material(7, length)) },
	}),
	accepts(`a secret of ${length} bytes as bytes`, {
		signedBy: [hmacKey(7, length)],
		setup: { keys: asBytes(material(7, length)) },
	}),
	accepts(
		`a named secret of ${length} bytes as bytes`,
		{
			signedBy: [hmacKey(7, length)],
			setup: { keys: [{ id: "raw", key: asBytes(material(7, length)) }] },
		},
		{ key: { index: 0, id: "raw" } },
	),
]);

const shortKeys: VerifyCase[] = [1, 23].flatMap((length) => [
	accepts(`a secret of ${length} bytes, where short ones are allowed`, {
		signedBy: [hmacKey(7, length)],
		setup: { keys: whsec(material(7, length)), dangerouslyAllowShortKeys: true },
	}),
	accepts(`a secret of ${length} bytes as bytes, where short ones are allowed`, {
		signedBy: [hmacKey(7, length)],
		setup: { keys: asBytes(material(7, length)), dangerouslyAllowShortKeys: true },
	}),
]);

export const signatures: readonly VerifyCase[] = [
	...rotation,
	...algorithms,
	...forgeries,
	...rawKeys,
	...shortKeys,
];

/** S + L is the same number modulo the group order L, and RFC 8032, section 5.1.7, refuses it. */
function addGroupOrder(signature: Buffer): Buffer {
	const order = 2n ** 252n + 27742317777372353535851937790883648493n;
	const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`) + order;
	const bytes = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
	return Buffer.concat([signature.subarray(0, 32), bytes]);
}
