/** Cases on what is remembered, for how long, and by which clock. */

import { withClock } from "../model.js";
import type { ReplayStore } from "../store.js";
import {
	type Cases,
	claim,
	enqueue,
	eventually,
	expect,
	expectAttempt,
	expectBusy,
	expectConflict,
	expectFalse,
	expectForgotten,
	expectNothingToTake,
	expectStatus,
	expectTrue,
	freshId,
	HOUR,
	LONG_LEASE,
	PATIENCE,
	ROUNDING,
	SHORT,
	SHORT_LEASE,
	SHORT_RETENTION,
	sleep,
	take,
	takeAndComplete,
	tryClaim,
	tryEnqueue,
} from "./steps.js";

export const times: Cases = {
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
		for (let retentionMs = SHORT_RETENTION; ; retentionMs *= 2) {
			const id = freshId();
			const claimed = performance.now();
			const first = await claim(store, id, { leaseMs: SHORT_LEASE, retentionMs });
			await sleep(SHORT_LEASE + retentionMs / 2);
			const start = performance.now();
			const isCompleted = await store.complete(first);
			// A slow machine may have come after the retention: it is given a longer one.
			const isLate = performance.now() - claimed >= SHORT_LEASE + retentionMs - ROUNDING;
			if (!isCompleted && isLate && retentionMs < PATIENCE) continue;
			expectTrue(isCompleted, "complete after the lease");
			return expectForgotten(store, id, start, retentionMs);
		}
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

	"clock: a store that is opened while it is wrong frees no claim and forgets no id": async (
		store,
		another,
	) => {
		for (const ms of [HOUR, -HOUR, 240 * HOUR, -240 * HOUR]) {
			const before = [freshId(), freshId()] as const;
			const meanwhile = [freshId(), freshId()] as const;
			const record = async (on: ReplayStore, [busy, completed]: readonly [string, string]) => {
				await claim(on, busy);
				expectTrue(await on.complete(await claim(on, completed)), "complete");
			};
			const look = async (on: ReplayStore) => {
				for (const [busy, completed] of [before, meanwhile]) {
					expectBusy(await tryClaim(on, busy), LONG_LEASE);
					expectStatus(await tryClaim(on, completed), "done", "claim of a completed id");
					await expectConflict(on, completed);
				}
			};
			await record(store, before);
			const opened = await withClock(ms, async () => {
				const opened = await another();
				await record(opened, meanwhile);
				await look(opened);
				await look(await another());
				return opened;
			});
			for (const on of [store, opened, await another()]) await look(on);
		}
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
