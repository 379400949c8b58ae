/** A wallet for tests: its signatures are those of its accounts, as other libraries see them as well. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Bytes, PublicKey, Signature } from "@wharfkit/antelope";
import { TronWeb } from "tronweb";
import { type Hex, recoverMessageAddress, recoverTypedDataAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { DappContext, DappExpected, DappRequestOptions } from "wallet-callback/dapp";
import {
	ConfigError,
	createDappRequest,
	fakeClock,
	fakeWallet,
	memoryStore,
	safeVerifyDappCallback,
	toDappHandler,
} from "./package.ts";

const EOS = "antelope:aca376f206b8fc25a6ed44dbdc66547c";
const TRON = "tron:0x2b6653dc";
const SOLANA = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";

type Asked = DappRequestOptions extends infer Each
	? Each extends DappRequestOptions
		? Omit<Each, "dapp" | "chains" | "callbackUrl"> & { readonly chains?: readonly string[] }
		: never
	: never;

const ask = (asked: Asked) =>
	createDappRequest({
		dapp: { name: "Shop", icon: "https://shop.example/icon.png" },
		chains: ["eip155:1"],
		callbackUrl: "https://shop.example/tokenpocket",
		...asked,
	} as DappRequestOptions);

const TYPED_DATA = {
	types: {
		EIP712Domain: [
			{ name: "name", type: "string" },
			{ name: "chainId", type: "uint256" },
		],
		Mail: [
			{ name: "to", type: "address" },
			{ name: "contents", type: "string" },
		],
	},
	primaryType: "Mail",
	domain: { name: "Shop", chainId: 1 },
	message: { to: "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB", contents: "Hello" },
} as const;

const LEGACY = [{ type: "string", name: "Message", value: "Hello" }];

const wallet = fakeWallet();
const { address } = wallet;

/** What can be proved, and by which account. */
const PROVED: readonly (readonly [name: string, asked: Asked, account: string])[] = [
	["login", { action: "login" }, address],
	["login on a chain beside EOS", { action: "login", chains: ["eip155:56", EOS] }, address],
	["login on EOS", { action: "login", chains: [EOS] }, wallet.eosAccount],
	["EIP-4361", { action: "sign", address }, address],
	["EIP-191", { action: "sign", message: "Grüße, 漢字" }, address],
	["EIP-712", { action: "sign", message: TYPED_DATA, signType: "ethSignTypedData_v4" }, address],
	[
		"EIP-712, older",
		{ action: "sign", message: TYPED_DATA, signType: "ethSignTypedData" },
		address,
	],
	[
		"typed data v1",
		{ action: "sign", message: LEGACY, signType: "ethSignTypedDataLegacy" },
		address,
	],
	["TRON", { action: "sign", message: "0a0b0c", chains: [TRON] }, wallet.tronAddress],
	["EOS", { action: "sign", message: "Hello", chains: [EOS] }, wallet.eosAccount],
];

describe("what the wallet signs is authenticated", () => {
	for (const [name, asked, account] of PROVED) {
		test(name, async () => {
			const request = ask(asked);
			const { expected } = request;
			const posted = wallet.answer(request);
			assert.equal(posted.url, "https://shop.example/tokenpocket");
			assert.equal(posted.method, "POST");
			const body = await posted.text();
			const judge = (other: string, changed: Partial<DappExpected> = {}) =>
				safeVerifyDappCallback({
					body: other,
					expected: { ...expected, ...changed },
					accountKeys: [wallet.eosPublicKey],
				});
			const result = judge(body);
			assert.ok(result.ok && result.authenticated, JSON.stringify(result));
			assert.equal(result.address, account);
			// Nobody else's, and of nothing else.
			const other = fakeWallet({ eosAccount: wallet.eosAccount });
			const others = judge(
				(await other.answer(request.uri).text()).replaceAll(other.address, address),
			);
			if (account !== wallet.tronAddress) assert.equal(others.ok, false, JSON.stringify(others));
			const again = ask(asked);
			if (again.expected.message !== expected.message) {
				assert.equal(judge(body, { message: String(again.expected.message) }).ok, false);
			}
		});
	}
});

test("other libraries find the same accounts", async () => {
	const privateKey = `0x${"a1".repeat(32)}` as const;
	const account = privateKeyToAccount(privateKey);
	const known = fakeWallet({ privateKey });
	assert.equal(known.address, account.address);
	assert.equal(fakeWallet({ privateKey: "a1".repeat(32) }).address, account.address);
	assert.equal(known.tronAddress, TronWeb.address.fromPrivateKey("a1".repeat(32)));
	const signed = async (asked: Asked): Promise<Hex> =>
		JSON.parse(await known.answer(ask(asked)).text()).sign;
	for (let index = 0; index < 200; index++) {
		const message = `message ${index}`;
		const signature = await signed({ action: "sign", message });
		assert.equal(await recoverMessageAddress({ message, signature }), account.address);
		assert.equal(await signed({ action: "sign", message }), signature);
	}
	const signature = await signed({
		action: "sign",
		message: TYPED_DATA,
		signType: "ethSignTypedData_v4",
	});
	assert.equal(
		await recoverTypedDataAddress({ ...TYPED_DATA, signature } as never),
		account.address,
	);
	const eos = Signature.from(await signed({ action: "sign", message: "Hello", chains: [EOS] }));
	const key = PublicKey.from(known.eosPublicKey);
	assert.ok(eos.verifyMessage(Bytes.from("Hello", "utf8"), key));
});

test("from the request to the handler and back", async () => {
	const clock = fakeClock();
	const records = new Map<string, DappExpected>();
	const got: DappContext["result"][] = [];
	const handler = toDappHandler({
		find: (actionId) => records.get(actionId),
		store: memoryStore(),
		accountKeys: async () => [wallet.eosPublicKey],
		now: clock.now,
		onResult: ({ result }) => {
			got.push(result);
		},
	});
	const open = (asked: Asked) => {
		const request = ask({ now: clock.now, ...asked });
		records.set(request.actionId, JSON.parse(JSON.stringify(request.expected)));
		return request;
	};
	const signer = fakeWallet({ now: clock.now });
	const post = async (request: Request) => {
		const response = await handler(request);
		return [response.status, ((await response.json()) as { code: number }).code];
	};
	const signIn = open({ action: "sign", address: signer.address });
	assert.deepEqual(await post(signer.answer(signIn)), [200, 0]);
	assert.deepEqual(await post(signer.answer(signIn)), [200, 0]);
	assert.deepEqual(await post(wallet.answer(open({ action: "login", chains: [EOS] }))), [200, 0]);
	const to = wallet.address;
	const transfer = { action: "transfer", to, amount: "0.1", symbol: "ETH", decimals: 18 } as const;
	assert.deepEqual(await post(signer.answer(open(transfer))), [200, 0]);
	const transaction = { from: signer.address, to, value: "0x1", data: "0x" };
	const push = open({ action: "pushTransaction", transaction });
	assert.deepEqual(await post(signer.answer(push)), [200, 0]);
	assert.deepEqual(await post(signer.cancel(open({ action: "login" }))), [200, 0]);
	const late = open({ action: "login" });
	const answer = signer.answer(late);
	clock.advance(600);
	assert.equal((await post(answer))[0], 401);
	assert.deepEqual(
		got.map(({ action, outcome, authenticated }) => [action, outcome, authenticated]),
		[
			["sign", "success", true],
			["login", "success", true],
			["transfer", "success", false],
			["pushTransaction", "success", false],
			["login", "cancelled", false],
		],
	);
	const hashes = got.flatMap((result) => ("txId" in result ? [result.txId] : []));
	assert.equal(new Set(hashes).size, 2);
	for (const hash of hashes) assert.match(String(hash), /^0x[\da-f]{64}$/);
});

test("what it cannot do, it says", () => {
	const solana = ask({ action: "sign", message: "Hello", chains: [SOLANA] });
	assert.throws(() => wallet.answer(solana), {
		name: "ConfigError",
		message: "chains: expected one of ethereum, tron, eosio, got solana",
	});
	for (const other of ["", "https://shop.example/", {}, undefined]) {
		const answer = () => wallet.answer(other as string);
		assert.throws(answer, { name: "TypeError", message: /createDappRequest/ });
	}
	for (const privateKey of [
		"",
		"a1",
		"g1".repeat(32),
		"a1".repeat(33),
		`0y${"a1".repeat(32)}`,
		"0".repeat(64),
		"f".repeat(64),
	]) {
		const make = () => fakeWallet({ privateKey });
		assert.throws(make, (error) => {
			assert.ok(error instanceof ConfigError);
			assert.match(error.message, /^privateKey: /);
			assert.ok(privateKey === "" || !error.message.includes(privateKey));
			return true;
		});
	}
	assert.throws(() => fakeWallet({ key: "x" } as object), { message: /^unknown option "key"/ });
	assert.notEqual(fakeWallet().address, fakeWallet().address);
});
