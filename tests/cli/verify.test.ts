/** From sign to verify and explain. */
import assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { BODY, FORMS, SECRET, type Signed } from "./callbacks.ts";
import { cli, cliAgain, folder, type Outcome } from "./cli.ts";

const place = folder();
const file = (name: string, content: string | Uint8Array) => {
	const path = join(place, name);
	writeFileSync(path, content);
	return path;
};
const body = file("body.json", BODY);
const env = { WALLET_CALLBACK_SECRET: SECRET };
const withSecret = (words: readonly string[], stdin?: string | Uint8Array): Promise<Outcome> =>
	stdin === undefined ? cliAgain(words, env) : cli(words, { env, stdin });

const { stdout: request } = await withSecret(["sign", body, "--id", "msg_1"]);
const signed: Signed = JSON.parse((await withSecret(["sign", "-", "--json"], BODY)).stdout);

test("sign writes a raw request, whose body is the file's bytes", () => {
	assert.match(request, /^POST \/callbacks HTTP\/1\.1\r\nhost: localhost:3000\r\n/);
	assert.match(request, new RegExp(`\r\ncontent-length: ${Buffer.byteLength(BODY)}\r\n`));
	assert.ok(request.endsWith(`\r\n\r\n${BODY}`));
	assert.equal(signed.body, BODY);
});

test("verify reads what sign writes", async () => {
	const { code, stdout, stderr } = await withSecret(["verify", "-"], request);
	assert.deepEqual([code, stderr], [0, ""]);
	assert.match(
		stdout,
		/^✓ verified {2}tp-wallet\n {2}id {9}msg_1\n {2}signed {5}\d{4}-.+\n {2}key {8}1\n\{/,
	);
});

for (const [form, write] of Object.entries(FORMS)) {
	test(`verify and explain read ${form}`, async () => {
		const given = write(signed);
		for (const words of [
			["verify", "-", "--json"],
			["explain", "-"],
		]) {
			const { code, stdout } = await withSecret(words, given);
			assert.equal(code, 0, stdout);
		}
		const changed = await withSecret([
			"explain",
			file("callback", write({ ...signed, body: BODY.replace("Zo", "zO") })),
		]);
		assert.equal(changed.code, 1);
		assert.match(
			changed.stdout,
			/^✗ refused {2}signature_mismatch[\s\S]+\n {2}signature does not match any key\n[\s\S]*\nkey_wrong {2}likely\n/,
		);
	});
}

test("verify reads a body with its headers", async () => {
	const headers = Object.entries(signed.headers).flatMap(([name, value]) => [
		"--header",
		`${name}: ${value}`,
	]);
	assert.equal((await withSecret(["verify", body, ...headers])).code, 0);
});

test("a line break behind a request with a length is an editor's", async () => {
	assert.equal((await withSecret(["verify", "-"], `${request}\n`)).code, 0);
	assert.equal((await withSecret(["verify", "-"], `${request}\n\n`)).code, 1);
});

test("a body that is not UTF-8 stays as it is", async () => {
	const bytes = file("bytes", Uint8Array.of(0x7b, 0x80, 0xff, 0x00, 0x0a, 0x7d));
	const sender = ["--sender", "github"];
	const raw = await withSecret(["sign", bytes, ...sender, "--json"]);
	assert.equal(raw.code, 2);
	assert.match(raw.stderr, /^error: --json: .*bytes is not UTF-8\n$/);
	const { execFileSync } = await import("node:child_process");
	const { BIN } = await import("./cli.ts");
	const options = { env: { ...process.env, ...env } };
	const sent = execFileSync(process.execPath, [BIN, "sign", bytes, ...sender], options);
	assert.equal((await withSecret(["verify", "-", ...sender], sent)).code, 0);
});

describe("every kind of sender", () => {
	for (const sender of ["stripe", "github", "coinbase-cdp", "nowpayments", "shopify", "paddle"]) {
		test(sender, async () => {
			const sent = await withSecret(["sign", body, "--sender", sender]);
			assert.equal(sent.code, 0, sent.stderr);
			const { code, stdout } = await withSecret(["verify", "-"], sent.stdout);
			assert.equal(code, 0, stdout);
			assert.match(stdout, new RegExp(`^✓ verified {2}${sender}\n`));
		});
	}

	test("one of your own, in a file", async () => {
		const descriptor = {
			name: "mine",
			algorithm: "hmac-sha256",
			headers: { signature: "x-mine" },
			signature: { encoding: "hex" },
			signed: "{body}",
		};
		const sender = ["--sender", file("mine.json", JSON.stringify(descriptor))];
		const sent = await withSecret(["sign", body, ...sender]);
		assert.match(sent.stdout, /\r\nx-mine: [\da-f]{64}\r\n/);
		assert.equal((await withSecret(["verify", "-", ...sender], sent.stdout)).code, 0);
	});
});

test("a callback of another time verifies at that time", async () => {
	const old = (await withSecret(["sign", body, "--timestamp", "1700000000"])).stdout;
	const now = await withSecret(["verify", "-"], old);
	assert.equal(now.code, 1);
	assert.match(now.stdout, /^✗ refused {2}timestamp_too_old {2}tp-wallet\n/);
	for (const at of ["1700000300", "2023-11-14T22:18:20Z"]) {
		assert.equal((await withSecret(["verify", "-", "--at", at], old)).code, 0, at);
	}
	const narrow = ["verify", "-", "--at", "1700000300", "--tolerance", "299"];
	assert.equal((await withSecret(narrow, old)).code, 1);
});

test("a record of listen is judged by the time in its name", async () => {
	const old = (await withSecret(["sign", body, "--timestamp", "1700000000"])).stdout;
	const recorded = file("2023-11-14T22-18-20.000Z-0001.http", old);
	const { code, stdout } = await withSecret(["verify", recorded]);
	assert.equal(code, 0);
	assert.match(stdout, /\(300 s before it arrived\)/);
	assert.equal((await withSecret(["explain", recorded])).code, 0);
	assert.equal((await withSecret(["verify", recorded, "--at", "1700000301"])).code, 1);
	for (const name of ["2023-11-14T22-18-20.000Z.http", "2023-13-14T22-18-20.000Z-0001.http"]) {
		assert.equal((await withSecret(["verify", file(name, old)])).code, 1, name);
	}
});

test("a member that is refused is named", async () => {
	const wrong = file(
		"wrong.json",
		'{"type":"user.registered","timestamp":"2026-01-01T00:00:00Z","data":{}}',
	);
	const signed = (await withSecret(["sign", wrong])).stdout;
	const { stdout } = await withSecret(["verify", "-"], signed);
	assert.match(
		stdout,
		/^✗ refused {2}malformed_payload.*\n {2}data\.\w+: expected .+, got nothing\n/,
	);
});

test("explain judges a log by the time that it names", async () => {
	const old = ["sign", body, "--timestamp", "1700000000", "--json"];
	const { headers, body: rawBody }: Signed = JSON.parse((await withSecret(old)).stdout);
	const explain = (line: object) =>
		withSecret(["explain", "-"], JSON.stringify({ headers, rawBody, ...line }));
	for (const time of [
		{ time: 1_700_000_299 },
		{ timestamp: 1_700_000_299_000 },
		{ "@timestamp": "2023-11-14T22:18:19Z" },
		{ ts: "2023-11-14T22:18:19Z" },
	]) {
		const { code, stdout } = await explain(time);
		assert.deepEqual([code, stdout], [0, "✓ verified  tp-wallet\n"], JSON.stringify(time));
	}
	for (const time of [{ time: 1_700_000_301 }, { time: "noon" }, {}]) {
		const { code, stdout } = await explain(time);
		assert.equal(code, 1);
		assert.match(stdout, /^✗ refused {2}timestamp_too_old/);
	}
});

test("explain says that a log that has parsed the body has lost its bytes", async () => {
	const line = JSON.stringify({ headers: signed.headers, body: JSON.parse(BODY) });
	const { code, stderr } = await withSecret(["explain", "-"], line);
	assert.equal(code, 0);
	assert.match(stderr, /^The log has the body as an object: its bytes are lost/);
	const spaced = { ...signed, body: JSON.stringify(JSON.parse(BODY), null, 2) };
	assert.equal((await withSecret(["explain", "-"], JSON.stringify(spaced))).code, 1);
});

test("the secret comes from files, of which each is tried", async () => {
	const [right, wrong] = [file("right", `${SECRET}\n`), file("wrong", `whsec_${"A".repeat(32)}`)];
	const both = ["verify", "-", "--secret-file", wrong, "--secret-file", right];
	const { code, stdout } = await cli(both, { stdin: request });
	assert.equal(code, 0, stdout);
	assert.match(stdout, /\n {2}key {8}2\n/);
	// Files come before the environment.
	const { code: refused } = await withSecret(["verify", "-", "--secret-file", wrong], request);
	assert.equal(refused, 1);
});

test("without a secret and a terminal, the message says how to give it", async () => {
	for (const words of [
		["sign", body],
		["verify", "-"],
		["explain", "-"],
	]) {
		const { code, stdout, stderr } = await cli(words, { stdin: request });
		assert.deepEqual([code, stdout], [2, ""]);
		assert.match(
			stderr,
			/^error: missing secret: set WALLET_CALLBACK_SECRET or pass --secret-file/,
		);
	}
});

describe("what cannot be read is refused with code 2, in a line, without the secret", () => {
	const cases: readonly (readonly [words: readonly string[], says: RegExp])[] = [
		[["verify"], /missing required argument 'file'/],
		[["verify", "nothing-here"], /^error: no file at nothing-here$/m],
		[["verify", body], /has no headers: expected a raw request/],
		[["verify", "-", "--header", "nonsense"], /--header: expected "name: value", got "nonsense"/],
		[["verify", "-", "--sender", "strip"], /unknown sender "strip" \(did you mean "stripe"/],
		[["verify", "-", "--sender", body], /sender/],
		[["verify", "-", "--sender", file("half.json", "{")], /half\.json: .*JSON/],
		[["verify", "-", "--at", "noon"], /^error: --at: expected a time such as .+, got "noon"$/m],
		[["verify", "-", "--tolerance", "0"], /--tolerance.*whole number from 1 to 86400/],
		[["verify", "-", "--secret-file", "nothing-here"], /^error: --secret-file: no file at nothing/],
		[["verify", "."], /\. is a folder: expected a file/],
		[["verify", "-", "--secret-file", "."], /\. is a folder: expected a file/],
		[["verify", "-", "--secret-file", file("empty", "\n")], /empty is empty: expected a secret/],
		[["explain", "-", "--sender", "strip"], /unknown sender "strip"/],
		[
			["sign", body, "--url", "localhost"],
			/^error: --url: expected a URL such as .+, got "localhost"$/m,
		],
		[["sign", body, "--url", "ftp://localhost"], /^error: --url: expected a URL such as /],
		[["sign", body, "--timestamp", "-1"], /--timestamp.*whole number/],
		[["sign", body, "--id", "a.b"], /^error: --id: expected/],
		[["sign", body, "--sender", "circle"], /public key/],
		[
			["sign", body, "--secret-file", "a", "--secret-file", "b"],
			/^error: --secret-file: no file at a$/m,
		],
		[["senders", "strip"], /unknown sender "strip" \(did you mean "stripe"\?\)/],
		[["schema", "deposit.confirmd"], /did you mean "deposit\.confirmed"\?/],
	];
	for (const [words, says] of cases) {
		test(words.join(" ").replaceAll(place, "…"), async () => {
			const { code, stdout, stderr } = await withSecret(
				words,
				words.includes("-") ? request : undefined,
			);
			assert.deepEqual([code, stdout], [2, ""]);
			assert.match(stderr, says);
			assert.match(stderr, /^error: .+\n(\(.+\)\n)*$/);
			assert.doesNotMatch(stderr, /AAECAwQF/);
		});
	}
});

test("a URL that no verifier takes is refused as an option", async () => {
	for (const given of [
		"https:shop.example",
		" https://shop.example/c",
		"https://shop.example/c b",
		"https://shop.example/#x",
		"ftp://shop.example/",
	]) {
		for (const [words, option] of [
			[["verify", body, "--url", given], "--url"],
			[["explain", body, "--url", given], "--url"],
			[["listen", "--url", given], "--url"],
			[["check", "http://127.0.0.1:1/", "--registered-url", given], "--registered-url"],
		] as const) {
			const { code, stderr } = await cliAgain(words, env);
			const says = `error: ${option}: expected the registered url, such as https://shop.example/callbacks, got ${JSON.stringify(given)}\n`;
			assert.deepEqual([code, stderr.slice(0, says.length)], [2, says]);
		}
	}
});

test("a GET counts by the URL that was called, and the registered one", async () => {
	const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
	const key = file("key.pem", publicKey.export({ format: "pem", type: "spki" }));
	const url = "https://shop.example/callbacks";
	const signature = createSign("sha256").update(`${url}?value=1`).sign(privateKey, "base64");
	const target = "/callbacks?value=1";
	const headers = { "x-ca-signature": signature };
	const pasted = [
		`GET ${target} HTTP/1.1\r\nhost: 10.0.0.7:8080\r\nx-ca-signature: ${signature}\r\n\r\n`,
		`curl 'https://shop.example${target}' -H 'x-ca-signature: ${signature}'`,
		// A log without the host.
		JSON.stringify({ req: { method: "GET", url: target, headers } }),
	];
	const options = ["--sender", "cryptapi", "--secret-file", key];
	for (const command of ["verify", "explain"]) {
		for (const text of pasted) {
			const words = [command, file("get.txt", text), ...options];
			assert.equal((await cliAgain([...words, "--url", url])).code, 0, command);
			assert.equal((await cliAgain([...words, "--url", `${url}/`])).code, 1, command);
			const { code, stderr } = await cliAgain(words);
			const says = "error: --url is required: cryptapi signs it\n";
			assert.deepEqual([code, stderr.slice(0, says.length)], [2, says], command);
		}
	}
});
