/**
 * Calls of the package's API with whatever a program may pass on from the network, or by mistake. Each ends
 * in a result or in an error that the package documents; none stops an instance of a module.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Random } from "../random.ts";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));

/** The memory of each instance that was started. */
const memories: WebAssembly.Memory[] = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class {
	readonly exports: WebAssembly.Exports;

	constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
		const { exports } = new Instance(module, imports);
		memories.push(exports.memory as WebAssembly.Memory);
		this.exports = exports;
	}
};

const library: typeof import("wallet-callback") = require("wallet-callback/full");
const dapp: typeof import("wallet-callback/dapp") = require("wallet-callback/dapp");

/** What a getter or a proxy of the caller's throws, which is the caller's own affair. */
class Own extends Error {
	override message = "the caller's own";
}

const KEY = library.generateSecret();
const BODY = '{"type":"t","timestamp":"2023-11-14T22:13:20Z","data":{}}';
const NOW = 1_700_000_000;
const SETS = library.senders().map(({ headers }) => headers);
const NAMES = library.senders().map(({ name }) => name);
const verifier = library.createVerifier({ keys: KEY, now: () => NOW * 1000 });
const genuine = library.sign({ body: BODY, key: KEY, id: "msg_1", timestamp: NOW });
const { headers: HEADERS } = genuine;

const TEXTS = [
	"",
	" ",
	"0",
	"-1",
	`${NOW}`,
	"9".repeat(40),
	"v1,",
	`v1,${"A".repeat(43)}=`,
	"\ud800",
	"\0",
	"é",
	"🎉".repeat(50),
	"x".repeat(5000),
	"__proto__",
	"constructor",
	"t=1700000000,v1=00",
	"whsec_",
	KEY,
	"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
	'{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}',
	`0x${"11".repeat(65)}`,
	`0x${"11".repeat(20)}`,
	"https://shop.example/a?b=c",
	"[".repeat(2000),
	'{"a":'.repeat(500),
	'{"types":{"EIP712Domain":[],"A":[{"name":"a","type":"A[]"}]},"primaryType":"A","domain":{},"message":{"a":[]}}',
	BODY,
	`${BODY} `,
	'{"type":"deposit.confirmed","timestamp":"2023-11-14T22:13:20Z","data":{"amount":{"value":"1e9"}}}',
];

/** Something of any type. */
function anything(random: Random, depth = 2): unknown {
	const kind = random.below(depth > 0 ? 18 : 12);
	switch (kind) {
		case 0:
			return undefined;
		case 1:
			return null;
		case 2:
			return random.pick([0, -0, -1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, 300]);
		case 3:
			return random.chance(0.5);
		case 4:
			return random.pick([10n ** 30n, Symbol("s"), () => "x", new Date(0), /x/]);
		case 5:
			return new Uint8Array(random.bytes(random.below(100)));
		case 6:
			return new ArrayBuffer(random.below(100));
		case 7:
		case 8:
		case 9:
		case 10:
		case 11:
			return random.pick(TEXTS);
		case 12:
			return random.list(0, 4, () => anything(random, depth - 1));
		case 13:
			return new Map(random.list(0, 3, () => [random.pick(TEXTS), anything(random, depth - 1)]));
		case 14:
			return {
				get headers() {
					throw new Own();
				},
			};
		case 15:
			return new Proxy(
				{},
				{
					get() {
						throw new Own();
					},
				},
			);
		default:
			return Object.fromEntries(
				random.list(0, 4, () => [random.pick(MEMBERS), anything(random, depth - 1)]),
			);
	}
}

const MEMBERS = [
	"id",
	"key",
	"name",
	"type",
	"value",
	"decimals",
	"signature",
	"signed",
	"algorithm",
	"headers",
	"__proto__",
	"toString",
];

/** Options of which some are right. */
function options(random: Random, right: Record<string, unknown>): Record<string, unknown> {
	const made: Record<string, unknown> = { ...right };
	const names = Object.keys(right);
	for (let change = random.below(3); change >= 0; change -= 1) {
		made[random.chance(0.9) ? random.pick(names) : random.pick(MEMBERS)] = anything(random);
	}
	return made;
}

type Call = (random: Random) => unknown;
// biome-ignore lint/suspicious/noExplicitAny: what a program without types passes
const any = (value: unknown): any => value;

const request = { action: "login", chains: ["eip155:1"], callbackUrl: "https://shop.example/w" };
const shop = { name: "Shop", icon: "https://shop.example/i.png" };
const { expected } = dapp.createDappRequest(any({ ...request, dapp: shop }));

/** Each with how often it is called. */
const CALLS: readonly (readonly [weight: number, name: string, call: Call])[] = [
	[
		500,
		"safeVerify",
		(random) => {
			const headers = random.chance(0.2) ? anything(random) : options(random, HEADERS);
			const { body } = random.chance(0.7) ? genuine : any({ body: anything(random) });
			return verifier.safeVerify(any({ headers, body, ip: random.pick(TEXTS) }));
		},
	],
	[
		100,
		"verify",
		(random) => verifier.verify(any({ ...genuine, headers: options(random, HEADERS) })),
	],
	[
		60,
		"a verifier of any sender",
		(random) => {
			const made = library.createVerifier(
				any({
					sender: random.pick(NAMES),
					keys: random.pick(TEXTS),
					dangerouslyAllowShortKeys: true,
				}),
			);
			const names = random.pick(SETS);
			const headers = Object.fromEntries(names.map((name) => [name, random.pick(TEXTS)]));
			const part = () => (random.chance(0.2) ? anything(random) : random.pick(TEXTS));
			return made.safeVerify(
				any({ headers, body: part(), url: part(), method: part(), ip: part() }),
			);
		},
	],
	[
		60,
		"createVerifier",
		(random) =>
			library.createVerifier(
				any(options(random, { keys: KEY, sender: "tp-wallet", toleranceSeconds: 300 })),
			),
	],
	[
		40,
		"sign",
		(random) =>
			library.sign(any(options(random, { body: BODY, key: KEY, sender: random.pick(NAMES) }))),
	],
	[
		1,
		"explain",
		(random) =>
			library.explain(
				any({
					...options(random, { headers: HEADERS, body: BODY, keys: KEY, sender: "tp-wallet" }),
					budgetMilliseconds: 1,
				}),
			),
	],
	[
		20,
		"amounts",
		(random) => {
			const amount = any(options(random, { value: "1", decimals: 18 }));
			if (random.chance(0.5)) return library.formatAmount(amount);
			return library.toBaseUnits(any(random.pick(TEXTS)), any(anything(random)));
		},
	],
	[20, "detect", (random) => library.detect(any({ headers: anything(random) }))],
	[20, "bodyHash", (random) => library.bodyHash(any(anything(random)))],
	[
		20,
		"createTransport",
		(random) => {
			const right = { trustedProxies: ["10.0.0.0/8"], allowedIps: ["203.0.113.0/24"] };
			const transport = library.createTransport(
				any(random.chance(0.5) ? right : options(random, right)),
			);
			return transport.admit(
				any(options(random, { headers: {}, peer: random.pick(TEXTS), secure: true })),
			);
		},
	],
	[
		20,
		"createDappRequest",
		(random) => dapp.createDappRequest(any(options(random, { ...request, dapp: shop }))),
	],
	[
		20,
		"verifyDappCallback",
		(random) => dapp.safeVerifyDappCallback(any(options(random, { expected, body: BODY }))),
	],
	[
		10,
		"verifySignedMessage",
		(random) =>
			dapp.safeVerifySignedMessage(
				any(
					options(random, {
						scheme: random.pick(["eip191", "eip712", "eip4361", "tron", "eos-k1", "solana"]),
						message: random.pick(TEXTS),
						signature: `0x${"11".repeat(64)}1b`,
						address: `0x${"11".repeat(20)}`,
					}),
				),
			),
	],
];

const WHEEL = CALLS.flatMap((call) => Array<(typeof CALLS)[number]>(call[0]).fill(call));

/** The errors that the package documents. */
const DOCUMENTED = ["TypeError", "ConfigError", "CallbackRejectedError", "DappRejectedError"];

export interface Figures {
	readonly calls: number;
	/** What came of them: a result, or the name of an error. */
	readonly outcomes: { readonly [outcome: string]: number };
	/** The instances that were started. */
	readonly instances: number;
	/** Bytes of all their memories: after a tenth of the calls, and at the end. */
	readonly memory: readonly [early: number, late: number];
	/** Bytes that JavaScript holds at these times, after a collection if the process can ask for one. */
	readonly heap: readonly [early: number, late: number];
}

/** Makes so many calls, the same ones in each run. */
export async function attack(calls: number): Promise<Figures> {
	const random = new Random(19);
	const outcomes: Record<string, number> = {};
	const started = memories.length;
	let early: readonly [number, number] = [0, 0];
	for (let made = 1; made <= calls; made += 1) {
		const [, name, call] = random.pick(WHEEL);
		let outcome = "a result";
		try {
			call(random);
		} catch (error) {
			outcome = error instanceof Own ? "the caller's own error" : (error as Error).name;
			const isDocumented = error instanceof Own || DOCUMENTED.includes(outcome);
			assert.ok(isDocumented, `${name}: ${(error as Error).stack}`);
		}
		outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
		// Verifiers that nobody holds any more are dropped between the turns of the event loop.
		if (made % 200 === 0) await setImmediate();
		if (made === Math.ceil(calls / 10)) early = await held();
		if (made % 1000 === 0) checkSound();
	}
	checkSound();
	const late = await held();
	return {
		calls,
		outcomes,
		instances: memories.length - started,
		memory: [early[0], late[0]],
		heap: [early[1], late[1]],
	};
}

const trap = {
	kty: "EC",
	toJSON() {
		throw new Own();
	},
};

/** Calls in which an object of the caller's throws while it is read. */
export const dangerous: { readonly [name: string]: () => unknown } = {
	"a key that signs": () => library.sign({ body: BODY, key: any(trap) }),
	"a key": () => library.createVerifier({ keys: any(trap) }),
	"a key set": () => library.createVerifier({ sender: "plaid", keys: any({ keys: [trap] }) }),
	"a key set of explain": () => library.explain({ ...genuine, keys: any({ keys: [trap] }) }),
};

const noText = new Proxy({}, {});

/** Calls with what is no text, and what is said of it. */
export const refused: readonly (readonly [call: () => unknown, message: RegExp])[] = [
	[
		() => library.createTransport().admit(any({ headers: {}, peer: noText, secure: true })),
		/^peer: expected a string, got /,
	],
	[() => verifier.verify(any({ ...genuine, ip: noText })), /^ip: expected a string, got /],
	...["method", "url"].map((name) => {
		const keys = "secret";
		const made = library.createVerifier({ sender: "moonpay", keys });
		return [
			() => made.verify(any({ ...genuine, [name]: noText })),
			new RegExp(`^${name}: expected a string, got `),
		] as const;
	}),
];

/** A genuine callback is accepted, and a forged one is not. */
function checkSound(): void {
	assert.ok(verifier.safeVerify(genuine).ok);
	const forged = verifier.safeVerify({ ...genuine, body: `${BODY} ` });
	assert.equal(forged.ok || forged.code, "signature_mismatch");
}

async function held(): Promise<[number, number]> {
	for (let turn = 0; turn < 4; turn += 1) {
		globalThis.gc?.();
		await setImmediate();
	}
	const memory = memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
	return [memory, process.memoryUsage().heapUsed];
}
