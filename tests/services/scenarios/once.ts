import assert from "node:assert/strict";
import type { Scenario } from "../scenario.ts";
import { callback } from "../sender.ts";
import { grouped, inTests } from "../size.ts";

const IDS = inTests(250, 1000);
const COPIES = 20;
/** How many ids are being delivered at the same time. */
const AT_ONCE = 8;

/** Every callback comes 20 times at once. */
export const once: Scenario = {
	title: `${grouped(IDS)} ids, each delivered 20 times at once to 3 receivers`,
	name: "once",
	options: { leaseSeconds: 60 },
	isExact: () => true,
	async play({ fleet, sender, random }) {
		const callbacks = Array.from({ length: IDS }, (_, index) =>
			callback(`msg_once_${index}`, [random.below(3)]),
		);
		const rest = callbacks[Symbol.iterator]();
		const work = async () => {
			for (const callback of rest) {
				const copies = Array.from({ length: COPIES }, () => callback);
				await sender.deliverAll(() => fleet.ports, copies, COPIES);
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, work));

		const answered = (kind: string) => sender.answers.get(kind) ?? 0;
		assert.equal(answered("200") + answered("200 duplicate"), IDS * COPIES);
		assert.equal(answered("200"), IDS, "one delivery of each is the one that was handled");
		const busy = answered("409 in_progress");
		assert.equal(answered("200") + answered("200 duplicate") + busy, sender.deliveries);
		assert.ok(busy > 0, "copies have met");
		return { callbacks, notes: `${grouped(busy)} answered 409, and repeated` };
	},
};
