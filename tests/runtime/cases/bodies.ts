/** The body: its bytes, its shapes, its size, and the strict JSON of an event. */
import type { BodySpec, VerifyCase } from "../model.ts";
import {
	accepts,
	type Change,
	EVENT,
	eventOfSize,
	ID,
	NOW,
	opaqueEvent,
	refuses,
	STRANGER,
} from "./build.ts";

const MIB = 1_048_576;

const envelope = (data: string) => `{"type":"t","timestamp":"2023-11-14T22:13:20Z","data":${data}}`;
const text = (value: string) => envelope(JSON.stringify({ text: value }));

const TEXTS: Record<string, string> = {
	emoji: "🎉👩‍👩‍👧‍👦🏳️‍🌈",
	"every script": "Ünïcödé 漢字 かな العربية עברית देवनागरी ไทย ქართული",
	"$&": "$& $1 $` $' $$ $<name>",
	"an escaped NUL": "a\0b",
	"every escape": '"\\/\b\f\n\r\t\u0001\u001f',
	"U+2028 and U+2029": "\u2028\u2029",
	"U+FEFF inside": "a\ufeffb",
	"U+FFFD and noncharacters": "\ufffd\uffff\u{1ffff}\u{10ffff}",
	"a percent sign and HTML": "%20<script>&amp;",
	"combining characters that have a composed form": "e\u0301 \u00e9",
};

const unicode: VerifyCase[] = Object.entries(TEXTS).flatMap(([name, value]) => [
	accepts(`a string body with ${name}`, { body: text(value) }),
	accepts(`a body of bytes with ${name}`, { body: Buffer.from(text(value)) }),
]);

const SHAPES: Record<Exclude<BodySpec["shape"], "string">, Partial<Change>> = {
	bytes: {},
	subarray: {},
	ArrayBuffer: {},
	Buffer: { needs: ["Buffer"] },
	"foreign bytes": { needs: ["foreign realm"] },
};

const shapes: VerifyCase[] = Object.entries(SHAPES).flatMap(([name, needs]) => {
	const change = {
		...needs,
		body: Buffer.from(text("🎉 $&")),
		bodyShape: name as BodySpec["shape"],
	};
	return [
		accepts(`body as ${name}`, change),
		refuses(`body as ${name}, forged`, "signature_mismatch", { ...change, signedBy: [STRANGER] }),
		accepts(`empty body as ${name}`, {
			...change,
			body: Buffer.alloc(0),
			setup: { sender: "svix" },
		}),
		accepts(`body of exactly 1 MiB as ${name}`, { ...change, body: eventOfSize(MIB) }),
	];
});

const sizes: VerifyCase[] = [
	accepts("string body of exactly 1 MiB", { body: eventOfSize(MIB), bodyShape: "string" }),
	refuses("body of 1 MiB and a byte", "body_too_large", { body: eventOfSize(MIB + 1) }),
	refuses("string body of 1 MiB and a byte", "body_too_large", {
		body: eventOfSize(MIB + 1),
		bodyShape: "string",
	}),
	refuses("the limit counts bytes, not characters", "body_too_large", {
		body: text("é".repeat(60)),
		setup: { maxBodyBytes: text("é".repeat(60)).length },
	}),
	accepts("a limit of the body's own size in bytes", {
		body: text("é".repeat(60)),
		setup: { maxBodyBytes: Buffer.byteLength(text("é".repeat(60))) },
	}),
	accepts("a higher limit", { body: eventOfSize(MIB + 1), setup: { maxBodyBytes: 2 * MIB } }),
	refuses("a lower limit", "body_too_large", { setup: { maxBodyBytes: EVENT.length - 1 } }),
	accepts("a lower limit, reached", { setup: { maxBodyBytes: EVENT.length } }),
	refuses("a body that is too large is told before missing headers", "body_too_large", {
		setup: { maxBodyBytes: 1 },
		headers: { "webhook-id": "absent" },
	}),
	refuses("a body that is too large, thrown", "body_too_large", {
		setup: { maxBodyBytes: 1 },
		call: "verify",
	}),
];

const surrogates: VerifyCase[] = [
	accepts("a lone surrogate in a string body counts as the U+FFFD that UTF-8 can carry", {
		body: envelope('{"text":"a\ud800b"}'),
	}),
	refuses("a lone surrogate in a string body is not three bytes of WTF-8", "signature_mismatch", {
		body: envelope('{"text":"a\ud800b"}'),
		signedBody: Buffer.concat([
			Buffer.from(envelope('{"text":"a')),
			Buffer.from([0xed, 0xa0, 0x80]),
			Buffer.from('b"}}'),
		]),
	}),
	refuses("two lone surrogates are not the pair they would be in order", "signature_mismatch", {
		body: envelope('{"text":"\udf89\ud83c"}'),
		signedBody: envelope('{"text":"\ud83c\udf89"}'),
	}),
];

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

const opaque = (body: string | Buffer, change: Change = {}): Change => ({
	body,
	...change,
	setup: { sender: "standard-webhooks", ...change.setup },
});
const binary = (name: string, body: Buffer): VerifyCase =>
	accepts(name, { ...opaque(body), event: opaqueEvent(ID, new Uint8Array(body)) });
const INVALID_UTF8 = [
	Buffer.from([0xff, 0xfe, 0x00, 0x80]),
	Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
	Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
	Buffer.from([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]),
	Buffer.concat([Buffer.from(EVENT), Buffer.from([0xe2, 0x82])]),
];

const opaqueBodies: VerifyCase[] = [
	accepts("another sender's empty string body", opaque("")),
	accepts("another sender's object without a type", opaque('{"a":1}')),
	accepts("another sender's object whose type is no string", opaque('{"type":7}')),
	accepts("another sender's array", opaque('[1,"two",null]')),
	accepts("another sender's number", opaque("17")),
	accepts("another sender's null", opaque("null")),
	accepts("another sender's string", opaque('"🎉"')),
	...Object.entries<[text: string, payload: unknown]>({
		"integer past 2^53": ['{"n":12345678901234567890}', { n: "12345678901234567890" }],
		"decimal with 19 digits": ['{"n":0.1234567890123456789}', { n: "0.1234567890123456789" }],
		"largest number": ['{"n":1.7976931348623157e+308}', { n: Number.MAX_VALUE }],
		"number past doubles": ['["\\u0000",1e400]', ["\0", "1e400"]],
		"BOM before JSON": ['\ufeff{"type":"a"}', { type: "a" }],
		"member twice": ['{"type":"a","type":"b","a":1,"a":2}', { type: "b", a: 2 }],
		"half of a surrogate pair": ['["\\ud83c"]', ["\ud83c"]],
		"1,000 containers inside each other": [nested(1000), JSON.parse(nested(1000))],
	}).map(([name, [body, payload]]) =>
		accepts(`another sender's ${name}`, { ...opaque(body), event: opaqueEvent(ID, payload) }),
	),
	accepts("another sender's bigint", {
		...opaque('{"n":12345678901234567890,"m":1e400}', { setup: { unsafeNumbers: "bigint" } }),
		event: opaqueEvent(ID, { n: 12345678901234567890n, m: "1e400" }),
	}),
	accepts("another sender's rounded number", {
		...opaque('{"n":12345678901234567890}', { setup: { unsafeNumbers: "number" } }),
	}),
	accepts("white space around JSON", opaque(' \r\n\t{"type":"a"}\n')),
	...INVALID_UTF8.map((body, index) =>
		binary(`a genuine body that is not UTF-8 is handed over as bytes (${index + 1})`, body),
	),
	refuses(
		"a forged body that is not UTF-8",
		"signature_mismatch",
		opaque(Buffer.from([0xff]), { signedBody: "x" }),
	),
	...Object.entries({
		"a genuine form body": "a=1&b=2",
		"a genuine NaN": "NaN",
		"NaN inside": '{"a":NaN}',
		"Infinity inside": '{"a":-Infinity}',
		"a BOM alone": "\ufeff",
		"two BOMs before JSON": '\ufeff\ufeff{"type":"a"}',
		"a NUL byte behind JSON": '{"type":"a"}\0',
		"a raw NUL in a string": '"a\0b"',
		"two values": "{}{}",
		"white space alone": " \n",
		"1,001 containers inside each other": nested(1001),
	}).map(([name, body]) => refuses(`another sender: ${name}`, "malformed_payload", opaque(body))),
];

const events: VerifyCase[] = [
	accepts("members that the format does not name are kept", {
		body: `{"v":1,${EVENT.slice(1, -1)},"extra":{"deep":[1,2,{"x":null}]}}`,
	}),
	accepts("the sender cannot say that its event is known", {
		body: `${EVENT.slice(0, -1)},"known":true}`,
	}),
	accepts("a member named constructor is a member", {
		body: envelope('{"constructor":1,"prototype":2}'),
	}),
	accepts("members out of order", {
		body: '{"data":{},"timestamp":"2023-11-14T22:13:20Z","type":"t"}',
	}),
	accepts("white space around an event", { body: `\n ${EVENT}\r\n\t` }),
	accepts("escapes in member names", {
		body: '{"\\u0074ype":"t","timestamp":"2023-11-14T22:13:20Z","data":{}}',
	}),
	accepts("numbers as doubles carry them", {
		body: envelope(
			'{"n":[0,-0,1.5,-2.25e-7,1E2,9007199254740991,0.1,9.999999999999999e+307,5e-324]}',
		),
	}),
	accepts("32 containers inside each other", { body: envelope(`{"deep":${nested(30)}}`) }),
	...[
		"2023-11-14T22:13:20Z",
		"2023-11-14T22:13:20.123456789Z",
		"2023-11-14T22:13:20+08:00",
		"2024-02-29T00:00:00-00:00",
		"2016-12-31T23:59:60Z",
	].map((timestamp) =>
		accepts(`an event at ${timestamp}`, {
			body: `{"type":"t","timestamp":"${timestamp}","data":{}}`,
		}),
	),
];

const MALFORMED: Record<string, string | Buffer> = {
	"an empty body": "",
	"white space alone": "  ",
	"a BOM": `\ufeff${EVENT}`,
	"bytes that are not UTF-8": Buffer.concat([
		Buffer.from(envelope('{"a":"').slice(0, -1)),
		Buffer.from([0xff]),
		Buffer.from('"}}'),
	]),
	"a surrogate as three bytes": Buffer.concat([
		Buffer.from(envelope('{"a":"').slice(0, -1)),
		Buffer.from([0xed, 0xa0, 0x80]),
		Buffer.from('"}}'),
	]),
	"UTF-16": Buffer.from(EVENT, "utf16le"),
	"text that is no JSON": "hello",
	"an unfinished object": EVENT.slice(0, -1),
	"trailing text": `${EVENT}x`,
	"a second value": `${EVENT}${EVENT}`,
	"a NUL byte behind it": `${EVENT}\0`,
	"a NUL byte in a string": envelope('{"a":"\0"}'),
	"a raw line break in a string": envelope('{"a":"\n"}'),
	"a comment": `/* */${EVENT}`,
	"a trailing comma": envelope('{"a":1,}'),
	"single quotes": envelope("{'a':1}"),
	NaN: envelope('{"a":NaN}'),
	Infinity: envelope('{"a":Infinity}'),
	"a number past doubles": envelope('{"a":1e999}'),
	"a number from 10^308 on": envelope('{"a":1.7976931348623157e+308}'),
	"an integer that a double does not carry": envelope('{"a":9007199254740993}'),
	"a leading zero": envelope('{"a":01}'),
	"a leading plus": envelope('{"a":+1}'),
	"a bare point": envelope('{"a":1.}'),
	hexadecimal: envelope('{"a":0x1}'),
	"a lone high surrogate escape": envelope('{"a":"\\ud800"}'),
	"a lone low surrogate escape": envelope('{"a":"\\udc00"}'),
	"a swapped surrogate pair": envelope('{"a":"\\udf89\\ud83c"}'),
	"an unknown escape": envelope('{"a":"\\x41"}'),
	"a member twice": envelope('{"a":1,"a":1}'),
	"a member twice, once escaped": envelope('{"a":1,"\\u0061":2}'),
	"a type twice": `{"type":"a",${EVENT.slice(1)}`,
	"a __proto__ twice": envelope('{"__proto__":1,"__proto__":2}'),
	"33 containers inside each other": envelope(`{"deep":${nested(31)}}`),
	"100,000 containers inside each other": nested(100_000),
	"100,000 open objects": '{"a":'.repeat(100_000),
	"an array": `[${EVENT}]`,
	"a string": JSON.stringify(EVENT),
	null: "null",
};

const ENVELOPES: Record<string, [body: string, path: string]> = {
	"no type": ['{"timestamp":"2023-11-14T22:13:20Z","data":{}}', "type"],
	"an empty type": ['{"type":"","timestamp":"2023-11-14T22:13:20Z","data":{}}', "type"],
	"a type that is a number": ['{"type":1,"timestamp":"2023-11-14T22:13:20Z","data":{}}', "type"],
	"no timestamp": ['{"type":"t","data":{}}', "timestamp"],
	"a timestamp that is a number": ['{"type":"t","timestamp":1700000000,"data":{}}', "timestamp"],
	"a timestamp without a zone": [
		'{"type":"t","timestamp":"2023-11-14T22:13:20","data":{}}',
		"timestamp",
	],
	"a date alone": ['{"type":"t","timestamp":"2023-11-14","data":{}}', "timestamp"],
	"the 30th of February": [
		'{"type":"t","timestamp":"2023-02-30T00:00:00Z","data":{}}',
		"timestamp",
	],
	"the 29th of February of 2023": [
		'{"type":"t","timestamp":"2023-02-29T00:00:00Z","data":{}}',
		"timestamp",
	],
	"25 o'clock": ['{"type":"t","timestamp":"2023-11-14T25:00:00Z","data":{}}', "timestamp"],
	"a timestamp with junk behind it": [
		'{"type":"t","timestamp":"2023-11-14T22:13:20Zjunk","data":{}}',
		"timestamp",
	],
	"no data": ['{"type":"t","timestamp":"2023-11-14T22:13:20Z"}', "data"],
	"data that is null": [envelope("null"), "data"],
	"data that is an array": [envelope("[]"), "data"],
	"data that is text": [envelope('"{}"'), "data"],
};

const malformed: VerifyCase[] = [
	...Object.entries(MALFORMED).map(([name, body]) =>
		refuses(`an event with ${name}`, "malformed_payload", { body }),
	),
	...Object.entries(ENVELOPES).map(([name, [body, path]]) =>
		refuses(`an event with ${name}`, "malformed_payload", { body }, { path }),
	),
	refuses(
		"an event with no type, thrown",
		"malformed_payload",
		{
			body: "{}",
			call: "verify",
		},
		{ thrown: "CallbackRejectedError", path: "type" },
	),
	refuses("malformed and forged is forged", "signature_mismatch", {
		body: "{",
		signedBy: [STRANGER],
	}),
];

const thrown: VerifyCase[] = [
	accepts("verify returns what safeVerify returns", { call: "verify" }),
	refuses(
		"verify throws what safeVerify refuses",
		"signature_mismatch",
		{ call: "verify", signedBy: [STRANGER] },
		{
			thrown: "CallbackRejectedError",
		},
	),
	refuses(
		"verify throws with the header",
		"missing_header",
		{
			call: "verify",
			headers: { "webhook-id": "absent" },
		},
		{ thrown: "CallbackRejectedError", header: "webhook-id" },
	),
];

const requests: VerifyCase[] = (
	[
		accepts("safeVerifyRequest: a genuine callback", {}),
		accepts("safeVerifyRequest: emoji as bytes", { body: Buffer.from(text("🎉")) }),
		accepts("safeVerifyRequest: an empty body", opaque("")),
		accepts("safeVerifyRequest: a body of exactly 1 MiB", { body: eventOfSize(MIB) }),
		binary("safeVerifyRequest: a genuine body that is not UTF-8", Buffer.from([0xff, 0xfe])),
		refuses("safeVerifyRequest: a body of 1 MiB and a byte", "body_too_large", {
			body: eventOfSize(MIB + 1),
		}),
		refuses("safeVerifyRequest: forged", "signature_mismatch", { signedBy: [STRANGER] }),
		refuses("safeVerifyRequest: stale", "timestamp_too_old", {
			setup: { now: (NOW + 301) * 1000 },
		}),
		refuses(
			"safeVerifyRequest: no signature",
			"missing_header",
			{ headers: { "webhook-signature": "absent" } },
			{
				header: "webhook-signature",
			},
		),
		refuses("safeVerifyRequest: malformed", "malformed_payload", { body: "{}" }, { path: "type" }),
		refuses("safeVerifyRequest: a BOM put before a genuine body", "signature_mismatch", {
			body: `\ufeff${EVENT}`,
			signedBody: EVENT,
		}),
	] satisfies VerifyCase[]
).map((one) => ({ ...one, call: "safeVerifyRequest", needs: ["Request"] }));

export const bodies: readonly VerifyCase[] = [
	...unicode,
	...shapes,
	...sizes,
	...surrogates,
	...opaqueBodies,
	...events,
	...malformed,
	...thrown,
	...requests,
];
