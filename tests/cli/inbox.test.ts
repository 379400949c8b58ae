/** What waits or was given up in an SQLite file, seen and changed by the command. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { cli, cliAgain, folder } from "./cli.ts";
import { installed } from "./receivers.ts";
import { fill, giveUp, statusOf } from "./stores.ts";

const { sqliteStore }: typeof import("wallet-callback/stores/sqlite") = installed(
	"wallet-callback/stores/sqlite",
);
const BetterSqlite3 = createRequire(import.meta.url)("better-sqlite3");

/** A file with callbacks in it, and its store. */
async function filled() {
	const file = join(folder(), "callbacks.db");
	const store = sqliteStore(new BetterSqlite3(file));
	await fill(store);
	return { file, store, url: `sqlite:${file}` };
}

test("list shows what waits, what is leased and what was given up", async () => {
	const { url } = await filled();
	const { code, stdout, stderr } = await cli(["inbox", "list", "--store", url]);
	assert.deepEqual([code, stderr], [0, ""]);
	const time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";
	const lines = [
		"waiting  msg_waiting  tp-wallet  0 tries  due now",
		`leased   msg_leased  tp-wallet  1 try  until ${time}`,
		`dead     msg_delivered  stripe:eu  1 try  ${time}  no error was kept`,
		`dead     msg_dead  tp-wallet  deposit\\.confirmed  1 try  ${time}  out of \\\\u001b\\[31mfunds\\\\u202e`,
		"1 waiting, 1 leased, 2 dead",
	];
	for (const line of lines) assert.match(stdout, new RegExp(`^${line}$`, "m"));
	assert.equal(stdout.split("\n").length, lines.length + 1);
	// From the environment, where a password is nobody else's to see.
	const env = { WALLET_CALLBACK_STORE: url };
	const own = await cli(["inbox", "list", "--dead", "--receiver", "stripe:eu"], { env });
	assert.match(own.stdout, /^dead {5}msg_delivered .+\n1 dead\n$/);
	const cut = await cli(["inbox", "list", "--limit", "1"], { env });
	assert.match(
		cut.stdout,
		/^(.+\n){2}1 waiting, 0 leased, 1 dead, and more \(--limit\)\n$|^(.+\n){2}0 waiting, 1 leased/,
	);
	const json = JSON.parse((await cli(["inbox", "list", "--dead", "--json"], { env })).stdout);
	assert.deepEqual(
		json.map(({ id, status, attempts, hasPayload }: { [name: string]: unknown }) => [
			...[id, status, attempts, hasPayload],
		]),
		[
			["msg_delivered", "dead", 1, false],
			["msg_dead", "dead", 1, true],
		],
	);
});

test("show tells all that is known, with the event", async () => {
	const { url } = await filled();
	const { code, stdout, stderr } = await cli(["inbox", "show", "msg_dead", "--store", url]);
	assert.deepEqual([code, stderr], [0, ""]);
	assert.match(
		stdout,
		/^dead {5}msg_dead\n {2}receiver {3}tp-wallet\n {2}type {7}deposit\.confirmed\n/,
	);
	assert.match(stdout, /\n {2}attempts {3}1\n {2}first {6}\d{4}.+Z\n {2}given up {3}\d{4}.+Z\n/);
	assert.match(stdout, /\n {2}payload {4}kept\n\{\n {2}"type": "deposit\.confirmed",\n/);
	assert.match(stdout, /"memo": "\\u009b31m\\u202egnirts",\n {4}"nonce": "12"/);
	const words = ["inbox", "show", "msg_delivered", "msg_dead", "--store", url, "--json"];
	const [other, own] = (await cli(words)).stdout
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	assert.deepEqual([other.id, other.event, other.hasPayload], ["msg_delivered", undefined, false]);
	assert.deepEqual([own.id, own.event.data.memo], ["msg_dead", "\u009b31m\u202egnirts"]);
});

test("what no receiver put into the inbox is shown and dropped", async () => {
	const { url, store } = await filled();
	const payloads = ["no JSON", "null", "{}"];
	for (const [index, payload] of payloads.entries()) {
		await store.enqueue(`odd_${index}`, "a1".repeat(32), payload, 600_000, "tp-wallet");
	}
	const ids = payloads.map((_, index) => `odd_${index}`);
	const { code, stdout, stderr } = await cli(["inbox", "show", ...ids, "--store", url]);
	assert.deepEqual([code, stderr], [0, ""]);
	assert.equal(stdout.match(/\nthe payload is not one of this package's$/gm)?.length, 3);
	// Twice the same one is one.
	const words = ["inbox", "drop", ...ids, ...ids, "--yes", "--json", "--store", url];
	const dropped = await cli(words);
	assert.equal(dropped.code, 0);
	assert.equal(dropped.stdout.match(/"done":true/g)?.length, 3);
});

test("retry and drop change nothing without --yes, and with it what they say", async () => {
	const { url, store } = await filled();
	const run = (...words: string[]) => cli(["inbox", ...words, "--store", url]);
	for (const action of ["retry", "drop"]) {
		const { code, stdout, stderr } = await run(action, "msg_dead");
		assert.deepEqual([code, stdout], [2, ""]);
		assert.match(stderr, /expected --yes, since there is no terminal to ask at/);
	}
	assert.equal((await store.inbox.get("msg_dead", "tp-wallet"))?.status, "dead");

	const retried = await run("retry", "msg_dead", "msg_delivered", "--yes");
	assert.deepEqual([retried.code, retried.stderr], [0, ""]);
	assert.equal(
		retried.stdout,
		"✓ msg_dead  it is back in the inbox, due now, and its attempts begin anew\n" +
			"✓ msg_delivered  its next delivery is handled: have its sender send it once more\n",
	);
	assert.equal((await store.take(60_000, "tp-wallet"))?.claim.id, "msg_dead");
	assert.equal(await statusOf(store, "msg_delivered", "stripe:eu"), "claimed");

	const leased = await run("drop", "msg_leased", "--yes");
	assert.equal(leased.code, 1);
	assert.equal(leased.stdout, "✗ msg_leased  not changed: somebody handles it, or has done so\n");
	await giveUp(store, "msg_7", "stripe:eu");
	const dropped = await run("drop", "msg_waiting", "msg_7", "--yes", "--json");
	assert.equal(dropped.code, 0);
	assert.deepEqual(
		dropped.stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line)),
		[
			{ id: "msg_waiting", receiver: "tp-wallet", action: "drop", done: true },
			{ id: "msg_7", receiver: "stripe:eu", action: "drop", done: true },
		],
	);
	assert.equal(await store.take(1000, "tp-wallet"), undefined);
	assert.equal(await statusOf(store, "msg_7", "stripe:eu"), "done");
});

test("an id of several receivers needs the receiver, and an unknown one is code 1", async () => {
	const { url, store } = await filled();
	await giveUp(store, "msg_dead", "stripe:eu");
	const run = (...words: string[]) => cli(["inbox", ...words, "--store", url]);
	const both = await run("show", "msg_dead");
	assert.equal(both.code, 2);
	assert.match(
		both.stderr,
		/of several receivers: pass --receiver with one of stripe:eu, tp-wallet/,
	);
	assert.equal((await run("drop", "msg_dead", "--receiver", "stripe:eu", "--yes")).code, 0);
	assert.equal((await store.inbox.get("msg_dead", "tp-wallet"))?.status, "dead");
	for (const words of [["msg_none"], ["msg_dead", "--receiver", "stripe:eu"]]) {
		const { code, stderr } = await run("show", ...words);
		assert.equal(code, 1);
		assert.match(stderr, /^error: msg_\w+ neither waits in the inbox nor was given up/);
	}
});

test("what is missing or wrong is refused with code 2, and nothing is made", async () => {
	const dir = folder();
	const empty = join(dir, "empty.db");
	new BetterSqlite3(empty).close();
	const text = join(dir, "text.db");
	writeFileSync(text, "no database ".repeat(100));
	const secret = "hunter2hunter2";
	for (const [words, says, expected = 2] of [
		[["list"], /missing --store \(or WALLET_CALLBACK_STORE\)/],
		[["lst", "--store", `sqlite:${empty}`], /unknown action "lst" \(did you mean "list"\?\)/],
		[["list", "msg_1", "--store", `sqlite:${empty}`], /list: expected no ids/],
		[["retry", "--store", `sqlite:${empty}`], /retry: missing an id/],
		[["list", "--store", "sqlite:none.db"], /^error: --store: no file at none\.db\n$/],
		[["list", "--store", `sqlite:${dir}`], /^error: --store: \S+ is a folder: expected a file\n$/],
		[["list", "--store", `sqlite:${empty}`], /there is no table wallet_callback/],
		[["list", "--store", `sqlite:${empty}`, "--table", "x"], /there is no table x/],
		[["list", "--store", `sqlite:${empty}`, "--prefix", "x"], /--prefix: not for this store/],
		[["list", "--store", `sqlite:${text}`], /file is not a database/, 3],
		[["list", "--store", `mysql://me:${secret}@host/`], /expected sqlite:FILE, redis:/],
		[["list", "--store", `//me:${secret}@host/`], /expected sqlite:FILE, redis:/],
		[["list", "--store", `redis://me:${secret}@[`], /not a valid URL/],
		[[`redis://me:${secret}@host/`], /unknown action "redis:\/\/…@host\/"/],
		[
			["list", "--store", "redis://127.0.0.1:1", "--prefix", "{a}"],
			/expected a prefix without braces/,
		],
		[["list", "--limit", "0", "--store", `sqlite:${empty}`], /whole number from 1 to 10000/],
	] as const) {
		const { code, stdout, stderr } = await cliAgain(["inbox", ...words]);
		assert.deepEqual([code, stdout], [expected, ""], `${words.join(" ")}: ${stderr}`);
		assert.match(stderr, says);
		assert.doesNotMatch(stderr, /hunter2/);
	}
	assert.equal(existsSync("none.db"), false);
	const tables = new BetterSqlite3(empty).prepare("SELECT name FROM sqlite_master").all();
	assert.deepEqual([tables, readdirSync(dir).sort()], [[], ["empty.db", "text.db"]]);
});

test("a driver that is not installed is named", async () => {
	const cwd = folder();
	for (const [url, says] of [
		[
			"redis://me:hunter2@127.0.0.1:1",
			/^error: redis or ioredis is not installed here: npm install redis,/,
		],
		["postgres://me:hunter2@127.0.0.1:1/x", /^error: pg is not installed here: npm install pg,/],
	] as const) {
		const { code, stdout, stderr } = await cli(["inbox", "list", "--store", url], { cwd });
		assert.deepEqual([code, stdout], [2, ""]);
		assert.match(stderr, says);
		assert.doesNotMatch(stderr, /hunter2/);
	}
});
