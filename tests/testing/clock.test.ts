/** A clock that tests move: what expires, expires without waiting. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
	createReceiver,
	createVerifier,
	fakeClock,
	generateSecret,
	memoryStore,
	sampleEvent,
	signedRequest,
} from "./package.ts";

test("it stands still, and moves when it is told to", () => {
	const before = Date.now();
	const clock = fakeClock();
	const start = clock.now();
	assert.ok(start >= before && start <= Date.now());
	clock.advance(1.5);
	assert.equal(clock.now(), start + 1500);
	clock.advance(-1.5);
	assert.equal(clock.now(), start);
	assert.equal(fakeClock(new Date("2026-01-01T00:00:00Z")).now(), 1_767_225_600_000);
	assert.equal(fakeClock(0).now(), 0);
});

test("what is no time is refused", () => {
	assert.throws(() => fakeClock(Number.NaN), { name: "TypeError", message: /^start: / });
	assert.throws(() => fakeClock(new Date("never")), { name: "TypeError" });
	assert.throws(() => fakeClock("2026-03-05" as unknown as Date), {
		name: "TypeError",
		message: "start: expected a Date or milliseconds, got a string",
	});
	const clock = fakeClock(0);
	assert.throws(() => clock.advance("1" as unknown as number), {
		name: "TypeError",
		message: "seconds: expected a number, got string",
	});
	assert.equal(clock.now(), 0);
});

test("a callback grows too old", async () => {
	const key = generateSecret();
	const clock = fakeClock();
	const verifier = createVerifier({ keys: key, now: clock.now });
	const made = () => signedRequest(sampleEvent("deposit.confirmed"), { key });
	const request = made();
	assert.ok((await verifier.safeVerifyRequest(request.clone())).ok);
	clock.advance(600);
	const late = await verifier.safeVerifyRequest(request);
	assert.equal(late.ok ? "" : late.code, "timestamp_too_old");
	const timestamp = Math.floor(clock.now() / 1000);
	const next = signedRequest(sampleEvent("deposit.confirmed"), { key, timestamp });
	assert.ok((await verifier.safeVerifyRequest(next)).ok);
	clock.advance(-1000);
	const early = await verifier.safeVerifyRequest(made());
	assert.equal(early.ok ? "" : early.code, "timestamp_too_new");
});

test("a store forgets, and a lease ends", async () => {
	const clock = fakeClock();
	const store = memoryStore({ now: clock.now });
	const hash = "ab".repeat(32);
	const status = async () => (await store.claim("id", hash, 30_000, 600_000)).status;
	const claimed = await store.claim("id", hash, 30_000, 600_000);
	assert.ok(claimed.status === "claimed");
	assert.equal(await status(), "busy");
	clock.advance(31);
	const again = await store.claim("id", hash, 30_000, 600_000);
	assert.ok(again.status === "claimed");
	assert.equal(again.claim.attempt, 2);
	await store.complete(again.claim);
	clock.advance(599);
	assert.equal(await status(), "done");
	// From the end of the lease on.
	clock.advance(32);
	assert.equal(await status(), "claimed");
	assert.throws(() => memoryStore({ now: 1 as unknown as () => number }), {
		name: "TypeError",
		message: "now: expected a function, got 1",
	});
});

test("a receiver on one clock with its store handles anew what it has forgotten", async () => {
	const key = generateSecret();
	const clock = fakeClock();
	let handled = 0;
	const receiver = createReceiver({
		keys: key,
		now: clock.now,
		store: memoryStore({ now: clock.now }),
		retentionSeconds: 700,
		onAny: () => {
			handled += 1;
		},
	});
	const event = sampleEvent("withdrawal.completed");
	const send = async () => {
		const timestamp = Math.floor(clock.now() / 1000);
		return (await receiver(signedRequest(event, { key, id: "msg_1", timestamp }))).json();
	};
	assert.deepEqual(await send(), { code: 0 });
	clock.advance(600);
	assert.deepEqual(await send(), { code: 0, duplicate: true });
	clock.advance(131);
	assert.deepEqual(await send(), { code: 0 });
	assert.equal(handled, 2);
});
