import assert from "node:assert/strict";
import { type Scenario, until } from "../scenario.ts";
import { callback } from "../sender.ts";

const CALLBACKS = 500;
const AT_ONCE = 24;

/** What was acknowledged before it was handled is handled after a crash. */
export const inbox: Scenario = {
	title: "500 callbacks acknowledged before they are handled, all receivers killed midway",
	name: "inbox",
	options: { leaseSeconds: 1, acknowledge: "before-handling" },
	suits: ({ durable }) => durable,
	isExact: ({ transactional }) => transactional,
	async play({ fleet, sender, site }) {
		// The last ones are being handled when all have been delivered, however long that has taken.
		const callbacks = Array.from({ length: CALLBACKS }, (_, index) =>
			callback(`msg_inbox_${index}`, [index < CALLBACKS - AT_ONCE ? 40 : 900], 20),
		);
		await sender.deliverAll(() => fleet.ports, callbacks, AT_ONCE);
		await fleet.kill();
		const handled = async () => new Set((await site.effects()).map(({ id }) => id)).size;
		const early = await handled();
		assert.ok(early > 0 && early < CALLBACKS, `killed in the midst of it: ${early} handled`);

		await fleet.start();
		await until("the rest of the effects", async () => {
			// Workers handle what is left when they are told to, as by a cron trigger.
			await fleet.tell({ order: "drain" });
			return (await handled()) === CALLBACKS;
		});
		const again = await sender.send(fleet.ports[0] as number, callbacks[0] as never);
		assert.equal(again?.word, "duplicate");
		return { callbacks, notes: `${early} handled before the crash` };
	},
};
