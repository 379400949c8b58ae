import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Scenario, until } from "../scenario.ts";
import { callback } from "../sender.ts";

const LEASE_MS = 1500;

/** Handlers outlive their leases, and others take over. */
export const lease: Scenario = {
	title: "leases taken over from handlers that are too slow",
	name: "lease",
	options: { leaseSeconds: LEASE_MS / 1000 },
	isExact: ({ transactional, clients: [client] }) => transactional || client === "durable-object",
	async play({ kind, fleet, sender, site }) {
		const [first = 0, second = 0] = fleet.ports;
		const slow = callback("msg_lease_slow", [2 * LEASE_MS]);
		const start = performance.now();
		const late = await sender.send(first, slow);
		assert.deepEqual([late?.status, late?.word], [500, "handler_failed"]);
		assert.ok(performance.now() - start >= LEASE_MS, "the handler has had its time");
		assert.equal((await sender.send(second, slow))?.status, 200);
		// Until the first handler has tried to have its effect, too.
		await sleep(2 * LEASE_MS + 300 - (performance.now() - start));
		assert.equal((await sender.send(first, slow))?.word, "duplicate");

		const callbacks = [slow];
		if (kind.clients.length > 1) {
			const stopped = callback("msg_lease_stopped", [(LEASE_MS * 2) / 3]);
			callbacks.push(stopped);
			const stale = sender.send(first, stopped);
			await until("the handler to begin", () => fleet.hasBegun(stopped));
			const [member] = fleet.members;
			member?.signal("SIGSTOP");
			await until("the end of the lease", async () => {
				return (await sender.send(second, stopped))?.status === 200;
			});
			member?.signal("SIGCONT");
			// Its handler knows nothing of the time that has passed. What the receiver finds out first,
			// that the lease is over or that the claim is lost, depends on what the handler waits for.
			await stale;
			const records = (await member?.tell({ order: "records" })) as { outcome: string }[];
			const outcomes = kind.transactional ? ["failed"] : ["failed", "lease_lost"];
			assert.ok(outcomes.includes(records.at(-1)?.outcome ?? ""), records.at(-1)?.outcome);
		}
		const effects = await site.effects();
		// workerd ends what a handler has begun with its request.
		const isExact = lease.isExact(kind);
		for (const { id } of callbacks) {
			const attempts = effects.filter((effect) => effect.id === id).map(({ attempt }) => attempt);
			const expected = isExact ? [2] : [1, 2];
			assert.deepEqual(attempts.sort(), expected, id);
		}
		return { callbacks, notes: isExact ? NO_EFFECT : UNHEEDED };
	},
};

const NO_EFFECT = "what came too late had no effect";
const UNHEEDED = "by handlers that heed neither their signal nor their claim";
