/** Options that make no sense are refused by name, when the receiver is made. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { wallet } from "../package/package.ts";
import { createReceiver, memoryStore, SECRET, storeWith } from "./receivers.ts";

const verifier = wallet.createVerifier({ keys: SECRET });

/** Asserts that options are refused, with a message that says which. */
function assertRefused(options: object, name: string, code = "invalid_option"): void {
	assert.throws(
		() => createReceiver({ keys: SECRET, store: memoryStore(), ...options }),
		(error) => {
			assert.ok(error instanceof wallet.ConfigError, `${error}`);
			assert.equal(error.code, code, error.message);
			assert.ok(error.message.includes(name), error.message);
			assert.ok(!error.message.includes(SECRET.slice(6)), error.message);
			return true;
		},
	);
}

const { take: _, ...incomplete } = storeWith({});
const NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, "5", null, {}, [5], 5n, true];

for (const [name, values] of Object.entries({
	store: [undefined, null, 5, "memory", {}, incomplete, memoryStore],
	on: [null, 5, true, "handlers", [() => {}], () => {}, { "deposit.confirmed": 5 }, { x: null }],
	onUnknown: [null, 5, {}, "handler"],
	onAny: [null, 5, {}, []],
	onDeadLetter: [null, 5, {}, true],
	leaseSeconds: [...NUMBERS, 86_401],
	retentionSeconds: [...NUMBERS, 601, 601.999, 10 * 365 * 86_400 + 1],
	name: [null, 5, {}, "", " ", "a b", "é", "a\n", "x".repeat(65), ["a"]],
	storeTimeoutSeconds: [...NUMBERS, 61],
	bodyTimeoutSeconds: [...NUMBERS, 3601],
	maxUnverifiedBodies: [...NUMBERS, 1.5, 1_000_001],
	acknowledge: [null, true, "", "after", "before_handling", {}],
	requireHttps: [null, "yes", "false", 0, 1, {}],
	trustedProxies: [null, "10.0.0.0/8", 5, ["10.0.0.1/8"], ["proxy.example"], [5], [null], {}],
	log: [null, 5, true, {}, () => {}, { info() {}, warn() {} }],
	explainRefusals: [null, "false", "yes", 0, 1, {}],
	logBodies: [null, "false", "yes", 0, 1, {}],
	meter: [null, 5, {}, { createCounter() {} }],
	maxAttempts: [...NUMBERS, 1.5],
	concurrency: [...NUMBERS, 1.5, 1001],
	toleranceSeconds: [0, -1, 1.5, 86_401, "300"],
	maxBodyBytes: [0, -1, 1.5, "1"],
	allowedIps: ["203.0.113.0/24", ["x"], 5],
} satisfies { [name: string]: unknown[] })) {
	for (const value of values) {
		const shown = typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
		test(`refused: ${name} = ${shown ?? String(value).slice(0, 20)}`, () => {
			assertRefused({ [name]: value }, name);
		});
	}
}

test("options at their bounds are taken", () => {
	for (const options of [
		{ leaseSeconds: 86_400 },
		{ leaseSeconds: 0.001 },
		{ retentionSeconds: 602 },
		{ retentionSeconds: 10 * 365 * 86_400 },
		{ retentionSeconds: 22, toleranceSeconds: 10 },
		{ name: "tenant-1" },
		{ name: "x".repeat(64) },
		{ storeTimeoutSeconds: 60 },
		{ bodyTimeoutSeconds: 3600 },
		{ maxUnverifiedBodies: 1 },
		{ maxUnverifiedBodies: 1_000_000 },
		{ maxAttempts: 1 },
		{ concurrency: 1 },
		{ concurrency: 1000 },
		{ trustedProxies: [] },
		{ requireHttps: undefined, log: undefined, meter: undefined, on: undefined, onAny: undefined },
		{ on: {} },
		{ on: { "deposit.confirmed": undefined } },
	]) {
		createReceiver({ keys: SECRET, store: memoryStore(), ...(options as object) });
	}
});

test("what is out of bounds is refused with them", () => {
	for (const [options, message] of [
		[{ leaseSeconds: 0 }, "leaseSeconds: expected above 0 to 86400, got 0"],
		[{ storeTimeoutSeconds: 61 }, "storeTimeoutSeconds: expected above 0 to 60, got 61"],
		[{ retentionSeconds: 601 }, "retentionSeconds: expected 602 to 315360000, got 601"],
		[{ concurrency: 1.5 }, "concurrency: expected a whole number from 1 to 1000, got 1.5"],
		[{ on: 5 as never }, "on: expected an object of handlers by type, got 5"],
	] as const) {
		const create = () => createReceiver({ keys: SECRET, store: memoryStore(), ...options });
		assert.throws(create, { code: "invalid_option", message });
	}
});

test("a retention below twice the tolerance and two seconds would let a callback be replayed", () => {
	assertRefused({ toleranceSeconds: 1000, retentionSeconds: 2001 }, "retentionSeconds");
	createReceiver({
		keys: SECRET,
		store: memoryStore(),
		toleranceSeconds: 1000,
		retentionSeconds: 2002,
	});
	// The default retention of seven days is enough for the longest tolerance.
	createReceiver({ keys: SECRET, store: memoryStore(), toleranceSeconds: 86_400 });
	const strict = wallet.createVerifier({ keys: SECRET, toleranceSeconds: 1000 });
	assert.throws(
		() => createReceiver({ verifier: strict, store: memoryStore(), retentionSeconds: 2001 }),
		{ code: "invalid_option", message: /retentionSeconds/ },
	);
});

test("an unknown option is refused", () => {
	for (const name of ["leaseSecond", "handlers", "onUnknow", "onDeadletter", "secret", "verifer"]) {
		assertRefused({ [name]: 5 }, name);
		assert.throws(
			() => createReceiver({ verifier, store: memoryStore(), [name]: 5 }),
			{ code: "invalid_option", message: new RegExp(name) },
			"beside a verifier",
		);
	}
});

test("a misspelt option is refused with the nearest", () => {
	for (const [name, meant] of [
		["onAnny", "onAny"],
		["concurency", "concurrency"],
		["leaseSecond", "leaseSeconds"],
		["onDeadletter", "onDeadLetter"],
		["verifer", "verifier"],
		["key", "keys"],
		["secret", "keys"],
		["signingSecret", "keys"],
		["webhookSecret", "keys"],
		["tolerance", "toleranceSeconds"],
		["sneder", "sender"],
	]) {
		const message = `unknown option "${name}" (did you mean "${meant}"?)`;
		for (const verifying of [{ keys: SECRET }, { verifier }]) {
			const options = { ...verifying, store: memoryStore(), [name as string]: 5 };
			assert.throws(() => createReceiver(options as never), { code: "invalid_option", message });
		}
	}
	// One that is like none is told all there are.
	for (const name of ["findsKeys", "", "é"]) {
		assert.throws(
			() => createReceiver({ keys: SECRET, store: memoryStore(), [name]: 5 }),
			(error) => {
				assert.ok(error instanceof wallet.ConfigError, `${error}`);
				const [said, known = ""] = error.message.split(" (known: ");
				assert.equal(said, `unknown option "${name}"`);
				for (const option of ["verifier", "keys", "clientId", "store", "respond", "meter"]) {
					assert.ok(known.split(/[, )]+/).includes(option), option);
				}
				assert.ok(!known.includes("findsKeys"));
				return true;
			},
		);
	}
});

test("what a verifier tells the core of its keys is no option", () => {
	for (const keys of [SECRET, () => SECRET]) {
		for (const findsKeys of ["x", true]) {
			assert.throws(() => wallet.createVerifier({ keys, findsKeys } as never), {
				code: "invalid_option",
				message: /^unknown option "findsKeys" \(known: (?!.*findsKeys)/,
			});
		}
	}
});

test("a verifier's options beside a verifier are refused", () => {
	for (const rest of [
		{ keys: SECRET },
		{ toleranceSeconds: 10 },
		{ sender: "svix" },
		{ allowedIps: [] },
		{ now: Date.now },
	]) {
		const [name = ""] = Object.keys(rest);
		assert.throws(() => createReceiver({ verifier, store: memoryStore(), ...rest } as never), {
			code: "invalid_option",
			message: new RegExp(name),
		});
	}
});

test("keys are checked at once, wherever they stand", () => {
	assertRefused({ keys: "whsec_short" }, "keys", "invalid_key");
	assertRefused({ keys: undefined }, "keys", "invalid_key");
	assertRefused({ keys: Array(17).fill(SECRET) }, "keys", "too_many_keys");
	const store = memoryStore();
	for (const bad of ["", "secret", " ", "whsec_AAAA"]) {
		assert.throws(() => createReceiver({ keys: bad, store }), { code: "invalid_key" });
		assert.throws(() => createReceiver({ verifier: { keys: bad }, store }), {
			code: "invalid_key",
		});
	}
	const sender = "nobody" as never;
	assert.throws(() => createReceiver({ keys: SECRET, sender, store }), { code: "unknown_sender" });
});

test("what is no options at all", () => {
	for (const options of [undefined, null, 5, "whsec_", true]) {
		assert.throws(() => createReceiver(options as never), TypeError);
	}
	for (const bad of [undefined, null, 5, "x", {}, { verify: 5 }, wallet.createVerifier]) {
		const options = { verifier: bad, store: memoryStore() };
		assert.throws(() => createReceiver(options as never), {
			code: "invalid_option",
			message:
				/^verifier: expected what createVerifier\(\) returns, or its options with keys, got /,
		});
	}
});

test("createTransport refuses the same", () => {
	for (const options of [
		{ requireHttps: "yes" },
		{ trustedProxies: ["x"] },
		{ trustProxies: [] },
	]) {
		assert.throws(() => wallet.createTransport(options as never), { code: "invalid_option" });
	}
});

test("a call without an argument says what to pass", async () => {
	const transport = wallet.createTransport();
	for (const [call, expected] of [
		[transport.admit, "admit({ headers, peer, secure })"],
		[() => wallet.createTransport(null as never), "createTransport({ trustedProxies })"],
		[verifier.verify.bind(verifier), "verify({ headers, body })"],
		[verifier.answerVerification.bind(verifier), "answerVerification("],
	] as const) {
		assert.throws(
			() => (call as () => void)(),
			(error) => error instanceof TypeError && error.message.includes(`, as in ${expected}`),
			expected,
		);
	}
	const finding = wallet.createVerifier({ sender: "circle", keys: () => undefined });
	for (const name of ["verifyAsync", "safeVerifyAsync"] as const) {
		const message = "expected a callback, as in verifyAsync({ headers, body })";
		await assert.rejects(finding[name](undefined as never), { name: "TypeError", message });
	}
	for (const name of ["verifyRequest", "safeVerifyRequest"] as const) {
		const message = "expected a Fetch request, as in verifyRequest(request)";
		await assert.rejects(verifier[name](undefined as never), { name: "TypeError", message });
	}
});

test("options are read once", async () => {
	const options = { keys: SECRET, store: memoryStore(), trustedProxies: ["10.0.0.0/8"] };
	const receiver = createReceiver(options);
	options.trustedProxies.push("x");
	const { status } = await receiver(new Request("https://a.example/", { method: "POST" }));
	assert.equal(status, 400);
});
