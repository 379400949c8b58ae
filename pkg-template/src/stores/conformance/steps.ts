/** The steps of which the cases are made, and what they expect. */
import type { Claim, ClaimOutcome, EnqueueOutcome, InboxEntry, ReplayStore } from "../store.js";

/** Cases by what a store has to do. Each is given a store, and what opens another on the same data. */
export type Cases = {
	readonly [name: string]: (
		store: ReplayStore,
		another: () => Promise<ReplayStore> | ReplayStore,
	) => Promise<void>;
};

/** Never over while a test runs. */
export const LONG_LEASE = 60_000;
export const LONG_RETENTION = 600_000;
/** Over soon. No test relies on doing something before that, since machines may be slow. */
export const SHORT_LEASE = 60;
export const SHORT_RETENTION = 150;
export const SHORT: { readonly leaseMs: number; readonly retentionMs: number } = {
	leaseMs: SHORT_LEASE,
	retentionMs: SHORT_RETENTION,
};
/** How much later than asked for a store may notice that a time is over. */
export const PATIENCE = 2_000;
export const HOUR = 3_600_000;
/** What the rounding of two clocks may add up to. */
export const ROUNDING = 10;

/** Whose callbacks those are of which a test has no others. */
export const RECEIVER = "conformance";

export const HASH: string = "a1".repeat(32);
export const OTHER_HASH: string = "a2".repeat(32);

/** Every character that an id may have. */
export const VISIBLE_ASCII: string = String.fromCharCode(
	...Array.from({ length: 94 }, (_, index) => 33 + index),
);

/** What a claim or an enqueue is given unless the test is about it. */
export interface Given {
	readonly bodyHash?: string;
	readonly leaseMs?: number;
	readonly retentionMs?: number;
	readonly payload?: string;
	readonly receiver?: string;
}

export function tryClaim(store: ReplayStore, id: string, given: Given = {}): Promise<ClaimOutcome> {
	const { bodyHash = HASH, leaseMs = LONG_LEASE, retentionMs = LONG_RETENTION } = given;
	return store.claim(id, bodyHash, leaseMs, retentionMs, given.receiver ?? RECEIVER);
}

export function tryEnqueue(
	store: ReplayStore,
	id: string,
	given: Given = {},
): Promise<EnqueueOutcome> {
	const { bodyHash = HASH, payload = "payload", retentionMs = LONG_RETENTION } = given;
	return store.enqueue(id, bodyHash, payload, retentionMs, given.receiver ?? RECEIVER);
}

export async function claim(
	store: ReplayStore,
	id: string,
	given: Given & { readonly attempt?: number } = {},
): Promise<Claim> {
	const claim = claimOf(await tryClaim(store, id, given));
	expect(claim.id === id, `expected a claim of ${id}, got one of ${claim.id}`);
	expectAttempt(claim, given.attempt ?? 1);
	return claim;
}

export async function enqueue(store: ReplayStore, id: string, given: Given = {}): Promise<void> {
	expectStatus(await tryEnqueue(store, id, given), "stored", `enqueue of ${id}`);
}

export async function take(
	store: ReplayStore,
	leaseMs: number = LONG_LEASE,
	receiver: string = RECEIVER,
): Promise<InboxEntry> {
	const entry = await store.take(leaseMs, receiver);
	expect(entry !== undefined, "take: expected an entry, got none");
	return entry;
}

/** Takes the entry of this id, and completes it. */
export async function takeAndComplete(
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
export async function claimTwice(
	store: ReplayStore,
	id: string,
): Promise<{ old: Claim; new: Claim }> {
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
export async function expectForgotten(
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
export async function eventually<Answer>(
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

export async function expectConflict(store: ReplayStore, id: string): Promise<void> {
	const given = { bodyHash: OTHER_HASH };
	expectStatus(await tryClaim(store, id, given), "conflict", "claim with another hash");
	expectStatus(await tryEnqueue(store, id, given), "conflict", "enqueue with another hash");
}

export async function expectNothingToTake(
	store: ReplayStore,
	receiver: string = RECEIVER,
): Promise<void> {
	const entry = await store.take(LONG_LEASE, receiver);
	expect(entry === undefined, `take: expected nothing, got the entry ${entry?.claim.id}`);
}

export function claimOf(outcome: ClaimOutcome): Claim {
	expect(outcome.status === "claimed", `claim: expected claimed, got ${outcome.status}`);
	const { token } = outcome.claim;
	expect(typeof token === "string" && token !== "", `expected a token, got ${token}`);
	return outcome.claim;
}

export function expectAttempt({ attempt }: Claim, expected: number): void {
	expect(attempt === expected, `expected attempt ${expected}, got ${attempt}`);
}

export function expectStatus(
	outcome: { readonly status: string },
	expected: string,
	what: string,
): void {
	expect(outcome.status === expected, `${what}: expected ${expected}, got ${outcome.status}`);
}

export function expectBusy(outcome: ClaimOutcome | EnqueueOutcome, atMostMs: number): void {
	expect(outcome.status === "busy", `expected busy, got ${outcome.status}`);
	const { retryAfterMs } = outcome;
	// Half of a long lease: a machine is not that slow, but a store may have mistaken the unit.
	const aboveMs = atMostMs > LONG_LEASE / 2 ? LONG_LEASE / 2 : 0;
	expect(
		retryAfterMs > aboveMs && retryAfterMs <= atMostMs + ROUNDING,
		`expected retryAfterMs above ${aboveMs}, at most ${atMostMs}, got ${retryAfterMs}`,
	);
}

export function expectCounts(
	outcomes: readonly { readonly status: string }[],
	expected: { readonly [status: string]: number },
): void {
	const counts: { [status: string]: number } = {};
	for (const { status } of outcomes) counts[status] = (counts[status] ?? 0) + 1;
	const text = (of: object) => JSON.stringify(Object.entries(of).sort());
	expect(text(counts) === text(expected), `expected ${text(expected)}, got ${text(counts)}`);
}

export function expectTrue(value: boolean, what: string): void {
	expect(value === true, `${what}: expected true, got ${value}`);
}

export function expectFalse(value: boolean, what: string): void {
	expect(value === false, `${what}: expected false, got ${value}`);
}

export function expect(holds: boolean, message: string): asserts holds {
	if (!holds) throw new Error(message);
}

export function freshReceiver(): string {
	return `conformance:${crypto.randomUUID()}`;
}

export function freshId(): string {
	return `conformance_${crypto.randomUUID()}`;
}

/** Ids that are easily taken for each other, or for something else than an id. */
export function oddIds(): string[] {
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

export function times<Result>(
	count: number,
	run: (index: number) => Promise<Result>,
): Promise<readonly Result[]> {
	return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

export function both<One, Two>(
	one: Promise<One>,
	two: Promise<Two>,
): Promise<readonly (One | Two)[]> {
	return Promise.all([one, two]);
}

export function excerpt(text: string): string {
	return `${JSON.stringify(text.slice(0, 40))} (${text.length} characters)`;
}

export function sleep(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
