/** Cases on entries that wait for their handlers. */
import {
	type Cases,
	claim,
	enqueue,
	eventually,
	excerpt,
	expect,
	expectAttempt,
	expectBusy,
	expectConflict,
	expectFalse,
	expectNothingToTake,
	expectStatus,
	expectTrue,
	freshId,
	LONG_LEASE,
	RECEIVER,
	ROUNDING,
	SHORT_LEASE,
	SHORT_RETENTION,
	sleep,
	take,
	takeAndComplete,
	tryClaim,
	tryEnqueue,
} from "./steps.js";

export const inbox: Cases = {
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

	"take: an entry that was released as unused comes again with the same attempt": async (store) => {
		const id = freshId();
		await enqueue(store, id);
		const first = await take(store);
		expectAttempt(first.claim, 1);
		expectTrue(await store.release(first.claim, 0, true), "release of an unused claim");
		const second = await take(store);
		expectAttempt(second.claim, 1);
		expect(
			first.claim.token !== second.claim.token,
			"expected the second take to have a new token",
		);
		expectFalse(await store.release(first.claim, 0, true), "release with the old claim");
		await expectNothingToTake(store);
		expectTrue(await store.release(second.claim, 0), "release of a used claim");
		const third = await take(store);
		expectAttempt(third.claim, 2);
		expectTrue(await store.complete(third.claim), "complete");
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
};
