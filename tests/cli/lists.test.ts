/** What is known, without a secret: senders and schema. */
import assert from "node:assert/strict";
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { wallet } from "../package/package.ts";
import { BIN, cli } from "./cli.ts";

test("senders lists each with its algorithm", async () => {
	const { code, stdout } = await cli(["senders"]);
	assert.equal(code, 0);
	const lines = stdout.trimEnd().split("\n");
	assert.deepEqual(
		lines.map((line) => line.split(" ")[0]),
		wallet.senders().map(({ name }) => name),
	);
	const json = JSON.parse((await cli(["senders", "--json"])).stdout);
	assert.deepEqual(json, JSON.parse(JSON.stringify(wallet.senders())));
});

test("senders tells what is known of one", async () => {
	const { stdout } = await cli(["senders", "stripe"]);
	assert.match(stdout, /^stripe {2}Stripe\n {2}algorithm {9}HMAC-SHA256\n/);
	assert.match(stdout, /\n {2}signature proves {2}body, id, type, timestamp\n/);
	const { name } = JSON.parse((await cli(["senders", "stripe", "--json"])).stdout);
	assert.equal(name, "stripe");
});

test("schema prints what the package exports, or one type of it", async () => {
	const read = (name: string) =>
		JSON.parse(readFileSync(join(dirname(realpathSync(BIN)), "..", name), "utf8"));
	const events = read("schema.json");
	assert.deepEqual(JSON.parse((await cli(["schema"])).stdout), events);
	const descriptors = (await cli(["schema", "sender"])).stdout;
	assert.deepEqual(JSON.parse(descriptors), read("sender.schema.json"));
	const types = (await cli(["schema", "--list"])).stdout.trimEnd().split("\n");
	assert.equal(types.length, events.oneOf.length);
	for (const type of ["deposit.confirmed", "callback.verification"]) {
		const one = JSON.parse((await cli(["schema", type])).stdout);
		assert.equal(one.properties.type.const, type);
		assert.deepEqual(one.$defs, events.$defs);
	}
});
