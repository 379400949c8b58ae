/** Tests that a store keeps the contract of {@link ReplayStore}. They need no test framework. */
import { compareWithModel, type FastCheck, withClock } from "./model.js";
import type { Claim, ClaimOutcome, EnqueueOutcome, InboxEntry, ReplayStore } from "./store.js";

export type {
	Claim,
	ClaimOutcome,
	EnqueueOutcome,
	InboxEntry,
	NotNow,
	ReplayStore,
} from "./store.js";
export type { FastCheck };

/** One test of a store. */
export interface ConformanceCase {
	/** What the store has to do. */
	readonly name: string;
	/** Rejects with an `Error` that says what was expected and what the store did. */
	run(): Promise<void>;
}

/** Options of {@link conformance}. */
export interface ConformanceOptions {
	/**
	 * The package `fast-check`: adds a test that compares the store with a model of the contract in
	 * random operations, with any leases, retentions and wrong clocks. Default: none.
	 */
	readonly fastCheck?: FastCheck | undefined;
	/** In how many runs it does so, each of up to 40 operations. Default 25. */
	readonly runs?: number | undefined;
	/**
	 * Whether each store that `create` gives works on the same data. Then the model has two at a time,
	 * and replaces each at any moment, as a process that ends and starts again. Default: false.
	 */
	readonly shared?: boolean | undefined;
}

/**
 * The tests that every store has to pass. They take about six seconds when run one after another,
 * as they must be: `Date.now` is wrong for moments. Each uses ids and receivers of its own.
 *
 * @param create gives a store to each test; always the same one will do
 * @example
 * ```ts
 * import * as fastCheck from "fast-check";
 *
 * const options = { fastCheck, shared: true };
 * for (const { name, run } of conformance(() => new MyStore(), options)) test(name, run);
 * ```
 */
export function conformance(
	create: () => Promise<ReplayStore> | ReplayStore,
	{ fastCheck, runs = 25, shared = false }: ConformanceOptions = {},
): ConformanceCase[] {
	const cases: ConformanceCase[] = Object.entries(CASES).map(([name, test]) => ({
		name,
		run: async () => test(await create()),
	}));
	if (fastCheck !== undefined) {
		cases.push({
			name: "model: random operations, leases, retentions and wrong clocks are answered as expected",
			run: () => compareWithModel(create, fastCheck, runs, shared),
		});
	}
	return cases;
}

/** Never over while a test runs. */
const LONG_LEASE = 60_000;
const LONG_RETENTION = 600_000;
/** Over soon. No test relies on doing something before that, since machines may be slow. */
const SHORT_LEASE = 60;
const SHORT_RETENTION = 150;
const SHORT = { leaseMs: SHORT_LEASE, retentionMs: SHORT_RETENTION };
/** How much later than asked for a store may notice that a time is over. */
const PATIENCE = 2_000;
const HOUR = 3_600_000;
/** What the rounding of two clocks may add up to. */
const ROUNDING = 10;

/** Whose callbacks those are of which a test has no others. */
const RECEIVER = "conformance";

const HASH = "a1".repeat(32);
const OTHER_HASH = "a2".repeat(32);

/** Every character that an id may have. */
const VISIBLE_ASCII = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 33 + index));

const CASES: { readonly [name: string]: (store: ReplayStore) => Promise<void> } = {
	"claim: a new id is claimed with attempt 1": async (store) => {
		const [one, two] = [freshId(), freshId()];
		const first = await claim(store, one);
		const second = await claim(store, two);
		expect(first.token !== second.token, "expected each claim to have a token of its own");
	},

	"claim: busy with the rest of the lease while it lasts": async (store) => {
		const id = freshId();
		await claim(store, id);
		await sleep(50);
		expectBusy(await tryClaim(store, id), LONG_LEASE - 50);
		const again = await tryClaim(store, id, { leaseMs: 2 * LONG_LEASE });
		expectBusy(again, LONG_LEASE - 50);
	},

	"claim: another hash is a conflict while the id is leased": async (store) => {
		const id = freshId();
		const first = await claim(store, id);
		await expectConflict(store, id);
		expectBusy(await tryClaim(store, id), LONG_LEASE);
		expectTrue(await store.complete(first), "complete after refused conflicts");
	},

	"claim: another hash is a conflict when the lease has run out": async (store) => {
		const id = freshId();
		await claim(store, id, { leaseMs: SHORT_LEASE });
		await sleep(SHORT_LEASE + 2 * ROUNDING);
		await expectConflict(store, id);
		await claim(store, id, { attempt: 2 });
	},

	"claim: another hash is a conflict when the id is released": async (store) => {
		const id = freshId();
		expectTrue(await store.release(await claim(store, id), 0), "release");
		await expectConflict(store, id);
		await claim(store, id, { attempt: 2 });
	},

	"claim: another hash is a conflict when the id is done": async (store) => {
		const id = freshId();
		expectTrue(await store.complete(await claim(store, id)), "complete");
		await expectConflict(store, id);
		expectStatus(await tryClaim(store, id), "done", "claim after complete and refused conflicts");
	},

	"claim: when the lease runs out, and not before, the id can be claimed with attempt 2": async (
		store,
	) => {
		const id = freshId();
		const first = await claimTwice(store, id);
		expect(first.old.token !== first.new.token, "expected the second claim to have a new token");
	},

	"complete: the id is done": async (store) => {
		const id = freshId();
		expectTrue(await store.complete(await claim(store, id)), "complete");
		expectStatus(await tryClaim(store, id), "done", "claim after complete");
		expectStatus(await tryEnqueue(store, id), "done", "enqueue after complete");
		await expectNothingToTake(store);
	},

	"complete: true again for the same claim": async (store) => {
		const id = freshId();
		const first = await claim(store, id);
		expectTrue(await store.complete(first), "complete");
		expectTrue(await store.complete(first), "complete for the second time");
		expectStatus(await tryClaim(store, id), "done", "claim after complete");
	},

	"complete: works after the lease has run out if nobody claimed the id since": async (store) => {
		const id = freshId();
		const first = await claim(store, id, { leaseMs: SHORT_LEASE });
		await sleep(SHORT_LEASE + 2 * ROUNDING);
		expectTrue(await store.complete(first), "complete after the lease");
		expectStatus(await tryClaim(store, id), "done", "claim after complete");
	},

	"complete: an old claim is refused, and the newer one is left as it is": async (store) => {
		const id = freshId();
		const claims = await claimTwice(store, id);
		expectFalse(await store.complete(claims.old), "complete with the old claim");
		expectBusy(await tryClaim(store, id), LONG_LEASE);
		expectTrue(await store.complete(claims.new), "complete with the newer claim");
		expectFalse(await store.complete(claims.old), "complete with the old claim of a done id");
		expectStatus(await tryClaim(store, id), "done", "claim after complete");
	},

	"complete: a claim that was released and claimed by somebody else is refused": async (store) => {
		const id = freshId();
		const old = await claim(store, id);
		expectTrue(await store.release(old, 0), "release");
		const newer = await claim(store, id, { attempt: 2 });
		expectFalse(await store.complete(old), "complete with the old claim");
		expectFalse(await store.release(old, 0), "release with the old claim");
		expectBusy(await tryClaim(store, id), LONG_LEASE);
		expectTrue(await store.complete(newer), "complete with the newer claim");
	},

	"complete, release: false for an unknown id or the token of another id": async (store) => {
		const token = crypto.randomUUID();
		const unknown: Claim = { id: freshId(), receiver: RECEIVER, token, attempt: 1 };
		expectFalse(await store.complete(unknown), "complete of an unknown id");
		expectFalse(await store.release(unknown, 0), "release of an unknown id");
		await claim(store, unknown.id);

		const [one, two] = [await claim(store, freshId()), await claim(store, freshId())];
		const mixed: Claim = { ...one, token: two.token };
		expectFalse(await store.complete(mixed), "complete with the token of another id");
		expectFalse(await store.release(mixed, 0), "release with the token of another id");
		expectBusy(await tryClaim(store, one.id), LONG_LEASE);
		expectBusy(await tryClaim(store, two.id), LONG_LEASE);
	},

	"release: the id can be claimed at once with attempt 2 and a new token": async (store) => {
		const id = freshId();
		const first = await claim(store, id);
		expectTrue(await store.release(first, 0), "release");
		const second = await claim(store, id, { attempt: 2 });
		expect(first.token !== second.token, "expected the second claim to have a new token");
		expectTrue(await store.release(second, 0), "release of the second claim");
		const third = await claim(store, id, { attempt: 3 });
		expectTrue(await store.complete(third), "complete of the third claim");
	},

	"release: its delay does not hold up a claim": async (store) => {
		const id = freshId();
		expectTrue(await store.release(await claim(store, id), LONG_LEASE), "release");
		await claim(store, id, { attempt: 2 });
	},

	"release: works after the lease has run out if nobody claimed the id since": async (store) => {
		const id = freshId();
		const first = await claim(store, id, { leaseMs: SHORT_LEASE });
		await sleep(SHORT_LEASE + 2 * ROUNDING);
		expectTrue(await store.release(first, 0), "release after the lease");
		await claim(store, id, { attempt: 2 });
	},

	"release: an old claim is refused, and the newer one is left as it is": async (store) => {
		const id = freshId();
		const claims = await claimTwice(store, id);
		expectFalse(await store.release(claims.old, 0), "release with the old claim");
		expectBusy(await tryClaim(store, id), LONG_LEASE);
		expectTrue(await store.complete(claims.new), "complete with the newer claim");
	},

	"release: false when completed": async (store) => {
		const id = freshId();
		const first = await claim(store, id);
		expectTrue(await store.complete(first), "complete");
		expectFalse(await store.release(first, 0), "release after complete");
		expectStatus(await tryClaim(store, id), "done", "claim after complete and a refused release");
	},

	"retention: an id that was not completed is forgotten when it is over, and not before": async (
		store,
	) => {
		const id = freshId();
		const start = performance.now();
		const first = await claim(store, id, SHORT);
		await expectForgotten(store, id, start, SHORT_LEASE + SHORT_RETENTION);
		expectFalse(await store.complete(first), "complete with a claim of the forgotten id");
		expectFalse(await store.release(first, 0), "release with a claim of the forgotten id");
	},

	"retention: a completed id is forgotten when it is over, and not before": async (store) => {
		const id = freshId();
		const start = performance.now();
		await store.complete(await claim(store, id, SHORT));
		await expectForgotten(store, id, start, SHORT_LEASE + SHORT_RETENTION);
	},

	"retention: an id outlives a lease that is longer": async (store) => {
		const [open, completed] = [freshId(), freshId()];
		const given = { leaseMs: 300, retentionMs: 50 };
		const start = performance.now();
		const first = await claim(store, completed, given);
		await claim(store, open, given);
		expectTrue(await store.complete(first), "complete");
		await expectForgotten(store, completed, start, 350);
		await expectForgotten(store, open, start, 350);
	},

	"retention: counts from the completion after the lease": async (store) => {
		const id = freshId();
		const first = await claim(store, id, SHORT);
		await sleep(SHORT_LEASE + SHORT_RETENTION / 2);
		const start = performance.now();
		expectTrue(await store.complete(first), "complete after the lease");
		await expectForgotten(store, id, start, SHORT_RETENTION);
	},

	"retention: of an entry counts from its completion": async (store) => {
		const id = freshId();
		await enqueue(store, id, SHORT);
		await sleep(SHORT_RETENTION + 2 * ROUNDING);
		const { claim } = await take(store, SHORT_LEASE);
		await sleep(SHORT_LEASE + 2 * ROUNDING);
		const start = performance.now();
		expectTrue(await store.complete(claim), "complete of an old entry");
		await expectForgotten(store, id, start, SHORT_RETENTION);
	},

	"receivers: each has its own claims of an id": async (store) => {
		const id = freshId();
		const receiver = freshReceiver();
		const one = await claim(store, id);
		const other = await claim(store, id, { receiver, bodyHash: OTHER_HASH });
		for (const wrong of [
			{ ...one, receiver },
			{ ...other, receiver: RECEIVER },
			{ ...one, token: other.token },
		]) {
			expectFalse(await store.complete(wrong), "complete with another receiver's claim");
			expectFalse(await store.release(wrong, 0), "release with another receiver's claim");
		}
		expectTrue(await store.complete(other), "complete");
		expectBusy(await tryClaim(store, id), LONG_LEASE);
		const again = await tryClaim(store, id, { receiver, bodyHash: OTHER_HASH });
		expectStatus(again, "done", "claim after complete");
		expectTrue(await store.release(one, 0), "release");
		await claim(store, id, { attempt: 2 });
	},

	"receivers: each has its own inbox": async (store) => {
		const [id, receiver] = [freshId(), freshReceiver()];
		await enqueue(store, id, { payload: "one" });
		await expectNothingToTake(store, receiver);
		await enqueue(store, id, { payload: "other", receiver });
		for (const [owner, payload] of [
			[receiver, "other"],
			[RECEIVER, "one"],
		] as const) {
			const entry = await take(store, LONG_LEASE, owner);
			expect(entry.payload === payload, `expected the payload "${payload}", got ${entry.payload}`);
			expect(entry.claim.receiver === owner, `expected a claim of ${owner}`);
			await expectNothingToTake(store, owner);
			expectTrue(await store.complete(entry.claim), "complete");
			const outcome = await tryClaim(store, id, { receiver: owner });
			expectStatus(outcome, "done", "claim of a completed entry");
		}
	},

	"clock: one that is wrong by an hour frees no claim and forgets no id": async (store) => {
		const [busy, completed, entry] = [freshId(), freshId(), freshId()];
		await claim(store, busy);
		expectTrue(await store.complete(await claim(store, completed)), "complete");
		await enqueue(store, entry);
		const taken = await take(store);
		const look = async () => {
			expectBusy(await tryClaim(store, busy), LONG_LEASE);
			expectStatus(await tryClaim(store, completed), "done", "claim of a completed id");
			await expectConflict(store, completed);
			expectStatus(await tryClaim(store, entry), "done", "claim of an entry");
			await expectNothingToTake(store);
			// Whatever the store cleans up as part of its work, it does here.
			await claim(store, freshId());
		};
		for (const ms of [HOUR, -HOUR, HOUR]) {
			await withClock(ms, look);
			await look();
		}
		expectTrue(await store.complete(taken.claim), "complete");
	},

	"clock: one that was wrong by an hour prolongs no lease": async (store) => {
		for (const ms of [HOUR, -HOUR]) {
			const id = freshId();
			const start = performance.now();
			await withClock(ms, () => claim(store, id, { leaseMs: SHORT_LEASE }));
			await eventually("claim when the lease is over", start, SHORT_LEASE, async () => {
				const outcome = await tryClaim(store, id);
				return outcome.status === "claimed" ? outcome : undefined;
			});
		}
	},

	"retention: begins anew with every claim": async (store) => {
		const id = freshId();
		await store.release(await claim(store, id, SHORT), 0);
		const second = await tryClaim(store, id);
		expectStatus(second, "claimed", "claim after release");
		await sleep(SHORT_RETENTION + 2 * ROUNDING);
		await expectConflict(store, id);
		expectBusy(await tryClaim(store, id), LONG_LEASE);
	},

	"at the same time: of 50 claims of one id exactly one is had": async (store) => {
		const id = freshId();
		const outcomes = await times(50, () => tryClaim(store, id));
		expectCounts(outcomes, { claimed: 1, busy: 49 });
	},

	"at the same time: 50 claims of 50 ids are all had": async (store) => {
		const outcomes = await times(50, () => tryClaim(store, freshId()));
		expectCounts(outcomes, { claimed: 50 });
		const tokens = new Set(outcomes.map((outcome) => claimOf(outcome).token));
		expect(tokens.size === 50, `expected 50 different tokens, got ${tokens.size}`);
	},

	"at the same time: of claims with two hashes one is had, and the other hash is a conflict":
		async (store) => {
			const id = freshId();
			const outcomes = await times(40, (index) =>
				tryClaim(store, id, { bodyHash: index % 2 === 0 ? HASH : OTHER_HASH }),
			);
			expectCounts(outcomes, { claimed: 1, busy: 19, conflict: 20 });
			const winner = outcomes.findIndex(({ status }) => status === "claimed");
			const same = outcomes.filter((_, index) => index % 2 === winner % 2);
			expectCounts(same, { claimed: 1, busy: 19 });
		},

	"at the same time: a lease that has run out is taken over by exactly one": async (store) => {
		const id = freshId();
		await claim(store, id, { leaseMs: SHORT_LEASE });
		await sleep(SHORT_LEASE + 2 * ROUNDING);
		const outcomes = await times(20, () => tryClaim(store, id));
		expectCounts(outcomes, { claimed: 1, busy: 19 });
		const winner = outcomes.find(({ status }) => status === "claimed");
		expect(winner !== undefined, "expected a claim");
		expectAttempt(claimOf(winner), 2);
	},

	"at the same time: either the old claim is completed or the id is claimed again": async (
		store,
	) => {
		const ids = Array.from({ length: 10 }, freshId);
		const claims = await Promise.all(ids.map((id) => claim(store, id, { leaseMs: SHORT_LEASE })));
		await sleep(SHORT_LEASE + 2 * ROUNDING);
		const races = claims.map((old, index) => {
			const complete = () => store.complete(old);
			const again = () => tryClaim(store, old.id);
			return index % 2 === 0 ? both(complete(), again()) : both(again(), complete());
		});
		for (const race of await Promise.all(races)) {
			const completed = race.includes(true);
			const outcome = race.find((value) => typeof value === "object");
			expect(outcome !== undefined, "expected an outcome of the claim");
			expectStatus(
				outcome,
				completed ? "done" : "claimed",
				`claim when complete gave ${completed}`,
			);
		}
	},

	"at the same time: of 20 enqueues of one id exactly one is stored": async (store) => {
		const id = freshId();
		const outcomes = await times(20, (index) => tryEnqueue(store, id, { payload: `${index}` }));
		expectCounts(outcomes, { stored: 1, done: 19 });
		const entry = await takeAndComplete(store, id);
		const stored = outcomes.findIndex(({ status }) => status === "stored");
		expect(entry.payload === `${stored}`, "expected the payload of the enqueue that was stored");
		await expectNothingToTake(store);
	},

	"at the same time: an id is either claimed or stored": async (store) => {
		for (let round = 0; round < 10; round++) {
			const id = freshId();
			const [enqueued, claimed] = await Promise.all([tryEnqueue(store, id), tryClaim(store, id)]);
			if (enqueued.status === "stored") {
				expectStatus(claimed, "done", "claim when enqueue was stored");
				await takeAndComplete(store, id);
			} else {
				expectBusy(enqueued, LONG_LEASE);
				expectStatus(claimed, "claimed", "claim when enqueue was busy");
			}
			await expectNothingToTake(store);
		}
	},

	"at the same time: 20 takes give each of 10 entries once": async (store) => {
		const ids = Array.from({ length: 10 }, freshId);
		for (const id of ids) await enqueue(store, id);
		const takes = await times(20, () => store.take(LONG_LEASE, RECEIVER));
		const entries = takes.filter((entry) => entry !== undefined);
		const taken = entries.map((entry) => entry.claim.id);
		expect(
			taken.length === 10 && ids.every((id) => taken.includes(id)),
			`expected each of 10 entries once, got ${taken.length}, ${new Set(taken).size} different`,
		);
		for (const entry of entries) expectTrue(await store.complete(entry.claim), "complete");
	},

	"ids: odd characters, lengths and letter case do not mix them up": async (store) => {
		const ids = oddIds();
		const claims: Claim[] = [];
		for (const id of ids) claims.push(await claim(store, id));
		for (const [index, each] of claims.entries()) {
			if (index % 2 === 0) expectTrue(await store.complete(each), `complete of ${each.id}`);
		}
		for (const [index, id] of ids.entries()) {
			const expected = index % 2 === 0 ? "done" : "busy";
			expectStatus(await tryClaim(store, id), expected, `claim of ${id}`);
		}
	},

	"ids: those of entries come back as they were given": async (store) => {
		const ids = oddIds();
		for (const id of ids) await enqueue(store, id, { payload: `payload of ${id}` });
		const missing = new Set(ids);
		for (let count = 0; count < ids.length; count++) {
			const { claim, payload } = await take(store);
			expect(missing.delete(claim.id), `expected an id that was enqueued, got ${claim.id}`);
			expect(payload === `payload of ${claim.id}`, `expected the payload of ${claim.id}`);
			expectTrue(await store.complete(claim), `complete of ${claim.id}`);
		}
		await expectNothingToTake(store);
	},

	"ids: names that mean something in JavaScript are ids as any other": async (store) => {
		// These ids cannot be random, so the claims are had with any attempt and given back.
		for (const id of ["__proto__", "constructor", "toString", "null", "0"]) {
			const first = claimOf(await tryClaim(store, id, { leaseMs: 1_000, retentionMs: 1_000 }));
			expect(first.id === id, `expected a claim of ${id}, got one of ${first.id}`);
			expectTrue(await store.release(first, 0), `release of ${id}`);
		}
	},

	"enqueue: a new id is stored, and can be taken once": async (store) => {
		const id = freshId();
		await expectNothingToTake(store);
		await enqueue(store, id, { payload: "the payload" });
		const entry = await take(store);
		expect(entry.claim.id === id, `expected a claim of ${id}, got one of ${entry.claim.id}`);
		expect(entry.payload === "the payload", `expected the payload, got ${entry.payload}`);
		expectAttempt(entry.claim, 1);
		await expectNothingToTake(store);
		expectTrue(await store.complete(entry.claim), "complete");
		await expectNothingToTake(store);
	},

	"enqueue: done for an entry, before and while it is taken, and after": async (store) => {
		const id = freshId();
		await enqueue(store, id, { payload: "first" });
		expectStatus(await tryEnqueue(store, id, { payload: "second" }), "done", "enqueue of an entry");
		const entry = await take(store);
		expect(entry.payload === "first", `expected the payload to stay, got ${entry.payload}`);
		expectStatus(await tryEnqueue(store, id), "done", "enqueue of an entry that is taken");
		expectTrue(await store.complete(entry.claim), "complete");
		expectStatus(await tryEnqueue(store, id), "done", "enqueue of an entry that is completed");
		await expectNothingToTake(store);
	},

	"enqueue: busy while the id is leased, and then nothing is stored": async (store) => {
		const id = freshId();
		const first = await claim(store, id);
		await sleep(50);
		expectBusy(await tryEnqueue(store, id), LONG_LEASE - 50);
		expectTrue(await store.release(first, 0), "release after a refused enqueue");
		await expectNothingToTake(store);
		await claim(store, id, { attempt: 2 });
	},

	"enqueue: a released claim becomes an entry": async (store) => {
		const id = freshId();
		const old = await claim(store, id);
		expectTrue(await store.release(old, 0), "release");
		await expectNothingToTake(store);
		await enqueue(store, id);
		const entry = await take(store);
		expectAttempt(entry.claim, 2);
		expectFalse(await store.complete(old), "complete with the old claim");
		expectFalse(await store.release(old, 0), "release with the old claim");
		await expectNothingToTake(store);
		expectTrue(await store.complete(entry.claim), "complete");
	},

	"enqueue: a claim whose lease has run out becomes an entry, and not before": async (store) => {
		const id = freshId();
		const start = performance.now();
		const old = await claim(store, id, { leaseMs: SHORT_LEASE });
		await eventually("enqueue when the lease is over", start, SHORT_LEASE, async () => {
			const outcome = await tryEnqueue(store, id);
			if (outcome.status === "stored") return outcome;
			expectBusy(outcome, SHORT_LEASE);
			return undefined;
		});
		const entry = await take(store);
		expectAttempt(entry.claim, 2);
		expectFalse(await store.complete(old), "complete with the old claim");
		expectTrue(await store.complete(entry.claim), "complete");
	},

	"inbox: another hash is a conflict for an entry, before and while it is taken, and after": async (
		store,
	) => {
		const id = freshId();
		await enqueue(store, id);
		await expectConflict(store, id);
		const entry = await takeAndComplete(store, id, () => expectConflict(store, id));
		expect(entry.payload === "payload", "expected the payload to stay");
		await expectConflict(store, id);
		await expectNothingToTake(store);
	},

	"inbox: an entry cannot be claimed, before and while it is taken, and after": async (store) => {
		const id = freshId();
		const expectDone = async () =>
			expectStatus(await tryClaim(store, id), "done", "claim of an entry");
		await enqueue(store, id);
		await expectDone();
		await takeAndComplete(store, id, expectDone);
		await expectDone();
	},

	"inbox: an entry whose lease has run out cannot be claimed, only taken": async (store) => {
		const id = freshId();
		await enqueue(store, id);
		await take(store, SHORT_LEASE);
		await sleep(SHORT_LEASE + 2 * ROUNDING);
		expectStatus(await tryClaim(store, id), "done", "claim of an entry after its lease");
		expectStatus(await tryEnqueue(store, id), "done", "enqueue of an entry after its lease");
		const entry = await takeAndComplete(store, id);
		expectAttempt(entry.claim, 2);
	},

	"inbox: payloads come back exactly": async (store) => {
		const payloads = [
			"",
			"null",
			" \t\r\n\\ \"'`$1 %s {0} ; -- \u007f",
			"Zürich, 東京, \u{1f98a}, e\u0301, \u2028\ufeff",
			"0123456789abcde\n".repeat(65_536),
		];
		for (const payload of payloads) {
			const id = freshId();
			await enqueue(store, id, { payload });
			const entry = await takeAndComplete(store, id);
			expect(
				entry.payload === payload,
				`expected ${excerpt(payload)} back, got ${excerpt(entry.payload)}`,
			);
		}
	},

	"take: the entry that has been due for the longest time comes first": async (store) => {
		const [one, two, three] = [freshId(), freshId(), freshId()];
		for (const id of [one, two, three]) {
			await enqueue(store, id);
			await sleep(ROUNDING);
		}
		const first = await take(store);
		expect(first.claim.id === one, "expected the entry that was stored first");
		expectTrue(await store.release(first.claim, 0), "release");
		// The one released is due since then: later than the others.
		for (const id of [two, three, one]) await takeAndComplete(store, id);
	},

	"take: when the lease runs out, and not before, the entry comes again with attempt 2": async (
		store,
	) => {
		const id = freshId();
		await enqueue(store, id);
		const start = performance.now();
		const old = await take(store, SHORT_LEASE);
		const entry = await eventually("take when the lease is over", start, SHORT_LEASE, () =>
			store.take(LONG_LEASE, RECEIVER),
		);
		expectAttempt(entry.claim, 2);
		expect(entry.claim.token !== old.claim.token, "expected the second take to have a new token");
		expect(entry.payload === "payload", `expected the payload again, got ${entry.payload}`);
		expectFalse(await store.complete(old.claim), "complete with the old claim");
		expectFalse(await store.release(old.claim, 0), "release with the old claim");
		await expectNothingToTake(store);
		expectTrue(await store.complete(entry.claim), "complete with the newer claim");
	},

	"take: an entry comes again when the delay of its release is over, and not before": async (
		store,
	) => {
		const id = freshId();
		await enqueue(store, id);
		const first = await take(store);
		const start = performance.now();
		expectTrue(await store.release(first.claim, SHORT_RETENTION), "release");
		expectStatus(await tryClaim(store, id), "done", "claim of a released entry");
		const entry = await eventually("take when the delay is over", start, SHORT_RETENTION, () =>
			store.take(LONG_LEASE, RECEIVER),
		);
		expectAttempt(entry.claim, 2);
		expect(entry.payload === "payload", `expected the payload again, got ${entry.payload}`);
		expectTrue(await store.complete(entry.claim), "complete");
	},

	"take: completed after its lease has run out, an entry does not come again": async (store) => {
		const id = freshId();
		await enqueue(store, id);
		const { claim } = await take(store, SHORT_LEASE);
		await sleep(SHORT_LEASE + 2 * ROUNDING);
		expectTrue(await store.complete(claim), "complete after the lease");
		expectFalse(await store.release(claim, 0), "release after complete");
		await expectNothingToTake(store);
	},

	"take: claims that are no entries are not taken": async (store) => {
		await claim(store, freshId(), { leaseMs: SHORT_LEASE });
		expectTrue(await store.release(await claim(store, freshId()), 0), "release");
		expectTrue(await store.complete(await claim(store, freshId())), "complete");
		await sleep(SHORT_LEASE + 2 * ROUNDING);
		await expectNothingToTake(store);
	},

	"retention: an entry outlives it until it is completed": async (store) => {
		const [waiting, taken] = [freshId(), freshId()];
		await enqueue(store, taken, SHORT);
		const { claim: lost } = await take(store, SHORT_LEASE);
		expect(lost.id === taken, `expected a claim of ${taken}, got one of ${lost.id}`);
		await sleep(ROUNDING);
		await enqueue(store, waiting, SHORT);
		await sleep(SHORT_RETENTION + 2 * ROUNDING);
		// Whatever the store cleans up as part of its work, it does here.
		for (let count = 0; count < 20; count++) await claim(store, freshId());
		for (const id of [waiting, taken]) {
			await expectConflict(store, id);
			expectStatus(await tryClaim(store, id), "done", "claim of an old entry");
			expectStatus(await tryEnqueue(store, id), "done", "enqueue of an old entry");
		}
		const entries = [await take(store), await take(store)];
		for (const { claim } of entries) {
			expectAttempt(claim, claim.id === taken ? 2 : 1);
			expectTrue(await store.complete(claim), "complete");
		}
		await expectNothingToTake(store);
	},

	"retention: begins anew when a released claim becomes an entry": async (store) => {
		const id = freshId();
		await store.release(await claim(store, id, SHORT), 0);
		await enqueue(store, id);
		await takeAndComplete(store, id);
		await sleep(SHORT_RETENTION + 2 * ROUNDING);
		await expectConflict(store, id);
		expectStatus(await tryClaim(store, id), "done", "claim of a completed entry");
	},
};

/** What a claim or an enqueue is given unless the test is about it. */
interface Given {
	readonly bodyHash?: string;
	readonly leaseMs?: number;
	readonly retentionMs?: number;
	readonly payload?: string;
	readonly receiver?: string;
}

function tryClaim(store: ReplayStore, id: string, given: Given = {}): Promise<ClaimOutcome> {
	const { bodyHash = HASH, leaseMs = LONG_LEASE, retentionMs = LONG_RETENTION } = given;
	return store.claim(id, bodyHash, leaseMs, retentionMs, given.receiver ?? RECEIVER);
}

function tryEnqueue(store: ReplayStore, id: string, given: Given = {}): Promise<EnqueueOutcome> {
	const { bodyHash = HASH, payload = "payload", retentionMs = LONG_RETENTION } = given;
	return store.enqueue(id, bodyHash, payload, retentionMs, given.receiver ?? RECEIVER);
}

async function claim(
	store: ReplayStore,
	id: string,
	given: Given & { readonly attempt?: number } = {},
): Promise<Claim> {
	const claim = claimOf(await tryClaim(store, id, given));
	expect(claim.id === id, `expected a claim of ${id}, got one of ${claim.id}`);
	expectAttempt(claim, given.attempt ?? 1);
	return claim;
}

async function enqueue(store: ReplayStore, id: string, given: Given = {}): Promise<void> {
	expectStatus(await tryEnqueue(store, id, given), "stored", `enqueue of ${id}`);
}

async function take(
	store: ReplayStore,
	leaseMs = LONG_LEASE,
	receiver = RECEIVER,
): Promise<InboxEntry> {
	const entry = await store.take(leaseMs, receiver);
	expect(entry !== undefined, "take: expected an entry, got none");
	return entry;
}

/** Takes the entry of this id, and completes it. */
async function takeAndComplete(
	store: ReplayStore,
	id: string,
	between: () => Promise<void> = async () => {},
): Promise<InboxEntry> {
	const entry = await take(store);
	expect(entry.claim.id === id, `take: expected the entry ${id}, got ${entry.claim.id}`);
	await between();
	expectTrue(await store.complete(entry.claim), `complete of the entry ${id}`);
	return entry;
}

/** Claims, and claims again when the lease is over: the second claim has a long lease. */
async function claimTwice(store: ReplayStore, id: string): Promise<{ old: Claim; new: Claim }> {
	const start = performance.now();
	const old = await claim(store, id, { leaseMs: SHORT_LEASE });
	const newer = await eventually("claim when the lease is over", start, SHORT_LEASE, async () => {
		const outcome = await tryClaim(store, id);
		if (outcome.status === "claimed") return outcome.claim;
		expectBusy(outcome, SHORT_LEASE);
		return undefined;
	});
	expectAttempt(newer, 2);
	return { old, new: newer };
}

/** An id is known until so many milliseconds after `start`, and new then. */
async function expectForgotten(
	store: ReplayStore,
	id: string,
	start: number,
	ms: number,
): Promise<void> {
	const what = "claim when the retention is over";
	const again = await eventually(what, start, ms, async () => {
		const outcome = await tryClaim(store, id, { bodyHash: OTHER_HASH });
		if (outcome.status === "claimed") return outcome.claim;
		expectStatus(outcome, "conflict", "claim before the retention is over");
		return undefined;
	});
	expectAttempt(again, 1);
}

/** Asks until there is an answer; it must not come before `ms` after `start`, nor much later. */
async function eventually<Answer>(
	what: string,
	start: number,
	ms: number,
	ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
	for (;;) {
		const asked = performance.now() - start;
		const answer = await ask();
		const elapsed = performance.now() - start;
		if (answer !== undefined) {
			expect(elapsed >= ms - ROUNDING, `${what}: expected not before ${ms} ms, got ${elapsed} ms`);
			return answer;
		}
		expect(asked < ms + PATIENCE, `${what}: expected after ${ms} ms, got nothing in ${asked} ms`);
		await sleep(ROUNDING);
	}
}

async function expectConflict(store: ReplayStore, id: string): Promise<void> {
	const given = { bodyHash: OTHER_HASH };
	expectStatus(await tryClaim(store, id, given), "conflict", "claim with another hash");
	expectStatus(await tryEnqueue(store, id, given), "conflict", "enqueue with another hash");
}

async function expectNothingToTake(store: ReplayStore, receiver = RECEIVER): Promise<void> {
	const entry = await store.take(LONG_LEASE, receiver);
	expect(entry === undefined, `take: expected nothing, got the entry ${entry?.claim.id}`);
}

function claimOf(outcome: ClaimOutcome): Claim {
	expect(outcome.status === "claimed", `claim: expected claimed, got ${outcome.status}`);
	const { token } = outcome.claim;
	expect(typeof token === "string" && token !== "", `expected a token, got ${token}`);
	return outcome.claim;
}

function expectAttempt({ attempt }: Claim, expected: number): void {
	expect(attempt === expected, `expected attempt ${expected}, got ${attempt}`);
}

function expectStatus(outcome: { readonly status: string }, expected: string, what: string): void {
	expect(outcome.status === expected, `${what}: expected ${expected}, got ${outcome.status}`);
}

function expectBusy(outcome: ClaimOutcome | EnqueueOutcome, atMostMs: number): void {
	expect(outcome.status === "busy", `expected busy, got ${outcome.status}`);
	const { retryAfterMs } = outcome;
	// Half of a long lease: a machine is not that slow, but a store may have mistaken the unit.
	const aboveMs = atMostMs > LONG_LEASE / 2 ? LONG_LEASE / 2 : 0;
	expect(
		retryAfterMs > aboveMs && retryAfterMs <= atMostMs + ROUNDING,
		`expected retryAfterMs above ${aboveMs}, at most ${atMostMs}, got ${retryAfterMs}`,
	);
}

function expectCounts(
	outcomes: readonly { readonly status: string }[],
	expected: { readonly [status: string]: number },
): void {
	const counts: { [status: string]: number } = {};
	for (const { status } of outcomes) counts[status] = (counts[status] ?? 0) + 1;
	const text = (of: object) => JSON.stringify(Object.entries(of).sort());
	expect(text(counts) === text(expected), `expected ${text(expected)}, got ${text(counts)}`);
}

function expectTrue(value: boolean, what: string): void {
	expect(value === true, `${what}: expected true, got ${value}`);
}

function expectFalse(value: boolean, what: string): void {
	expect(value === false, `${what}: expected false, got ${value}`);
}

function expect(holds: boolean, message: string): asserts holds {
	if (!holds) throw new Error(message);
}

function freshReceiver(): string {
	return `conformance:${crypto.randomUUID()}`;
}

function freshId(): string {
	return `conformance_${crypto.randomUUID()}`;
}

/** Ids that are easily taken for each other, or for something else than an id. */
function oddIds(): string[] {
	const id = freshId();
	const long = `${id}${VISIBLE_ASCII}`.padEnd(255, "x");
	const endings = [
		"",
		"a",
		"A",
		"aa",
		":",
		":a",
		"::",
		"{a}",
		"{b}",
		"%",
		"_",
		"*",
		"?",
		"'",
		"''",
	];
	const more = [
		'"',
		"\\",
		"\\\\",
		"\\'",
		"$1",
		"%61",
		"&#97;",
		"/",
		"/../a",
		",",
		";--",
		"+",
		"[a]",
	];
	return [
		...endings.map((ending) => `${id}${ending}`),
		...more.map((ending) => `${id}${ending}`),
		`${VISIBLE_ASCII}${id}`,
		`{${id}}`,
		`:${id}`,
		`${long}1`,
		`${long}2`,
	];
}

function times<Result>(
	count: number,
	run: (index: number) => Promise<Result>,
): Promise<readonly Result[]> {
	return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

function both<One, Two>(one: Promise<One>, two: Promise<Two>): Promise<readonly (One | Two)[]> {
	return Promise.all([one, two]);
}

function excerpt(text: string): string {
	return `${JSON.stringify(text.slice(0, 40))} (${text.length} characters)`;
}

function sleep(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
