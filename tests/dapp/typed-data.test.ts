/** Typed data of random types, against the libraries that wallets and servers use. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { recoverTypedSignature, SignTypedDataVersion, signTypedData } from "@metamask/eth-sig-util";
import { type Hex, recoverTypedDataAddress, type TypedDataDefinition } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { SignatureScheme } from "wallet-callback/dapp";
import type { Random } from "../random.ts";
import {
	type Altered,
	alterSignature,
	compact,
	crossCheck,
	privateKey,
	randomText,
	type Signed,
	toHex,
} from "./cross-check.ts";
import { safeVerifySignedMessage } from "./library.ts";

interface Member {
	readonly name: string;
	readonly type: string;
}

type Types = { readonly [name: string]: readonly Member[] };
type Struct = { [name: string]: unknown };

interface TypedData {
	readonly types: Types;
	readonly primaryType: string;
	readonly domain: Struct;
	readonly message: Struct;
}

const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const NAME = [...LETTERS, ..."0123456789_"];

/** A name that is no type's of its own. */
const randomName = (random: Random, taken: readonly string[]): string => {
	const name = random.pick(["_", "x", "X", "Z", "q"]) + random.text(NAME, 0, 8);
	return taken.includes(name) ? randomName(random, taken) : name;
};

/** Names that are all different. */
function randomNames(random: Random, least: number, most: number): string[] {
	const names: string[] = [];
	for (let left = random.between(least, most); left > 0; left--) {
		names.push(randomName(random, names));
	}
	return names;
}

function randomAtom(random: Random): string {
	const kind = random.pick(["string", "bytes", "bool", "address", "uint", "int", "bytesN"]);
	if (kind === "bytesN") return `bytes${random.between(1, 32)}`;
	return kind.endsWith("int") ? `${kind}${8 * random.between(1, 32)}` : kind;
}

/** Structs that refer to those behind them, in arrays or not. */
function randomTypes(random: Random): Types {
	const names = randomNames(random, 1, 5);
	const types = names.map((name, place) => {
		const others = names.slice(place + 1);
		const members = randomNames(random, 0, 5).map((name) => {
			const base =
				others.length > 0 && random.chance(0.4) ? random.pick(others) : randomAtom(random);
			const array = () => random.pick(["[]", "[]", `[${random.between(1, 3)}]`]);
			return { name, type: base + random.list(0, random.pick([0, 0, 2]), array).join("") };
		});
		return [name, members] as const;
	});
	return Object.fromEntries(random.shuffle(types));
}

/** An integer in one of the spellings that all understand. */
function randomInteger(random: Random, type: string): number | string | bigint {
	const isSigned = type.startsWith("int");
	const bits = Number(type.slice(isSigned ? 3 : 4));
	const whole = random.bigint(random.pick([bits, bits, random.between(1, bits)]));
	const value = isSigned ? BigInt.asIntN(bits, whole) : whole;
	const spellings: (number | string | bigint)[] = [value, String(value)];
	if (value >= 0n) spellings.push(`0x${value.toString(16)}`);
	if (Number.isSafeInteger(Number(value))) spellings.push(Number(value));
	return random.pick(spellings);
}

const randomHex = (random: Random, length: number): string => {
	const digits = toHex(random.bytes(length));
	return `0x${random.chance(0.2) ? digits.toUpperCase() : digits}`;
};

function randomValue(random: Random, types: Types, type: string): unknown {
	const [, inner, size] = /^(.*)\[(\d*)\]$/.exec(type) ?? [];
	if (inner !== undefined) {
		const length = size === "" ? random.between(0, 3) : Number(size);
		return random.list(length, length, () => randomValue(random, types, inner));
	}
	if (types[type] !== undefined) return randomStruct(random, types, type);
	if (type === "string") return randomText(random, random.pick([0, 5, 100]));
	if (type === "bytes") return randomHex(random, random.between(0, 70));
	if (type === "bool") return random.chance(0.5);
	if (type === "address") return `0x${toHex(random.bytes(20))}`;
	if (type.startsWith("bytes")) return randomHex(random, Number(type.slice("bytes".length)));
	return randomInteger(random, type);
}

function randomStruct(random: Random, types: Types, type: string): Struct {
	const members = types[type] ?? [];
	return Object.fromEntries(
		random.shuffle(members.map((member) => [member.name, randomValue(random, types, member.type)])),
	);
}

const DOMAIN: readonly Member[] = [
	{ name: "name", type: "string" },
	{ name: "version", type: "string" },
	{ name: "chainId", type: "uint256" },
	{ name: "verifyingContract", type: "address" },
	{ name: "salt", type: "bytes32" },
];

function randomTypedData(random: Random): TypedData {
	const types = { EIP712Domain: DOMAIN.filter(() => random.chance(0.6)), ...randomTypes(random) };
	const primaryType = random.pick(Object.keys(types).filter((name) => name !== "EIP712Domain"));
	return {
		types,
		primaryType,
		domain: randomStruct(random, types, "EIP712Domain"),
		message: randomStruct(random, types, primaryType),
	};
}

/** The places in a value that are of no type of structs and no array. */
function leaves(types: Types, type: string, value: unknown, path: string[]): [string, string[]][] {
	const [, inner] = /^(.*)\[\d*\]$/.exec(type) ?? [];
	if (inner !== undefined) {
		return (value as unknown[]).flatMap((item, index) =>
			leaves(types, inner, item, [...path, String(index)]),
		);
	}
	const members = types[type];
	if (members === undefined) return [[type, path]];
	return members.flatMap(({ name, type }) =>
		leaves(types, type, (value as Struct)[name], [...path, name]),
	);
}

/** Typed data with one value changed; without any value, another domain. */
function changeValue(random: Random, data: TypedData): TypedData {
	const { types, primaryType } = data;
	const places = [
		...leaves(types, "EIP712Domain", data.domain, ["domain"]),
		...leaves(types, primaryType, data.message, ["message"]),
	];
	if (places.length === 0) {
		const EIP712Domain = [{ name: "name", type: "string" }];
		return { ...data, types: { ...types, EIP712Domain }, domain: { name: "" } };
	}
	const [type, path] = random.pick(places);
	const changed = structuredClone(data);
	let parent = changed as unknown as Struct;
	for (const step of path.slice(0, -1)) parent = parent[step] as Struct;
	const last = path.at(-1) ?? "";
	parent[last] = otherValue(random, type, parent[last]);
	return changed;
}

function otherValue(random: Random, type: string, value: unknown): unknown {
	const plain = (value: unknown) =>
		type.includes("int") ? BigInt(value as string) : String(value).toLowerCase();
	for (;;) {
		const other = randomValue(random, {}, type);
		if (plain(other) !== plain(value)) return other;
	}
}

/** Typed data of which a member or a type goes by another name. */
function rename(random: Random, data: TypedData): TypedData {
	const { types, primaryType, message } = data;
	const members = types[primaryType] ?? [];
	if (members.length > 0 && random.chance(0.5)) {
		const { name, type } = random.pick(members);
		const other = randomName(random, Object.keys(message));
		const renamed = members.map((member) =>
			member.name === name ? { name: other, type } : member,
		);
		const { [name]: value, ...rest } = message;
		return {
			...data,
			types: { ...types, [primaryType]: renamed },
			message: { ...rest, [other]: value },
		};
	}
	const other = randomName(random, Object.keys(types));
	return { ...data, types: { ...types, [other]: members }, primaryType: other };
}

/** Typed data with nothing in it that JSON does not know. */
const toJson = (data: unknown): string =>
	JSON.stringify(data, (_name, value) => (typeof value === "bigint" ? String(value) : value));

type Message = TypedData | string;

const parse = (message: Message): TypedData =>
	typeof message === "string" ? JSON.parse(message) : message;

const V4 = SignTypedDataVersion.V4;

const signByMetaMask = (key: Hex, data: TypedData): string => {
	const privateKey = Buffer.from(key.slice(2), "hex");
	// Its types do not allow for bigints, which it takes all the same.
	return signTypedData({ privateKey, data: data as never, version: V4 });
};

test("eip712, against viem and eth-sig-util", () =>
	crossCheck<Message>({
		scheme: "eip712",
		seed: 712,
		every: 8,
		peers: [
			{
				name: "viem",
				verify: async ({ message, signature, address }) => {
					const data = parse(message) as TypedDataDefinition;
					const signer = await recoverTypedDataAddress({ ...data, signature: signature as Hex });
					return signer === address;
				},
				lax: ["the high s"],
				strict: ["EIP-2098"],
			},
			{
				name: "eth-sig-util",
				verify: ({ message, signature, address = "" }) => {
					const data = parse(message) as never;
					const signed = { data, signature: String(signature), version: V4 };
					return recoverTypedSignature(signed) === address.toLowerCase();
				},
				lax: ["the high s"],
			},
		],
		sign: async (random) => {
			const key = privateKey(random);
			const account = privateKeyToAccount(key);
			const { address, publicKey } = account;
			const data = randomTypedData(random);
			const signature = await account.signTypedData(data as TypedDataDefinition);
			// Both draw the nonce from key and digest, so that equal signatures have equal digests.
			assert.equal(signByMetaMask(key, data), signature, toJson(data));
			const message = random.chance(0.5) ? data : toJson(data);
			return [
				{ message, signature, address },
				{ address, publicKey },
			];
		},
		alter: (random, signed) => {
			const data = parse(signed.message);
			return [
				{ what: "a value", change: { message: changeValue(random, data) }, code: MISMATCH },
				{ what: "a name", change: { message: rename(random, data) }, code: MISMATCH },
				...alterOwners<Message>(random, signed),
			];
		},
	}));

const MISMATCH = "signature_mismatch";

function alterOwners<M>(random: Random, { signature }: Signed<M>): Altered<M>[] {
	const address = `0x${toHex(random.bytes(20))}`;
	return [
		{ what: "the account", change: { address }, code: MISMATCH },
		...alterSignature<M>(random, String(signature)),
		{ what: "EIP-2098", change: { signature: compact(String(signature)) } },
	];
}

interface Entry extends Member {
	readonly value: unknown;
}

const V1 = SignTypedDataVersion.V1;

test("eip712-v1, the legacy list, against eth-sig-util", () =>
	crossCheck<Entry[] | string>({
		scheme: "eip712-v1",
		seed: 1712,
		every: 8,
		peers: [
			{
				name: "eth-sig-util",
				verify: ({ message, signature, address = "" }) => {
					const data = (typeof message === "string" ? JSON.parse(message) : message) as never;
					const signed = { data, signature: String(signature), version: V1 };
					return recoverTypedSignature(signed) === address.toLowerCase();
				},
				lax: ["the high s"],
			},
		],
		sign: (random) => {
			const key = privateKey(random);
			const { address, publicKey } = privateKeyToAccount(key);
			// One entry at most whose value may have any length: behind a second, the list is ambiguous.
			// Nor does a name end with what could begin a type: `u` before `int8`.
			let types = randomNames(random, 1, 6).map((name) => {
				return { name: name.replace(/u$/, "v"), type: randomAtom(random) };
			});
			const isLong = ({ type }: Member) => type === "string" || type === "bytes";
			const first = types.findIndex(isLong);
			types = types.filter((entry, index) => index <= first || !isLong(entry));
			const data = types.map(({ name, type }) => {
				return { name, type, value: randomValue(random, {}, type) };
			});
			const signature = signTypedData({
				privateKey: Buffer.from(key.slice(2), "hex"),
				data: data as never,
				version: V1,
			});
			const message = random.chance(0.5) ? data : toJson(data);
			return [
				{ message, signature, address },
				{ address, publicKey },
			];
		},
		alter: (random, signed) => {
			const { message } = signed;
			const data: Entry[] = typeof message === "string" ? JSON.parse(message) : message;
			const at = random.below(data.length);
			const change = (make: (entry: Entry) => Partial<Entry>) => ({
				message: data.map((entry, index) => (index === at ? { ...entry, ...make(entry) } : entry)),
			});
			return [
				{
					what: "a value",
					change: change(({ type, value }) => ({ value: otherValue(random, type, value) })),
					code: MISMATCH,
				},
				{
					what: "a name",
					change: change(({ name }) => ({ name: `${name}_` })),
					code: MISMATCH,
				},
				...alterOwners<Entry[] | string>(random, signed),
			];
		},
	}));

const KEY: Hex = `0x${"42".repeat(32)}`;
const ACCOUNT = privateKeyToAccount(KEY);

/** Typed data of one value. */
const holding = (type: string, value: unknown, types: Types = {}): TypedData => ({
	types: { EIP712Domain: [], ...types, Box: [{ name: "x", type }] },
	primaryType: "Box",
	domain: {},
	message: value === undefined ? {} : { x: value },
});

const PAIR = { Pair: [{ name: "a", type: "uint8" }] };
const CHECKSUMMED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
const MISTYPED = "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

/** Values that do not fit their types, and who signs them all the same. */
const MISFITS: readonly [what: string, data: TypedData, path: string, signers: string][] = [
	["a number above its type", holding("uint8", 256), "message.x", ""],
	["text of a number above its type", holding("uint8", "256"), "message.x", ""],
	["a number below its type", holding("int8", -129), "message.x", "eth-sig-util"],
	["an int8 above it", holding("int8", 128), "message.x", "eth-sig-util"],
	["a negative uint", holding("uint8", -1), "message.x", ""],
	["half a number", holding("uint256", 0.5), "message.x", ""],
	["a number that is no exact double", holding("uint256", 2 ** 53), "message.x", "both"],
	["no digits", holding("uint256", ""), "message.x", "both"],
	["spaces", holding("uint256", " 7 "), "message.x", "both"],
	["a plus sign", holding("uint256", "+7"), "message.x", "both"],
	["binary digits", holding("uint256", "0b11"), "message.x", "both"],
	["the type uint", holding("uint", 1), "message.x", "eth-sig-util"],
	["the type int", holding("int", 1), "message.x", "eth-sig-util"],
	["the type uint7", holding("uint7", 1), "message.x", ""],
	["the type uint264", holding("uint264", 1), "message.x", ""],
	["the type bytes33", holding("bytes33", `0x${"00".repeat(33)}`), "message.x", ""],
	["the type function", holding("function", `0x${"00".repeat(24)}`), "message.x", ""],
	["a type that is not there", holding("Nobody", {}), "message.x", ""],
	["a boolean as text", holding("bool", "true"), "message.x", "eth-sig-util"],
	["a boolean as a number", holding("bool", 1), "message.x", ""],
	["a number as text", holding("string", 7), "message.x", "both"],
	["no text", holding("string", null), "message.x", "eth-sig-util"],
	["text as bytes", holding("bytes", "hello"), "message.x", "both"],
	["half a byte", holding("bytes", "0x1"), "message.x", "both"],
	["bytes that are too few", holding("bytes4", "0x000000"), "message.x", "eth-sig-util"],
	["bytes that are too many", holding("bytes4", "0x0000000000"), "message.x", "eth-sig-util"],
	["an address with a typing error", holding("address", MISTYPED), "message.x", "eth-sig-util"],
	["an address as a number", holding("address", 1), "message.x", "eth-sig-util"],
	["an address without 0x", holding("address", CHECKSUMMED.slice(2)), "message.x", "eth-sig-util"],
	["too few elements", holding("uint8[2]", [1]), "message.x", "both"],
	["too many elements", holding("uint8[2]", [1, 2, 3]), "message.x", "both"],
	["no array", holding("uint8[]", 1), "message.x", ""],
	["no struct", holding("Pair", 1, PAIR), "message.x", ""],
	["nothing", holding("uint8", undefined), "message.x", ""],
	["nothing in a struct", holding("Pair", {}, PAIR), "message.x.a", ""],
	[
		"a misfit in an array",
		holding("Pair[][]", [[], [{ a: 1 }, { a: 256 }]], PAIR),
		"message.x[1][1].a",
		"",
	],
	[
		"a domain's misfit",
		{
			...holding("uint8", 1),
			types: { EIP712Domain: DOMAIN.slice(2, 3), Box: [] },
			domain: { chainId: "one" },
		},
		"domain.chainId",
		"",
	],
	[
		"a primary type that is not there",
		{ ...holding("uint8", 1), primaryType: "Nobody" },
		"primaryType",
		"",
	],
	[
		"a name twice",
		{
			...holding("uint8", 1),
			types: {
				EIP712Domain: [],
				Box: [
					{ name: "x", type: "uint8" },
					{ name: "x", type: "uint8" },
				],
			},
		},
		"types.Box",
		"both",
	],
];

for (const [what, data, path, signers] of MISFITS) {
	test(`typed data is refused for ${what}`, async () => {
		const signed = {
			viem: await ACCOUNT.signTypedData(data as TypedDataDefinition).catch(() => undefined),
			"eth-sig-util": attempt(() => signByMetaMask(KEY, data)),
		};
		const names = Object.entries(signed).flatMap(([name, text]) => (text ? [name] : []));
		assert.equal(names.length === 2 ? "both" : names.join(), signers);
		for (const signature of Object.values(signed)) assertRefused(data, path, signature);
	});
}

/** Refused before its signature is looked at. */
function assertRefused(
	message: object | string,
	path: string,
	signature = SOME_SIGNATURE,
	scheme: SignatureScheme = "eip712",
): void {
	const { address } = ACCOUNT;
	const result = safeVerifySignedMessage({ scheme, message, signature, address });
	assert.ok(!result.ok);
	assert.deepEqual([result.code, result.path ?? ""], ["malformed_payload", path], result.message);
}

const SOME_SIGNATURE = `0x${"11".repeat(64)}1b`;

function attempt<T>(make: () => T): T | undefined {
	try {
		return make();
	} catch {
		return undefined;
	}
}

const assertSigned = (message: object | string, signature: string) => {
	const { address } = ACCOUNT;
	const result = safeVerifySignedMessage({ scheme: "eip712", message, signature, address });
	assert.ok(result.ok, JSON.stringify(result));
};

/** Entries of the legacy list that do not fit, or whose digest differs from wallet to wallet. */
const LEGACY_MISFITS: readonly [type: string, value: unknown, path: string][] = [
	["uint8[]", [1, 2], "[0]"],
	["string[]", ["a"], "[0]"],
	["address[]", [CHECKSUMMED], "[0]"],
	["bytes", "hello", "[0].value"],
	["uint8", -1, "[0].value"],
	["bool", "false", "[0].value"],
	["bytes4", "0x0011223344", "[0].value"],
	["bytes4", "0x00", "[0].value"],
];

test("a legacy list is refused for misfits that eth-sig-util signs", () => {
	for (const [type, value, path] of LEGACY_MISFITS) {
		const data = [{ name: "x", type, value }];
		const privateKey = Buffer.from(KEY.slice(2), "hex");
		const signature = signTypedData({ privateKey, data: data as never, version: V1 });
		assertRefused(data, path, signature, "eip712-v1");
	}
	assertRefused([], "", SOME_SIGNATURE, "eip712-v1");
});

test("a struct that is not there is one for eth-sig-util, and none for viem", async () => {
	const types = { Node: [{ name: "next", type: "Node" }] };
	for (const data of [
		holding("Node", { next: { next: null } }, types),
		holding("Node", { next: {} }, types),
		holding("Node[]", [null, {}], types),
	]) {
		assertSigned(data, signByMetaMask(KEY, data));
		await assert.rejects(ACCOUNT.signTypedData(data as TypedDataDefinition));
	}
});

test("a domain without its type has the one that viem gives it, and for eth-sig-util none", async () => {
	const { types, ...rest } = holding("uint8", 1);
	const { EIP712Domain: _, ...others } = types;
	const data = { ...rest, types: others, domain: { name: "Shop", chainId: 1 } };
	assertSigned(data, await ACCOUNT.signTypedData(data as TypedDataDefinition));
	const { address } = ACCOUNT;
	const signature = signByMetaMask(KEY, data);
	const result = safeVerifySignedMessage({ scheme: "eip712", message: data, signature, address });
	assert.equal(result.ok ? "ok" : result.code, "signature_mismatch");
});

test("members that no type has are in no digest, and refused", async () => {
	const data = holding("uint8", 1);
	const signature = await ACCOUNT.signTypedData(data as TypedDataDefinition);
	const unsigned: [data: TypedData, path: string][] = [
		[{ ...data, message: { ...data.message, y: 2 } }, "message.y"],
		[{ ...data, domain: { chainId: 1 } }, "domain.chainId"],
		[{ ...data, version: "V4" } as TypedData, "version"],
	];
	for (const [more, path] of unsigned) {
		assert.equal(signByMetaMask(KEY, more), signature);
		assertRefused(more, path, signature);
	}
	assertSigned(data, signature);
});

test("a scheme is what the caller says, not what the message looks like", () => {
	const list = [{ name: "x", type: "uint8", value: 1 }];
	const privateKey = Buffer.from(KEY.slice(2), "hex");
	const v1 = signTypedData({ privateKey, data: list as never, version: V1 });
	assertRefused(list, "domain", v1);
	const data = holding("uint8", 1);
	assertRefused(data, "", signByMetaMask(KEY, data), "eip712-v1");
	const { address } = ACCOUNT;
	const signed = { message: list, signature: v1, address };
	assert.ok(safeVerifySignedMessage({ scheme: "eip712-v1", ...signed }).ok);
});

/** Lists that eth-sig-util gives one signature, of which one is taken at most. */
const AMBIGUOUS: readonly (readonly [Entry[], Entry[]])[] = [
	[
		[
			{ type: "string", name: "amount", value: "10" },
			{ type: "string", name: "currency", value: "0 JPY" },
		],
		[
			{ type: "string", name: "amount", value: "100" },
			{ type: "string", name: "currency", value: " JPY" },
		],
	],
	[
		[
			{ type: "string", name: "a", value: "x" },
			{ type: "uint8", name: "b", value: 65 },
		],
		[{ type: "string", name: "auint8 b", value: "xA" }],
	],
	[
		[
			{ type: "bool", name: "a", value: true },
			{ type: "uint8", name: "b", value: 1 },
		],
		[
			{ type: "bool", name: "au", value: true },
			{ type: "int8", name: "b", value: 1 },
		],
	],
];

test("no two legacy lists share a signature", () => {
	const privateKey = Buffer.from(KEY.slice(2), "hex");
	const { address } = ACCOUNT;
	for (const lists of AMBIGUOUS) {
		const [signature, other] = lists.map((data) =>
			signTypedData({ privateKey, data: data as never, version: V1 }),
		);
		assert.equal(signature, other);
		const taken = lists.filter((message) => {
			const signed = { message, signature: signature ?? "", address };
			return safeVerifySignedMessage({ scheme: "eip712-v1", ...signed }).ok;
		});
		assert.ok(taken.length <= 1, JSON.stringify(taken));
	}
});

test("json that is not strict is refused as typed data", () => {
	const json = toJson(holding("uint8", 1));
	const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
	const texts: [text: string, path: string][] = [
		["", ""],
		["null", "domain"],
		["7", "domain"],
		[`${json} `.repeat(2), ""],
		[json.slice(1), ""],
		[json.replace('"x":1', '"x":1,"x":2'), "message"],
		[json.replace('"x":1', `"x":${nested}`), "message.x"],
		[json.replace('"x":1', '"x":9007199254740993'), "message.x"],
	];
	for (const [text, path] of texts) {
		const { address } = ACCOUNT;
		const signed = { message: text, signature: SOME_SIGNATURE, address };
		const result = safeVerifySignedMessage({ scheme: "eip712", ...signed });
		assert.ok(!result.ok, text.slice(0, 80));
		assert.equal(result.code, "malformed_payload");
		assert.ok((result.path ?? "").startsWith(path), `${text.slice(0, 200)}: ${result.path}`);
	}
});

test("types beyond all measure are refused or hashed soon", () => {
	const many = (count: number, make: (index: number) => readonly Member[]): Types =>
		Object.fromEntries(Array.from({ length: count }, (_, index) => [`T${index}`, make(index)]));
	const chain = many(60, (index) =>
		Array.from({ length: 100 }, (_, at) => ({ name: `m${at}`, type: `T${(index + at) % 60}` })),
	);
	const since = performance.now();
	const { address } = ACCOUNT;
	const signed = { signature: SOME_SIGNATURE, address };
	for (const types of [
		many(1000, () => []),
		chain,
		{ T: Array(1000).fill({ name: "x", type: "T" }) },
	]) {
		const message = holding(Object.keys(types)[0] ?? "", {}, types);
		assert.ok(!safeVerifySignedMessage({ scheme: "eip712", message, ...signed }).ok);
	}
	assert.ok(performance.now() - since < 5000);
});

test("the time that typed data takes does not grow with its square", () => {
	const { address } = ACCOUNT;
	const time = (count: number) => {
		const types = {
			EIP712Domain: [],
			S: [{ name: "b", type: "bool" }],
			Box: [{ name: "x", type: "S[]" }],
		};
		const message = JSON.stringify({
			...holding("uint8", 1),
			types,
			message: { x: Array(count).fill({ b: true }) },
		});
		const least = (runs: number): number => {
			const since = process.cpuUsage();
			safeVerifySignedMessage({ scheme: "eip712", message, signature: SOME_SIGNATURE, address });
			const took = process.cpuUsage(since).user;
			return runs === 0 ? took : Math.min(took, least(runs - 1));
		};
		return least(5);
	};
	time(100);
	// Eight times as much takes about eight times as long; its square would be 64 times.
	assert.ok(time(32_000) < 32 * time(4000));
});
