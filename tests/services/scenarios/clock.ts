import assert from "node:assert/strict";
import { type Scenario, type Stage, until } from "../scenario.ts";
import { type Callback, callback } from "../sender.ts";

const TEN_MINUTES = 600_000;
const LEASE_MS = 3000;
/** How much later than due a lease may be found to have ended. */
const SLACK_MS = 5000;

/** The clocks of the receivers are stepped while they work. */
export const clock: Scenario = {
	title: "clock steps of +10 and -10 minutes of the receivers",
	name: "clock",
	options: { leaseSeconds: LEASE_MS / 1000 },
	isExact: () => true,
	async play(stage) {
		const { fleet, sender } = stage;
		const callbacks = [];
		const takeovers: string[] = [];
		for (const [sign, aheadMs, code] of [
			["plus", TEN_MINUTES, "timestamp_too_old"],
			["minus", -TEN_MINUTES, "timestamp_too_new"],
		] as const) {
			await fleet.tell({ order: "clock", aheadMs: 0 });
			const known = callback(`msg_clock_${sign}_known`);
			const fresh = callback(`msg_clock_${sign}_fresh`);
			const leased = callback(`msg_clock_${sign}_leased`, [60_000]);
			callbacks.push(known, fresh, leased);
			assert.equal((await sender.send(fleet.ports[0] as number, known))?.status, 200);
			const claimed = await claimAndDie(stage, leased);

			await fleet.tell({ order: "clock", aheadMs });
			for (const port of fleet.ports) {
				const old = await sender.send(port, known);
				assert.deepEqual([old?.status, old?.word], [401, code], "judged by the stepped clock");
				assert.equal((await sender.send(port, known, aheadMs))?.word, "duplicate", "still known");
			}
			assert.equal((await sender.send(fleet.ports[0] as number, fresh, aheadMs))?.status, 200);

			const [port = 0] = fleet.ports;
			const takeOver = async () => (await sender.send(port, leased, aheadMs))?.status === 200;
			await until("the end of the lease", takeOver);
			const tookMs = performance.now() - claimed;
			assert.ok(tookMs >= LEASE_MS && tookMs < LEASE_MS + SLACK_MS, `${sign}: ${tookMs} ms`);
			takeovers.push(`${sign}: after ${(tookMs / 1000).toFixed(1)} s`);
		}
		return { callbacks, notes: `lease of ${LEASE_MS / 1000} s taken over ${takeovers.join("; ")}` };
	},
};

/**
 * Has a callback claimed by a process that ends in the midst of its handling. Where the store would
 * end with it, the handler just does not come to an end. Gives the time before the claim.
 */
async function claimAndDie({ kind, fleet, sender }: Stage, leased: Callback): Promise<number> {
	const before = performance.now();
	const [first = 0, second = 0] = fleet.ports;
	void sender.send(first, leased);
	await until("the handler to begin", () => fleet.hasBegun(leased));
	assert.equal((await sender.send(second, leased))?.word, "in_progress");
	if (kind.durable) {
		await fleet.members[0]?.kill();
		await fleet.members[0]?.start();
	}
	return before;
}
