/** The receiver over every store with everything real, while much goes wrong. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import type { Row } from "./report.ts";
import { play } from "./scenario.ts";
import { clock } from "./scenarios/clock.ts";
import { conflict } from "./scenarios/conflict.ts";
import { crash } from "./scenarios/crash.ts";
import { inbox } from "./scenarios/inbox.ts";
import { lease } from "./scenarios/lease.ts";
import { once } from "./scenarios/once.ts";
import { reset, restart, slow } from "./scenarios/outage.ts";
import { KINDS, type Kind, type Store } from "./stores.ts";

const SCENARIOS = [once, crash, inbox, restart, slow, reset, clock, lease, conflict];

const rows: Row[] = [];

const STORES = Object.entries(KINDS);

/** Three stores at a time, the slowest first: the scenarios wait for leases and outages more than they work. */
describe("receivers on stores that fail", { concurrency: 3 }, () => {
	for (const [name, kind] of STORES.toReversed()) playAll(name, kind);
});

/** Plays all scenarios on a store, one after the other. */
function playAll(name: string, kind: Kind): void {
	describe(name, { concurrency: 1 }, () => {
		let store: Promise<Store> | undefined;
		after(async () => (await store)?.dispose());

		for (const scenario of SCENARIOS) {
			if (scenario.suits?.(kind) === false) continue;
			test(scenario.title, { timeout: 240_000 }, async () => {
				// Not in a hook, which would start servers for tests that are not selected.
				store ??= kind.start();
				const row = { store: name, ...(await play(scenario, kind, await store)) };
				rows.push(row);
				assert.equal(row.lost, 0, "lost");
				if (scenario.isExact(kind)) assert.equal(row.repeats, 0, "repeats");
			});
		}
	});
}

after(() => {
	const file = process.env.WALLET_CALLBACK_SERVICES_REPORT;
	if (file === undefined) return;
	const ordered = STORES.flatMap(([name]) => rows.filter(({ store }) => store === name));
	writeFileSync(file, `${JSON.stringify(ordered, null, "\t")}\n`);
});
