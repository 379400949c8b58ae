/** What all scenarios have in common: receivers over a store, a sender, and the count of effects. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../random.ts";
import { Fleet } from "./fleet.ts";
import type { Config, Effect } from "./protocol.ts";
import { type FaultyProxy, startFaultyProxy } from "./proxy.ts";
import type { Row } from "./report.ts";
import { type Callback, Sender } from "./sender.ts";
import type { Kind, Site, Store } from "./stores.ts";

/** What a scenario works with. */
export interface Stage {
	readonly kind: Kind;
	readonly store: Store;
	readonly fleet: Fleet;
	readonly sender: Sender;
	readonly random: Random;
	readonly site: Site;
	/** In front of the store's server, where it has one. */
	readonly proxy: FaultyProxy | undefined;
}

export interface Scenario {
	/** The title of its table. */
	readonly title: string;
	/** For the names of tables and keys. */
	readonly name: string;
	readonly options: Config["options"];
	/** Whether it can be played with a store. */
	suits?(kind: Kind): boolean;
	/** Whether connections to the store's server are cut. */
	readonly cutsConnections?: boolean;
	/** Whether effects must not be repeated. */
	isExact(kind: Kind): boolean;
	/** Gives the callbacks that are to have been handled, and what is to be noted. */
	play(stage: Stage): Promise<{ readonly callbacks: readonly Callback[]; readonly notes: string }>;
}

const RECEIVERS = 3;

/** Plays a scenario, counts its effects, and checks that nothing is lost nor done twice. */
export async function play(
	scenario: Scenario,
	kind: Kind,
	store: Store,
): Promise<Omit<Row, "store">> {
	const random = new Random(4);
	const sender = new Sender(random);
	const site = await store.site(scenario.name);
	const clients = (scenario.cutsConnections && kind.reconnecting) || kind.clients;
	const receivers = RECEIVERS / clients.length;
	const { title } = scenario;
	const options = { storeTimeoutSeconds: 3, ...scenario.options };
	const proxy = store.server && (await startFaultyProxy(store.server.port));
	const at = proxy
		? site.config.at.replace(`:${store.server?.port}`, `:${proxy.port}`)
		: site.config.at;
	const fleet = new Fleet({ ...site.config, at, receivers, options }, clients);
	try {
		await fleet.start();
		const stage = { kind, store, fleet, sender, random, proxy, site };
		const { callbacks, notes } = await scenario.play(stage);
		const counted = count(callbacks, await site.effects());
		return { scenario: title, deliveries: sender.deliveries, ...counted, notes };
	} finally {
		sender.close();
		await fleet.kill();
		await proxy?.dispose();
	}
}

function count(callbacks: readonly Callback[], effects: readonly Effect[]) {
	const seen = new Set(effects.map(({ id }) => id));
	const sent = new Set(callbacks.map(({ id }) => id));
	assert.deepEqual(
		[...seen].filter((id) => !sent.has(id)),
		[],
		"effects of nothing that was sent",
	);
	const lost = [...sent].filter((id) => !seen.has(id)).length;
	return { effects: effects.length, repeats: effects.length - seen.size, lost };
}

/** Waits until something holds. */
export async function until(
	what: string,
	holds: () => boolean | Promise<boolean>,
	withinMs = 30_000,
): Promise<void> {
	const end = performance.now() + withinMs;
	while (!(await holds())) {
		assert.ok(performance.now() < end, `waited ${withinMs} ms for ${what}`);
		await sleep(20);
	}
}
