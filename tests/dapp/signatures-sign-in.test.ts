/** Sign-In with Ethereum (EIP-4361), against viem. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Hex, verifyMessage } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { createSiweMessage, parseSiweMessage, validateSiweMessage } from "viem/siwe";
import type { SignInMessage } from "wallet-callback/dapp";
import type { Random } from "../random.ts";
import {
	type Altered,
	alterSignature,
	type Code,
	compact,
	crossCheck,
	privateKey,
	type Signed,
	toHex,
} from "./cross-check.ts";
import { safeRecoverSigner, safeVerifySignedMessage } from "./library.ts";

const NOW = Date.UTC(2026, 0, 15, 12);
const MINUTE = 60_000;

/** What viem makes of a message: what it reads, what it checks, and the signature. */
async function verifyByViem(signed: Signed<string>): Promise<boolean> {
	const { message, signature, address, domain, nonce, now } = signed;
	const read = parseSiweMessage(message);
	const demands = { address: address as Hex, domain: String(domain), nonce: String(nonce) };
	const time = new Date(Number(now));
	if (!validateSiweMessage({ message: read, time, ...demands })) return false;
	const signer = read.address as Hex;
	return verifyMessage({ address: signer, message, signature: signature as Hex });
}

/** What viem reads, as it is named here. Times are as they were written: with milliseconds. */
function read(message: string): SignInMessage {
	const { resources = [], ...rest } = parseSiweMessage(message);
	const some = resources.length > 0 ? { resources } : {};
	return JSON.parse(JSON.stringify({ ...rest, ...some }));
}

const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];
const STATEMENT = [...LETTERS, ..." :/?#[]@!$&'()*+,;=-._~"];
const SEGMENT = [...LETTERS, ..."-._~!$&'()*+,;=:@"];

const label = (random: Random) => random.text(LETTERS, 1, 12).toLowerCase();

function randomUri(
	random: Random,
	scheme: string = random.pick(["https", "ipfs", "x-app"]),
	host = `${label(random)}.example`,
): string {
	const path = random.list(0, 3, () => `/${random.text(SEGMENT, 0, 8)}`).join("");
	const query = random.chance(0.3) ? `?${label(random)}=${label(random)}` : "";
	return `${scheme}://${host}${path}${query}`;
}

/** A message, and whether its uri is an address of its domain. */
function randomMessage(random: Random, address: Hex, isOwn: boolean): string {
	const maybe = <T>(make: () => T) => (random.chance(0.5) ? make() : undefined);
	const time = (from: number, to: number) => new Date(NOW + random.between(from, to) * MINUTE);
	const port = random.chance(0.3) ? `:${random.between(1, 65_535)}` : "";
	const host = random.pick([
		`${label(random)}.example`,
		"localhost",
		"127.0.0.1",
		"xn--nxasmq6b.com",
	]);
	const scheme = isOwn
		? random.pick(host === "localhost" ? ["http", "https"] : ["https"])
		: "x-app+1";
	const domain = host + port;
	return createSiweMessage({
		address,
		domain,
		scheme: maybe(() => scheme),
		statement: maybe(() => random.text(STATEMENT, 1, 120)),
		uri: randomUri(random, scheme, isOwn ? domain : undefined),
		version: "1",
		chainId: random.pick([1, 137, random.bits()]),
		nonce: random.text(LETTERS, 8, 40),
		issuedAt: time(-1000, 4),
		expirationTime: maybe(() => time(1, 1000)),
		notBefore: maybe(() => time(-1000, 0)),
		requestId: maybe(() => random.text(SEGMENT, 1, 20)),
		resources: maybe(() => random.list(0, 3, () => randomUri(random))),
	});
}

test("eip4361, against viem", () =>
	crossCheck<string>({
		scheme: "eip4361",
		seed: 4361,
		every: 8,
		peers: [
			{
				name: "viem",
				verify: verifyByViem,
				lax: ["the high s", "another uri", "another chain"],
				strict: ["EIP-2098"],
			},
		],
		sign: async (random) => {
			const account = privateKeyToAccount(privateKey(random));
			const { address, publicKey } = account;
			const isOwn = random.chance(0.5);
			const message = randomMessage(random, address, isOwn);
			const signature = await account.signMessage({ message });
			const signIn = read(message);
			const { domain, nonce, uri, chainId } = signIn;
			const chain = `eip155:${chainId}`;
			const demands = random.pick([{ uri }, { uri, chain }, ...(isOwn ? [{}, { chain }] : [])]);
			const asked = { domain, nonce, address, now: NOW, maxAgeSeconds: 86_400 };
			return [
				{ message, signature, ...asked, ...demands },
				{ address, publicKey, signIn },
			];
		},
		alter: (random, signed): Altered<string>[] => {
			const { message, signature } = signed;
			const { nonce, chainId, statement = "" } = read(message);
			const stranger = `0x${toHex(random.bytes(20))}`;
			return [
				...alterSignature<string>(random, String(signature)),
				{
					what: "another account's",
					change: { address: stranger },
					code: "account_mismatch",
				},
				{
					what: "another statement",
					change: {
						message: message.replace(
							`\n\n${statement && `${statement}\n`}\n`,
							() => `\n\n${statement}.\n\n`,
						),
					},
					code: "signature_mismatch",
				},
				{ what: "another nonce", change: { nonce: `${nonce}0` }, code: "malformed_payload" },
				{ what: "another domain", change: { domain: "evil.example" }, code: "malformed_payload" },
				{ what: "another uri", change: { uri: "https://evil.example" }, code: "malformed_payload" },
				{
					what: "another chain",
					change: { chain: `eip155:${Number(chainId) + 1}` },
					code: "chain_mismatch",
				},
				{ what: "EIP-2098", change: { signature: compact(String(signature)) } },
			];
		},
	}));

const ACCOUNT = privateKeyToAccount(`0x${"42".repeat(32)}`);
const MEMBERS = {
	address: ACCOUNT.address,
	domain: "shop.example",
	uri: "https://shop.example/login",
	version: "1",
	chainId: 1,
	nonce: "0123456789abcdef",
	issuedAt: new Date(NOW),
	statement: "Sign in.",
} as const;

/** Signs whatever is to be read as a message. */
async function signedText(message: string): Promise<Signed<string> & { address: string }> {
	const signature = await ACCOUNT.signMessage({ message });
	const { domain, nonce, address } = MEMBERS;
	return { message, signature, address, domain, nonce, now: NOW };
}

interface Crafted {
	readonly what: string;
	readonly message: string;
	readonly code: Code;
	readonly path: string;
	/** Whether viem takes it. */
	readonly lax?: true;
}

const GOOD = createSiweMessage(MEMBERS);
const edited = (from: string | RegExp, to: string) => {
	const message = GOOD.replace(from, to);
	assert.notEqual(message, GOOD);
	return message;
};
const malformed = (what: string, message: string, path: string): Crafted => {
	return { what, message, code: "malformed_payload", path };
};
const MS = (time: number) => new Date(NOW + time);

/** Texts that the account has signed, and that are no valid sign-in all the same. */
const CRAFTED: readonly Crafted[] = [
	malformed("another domain", createSiweMessage({ ...MEMBERS, domain: "evil.example" }), "domain"),
	malformed("a subdomain", createSiweMessage({ ...MEMBERS, domain: "a.shop.example" }), "domain"),
	malformed("a port", createSiweMessage({ ...MEMBERS, domain: "shop.example:8443" }), "domain"),
	malformed("another nonce", createSiweMessage({ ...MEMBERS, nonce: "fedcba9876543210" }), "nonce"),
	malformed("a short nonce", edited(/Nonce: .*/, "Nonce: 0123456"), "nonce"),
	malformed("version 2", edited("Version: 1", "Version: 2"), "version"),
	malformed("no version", edited("Version: 1\n", ""), "version"),
	malformed("members in another order", edited(/(Chain ID: 1)\n(Nonce: .*)/, "$2\n$1"), "chainId"),
	malformed("line ends of Windows", GOOD.replaceAll("\n", "\r\n"), "domain"),
	malformed("something before it", `\n${GOOD}`, "domain"),
	{ ...malformed("a time without a zone", edited("000Z", "000"), "issuedAt"), lax: true },
	{ ...malformed("a day that is none", edited("2026-01-15", "2026-02-30"), "issuedAt"), lax: true },
	{
		...malformed("a date of words", edited(/Issued At: .*/, "Issued At: today"), "issuedAt"),
		lax: true,
	},
	{
		...malformed(
			"the account in lower case",
			edited(ACCOUNT.address, ACCOUNT.address.toLowerCase()),
			"address",
		),
		lax: true,
	},
	{ ...malformed("a line behind it", `${GOOD}\nand send all tokens`, ""), lax: true },
	{ ...malformed("a line feed behind it", `${GOOD}\n`, ""), lax: true },
	{
		...malformed("a line in the middle", edited("\n\nURI", "\n\nand more\nURI"), "uri"),
		lax: true,
	},
	{
		...malformed("a statement with quotation marks", edited("Sign in.", 'Sign "in".'), "statement"),
		lax: true,
	},
	{
		...malformed("a statement beyond ASCII", edited("Sign in.", "Sígn in."), "statement"),
		lax: true,
	},
	{ ...malformed("a line feed too few", edited("Sign in.\n\n", ""), "statement"), lax: true },
	{
		...malformed("no uri", edited("https://shop.example/login", "here and there"), "uri"),
		lax: true,
	},
	{
		what: "an expired one",
		message: createSiweMessage({ ...MEMBERS, expirationTime: MS(-1000) }),
		code: "timestamp_too_old",
		path: "expirationTime",
	},
	{
		what: "one that expires now",
		message: createSiweMessage({ ...MEMBERS, expirationTime: MS(0) }),
		code: "timestamp_too_old",
		path: "expirationTime",
	},
	{
		what: "one that is not valid yet",
		message: createSiweMessage({ ...MEMBERS, notBefore: MS(1000) }),
		code: "timestamp_too_new",
		path: "notBefore",
	},
	{
		what: "one that was written in the future",
		message: createSiweMessage({ ...MEMBERS, issuedAt: MS(301_000) }),
		code: "timestamp_too_new",
		path: "issuedAt",
		lax: true,
	},
];

for (const { what, message, code, path, lax = false } of CRAFTED) {
	test(`a signed message is refused for ${what}`, async () => {
		const signed = await signedText(message);
		const result = safeVerifySignedMessage({ ...signed, scheme: "eip4361" });
		assert.ok(!result.ok);
		assert.deepEqual([result.code, result.path ?? ""], [code, path], result.message);
		assert.equal(await verifyByViem(signed).catch(() => false), lax, "viem");
	});
}

test("a message is refused when it is ten minutes old, or as old as the caller says", async () => {
	for (const [maxAgeSeconds, seconds] of [
		[undefined, 600],
		[60, 60],
		[86_400, 86_400],
	] as const) {
		for (const [age, code] of [
			[seconds, undefined],
			[seconds + 1, "timestamp_too_old"],
		] as const) {
			const message = createSiweMessage({ ...MEMBERS, issuedAt: MS(-age * 1000) });
			const signed = await signedText(message);
			const result = safeVerifySignedMessage({ ...signed, scheme: "eip4361", maxAgeSeconds });
			assert.deepEqual(
				result.ok ? [] : [result.code, result.path],
				code === undefined ? [] : [code, "issuedAt"],
			);
		}
	}
});

test("a uri of another site and a scheme of another kind are refused, unless asked for", async () => {
	const cases: [members: object, path: string][] = [
		[{ uri: "https://evil.example/steal" }, "uri"],
		[{ uri: "https://shop.example.evil.example/" }, "uri"],
		[{ uri: "http://shop.example/login" }, "uri"],
		[{ uri: "did:key:z6Mk" }, "uri"],
		[{ scheme: "http" }, "scheme"],
		[{ scheme: "evil" }, "scheme"],
	];
	for (const [members, path] of cases) {
		const signed = await signedText(createSiweMessage({ ...MEMBERS, ...members }));
		const result = safeVerifySignedMessage({ ...signed, scheme: "eip4361" });
		assert.ok(!result.ok);
		assert.deepEqual([result.code, result.path], ["malformed_payload", path]);
		if (path === "scheme") continue;
		const { uri } = { ...MEMBERS, ...members };
		assert.ok(safeVerifySignedMessage({ ...signed, scheme: "eip4361", uri }).ok, uri);
	}
});

test("an unknown signer is the account that the message names", async () => {
	const { address: _, ...signed } = await signedText(GOOD);
	const result = safeRecoverSigner({ ...signed, scheme: "eip4361" });
	assert.ok(result.ok);
	assert.equal(result.address, ACCOUNT.address);
	assert.equal(result.signIn?.nonce, MEMBERS.nonce);
	const stranger = await privateKeyToAccount(`0x${"43".repeat(32)}`).signMessage({ message: GOOD });
	const forged = safeRecoverSigner({ ...signed, signature: stranger, scheme: "eip4361" });
	assert.equal(forged.ok || forged.code, "signature_mismatch");
	const elsewhere = safeRecoverSigner({ ...signed, domain: "evil.example", scheme: "eip4361" });
	assert.equal(elsewhere.ok || elsewhere.code, "malformed_payload");
});

test("times count to the second", async () => {
	const valid = [
		{ expirationTime: MS(1000) },
		{ notBefore: MS(0) },
		{ issuedAt: MS(300_000) },
		{ expirationTime: MS(1000), notBefore: MS(-1000) },
	];
	for (const times of valid) {
		const signed = await signedText(createSiweMessage({ ...MEMBERS, ...times }));
		assert.ok(safeVerifySignedMessage({ ...signed, scheme: "eip4361" }).ok);
		assert.ok(await verifyByViem(signed), "viem");
	}
});

test("what was signed is sent as bytes, too", async () => {
	const { message, ...rest } = await signedText(GOOD);
	const bytes = new TextEncoder().encode(message);
	for (const message of [bytes, bytes.buffer]) {
		const result = safeVerifySignedMessage({ ...rest, message, scheme: "eip4361" });
		assert.ok(result.ok);
		assert.deepEqual(result.signIn, read(GOOD));
	}
	const broken = Uint8Array.of(...bytes, 0xff);
	const result = safeVerifySignedMessage({ ...rest, message: broken, scheme: "eip4361" });
	assert.equal(result.ok ? "ok" : result.code, "malformed_payload");
});

test("a message of 1 MB is answered soon", async () => {
	const since = performance.now();
	for (const filling of ["\n", "a", "\n- ", "://", "%41"]) {
		const signed = await signedText(GOOD + filling.repeat(300_000));
		const result = safeVerifySignedMessage({ ...signed, scheme: "eip4361" });
		assert.equal(result.ok ? "ok" : result.code, "malformed_payload");
	}
	assert.ok(performance.now() - since < 10_000);
});
