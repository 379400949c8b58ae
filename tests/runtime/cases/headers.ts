/** Presence and form of the three headers, and the shapes in which frameworks hand them over. */
import type { HeaderShape, VerifyCase } from "../model.ts";
import {
	accepts,
	base64,
	type Change,
	ED25519,
	ID,
	material,
	NOW,
	refuses,
	repeat,
	STRANGER,
	verifyingKey,
} from "./build.ts";

const id = { header: "webhook-id" };
const timestamp = { header: "webhook-timestamp" };
const signature = { header: "webhook-signature" };

const presence: VerifyCase[] = [
	...["webhook-id", "webhook-timestamp", "webhook-signature"].flatMap((header) => [
		refuses(`no ${header}`, "missing_header", { headers: { [header]: "absent" } }, { header }),
		refuses(
			`${header} is undefined`,
			"missing_header",
			{ headers: { [header]: null } },
			{ header },
		),
	]),
	refuses(
		"no headers at all names the first",
		"missing_header",
		{
			headers: {
				"webhook-id": "absent",
				"webhook-timestamp": "absent",
				"webhook-signature": "absent",
			},
		},
		id,
	),
	refuses(
		"svix: no svix-id",
		"missing_header",
		{
			prefix: "svix",
			setup: { sender: "svix" },
			headers: { "svix-id": "absent" },
		},
		{ header: "svix-id" },
	),
	refuses(
		"svix headers are not read for another sender",
		"missing_header",
		{
			prefix: "svix",
			setup: { sender: "standard-webhooks" },
		},
		id,
	),
	accepts("svix: its own header names", { prefix: "svix", setup: { sender: "svix" } }),
	accepts("svix: the unbranded header names", { prefix: "webhook", setup: { sender: "svix" } }),
	refuses(
		"svix: forged branded headers are not rescued by genuine unbranded ones",
		"signature_mismatch",
		{
			setup: { sender: "svix" },
			headers: {
				"svix-id": ID,
				"svix-timestamp": `${NOW}`,
				"svix-signature": `v1,${base64(Buffer.alloc(32))}`,
			},
		},
	),
];

const ids: VerifyCase[] = [
	accepts("id of one character", { id: "x" }),
	accepts("id of 256 characters", { id: "x".repeat(256) }),
	accepts("id of every visible ASCII character but the dot", {
		id: String.fromCharCode(...repeat(94, (index) => 0x21 + index)).replace(".", ""),
	}),
	...Object.entries({
		"empty id": "",
		"id of 257 characters": "x".repeat(257),
		"id with a dot": "msg.1",
		"id with a space": "msg 1",
		"id with a space before it": " msg1",
		"id with a line break behind it": "msg1\n",
		"id with a tab": "msg\t1",
		"id with a NUL": "msg\0",
		"id with DEL": "msg\x7f",
		"id with é": "msgé",
		"id with an emoji": "msg🎉",
		"id with a full-width dot": "msg．1",
		"id with a lone surrogate": "msg\ud800",
	}).map(([name, value]) => refuses(name, "malformed_header", { id: value }, id)),
];

const timestamps: VerifyCase[] = [
	accepts("timestamp with leading zeros is digits only", { timestamp: `000${NOW}` }),
	accepts("timestamp 0 at the epoch", { timestamp: "0", setup: { now: 0 } }),
	...Object.entries({
		"empty timestamp": "",
		"timestamp with trailing junk": `${NOW}junk`,
		"timestamp with a space behind it": `${NOW} `,
		"timestamp with a space before it": ` ${NOW}`,
		"timestamp with a line break behind it": `${NOW}\n`,
		"timestamp with a plus": `+${NOW}`,
		"timestamp with a minus": `-${NOW}`,
		"timestamp of i64::MIN": "-9223372036854775808",
		"timestamp with a fraction": `${NOW}.0`,
		"timestamp with an exponent": "17e8",
		"timestamp in hexadecimal": "0x6553f100",
		"timestamp in full-width digits": "１７００００００００",
		"timestamp in Arabic digits": "١٧٠٠٠٠٠٠٠٠",
		"timestamp with separators": "1_700_000_000",
		"timestamp twice, joined": `${NOW}, ${NOW}`,
		"timestamp that is a date": "2023-11-14T22:13:20Z",
		"timestamp NaN": "NaN",
		"timestamp Infinity": "Infinity",
		"timestamp past u64": "18446744073709551616",
		"timestamp of 400 digits": "9".repeat(400),
	}).map(([name, value]) => refuses(name, "malformed_header", { timestamp: value }, timestamp)),
];

const genuine = base64(material(9));
const urlSafe = (entry: string) => entry.replaceAll("+", "-").replaceAll("/", "_");
/** A 32-byte tag ends in four unused bits; this sets one of them. */
const looseBits = (entry: string) =>
	entry.replace(/(.)=$/, (_, last) => `${BASE64[BASE64.indexOf(last) + 1]}=`);
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const signatures: VerifyCase[] = [
	...Object.entries<Change["signature"] & {}>({
		"empty signature": () => "",
		"signature without a version": (sig) => sig().slice(3),
		"signature with an empty version": (sig) => sig().slice(2),
		"signature that is a version alone": () => "v1",
		"signature with an empty value": () => "v1,",
		"signature with a third part": (sig) => `${sig()},junk`,
		"signature with an empty third part": (sig) => `${sig()},`,
		"signatures with two spaces between them": (sig) => `${sig()}  ${sig()}`,
		"signature with a space before it": (sig) => ` ${sig()}`,
		"signature with a space behind it": (sig) => `${sig()} `,
		"signature with a line break behind it": (sig) => `${sig()}\n`,
		"signatures with a tab between them": (sig) => `${sig()}\t${sig()}`,
		"signatures with a comma between them": (sig) => `${sig()},${sig()}`,
		"signatures with a comma and a space between them": (sig) => `${sig()}, ${sig()}`,
		"signature with = in place of the comma": (sig) => sig().replace(",", "="),
		"signature with a space behind the comma": (sig) => sig().replace(",", ", "),
		"signature without padding": (sig) => sig().replace("=", ""),
		"signature with too much padding": (sig) => `${sig()}=`,
		"signature in URL-safe base64": () => urlSafe(`v1,${base64(Buffer.alloc(32, 0xfb))}`),
		"signature with loose bits at the end": (sig) => looseBits(sig()),
		"signature with a character outside base64": (sig) => sig().replace(/.=$/, "*="),
		"signature with a line break inside": (sig) => `${sig().slice(0, 20)}\n${sig().slice(20)}`,
		"signature in hexadecimal": () => `v1,${Buffer.alloc(32, 0xab).toString("hex")}`,
		"v1 of 31 bytes": () => `v1,${base64(Buffer.alloc(31))}`,
		"v1 of 33 bytes": () => `v1,${base64(Buffer.alloc(33))}`,
		"v1 of 64 bytes": () => `v1,${base64(Buffer.alloc(64))}`,
		"v1a of 32 bytes": () => `v1a,${base64(Buffer.alloc(32))}`,
		"v1a of 65 bytes": () => `v1a,${base64(Buffer.alloc(65))}`,
		"signature of 4,000 characters": () => `v1,${"A".repeat(4000)}`,
		"junk beside a genuine signature": (sig) => `${sig()} junk`,
		"17 signatures": (sig) => repeat(17, () => sig()).join(" "),
		"100,000 spaces": () => " ".repeat(100_000),
		"signature with é": (sig) => `${sig()}é`,
	}).map(([name, make]) => refuses(name, "malformed_header", { signature: make }, signature)),
	accepts("16 signatures, the last one genuine", {
		signature: (sig) => [...repeat(15, () => sig(STRANGER)), sig()].join(" "),
	}),
	refuses("16 signatures, none genuine", "signature_mismatch", {
		signature: (sig) => repeat(16, () => sig(STRANGER)).join(" "),
	}),
	accepts("a signature of a version to come beside a genuine one", {
		signature: (sig) => `v2,${genuine} ${sig()} v99,AAAA`,
	}),
	refuses("only signatures of a version to come", "unsupported_signature", {
		signature: () => `v2,${genuine}`,
	}),
	refuses("the version's letter case counts", "unsupported_signature", {
		signature: (sig) => sig().replace("v1", "V1"),
	}),
];

const SHAPES: readonly HeaderShape[] = [
	"record",
	"null-prototype",
	"Headers",
	"Map",
	"entries",
	"iterator",
];
const upper = (name: string) => name.toUpperCase();
const title = (name: string) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

const shapes: VerifyCase[] = [
	...SHAPES.flatMap((headerShape) => [
		accepts(`headers as ${headerShape}`, { headerShape }),
		accepts(`headers as ${headerShape}, in capitals`, { headerShape, headerNames: upper }),
		accepts(`headers as ${headerShape}, among 60 others`, {
			headerShape,
			headers: Object.fromEntries(repeat(60, (index) => [`x-other-${index}`, "value"])),
		}),
		refuses(`headers as ${headerShape}, forged`, "signature_mismatch", {
			headerShape,
			signedBy: [STRANGER],
		}),
		refuses(
			`headers as ${headerShape}, one missing`,
			"missing_header",
			{
				headerShape,
				headers: { "webhook-timestamp": "absent" },
			},
			timestamp,
		),
	]),
	accepts("headers in title case", { headerNames: title }),
	accepts("headers as arrays of one", {
		headers: { "webhook-id": [ID], "webhook-timestamp": [`${NOW}`] },
	}),
	refuses(
		"an empty array is a missing header",
		"missing_header",
		{ headers: { "webhook-id": [] } },
		id,
	),
	refuses(
		"an id twice in an array is joined, and so malformed",
		"malformed_header",
		{
			headers: { "webhook-id": [ID, ID] },
		},
		id,
	),
	refuses(
		"two signature headers in an array are joined, and so malformed",
		"malformed_header",
		{
			headers: { "webhook-signature": [`v1,${genuine}`, `v1,${genuine}`] },
		},
		signature,
	),
	refuses(
		"an id under two letter cases is joined, and so malformed",
		"malformed_header",
		{
			headers: { "Webhook-Id": ID },
		},
		id,
	),
	...(["Headers", "entries", "iterator"] as const).map((headerShape) =>
		refuses(
			`a timestamp under two letter cases in ${headerShape} is joined, and so malformed`,
			"malformed_header",
			{
				headerShape,
				headers: { "Webhook-Timestamp": `${NOW}` },
			},
			timestamp,
		),
	),
	accepts("Headers trims white space around a value, as HTTP does", {
		headerShape: "Headers",
		signature: (sig) => ` ${sig()} `,
	}),
	accepts("values that no sender asks for may hold anything", {
		headers: {
			cookie: "é🎉\n\0",
			"x-forwarded-for": ["1.1.1.1", "2.2.2.2"],
			"set-cookie": [],
			"x-undefined": null,
		},
	}),
	accepts("a header named like a member of Object.prototype is another header", {
		headers: { constructor: "x", hasOwnProperty: "x", toString: "x" },
	}),
	accepts("Ed25519 through Headers", {
		headerShape: "Headers",
		signedBy: [ED25519],
		setup: { keys: [verifyingKey(ED25519)] },
	}),
	refuses(
		"a name with white space around it is another header",
		"missing_header",
		{
			headers: { "webhook-id": "absent", " webhook-id": ID },
		},
		id,
	),
];

export const headers: readonly VerifyCase[] = [
	...presence,
	...ids,
	...timestamps,
	...signatures,
	...shapes,
];
