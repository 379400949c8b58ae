/** What answers at a `callbackUrl`: what is handed over, how often, and what the wallet is told. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { DappHandlerOptions } from "wallet-callback/dapp";
import type { SqliteDatabase } from "wallet-callback/stores/sqlite";
import {
	CONSUMER,
	DUPLICATE,
	Gate,
	HANDLER_FAILED,
	IN_PROGRESS,
	memoryStore,
	never,
	OK,
	refused,
	STORE_UNAVAILABLE,
	storeWith,
	until,
} from "../receiver/receivers.ts";
import {
	alice,
	bodyOf,
	EOS,
	eosLoginBody,
	eosPublicKey,
	expectAnswer,
	HASH,
	loginBody,
	type Members,
	mallory,
	NOW,
	openShop,
	SIGN_IN,
	signedBody,
	TRANSFER,
	toDappHandler,
	toRequest,
} from "./handlers.ts";

const require = createRequire(join(CONSUMER, "package.json"));
const { toNodeListener }: typeof import("wallet-callback/node") = require("wallet-callback/node");
const { sqliteStore }: typeof import("wallet-callback/stores/sqlite") =
	require("wallet-callback/stores/sqlite");
const BetterSqlite3: new (path: string) => SqliteDatabase & { close(): void } = createRequire(
	import.meta.url,
)("better-sqlite3");

const CONFLICT = refused(422, "id_conflict");
const MALFORMED = refused(422, "malformed_payload");

test("a signature: it is handed over with the record and the claim, and the wallet is told 0", async () => {
	const shop = openShop();
	const expected = shop.ask();
	await expectAnswer(shop, await signedBody(expected), OK);
	const [context] = shop.got;
	assert.deepEqual(context?.result, {
		ok: true,
		action: "sign",
		actionId: expected.actionId,
		outcome: "success",
		authenticated: true,
		address: alice.address,
		chain: "eip155:1",
	});
	assert.deepEqual(context.expected, expected);
	assert.equal(context.claim.id, expected.actionId);
	assert.equal(context.claim.attempt, 1);
	assert.deepEqual(shop.log.outcomes, ["handled"]);
});

test("a login, whose signature stands in an object", async () => {
	const shop = openShop();
	const expected = shop.ask({ action: "login" });
	await expectAnswer(shop, await loginBody(expected), OK);
	const result = shop.got[0]?.result;
	assert.ok(result?.outcome === "success" && result.authenticated);
	assert.equal(result.address, alice.address);
});

test("cancelled and failed are handed over, and the wallet is told 0", async () => {
	for (const [result, outcome] of [
		[0, "cancelled"],
		["2", "failed"],
	] as const) {
		const shop = openShop();
		const body = bodyOf(shop.ask(), { result, message: "No wallet" });
		await expectAnswer(shop, body, OK);
		const { action, actionId } = shop.got[0]?.expected ?? assert.fail("nothing handed over");
		const about = { ok: true, action, actionId, outcome, authenticated: false };
		assert.deepEqual(shop.got[0]?.result, { ...about, message: "No wallet" });
	}
});

test("what nobody has signed is handed over as such", async () => {
	const shop = openShop();
	const empty = bodyOf(shop.ask(), { sign: "{}", wallet: alice.address });
	await expectAnswer(shop, empty, OK);
	await expectAnswer(shop, bodyOf(shop.ask(TRANSFER), { txID: HASH }), OK);
	const [signature, transfer] = shop.got.map(({ result }) => result);
	assert.ok(signature?.outcome === "success" && !signature.authenticated && signature.advice);
	assert.ok(transfer?.outcome === "success" && !transfer.authenticated);
	assert.equal(transfer.txId, HASH);
});

test("what is refused is not handed over, and the wallet is told why", async () => {
	const shop = openShop();
	const expected = shop.ask({ ...SIGN_IN, chains: ["eip155:1", "eip155:56"] });
	const good = await signedBody(expected);
	const other = await signedBody(shop.ask());
	const bad = await signedBody(expected, mallory);
	for (const [code, body] of [
		["unknown_action", { ...good, actionId: "wc_00" }],
		["unknown_action", { ...good, actionId: "__proto__" }],
		["unknown_action", { ...good, actionId: "x".repeat(129) }],
		["unknown_action", { ...good, actionId: "a b" }],
		["malformed_payload", { ...good, actionId: undefined }],
		["malformed_payload", { ...good, uuID: "another" }],
		["malformed_payload", { ...good, actionId: {} }],
		["action_mismatch", { ...good, action: "login" }],
		["malformed_payload", { ...good, result: 3 }],
		["chain_mismatch", { ...good, network: "ethereum", chainId: "137" }],
		["account_mismatch", bad],
		["account_mismatch", { ...good, account: mallory.address }],
		["signature_mismatch", { ...good, sign: bad.sign }],
		["signature_mismatch", { ...good, sign: other.sign }],
		["malformed_signature", { ...good, sign: "0x1234" }],
		["unsupported_signature", { ...good, sign: `0x${"00".repeat(130)}` }],
	] as const) {
		const status = code === "malformed_payload" ? 422 : 401;
		await expectAnswer(shop, body, refused(status, code));
		assert.equal(shop.log.last.code, code);
		assert.equal(shop.log.last.outcome, "refused");
	}
	for (const text of ["", "{", "[]", "null", "7", "a=1&a=2", '{"a":1,"a":2}', "[".repeat(60_000)]) {
		await expectAnswer(shop, toRequest(text), MALFORMED);
	}
	await expectAnswer(shop, toRequest(Uint8Array.of(0x7b, 0xff, 0x7d)), MALFORMED);
	assert.deepEqual(shop.got, []);
	await expectAnswer(shop, good, OK);
});

test("a login that is old or from the future", async () => {
	let now = NOW;
	const shop = openShop({ now: () => now, toleranceSeconds: 60 });
	const body = await loginBody(shop.ask({ action: "login" }));
	now = NOW + 61_000;
	await expectAnswer(shop, body, refused(401, "timestamp_too_old"));
	now = NOW - 61_000;
	await expectAnswer(shop, body, refused(401, "timestamp_too_new"));
	now = NOW + 60_000;
	await expectAnswer(shop, body, OK);
});

test("an action that has expired", async () => {
	let now = NOW;
	const shop = openShop({ now: () => now });
	const expected = shop.ask({ ...SIGN_IN, expiresInSeconds: 30 });
	const body = await signedBody(expected);
	now = NOW + 31_000;
	await expectAnswer(shop, body, refused(401, "action_expired"));
	await expectAnswer(shop, bodyOf(expected, { result: 0 }), refused(401, "action_expired"));
	assert.deepEqual(shop.got, []);
	now = NOW + 30_000;
	await expectAnswer(shop, body, OK);
});

test("an action is remembered for as long as it can be answered, and longer", async () => {
	const retentions: number[] = [];
	const inner = memoryStore();
	const store = storeWith(
		{
			claim: (id, hash, lease, retention) => {
				retentions.push(retention);
				return inner.claim(id, hash, lease, retention);
			},
		},
		inner,
	);
	const shop = openShop({ store });
	await expectAnswer(shop, bodyOf(shop.ask({ ...SIGN_IN, expiresInSeconds: 60 })), OK);
	assert.deepEqual(retentions, [3_660_000]);
});

test("other methods, and a body that is too large", async () => {
	const shop = openShop();
	const { url } = toRequest("");
	for (const method of ["PUT", "DELETE", "HEAD", "OPTIONS"]) {
		const response = await shop.handler(new Request(url, { method }));
		assert.equal(response.status, 405);
		assert.equal(response.headers.get("allow"), "GET, POST");
	}
	const body = JSON.stringify(await signedBody(shop.ask()));
	await expectAnswer(shop, toRequest(body.padEnd(65_537)), refused(413, "body_too_large"));
	await expectAnswer(shop, toRequest(body.padEnd(65_536)), OK);
	let pulled = 0;
	const endless = new ReadableStream<Uint8Array>({
		pull(controller) {
			pulled += 1;
			controller.enqueue(new Uint8Array(16_384));
		},
	});
	const init: RequestInit & { duplex: "half" } = { method: "POST", body: endless, duplex: "half" };
	await expectAnswer(shop, new Request(url, init), refused(413, "body_too_large"));
	assert.ok(pulled < 20, `read ${pulled} chunks`);
});

test("a query of a GET and of a POST, and a form", async () => {
	const shop = openShop();
	const query = (result: string) => {
		const { actionId } = shop.ask(TRANSFER);
		const own = { session: "7", action: "transfer", actionId, result, txID: HASH };
		return new URLSearchParams(own).toString();
	};
	const { url } = toRequest("");
	await expectAnswer(shop, new Request(`${url}?${query("1")}`), OK);
	await expectAnswer(shop, new Request(`${url}?${query("1")}`, { method: "POST" }), OK);
	const headers = { "content-type": "application/x-www-form-urlencoded" };
	await expectAnswer(shop, new Request(url, { method: "POST", headers, body: query("1") }), OK);
	await expectAnswer(shop, new Request(`${url}?${query("0")}`), OK);
	await expectAnswer(shop, new Request(`${url}?${query("4")}`), MALFORMED);
	await expectAnswer(shop, new Request(url), MALFORMED);
	assert.deepEqual(
		shop.got.map(({ result }) => result.outcome),
		["success", "success", "success", "cancelled"],
	);
});

test("a body counts before the query of its address", async () => {
	const shop = openShop();
	const body = await signedBody(shop.ask());
	await expectAnswer(shop, toRequest(body, `?actionId=${shop.ask().actionId}&result=0`), OK);
	assert.equal(shop.got[0]?.result.authenticated, true);
});

test("the envelope, in a body and in a query", async () => {
	const shop = openShop();
	const envelope = (data: object) => JSON.stringify({ result: 1, message: "ok", data });
	await expectAnswer(shop, toRequest(envelope(await signedBody(shop.ask()))), OK);
	const param = encodeURIComponent(envelope(await signedBody(shop.ask())));
	await expectAnswer(shop, new Request(`${toRequest("").url}?param=${param}`), OK);
	assert.deepEqual(
		shop.got.map(({ result }) => result.authenticated),
		[true, true],
	);
});

test("an id of digits that came back as a fraction", async () => {
	const shop = openShop();
	const expected = { ...shop.ask(TRANSFER), actionId: "11111111111" };
	shop.records.set(expected.actionId, expected);
	await expectAnswer(shop, { ...bodyOf(expected), actionId: "11111111111.0", txID: HASH }, OK);
	await expectAnswer(shop, bodyOf(expected, { txID: HASH }), DUPLICATE);
});

test("the same callback again is told 0 and not handed over", async () => {
	const shop = openShop();
	const body = await signedBody(shop.ask());
	await expectAnswer(shop, body, OK);
	await expectAnswer(shop, body, DUPLICATE);
	// Another spelling of the same.
	await expectAnswer(shop, { ...body, wallet: alice.address.toLowerCase() }, DUPLICATE);
	assert.equal(shop.got.length, 1);
	assert.deepEqual(shop.log.outcomes, ["handled", "duplicate", "duplicate"]);
});

test("the same callback at the same time is handed over once", async () => {
	const gate = new Gate();
	let runs = 0;
	const shop = openShop({
		onResult: () => {
			runs += 1;
			return gate.opened;
		},
	});
	const body = await signedBody(shop.ask());
	let refused = 0;
	// Any of them may be the first whose body has been read.
	const post = async () => {
		const { status, headers } = await shop.handler(toRequest(body));
		if (status === IN_PROGRESS[0]) {
			assert.match(headers.get("retry-after") ?? "", /^[1-9]\d*$/);
			refused += 1;
			if (refused === 20) gate.open();
		}
		return status;
	};
	const statuses = await Promise.all(Array.from({ length: 21 }, post));
	assert.deepEqual(statuses.sort(), [OK[0], ...new Array(20).fill(IN_PROGRESS[0])]);
	await expectAnswer(shop, body, DUPLICATE);
	assert.equal(runs, 1);
});

test("what somebody else posts first does not use up a signature", async () => {
	for (const spoofed of [
		{ result: 0 },
		{ result: 2, message: "no" },
		{ sign: "{}", wallet: alice.address },
	]) {
		const shop = openShop();
		const expected = shop.ask();
		const body = await signedBody(expected);
		await expectAnswer(shop, bodyOf(expected, spoofed), OK);
		await expectAnswer(shop, bodyOf(expected, { result: 2, message: "another" }), [
			...(spoofed.result === 2 ? DUPLICATE : CONFLICT),
		]);
		await expectAnswer(shop, body, OK);
		await expectAnswer(shop, body, DUPLICATE);
		assert.deepEqual(
			shop.got.map(({ result }) => result.authenticated),
			[false, true],
		);
	}
});

test("behind what is authenticated, nothing else is taken", async () => {
	const shop = openShop();
	const expected = shop.ask({ action: "login" });
	await expectAnswer(shop, await loginBody(expected), OK);
	await expectAnswer(shop, await loginBody(expected, mallory), CONFLICT);
	assert.equal(shop.log.last.outcome, "refused");
	assert.equal(shop.log.last.code, "id_conflict");
	for (const members of [
		{ result: 0 },
		{ result: 2 },
		{ ...(await loginBody(expected)), sign: "" },
	]) {
		await expectAnswer(shop, bodyOf(expected, members), CONFLICT);
	}
	await expectAnswer(shop, await loginBody(expected), DUPLICATE);
	assert.equal(shop.got.length, 1);
});

test("while what is authenticated is handled, nothing else is taken", async () => {
	const gate = new Gate();
	const outcomes: string[] = [];
	const shop = openShop({
		onResult: ({ result }) => {
			outcomes.push(result.outcome);
			return gate.opened;
		},
	});
	const expected = shop.ask();
	const first = expectAnswer(shop, await signedBody(expected), OK);
	await until(() => outcomes.length === 1, "it is being handled");
	await expectAnswer(shop, bodyOf(expected, { result: 0 }), CONFLICT);
	gate.open();
	await first;
	assert.deepEqual(outcomes, ["success"]);
});

test("a transaction has one of each outcome", async () => {
	const shop = openShop();
	const expected = shop.ask(TRANSFER);
	const sent = bodyOf(expected, { txId: HASH });
	await expectAnswer(shop, bodyOf(expected, { result: 0 }), OK);
	await expectAnswer(shop, sent, OK);
	await expectAnswer(shop, sent, DUPLICATE);
	await expectAnswer(shop, bodyOf(expected, { result: 0 }), DUPLICATE);
	await expectAnswer(shop, bodyOf(expected, { txId: HASH.replace("5", "6") }), CONFLICT);
	await expectAnswer(shop, bodyOf(expected, { result: 2, message: "no gas" }), OK);
	assert.deepEqual(
		shop.got.map(({ result }) => result.outcome),
		["cancelled", "success", "failed"],
	);
});

test("what onResult throws fails the callback, and it can be sent again", async () => {
	for (const fails of [
		() => {
			throw new Error("down");
		},
		() => Promise.reject(new Error("down")),
	]) {
		const attempts: number[] = [];
		const shop = openShop({
			onResult: ({ claim }) => {
				attempts.push(claim.attempt);
				return claim.attempt < 3 ? fails() : undefined;
			},
		});
		const body = await signedBody(shop.ask());
		await expectAnswer(shop, body, HANDLER_FAILED);
		await expectAnswer(shop, body, HANDLER_FAILED);
		await expectAnswer(shop, body, OK);
		await expectAnswer(shop, body, DUPLICATE);
		assert.deepEqual(attempts, [1, 2, 3]);
		assert.deepEqual(shop.log.outcomes, ["failed", "failed", "handled", "duplicate"]);
	}
});

test("onResult that hangs is given up when its lease runs out", async () => {
	let runs = 0;
	const shop = openShop({
		leaseSeconds: 0.1,
		onResult: () => {
			runs += 1;
			return runs === 1 ? never() : undefined;
		},
	});
	const body = await signedBody(shop.ask());
	await expectAnswer(shop, body, HANDLER_FAILED);
	await expectAnswer(shop, body, OK);
});

test("find and accountKeys that throw, or give what is no record", async () => {
	const fail = () => {
		throw new Error("database down");
	};
	const INTERNAL = refused(500, "internal_error");
	for (const find of [fail, async () => fail(), () => ({}) as never, () => "a record" as never]) {
		const shop = openShop({ find });
		await expectAnswer(shop, await signedBody(shop.ask()), INTERNAL);
		assert.equal(shop.log.last.outcome, "internal_error");
		assert.ok(shop.log.last.error);
	}
	for (const find of [() => undefined, () => null, async () => null]) {
		const shop = openShop({ find });
		await expectAnswer(shop, bodyOf(shop.ask()), refused(401, "unknown_action"));
	}
	const none = async () => null as never;
	for (const accountKeys of [fail, async () => fail(), async () => ["no key"], none] as const) {
		const shop = openShop({ accountKeys: accountKeys as never });
		const body = eosLoginBody(shop.ask({ action: "login", chains: [EOS] }));
		await expectAnswer(shop, body, INTERNAL);
		assert.deepEqual(shop.got, []);
	}
});

test("only a signed callback makes a node be asked", async () => {
	const asked: string[] = [];
	const accountKeys = async (account: string) => {
		asked.push(account);
		return [eosPublicKey];
	};
	const shop = openShop({ accountKeys });
	const expected = shop.ask({ action: "login", chains: [EOS] });
	for (const wallet of ["alice", "bob"]) {
		const { sign: _, ...unsigned } = eosLoginBody(expected, wallet);
		await expectAnswer(shop, unsigned, wallet === "alice" ? OK : CONFLICT);
	}
	const garbage = { ...eosLoginBody(expected), sign: "SIG_K1_garbage" };
	await expectAnswer(shop, garbage, refused(401, "malformed_signature"));
	assert.deepEqual(asked, []);
	await expectAnswer(shop, eosLoginBody(expected), OK);
	assert.deepEqual(asked, ["tokenpocket1"]);
	assert.deepEqual(shop.log.outcomes, ["handled", "refused", "refused", "handled"]);
});

test("callbacks of one action that wait for a node stop no others", async () => {
	const gate = new Gate();
	const accountKeys = async () => {
		await gate.opened;
		return [eosPublicKey];
	};
	const shop = openShop({ accountKeys });
	const ask = () => shop.ask({ action: "login", chains: [EOS] });
	const expected = ask();
	const OVERLOADED = refused(503, "overloaded");
	const posts = Array.from({ length: 6 }, () =>
		shop.handler(toRequest(eosLoginBody(expected))).then(({ status }) => status),
	);
	assert.deepEqual(await Promise.all(posts.slice(4)), [503, 503]);
	const other = ask();
	const waiting = expectAnswer(shop, eosLoginBody(other), OK);
	await expectAnswer(shop, eosLoginBody(expected), OVERLOADED);
	gate.open();
	await waiting;
	const statuses = await Promise.all(posts.slice(0, 4));
	assert.ok(statuses.includes(200) && !statuses.includes(503), `${statuses}`);
	await expectAnswer(shop, eosLoginBody(ask()), OK);
});

test("a record that is not found in time, and keys that do not come", async (t) => {
	t.mock.timers.enable({ apis: ["setTimeout"] });
	const INTERNAL = refused(500, "internal_error");
	const waits = async (options: Partial<DappHandlerOptions>, ms: number) => {
		const shop = openShop(options);
		const body = eosLoginBody(shop.ask({ action: "login", chains: [EOS] }));
		const answer = expectAnswer(shop, body, INTERNAL);
		await new Promise((turn) => setImmediate(turn));
		t.mock.timers.tick(ms);
		await answer;
		assert.match(
			String((shop.log.last.error as Error).message),
			/^expected (find|accountKeys) to end within/,
		);
	};
	await waits({ find: () => never(), storeTimeoutSeconds: 2 }, 2000);
	await waits({ accountKeys: () => never() }, 10_000);
});

test("find may look records up in a plain object", async () => {
	const asked: string[] = [];
	const records: { [id: string]: never } = {};
	const find = (id: string) => {
		asked.push(id);
		return records[id];
	};
	const shop = openShop({ find });
	const good = await signedBody(shop.ask());
	for (const actionId of ["__proto__", "constructor", "toString", "valueOf"]) {
		await expectAnswer(shop, { ...good, actionId }, refused(401, "unknown_action"));
	}
	assert.deepEqual(asked, []);
});

test("a record of another action is not believed", async () => {
	const shop = openShop();
	const [one, two] = [shop.ask(), shop.ask()];
	shop.records.set(one.actionId, two);
	await expectAnswer(shop, await signedBody(one), refused(401, "unknown_action"));
});

test("a store that fails", async () => {
	const fail = () => {
		throw new Error("not connected");
	};
	for (const claim of [
		fail,
		() => Promise.reject(new Error("gone")),
		async () => undefined as never,
		async () => ({ status: "whatever" }) as never,
		never,
	]) {
		const onResult = () => assert.fail("handed over without a claim");
		const shop = openShop({ store: storeWith({ claim }), onResult, storeTimeoutSeconds: 0.05 });
		const expected = shop.ask();
		for (const body of [await signedBody(expected), bodyOf(expected, { result: 0 })]) {
			const headers = await expectAnswer(shop, body, STORE_UNAVAILABLE);
			assert.match(headers.get("retry-after") ?? "", /^[1-9]\d*$/);
			assert.equal(shop.log.last.outcome, "store_unavailable");
		}
	}
	for (const complete of [fail, () => Promise.reject(new Error("gone")), never]) {
		const shop = openShop({ store: storeWith({ complete }), storeTimeoutSeconds: 0.1 });
		await expectAnswer(shop, bodyOf(shop.ask(), { result: 0 }), OK);
		assert.equal(shop.log.last.outcome, "not_recorded");
	}
	for (const release of [fail, () => Promise.reject(new Error("gone")), never]) {
		const options = { store: storeWith({ release }), onResult: fail, storeTimeoutSeconds: 0.1 };
		const shop = openShop(options);
		await expectAnswer(shop, bodyOf(shop.ask(), { result: 0 }), HANDLER_FAILED);
		assert.equal(shop.log.last.outcome, "failed");
	}
});

test("a store that is away for a moment does not hand over twice", async () => {
	let asked = 0;
	const inner = memoryStore();
	const store = storeWith(
		{
			complete: async (claim) => {
				asked += 1;
				if (asked < 3) throw new Error("reset");
				return inner.complete(claim);
			},
		},
		inner,
	);
	const shop = openShop({ store });
	const body = bodyOf(shop.ask(), { result: 0 });
	await expectAnswer(shop, body, OK);
	await expectAnswer(shop, body, DUPLICATE);
});

test("a claim that comes too late is given back", async () => {
	const gate = new Gate();
	const inner = memoryStore();
	let isSlow = true;
	let given = 0;
	const store = storeWith(
		{
			claim: async (...args) => {
				if (isSlow) await gate.opened;
				return inner.claim(...args);
			},
			release: async (...args) => {
				const released = await inner.release(...args);
				given += 1;
				return released;
			},
		},
		inner,
	);
	const shop = openShop({ store, storeTimeoutSeconds: 0.05 });
	const body = bodyOf(shop.ask(), { result: 0 });
	const waited: Promise<unknown>[] = [];
	await expectAnswer(shop, body, STORE_UNAVAILABLE, {
		waitUntil: (work) => void waited.push(work),
	});
	isSlow = false;
	gate.open();
	await Promise.all(waited);
	assert.equal(given, 1);
	await expectAnswer(shop, body, OK);
});

test("who has lost the lease does not say that it is done", async () => {
	const shop = openShop({ store: storeWith({ complete: async () => false }) });
	await expectAnswer(shop, bodyOf(shop.ask(), { result: 0 }), IN_PROGRESS);
	assert.equal(shop.log.last.outcome, "lease_lost");
});

test("an account of EOS is authenticated by its own keys alone", async () => {
	const asked: unknown[] = [];
	const keysAre = (keys: readonly string[]): Partial<DappHandlerOptions> => ({
		accountKeys: async (...args) => {
			asked.push(args);
			return keys;
		},
	});
	const login = { action: "login", chains: ["eip155:1", EOS] } as const;
	const other = "EOS6zjfj9Xjk9CYoucZDptdDZ6317eZd622pVvaYtv5q6gwEs9icD";

	const shop = openShop(keysAre([other, eosPublicKey]));
	await expectAnswer(shop, eosLoginBody(shop.ask(login)), OK);
	const result = shop.got[0]?.result;
	assert.ok(result?.outcome === "success" && result.authenticated);
	assert.equal(result.address, "tokenpocket1");
	assert.deepEqual(asked, [["tokenpocket1", undefined]]);
	const named = { network: "eosio", chainId: EOS_CHAIN_ID };
	await expectAnswer(shop, { ...eosLoginBody(shop.ask(login)), ...named }, OK);
	assert.deepEqual(asked.splice(0)[1], ["tokenpocket1", EOS]);

	// Nobody asks a node for anything else.
	await expectAnswer(shop, await loginBody(shop.ask(login)), OK);
	await expectAnswer(shop, bodyOf(shop.ask(login), { result: 0 }), OK);
	const push = shop.ask({ action: "pushTransaction", chains: [EOS], actions: [{}] });
	await expectAnswer(shop, bodyOf(push, { txID: HASH.slice(2), wallet: "tokenpocket1" }), OK);
	assert.deepEqual(asked, []);

	const mismatch = refused(401, "signature_mismatch");
	const wrong = openShop(keysAre([other]));
	const body = { ...eosLoginBody(wrong.ask(login)), publickey: eosPublicKey };
	await expectAnswer(wrong, body, mismatch);
	const none = openShop(keysAre([]));
	await expectAnswer(none, eosLoginBody(none.ask(login)), mismatch);

	const without = openShop();
	await expectAnswer(without, eosLoginBody(without.ask(login)), OK);
	assert.equal(without.got[0]?.result.authenticated, false);
});

const EOS_CHAIN_ID = "aca376f206b8fc25a6ed44dbdc66547c36c6c33e3a119ffbeaef943642f0e906";

test("records tell what happened, and no signature, text or body", async () => {
	let fails = true;
	const shop = openShop({
		onResult: () => {
			if (fails) throw new Error("down");
		},
	});
	const expected = shop.ask({ ...SIGN_IN, signIn: { statement: "memo 5c0ffee5" } });
	const body: Members = { ...(await signedBody(expected)), memo: "5c0ffee5" };
	const length = JSON.stringify(body).length;
	await expectAnswer(shop, body, HANDLER_FAILED);
	fails = false;
	await expectAnswer(shop, body, OK);
	await expectAnswer(shop, body, DUPLICATE);
	await expectAnswer(shop, { ...body, result: 0, message: "5c0ffee5" }, CONFLICT);
	await expectAnswer(shop, { ...body, wallet: mallory.address }, refused(401, "account_mismatch"));
	await expectAnswer(shop, { ...body, "5c0ffee5": 1, action: 5 }, MALFORMED);
	await expectAnswer(shop, { ...body, actionId: "5c0ffee5 " }, refused(401, "unknown_action"));
	await expectAnswer(shop, toRequest(`${JSON.stringify(body)}5c0ffee5`), MALFORMED);

	const [, record] = shop.log.entries.map((entry) => entry.record);
	const { time, durationMs, store, ...rest } = record ?? assert.fail("nothing was logged");
	assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
	assert.equal(typeof durationMs, "number");
	assert.deepEqual(Object.keys(store as object), ["claim", "complete"]);
	assert.deepEqual(rest, {
		level: "info",
		outcome: "handled",
		sender: "tokenpocket",
		id: expected.actionId,
		type: "sign",
		attempt: 2,
		bytes: length,
	});
	const records = JSON.stringify(shop.log.entries);
	for (const secret of [
		"5c0ffee5",
		String(body.sign).slice(2, 40),
		expected.message?.slice(0, 20),
	]) {
		assert.ok(secret && !records.includes(secret), `the log tells ${secret}`);
	}
});

test("a logger that throws costs nothing", async () => {
	const fail = () => {
		throw new Error("disk full");
	};
	const shop = openShop({ log: { info: fail, warn: fail, error: fail } });
	await expectAnswer(shop, bodyOf(shop.ask()), OK);
});

async function listen(context: TestContext, listener: RequestListener): Promise<string> {
	const server = createServer(listener).listen(0, "127.0.0.1");
	context.after(() => server.close());
	await once(server, "listening");
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/tokenpocket`;
}

async function post(url: string, body: object): Promise<unknown> {
	const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
	return [response.status, await response.json()];
}

test("behind node:http", async (context) => {
	const shop = openShop();
	const url = await listen(context, toNodeListener(shop.handler));
	const body = await signedBody(shop.ask());
	assert.deepEqual(await post(url, body), OK);
	assert.deepEqual(await post(url, body), DUPLICATE);
	assert.deepEqual(
		await post(url, { ...body, memo: "x".repeat(70_000) }),
		refused(413, "body_too_large"),
	);
	const { actionId } = shop.ask(TRANSFER);
	const query = new URLSearchParams({ action: "transfer", actionId, result: "1", txID: HASH });
	const response = await fetch(`${url}?${query}`);
	assert.deepEqual([response.status, await response.json()], OK);
	assert.equal(shop.got.length, 2);
});

test("behind node:http, where something has parsed the body", async (context) => {
	const shop = openShop();
	const serve = toNodeListener(shop.handler);
	const url = await listen(context, async (request, response) => {
		const chunks = await request.toArray();
		serve(Object.assign(request, { body: JSON.parse(Buffer.concat(chunks).toString()) }), response);
	});
	assert.deepEqual(
		await post(url, await signedBody(shop.ask())),
		refused(500, "body_already_parsed"),
	);
	assert.equal(shop.log.last.outcome, "misconfigured");
	const read = toRequest(await signedBody(shop.ask()));
	await read.text();
	await expectAnswer(shop, read, refused(500, "body_already_parsed"));
});

test("a client that is gone in mid-body", async () => {
	const shop = openShop();
	const body = new ReadableStream({
		pull() {
			throw new Error("reset");
		},
	});
	const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
	await expectAnswer(shop, new Request(toRequest("").url, init), refused(400, "aborted"));
	assert.equal(shop.log.last.outcome, "aborted");
});

test("with a store in SQLite, of which two handlers make use", async () => {
	const database = new BetterSqlite3(":memory:");
	const store = sqliteStore(database);
	const [one, two] = [openShop({ store }), openShop({ store })];
	const expected = one.ask();
	two.records.set(expected.actionId, expected);
	const body = await signedBody(expected);
	await expectAnswer(one, bodyOf(expected, { result: 0 }), OK);
	await expectAnswer(two, body, OK);
	await expectAnswer(one, body, DUPLICATE);
	await expectAnswer(one, bodyOf(expected, { result: 2 }), CONFLICT);
	assert.deepEqual([one.got.length, two.got.length], [1, 1]);

	const later = two.ask();
	await expectAnswer(two, await signedBody(later), OK);
	await expectAnswer(two, bodyOf(later, { result: 0 }), CONFLICT);
	database.close();
});

test("options that make no sense", () => {
	const options = { find: () => undefined, store: memoryStore(), onResult: () => {} };
	assert.doesNotThrow(() => toDappHandler(options));
	for (const [name, value] of [
		["find", undefined],
		["find", new Map()],
		["onResult", "none"],
		["store", undefined],
		["store", null],
		["store", { claim: () => {} }],
		["store", { ...storeWith({}), release: undefined }],
		["accountKeys", ["EOS…"]],
		["accountKeys", null],
		["now", NOW],
		["log", () => {}],
		["log", null],
		["leaseSeconds", 0],
		["leaseSeconds", 86_401],
		["leaseSeconds", "30"],
		["storeTimeoutSeconds", Number.NaN],
		["storeTimeoutSeconds", 61],
		["toleranceSeconds", 0],
		["toleranceSeconds", 1.5],
		["toleranceSeconds", 86_401],
		["toleranceSeconds", "300"],
	] as const) {
		assert.throws(() => toDappHandler({ ...options, [name]: value } as never), {
			name: "ConfigError",
			code: "invalid_option",
			message: new RegExp(`^${name}: expected .+, got .+`),
		});
	}
	for (const missing of [undefined, null, 5]) {
		assert.throws(() => toDappHandler(missing as never), {
			name: "TypeError",
			message: /toDappHandler\(\{ find, store, onResult \}\)/,
		});
	}
});
