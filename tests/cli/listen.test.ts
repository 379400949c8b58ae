/** What arrives at listen. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "../ports.ts";
import { SECRET } from "./callbacks.ts";
import { cli, folder } from "./cli.ts";
import { keeper, listening } from "./server.ts";

const env = { WALLET_CALLBACK_SECRET: SECRET };
const OTHER = "whsec_Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
const send = (url: string, ...words: readonly string[]) =>
	cli(["send", "deposit.confirmed", "--url", url, ...words], { env });

test("a line for each: verdict, type, amount, chain, id, answer and latency", async () => {
	const { url, printed, end } = await listening([], { env }, await freePort());
	const { code, stdout } = await send(url, "--amount", "12.5", "--id", "msg_1");
	assert.equal(code, 0);
	assert.match(stdout, /← 200 \{"code":0\} in /);
	await printed(
		/^\d\d:\d\d:\d\d\.\d{3} {2}✓ verified {2}deposit\.confirmed {2}12\.5 \w+ {2}eip155:1 {2}msg_1 {2}200 in \d+ ms$/m,
	);
	const [ending, output] = await end();
	assert.equal(ending, 0);
	assert.match(output, /\n1 verified, 1 refused\n$/);
	assert.doesNotMatch(output, /AAECAwQF/);
});

test("for one that does not verify, what explain has found", async () => {
	const wrong = { env: { WALLET_CALLBACK_SECRET: OTHER } };
	const { url, printed } = await listening([], wrong, await freePort());
	const { code, stdout } = await send(url);
	assert.equal(code, 1);
	assert.match(stdout, /← 401 \{"code":401,"error":"signature_mismatch"\} in /);
	const output = await printed(/key_wrong likely: .+\n {6}fix: /);
	assert.match(output, /✗ refused {2}signature_mismatch {2}signature does not match any key/);
});

test("a handshake is answered with its proof", async () => {
	const { url } = await listening([], { env }, await freePort());
	const { stdout } = await cli(["send", "callback.verification", "--url", url], { env });
	assert.match(stdout, /← 200 \{"code":0,"challenge":"\S+","signature":"v1,\S+ in /);
});

test("what arrives is sent on with its bytes, and the answer comes back", async () => {
	const target = await keeper(202);
	const words = ["--forward", `${target.url}?via=cli`, "--verbose"];
	const { url, printed } = await listening(words, { env }, await freePort());
	target.got.length = 0;
	const { stdout } = await send(url);
	assert.match(stdout, /← 202 kept in /);
	await printed(/✓ verified[\s\S]+202 in \d+ ms\n {4}Host: [\s\S]+\n {6}"type": "deposit/);
	const [got] = target.got;
	assert.ok(got);
	assert.equal(got.path, "/callbacks?via=cli");
	const { headers, body } = got;
	const lines = Object.entries(headers).flatMap(([name, value]) => [
		"--header",
		`${name}: ${value}`,
	]);
	assert.equal((await cli(["verify", "-", ...lines], { env, stdin: body })).code, 0);
});

test("a query is sent on whole, and a long answer comes back whole", async () => {
	const long = "x".repeat(200_000);
	const target = await keeper(200, long);
	const { url } = await listening(["--forward", target.url], { env }, await freePort());
	target.got.length = 0;
	const answer = await fetch(`${url}?to=https://shop.example/?a=1?b`, { method: "POST" });
	assert.equal(await answer.text(), long);
	assert.deepEqual(
		target.got.map(({ path }) => path),
		["/callbacks?to=https://shop.example/?a=1?b"],
	);
});

test("a body that is too long to be kept whole is refused, not sent on in part", async () => {
	const target = await keeper();
	const { url, printed } = await listening(["--forward", target.url], { env }, await freePort());
	target.got.length = 0;
	const body = new Uint8Array(16 * 1024 * 1024 + 1);
	assert.equal((await fetch(url, { method: "POST", body })).status, 413);
	await printed(/✗ refused {2}body_too_large .+ 413 in /);
	assert.deepEqual(target.got, []);
});

test("if nobody is there, the answer is 502", async () => {
	const gone = ["--forward", `http://127.0.0.1:${await freePort()}/`];
	const { url } = await listening(gone, { env }, await freePort());
	assert.match((await send(url)).stdout, /← 502 \{"code":502,"error":"unreachable"\} in /);
});

test("a record is read by verify, explain and send --resend", async () => {
	const place = folder();
	const words = ["--record", place, "--json"];
	const { url, printed, end } = await listening(words, { env }, await freePort());
	await send(url, "--id", "msg_kept");
	const output = await printed(/"ok":true/);
	const line = JSON.parse(output);
	assert.deepEqual([line.type, line.chain, line.id], ["deposit.confirmed", "eip155:1", "msg_kept"]);
	const [last = ""] = readdirSync(place).sort().reverse();
	const file = join(place, last);
	assert.equal((await cli(["verify", file], { env })).code, 0);
	assert.equal((await cli(["explain", file], { env })).code, 0);
	assert.equal((await cli(["send", "--resend", file, "--url", url], { env })).code, 0);
	const [code, all] = await end();
	assert.equal(code, 0);
	assert.equal(all.match(/"id":"msg_kept"/g)?.length, 2);
});

test("what cannot listen is refused with code 2", async () => {
	const { url } = await keeper();
	const { port } = new URL(url);
	for (const [words, says] of [
		[["--port", port], new RegExp(`^error: port ${port} is in use: choose another with --port\n$`)],
		[["--host", "192.0.2.1"], /^error: --host: 192\.0\.2\.1 is no address of this machine\n$/],
		[["--port", "65536"], /--port.*whole number/],
		[["--sender", "strip"], /did you mean "stripe"/],
		[["--forward", "x"], /^error: --forward: expected a URL such as http:\S+, got "x"$/m],
		[["--url", "x"], /^error: --url: expected the registered url, such as http\S+, got "x"$/m],
		[["--tolerance", "0"], /--tolerance.*whole number/],
		[["--sender", "coinpayments"], /^error: --url is required: coinpayments signs it\n$/],
		[
			["--port", "0", "--record", import.meta.filename],
			/^error: --record: \S+listen\.test\.ts is a file: expected a folder\n$/,
		],
	] as const) {
		const { code, stdout, stderr } = await cli(["listen", ...words], { env });
		assert.deepEqual([code, stdout], [2, ""], stderr);
		assert.match(stderr, says);
	}
});
