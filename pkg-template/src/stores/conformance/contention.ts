/** Cases on what happens at the same time. */
import {
	both,
	type Cases,
	claim,
	claimOf,
	enqueue,
	expect,
	expectAttempt,
	expectBusy,
	expectCounts,
	expectNothingToTake,
	expectStatus,
	expectTrue,
	freshId,
	HASH,
	LONG_LEASE,
	OTHER_HASH,
	RECEIVER,
	ROUNDING,
	SHORT_LEASE,
	sleep,
	takeAndComplete,
	times,
	tryClaim,
	tryEnqueue,
} from "./steps.js";

export const contention: Cases = {
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
};
