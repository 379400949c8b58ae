import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Scenario, Stage } from "../scenario.ts";
import { type Callback, callback } from "../sender.ts";
import { openSqlite } from "../stores.ts";

const AT_ONCE = 12;

/** What goes wrong with a store, and for how long; and how it ends. It tells when it has begun. */
type Trouble = (stage: Stage, begun: () => void) => Promise<void>;

/** Stops the store in the midst of a run, and starts it again. */
export const restart: Scenario = {
	title: "store stopped and restarted in mid-run",
	name: "restart",
	cutsConnections: true,
	options: { leaseSeconds: 4 },
	suits: ({ durable }) => durable,
	isExact: ({ transactional }) => transactional,
	play: (stage) => during(stage, 300, stopAndStart, true),
};

/** Makes the store take a second for everything. */
export const slow: Scenario = {
	title: "store slow (1 s) in mid-run",
	name: "slow",
	// A transaction takes four round trips.
	options: { leaseSeconds: 10 },
	suits: ({ durable }) => durable,
	isExact: ({ transactional }) => transactional,
	play: (stage) => during(stage, 150, slowDown, false),
};

/** Resets the connections to the store, and refuses new ones for a moment. */
export const reset: Scenario = {
	title: "connections to the store reset in mid-run",
	name: "reset",
	cutsConnections: true,
	options: { leaseSeconds: 4 },
	suits: ({ clock, durable }) => durable && clock === "server",
	isExact: ({ transactional }) => transactional,
	play: (stage) => during(stage, 300, resetConnections, false),
};

/** Delivers callbacks, with trouble after the first third, and the last third in the midst of it. */
async function during(stage: Stage, count: number, trouble: Trouble, isOutage: boolean) {
	const { kind, fleet, sender, random } = stage;
	const callbacks = Array.from({ length: count }, (_, index) =>
		callback(`msg_trouble_${index}`, [random.below(5)]),
	);
	const third = count / 3;
	const ports = () => fleet.ports;
	await sender.deliverAll(ports, callbacks.slice(0, third), AT_ONCE);
	assert.deepEqual([...sender.answers.keys()], ["200"], "all is well before");

	const deliver = (some: readonly Callback[]) =>
		sender.deliverAll(ports, some, AT_ONCE, () => sleep(20));
	let over: Promise<void> | undefined;
	const begun = new Promise<void>((resolve, reject) => {
		over = trouble(stage, resolve);
		over.catch(reject);
	});
	const second = deliver(callbacks.slice(third, 2 * third));
	await begun;
	await Promise.all([second, deliver(callbacks.slice(2 * third)), over]);

	// The handler's own database is the store: it fails with it.
	const allowed = ["200", "200 duplicate", "409 in_progress", "503 store_unavailable"];
	if (kind.transactional) allowed.push("500 handler_failed");
	// All of workerd has been restarted.
	if (kind.clients[0] === "durable-object") allowed.push("no answer");
	const answers = [...sender.answers].filter(([answer]) => answer !== "200");
	assert.deepEqual(
		answers.filter(([answer]) => !allowed.includes(answer)),
		[],
	);
	const notes = answers.map(([answer, times]) => `${times} × ${answer}`).join(", ");
	if (isOutage) {
		assert.ok(sender.answers.has("503 store_unavailable"), `the store was away: ${notes}`);
	}
	return { callbacks, notes: notes === "" ? "all answered 200" : notes };
}

async function stopAndStart(stage: Stage, begun: () => void): Promise<void> {
	const { fleet, store, kind } = stage;
	if (store.server !== undefined) {
		await store.server.stop();
		begun();
		await sleep(4000);
		await store.server.start();
	} else if (kind.clock === "process") {
		// Longer than SQLite waits by itself.
		await lock(stage, 7000, begun);
	} else {
		await fleet.tell({ order: "fault", delayMs: 0, fails: true });
		begun();
		await sleep(1000);
		await fleet.kill();
		await fleet.start();
	}
}

async function slowDown(stage: Stage, begun: () => void): Promise<void> {
	const { fleet, proxy, kind } = stage;
	if (proxy !== undefined) {
		proxy.delay(1000);
		begun();
		await sleep(4000);
		proxy.delay(0);
	} else if (kind.clock === "process") {
		for (let times = 0; times < 3; times += 1) await lock(stage, 1000, begun);
	} else {
		await fleet.tell({ order: "fault", delayMs: 1000, fails: false });
		begun();
		await sleep(4000);
		await fleet.tell({ order: "fault", delayMs: 0, fails: false });
	}
}

async function resetConnections({ fleet, proxy }: Stage, begun: () => void): Promise<void> {
	for (let times = 0; times < 4; times += 1) {
		if (proxy !== undefined) {
			proxy.reset();
			proxy.refuse(true);
			begun();
			await sleep(200);
			proxy.refuse(false);
		} else {
			await fleet.tell({ order: "fault", delayMs: 0, fails: true });
			begun();
			await sleep(200);
			await fleet.tell({ order: "fault", delayMs: 0, fails: false });
		}
		await sleep(300);
	}
}

/** Holds the lock of an SQLite file, as another process that writes. */
async function lock({ site }: Stage, ms: number, begun: () => void): Promise<void> {
	const database = openSqlite(site.config.at);
	database.exec("PRAGMA busy_timeout = 5000; BEGIN EXCLUSIVE");
	begun();
	await sleep(ms);
	database.exec("COMMIT");
	database.close();
}
