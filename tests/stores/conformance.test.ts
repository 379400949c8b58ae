/** The memory store keeps the contract of stores, and a store that breaks it is found out. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import * as fastCheck from "fast-check";
import type { Claim, CompleteStore, ReplayStore, StoreInbox } from "wallet-callback/stores/memory";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));
const { memoryStore }: typeof import("wallet-callback/stores/memory") =
	require("wallet-callback/stores/memory");
const { conformance }: typeof import("wallet-callback/stores/conformance") =
	require("wallet-callback/stores/conformance");

describe("a memory store for each case", () => {
	const cases = conformance(() => memoryStore(), { fastCheck, runs: 100 });
	for (const { name, run } of cases) test(name, run);
});

describe("one memory store for all cases, created asynchronously", () => {
	const store = memoryStore();
	for (const { name, run } of conformance(async () => store)) test(name, run);
});

/** A store, and what its operations do instead of what they should. */
type Flaw = (store: CompleteStore) => Partial<ReplayStore>;

/** A flaw of a store's inbox. */
const ofInbox =
	(flaw: (inbox: StoreInbox, store: ReplayStore) => Partial<StoreInbox>): Flaw =>
	({ inbox, ...store }) => ({ inbox: { ...inbox, ...flaw(inbox, store as ReplayStore) } });

/** A store that forgets an id so many milliseconds after it was claimed, whatever came since. */
function forgetting(
	store: ReplayStore,
	after: (retentionMs: number, leaseMs: number) => number,
): Partial<ReplayStore> {
	const expiries = new Map<string, number>();
	return {
		async claim(id, hash, leaseMs, retentionMs, ...rest) {
			const expired = (expiries.get(id) ?? Number.POSITIVE_INFINITY) < performance.now();
			if (expired) return store.claim(`${id} new`, hash, leaseMs, retentionMs, ...rest);
			const outcome = await store.claim(id, hash, leaseMs, retentionMs, ...rest);
			if (outcome.status === "claimed") {
				expiries.set(id, performance.now() + after(retentionMs, leaseMs));
			}
			return outcome;
		},
	};
}

const idOf = ({ receiver, id }: Claim) => `${receiver} ${id}`;

const HASH = "00".repeat(32);
const YEAR = 365 * 24 * 3_600_000;

/** Each flaw, with a case that it must fail. */
const FLAWS: { readonly [flaw: string]: readonly [fails: string, flaw: Flaw] } = {
	"claim ignores the hash": [
		"claim: another hash is a conflict while the id is leased",
		(store) => ({
			claim: (id, _hash, ...rest) => store.claim(id, HASH, ...rest),
		}),
	],
	"claim forgets the hash when the id is done": [
		"claim: another hash is a conflict when the id is done",
		(store) => ({
			async claim(...given) {
				const outcome = await store.claim(...given);
				if (outcome.status !== "conflict") return outcome;
				const [id, , ...rest] = given;
				const other = await store.claim(id, "a1".repeat(32), ...rest);
				return other.status === "done" ? other : outcome;
			},
		}),
	],
	"leases never run out": [
		"claim: when the lease runs out, and not before, the id can be claimed with attempt 2",
		(store) => ({ claim: (id, hash, _lease, ...rest) => store.claim(id, hash, YEAR, ...rest) }),
	],
	"leases run out at once": [
		"at the same time: of 50 claims of one id exactly one is had",
		(store) => ({ claim: (id, hash, _lease, ...rest) => store.claim(id, hash, 0, ...rest) }),
	],
	"leases run out too early": [
		"claim: when the lease runs out, and not before, the id can be claimed with attempt 2",
		(store) => ({
			claim: (id, hash, lease, ...rest) => store.claim(id, hash, lease / 2, ...rest),
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
			async claim(id, hash, leaseMs, ...rest) {
				const outcome = await store.claim(id, hash, leaseMs, ...rest);
				return outcome.status === "busy" ? { ...outcome, retryAfterMs: leaseMs } : outcome;
			},
		}),
	],
	"ids are never forgotten": [
		"retention: a completed id is forgotten when it is over, and not before",
		(store) => ({
			claim: (id, hash, lease, _retention, ...rest) => store.claim(id, hash, lease, YEAR, ...rest),
		}),
	],
	"ids are forgotten too early": [
		"retention: a completed id is forgotten when it is over, and not before",
		(store) => ({
			claim: (id, hash, lease, retention, ...rest) =>
				store.claim(id, hash, lease, retention / 2, ...rest),
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
					const claim = { id, receiver: "", token: "a token", attempt: 1 };
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
					if (outcome.status === "claimed") newest.set(idOf(outcome.claim), outcome.claim);
					return outcome;
				},
				complete: (claim) => store.complete(newest.get(idOf(claim)) ?? claim),
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
					if (outcome.status === "claimed") newest.set(idOf(outcome.claim), outcome.claim);
					return outcome;
				},
				release: (claim, ...rest) => store.release(newest.get(idOf(claim)) ?? claim, ...rest),
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
		(store) => ({ release: (claim, _delay, ...rest) => store.release(claim, 0, ...rest) }),
	],
	"release counts an unused claim": [
		"release: an unused claim does not count, and the next one has a new token",
		(store) => ({ release: (claim, delayMs) => store.release(claim, delayMs) }),
	],
	"release counts an unused claim of an entry": [
		"take: an entry that was released as unused comes again with the same attempt",
		(store) => ({ release: (claim, delayMs) => store.release(claim, delayMs) }),
	],
	"release counts no claim": [
		"release: the id can be claimed at once with attempt 2 and a new token",
		(store) => ({ release: (claim, delayMs) => store.release(claim, delayMs, true) }),
	],
	"attempts are not counted": [
		"take: when the lease runs out, and not before, the entry comes again with attempt 2",
		(store) => ({
			async take(...given) {
				const entry = await store.take(...given);
				return entry && { ...entry, claim: { ...entry.claim, attempt: 1 } };
			},
		}),
	],
	"take does not lease": [
		"enqueue: a new id is stored, and can be taken once",
		(store) => ({ take: (_lease, ...rest) => store.take(0, ...rest) }),
	],
	"take gives the last entry first": [
		"take: the entry that has been due for the longest time comes first",
		(store) => ({
			async take(...given) {
				const entries = [];
				for (let entry = await store.take(...given); entry; entry = await store.take(...given)) {
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
			enqueue: (id, hash, payload, ...rest) => store.enqueue(id, hash, payload.trim(), ...rest),
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
				return { status: "claimed", claim: { id, receiver: "", token: "a token", attempt: 1 } };
			},
		}),
	],
	"entries are forgotten when their retention is over": [
		"retention: an entry outlives it until it is completed",
		(store) => {
			const expiries = new Map<string, number>();
			return {
				enqueue(id, hash, payload, retentionMs, ...rest) {
					if (!expiries.has(id)) expiries.set(id, performance.now() + retentionMs);
					return store.enqueue(id, hash, payload, retentionMs, ...rest);
				},
				async take(...given) {
					const entry = await store.take(...given);
					if (entry === undefined) return undefined;
					const expiry = expiries.get(entry.claim.id) ?? 0;
					return expiry > performance.now() ? entry : undefined;
				},
			};
		},
	],
	"a leased row expires": [
		"retention: an id outlives a lease that is longer",
		(store) => forgetting(store, (retentionMs) => retentionMs),
	],
	"a record expires when its lease ends": [
		"retention: a completed id is forgotten when it is over, and not before",
		(store) => forgetting(store, (_retention, leaseMs) => leaseMs),
	],
	"retention counts from the claim, however late the completion": [
		"retention: counts from the completion after the lease",
		(store) => forgetting(store, (retentionMs, leaseMs) => leaseMs + retentionMs),
	],
	"retention of an entry counts from when it came": [
		"retention: of an entry counts from its completion",
		(store) => {
			const expiries = new Map<string, number>();
			return {
				claim(id, hash, leaseMs, retentionMs, receiver) {
					const expired = (expiries.get(id) ?? Number.POSITIVE_INFINITY) < performance.now();
					return store.claim(expired ? `${id} new` : id, hash, leaseMs, retentionMs, receiver);
				},
				enqueue(id, hash, payload, retentionMs, ...rest) {
					expiries.set(id, performance.now() + retentionMs);
					return store.enqueue(id, hash, payload, retentionMs, ...rest);
				},
			};
		},
	],
	"claim ignores the receiver": [
		"receivers: each has its own claims of an id",
		(store) => ({
			claim: (id, hash, leaseMs, retentionMs) => store.claim(id, hash, leaseMs, retentionMs),
		}),
	],
	"claims are anybody's": [
		"receivers: each has its own claims of an id",
		(store) => {
			const owners = new Map<string, string>();
			const real = (claim: Claim) => ({ ...claim, receiver: owners.get(claim.token) ?? "" });
			return {
				async claim(...given) {
					const outcome = await store.claim(...given);
					if (outcome.status === "claimed") owners.set(outcome.claim.token, given[4] ?? "");
					return outcome;
				},
				complete: (claim) => store.complete(real(claim)),
				release: (claim, ...rest) => store.release(real(claim), ...rest),
			};
		},
	],
	"take ignores the receiver": [
		"receivers: each has its own inbox",
		(store) => {
			const receivers = new Set<string>();
			return {
				enqueue(...given) {
					receivers.add(given[4] ?? "");
					return store.enqueue(...given);
				},
				async take(leaseMs) {
					for (const receiver of receivers) {
						const entry = await store.take(leaseMs, receiver);
						if (entry !== undefined) return entry;
					}
					return undefined;
				},
			};
		},
	],
	"the inbox is one for all receivers, though each takes its own": [
		"receivers: each has its own inbox",
		(store) => {
			const known = new Set<string>();
			return {
				async enqueue(...given) {
					const outcome = await store.enqueue(...given);
					if (outcome.status !== "stored" || !known.has(given[0])) {
						known.add(given[0]);
						return outcome;
					}
					return { status: "done" };
				},
			};
		},
	],
	"claims are freed when the clock is set forward": [
		"clock: one that is wrong by an hour frees no claim and forgets no id",
		(store) => {
			const ends = new Map<string, number>();
			return {
				async claim(id, hash, leaseMs, ...rest) {
					if ((ends.get(id) ?? Number.POSITIVE_INFINITY) < Date.now()) {
						return store.claim(`${id} new`, hash, leaseMs, ...rest);
					}
					const outcome = await store.claim(id, hash, leaseMs, ...rest);
					if (outcome.status === "claimed") ends.set(id, Date.now() + leaseMs);
					return outcome;
				},
			};
		},
	],
	"leases are prolonged when the clock is set back": [
		"clock: one that was wrong by an hour prolongs no lease",
		(store) => {
			const ends = new Map<string, number>();
			return {
				async claim(id, hash, leaseMs, ...rest) {
					const retryAfterMs = (ends.get(id) ?? 0) - Date.now();
					if (retryAfterMs > 0) return { status: "busy", retryAfterMs };
					ends.set(id, Date.now() + leaseMs);
					return store.claim(id, hash, 0, ...rest);
				},
			};
		},
	],
	"what is given up is only completed": [
		"bury: an id is done, and its letter can be read",
		(store) => ({ inbox: { ...store.inbox, bury: (claim) => store.complete(claim) } }),
	],
	"bury ignores the claim": [
		"bury: an old claim is refused, and the newer one is left as it is",
		ofInbox((inbox) => ({
			async bury(claim, letter) {
				await inbox.bury(claim, letter);
				return true;
			},
		})),
	],
	"payloads of what is given up are lost": [
		"bury: an entry is not taken again, and its payload is kept",
		ofInbox((inbox) => ({
			async get(...given) {
				const item = await inbox.get(...given);
				return item && { ...item, payload: undefined };
			},
		})),
	],
	"retry does nothing": [
		"retry: the next delivery of a callback is claimed, with attempt 1",
		ofInbox((inbox) => ({
			retry: async (...given) => (await inbox.get(...given))?.status === "dead",
		})),
	],
	"retry keeps the attempts": [
		"retry: an entry is taken again, with attempt 1",
		(store) => {
			const before = new Map<string, number>();
			return {
				async take(...given) {
					const entry = await store.take(...given);
					if (entry === undefined) return entry;
					const attempt = entry.claim.attempt + (before.get(idOf(entry.claim)) ?? 0);
					return { ...entry, claim: { ...entry.claim, attempt } };
				},
				inbox: {
					...store.inbox,
					async retry(id, receiver) {
						const item = await store.inbox.get(id, receiver);
						if (item?.status === "dead") before.set(`${receiver} ${id}`, item.attempt);
						return store.inbox.retry(id, receiver);
					},
				},
			};
		},
	],
	"what is dropped is still there": [
		"drop: what was given up is forgotten, and stays done",
		ofInbox((inbox) => ({
			drop: async (...given) => (await inbox.get(...given)) !== undefined,
		})),
	],
	"what is dropped is new": [
		"drop: what was given up is forgotten, and stays done",
		ofInbox((inbox) => ({
			drop: (...given) => inbox.retry(...given),
		})),
	],
	"list ignores its limit": [
		"list: shows what waits, what is leased and what was given up, of all receivers",
		ofInbox((inbox) => ({ list: (which) => inbox.list(which, 1_000) })),
	],
	"ids are forgotten when the clock is set forward": [
		"clock: one that is wrong by an hour frees no claim and forgets no id",
		(store) => {
			const expiries = new Map<string, number>();
			return {
				claim(id, hash, leaseMs, retentionMs, ...rest) {
					const expired = (expiries.get(id) ?? Number.POSITIVE_INFINITY) < Date.now();
					if (!expiries.has(id)) expiries.set(id, Date.now() + leaseMs + retentionMs);
					return store.claim(expired ? `${id} new` : id, hash, leaseMs, retentionMs, ...rest);
				},
			};
		},
	],
};

function broken(flaw: Flaw, store = memoryStore()): ReplayStore {
	const whole: ReplayStore = {
		claim: (...given) => store.claim(...given),
		complete: (claim) => store.complete(claim),
		release: (...given) => store.release(...given),
		enqueue: (...given) => store.enqueue(...given),
		take: (...given) => store.take(...given),
		inbox: store.inbox,
	};
	return { ...whole, ...flaw(store) };
}

describe("a store is found out when", () => {
	for (const [name, [fails, flaw]] of Object.entries(FLAWS)) {
		test(name, async () => {
			const found = conformance(() => broken(flaw)).find(({ name }) => name === fails);
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

test("a store is found out when one that is opened goes by the system's clock", async () => {
	const store = memoryStore();
	const start = Date.now() - performance.now();
	const claimed = new Set<string>();
	const open = () => {
		const isLate = Date.now() - performance.now() - start > 1_000;
		const flaw: Flaw = (store) => ({
			claim: (id, ...rest) => {
				const isFree = isLate && claimed.has(id);
				claimed.add(id);
				return store.claim(isFree ? `${id} new` : id, ...rest);
			},
		});
		return broken(flaw, store);
	};
	const name = "clock: a store that is opened while it is wrong frees no claim and forgets no id";
	const found = conformance(open, { shared: true }).find((found) => found.name === name);
	assert.ok(found, `there is no case "${name}"`);
	await assert.rejects(found.run(), /expected busy/);
});

/** Those that only ids of another kind, or many operations at a time, can show. */
const UNSEEN_BY_MODEL = [
	"ids are cut off",
	"letter case of ids is ignored",
	"claiming is not atomic",
	"payloads are trimmed",
	"take gives the last entry first",
	"busy is told in seconds",
	"busy tells the whole lease",
	"list ignores its limit",
];

describe("the model alone finds a store out when", () => {
	for (const [name, [, flaw]] of Object.entries(FLAWS)) {
		if (UNSEEN_BY_MODEL.includes(name)) continue;
		test(name, async () => {
			// Shrinking would take minutes, and what is found is known.
			const impatient = {
				...fastCheck,
				assert: (property: never, parameters: object) =>
					fastCheck.assert(property as fastCheck.IAsyncProperty<[]>, {
						...parameters,
						endOnFailure: true,
					}),
			};
			// The hardest to find take 80 runs on average: 3,000 are never used up by chance.
			const cases = conformance(() => broken(flaw), { fastCheck: impatient, runs: 3_000 });
			await assert.rejects(async () => cases.at(-1)?.run(), /expected/);
		});
	}
});
