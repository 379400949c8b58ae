/** Cases on what is given up, and on what people do with it and with what waits. */
import type { InboxItem, ReplayStore, StoreInbox } from "../store.js";
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
	freshReceiver,
	LONG_LEASE,
	oddIds,
	RECEIVER,
	ROUNDING,
	SHORT_LEASE,
	SHORT_RETENTION,
	sleep,
	take,
	takeAndComplete,
	times,
	tryClaim,
	tryEnqueue,
} from "./steps.js";

const LETTER = { type: "deposit.confirmed", error: 'no "funds", \\ Zürich, \u{1f98a}, %s $1' };
/** More than the cases leave behind, those before this run among them. */
const MANY = 100_000;

/** The cases for a store that keeps what was given up; none for another. */
export const letters: Cases = onInbox({
	"bury: an id is done, and its letter can be read": async (store, inbox) => {
		const id = freshId();
		const first = await claim(store, id);
		expect((await inbox.get(id, RECEIVER)) === undefined, "get: expected nothing of a claim");
		expectTrue(await inbox.bury(first, LETTER), "bury");
		expectStatus(await tryClaim(store, id), "done", "claim after bury");
		expectStatus(await tryEnqueue(store, id), "done", "enqueue after bury");
		await expectConflict(store, id);
		await expectNothingToTake(store);
		const item = await expectDead(inbox, id, { attempt: 1, isEntry: false });
		expect(item.payload === undefined, "get: expected no payload of a claim");
		expectTrue(await inbox.drop(id, RECEIVER), "drop");
	},

	"bury: true again for the same claim, and what is done stays as it is": async (store, inbox) => {
		const [dead, done] = [await claim(store, freshId()), await claim(store, freshId())];
		expectTrue(await inbox.bury(dead, LETTER), "bury");
		expectTrue(await inbox.bury(dead, { error: "another" }), "bury for the second time");
		expectTrue(await store.complete(dead), "complete after bury");
		await expectDead(inbox, dead.id, { attempt: 1, isEntry: false });
		expectTrue(await store.complete(done), "complete");
		expectTrue(await inbox.bury(done, LETTER), "bury after complete");
		expect(
			(await inbox.get(done.id, RECEIVER)) === undefined,
			"get: expected nothing of a done id",
		);
		expectFalse(await store.release(dead, 0), "release after bury");
		expectTrue(await inbox.drop(dead.id, RECEIVER), "drop");
	},

	"bury: an old claim is refused, and the newer one is left as it is": async (store, inbox) => {
		const id = freshId();
		const old = await claim(store, id);
		expectTrue(await store.release(old, 0), "release");
		const newer = await claim(store, id, { attempt: 2 });
		expectFalse(await inbox.bury(old, LETTER), "bury with the old claim");
		expectFalse(await inbox.bury({ ...newer, receiver: "other" }, LETTER), "bury of another's");
		expectBusy(await tryClaim(store, id), LONG_LEASE);
		expectTrue(await store.complete(newer), "complete with the newer claim");
		expect((await inbox.get(id, RECEIVER)) === undefined, "get: expected nothing of a done id");
	},

	"bury: a letter without a type and an error is one": async (store, inbox) => {
		const id = freshId();
		expectTrue(await inbox.bury(await claim(store, id), {}), "bury");
		const { letter } = await found(inbox, id);
		expect(letter !== undefined && letter.error === undefined, "expected an empty letter");
		expectTrue(await inbox.drop(id, RECEIVER), "drop");
	},

	"bury: an entry is not taken again, and its payload is kept": async (store, inbox) => {
		for (const payload of [
			"",
			"the payload \u2028 \u{1f98a}",
			"0123456789abcde\n".repeat(65_536),
		]) {
			const id = freshId();
			await enqueue(store, id, { payload });
			const entry = await take(store, SHORT_LEASE);
			expectTrue(await inbox.bury(entry.claim, LETTER), "bury");
			await sleep(SHORT_LEASE + 2 * ROUNDING);
			await expectNothingToTake(store);
			expectStatus(await tryEnqueue(store, id), "done", "enqueue after bury");
			const item = await expectDead(inbox, id, { attempt: 1, isEntry: true });
			expect(item.payload === payload, "get: expected the payload");
			expectTrue(await inbox.retry(id, RECEIVER), "retry");
			const again = await takeAndComplete(store, id);
			expectAttempt(again.claim, 1);
			expect(again.payload === payload, "take after retry: expected the payload");
		}
	},

	"bury: what was given up is forgotten when its retention is over, and not before": async (
		store,
		inbox,
	) => {
		const given = { leaseMs: SHORT_LEASE, retentionMs: SHORT_RETENTION };
		const start = performance.now();
		const [entry, other] = [freshId(), freshId()];
		await enqueue(store, entry, { ...given, payload: "0123456789abcdef".repeat(65_536) });
		expectTrue(await inbox.bury((await take(store, SHORT_LEASE)).claim, LETTER), "bury");
		expectTrue(await inbox.bury(await claim(store, other, given), LETTER), "bury");
		for (const id of [entry, other]) {
			await expectForgotten(store, id, start, SHORT_LEASE + SHORT_RETENTION);
			expect(
				(await inbox.get(id, RECEIVER)) === undefined,
				"get: expected nothing when it is over",
			);
			expectFalse(await inbox.retry(id, RECEIVER), "retry of a new claim");
			expectFalse(await inbox.drop(id, RECEIVER), "drop of a new claim");
		}
		const dead = await inbox.list("dead", MANY);
		expect(
			!dead.some(({ id }) => id === entry || id === other),
			"list: expected it to be forgotten",
		);
	},

	"bury: an id that was given up and forgotten can be an entry, and given up again": async (
		store,
		inbox,
	) => {
		const id = freshId();
		const long = "0123456789abcdef".repeat(65_536);
		const start = performance.now();
		await enqueue(store, id, { retentionMs: SHORT_RETENTION, payload: `old ${long}` });
		expectTrue(await inbox.bury((await take(store, SHORT_LEASE)).claim, LETTER), "bury");
		const ms = SHORT_LEASE + SHORT_RETENTION;
		await eventually("enqueue when the retention is over", start, ms, async () => {
			const { status } = await tryEnqueue(store, id, { payload: `new ${long}` });
			return status === "stored" ? status : undefined;
		});
		const entry = await take(store);
		expect(entry.payload === `new ${long}`, "take: expected the payload of the new entry");
		expectTrue(await inbox.bury(entry.claim, {}), "bury");
		const item = await found(inbox, id);
		expect(item.payload === `new ${long}`, "get: expected the payload of the new entry");
		expectTrue(await inbox.drop(id, RECEIVER), "drop");
	},

	"retry: the next delivery of a callback is claimed, with attempt 1": async (store, inbox) => {
		const id = freshId();
		await store.release(await claim(store, id), 0);
		const old = await claim(store, id, { attempt: 2 });
		expectTrue(await inbox.bury(old, LETTER), "bury");
		expectTrue(await inbox.retry(id, RECEIVER), "retry");
		expectFalse(await inbox.retry(id, RECEIVER), "retry for the second time");
		expect((await inbox.get(id, RECEIVER)) === undefined, "get: expected nothing after retry");
		expectFalse(await store.complete(old), "complete with the claim from before");
		expectFalse(await store.release(old, 0), "release with the claim from before");
		expectFalse(await inbox.bury(old, LETTER), "bury with the claim from before");
		await expectConflict(store, id);
		await expectNothingToTake(store);
		const again = await claim(store, id, { attempt: 1 });
		expectFalse(await store.complete(old), "complete with the claim from before");
		expectTrue(await store.complete(again), "complete");
	},

	"retry: an entry is taken again, with attempt 1": async (store, inbox) => {
		const id = freshId();
		await enqueue(store, id);
		const { claim: old } = await take(store);
		expectTrue(await inbox.bury(old, LETTER), "bury");
		expectTrue(await inbox.retry(id, RECEIVER), "retry");
		expectStatus(await tryClaim(store, id), "done", "claim of an entry");
		expectFalse(await store.complete(old), "complete with the claim from before");
		const waiting = await found(inbox, id);
		expect(waiting.status === "waiting" && waiting.attempt === 0, "expected it to wait anew");
		const again = await take(store);
		expectAttempt(again.claim, 1);
		expectTrue(await inbox.bury(again.claim, LETTER), "bury for the second time");
		await expectDead(inbox, id, { attempt: 1, isEntry: true });
		expectTrue(await inbox.drop(id, RECEIVER), "drop");
	},

	"retry: an entry that waits for its next try becomes due": async (store, inbox) => {
		const id = freshId();
		await enqueue(store, id);
		expectTrue(await store.release((await take(store)).claim, LONG_LEASE), "release");
		await expectNothingToTake(store);
		const { status, dueMs = 0 } = await found(inbox, id);
		expect(status === "waiting" && dueMs > LONG_LEASE / 2, "get: expected it to wait");
		expectTrue(await inbox.retry(id, RECEIVER), "retry");
		const { claim: again } = await takeAndComplete(store, id);
		expectAttempt(again, 2);
	},

	"retry, drop: false for what is leased, done, claimed or unknown": async (store, inbox) => {
		const [leased, done, claimed] = [freshId(), freshId(), freshId()];
		await enqueue(store, leased);
		const entry = await take(store);
		expectTrue(await store.complete(await claim(store, done)), "complete");
		const open = await claim(store, claimed);
		for (const id of [leased, done, claimed, freshId()]) {
			expectFalse(await inbox.retry(id, RECEIVER), `retry of ${id}`);
			expectFalse(await inbox.drop(id, RECEIVER), `drop of ${id}`);
		}
		const { status, dueMs = 0 } = await found(inbox, leased);
		expect(status === "leased" && dueMs > LONG_LEASE / 2, "get: expected it to be leased");
		expectTrue(await store.complete(entry.claim), "complete of the leased entry");
		expectTrue(await store.complete(open), "complete of the claim");
	},

	"drop: what was given up is forgotten, and stays done": async (store, inbox) => {
		const [one, two] = [freshId(), freshId()];
		expectTrue(await inbox.bury(await claim(store, one), LETTER), "bury");
		await enqueue(store, two);
		expectTrue(await inbox.bury((await take(store)).claim, LETTER), "bury");
		for (const id of [one, two]) {
			expectTrue(await inbox.drop(id, RECEIVER), "drop");
			expectFalse(await inbox.drop(id, RECEIVER), "drop for the second time");
			expectFalse(await inbox.retry(id, RECEIVER), "retry after drop");
			expect((await inbox.get(id, RECEIVER)) === undefined, "get: expected nothing after drop");
			expectStatus(await tryClaim(store, id), "done", "claim after drop");
			await expectConflict(store, id);
		}
		await expectNothingToTake(store);
	},

	"drop: what waits is done without being handled": async (store, inbox) => {
		const [fresh, released, expired] = [freshId(), freshId(), freshId()];
		await enqueue(store, released);
		const one = (await take(store)).claim;
		expectTrue(await store.release(one, LONG_LEASE), "release");
		await enqueue(store, expired);
		const other = (await take(store, SHORT_LEASE)).claim;
		await enqueue(store, fresh);
		await sleep(SHORT_LEASE + 2 * ROUNDING);
		for (const id of [fresh, released, expired]) {
			expectTrue(await inbox.drop(id, RECEIVER), "drop");
			expectStatus(await tryClaim(store, id), "done", "claim after drop");
			expectStatus(await tryEnqueue(store, id), "done", "enqueue after drop");
		}
		for (const old of [one, other]) {
			expectFalse(await store.complete(old), "complete with a claim from before");
		}
		await expectNothingToTake(store);
	},

	"list: shows what waits, what is leased and what was given up, of all receivers": async (
		store,
		inbox,
	) => {
		const receiver = freshReceiver();
		const [waiting, later, leased, dead, claimed] = [1, 2, 3, 4, 5].map(freshId);
		for (const id of [leased, later, waiting, dead] as string[]) {
			await enqueue(store, id, { receiver });
			await sleep(ROUNDING);
		}
		await take(store, LONG_LEASE, receiver);
		expectTrue(
			await store.release((await take(store, LONG_LEASE, receiver)).claim, LONG_LEASE),
			"release",
		);
		const third = (await take(store, LONG_LEASE, receiver)).claim;
		expectTrue(await store.release(third, 0), "release");
		expectTrue(await inbox.bury((await take(store, LONG_LEASE, receiver)).claim, LETTER), "bury");
		await claim(store, claimed as string, { receiver });
		const own = (items: readonly InboxItem[]) => items.filter((item) => item.receiver === receiver);
		const text = (items: readonly InboxItem[]) =>
			own(items)
				.map(({ id, status, attempt }) => `${id} ${status} ${attempt}`)
				.sort()
				.join(", ");
		const expected = [`${waiting} waiting 1`, `${later} waiting 1`, `${leased} leased 1`];
		const listed = text(await inbox.list("inbox", MANY));
		expect(listed === expected.sort().join(", "), `list: expected ${expected}, got ${listed}`);
		const buried = text(await inbox.list("dead", MANY));
		expect(buried === `${dead} dead 1`, `list: expected ${dead}, got ${buried}`);
		for (const which of ["inbox", "dead"] as const) {
			expect((await inbox.list(which, 1)).length === 1, `list of ${which}: expected one at most`);
			for (const { ageMs } of own(await inbox.list(which, MANY))) {
				const isRight = ageMs !== undefined && ageMs >= 0 && ageMs < LONG_LEASE / 2;
				expect(isRight, `list: expected the age, got ${ageMs}`);
			}
		}
		for (const id of [waiting, later, dead] as string[]) {
			expectFalse(await inbox.drop(id, RECEIVER), "drop of another receiver's");
			expectTrue(await inbox.drop(id, receiver), "drop");
		}
	},

	"ids: odd ones are listed, found, retried and dropped as themselves": async (store, inbox) => {
		const receiver = freshReceiver();
		const ids = oddIds();
		for (const id of ids) {
			expectTrue(await inbox.bury(await claim(store, id, { receiver }), { error: id }), "bury");
		}
		const listed = (await inbox.list("dead", MANY)).filter((item) => item.receiver === receiver);
		const text = listed.map(({ id, letter }) => `${id} ${letter?.error}`).sort();
		const expected = ids.map((id) => `${id} ${id}`).sort();
		expect(JSON.stringify(text) === JSON.stringify(expected), "list: expected all ids");
		for (const [index, id] of ids.entries()) {
			const { letter } = await found(inbox, id, receiver);
			expect(letter?.error === id, `get: expected the letter of ${id}`);
			const change = index % 2 === 0 ? inbox.retry : inbox.drop;
			expectTrue(await change(id, receiver), "retry or drop");
		}
		for (const [index, id] of ids.entries()) {
			const status = index % 2 === 0 ? "claimed" : "done";
			expectStatus(await tryClaim(store, id, { receiver }), status, `claim of ${id}`);
		}
	},

	"at the same time: of 20 retries one is had, and the callback is handled once": async (
		store,
		inbox,
	) => {
		const id = freshId();
		await enqueue(store, id);
		expectTrue(await inbox.bury((await take(store)).claim, LETTER), "bury");
		const outcomes = await times(20, (index) =>
			index % 2 === 0 ? inbox.retry(id, RECEIVER) : inbox.drop(id, RECEIVER),
		);
		expect(outcomes.includes(true), "expected a retry or a drop to be had");
		const entries = await times(5, () => store.take(LONG_LEASE, RECEIVER));
		const taken = entries.filter((entry) => entry !== undefined);
		expect(taken.length <= 1, `expected one at most to take, got ${taken.length}`);
		for (const { claim } of taken) expectTrue(await store.complete(claim), "complete");
		expectStatus(await tryClaim(store, id), "done", "claim");
	},
});

type InboxCase = (store: ReplayStore, inbox: StoreInbox) => Promise<void>;

function onInbox(cases: { readonly [name: string]: InboxCase }): Cases {
	return Object.fromEntries(
		Object.entries(cases).map(([name, run]) => [
			name,
			async (store: ReplayStore) => {
				if (store.inbox !== undefined) await run(store, store.inbox);
			},
		]),
	);
}

async function found(inbox: StoreInbox, id: string, receiver = RECEIVER) {
	const item = await inbox.get(id, receiver);
	expect(item !== undefined, `get: expected ${id}, got nothing`);
	expect(item.id === id && item.receiver === receiver, `get: expected ${id}, got ${item.id}`);
	return item;
}

async function expectDead(
	inbox: StoreInbox,
	id: string,
	expected: { readonly attempt: number; readonly isEntry: boolean },
) {
	const item = await found(inbox, id);
	const { status, attempt, isEntry, letter, deadMs = -1, ageMs = -1 } = item;
	expect(status === "dead", `get: expected it to be dead, got ${status}`);
	expect(
		attempt === expected.attempt,
		`get: expected ${expected.attempt} attempts, got ${attempt}`,
	);
	expect(isEntry === expected.isEntry, `get: expected isEntry ${expected.isEntry}`);
	expect(letter?.type === LETTER.type && letter.error === LETTER.error, "get: expected the letter");
	const isRight = deadMs >= 0 && ageMs >= 0 && ageMs < LONG_LEASE && deadMs <= ageMs + ROUNDING;
	expect(isRight, `get: expected its times, got ${ageMs} and ${deadMs}`);
	return item;
}
