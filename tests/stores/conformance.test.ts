/** The memory store keeps the contract of stores, and a store that breaks it is found out. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import type { Claim, ReplayStore } from "wallet-callback/stores/memory";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));
const { memoryStore }: typeof import("wallet-callback/stores/memory") =
	require("wallet-callback/stores/memory");
const { conformance }: typeof import("wallet-callback/stores/conformance") =
	require("wallet-callback/stores/conformance");

describe("a memory store for each case", () => {
	for (const { name, run } of conformance(() => memoryStore())) test(name, run);
});

describe("one memory store for all cases, created asynchronously", () => {
	const store = memoryStore();
	for (const { name, run } of conformance(async () => store)) test(name, run);
});

/** A store, and what its operations do instead of what they should. */
type Flaw = (store: ReplayStore) => Partial<ReplayStore>;

const HASH = "00".repeat(32);
const YEAR = 365 * 24 * 3_600_000;

/** Each flaw, with a case that it must fail. */
const FLAWS: { readonly [flaw: string]: readonly [fails: string, flaw: Flaw] } = {
	"claim ignores the hash": [
		"claim: another hash is a conflict while the id is leased",
		(store) => ({
			claim: (id, _hash, leaseMs, retentionMs) => store.claim(id, HASH, leaseMs, retentionMs),
		}),
	],
	"claim forgets the hash when the id is done": [
		"claim: another hash is a conflict when the id is done",
		(store) => ({
			async claim(...given) {
				const outcome = await store.claim(...given);
				if (outcome.status !== "conflict") return outcome;
				const [id, , leaseMs, retentionMs] = given;
				const other = await store.claim(id, "a1".repeat(32), leaseMs, retentionMs);
				return other.status === "done" ? other : outcome;
			},
		}),
	],
	"leases never run out": [
		"claim: when the lease runs out, and not before, the id can be claimed with attempt 2",
		(store) => ({ claim: (id, hash, _lease, retention) => store.claim(id, hash, YEAR, retention) }),
	],
	"leases run out at once": [
		"at the same time: of 50 claims of one id exactly one is had",
		(store) => ({ claim: (id, hash, _lease, retention) => store.claim(id, hash, 0, retention) }),
	],
	"leases run out too early": [
		"claim: when the lease runs out, and not before, the id can be claimed with attempt 2",
		(store) => ({
			claim: (id, hash, lease, retention) => store.claim(id, hash, lease / 2, retention),
		}),
	],
	"busy is told in seconds": [
		"claim: busy with the rest of the lease while it lasts",
		(store) => ({
			async claim(...given) {
				const outcome = await store.claim(...given);
				if (outcome.status !== "busy") return outcome;
				return { ...outcome, retryAfterMs: outcome.retryAfterMs / 1_000 };
			},
		}),
	],
	"busy tells the whole lease": [
		"claim: busy with the rest of the lease while it lasts",
		(store) => ({
			async claim(id, hash, leaseMs, retentionMs) {
				const outcome = await store.claim(id, hash, leaseMs, retentionMs);
				return outcome.status === "busy" ? { ...outcome, retryAfterMs: leaseMs } : outcome;
			},
		}),
	],
	"ids are never forgotten": [
		"retention: a completed id is forgotten when it is over, and not before",
		(store) => ({ claim: (id, hash, leaseMs) => store.claim(id, hash, leaseMs, YEAR) }),
	],
	"ids are forgotten too early": [
		"retention: a completed id is forgotten when it is over, and not before",
		(store) => ({
			claim: (id, hash, lease, retention) => store.claim(id, hash, lease, retention / 2),
		}),
	],
	"ids are cut off": [
		"ids: odd characters, lengths and letter case do not mix them up",
		(store) => ({
			claim: (id, ...rest) => store.claim(id.slice(0, 255), ...rest),
		}),
	],
	"letter case of ids is ignored": [
		"ids: odd characters, lengths and letter case do not mix them up",
		(store) => ({ claim: (id, ...rest) => store.claim(id.toLowerCase(), ...rest) }),
	],
	"claiming is not atomic": [
		"at the same time: of 50 claims of one id exactly one is had",
		(store) => {
			const known = new Map<string, Claim>();
			return {
				async claim(id, ...rest) {
					const old = known.get(id);
					await new Promise((resolve) => setImmediate(resolve));
					const outcome = await store.claim(id, ...rest);
					if (outcome.status !== "busy" || old !== undefined) return outcome;
					const claim = { id, token: "a token", attempt: 1 };
					known.set(id, claim);
					return { status: "claimed", claim };
				},
			};
		},
	],
	"complete ignores the token": [
		"complete: an old claim is refused, and the newer one is left as it is",
		(store) => {
			const newest = new Map<string, Claim>();
			return {
				async claim(...given) {
					const outcome = await store.claim(...given);
					if (outcome.status === "claimed") newest.set(given[0], outcome.claim);
					return outcome;
				},
				complete: (claim) => store.complete(newest.get(claim.id) ?? claim),
			};
		},
	],
	"release ignores the token": [
		"release: an old claim is refused, and the newer one is left as it is",
		(store) => {
			const newest = new Map<string, Claim>();
			return {
				async claim(...given) {
					const outcome = await store.claim(...given);
					if (outcome.status === "claimed") newest.set(given[0], outcome.claim);
					return outcome;
				},
				release: (claim, delayMs) => store.release(newest.get(claim.id) ?? claim, delayMs),
			};
		},
	],
	"complete does nothing": ["complete: the id is done", () => ({ complete: async () => true })],
	"complete works once": [
		"complete: true again for the same claim",
		(store) => {
			const completed = new Set<string>();
			return {
				async complete(claim) {
					if (completed.has(claim.token)) return false;
					completed.add(claim.token);
					return store.complete(claim);
				},
			};
		},
	],
	"release does nothing": [
		"release: the id can be claimed at once with attempt 2 and a new token",
		() => ({ release: async () => true }),
	],
	"release says true when completed": [
		"release: false when completed",
		(store) => ({ release: async (...given) => (await store.release(...given)) || true }),
	],
	"release minds no delay": [
		"take: an entry comes again when the delay of its release is over, and not before",
		(store) => ({ release: (claim) => store.release(claim, 0) }),
	],
	"attempts are not counted": [
		"take: when the lease runs out, and not before, the entry comes again with attempt 2",
		(store) => ({
			async take(leaseMs) {
				const entry = await store.take(leaseMs);
				return entry && { ...entry, claim: { ...entry.claim, attempt: 1 } };
			},
		}),
	],
	"take does not lease": [
		"enqueue: a new id is stored, and can be taken once",
		(store) => ({ take: () => store.take(0) }),
	],
	"take gives the last entry first": [
		"take: the entry that has been due for the longest time comes first",
		(store) => ({
			async take(leaseMs) {
				const entries = [];
				for (let entry = await store.take(leaseMs); entry; entry = await store.take(leaseMs)) {
					entries.push(entry);
				}
				const last = entries.pop();
				for (const { claim } of entries) await store.release(claim, 0);
				return last;
			},
		}),
	],
	"payloads are trimmed": [
		"inbox: payloads come back exactly",
		(store) => ({
			enqueue: (id, hash, payload, ms) => store.enqueue(id, hash, payload.trim(), ms),
		}),
	],
	"entries are stored twice": [
		"enqueue: done for an entry, before and while it is taken, and after",
		(store) => ({
			async enqueue(...given) {
				const outcome = await store.enqueue(...given);
				return outcome.status === "done" ? { status: "stored" } : outcome;
			},
		}),
	],
	"entries can be claimed": [
		"inbox: an entry cannot be claimed, before and while it is taken, and after",
		(store) => ({
			async claim(id, ...rest) {
				const outcome = await store.claim(id, ...rest);
				if (outcome.status !== "done") return outcome;
				return { status: "claimed", claim: { id, token: "a token", attempt: 1 } };
			},
		}),
	],
	"entries are forgotten when their retention is over": [
		"retention: an entry outlives it until it is completed",
		(store) => {
			const expiries = new Map<string, number>();
			return {
				enqueue(id, hash, payload, retentionMs) {
					if (!expiries.has(id)) expiries.set(id, performance.now() + retentionMs);
					return store.enqueue(id, hash, payload, retentionMs);
				},
				async take(leaseMs) {
					const entry = await store.take(leaseMs);
					if (entry === undefined) return undefined;
					const expiry = expiries.get(entry.claim.id) ?? 0;
					return expiry > performance.now() ? entry : undefined;
				},
			};
		},
	],
};

describe("a store is found out when", () => {
	for (const [flaw, [fails, broken]] of Object.entries(FLAWS)) {
		test(flaw, async () => {
			const create = () => {
				const store = memoryStore();
				const whole: ReplayStore = {
					claim: (...given) => store.claim(...given),
					complete: (claim) => store.complete(claim),
					release: (...given) => store.release(...given),
					enqueue: (...given) => store.enqueue(...given),
					take: (leaseMs) => store.take(leaseMs),
				};
				return { ...whole, ...broken(store) };
			};
			const found = conformance(create).find(({ name }) => name === fails);
			assert.ok(found, `there is no case "${fails}"`);
			// A machine that stands still for some milliseconds may hide a flaw of that size once.
			const outcomes: unknown[] = [];
			do {
				outcomes.push(await found.run().catch(String));
			} while (outcomes.at(-1) === undefined && outcomes.length < 10);
			assert.match(String(outcomes.at(-1)), /expected/);
		});
	}
});
