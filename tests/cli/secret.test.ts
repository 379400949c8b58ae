import assert from "node:assert/strict";
import { test } from "node:test";
import { wallet } from "../package/package.ts";
import { cli } from "./cli.ts";

const { createVerifier, sign } = wallet;
const body = `{"type":"x","timestamp":"2026-01-01T00:00:00Z","data":{}}`;

test("a secret signs and verifies, and is another one each time", async () => {
	const [first, second] = [await cli(["secret"]), await cli(["secret"])];
	assert.notEqual(first.stdout, second.stdout);
	for (const { code, stdout, stderr } of [first, second]) {
		assert.deepEqual([code, stderr], [0, ""]);
		assert.match(stdout, /^whsec_[\w+/]{43}=\n$/);
		const key = stdout.trim();
		assert.ok(createVerifier({ keys: key }).verify(sign({ body, key })));
	}
});

test("a key pair belongs together", async () => {
	const { stdout } = await cli(["secret", "--ed25519"]);
	const [publicKey, privateKey] = stdout.split("\n");
	assert.ok(createVerifier({ keys: publicKey }).verify(sign({ body, key: privateKey })));
});

test("--json", async () => {
	assert.deepEqual(Object.keys(JSON.parse((await cli(["secret", "--json"])).stdout)), ["secret"]);
	const pair = JSON.parse((await cli(["secret", "--ed25519", "--json"])).stdout);
	assert.deepEqual(Object.keys(pair), ["publicKey", "privateKey"]);
});
