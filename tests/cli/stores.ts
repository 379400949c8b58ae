/** Callbacks in a store: one that waits, one that is leased, and two that were given up. */
import assert from "node:assert/strict";
import type { CompleteStore } from "wallet-callback/stores/memory";

const HASH = "a1".repeat(32);
const HOUR = 3_600_000;

/** What stands in letters, and must not reach a terminal as it is. */
export const ERROR = "out of \u001b[31mfunds\u202e";

/** As a receiver packs it. */
const PAYLOAD = JSON.stringify({
	event: { type: "deposit.confirmed", data: { memo: "\u009b31m\u202egnirts", nonce: "\0n12" } },
	body: "{}",
});

export async function fill(store: CompleteStore): Promise<void> {
	const enqueue = async (id: string) => {
		const { status } = await store.enqueue(id, HASH, PAYLOAD, HOUR, "tp-wallet");
		assert.equal(status, "stored");
	};
	const take = async () => (await store.take(HOUR, "tp-wallet")) ?? assert.fail("nothing to take");
	await enqueue("msg_dead");
	const letter = { type: "deposit.confirmed", error: ERROR };
	assert.equal(await store.inbox.bury((await take()).claim, letter), true);
	await enqueue("msg_leased");
	await take();
	await enqueue("msg_waiting");
	await giveUp(store, "msg_delivered", "stripe:eu");
}

export async function giveUp(store: CompleteStore, id: string, receiver: string): Promise<void> {
	const outcome = await store.claim(id, HASH, HOUR, HOUR, receiver);
	assert.equal(outcome.status, "claimed");
	assert.equal(await store.inbox.bury(outcome.claim, {}), true);
}

/** The status of each callback, and those of the inbox that can be taken. */
export async function statusOf(
	store: CompleteStore,
	id: string,
	receiver: string,
): Promise<string> {
	return (await store.claim(id, HASH, HOUR, HOUR, receiver)).status;
}
