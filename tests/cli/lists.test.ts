/** What is known, without a secret: senders and schema. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { wallet } from "../package/package.ts";
import { BIN, cli, cliAgain } from "./cli.ts";

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

test("senders says of a GET that is signed otherwise what it proves, and first what is verified", async () => {
	const byGet = wallet.senders().filter(({ deliversByGet }) => deliversByGet);
	assert.deepEqual(
		byGet.map(({ name, signsOnGet, postRequires }) => [name, signsOnGet?.url, postRequires]),
		[
			["moonpay", true, undefined],
			["cryptapi", true, ["dangerouslyAllowUnsignedUrl"]],
		],
	);
	const shown = async (name: string) => {
		const { stdout } = await cliAgain(["senders", name]);
		return stdout
			.split("\n")
			.filter((line) => /^ {2}(verified|a GET|a POST|s\w+ proves) /.test(line));
	};
	assert.deepEqual(await shown("cryptapi"), [
		"  verified          GET; a POST is refused unless dangerouslyAllowUnsignedUrl is set",
		"  a GET proves      query, url",
		"  a POST proves     body",
	]);
	assert.deepEqual(await shown("moonpay"), [
		"  verified          POST, GET",
		"  a POST proves     body, type, timestamp",
		"  a GET proves      query, type, timestamp, url",
	]);
	for (const { name, signsOnGet, postRequires, deliversByGet } of wallet.senders()) {
		assert.equal(signsOnGet !== undefined, deliversByGet, name);
		if (!deliversByGet) assert.equal(postRequires, undefined, name);
	}
});

test("what senders says of a POST holds: without the option it is refused", () => {
	for (const { name, postRequires = [] } of wallet.senders()) {
		if (postRequires.length === 0) continue;
		const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
		const options = {
			sender: name,
			keys: publicKey.export({ type: "spki", format: "pem" }) as string,
			url: "https://shop.example/callbacks",
		};
		const { headers = [] } = wallet.senders().find((one) => one.name === name) ?? {};
		const signature = Buffer.alloc(256).toString("base64");
		const input = {
			method: "POST",
			body: "{}",
			headers: Object.fromEntries(headers.map((header) => [header, signature])),
		};
		const codeWith = (more: object) => {
			const result = wallet.createVerifier({ ...options, ...more }).safeVerify(input);
			return result.ok ? undefined : result.code;
		};
		const allowed = codeWith(Object.fromEntries(postRequires.map((option) => [option, true])));
		assert.notEqual(codeWith({}), allowed);
		assert.equal(allowed, "signature_mismatch");
	}
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
