import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Scenario, Stage } from "../scenario.ts";
import { callback } from "../sender.ts";
import { grouped, inTests } from "../size.ts";

const CALLBACKS = inTests(1000, 2000);
const AT_ONCE = 24;

/** Receivers are killed in the midst of their work. */
export const crash: Scenario = {
	title: `kill -9 of receivers at random moments during ${grouped(CALLBACKS)} callbacks`,
	name: "crash",
	options: { leaseSeconds: 1 },
	isExact: ({ transactional }) => transactional,
	async play(stage) {
		const { kind, fleet, sender, random } = stage;
		const callbacks = Array.from({ length: CALLBACKS }, (_, index) =>
			callback(`msg_crash_${index}`, [random.below(20)], random.below(20)),
		);
		const state = { over: false };
		const killing = killAtRandom(stage, () => state.over);
		try {
			await sender.deliverAll(() => fleet.ports, callbacks, AT_ONCE);
		} finally {
			state.over = true;
		}
		const kills = await killing;
		assert.ok(kills >= (kind.clients.length === 1 ? 1 : inTests(2, 4)), `${kills} kills`);
		const notes = `${kills} kills`;
		return { callbacks, notes };
	},
};

async function killAtRandom(
	{ kind, fleet, random }: Stage,
	isOver: () => boolean,
): Promise<number> {
	// If all receivers are in one process, they are away until it has started again: after that, they are
	// there for as long.
	let away = 0;
	for (let kills = 0; ; kills += 1) {
		await sleep(away + random.between(100, 400));
		if (isOver()) return kills;
		const killed = performance.now();
		const member = random.pick(fleet.members);
		await member.kill();
		await member.start();
		if (kind.clients.length === 1) away = performance.now() - killed;
	}
}
