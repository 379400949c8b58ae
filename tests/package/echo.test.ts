/** A value that stands in the wrong place may be a secret: no error shows it. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { wallet } from "./package.ts";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));
const load = (entry: string) => require(`wallet-callback/${entry}`);
const { createReceiver } = load("receiver");
const { memoryStore } = load("stores/memory");

const SECRET = "pa55word";
const KEY = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
const body = '{"type":"test.event","timestamp":"2026-03-05T08:00:00Z","data":{}}';
const receiving = { keys: KEY, store: memoryStore() };
const asking = {
	action: "login",
	dapp: { name: "Shop", icon: "https://shop.example/icon.png" },
	chains: ["eip155:1"],
	callbackUrl: "https://shop.example/tokenpocket",
};
const handling = { find: () => undefined, store: memoryStore(), onResult: () => {} };
const message = { scheme: "eip191", message: "", signature: "0x", address: `0x${"0".repeat(40)}` };

/** Options by what takes them, with a value of which each member is replaced in turn. */
const CALLS: Record<
	string,
	[call: (options: object) => unknown, names: readonly string[], object]
> = {
	createVerifier: [
		(options) => wallet.createVerifier(options as never),
		[
			...["keys", "sender", "toleranceSeconds", "maxBodyBytes", "allowedIps", "now"],
			"dangerouslyAllowShortKeys",
		],
		{ keys: KEY },
	],
	createTransport: [
		(options) => wallet.createTransport(options as never),
		["trustedProxies", "requireHttps"],
		{},
	],
	createReceiver: [
		createReceiver,
		[
			...["store", "on", "onUnknown", "onAny", "onDeadLetter", "leaseSeconds", "retentionSeconds"],
			...["storeTimeoutSeconds", "bodyTimeoutSeconds", "maxUnverifiedBodies", "acknowledge"],
			...["concurrency", "maxAttempts", "requireHttps", "trustedProxies", "log", "logBodies"],
			...["meter", "sender", "toleranceSeconds", "maxBodyBytes", "allowedIps", "now", "verifier"],
		],
		receiving,
	],
	sign: [
		(options) => wallet.sign(options as never),
		["key", "sender", "id", "timestamp", "nonce", "keyId", "method", "url", "headers"],
		{ body, key: KEY },
	],
	explain: [
		(options) => wallet.explain(options as never),
		["keys", "sender", "now", "headers"],
		{ body, headers: {}, keys: KEY },
	],
	verify: [
		(options) => wallet.createVerifier({ keys: KEY }).safeVerify(options as never),
		["headers", "ip"],
		{ body, headers: {} },
	],
	createDappRequest: [
		load("dapp").createDappRequest,
		["action", "dapp", "chains", "callbackUrl", "address", "expiresInSeconds", "now", "version"],
		asking,
	],
	verifySignedMessage: [
		load("dapp").safeVerifySignedMessage,
		["scheme", "address", "publicKeys", "domain", "nonce", "chain", "uri", "now"],
		message,
	],
	toDappHandler: [
		load("dapp").toDappHandler,
		[
			...["find", "store", "onResult", "accountKeys", "toleranceSeconds", "leaseSeconds"],
			...["storeTimeoutSeconds", "now", "log"],
		],
		handling,
	],
	memoryStore: [memoryStore, ["maxEntries", "onEvict"], {}],
	createKeyResolver: [
		load("keys").createKeyResolver,
		["sender", "url", "read", "fetch", "now", "timeoutSeconds", "maxBytes", "maxKeys"],
		{ sender: "circle", url: "https://api.circle.com/v2/notifications/publicKey/1" },
	],
};

const VALUES: readonly unknown[] = [
	`redis://user:${SECRET}@host:6379/0`,
	`https://user:${SECRET}@host/`,
	`${KEY.slice(0, 20)} ${SECRET}`,
	[`redis://user:${SECRET}@host`],
	{ redis: `redis://user:${SECRET}@host` },
	() => SECRET,
];

for (const [name, [call, members, options]] of Object.entries(CALLS)) {
	test(`${name}: no error shows what stands in the wrong place`, () => {
		for (const member of members) {
			for (const value of VALUES) {
				const problem = messageOf(() => call({ ...options, [member]: value }));
				assert.ok(!problem.includes(SECRET), `${member}: ${problem}`);
			}
		}
	});
}

test("stores: no error shows what stands in the wrong place", () => {
	const { redisStore } = load("stores/redis");
	const { postgresStore } = load("stores/postgres");
	const { durableObjectStore } = load("stores/durable-object");
	for (const value of VALUES) {
		for (const open of [
			() => redisStore(value),
			() => redisStore({ sendCommand() {} }, { prefix: `{${value}` }),
			() => postgresStore(value),
			() => postgresStore({ query() {} }, { table: value }),
			() => durableObjectStore(value),
		]) {
			const problem = messageOf(open);
			assert.ok(!problem.includes(SECRET), problem);
		}
	}
});

test("numbers, booleans and names from a list are shown", () => {
	const expected = (options: object, message: RegExp) =>
		assert.throws(() => createReceiver({ ...receiving, ...options }), { message });
	expected({ leaseSeconds: -5 }, /leaseSeconds.*-5/);
	expected({ on: true }, /on: .*true/);
	expected({ acknowledge: "after" }, /acknowledge: .*"after"/);
	expected({ on: { "deposit.done": () => {} } }, /"deposit\.done"/);
	expected({ acknowledge: "whsec_hunter2" }, /acknowledge: .*string$/);
	expected({ store: "hunter2" }, /store: .*string$/);
});

function messageOf(act: () => unknown): string {
	try {
		const result = act() as { readonly message?: string; readonly verdict?: object } | undefined;
		return JSON.stringify([result?.message, result?.verdict]);
	} catch (error) {
		const { message, cause } = error as Error;
		return `${message} ${cause ?? ""}`;
	}
}
