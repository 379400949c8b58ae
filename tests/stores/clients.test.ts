/** What the stores for servers make of a client's answers: those that a healthy server rarely gives, too. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import type { Claim, PgClient } from "wallet-callback/stores/postgres";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const fromPackage = createRequire(join(CONSUMER, "package.json"));
const { postgresStore }: typeof import("wallet-callback/stores/postgres") = fromPackage(
	"wallet-callback/stores/postgres",
);
const { redisStore }: typeof import("wallet-callback/stores/redis") = fromPackage(
	"wallet-callback/stores/redis",
);

const HASH = "a1".repeat(32);
const CLAIM: Claim = { id: "msg_1", receiver: "shop", token: "token", attempt: 1 };

describe("PostgreSQL", () => {
	/** A store whose server gives these answers: rows, or an error. */
	function answering(...answers: readonly (readonly object[] | Error)[]) {
		const left = [...answers];
		const sent: (readonly unknown[])[] = [];
		const client = {
			query: async (_: string, values: readonly unknown[] = []) => {
				sent.push(values);
				const answer = left.shift() ?? assert.fail("a statement too many");
				if (answer instanceof Error) throw answer;
				return { rows: answer };
			},
		};
		return { store: postgresStore(client as unknown as PgClient), sent, left };
	}
	const locked = () => Object.assign(new Error("canceling statement"), { code: "55P03" });
	const down = () => Object.assign(new Error("terminating connection"), { code: "57P01" });

	test("a row that somebody else's transaction holds is busy", async () => {
		const busy = { status: "busy", retryAfterMs: 1 };
		assert.deepEqual(await answering(locked()).store.claim("a", HASH, 1, 1), busy);
		assert.deepEqual(await answering(locked()).store.enqueue("a", HASH, "", 1), busy);
		assert.equal(await answering(locked()).store.inbox.retry("a", "shop"), false);
		assert.equal(await answering(locked()).store.inbox.drop("a", "shop"), false);
	});

	test("another error is the caller's", async () => {
		const error = { message: "terminating connection" };
		await assert.rejects(answering(down()).store.claim("a", HASH, 1, 1), error);
		await assert.rejects(answering(down()).store.inbox.retry("a", "shop"), error);
		await assert.rejects(answering(down()).store.inbox.drop("a", "shop"), error);
		await assert.rejects(answering(locked()).store.complete(CLAIM), { code: "55P03" });
	});

	test("a row that has changed since the statement began is asked for again", async () => {
		const none = { attempt: null, status: null, rest: null };
		const { store, sent, left } = answering([], [none], [{ ...none, status: "conflict" }]);
		assert.deepEqual(await store.claim("a", HASH, 1, 1), { status: "conflict" });
		assert.equal(left.length, 0);
		assert.deepEqual(sent[2], sent[0]);
	});

	test("a claim has the id, the receiver and the attempt, also if the client gives text", async () => {
		const { store, sent } = answering([{ attempt: "3", status: null, rest: null }]);
		const outcome = await store.claim("a", HASH, 20, 30, "shop");
		assert.ok(outcome.status === "claimed");
		const { token } = outcome.claim;
		assert.deepEqual(outcome.claim, { id: "a", receiver: "shop", token, attempt: 3 });
		assert.deepEqual(sent, [["a", "shop", HASH, 30, token, 20]]);
	});

	test("the wait of a busy id is whole and not over", async () => {
		for (const [rest, retryAfterMs] of [
			["0.2", 1],
			[-5, 1],
			["1500.4", 1501],
		]) {
			const { store } = answering([{ attempt: null, status: "busy", rest }]);
			assert.deepEqual(await store.claim("a", HASH, 1, 1), { status: "busy", retryAfterMs });
		}
	});

	test("what changes a row says whether there was one", async () => {
		for (const [rows, expected] of [
			[[], false],
			[[{}], true],
		] as const) {
			assert.equal(await answering(rows).store.complete(CLAIM), expected);
			assert.equal(await answering(rows).store.release(CLAIM, 5), expected);
			const { inbox } = answering(rows, rows, rows).store;
			assert.equal(await inbox.bury(CLAIM, { type: "a", error: "b" } as never), expected);
			assert.equal(await inbox.retry("a", ""), expected);
			assert.equal(await inbox.drop("a", ""), expected);
		}
	});

	test("items have what the row has", async () => {
		const row = { id: "a", receiver: "shop", attempt: "2", age: "7.5", rest: "9", letter: null };
		const waiting = { ...row, status: "waiting", entry: true, payload: '"text"' };
		const dead = {
			...row,
			status: "dead",
			age: null,
			rest: -1,
			letter: '{"type":"t"}',
			entry: false,
		};
		const item = { id: "a", receiver: "shop", attempt: 2, ageMs: 7.5, isEntry: true };
		const { inbox } = answering([waiting], [{ ...dead, payload: null }], [], [dead]).store;
		assert.deepEqual(await inbox.get("a", "shop"), {
			...item,
			status: "waiting",
			dueMs: 9,
			payload: "text",
		});
		const buried = { ...item, ageMs: undefined, isEntry: false, status: "dead", deadMs: 0 };
		assert.deepEqual(await inbox.get("a", "shop"), { ...buried, letter: { type: "t" } });
		assert.equal(await inbox.get("b", "shop"), undefined);
		assert.deepEqual(await inbox.list("dead", 5), [{ ...buried, letter: { type: "t" } }]);
	});

	test("what is taken has the receiver that took it, and nothing is nothing", async () => {
		const { store } = answering([{ id: "a", attempt: "1", payload: '"text"' }], []);
		const taken = await store.take(20, "shop");
		assert.equal(taken?.payload, "text");
		const token = taken?.claim.token;
		assert.deepEqual(taken?.claim, { id: "a", receiver: "shop", token, attempt: 1 });
		assert.equal(await store.take(20, "shop"), undefined);
	});
});

describe("Redis", () => {
	type Answer = unknown;

	/** A store whose server gives these answers to scripts by digest, and to those by text. */
	function answering(byDigest: Answer, byText?: Answer) {
		const sent: (readonly [how: string, keys: string[], values: string[]])[] = [];
		const send = (how: string, answer: Answer) => {
			return async (_: string, given: { keys: string[]; arguments: string[] }) => {
				sent.push([how, given.keys, given.arguments]);
				if (answer instanceof Error) throw answer;
				return answer;
			};
		};
		const client = { evalSha: send("digest", byDigest), eval: send("text", byText) };
		return { store: redisStore(client as never), sent };
	}

	test("a script that the server does not know is sent as text", async () => {
		for (const said of ["NOSCRIPT No matching script.", "Command failed: NOSCRIPT"]) {
			const { store, sent } = answering(new Error(said), 1);
			assert.equal(await store.complete(CLAIM), true);
			assert.deepEqual(
				sent.map(([how]) => how),
				["digest", "text"],
			);
			assert.deepEqual(sent[1]?.slice(1), sent[0]?.slice(1));
		}
		for (const said of ["READONLY NOSCRIPT", "NOSCRIPTS", "LOADING"]) {
			const { store, sent } = answering(new Error(said), 1);
			await assert.rejects(store.complete(CLAIM), { message: said });
			assert.equal(sent.length, 1);
		}
	});

	test("an answer that no script gives is an error", async () => {
		for (const [answer, got] of [
			[["perhaps"], "perhaps"],
			[[], "undefined"],
			["done", "undefined"],
			[null, "undefined"],
		]) {
			const { store } = answering(answer);
			const error = { message: `expected an answer of the script, got ${got}` };
			await assert.rejects(store.claim("a", HASH, 1, 1), error);
			await assert.rejects(store.enqueue("a", HASH, "", 1), error);
		}
	});

	test("answers are the same as strings and as bytes", async () => {
		for (const as of [(text: string): unknown => text, (text: string) => Buffer.from(text)]) {
			const given = async (...parts: string[]) =>
				await answering(parts.map((part) => as(part))).store.claim("a", HASH, 1, 1);
			assert.deepEqual(await given("done"), { status: "done" });
			assert.deepEqual(await given("conflict"), { status: "conflict" });
			assert.deepEqual(await given("busy", "15"), { status: "busy", retryAfterMs: 15 });
			const outcome = await given("claimed", "3");
			assert.ok(outcome.status === "claimed");
			assert.equal(outcome.claim.attempt, 3);
			assert.deepEqual(await answering([as("stored")]).store.enqueue("a", HASH, "", 1), {
				status: "stored",
			});
		}
	});

	test("what changes something says whether it did", async () => {
		for (const [answer, expected] of [
			[0, false],
			[1, true],
			["1", true],
			[2, false],
			[null, false],
		] as const) {
			const { store } = answering(answer);
			assert.equal(await store.complete(CLAIM), expected);
			assert.equal(await store.release(CLAIM, 5), expected);
			const { inbox } = store;
			assert.equal(await inbox?.bury(CLAIM, { type: "a", error: "b" } as never), expected);
			assert.equal(await inbox?.retry("a", "shop"), expected);
			assert.equal(await inbox?.drop("a", "shop"), expected);
		}
	});

	test("items have what the script tells of them, the nearest first", async () => {
		const rows = [
			[":shop later", "waiting", "2", "-", "20+", ""],
			[":now", "leased", "1", "7", "5", ""],
			[":a b dead", "dead", "3", "9", "8+", ':{"type":"t"}'],
		];
		const { inbox } = answering(rows).store;
		const [now, dead, later] = (await inbox?.list("inbox", 9)) ?? [];
		assert.deepEqual(now, {
			...{ id: "now", receiver: "", attempt: 1, ageMs: 7, isEntry: false },
			...{ status: "leased", dueMs: 5 },
		});
		assert.deepEqual(dead, {
			...{ id: "dead", receiver: "a b", attempt: 3, ageMs: 9, isEntry: true },
			...{ status: "dead", deadMs: 8, letter: { type: "t" } },
		});
		assert.deepEqual(later, {
			...{ id: "later", receiver: "shop", attempt: 2, ageMs: undefined, isEntry: true },
			...{ status: "waiting", dueMs: 20 },
		});
	});

	test("one item has its payload if it is an entry", async () => {
		const row = [":shop a", "waiting", "1", "1", "2+", "", ":text"];
		const get = (parts: readonly string[]) => answering(parts).store.inbox?.get("a", "shop");
		assert.equal((await get(row))?.payload, "text");
		assert.equal(await get([]), undefined);
		const claimed = await get([":shop a", "leased", "1", "1", "2", ""]);
		assert.equal(claimed?.status, "leased");
		assert.ok(claimed !== undefined && !("payload" in claimed));
	});

	test("what is taken has the id without its receiver", async () => {
		const { store } = answering([":a shop msg_1", "2", ":text"]);
		const taken = await store.take(20, "a shop");
		const token = taken?.claim.token;
		assert.deepEqual(taken, {
			claim: { id: "msg_1", receiver: "a shop", token, attempt: 2 },
			payload: "text",
		});
		assert.equal(await answering([]).store.take(20), undefined);
	});

	test("keys of one store share the slot that its prefix names", async () => {
		const asked: string[][] = [];
		const evalSha = async (_: string, { keys }: { keys: string[] }) => asked.push(keys);
		const client = { eval: evalSha, evalSha };
		const store = redisStore(client as never, { prefix: "mine" });
		await store.complete(CLAIM);
		assert.deepEqual(asked, [
			["entries", "payloads", "shop inbox", "inbox", "id:shop msg_1", "id:msg_1"].map(
				(name) => `{mine}:${name}`,
			),
		]);
	});
});
