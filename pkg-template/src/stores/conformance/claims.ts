/** Cases on claims: whose an id is, and until when. */

import type { Claim } from "../store.js";
import {
	type Cases,
	claim,
	claimOf,
	claimTwice,
	enqueue,
	expect,
	expectBusy,
	expectConflict,
	expectFalse,
	expectNothingToTake,
	expectStatus,
	expectTrue,
	freshId,
	freshReceiver,
	LONG_LEASE,
	OTHER_HASH,
	oddIds,
	RECEIVER,
	ROUNDING,
	SHORT_LEASE,
	sleep,
	take,
	tryClaim,
	tryEnqueue,
} from "./steps.js";

export const claims: Cases = {
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

	"release: an unused claim does not count, and the next one has a new token": async (store) => {
		const id = freshId();
		const first = await claim(store, id);
		expectTrue(await store.release(first, 0, true), "release of an unused claim");
		expectFalse(await store.release(first, 0, true), "release for the second time");
		const second = await claim(store, id, { attempt: 1 });
		expect(first.token !== second.token, "expected the second claim to have a new token");
		expectFalse(await store.release(first, 0, true), "release with the old claim");
		expectBusy(await tryClaim(store, id), LONG_LEASE);
		expectTrue(await store.release(second, 0, false), "release of a used claim");
		const third = await claim(store, id, { attempt: 2 });
		expectTrue(await store.release(third, 0, true), "release of an unused claim");
		expectTrue(await store.complete(await claim(store, id, { attempt: 2 })), "complete");
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
};
