/** Every mistake that is made with a key or an option, found when the verifier is built, and named. */
import type { Key, Setup, SetupCase } from "../model.ts";
import {
	asBytes,
	base64,
	CURRENT,
	ED25519,
	hmacKey,
	material,
	repeat,
	verifyingKey,
	whpk,
	whsec,
	whsk,
} from "./build.ts";

const SECRET = verifyingKey(CURRENT);
const PUBLIC = verifyingKey(ED25519);

const wrong = (name: string, code: string, setup: Setup, message: string): SetupCase => ({
	kind: "setup",
	name,
	setup,
	expect: { thrown: "ConfigError", code, message },
});
const wrongKey = (name: string, keys: Key, message: string) =>
	wrong(`key: ${name}`, "invalid_key", { keys }, message);
const right = (name: string, setup: Setup): SetupCase => ({
	kind: "setup",
	name,
	setup,
	expect: { built: true },
});

const keyMistakes: SetupCase[] = [
	wrongKey("empty", "", "key|environment"),
	wrongKey("a space before it", ` ${SECRET}`, "white space"),
	wrongKey("a space behind it", `${SECRET} `, "white space"),
	wrongKey("a line break behind it", `${SECRET}\n`, "white space|line break"),
	wrongKey("a carriage return behind it", `${SECRET}\r\n`, "white space|line break"),
	wrongKey("a tab before it", `\t${SECRET}`, "white space"),
	wrongKey("a no-break space behind it", `${SECRET}\u00a0`, "white space"),
	wrongKey("a space inside", `${SECRET.slice(0, 12)} ${SECRET.slice(12)}`, "white space"),
	wrongKey("a BOM before it", `\ufeff${SECRET}`, "."),
	wrongKey("a zero-width space behind it", `${SECRET}\u200b`, "."),
	wrongKey("double quotes around it", `"${SECRET}"`, "quot"),
	wrongKey("single quotes around it", `'${SECRET}'`, "quot"),
	wrongKey("v1, before it", `v1,${SECRET}`, "v1,"),
	wrongKey("a signature in its place", `v1,${base64(material(8))}`, "v1,"),
	wrongKey("an env file's line", `WEBHOOK_SECRET=${SECRET}`, "env file"),
	wrongKey("no prefix and no base64", "correct-horse-battery-staple", "whsec_"),
	wrongKey("the prefix in capitals", SECRET.replace("whsec_", "WHSEC_"), "prefix|whsec_"),
	wrongKey("another platform's prefix", `sk_live_${SECRET.slice(6)}`, "prefix|whsec_"),
	wrongKey("the prefix twice", `whsec_${SECRET}`, "base64"),
	wrongKey("the prefix alone", "whsec_", "24"),
	wrongKey("base64 without padding", SECRET.replace("=", ""), "base64|padding"),
	wrongKey(
		"URL-safe base64",
		`whsec_${base64(Buffer.alloc(33, 0xfb)).replaceAll("+", "-").replaceAll("/", "_")}`,
		"base64",
	),
	wrongKey("a character outside base64", SECRET.replace(/.=$/, "*="), "base64"),
	wrongKey("loose bits at the end", `whsec_${"A".repeat(42)}B=`, "base64"),
	wrongKey("a placeholder", "whsec_your-secret-here", "base64"),
	wrongKey("a placeholder in angle brackets", "<your secret>", "."),
	wrongKey("a secret of 23 bytes", whsec(material(7, 23)), "too short.*24.*23"),
	wrongKey("a secret of 1 byte", whsec(material(7, 1)), "24.*1"),
	wrongKey("a secret of 65 bytes", whsec(material(7, 65)), "too long.*64.*65"),
	wrongKey("a secret of 23 raw bytes", asBytes(material(7, 23)), "24.*23"),
	wrongKey("no raw bytes", asBytes(material(7, 0)), "24.*0|key"),
	wrongKey("65 raw bytes", asBytes(material(7, 65)), "64.*65"),
	wrongKey("a private key", whsk(material(4)), "private|whpk_"),
	wrongKey("a private key's seed", `whsk_${base64(material(4))}`, "private|whpk_"),
	wrongKey("a public key of 31 bytes", `whpk_${base64(material(4, 31))}`, "32.*31"),
	wrongKey("a public key of 64 bytes", `whpk_${base64(material(4, 64))}`, "32.*64"),
	wrongKey(
		"a public key that is no point",
		`whpk_${base64(Buffer.from([2, ...repeat(31, () => 0)]))}`,
		"public key|ed25519",
	),
	wrongKey(
		"a public key of small order",
		`whpk_${base64(Buffer.from([1, ...repeat(31, () => 0)]))}`,
		"public key|ed25519",
	),
	wrongKey("PEM", "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n", "."),
	wrong(
		"keys: the second one is wrong, and the message says which",
		"invalid_key",
		{ keys: [SECRET, `${SECRET} `] },
		"1",
	),
	wrong(
		"keys: a named one is wrong",
		"invalid_key",
		{ keys: [{ id: "a", key: `${SECRET} ` }] },
		"white space",
	),
	wrong(
		"keys: 17",
		"too_many_keys",
		{ keys: repeat(17, (index) => verifyingKey(hmacKey(20 + index))) },
		"16",
	),
	wrong(
		"short keys allowed, and yet none",
		"invalid_key",
		{
			keys: "whsec_",
			dangerouslyAllowShortKeys: true,
		},
		".",
	),
	right("keys: a secret", { keys: SECRET }),
	right("keys: a secret without its prefix", { keys: SECRET.slice(6) }),
	right("keys: a public key", { keys: whpk(material(4)) }),
	right("keys: 16", { keys: repeat(16, (index) => verifyingKey(hmacKey(20 + index))) }),
	right("keys: both kinds, named and not, text and bytes", {
		keys: [SECRET, { id: "a", key: PUBLIC }, asBytes(material(6)), { key: asBytes(material(7)) }],
	}),
];

const wrongOption = (name: string, setup: Partial<Setup>, message: string) =>
	wrong(name, "invalid_option", { keys: SECRET, ...setup }, message);

const optionMistakes: SetupCase[] = [
	...[0, -1, 86_401, 1.5, 1e300].map((seconds) =>
		wrongOption(
			`toleranceSeconds of ${seconds}`,
			{ toleranceSeconds: seconds },
			"tolerance|86,?400|whole|integer",
		),
	),
	...[1, 300, 86_400].map((seconds) =>
		right(`toleranceSeconds of ${seconds}`, { keys: SECRET, toleranceSeconds: seconds }),
	),
	...[-1, 1.5].map((bytes) =>
		wrongOption(`maxBodyBytes of ${bytes}`, { maxBodyBytes: bytes }, "maxBodyBytes"),
	),
	...["toleranceSeconds", "maxBodyBytes"].map((option) =>
		wrongOption(`${option} as text`, { [option]: "300" }, option),
	),
	...[
		"203.0.113.0/33",
		"2001:db8::/129",
		"203.0.113.0/-1",
		"203.0.113.0/",
		"203.0.113.0/24 ",
		" 203.0.113.0/24",
		"203.0.113/24",
		"203.0.113.0/24/24",
		"203.0.113.256/32",
		"010.0.0.0/8",
		"203.0.113.0/255.255.255.0",
		"203.0.113.*",
		"203.0.113.1-203.0.113.9",
		"example.com",
		"*",
		"",
	].map((range) =>
		wrongOption(
			`allowedIps with ${JSON.stringify(range)}`,
			{ allowedIps: ["10.0.0.0/8", range] },
			"allowedIps|range|CIDR",
		),
	),
	...["", "nobody", "TP-Wallet", "toString", "__proto__"].map((sender) =>
		wrong(
			`sender of ${JSON.stringify(sender)}`,
			"unknown_sender",
			{ keys: SECRET, sender },
			"sender",
		),
	),
	...["tp-wallet", "standard-webhooks", "svix"].map((sender) =>
		right(`sender of ${sender}`, { keys: SECRET, sender }),
	),
];

export const keys: readonly SetupCase[] = [...keyMistakes, ...optionMistakes];
