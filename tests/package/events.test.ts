/** The rules that a schema cannot say, each with the member that it names. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accepted, assertRefused, type Body, example, types } from "./callbacks.ts";
import { schema } from "./package.ts";

type Changes = Parameters<typeof example>[1];

/** Asserts that an example with each of the changes is refused, and for the member at `path`. */
function refuses(type: string, path: string, changes: readonly Changes[]): void {
	for (const change of changes) assertRefused(example(type, change), path);
}

/** Each of the values at a path of an example. */
const at = (path: string, values: readonly unknown[]): Changes[] =>
	values.map((value) => ({ [path]: value }));

describe("examples", () => {
	for (const type of types) {
		test(type, () => {
			const { event, amounts } = withDecimals(example(type));
			assert.deepEqual(accepted(example(type)), { ...event, known: true, addressChecked: true });
			assert.equal(amounts > 0, "amount" in event.data);
		});
	}
});

/** The event with `decimal` computed by division, and how many amounts it has. */
function withDecimals(event: Body): { event: Body; amounts: number } {
	let amounts = 0;
	for (const member of Object.values(event.data) as { value: string; decimals: number }[]) {
		if (typeof member !== "object" || !("decimals" in member)) continue;
		const one = 10n ** BigInt(member.decimals);
		const fraction = `${BigInt(member.value) % one}`.padStart(member.decimals, "0");
		const decimal = `${BigInt(member.value) / one}.${fraction}`.replace(/\.?0*$/, "");
		Object.assign(member, { decimal });
		amounts += 1;
	}
	return { event, amounts };
}

test("amounts have their point where it belongs, with every number of decimals", () => {
	for (let decimals = 0; decimals <= 36; decimals += 1) {
		const one = 10n ** BigInt(decimals);
		const values = [
			0n,
			1n,
			90n,
			one / 10n,
			one - 1n,
			one,
			one + 1n,
			one * 120n + 50n,
			2n ** 256n - 1n,
		];
		for (const [index, value] of values.entries()) {
			const fee = values[values.length - 1 - index];
			const event = example("transaction.confirmed", {
				"data.asset": undefined,
				"data.amount": { value: `${value}`, decimals },
				"data.fee": { value: `${fee}`, decimals },
			});
			const { data } = accepted(event);
			assert.deepEqual(data, withDecimals(event).event.data);
		}
	}
});

describe("statuses", () => {
	test("a withdrawal that was rejected or has failed says why", () => {
		for (const type of ["withdrawal.rejected", "withdrawal.failed"]) {
			refuses(type, "data.reason", at("data.reason", [undefined]));
		}
	});

	test("a withdrawal has its transaction from the broadcast on", () => {
		for (const type of ["withdrawal.broadcast", "withdrawal.completed"]) {
			refuses(type, "data.txHash", at("data.txHash", [undefined]));
		}
	});

	test("a confirmed deposit has the confirmations that it needs", () => {
		const confirmations = (actual: number, required: number | undefined) => ({
			"data.confirmations": actual,
			"data.requiredConfirmations": required,
		});
		const type = "deposit.confirmed";
		refuses(type, "data.confirmations", [
			confirmations(11, 12),
			confirmations(0, 1),
			confirmations(0, 0),
			confirmations(0, undefined),
			confirmations(0, Number.MAX_SAFE_INTEGER),
			confirmations(Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER),
		]);
		for (const [actual, required] of [
			[12, 12],
			[13, 12],
			[1, 0],
			[1, undefined],
		] as const) {
			accepted(example(type, confirmations(actual, required)));
		}
	});

	test("a deposit that was only seen is not a confirmed one, however it is written", () => {
		const seen = example("deposit.detected", { type: "deposit.confirmed" });
		assertRefused(seen, "data.confirmations");
		const confirmations = { "data.confirmations": 500 };
		assert.equal(accepted(example("deposit.detected", confirmations)).type, "deposit.detected");
	});

	test("a withdrawal in the status of another needs what that status needs", () => {
		const needs = new Map([
			["rejected", "reason"],
			["failed", "reason"],
			["broadcast", "txHash"],
			["completed", "txHash"],
		]);
		const withdrawals = types.filter((type) => type.startsWith("withdrawal."));
		assert.equal(withdrawals.length, 6);
		for (const from of withdrawals) {
			for (const type of withdrawals) {
				const body = example(from, { type });
				const need = needs.get(type.slice("withdrawal.".length));
				if (need === undefined || need in body.data) assert.equal(accepted(body).type, type);
				else assertRefused(body, `data.${need}`);
			}
		}
	});

	test("an event in the type of another family is refused", () => {
		for (const from of types) {
			for (const type of types) {
				if (from.split(".")[0] === type.split(".")[0]) continue;
				const body = example(from, { type });
				const missing = requiredMembers(type).find((name) => !(name in body.data));
				assertRefused(body, `data.${missing}`);
			}
		}
	});
});

function requiredMembers(type: string): readonly string[] {
	const { properties } = schema.oneOf.find(({ title }) => title === type) ?? assert.fail(type);
	return properties?.data?.required ?? [];
}

describe("amounts", () => {
	const LARGEST = `${2n ** 256n - 1n}`;
	const VALUES = [
		...["-1", "+1", "1e3", "01", " 1", "1 ", "0x10", "", "1.0", "1,000", "1_000", "00", "-0", "1n"],
		...["٣", "１", "NaN", "1\n", "1\0", `${2n ** 256n}`, `${LARGEST}0`, "9".repeat(1000)],
		...[1, 0, 1000, 1.5, 1e21, Number.MAX_SAFE_INTEGER],
	];
	const DECIMALS = [-1, 37, 1.5, "6", 255, 256, 262, 2 ** 32 + 6, 1e300];

	for (const [type, member] of [
		["deposit.confirmed", "amount"],
		["withdrawal.approved", "fee"],
		["transaction.replaced", "fee"],
	] as const) {
		test(`${type}: ${member}`, () => {
			const path = `data.${member}`;
			refuses(type, `${path}.value`, at(`${path}.value`, VALUES));
			refuses(type, `${path}.decimals`, at(`${path}.decimals`, DECIMALS));
		});
	}

	test("the coin of a chain has the decimals that it has", () => {
		const BITCOIN = "bip122:000000000019d6689c085ae165831e93";
		for (const [type, asset, decimals] of [
			["deposit.confirmed", "eip155:1/slip44:60", 18],
			["deposit.reverted", `${BITCOIN}/slip44:0`, 8],
			["withdrawal.rejected", "antelope:aca376f206b8fc25a6ed44dbdc66547c/slip44:194", 4],
			["transaction.confirmed", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/slip44:501", 9],
			["transaction.failed", "polkadot:91b171bb158e2d3848fa23a9f1c25182/slip44:354", 10],
			["transaction.pending", "aptos:1/slip44:637", 8],
		] as const) {
			assert.equal(example(type).data.chain, asset.split("/")[0]);
			const changes = { "data.asset": asset, "data.amount.decimals": decimals };
			accepted(example(type, changes));
			for (const other of [0, 1, decimals - 1, decimals + 1, 36]) {
				assertRefused(
					example(type, { ...changes, "data.amount.decimals": other }),
					"data.amount.decimals",
				);
			}
		}
		// A token may have any.
		accepted(example("deposit.confirmed", { "data.amount.decimals": 3 }));
	});

	test("decimals are written as a whole number", () => {
		const text = JSON.stringify(example("deposit.confirmed"));
		for (const decimals of ["6.0", "6e0", "0.6e1", "-0"]) {
			const body = text.replace('"decimals":6', `"decimals":${decimals}`);
			assertRefused(body, "data.amount.decimals");
		}
	});

	test("the largest amount, and the smallest, with the most decimals and with none", () => {
		const point = LARGEST.length - 36;
		for (const [value, decimals, decimal] of [
			[LARGEST, 0, LARGEST],
			[LARGEST, 36, `${LARGEST.slice(0, point)}.${LARGEST.slice(point)}`],
			["0", 0, "0"],
			["0", 36, "0"],
			["1", 36, `0.${"0".repeat(35)}1`],
		] as const) {
			const changes = { "data.amount.value": value, "data.amount.decimals": decimals };
			const { amount } = accepted(example("deposit.confirmed", changes)).data;
			assert.deepEqual(amount, { value, decimals, symbol: "USDT", decimal });
		}
	});
});

/** An address of each kind of chain. */
const OWN: { readonly [chain: string]: string } = {
	"bip122:000000000019d6689c085ae165831e93": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
	"eip155:1": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
	"tron:0x2b6653dc": "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL",
	"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp": "7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv",
	"aptos:1": "0x14b6041b77304fe9354aba2e0b1a0ae51d816d0513332ef651a039fac90339cb",
	"polkadot:91b171bb158e2d3848fa23a9f1c25182": "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5",
	"antelope:aca376f206b8fc25a6ed44dbdc66547c": "standardname",
};
const BITCOIN = "bip122:000000000019d6689c085ae165831e93";
const POLKADOT = "polkadot:91b171bb158e2d3848fa23a9f1c25182";
const KUSAMA = "polkadot:b0a8d493285c2df73290dfb7e61f870f";

/** A withdrawal on a chain to an address. */
const to = (chain: string, address: string): Body =>
	example("withdrawal.requested", {
		"data.chain": chain,
		"data.asset": `${chain}/slip44:60`,
		"data.amount.decimals": 18,
		"data.to": address,
	});

/** A user with an account on a chain. */
const account = (chain: string, address: string): Body =>
	example("user.registered", { "data.accounts": [{ chain, address }] });

describe("chains", () => {
	test("an address of another chain is refused", () => {
		for (const [chain, own] of Object.entries(OWN)) {
			assert.equal(accepted(to(chain, own)).addressChecked, true, chain);
			for (const [other, foreign] of Object.entries(OWN)) {
				// The 20 bytes of an EVM address are an Aptos address in its short form, too.
				const isBoth = chain === "aptos:1" && other === "eip155:1";
				if (chain === other || isBoth) accepted(to(chain, foreign));
				else assertRefused(to(chain, foreign), "data.to");
			}
		}
	});

	test("every address of an event is checked", () => {
		const foreign = OWN["tron:0x2b6653dc"];
		refuses("deposit.confirmed", "data.to", at("data.to", [foreign]));
		refuses("deposit.confirmed", "data.from", at("data.from", [foreign]));
		refuses("transaction.replaced", "data.to", at("data.to", [foreign]));
		refuses("transaction.replaced", "data.from", at("data.from", [foreign]));
		const path = "data.accounts[2].address";
		refuses("user.registered", path, at(path, [foreign]));
	});

	test("every transaction hash is checked", () => {
		const digits = "79488bf8d42a39812d96c8e7c5ee3ebb1670464bcff811dc21a390146af90f1d";
		const wrong = [digits, `0x${digits.slice(1)}`, `0x${digits}0`, `0X${digits}`, "0x", "", " "];
		for (const type of ["deposit.confirmed", "withdrawal.failed", "transaction.replaced"]) {
			refuses(type, "data.txHash", at("data.txHash", wrong));
		}
		const path = "data.replacedBy";
		refuses("transaction.replaced", path, at(path, wrong));
		refuses("withdrawal.broadcast", "data.txHash", at("data.txHash", [`0x${digits}`]));
		refuses("transaction.confirmed", "data.txHash", at("data.txHash", [digits, `0x${digits}`]));
	});

	test("an asset of another chain is refused", () => {
		const token = "erc20:0xdAC17F958D2ee523a2206206994597C13D831ec7";
		const wrong = [
			...["eip155:56", "eip155:10", "eip155:01", "EIP155:1", "solana:1"].map(
				(c) => `${c}/${token}`,
			),
			"tron:0x2b6653dc/trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
			"eip155:1/erc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
			"eip155:1/erc20:0xdac17F958D2ee523a2206206994597C13D831ec7",
			...["eip155:1", "eip155:1/", "eip155:1/erc20", "eip155:1/erc20:", `${token}`, "USDT", ""],
		];
		refuses("deposit.confirmed", "data.asset", at("data.asset", wrong));
		refuses("transaction.replaced", "data.asset", at("data.asset", wrong));
	});

	test("what is no chain is refused", () => {
		const wrong = [
			...["", "1", "eip155", "eip155:", ":1", "eip155:01", "eip155:0x1", "eip155:-1", "eip155:1 "],
			...["EIP155:1", "ethereum", "Ethereum:1", "eip155:1:1", "bip122:1", "polkadot:0"],
		];
		refuses("deposit.confirmed", "data.chain", at("data.chain", wrong));
		const path = "data.accounts[0].chain";
		refuses("user.registered", path, at(path, wrong));
	});

	/** Alphabets in which a checksum notices each letter that is another. */
	const HEX = "0123456789abcdefABCDEF";
	const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

	for (const [name, chain, address, alphabet] of [
		["EIP-55", "eip155:1", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", HEX],
		["EIP-55 on BNB Smart Chain", "eip155:56", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", HEX],
		["Base58Check, P2PKH", BITCOIN, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", BASE58],
		["Base58Check, P2SH", BITCOIN, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", BASE58],
		["Bech32", BITCOIN, "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", BECH32],
		["Bech32m", BITCOIN, "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", BECH32],
		["TRON", "tron:0x2b6653dc", "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL", BASE58],
		["SS58, Polkadot", POLKADOT, "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5", BASE58],
		["SS58, any chain", POLKADOT, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", BASE58],
	] as const) {
		test(`${name}: a character that is another breaks the checksum`, () => {
			assert.equal(accepted(account(chain, address)).addressChecked, true);
			for (let index = 0; index < address.length; index += 1) {
				const next = alphabet[(alphabet.indexOf(address[index] as string) + 1) % alphabet.length];
				const broken = `${address.slice(0, index)}${next}${address.slice(index + 1)}`;
				assertRefused(account(chain, broken), "data.accounts[0].address");
			}
		});
	}

	test("an EVM address in one letter case has no checksum", () => {
		const address = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
		accepted(to("eip155:1", address));
		accepted(to("eip155:1", `0x${address.slice(2).toUpperCase()}`));
	});

	test("an address of a test network is refused on the main network", () => {
		for (const [chain, address] of [
			[BITCOIN, "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"],
			[BITCOIN, "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c"],
			[BITCOIN, "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"],
			[BITCOIN, "2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc"],
			[POLKADOT, "HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F"],
			[KUSAMA, "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"],
		] as const) {
			assertRefused(to(chain, address), "data.to");
		}
		accepted(to(KUSAMA, "HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F"));
	});

	test("every chain id of EIP-155 has the rules of EVM chains", () => {
		for (const chain of ["eip155:8453", "eip155:11155111", "eip155:9007199254740993"]) {
			const own = OWN["eip155:1"] as string;
			assert.equal(accepted(to(chain, own)).addressChecked, true);
			assertRefused(to(chain, own.replace("5a", "5A")), "data.to");
			assertRefused(to(chain, OWN["tron:0x2b6653dc"] as string), "data.to");
		}
	});

	test("a namespace without known rules is accepted, and the event says so", () => {
		for (const [chain, address] of [
			["cosmos:cosmoshub-3", "cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0"],
			["starknet:SN_MAIN", "0x02dd1b492765c064eac4039e3841aa5f382773b598097a40073bd8b48170ab57"],
			["hedera:mainnet", "0.0.1234567890-zbhlt"],
			["eth:1", OWN["tron:0x2b6653dc"] as string],
		] as const) {
			const { known, addressChecked } = accepted(to(chain, address));
			assert.deepEqual({ known, addressChecked }, { known: true, addressChecked: false });
			for (const junk of ["", "a b", "é", "\n", "x".repeat(257)]) {
				assertRefused(to(chain, junk), "data.to");
			}
		}
	});

	test("one account that was not checked is enough", () => {
		const strange = { chain: "cosmos:cosmoshub-3", address: "cosmos1" };
		for (const index of [0, 3]) {
			const changes = { [`data.accounts[${index}]`]: strange };
			assert.equal(accepted(example("user.registered", changes)).addressChecked, false);
		}
	});
});

describe("types", () => {
	test("an unknown type is passed on with its data as it came", () => {
		for (const type of [
			...["deposit.frozen", "deposit", "deposit.", ".detected", "deposit.detected.again", "."],
			...["Deposit.detected", "deposit.Detected", "deposit.detected ", " deposit.detected"],
			...["deposit.detected\0", "deposit\u2024detected", "constructor", "__proto__", "x"],
		]) {
			const amount = { value: 1e-7, decimals: "many", decimal: "mine" };
			const body = { ...example("deposit.detected"), type, data: { amount, chain: 7, to: null } };
			assert.deepEqual(accepted(body), { ...body, known: false });
			const boast = { ...body, known: true, addressChecked: true };
			assert.deepEqual(accepted(boast), { ...body, known: false, addressChecked: false });
		}
	});

	test("a type is what its escapes say", () => {
		const text = JSON.stringify(example("deposit.detected", { "data.to": "nowhere" }));
		assertRefused(text.replace('"deposit.detected"', '"deposit\\u002edetected"'), "data.to");
	});
});

describe("other members", () => {
	const extra = { deep: [1, "two", { three: null }], known: true, amount: { value: 1 } };

	test("they are kept at every level", () => {
		for (const [type, paths] of [
			["deposit.confirmed", ["extra", "data.extra", "data.amount.extra"]],
			["withdrawal.approved", ["data.fee.extra"]],
			["user.registered", ["data.accounts[0].extra", "data.accounts[3].extra"]],
			["callback.verification", ["extra", "data.extra"]],
		] as const) {
			const body = example(type, Object.fromEntries(paths.map((path) => [path, extra])));
			const added = { known: true, addressChecked: true };
			const { event } = withDecimals(structuredClone(body));
			assert.deepEqual(accepted(body), { ...event, ...added });
		}
	});

	test("those that the package adds are its own", () => {
		for (const value of [false, true, "yes", null, { decimal: "9" }]) {
			const changes = { known: value, addressChecked: value, "data.amount.decimal": value };
			const { event } = withDecimals(example("deposit.confirmed"));
			assert.deepEqual(accepted(example("deposit.confirmed", changes)), {
				...event,
				known: true,
				addressChecked: true,
			});
			assert.equal(accepted(example("deposit.confirmed", { ...changes, type: "x" })).known, false);
		}
		const strange = { ...to("cosmos:cosmoshub-3", "cosmos1"), addressChecked: true };
		assert.equal(accepted(strange).addressChecked, false);
	});

	test("__proto__ is refused, everywhere and however it is written", () => {
		const text = JSON.stringify(example("withdrawal.approved"));
		for (const [place, path] of [
			['{"type"', "__proto__"],
			['{"withdrawalId"', "data.__proto__"],
			['{"value"', "data.amount.__proto__"],
		] as const) {
			for (const name of ["__proto__", "\\u005f_proto__", "__pr\\u006fto__"]) {
				assertRefused(text.replace(place, `{"${name}":{"polluted":true},${place.slice(1)}`), path);
			}
		}
		for (const name of ["__proto_", "__proto__x", "__prot0__", "constructor", "_________"]) {
			accepted(text.replace('{"type"', `{"${name}":1,"type"`));
		}
		assert.equal(({} as { polluted?: true }).polluted, undefined);
	});
});

describe("texts", () => {
	test("an id has 1 to 256 characters", () => {
		for (const [type, path] of [
			["deposit.confirmed", "data.depositId"],
			["deposit.confirmed", "data.userId"],
			["withdrawal.failed", "data.withdrawalId"],
			["transaction.failed", "data.txId"],
			["transaction.failed", "data.userId"],
			["user.registered", "data.userId"],
		] as const) {
			refuses(type, path, at(path, ["", "x".repeat(257), "🎉".repeat(257)]));
			for (const id of ["x", "x".repeat(256), "🎉".repeat(256)])
				accepted(example(type, { [path]: id }));
		}
	});

	test("an id holds nothing that nobody sees", () => {
		const unseen = [..."\0\n\r\t\x1b\x7f\x85\u061c\u200e\u200f\u202a\u202e\u2066\u2069"];
		for (const path of ["data.depositId", "data.userId"]) {
			refuses(
				"deposit.confirmed",
				path,
				at(
					path,
					unseen.map((character) => `u${character}1`),
				),
			);
			for (const id of ["u 1", "é", "عربي", "u\u00a01", "-"]) {
				accepted(example("deposit.confirmed", { [path]: id }));
			}
		}
	});

	test("a challenge has 32 to 128 characters that are safe in URLs", () => {
		const [type, path] = ["callback.verification", "data.challenge"];
		for (const challenge of ["a".repeat(32), "Z".repeat(128), "0-_9".repeat(16)]) {
			accepted(example(type, { [path]: challenge }));
		}
		const letters = "a".repeat(40);
		const outside = [...'+/= .~%\n\0é"\\<'].map((character) => `${letters}${character}`);
		refuses(
			type,
			path,
			at(path, ["", "a".repeat(31), "a".repeat(129), "é".repeat(32), ...outside]),
		);
	});
});

describe("timestamps", () => {
	const VALID = [
		...["2026-03-05T08:00:00Z", "2026-03-05t08:00:00z", "2026-03-05T08:00:00.1Z"],
		...["2026-03-05T08:00:00.123456789012345678901234567890Z", "2026-03-05T08:00:00+08:00"],
		...["2026-03-05T08:00:00-23:59", "2026-03-05T08:00:00+00:00", "2026-03-05T08:00:00-00:00"],
		...["2024-02-29T00:00:00Z", "2000-02-29T23:59:59Z", "2026-12-31T00:00:00Z"],
		...["2016-12-31T23:59:60Z", "2017-01-01T07:59:60+08:00", "0000-01-01T00:00:00Z"],
		"9999-12-31T23:59:59Z",
	];
	const INVALID = [
		...["", "now", "2026", "2026-03-05", "08:00:00Z", "2026-03-05T08:00:00", "2026-03-05T08:00Z"],
		...["2026-03-05 08:00:00Z", "2026-03-05T08:00:00 Z", " 2026-03-05T08:00:00Z"],
		...["2026-03-05T08:00:00Z ", "2026-03-05T08:00:00Z\n", "2026-03-05T08:00:00Z\0"],
		...["2026-03-05T08:00:00.Z", "2026-03-05T08:00:00,5Z", "2026-03-05T08:00:00+0800"],
		...["2026-03-05T08:00:00+08", "2026-03-05T08:00:00+24:00", "2026-03-05T08:00:00+08:60"],
		...["2026-03-05T08:00:00UTC", "20260305T080000Z", "26-03-05T08:00:00Z", "2026-3-5T8:0:0Z"],
		...["+2026-03-05T08:00:00Z", "-2026-03-05T08:00:00Z", "02026-03-05T08:00:00Z"],
		...["2026-00-05T08:00:00Z", "2026-13-05T08:00:00Z", "2026-03-00T08:00:00Z"],
		...["2026-03-32T08:00:00Z", "2026-02-29T08:00:00Z", "2026-02-30T08:00:00Z"],
		...["2100-02-29T08:00:00Z", "2026-04-31T08:00:00Z", "2026-03-05T24:00:00Z"],
		...["2026-03-05T08:60:00Z", "2026-03-05T08:00:61Z", "2026-03-05T08:00:60Z"],
		...["2016-12-31T23:59:60+08:00", "２０26-03-05T08:00:00Z", "2026‐03‐05T08:00:00Z"],
		...["1772697600", "Thu, 05 Mar 2026 08:00:00 GMT"],
	];

	for (const [type, path] of [
		["deposit.confirmed", "timestamp"],
		["test.event", "timestamp"],
		["user.registered", "data.registeredAt"],
	] as const) {
		test(`${type}: ${path}`, () => {
			const body = (time: string) =>
				types.includes(type)
					? example(type, { [path]: time })
					: example("callback.verification", { type, [path]: time });
			for (const time of VALID) accepted(body(time));
			for (const time of INVALID) assertRefused(body(time), path);
		});
	}
});
