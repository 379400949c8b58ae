import assert from "node:assert/strict";
import { type Scenario, until } from "../scenario.ts";
import { callback } from "../sender.ts";

/** A genuine callback comes with the id of another one. */
export const conflict: Scenario = {
	title: "an id that comes again with another body",
	name: "conflict",
	options: { leaseSeconds: 60 },
	isExact: () => true,
	async play({ fleet, sender }) {
		const finished = callback("msg_conflict_finished");
		const running = callback("msg_conflict_running", [3000]);
		const [first = 0, ...others] = fleet.ports;
		assert.equal((await sender.send(first, finished))?.status, 200);
		const run = sender.send(first, running);
		await until("the handler to begin", () => fleet.hasBegun(running));
		const busy = await sender.send(others[0] as number, running);
		assert.equal(busy?.word, "in_progress");

		for (const port of fleet.ports) {
			for (const { id } of [finished, running]) {
				const other = callback(id, [1]);
				const { status, word } = (await sender.send(port, other)) ?? {};
				assert.deepEqual([status, word], [422, "id_conflict"], id);
			}
		}
		assert.equal((await run)?.status, 200);
		assert.equal((await sender.send(first, running))?.word, "duplicate");
		const records = await fleet.records();
		const conflicts = records.filter(({ outcome }) => outcome === "id_conflict");
		assert.equal(conflicts.length, 2 * fleet.ports.length);
		assert.ok(conflicts.every(({ level, code }) => level === "error" && code === "id_conflict"));
		const notes = `${conflicts.length} answered 422 id_conflict and logged as errors`;
		return { callbacks: [finished, running], notes };
	},
};
