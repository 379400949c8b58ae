/** What other libraries sign is accepted, and what they let through, or refuse, by mistake is not. */
import { createRequire } from "node:module";
import type { VerifyCase } from "../model.ts";
import {
	accepts,
	base64,
	CURRENT,
	EVENT,
	hmacKey,
	ID,
	material,
	NOW,
	opaqueEvent,
	refuses,
	STRANGER,
	verifyingKey,
	whsec,
} from "./build.ts";

interface Webhook {
	sign(id: string, timestamp: Date, body: string): string;
}
type WebhookClass = new (secret: string) => Webhook;

const require = createRequire(import.meta.url);
const PEERS: Record<string, WebhookClass> = {
	standardwebhooks: require("standardwebhooks").Webhook,
	svix: require("svix").Webhook,
};

const BODIES: Record<string, string> = {
	"an event": EVENT,
	emoji: EVENT.replace("dep_1", "🎉"),
	"$&": EVENT.replace("dep_1", () => "$& $1 $`"),
	"an escaped NUL": EVENT.replace("dep_1", "\\u0000"),
};

const signedByPeers: VerifyCase[] = Object.entries(PEERS).flatMap(([peer, Webhook]) => {
	const sign = (key: Buffer, body: string) =>
		new Webhook(whsec(key)).sign(ID, new Date(NOW * 1000), body);
	return [
		...Object.entries(BODIES).map(([name, body]) =>
			accepts(`signed by ${peer}: ${name}`, { body, signature: () => sign(material(1), body) }),
		),
		...[24, 33, 64].map((length) =>
			accepts(`signed by ${peer}: a secret of ${length} bytes`, {
				signature: () => sign(material(7, length), EVENT),
				setup: { keys: whsec(material(7, length)) },
			}),
		),
		...["standard-webhooks", "svix"].map((sender) =>
			accepts(`signed by ${peer} for ${sender}: an empty body`, {
				body: "",
				prefix: sender === "svix" ? "svix" : "webhook",
				signature: () => sign(material(1), ""),
				setup: { sender },
			}),
		),
		refuses(`signed by ${peer}: another body`, "signature_mismatch", {
			signature: () => sign(material(1), "{}"),
		}),
	];
});

const timestamp = { header: "webhook-timestamp" };
const signature = { header: "webhook-signature" };
const invalidUtf8 = Buffer.from([0x7b, 0xff, 0x7d]);

const defects: VerifyCase[] = [
	refuses(
		"standardwebhooks: a timestamp with trailing junk",
		"malformed_header",
		{
			headers: { "webhook-timestamp": `${NOW}junk` },
		},
		timestamp,
	),
	refuses(
		"standardwebhooks: a third part in a signature entry",
		"malformed_header",
		{
			signature: (sig) => `${sig()},junk`,
		},
		signature,
	),
	accepts("standardwebhooks: a Headers object", { headerShape: "Headers" }),
	accepts("standardwebhooks: header values in arrays", {
		headers: { "webhook-id": [ID], "webhook-timestamp": [`${NOW}`] },
	}),
	accepts("standardwebhooks: a Uint8Array", { body: Buffer.from(EVENT) }),
	accepts("standardwebhooks: a genuine body that is not UTF-8", {
		body: invalidUtf8,
		setup: { sender: "standard-webhooks" },
		event: opaqueEvent(ID, new Uint8Array(invalidUtf8)),
	}),
	accepts("standardwebhooks: v1a", {
		signedBy: [{ kind: "v1a", seed: material(4) }],
		setup: { keys: verifyingKey({ kind: "v1a", seed: material(4) }) },
	}),
	refuses(
		"standardwebhooks in Rust: i64::MIN is not fresh",
		"malformed_header",
		{
			timestamp: "-9223372036854775808",
		},
		timestamp,
	),
	refuses(
		"standardwebhooks in Rust: the difference to i64::MAX does not wrap",
		"timestamp_too_new",
		{
			timestamp: "9223372036854775807",
			setup: { now: 0 },
		},
	),
	refuses(
		"standardwebhooks in Rust: the difference to u64::MAX does not wrap",
		"timestamp_too_new",
		{
			timestamp: "18446744073709551615",
			setup: { now: 0 },
		},
	),
	refuses("stripe: a BOM put before a genuine body", "signature_mismatch", {
		body: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(EVENT)]),
		signedBody: EVENT,
	}),
	refuses("stripe: a genuine timestamp a year ahead", "timestamp_too_new", {
		timestamp: NOW + 365 * 86_400,
	}),
	refuses("stripe: a genuine NaN", "malformed_payload", { body: EVENT.replace("18", "NaN") }),
	refuses(
		"octokit: junk inside the signature",
		"malformed_header",
		{
			signature: (sig) => `${sig().slice(0, 9)}!${sig().slice(9)}`,
		},
		signature,
	),
	refuses(
		"octokit: a signature without its version",
		"malformed_header",
		{ signature: (sig) => sig().slice(3) },
		signature,
	),
	refuses(
		"octokit: a signature that does not decode",
		"malformed_header",
		{ signature: () => "v1,zz" },
		signature,
	),
	accepts("tern: a body that holds $&", { body: EVENT.replace("dep_1", () => "$&") }),
	accepts("tern: a second v1 does not overwrite the first", { signedBy: [CURRENT, STRANGER] }),
	refuses("coinbase-commerce: nothing parses a body before its signature", "signature_mismatch", {
		body: "not JSON",
		signature: () => `v1,${base64(material(8))}`,
	}),
	accepts(
		"another endpoint's secret beside the right one",
		{
			setup: { keys: [verifyingKey(hmacKey(11)), verifyingKey(CURRENT)] },
		},
		{ key: { index: 1 } },
	),
	refuses("another endpoint's secret alone", "signature_mismatch", {
		setup: { keys: verifyingKey(hmacKey(11)) },
	}),
];

export const peers: readonly VerifyCase[] = [
	...signedByPeers,
	...defects.map((one) => ({ ...one, name: `peers: ${one.name}` })),
];
