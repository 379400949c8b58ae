/** What a wallet, or anybody who poses as one, can post to a `callbackUrl`. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { Base58 } from "@wharfkit/antelope";
import { TronWeb, Trx } from "tronweb";
import nacl from "tweetnacl";
import { parseSiweMessage } from "viem/siwe";
import type { DappExpected, DappRejectionCode, DappResult } from "wallet-callback/dapp";
import { Random } from "../random.ts";
import { flipBit } from "./cross-check.ts";
import {
	ConfigError,
	createDappRequest,
	safeVerifyDappCallback,
	safeVerifySignedMessage,
} from "./library.ts";
import {
	type Asked,
	ask,
	type Body,
	EOS,
	EOS_CHAIN_ID,
	EosWallet,
	EvmWallet,
	HASH,
	judge,
	LATER,
	NOW,
	refusal,
	SOLANA,
	TRON,
} from "./wallets.ts";

const alice = new EvmWallet("a1");
const mallory = new EvmWallet("66");
const aliceOfEos = new EosWallet("alice1111111", "a1");
const malloryOfEos = new EosWallet("mallory11111", "66");
/** What a node says of Alice's account. */
const accountKeys = [aliceOfEos.key];

const login = () => ask({ action: "login" }).expected;
const eosLogin = () => ask({ action: "login", chains: [EOS] }).expected;
const signIn = (own: Partial<Asked> = {}) =>
	ask({ action: "sign", address: alice.address, ...own } as Asked).expected;
const transfer = (own: Partial<Asked> = {}) =>
	ask({
		action: "transfer",
		to: mallory.address,
		amount: "0.1",
		symbol: "ETH",
		decimals: 18,
		...own,
	} as Asked).expected;
const pushTransaction = () =>
	ask({ action: "pushTransaction", transaction: { to: mallory.address, value: "0x1" } }).expected;
const transferred = ({ actionId, action }: DappExpected, own: Body = {}): Body => ({
	ref: "TokenPocket",
	txID: `0x${HASH}`,
	publickey: "",
	action,
	actionId,
	wallet: alice.address,
	permissions: {},
	result: 1,
	...own,
});

const authenticated = ({ action, actionId, chains }: DappExpected, address: string) => ({
	ok: true,
	action,
	actionId,
	outcome: "success",
	authenticated: true,
	address,
	chain: chains[0],
});

function assertClaimed(result: DappResult, more: object = {}): void {
	assert.ok(result.ok, JSON.stringify(result));
	assert.ok(result.outcome === "success" && !result.authenticated);
	assert.match(result.advice, /\w+ \w+/);
	const { ok, action, actionId, outcome, authenticated, advice, ...rest } = result;
	assert.deepEqual(rest, { ...rest, ...more });
}

/** A body in a query, as the first version of the protocol writes it. */
const toQuery = (body: Body): string =>
	new URLSearchParams(
		Object.entries(body).map(([name, value]) => [
			name,
			typeof value === "object" ? JSON.stringify(value) : String(value),
		]),
	).toString();

describe("the forms of a body", () => {
	const forms: Record<string, (body: Body) => Parameters<typeof judge>[1]> = {
		"JSON text": (body) => JSON.stringify(body),
		"JSON text with space around it": (body) => `\r\n ${JSON.stringify(body, null, 2)}\n`,
		bytes: (body) => new TextEncoder().encode(JSON.stringify(body)),
		"a Buffer in a larger one": (body) => {
			const json = Buffer.from(JSON.stringify(body));
			return Buffer.concat([Buffer.from("xx"), json, Buffer.from("xx")]).subarray(2, -2);
		},
		"an ArrayBuffer": (body) => new TextEncoder().encode(JSON.stringify(body)).buffer,
		"bytes of another realm": (body) =>
			runInNewContext("Uint8Array.from(bytes)", {
				bytes: [...new TextEncoder().encode(JSON.stringify(body))],
			}),
		"an object that was parsed": (body) => body,
		"an object without a prototype": (body) => Object.assign(Object.create(null), body),
		"an envelope": ({ result, ...data }) => JSON.stringify({ result, message: "ok", data }),
		"an envelope of text": ({ result, ...data }) => ({ result, data: JSON.stringify(data) }),
		"an envelope with everything inside": (data) => ({ result: 1, message: "", data }),
		"a form": toQuery,
		"a form of JSON": (body) => `param=${encodeURIComponent(JSON.stringify(body))}`,
		"a form of an envelope": ({ result, ...data }) =>
			toQuery({ param: JSON.stringify({ result, message: "ok", data }) }),
	};

	for (const [form, write] of Object.entries(forms)) {
		test(form, async () => {
			const [one, two, three, four] = [login(), signIn(), transfer(), eosLogin()];
			const first = await alice.login(one);
			assert.deepEqual(judge(one, write(first)), authenticated(one, alice.address));
			const second = await alice.answer(two);
			assert.deepEqual(judge(two, write(second)), authenticated(two, alice.address));
			assertClaimed(judge(three, write(transferred(three))), { txId: `0x${HASH}` });
			const fourth = aliceOfEos.login(four);
			assert.deepEqual(
				judge(four, write(fourth), { accountKeys }),
				authenticated(four, "alice1111111"),
			);
		});
	}

	test("a url, as text or an object", async () => {
		const expected = login();
		const body = await alice.login(expected);
		const queries = [toQuery(body), toQuery({ param: JSON.stringify({ result: 1, data: body }) })];
		for (const query of queries) {
			const href = `https://shop.example/tokenpocket?${query}`;
			for (const url of [href, new URL(href), `/tokenpocket?${query}`, `${href}#top`]) {
				const result = safeVerifyDappCallback({ url, expected, now: LATER });
				assert.deepEqual(result, authenticated(expected, alice.address));
				assert.deepEqual(judge(expected, "", { url }), result);
				assert.deepEqual(judge(expected, new Uint8Array(), { url }), result);
			}
		}
	});

	test("a body that is not empty wins over the url", async () => {
		const expected = login();
		const url = `https://shop.example/?${toQuery({ ...(await alice.login(expected)), result: 0 })}`;
		const result = judge(expected, await alice.login(expected), { url });
		assert.deepEqual(result, authenticated(expected, alice.address));
	});

	test("what is in no form", () => {
		const expected = transfer();
		const bodies: [body: Parameters<typeof judge>[1], ...path: string[]][] = [
			[""],
			[" \n"],
			[new Uint8Array()],
			["null", "result"],
			["[]"],
			[[]],
			["{"],
			["{}", "actionId"],
			['{"a":1}{"a":1}'],
			['{"a":1,}'],
			[Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
			["param=%7B", "param"],
			["param=[]", "param"],
			["result=1&result=1", "result"],
			["result=%4"],
			["result=%zz"],
			["result=%ff"],
			['{"result":1,"data":"[]"}', "data"],
			['{"result":1,"data":"{"}', "data"],
			['{"result":1,"data":7}', "data"],
			[`{"actionId":1,"actionId":1}`],
		];
		for (const [body, ...path] of bodies) {
			const found = refusal(judge(expected, body)) as unknown[];
			assert.equal(found[0], "malformed_payload", String(body));
			if (path.length > 0) assert.deepEqual(found.slice(1), path, String(body));
		}
	});
});

describe("members that vary", () => {
	test("of a login", async () => {
		const expected = login();
		const { address } = alice;
		const lower = address.toLowerCase();
		const variants: Body[] = [
			{ timestamp: LATER / 1000 },
			{ permissions: [] },
			{ permissions: ["active"] },
			{ permissions: undefined },
			{ publickey: undefined },
			{ publickey: 7, permissions: "all" },
			{ result: "1" },
			{ account: address, uuID: expected.actionId },
			{ account: lower },
			{ wallet: lower },
			{ wallet: `0x${address.slice(2).toUpperCase()}` },
			{ network: "ethereum" },
			{ network: "ethereum", chainId: "1" },
			{ chainId: 1 },
			{ chainId: "0x1" },
			{ network: null, chainId: "", account: null, uuID: "" },
			{ protocol: undefined, version: undefined },
			{ result: 1, message: "done", extra: { a: [1] } },
		];
		for (const own of variants) {
			const result = judge(expected, await alice.login(expected, own));
			assert.deepEqual(result, authenticated(expected, address), JSON.stringify(own));
		}
	});

	test("an account or an id by its other name alone", async () => {
		const expected = login();
		const { wallet, actionId, ...rest } = await alice.login(expected);
		const result = judge(expected, { ...rest, account: wallet, uuID: actionId });
		assert.deepEqual(result, authenticated(expected, alice.address));
	});

	test("the signature of a login", async () => {
		const expected = login();
		const body = await alice.login(expected);
		const { r, s, v, signature, message, messageHash } = JSON.parse(String(body.sign));
		const parity = Number(v) - 27;
		const signs: unknown[] = [
			{ r, s, v, signature },
			{ signature },
			{ r, s, v },
			{ r, s, v: Number(v) },
			{ r, s, v: String(Number(v)) },
			{ r, s, v: parity },
			{ r, s, v: `0x0${parity}` },
			{ r, s, v, signature: "", message: "", messageHash: "" },
			// What the wallet says it has signed is not asked.
			{ signature, message: "another", messageHash: "0x00" },
			{ signature, message: { a: 1 }, messageHash: null },
			JSON.stringify({ r, s, v, message, messageHash }, null, 2),
			signature,
			signature.slice(2),
		];
		for (const sign of signs) {
			const result = judge(expected, { ...body, sign });
			assert.deepEqual(result, authenticated(expected, alice.address), JSON.stringify(sign));
		}
	});

	test("zeros in front of r and s, which some wallets leave out", async () => {
		let short = 0;
		for (let round = 0; short < 3 && round < 2000; round++) {
			const expected = login();
			const body = await alice.login(expected);
			const { r, s, v } = JSON.parse(String(body.sign));
			if (!r.startsWith("0x0") && !s.startsWith("0x0")) continue;
			short++;
			const trimmed = { r: r.replace(/^0x0+/, "0x"), s: s.replace(/^0x0+/, "0x"), v };
			const result = judge(expected, { ...body, sign: JSON.stringify(trimmed) });
			assert.deepEqual(result, authenticated(expected, alice.address));
		}
		assert.equal(short, 3);
	});

	test("a transaction's hash", () => {
		const expected = transfer();
		const hash = `0x${HASH}`;
		const { txID: _, ...body } = transferred(expected);
		const variants = [{ txID: hash }, { txId: hash }, { txid: hash }, { txID: hash, txId: hash }];
		for (const own of variants) {
			assertClaimed(judge(expected, { ...body, ...own }), { txId: hash });
		}
		const refused = [
			{},
			{ txID: "" },
			{ txID: null },
			{ txID: HASH.slice(1) },
			{ txID: `0x${HASH}00` },
			{ txID: "javascript:alert(1)" },
			{ txID: { hash } },
			{ txID: hash, txId: `0x${"0".repeat(64)}` },
		];
		for (const own of refused) {
			const [code, path] = refusal(judge(expected, { ...body, ...own })) as string[];
			assert.equal(code, "malformed_payload", JSON.stringify(own));
			assert.match(String(path), /^txI[Dd]$/);
		}
	});

	test("an id that a wallet has taken for a number", async () => {
		// Such an id is one that the server has made otherwise.
		const expected = { ...login(), actionId: "11111111111" };
		const returned = { ...expected, actionId: "11111111111.0" };
		// The wallet may have signed it before or after it has changed it.
		for (const signed of [expected, returned]) {
			const body = { ...(await alice.login(signed)), actionId: returned.actionId };
			assert.deepEqual(judge(expected, body), authenticated(expected, alice.address));
		}
		const claimed = { ...transferred({ ...transfer(), actionId: returned.actionId }) };
		assertClaimed(judge({ ...transfer(), actionId: expected.actionId }, claimed));
		for (const actionId of ["11111111111.00", "11111111111.", "111111111110", 11111111111.5]) {
			const body = await alice.login({ ...expected, actionId: String(actionId) });
			assert.deepEqual(refusal(judge(expected, { ...body, actionId })), [
				"unknown_action",
				"actionId",
			]);
		}
		const own = login();
		const body = await alice.login({ ...own, actionId: `${own.actionId}.0` });
		assert.deepEqual(refusal(judge(own, body)), ["unknown_action", "actionId"]);
	});

	test("an answer to sign that calls itself pushTransaction", async () => {
		const expected = signIn();
		const body = await alice.answer(expected, { action: "pushTransaction" });
		assert.deepEqual(judge(expected, body), authenticated(expected, alice.address));
	});

	test("a query that is the server's own, and a result", () => {
		const expected = transfer();
		for (const query of [`session=7&result=1&txID=0x${HASH}`, `result=1&txId=0x${HASH}&a=&b`]) {
			const url = `https://shop.example/tokenpocket?${query}`;
			assertClaimed(safeVerifyDappCallback({ url, expected, now: LATER }), { txId: `0x${HASH}` });
			assertClaimed(judge(expected, query), { txId: `0x${HASH}` });
		}
		const cancelled = judge(expected, "result=0");
		assert.ok(cancelled.ok && cancelled.outcome === "cancelled");
		// Where something is proved, nothing is left out.
		for (const expected of [login(), signIn()]) {
			assert.deepEqual(refusal(judge(expected, "result=1")), ["malformed_payload", "actionId"]);
		}
	});
});

describe("what is not a success", () => {
	for (const [result, outcome] of [
		[0, "cancelled"],
		[2, "failed"],
		["0", "cancelled"],
		["2", "failed"],
	] as const) {
		test(`${outcome}, as ${JSON.stringify(result)}`, async () => {
			for (const expected of [login(), signIn(), transfer(), pushTransaction()]) {
				const { action, actionId } = expected;
				const base = { ok: true, action, actionId, outcome, authenticated: false };
				assert.deepEqual(judge(expected, { action, actionId, result }), base);
				const body = { message: "No wallet", ref: "TokenPocket", result, action, actionId };
				assert.deepEqual(judge(expected, body), { ...base, message: "No wallet" });
				const { result: _, message, ...data } = body;
				assert.deepEqual(judge(expected, { result, message, data }), { ...base, message });
			}
			// Not even with a good signature.
			const expected = login();
			const judged = judge(expected, await alice.login(expected, { result }));
			assert.ok(judged.ok && !judged.authenticated && judged.outcome === outcome);
		});
	}

	test("the wallet's words are cut, and hold nothing that is not seen", () => {
		const expected = transfer();
		const { action, actionId } = expected;
		const said = (message: unknown) => {
			const result = judge(expected, { action, actionId, result: 2, message });
			assert.ok(result.ok && result.outcome === "failed");
			return result.message;
		};
		assert.equal(said("x".repeat(10_000)), "x".repeat(256));
		assert.equal(said("😀".repeat(300)), "😀".repeat(256));
		assert.equal(said("a\r\n\u0000b\u001b[31m\u202ec\u2028d\u200be\u0085f"), "ab[31mcdef");
		assert.equal(said({ a: 1 }), undefined);
		assert.equal(said(""), undefined);
	});

	test("a result that is none", async () => {
		const expected = login();
		for (const result of [
			undefined,
			null,
			"",
			3,
			-1,
			1.5,
			"01",
			" 1",
			"1.0",
			"success",
			true,
			{},
			[1],
		]) {
			const body = await alice.login(expected, { result });
			assert.deepEqual(
				refusal(judge(expected, body)),
				["malformed_payload", "result"],
				String(result),
			);
		}
	});
});

describe("a success without a proof", () => {
	test('sign as "{}", as nothing, or left out', async () => {
		for (const sign of ["{}", " { } ", {}, "", null, undefined]) {
			const expected = login();
			assertClaimed(judge(expected, await alice.login(expected, { sign })), {
				address: alice.address,
				chain: "eip155:1",
			});
			const asked = signIn();
			assertClaimed(judge(asked, await alice.answer(asked, { sign })), { address: alice.address });
		}
	});

	test("a transaction, though everything in its callback is signed", async () => {
		for (const expected of [
			transfer(),
			pushTransaction(),
			transfer({ from: alice.address } as Asked),
		]) {
			const sign = await alice.sign(
				`${LATER / 1000}${alice.address}${expected.actionId}TokenPocket`,
			);
			const body = transferred(expected, { sign, timestamp: LATER / 1000 });
			assertClaimed(judge(expected, body), { txId: `0x${HASH}`, address: alice.address });
		}
	});

	test("an account of EOS whose keys nobody has fetched", () => {
		const expected = eosLogin();
		assertClaimed(judge(expected, aliceOfEos.login(expected)), { address: "alice1111111" });
		const asked = ask({ action: "sign", chains: [EOS], message: "Sign in." }).expected;
		assertClaimed(judge(asked, aliceOfEos.answer(asked)), { address: "alice1111111" });
	});
});

describe("a key that is the body's own", () => {
	test("of EOS: Mallory signs as Alice and names her own key", () => {
		const expected = eosLogin();
		const forged = malloryOfEos.login(expected, { wallet: "alice1111111" });
		for (const publickey of [malloryOfEos.key, malloryOfEos.legacyKey, aliceOfEos.legacyKey]) {
			const body = { ...forged, publickey };
			assert.deepEqual(refusal(judge(expected, body, { accountKeys })), [
				"signature_mismatch",
				"sign",
			]);
			assertClaimed(judge(expected, body));
			// An account without keys of this kind has signed nothing.
			const options = { accountKeys: [] };
			assert.deepEqual(refusal(judge(expected, body, options)), ["signature_mismatch", "sign"]);
		}
	});

	test("of Ethereum", async () => {
		const expected = login();
		const forged = await mallory.login(expected, { wallet: alice.address });
		for (const publickey of [mallory.publicKey, mallory.address, alice.publicKey]) {
			const body = { ...forged, publickey };
			assert.deepEqual(refusal(judge(expected, body)), ["signature_mismatch", "sign"]);
		}
		const asked = signIn();
		const body = await mallory.answer(asked, {
			publickey: mallory.publicKey,
			wallet: alice.address,
		});
		assert.deepEqual(refusal(judge(asked, body)), ["signature_mismatch", "sign"]);
	});

	test("keys of other kinds and several of this one", () => {
		const expected = eosLogin();
		const body = aliceOfEos.login(expected);
		const other = "PUB_R1_6FPFZqw5ahYrR9jD96yDbbDNTdKtNqRbze6oTDLntrsANgQKZu";
		const many = Array.from(
			{ length: 63 },
			(_, at) => new EosWallet("x", (at + 1).toString(16).padStart(2, "0")).key,
		);
		for (const keys of [
			[aliceOfEos.legacyKey],
			[other, ...accountKeys],
			[...many, ...accountKeys],
		]) {
			const result = judge(expected, body, { accountKeys: keys });
			assert.deepEqual(result, authenticated(expected, "alice1111111"));
		}
		assert.deepEqual(refusal(judge(expected, body, { accountKeys: [other] })), [
			"signature_mismatch",
			"sign",
		]);
		const tooMany = [...many, malloryOfEos.key, ...accountKeys];
		assert.deepEqual(refusal(judge(expected, body, { accountKeys: tooMany })), [
			"unsupported_signature",
			"sign",
		]);
	});
});

describe("boundaries that are shifted", () => {
	// What is signed has nothing between its parts: timestamp, account, id, ref.
	test("between the timestamp and the account", () => {
		// A name of EOS may begin with a digit.
		const wallet = new EosWallet("1alice", "a1");
		const expected = eosLogin();
		const timestamp = String(LATER / 1000 + 1);
		const body = wallet.login(expected, { timestamp });
		const options = { accountKeys: [wallet.key] };
		assert.deepEqual(judge(expected, body, options), authenticated(expected, "1alice"));
		const shifted = [
			{ timestamp: `${timestamp}1`, wallet: "alice", path: "timestamp" },
			{ timestamp: timestamp.slice(0, -1), wallet: `${timestamp.at(-1)}1alice`, path: "timestamp" },
			{ timestamp: "", wallet: `${timestamp}1alice`, path: "wallet" },
		];
		for (const { path, ...own } of shifted) {
			const result = judge(expected, { ...body, ...own }, options);
			assert.deepEqual(refusal(result), ["malformed_payload", path], JSON.stringify(own));
		}
	});

	test("between the account and the id", () => {
		const expected = eosLogin();
		const { actionId } = expected;
		const pairs = [
			["alice", `w${actionId}`],
			["alicew", actionId.slice(1)],
			["alicewc", actionId.slice(2)],
			["alice", actionId.slice(1)],
		] as const;
		for (const [name, id] of pairs) {
			// One who has signed in somewhere else, where the ids can be anything.
			const owner = new EosWallet(name, "66");
			const signed = owner.login({ ...expected, actionId: id });
			for (const wallet of ["alice", "alicew", "alicewc", "alic"]) {
				for (const returned of [id, actionId]) {
					const body = { ...signed, wallet, actionId: returned };
					// What a node says of the account that is claimed.
					const keys = wallet === name ? [owner.key] : accountKeys;
					const result = judge(expected, body, { accountKeys: keys });
					assert.ok(!result.ok, JSON.stringify([name, id, wallet]));
					const code = returned === actionId ? "signature_mismatch" : "unknown_action";
					assert.equal(result.code, code);
				}
			}
		}
	});

	test("between the id and the ref", () => {
		const expected = eosLogin();
		const { actionId } = expected;
		const tail = actionId.slice(-4);
		const shorter = { ...expected, actionId: actionId.slice(0, -4) };
		const signed = aliceOfEos.simpleLogin(shorter, { ref: `${tail}TokenPocket` });
		assert.deepEqual(refusal(judge(expected, signed, { accountKeys })), [
			"unknown_action",
			"actionId",
		]);
		// The very text that would be signed for the longer id, so that it does not say whose it is.
		const claimed = { ...signed, uuID: actionId, ref: "TokenPocket" };
		assert.deepEqual(
			judge(expected, claimed, { accountKeys }),
			authenticated(expected, "alice1111111"),
		);
		assert.match(actionId, /^wc_[0-9a-f]{32}$/, "which is why all ids have one length");
	});

	test("an account of Ethereum has one length", async () => {
		const expected = login();
		const body = await alice.login(expected);
		const { address } = alice;
		for (const wallet of [address.slice(0, -1), `${address}w`, address.slice(2), `${address} `]) {
			const result = judge(expected, { ...body, wallet });
			assert.deepEqual(refusal(result), ["malformed_payload", "wallet"], wallet);
		}
	});
});

describe("what was signed for something else", () => {
	test("a login for another record", async () => {
		const [one, two] = [login(), login()];
		const body = await alice.login(one);
		assert.deepEqual(refusal(judge(two, body)), ["unknown_action", "actionId"]);
		const renamed = { ...body, actionId: two.actionId };
		assert.deepEqual(refusal(judge(two, renamed)), ["signature_mismatch", "sign"]);
		const both = { ...body, uuID: two.actionId };
		for (const expected of [one, two]) {
			assert.deepEqual(refusal(judge(expected, both)), ["malformed_payload", "uuID"]);
		}
	});

	test("a sign-in for another record", async () => {
		const [one, two] = [signIn(), signIn()];
		const body = await alice.answer(one);
		assert.deepEqual(refusal(judge(two, body)), ["unknown_action", "actionId"]);
		const renamed = { ...body, actionId: two.actionId };
		assert.deepEqual(refusal(judge(two, renamed)), ["signature_mismatch", "sign"]);
	});

	test("a login where another action was asked, and the other way around", async () => {
		const expected = login();
		const body = await alice.login(expected);
		const others = { sign: signIn(), transfer: transfer(), pushTransaction: pushTransaction() };
		for (const [action, other] of Object.entries(others)) {
			const record = { ...other, actionId: expected.actionId };
			assert.deepEqual(refusal(judge(record, body)), ["action_mismatch", "action"]);
			const result = judge(record, { ...body, action });
			assert.ok(!result.ok || !result.authenticated, action);
			assert.deepEqual(refusal(judge(expected, { ...body, action })), [
				"action_mismatch",
				"action",
			]);
		}
		const asked = signIn();
		const signed = await alice.answer(asked);
		const record = { ...login(), actionId: asked.actionId };
		const posed = { ...signed, action: "login", timestamp: LATER / 1000 };
		assert.deepEqual(refusal(judge(record, posed)), ["signature_mismatch", "sign"]);
	});

	test("an action that is none, or none at all", async () => {
		for (const expected of [login(), signIn(), transfer()]) {
			const { action: _, ...body } = transferred(expected);
			assert.deepEqual(refusal(judge(expected, body)), ["malformed_payload", "action"]);
			for (const action of ["Login", "logout", "constructor", "sign "]) {
				assert.deepEqual(refusal(judge(expected, { ...body, action })), [
					"action_mismatch",
					"action",
				]);
			}
		}
	});

	test("another chain", async () => {
		const expected = ask({ action: "login", chains: ["eip155:1", "eip155:137"] }).expected;
		const named = [
			{ network: "ethereum", chainId: "56" },
			{ chainId: 56 },
			{ chainId: "0x38" },
			{ chainId: "01" },
			{ chainId: "1 " },
			{ chainId: "eip155:1" },
		];
		for (const own of named) {
			const result = judge(expected, await alice.login(expected, own));
			assert.deepEqual(refusal(result), ["chain_mismatch", "chainId"], JSON.stringify(own));
		}
		for (const network of ["tron", "eosio", "Ethereum", "bitcoin"]) {
			const result = judge(expected, await alice.login(expected, { network }));
			assert.deepEqual(refusal(result), ["chain_mismatch", "network"]);
		}
		for (const [chainId, chain] of [
			["1", "eip155:1"],
			[137, "eip155:137"],
			["0x89", "eip155:137"],
		]) {
			const result = judge(expected, await alice.login(expected, { chainId }));
			assert.deepEqual(result, { ...authenticated(expected, alice.address), chain });
		}
		const { chain: _, ...unnamed } = authenticated(expected, alice.address);
		assert.deepEqual(judge(expected, await alice.login(expected)), unnamed);
	});

	test("a sign-in says its own chain, whatever the body says", async () => {
		const chains = ["eip155:137", "eip155:1"];
		const expected = signIn({ chains });
		const result = judge(
			expected,
			await alice.answer(expected, { network: "ethereum", chainId: "1" }),
		);
		assert.deepEqual(result, authenticated(expected, alice.address));
	});

	test("another account", async () => {
		const expected = ask({ action: "login", address: alice.address }).expected;
		const other = await mallory.login(expected);
		assert.deepEqual(refusal(judge(expected, other)), ["account_mismatch", "wallet"]);
		const { wallet, ...rest } = other;
		assert.deepEqual(refusal(judge(expected, { ...rest, account: wallet })), [
			"account_mismatch",
			"account",
		]);
		const open = login();
		const both = await alice.login(open, { account: mallory.address });
		assert.deepEqual(refusal(judge(open, both)), ["account_mismatch", "account"]);
		const asked = signIn();
		assert.deepEqual(refusal(judge(asked, await mallory.answer(asked))), [
			"account_mismatch",
			"wallet",
		]);
	});

	test("the mini wallet's text, which is not the record's", async () => {
		const expected = signIn();
		const text = `${LATER / 1000}${alice.address}${expected.actionId}TokenPocket`;
		const body = await alice.answer(expected, { sign: await alice.sign(text) });
		assert.deepEqual(refusal(judge(expected, body)), ["signature_mismatch", "sign"]);
	});

	test("a message that comes with the body", async () => {
		const expected = login();
		const body = await alice.login(expected);
		const sign = await alice.signLikeWeb3("anything");
		assert.deepEqual(refusal(judge(expected, { ...body, sign })), ["signature_mismatch", "sign"]);
		const asked = signIn();
		const answer = await alice.answer(asked, {
			sign: await alice.sign("anything"),
			message: "anything",
		});
		assert.deepEqual(refusal(judge(asked, answer)), ["signature_mismatch", "sign"]);
	});

	test("a ref of somebody else", async () => {
		const expected = login();
		for (const ref of ["tokenpocket", "TokenPocket ", "", undefined, "Other", 7]) {
			const body = await alice.login(expected, { ref });
			assert.deepEqual(refusal(judge(expected, body)), ["malformed_payload", "ref"], String(ref));
		}
	});
});

describe("times", () => {
	const at = (seconds: number) => String(LATER / 1000 + seconds);

	test("a login is fresh for five minutes in both directions", async () => {
		// Made so long ago that its own age does not count.
		const expected = { ...login(), issuedAt: NOW / 1000 - 3000 };
		for (const [seconds, code] of [
			[-300, undefined],
			[300, undefined],
			[-301, "timestamp_too_old"],
			[301, "timestamp_too_new"],
		] as const) {
			const result = judge(expected, await alice.login(expected, { timestamp: at(seconds) }));
			assert.deepEqual(
				result.ok ? undefined : [result.code, result.path],
				code && [code, "timestamp"],
			);
		}
		const body = await alice.login(expected, { timestamp: at(-1000) });
		assert.ok(judge(expected, body, { toleranceSeconds: 1000 }).ok);
		assert.ok(!judge(expected, body, { toleranceSeconds: 999 }).ok);
	});

	test("a login was not signed long before it was asked for", async () => {
		const expected = login();
		const result = judge(
			expected,
			await alice.login(expected, { timestamp: String(NOW / 1000 - 11) }),
			{ toleranceSeconds: 10 },
		);
		assert.deepEqual(refusal(result), ["timestamp_too_old", "timestamp"]);
	});

	test("a timestamp that is none", async () => {
		const expected = login();
		const timestamps = [
			"",
			undefined,
			"now",
			LATER,
			String(LATER),
			1e20,
			-1,
			"0x65a5e2b0",
			`${at(0)}.0`,
			` ${at(0)}`,
			`+${at(0).slice(1)}`,
			"１７６８４７８４１０",
			{},
			true,
		];
		for (const timestamp of timestamps) {
			const body = await alice.login(expected, { timestamp });
			assert.deepEqual(
				refusal(judge(expected, body)),
				["malformed_payload", "timestamp"],
				String(timestamp),
			);
		}
	});

	test("a request ends with its last second", async () => {
		for (const [expected, wallet] of [
			[login(), "login"],
			[signIn(), "answer"],
		] as const) {
			const end = expected.expiresAt * 1000;
			const body = await alice[wallet](expected, { timestamp: String(expected.expiresAt) });
			assert.ok(judge(expected, body, { now: end + 999 }).ok);
			assert.deepEqual(refusal(judge(expected, body, { now: () => end + 1000 })), [
				"action_expired",
			]);
			const { action, actionId } = expected;
			assert.deepEqual(
				refusal(judge(expected, { action, actionId, result: 0 }, { now: end + 1000 })),
				["action_expired"],
			);
		}
	});
});

describe("signatures of other kinds", () => {
	const bodyOf = ({ actionId }: DappExpected, wallet: string, sign: unknown): Body => {
		return { ref: "TokenPocket", action: "sign", actionId, wallet, sign, result: 1 };
	};

	test("a text of one's own, and typed data", async () => {
		const text = ask({ action: "sign", message: "I agree. ✓" }).expected;
		assert.deepEqual(judge(text, await alice.answer(text)), authenticated(text, alice.address));
		const data = {
			types: {
				EIP712Domain: [
					{ name: "name", type: "string" },
					{ name: "chainId", type: "uint256" },
				],
				Order: [{ name: "amount", type: "uint256" }],
			},
			primaryType: "Order",
			domain: { name: "Shop", chainId: 1n },
			message: { amount: 2n ** 255n },
		};
		for (const signType of ["ethSignTypedData", "ethSignTypedData_v4"] as const) {
			const { expected } = ask({ action: "sign", message: data, signType });
			assert.equal(expected.scheme, "eip712");
			const sign = await alice.signTypedData(data);
			const result = judge(expected, bodyOf(expected, alice.address, sign));
			assert.deepEqual(result, authenticated(expected, alice.address));
			const forged = await mallory.signTypedData(data);
			const refused = judge(expected, bodyOf(expected, alice.address, forged));
			assert.deepEqual(refusal(refused), ["signature_mismatch", "sign"]);
		}
	});

	test("of TRON", () => {
		const { expected } = ask({ action: "sign", chains: [TRON], message: "0a0b0c" });
		const key = "a1".repeat(32);
		const address = String(TronWeb.address.fromPrivateKey(key));
		const sign = Trx.signString("0a0b0c", key);
		assert.deepEqual(
			judge(expected, bodyOf(expected, address, sign)),
			authenticated(expected, address),
		);
		// Signed with Ethereum's header, by the second version, or by another.
		const others = [
			Trx.signString("0a0b0c", key, false),
			Trx.signMessageV2("0a0b0c", key),
			Trx.signString("0a0b0c", "66".repeat(32)),
		];
		for (const other of others) {
			const result = judge(expected, bodyOf(expected, address, other));
			assert.deepEqual(refusal(result), ["signature_mismatch", "sign"]);
		}
	});

	test("of Solana", () => {
		const { expected } = ask({ action: "sign", chains: [SOLANA], message: "Sign in." });
		const { publicKey, secretKey } = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(7));
		const address = Base58.encode(publicKey);
		const sign = nacl.sign.detached(Buffer.from("Sign in."), secretKey);
		for (const text of [Base58.encode(sign), Buffer.from(sign).toString("hex")]) {
			const result = judge(expected, bodyOf(expected, address, text));
			assert.deepEqual(result, authenticated(expected, address));
		}
		const other = nacl.sign.detached(Buffer.from("Sign out."), secretKey);
		const result = judge(expected, bodyOf(expected, address, Base58.encode(other)));
		assert.deepEqual(refusal(result), ["signature_mismatch", "sign"]);
	});

	test("of EOS", () => {
		const { expected } = ask({ action: "sign", chains: [EOS], message: "Sign in." });
		const body = aliceOfEos.answer(expected, { network: "eosio", chainId: EOS_CHAIN_ID });
		assert.deepEqual(
			judge(expected, body, { accountKeys }),
			authenticated(expected, "alice1111111"),
		);
		const forged = malloryOfEos.answer(expected, { wallet: "alice1111111" });
		assert.deepEqual(refusal(judge(expected, forged, { accountKeys })), [
			"signature_mismatch",
			"sign",
		]);
	});

	test("of a SimpleWallet", () => {
		const expected = eosLogin();
		for (const own of [{}, { ref: "another-wallet" }, { timestamp: String(LATER / 1000) }]) {
			const body = aliceOfEos.simpleLogin(expected, own);
			assert.deepEqual(
				judge(expected, body, { accountKeys }),
				authenticated(expected, "alice1111111"),
			);
			const others = [
				{ ref: "other" },
				{ timestamp: LATER / 1000 + 1 },
				{ account: "bob" },
				{ sign: malloryOfEos.simpleLogin(expected, own).sign },
			];
			for (const other of others) {
				const result = judge(expected, { ...body, ...other }, { accountKeys });
				assert.deepEqual(refusal(result), ["signature_mismatch", "sign"]);
			}
		}
		const body = aliceOfEos.simpleLogin(expected);
		for (const ref of ["", "two words", "ünï", "x".repeat(65)]) {
			const result = judge(expected, { ...body, ref }, { accountKeys });
			assert.deepEqual(refusal(result), ["malformed_payload", "ref"]);
		}
		const unsigned = judge(expected, { ...body, sign: "" }, { accountKeys });
		assert.deepEqual(refusal(unsigned), ["malformed_payload", "result"]);
	});

	test("that are of no form", async () => {
		const [expected, asked] = [login(), signIn()];
		const [first, second] = [await alice.login(expected), await alice.answer(asked)];
		const { r, s, v, signature } = JSON.parse(String(first.sign));
		const high = `0x${(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n - BigInt(s)).toString(16)}`;
		const malformed: unknown[] = [
			"0x",
			"nothing",
			"{",
			"{]",
			"{}{}",
			{ r, s },
			{ r, v },
			{ r, s, v: "1b" },
			{ r, s, v: 256 },
			{ r, s, v: "-1" },
			{ r, s, v: 37 },
			{ r: r.slice(2), s, v },
			{ r: `${r}00`, s, v },
			{ r: "0x0", s, v },
			{ r, s: high, v: v === "0x1b" ? "0x1c" : "0x1b" },
			{ message: "no signature" },
			{ signature: 7 },
			`${signature}00`,
			signature.slice(0, -2).slice(0, -2),
			"SIG_K1_KdgBih1poWj8DYZXwLxMdjaHMzYhuAVp7XshR9ZjrZSubZwsgSpiyUKXu44NmCtKgRFswmqKaioWLTuGZrXwYPsSNCSyyr",
		];
		for (const sign of malformed) {
			const result = judge(expected, { ...first, sign });
			assert.deepEqual(refusal(result), ["malformed_signature", "sign"], JSON.stringify(sign));
			const answer = judge(asked, { ...second, sign });
			assert.deepEqual(refusal(answer), ["malformed_signature", "sign"], JSON.stringify(sign));
		}
		for (const sign of [7, true, [signature]]) {
			const result = judge(expected, { ...first, sign });
			assert.deepEqual(refusal(result), ["malformed_payload", "sign"], JSON.stringify(sign));
		}
		const ofEos = eosLogin();
		for (const sign of ["SIG_K1_", signature, "EOS1", aliceOfEos.sign("x").slice(0, -1)]) {
			const body = aliceOfEos.login(ofEos, { sign });
			assert.deepEqual(refusal(judge(ofEos, body, { accountKeys })), [
				"malformed_signature",
				"sign",
			]);
		}
	});

	test("that only a chain or another curve can tell", async () => {
		const [expected, asked] = [login(), signIn()];
		const magic = "6492".repeat(16);
		for (const sign of [`0x${"11".repeat(130)}`, `0x${"00".repeat(96)}`, `0x1122${magic}`]) {
			const results = [
				judge(expected, await alice.login(expected, { sign })),
				judge(asked, await alice.answer(asked, { sign })),
			];
			for (const result of results) {
				assert.ok(!result.ok);
				assert.deepEqual(refusal(result), ["unsupported_signature", "sign"]);
				assert.match(result.message, /erc-1271/i);
			}
		}
		const ofEos = eosLogin();
		const sign =
			"SIG_R1_JyurVfJY2T4CnR8HR1bRLHsWx9GhHTWgBwGfTvJ2bdJ1GKMMsPbXUgLaLvJmZkPvSeZoaiHrJ7Y5CrWUDBdDrvR4cVEvGb";
		const body = aliceOfEos.login(ofEos, { sign });
		assert.deepEqual(refusal(judge(ofEos, body, { accountKeys })), [
			"unsupported_signature",
			"sign",
		]);
	});

	test("without an account", async () => {
		const expected = signIn();
		const { wallet: _, ...body } = await alice.answer(expected);
		// The record says whose it has to be.
		assert.deepEqual(judge(expected, body), authenticated(expected, alice.address));
		const open = ask({ action: "sign", message: "Hello." }).expected;
		const { wallet: __, ...answer } = await alice.answer(open);
		assert.deepEqual(refusal(judge(open, answer)), ["malformed_payload", "wallet"]);
		const { wallet: ___, ...unnamed } = await alice.login(login());
		const record = { ...login(), actionId: String(unnamed.actionId) };
		assert.deepEqual(refusal(judge(record, unnamed)), ["malformed_payload", "wallet"]);
	});
});

describe("bodies that mean harm", () => {
	test("huge ones", async () => {
		const expected = login();
		const body = await alice.login(expected);
		const padded = (length: number) => {
			const json = JSON.stringify({ ...body, padding: "" });
			return JSON.stringify({ ...body, padding: "x".repeat(length - json.length) });
		};
		assert.deepEqual(judge(expected, padded(65_536)), authenticated(expected, alice.address));
		const since = performance.now();
		const huge = [
			padded(65_537),
			padded(20_000_000),
			"a".repeat(20_000_000),
			"%".repeat(20_000_000),
			new Uint8Array(20_000_000),
			JSON.parse(padded(65_537)),
		];
		for (const body of huge)
			assert.deepEqual(refusal(judge(expected, body)), ["malformed_payload"]);
		const url = `https://shop.example/?${"a=1&".repeat(1_000_000)}`;
		assert.equal((refusal(judge(expected, "", { url })) as string[])[0], "malformed_payload");
		assert.ok(performance.now() - since < 10_000);
	});

	test("deeply nested ones", async () => {
		const expected = login();
		const body = await alice.login(expected);
		const nested = (depth: number) => `${'{"a":['.repeat(depth / 2)}${"]}".repeat(depth / 2)}`;
		const { sign: _, ...rest } = body;
		const inSign = (depth: number) => ({ ...rest, sign: `{"signature":${nested(depth)}}` });
		const inData = (depth: number) => ({ result: 1, data: nested(depth) });
		const bodies = [
			nested(34),
			nested(10_000),
			`{"result":1,"data":${nested(10_000)}}`,
			`param=${nested(10_000)}`,
			inData(10_000),
			`${JSON.stringify(body).slice(0, -1)},"permissions2":${nested(10_000)}}`,
		];
		for (const body of bodies) {
			const result = judge(expected, body);
			assert.equal(result.ok ? "ok" : result.code, "malformed_payload");
		}
		const result = judge(expected, inSign(10_000));
		assert.deepEqual(refusal(result), ["malformed_signature", "sign"]);
	});

	test("deeply nested ones that a framework has parsed", () => {
		const expected = login();
		for (const depth of [100, 1000, 30_000]) {
			const body = JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
			for (const one of [body, { action: "login", extra: body }]) {
				const result = judge(expected, one);
				assert.equal(result.ok ? "ok" : result.code, "malformed_payload", String(depth));
			}
		}
	});

	test("many members", () => {
		const expected = login();
		const members = Array.from({ length: 4000 }, (_, at) => `"m${at}":${at}`);
		const since = performance.now();
		assert.deepEqual(refusal(judge(expected, `{${members.join()}}`)), [
			"malformed_payload",
			"actionId",
		]);
		const fields = Array.from({ length: 4000 }, (_, at) => `m${at}=${at}`);
		assert.deepEqual(refusal(judge(expected, fields.join("&"))), ["malformed_payload", "actionId"]);
		assert.ok(performance.now() - since < 2000);
	});

	test("names of JavaScript's own", async () => {
		const expected = login();
		const { actionId, ...rest } = await alice.login(expected);
		for (const name of ["__proto__", "constructor", "prototype"]) {
			const text = JSON.stringify({ ...rest, marker: 0 }).replace(
				'"marker":0',
				`"${name}":{"actionId":"${actionId}"}`,
			);
			for (const body of [text, JSON.parse(text)]) {
				// Another reader could take the first of them for the object's prototype.
				const path = name === "__proto__" ? name : "actionId";
				assert.deepEqual(refusal(judge(expected, body)), ["malformed_payload", path]);
			}
		}
		assert.equal(Object.getOwnPropertyDescriptor(Object.prototype, "actionId"), undefined);
	});

	test("whatever is changed of a good one, nobody else is authenticated", async () => {
		const random = new Random(6);
		let refused = 0;
		for (let round = 0; round < 100; round++) {
			const expected = random.pick([login, signIn])();
			const good = await (expected.action === "login"
				? alice.login(expected)
				: alice.answer(expected));
			for (const text of [JSON.stringify(good), toQuery(good)]) {
				for (let change = 0; change < 20; change++) {
					const result = judge(expected, flipBit(random, Buffer.from(text)));
					if (!result.ok) refused++;
					else if (result.authenticated) assert.equal(result.address, alice.address);
				}
			}
		}
		assert.ok(refused > 1000, String(refused));
	});

	test("noise", () => {
		const random = new Random(7);
		const expected = login();
		const tokens = [
			...'{}[]:,"0123=&%',
			'"actionId":',
			'"result":1,',
			expected.actionId,
			"null",
			"\\u0000",
			"é",
			'"sign":"{}"',
			'"data":',
		];
		for (let round = 0; round < 5000; round++) {
			const body = random.chance(0.2)
				? random.bytes(random.between(0, 60))
				: random.text(tokens, 0, 30);
			const result = judge(expected, body);
			assert.ok(!result.ok);
		}
	});
});

test("every code has its case, and its message says what was expected", async () => {
	const expected = ask({ action: "login", address: alice.address }).expected;
	const good = await alice.login(expected);
	const later = { now: expected.expiresAt * 1000 + 1000 };
	const timestamp = (seconds: number) =>
		alice.login(expected, { timestamp: String(LATER / 1000 + seconds) });
	const cases: Record<DappRejectionCode, DappResult> = {
		malformed_payload: judge(expected, "{"),
		unknown_action: judge(expected, { ...good, actionId: "wc_0" }),
		action_mismatch: judge(expected, { ...good, action: "sign" }),
		action_expired: judge(expected, good, later),
		account_mismatch: judge(expected, await mallory.login(expected)),
		chain_mismatch: judge(expected, { ...good, chainId: "2" }),
		signature_mismatch: judge(expected, { ...good, sign: await alice.sign("another") }),
		malformed_signature: judge(expected, { ...good, sign: "0x00" }),
		unsupported_signature: judge(expected, { ...good, sign: `0x${"00".repeat(130)}` }),
		timestamp_too_old: judge(expected, await timestamp(-301)),
		timestamp_too_new: judge(expected, await timestamp(301)),
	};
	for (const [code, result] of Object.entries(cases)) {
		assert.ok(!result.ok, code);
		assert.equal(result.code, code);
		assert.match(result.message, /^expected ./);
		assert.deepEqual(
			Object.keys(result).filter((name) => name !== "path"),
			["ok", "code", "message"],
		);
	}
});

test("what is wrong first decides", async () => {
	const expected = ask({ action: "login", address: alice.address }).expected;
	const { timestamp, wallet } = { timestamp: "0", wallet: mallory.address };
	const wrong: Body = {
		...(await alice.login(expected, { timestamp, wallet })),
		sign: "0x",
		result: 9,
		action: "sign",
		actionId: "wc_0",
		chainId: 7,
	};
	const now = expected.expiresAt * 1000 + 1000;
	const steps: [own: Body, code: string, now?: number][] = [
		[{}, "unknown_action", now],
		[{ actionId: expected.actionId }, "action_mismatch", now],
		[{ action: "login" }, "action_expired", now],
		[{}, "malformed_payload"],
		[{ result: 1 }, "chain_mismatch"],
		[{ chainId: 1 }, "account_mismatch"],
		[{ wallet: alice.address }, "malformed_payload"],
		[{ timestamp: "1000000000" }, "timestamp_too_old"],
		[{ timestamp: String(LATER / 1000) }, "malformed_signature"],
		[{ sign: await alice.sign("another") }, "signature_mismatch"],
	];
	let body = wrong;
	for (const [own, code, now = LATER] of steps) {
		body = { ...body, ...own };
		const result = judge(expected, body, { now });
		assert.equal(result.ok ? "ok" : result.code, code);
	}
});

describe("requests", () => {
	/** What the wallet reads out of the link. */
	const readLink = (uri: string): Body => {
		const [link, param, ...rest] = uri.split("?param=");
		assert.equal(link, "tpoutside://pull.activity");
		assert.deepEqual(rest, []);
		assert.equal(param, encodeURIComponent(decodeURIComponent(String(param))));
		return JSON.parse(decodeURIComponent(String(param)));
	};

	test("to log in", () => {
		const { uri, actionId, expected } = ask({
			action: "login",
			chains: ["eip155:1", EOS],
			memo: "näh & ja?",
		});
		const issuedAt = NOW / 1000;
		assert.deepEqual(readLink(uri), {
			protocol: "TokenPocket",
			version: "2.0",
			dappName: "Shop",
			dappIcon: "https://shop.example/icon.png",
			action: "login",
			actionId,
			blockchains: [
				{ chainId: "1", network: "ethereum" },
				{ chainId: EOS_CHAIN_ID, network: "eosio" },
			],
			callbackUrl: "https://shop.example/tokenpocket",
			expired: issuedAt + 300,
			memo: "näh & ja?",
		});
		assert.deepEqual(expected, {
			version: 1,
			action: "login",
			actionId,
			chains: ["eip155:1", EOS],
			issuedAt,
			expiresAt: issuedAt + 300,
		});
	});

	test("to sign in, which viem reads", () => {
		const { uri, actionId, expected } = ask({
			action: "sign",
			address: alice.address.toLowerCase(),
			chains: ["eip155:137"],
			callbackUrl: "https://shop.example:8443/tokenpocket",
			expiresInSeconds: 60,
			signIn: {
				statement: "Sign in to the shop.",
				requestId: "r-1",
				notBefore: "2026-01-15T12:00:00Z",
				resources: ["https://shop.example/terms"],
			},
		});
		const { message = "", ...record } = expected;
		const link = readLink(uri);
		assert.equal(link.message, message);
		assert.equal(link.signType, "ethPersonalSign");
		const read = parseSiweMessage(message);
		assert.match(String(read.nonce), /^[0-9a-f]{32}$/);
		assert.deepEqual(read, {
			domain: "shop.example:8443",
			address: alice.address,
			statement: "Sign in to the shop.",
			uri: "https://shop.example:8443",
			version: "1",
			chainId: 137,
			nonce: actionId.slice("wc_".length),
			issuedAt: new Date(NOW),
			expirationTime: new Date(NOW + 60_000),
			notBefore: new Date(NOW),
			requestId: "r-1",
			resources: ["https://shop.example/terms"],
		});
		assert.deepEqual(record, {
			version: 1,
			action: "sign",
			actionId,
			chains: ["eip155:137"],
			issuedAt: NOW / 1000,
			expiresAt: NOW / 1000 + 60,
			address: alice.address,
			scheme: "eip4361",
		});
	});

	test("for a transfer and a transaction", () => {
		const sent = readLink(
			ask({
				action: "transfer",
				to: mallory.address,
				from: alice.address,
				amount: "0.10",
				symbol: "ETH",
				decimals: 18,
				desc: "Order 7",
			}).uri,
		);
		assert.equal(sent.amount, 0.1);
		assert.equal(sent.decimal, 18);
		assert.deepEqual(
			[sent.to, sent.from, sent.symbol, sent.desc],
			[mallory.address, alice.address, "ETH", "Order 7"],
		);
		const transaction = { to: mallory.address, value: "0x1", data: "0x" };
		const pushed = readLink(ask({ action: "pushTransaction", transaction }).uri);
		assert.deepEqual(JSON.parse(String(pushed.txData)), transaction);
		const actions = [{ account: "eosio.token", name: "transfer", data: "00" }];
		const acted = readLink(ask({ action: "pushTransaction", chains: [EOS], actions }).uri);
		assert.deepEqual(JSON.parse(String(acted.actions)), actions);
	});

	test("ids that nobody guesses, of one form", () => {
		const ids = new Set(Array.from({ length: 1000 }, () => login().actionId));
		assert.equal(ids.size, 1000);
		for (const id of ids) assert.match(id, /^wc_[0-9a-f]{32}$/);
		const digits = [...ids].map((id) => id.slice(3)).join("");
		for (const digit of "0123456789abcdef") {
			const share = digits.split(digit).length / digits.length;
			assert.ok(share > 0.055 && share < 0.07, `${digit}: ${share}`);
		}
	});

	test("a record is as good after it was kept as JSON", async () => {
		for (const expected of [login(), signIn()]) {
			const kept: DappExpected = JSON.parse(JSON.stringify(expected));
			assert.deepEqual(kept, expected);
			const body = await (expected.action === "login" ? alice.login(kept) : alice.answer(kept));
			assert.deepEqual(judge(kept, body), authenticated(expected, alice.address));
		}
	});

	test("the clock is the machine's own where none is given", async () => {
		const { expected } = createDappRequest({
			action: "login",
			dapp: { name: "Shop", icon: "https://shop.example/icon.png" },
			chains: ["eip155:1"],
			callbackUrl: "http://localhost:3000/tokenpocket",
		});
		assert.ok(Math.abs(expected.issuedAt - Date.now() / 1000) < 5);
		const timestamp = String(Math.floor(Date.now() / 1000));
		const result = safeVerifyDappCallback({
			expected,
			body: await alice.login(expected, { timestamp }),
		});
		assert.deepEqual(result, authenticated(expected, alice.address));
	});
});

describe("mistakes in the calling program", () => {
	const invalid = (name: string) => (error: unknown) => {
		assert.ok(error instanceof ConfigError && error instanceof TypeError, String(error));
		assert.equal(error.code, "invalid_option");
		const path = `${name.replace(".", "\\.")}([.[][^:]*)?`;
		assert.match(error.message, new RegExp(`^${path}: (expected|only valid|unknown member) `));
		return true;
	};
	const unknown = {
		code: "invalid_option",
		message: /^unknown option "/,
	};
	const missing = { name: "TypeError", message: /^expected options, as in / };

	test("no options", () => {
		for (const options of [undefined, null, "options", 7] as never[]) {
			assert.throws(() => createDappRequest(options), missing);
			assert.throws(() => safeVerifyDappCallback(options), missing);
			assert.throws(() => safeVerifySignedMessage(options), missing);
		}
	});

	test("of a request", () => {
		const base: Asked = { action: "sign", address: alice.address };
		const own: [change: object, name: string][] = [
			[{ action: "steal" }, "action"],
			[{ action: undefined }, "action"],
			[{ dapp: undefined }, "dapp"],
			[{ dapp: { name: "Shop" } }, "dapp.icon"],
			[{ dapp: { name: "", icon: "https://shop.example/i.png" } }, "dapp.name"],
			[{ dapp: { name: "Shop\n", icon: "https://shop.example/i.png" } }, "dapp.name"],
			[{ dapp: { name: "Shop\u202epohs", icon: "https://shop.example/i.png" } }, "dapp.name"],
			[{ dapp: { name: "Shop", icon: "javascript:alert(1)" } }, "dapp.icon"],
			[{ chains: undefined }, "chains"],
			[{ chains: [] }, "chains"],
			[{ chains: "eip155:1" }, "chains"],
			[{ chains: [1] }, "chains"],
			[{ chains: ["ethereum"] }, "chains"],
			[{ chains: ["eip155:1", "eip155:1"] }, "chains"],
			[{ chains: ["eip155:1", EOS] }, "chains"],
			[{ chains: Array.from({ length: 17 }, (_, at) => `eip155:${at + 1}`) }, "chains"],
			[{ callbackUrl: "/tokenpocket" }, "callbackUrl"],
			[{ callbackUrl: "http://shop.example/" }, "callbackUrl"],
			[{ callbackUrl: "https://user:word@shop.example/" }, "callbackUrl"],
			[{ expiresInSeconds: 29 }, "expiresInSeconds"],
			[{ expiresInSeconds: 3601 }, "expiresInSeconds"],
			[{ expiresInSeconds: 60.5 }, "expiresInSeconds"],
			[{ expiresInSeconds: "60" }, "expiresInSeconds"],
			[{ expiresInSeconds: 60n }, "expiresInSeconds"],
			[{ memo: "" }, "memo"],
			[{ memo: "x".repeat(257) }, "memo"],
			[{ address: undefined }, "address"],
			[{ address: "0x1" }, "address"],
			[{ address: alice.address.replace("0x", "") }, "address"],
			[{ signIn: null }, "signIn"],
			[{ signIn: { statement: "a\nb" } }, "signIn"],
			[{ signIn: { domain: "a b" } }, "signIn"],
			[{ signIn: { notBefore: "now" } }, "signIn"],
			[{ signIn: { resources: "https://a.example" } }, "signIn"],
			[{ signIn: { resources: ["https://a.example", "JavaScript:alert(1)"] } }, "signIn"],
			[{ signIn: { resources: ["data:text/html,a"] } }, "signIn"],
			[{ signType: "ethPersonalSign" }, "signType"],
			[{ message: "" }, "message"],
			[{ message: 7 }, "message"],
			[{ message: null }, "message"],
			[{ message: {} }, "message"],
			[{ message: Uint8Array.of(1, 2) }, "message"],
			[{ message: "0xabcd" }, "message"],
			[{ message: "a", signIn: {} }, "signIn"],
			[{ message: "a", signType: "personal" }, "signType"],
			[{ message: "a", signType: "ethSignTypedData_v4" }, "message"],
			[{ message: {}, signType: "ethSignTypedData_v4" }, "message"],
			[{ message: [], signType: "ethSignTypedDataLegacy" }, "message"],
			[{ message: "zz", chains: [TRON], address: undefined }, "message"],
			[
				{ message: "00", chains: [TRON], address: undefined, signType: "ethPersonalSign" },
				"signType",
			],
			[{ message: undefined, chains: [TRON], address: undefined }, "message"],
			[{ action: "login", chains: [TRON], address: undefined }, "chains"],
			[{ action: "login", chains: [SOLANA], address: undefined }, "chains"],
		];
		for (const [change, name] of own) {
			const options = { ...base, ...change } as Asked;
			assert.throws(() => ask(options), invalid(name), `${name}: ${print(change)}`);
		}
		for (const change of [{ signtype: "" }, { useTronHeader: true }, { to: "" }]) {
			assert.throws(() => ask({ ...base, ...change } as Asked), unknown);
		}
		const long = { action: "sign", message: "x".repeat(8192) } as const;
		assert.throws(() => ask(long), invalid("options"));
	});

	test("of a transfer", () => {
		const base = {
			action: "transfer",
			to: mallory.address,
			amount: "1",
			symbol: "ETH",
			decimals: 18,
		};
		const own: [change: object, name: string][] = [
			[{ to: undefined }, "to"],
			[{ to: "mallory" }, "to"],
			[{ from: "alice" }, "from"],
			[{ amount: 1 }, "amount"],
			[{ amount: "1e3" }, "amount"],
			[{ amount: "-1" }, "amount"],
			[{ amount: "1,5" }, "amount"],
			[{ amount: "0.1", decimals: 0 }, "amount"],
			[{ amount: "1234567890.123456" }, "amount"],
			[{ decimals: undefined }, "decimals"],
			[{ decimals: -1 }, "decimals"],
			[{ decimals: 1.5 }, "decimals"],
			[{ decimals: "18" }, "decimals"],
			[{ symbol: "" }, "symbol"],
			[{ contract: "0x" }, "contract"],
			[{ from: alice.address, address: mallory.address }, "from"],
			[{ chains: [EOS], to: "bob" }, "contract"],
		];
		for (const [change, name] of own) {
			const options = { ...base, ...change } as Asked;
			assert.throws(() => ask(options), invalid(name), `${name}: ${print(change)}`);
		}
	});

	test("of a callback", () => {
		const expected = signIn();
		const own: [change: object, name: string][] = [
			[{ expected: undefined }, "expected"],
			[{ expected: null }, "expected"],
			[{ expected: {} }, "expected"],
			[{ expected: JSON.stringify(expected) }, "expected"],
			[{ expected: { ...expected, version: 2 } }, "expected"],
			[{ expected: { ...expected, extra: 1 } }, "expected"],
			[{ expected: { ...expected, action: "steal" } }, "expected"],
			[{ expected: { ...expected, action: "login" } }, "expected"],
			[{ expected: { ...expected, actionId: "" } }, "expected"],
			[{ expected: { ...expected, actionId: "a b" } }, "expected"],
			[{ expected: { ...expected, chains: [] } }, "expected"],
			[{ expected: { ...expected, chains: ["eip155:2"] } }, "expected"],
			[{ expected: { ...expected, chains: [TRON] } }, "expected"],
			[{ expected: { ...expected, expiresAt: expected.issuedAt - 1 } }, "expected"],
			[{ expected: { ...expected, expiresAt: "soon" } }, "expected"],
			[{ expected: { ...expected, address: "0x1" } }, "expected"],
			[{ expected: { ...expected, scheme: "none" } }, "expected"],
			[{ expected: { ...expected, scheme: "solana" } }, "expected"],
			[{ expected: { ...expected, scheme: undefined } }, "expected"],
			[{ expected: { ...expected, message: undefined } }, "expected"],
			[{ expected: { ...expected, message: "Sign in." } }, "expected"],
			[{ accountKeys: aliceOfEos.key }, "accountKeys"],
			[{ accountKeys: ["EOS"] }, "accountKeys"],
			[{ accountKeys: [aliceOfEos.key.slice(0, -1)] }, "accountKeys"],
			[{ accountKeys: [1] }, "accountKeys"],
			[{ accountKeys: new Set(accountKeys) }, "accountKeys"],
			[{ toleranceSeconds: 0 }, "toleranceSeconds"],
			[{ toleranceSeconds: 86_401 }, "toleranceSeconds"],
			[{ toleranceSeconds: 1.5 }, "toleranceSeconds"],
			[{ toleranceSeconds: "300" }, "toleranceSeconds"],
			[{ toleranceSeconds: Number.NaN }, "toleranceSeconds"],
		];
		for (const [change, name] of own) {
			assert.throws(
				() => judge(expected, "{}", change),
				invalid(name),
				`${name}: ${print(change)}`,
			);
		}
		assert.throws(() => judge(expected, "{}", { accountKey: [] } as object), unknown);
		const neither = { name: "TypeError", message: "expected a body or a url, got neither" };
		assert.throws(() => safeVerifyDappCallback({ expected }), neither);
		assert.throws(() => judge(expected, undefined), neither);
	});

	test("clocks that tell no time", () => {
		const expected = login();
		for (const now of [
			Number.NaN,
			Number.POSITIVE_INFINITY,
			"1",
			new Date(NOW),
			7n,
			() => Number.NaN,
			async () => NOW,
		]) {
			const options = { now } as { now: number };
			const wrong = { name: "TypeError", message: /^now: expected milliseconds, got / };
			assert.throws(() => judge(expected, "{}", options), wrong);
			assert.throws(() => ask({ action: "login", ...options }), wrong);
		}
	});

	test("a body that is none", () => {
		const expected = login();
		const bodies = [
			null,
			7,
			true,
			7n,
			Symbol("body"),
			() => "{}",
			Promise.resolve("{}"),
			new DataView(new ArrayBuffer(2)),
			new ReadableStream(),
			new Request("https://shop.example/", { method: "POST", body: "{}" }),
		];
		for (const body of bodies) {
			assert.throws(() => judge(expected, body as never), { name: "TypeError" }, String(body));
		}
	});
});

const print = (value: unknown): string =>
	JSON.stringify(value, (_name, member) => (typeof member === "bigint" ? String(member) : member));
