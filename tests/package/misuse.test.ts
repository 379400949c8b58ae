/** What a program passes by mistake is refused with what to write instead. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, test } from "node:test";
import type { CallbackInput } from "wallet-callback";
import { wallet } from "./package.ts";

const key = wallet.generateSecret();
const { headers, body } = wallet.sign({
	body: '{"type":"test.event","timestamp":"2026-01-01T00:00:00Z","data":{}}',
	key,
});
const verifier = wallet.createVerifier({ keys: key });

describe("a callback", () => {
	const inputs: readonly (readonly [name: string, input: object, message: RegExp])[] = [
		["no body", { headers, body: undefined }, /got undefined: in Express, .+express\.raw/],
		["null as a body", { headers, body: null }, /got null: in Express/],
		["a number as a body", { headers, body: 1 }, /got a number$/],
		[
			"a promise of a body",
			{ headers, body: Promise.resolve(body) },
			/got a Promise: await it first$/,
		],
		[
			"a stream as a body",
			{ headers, body: new Response(body).body },
			/got a stream: use verifyRequest\(request\), or read it first$/,
		],
		["a parsed body", { headers, body: JSON.parse(body) }, /already parsed.+express\.raw.+Workers/],
		[
			"a promise of headers",
			{ headers: Promise.resolve(new Headers(headers)), body },
			/^expected the request's headers, got a Promise: await headers\(\) first$/,
		],
		[
			"a list of names and values",
			{ headers: ["a", "b"], body },
			/pass req\.headers, not req\.rawHeaders/,
		],
		[
			"a header of several values, one of them a number",
			{ headers: { ...headers, "webhook-id": ["a", 1] }, body },
			/^expected the header webhook-id as a string or an array of strings, got /,
		],
		[
			"a number as a header",
			{ headers: { ...headers, "webhook-timestamp": 1 }, body },
			/^expected the header webhook-timestamp as a string or an array of strings, got 1$/,
		],
	];
	for (const [name, input, message] of inputs) {
		test(name, () => {
			const verify = () => verifier.safeVerify(input as CallbackInput);
			assert.throws(verify, (error) => error instanceof TypeError && message.test(error.message));
		});
	}
});

test("a header without a value is not there", () => {
	const { "webhook-id": id, ...others } = headers;
	for (const nothing of [undefined, null, []]) {
		const given = (more: object) =>
			verifier.safeVerify({
				headers: { ...others, "webhook-id": nothing, ...more } as never,
				body,
			});
		const refused = given({});
		assert.ok(!refused.ok && refused.code === "missing_header" && refused.header === "webhook-id");
		assert.equal(given({ "Webhook-Id": id }).ok, true);
		assert.equal(given({ "Webhook-Id": [id] }).ok, true);
	}
});

describe("a request", () => {
	const request = () => new Request("https://shop.example/", { method: "POST", headers, body });

	test("of another kind", async () => {
		const cases: readonly (readonly [other: unknown, message: string])[] = [
			[undefined, "expected a Fetch request, as in verifyRequest(request)"],
			["request", "expected a Fetch request, as in verifyRequest(request)"],
			[
				{ headers, body },
				"expected a Fetch Request: pass headers and body to verify() where there is none",
			],
		];
		for (const [other, message] of cases) {
			const verified = verifier.safeVerifyRequest(other as Request);
			await assert.rejects(verified, { name: "TypeError", message });
		}
	});

	test("whose body has been read, or is being read", async () => {
		const [read, locked] = [request(), request()];
		await read.text();
		locked.body?.getReader();
		for (const used of [read, locked]) {
			await assert.rejects(verifier.safeVerifyRequest(used), {
				name: "TypeError",
				message: /^expected a request whose body is unread.+verify request\.clone\(\)$/,
			});
		}
		assert.equal((await verifier.safeVerifyRequest(request())).ok, true);
	});
});

test("a key whose id is no text, or that has a member more", () => {
	const cases: readonly (readonly [key: object, message: string])[] = [
		[{ key, id: 1 }, "keys[0].id: expected a string, got 1"],
		[{ key, id: null }, "keys[0].id: expected a string, got null"],
		[{ key, Id: "a" }, 'keys[0]: unknown member "Id" beside key (known: id, key)'],
	];
	for (const [given, message] of cases) {
		const create = () => wallet.createVerifier({ keys: given as { key: string } });
		assert.throws(create, { name: "ConfigError", code: "invalid_key", message });
	}
});

test("a hole in the list of keys is a key that is not there", () => {
	const holed = (length: number, keys: object) => Object.assign(new Array(length), keys);
	for (const keys of [holed(3, { 0: key, 2: key }), holed(2, {}), holed(2, { 1: key })]) {
		const create = () => wallet.createVerifier({ keys });
		const message = /^keys\[[01]\]: expected a key, got none/;
		assert.throws(create, { name: "ConfigError", code: "invalid_key", message });
	}
});

test("an option of which its toJSON makes nothing does not count as left out", () => {
	const nothing = { toJSON: () => undefined };
	for (const option of ["sender", "toleranceSeconds", "unsafeNumbers", "allowedIps"]) {
		const create = () => wallet.createVerifier({ keys: key, [option]: nothing });
		assert.throws(create, { name: "ConfigError", message: new RegExp(`^${option}: .+got null`) });
	}
});

test("text in any script is its bytes, however long", () => {
	const secret = "a secret of at least sixteen characters";
	const github = wallet.createVerifier({ keys: secret, sender: "github" });
	for (const length of [1, 1000, 5000, 30_000, 400_000]) {
		for (const letter of ["a", "é", "字", "😀"]) {
			const text = JSON.stringify({ text: letter.repeat(length / letter.length) });
			const mac = createHmac("sha256", secret).update(text).digest("hex");
			const signed = { "x-hub-signature-256": `sha256=${mac}`, "x-github-event": "ping" };
			for (const body of [text, Buffer.from(text)]) {
				const result = github.safeVerify({ headers: signed, body });
				const isSmall = Buffer.byteLength(text) <= 1_048_576;
				assert.equal(result.ok, isSmall, `${length} of ${letter}`);
			}
		}
	}
});

test("a URL that is not ASCII leaves the headers as they are, whatever came before", () => {
	for (const length of [3, 200, 7]) {
		const id = "i".repeat(length);
		const callback = wallet.sign({ body, key, id });
		assert.equal(verifier.verify(callback).id, id);
		const later = wallet.sign({ body, key, id: `${id}-later` });
		const url = "https://shop.example/é?字=😀";
		assert.equal(verifier.verify({ ...later, url, method: "POST" }).id, `${id}-later`);
		assert.equal(verifier.safeVerify({ ...later, url, headers: {} }).ok, false);
	}
});

test("a call without its options says what they are", () => {
	for (const [call, expected] of [
		[wallet.createVerifier, "options with keys, as in createVerifier({ keys: [secret] })"],
		[wallet.sign, "options, as in sign({ body, key })"],
		[wallet.explain, "a callback and its keys, as in explain({ headers, body, keys })"],
		[verifier.verify.bind(verifier), "a callback, as in verify({ headers, body })"],
	] as const) {
		for (const options of [undefined, null, "options"]) {
			const error = { name: "TypeError", message: `expected ${expected}` };
			assert.throws(() => (call as (options: unknown) => void)(options), error);
		}
	}
});

test("a verifier with a schema explains as one without", () => {
	const schema = {
		"~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
	} as const;
	const input = { headers, body: `${body} ` };
	const explained = wallet.createVerifier({ keys: key, schema }).explain?.(input);
	assert.equal(explained?.verdict.ok, false);
	assert.deepEqual(explained, verifier.explain?.(input));
});

test("calls at the end of the stack cost no later call", () => {
	const create = () => wallet.createVerifier({ keys: [key] });
	const deep = (call: () => unknown, frames: number): unknown =>
		frames === 0 ? call() : deep(call, frames - 1);
	const fits = (frames: number) => {
		try {
			deep(() => undefined, frames);
			return true;
		} catch {
			return false;
		}
	};
	let overflows = 0;
	for (let round = 0; round < 3; round++) {
		let [room, most] = [0, 60_000];
		while (room < most) {
			const middle = (room + most + 1) >> 1;
			if (fits(middle)) room = middle;
			else most = middle - 1;
		}
		for (let left = 0; left < 400; left += 4) {
			try {
				deep(create, room - left);
			} catch (error) {
				assert.ok(error instanceof RangeError || error instanceof wallet.CoreError, `${error}`);
				overflows += 1;
			}
		}
		assert.doesNotThrow(create);
	}
	assert.ok(overflows > 0);
});
