/**
 * A day under attack: somebody invents ids of keys, and the real key's callbacks come every minute.
 * The clock is the test's, the code the package's.
 */
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { test } from "node:test";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const load = createRequire(join(CONSUMER, "package.json"));
const { createVerifier }: typeof import("wallet-callback/full") = load("wallet-callback/full");
const { createKeyResolver, KeyResolutionError }: typeof import("wallet-callback/keys") =
	load("wallet-callback/keys");
const { createReceiver }: typeof import("wallet-callback/receiver") = load(
	"wallet-callback/receiver",
);
const { memoryStore }: typeof import("wallet-callback/stores/memory") = load(
	"wallet-callback/stores/memory",
);

type Options = Parameters<typeof createKeyResolver>[0];

const MINUTE = 60_000;
const DAY = 24 * 60;

/** How long the large attack lasts, in minutes. A whole day has 14,400,000 ids, and takes minutes. */
const LARGE = 60 * Number(process.env.WALLET_CALLBACK_ATTACK_HOURS ?? 1);
const HOST = "https://api.circle.com";

interface KeyPair {
	readonly published: string;
	sign(body: string): string;
}

function keyPair(): KeyPair {
	const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
	return {
		published: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
		sign: (body) => sign("sha256", Buffer.from(body), privateKey).toString("base64"),
	};
}

/** A server with keys, a receiver that fetches them, and a clock. */
class World {
	readonly keys = new Map([["real", keyPair()]]);
	now = 1_800_000_000_000;
	isDown = false;
	readonly fetches = { real: 0, invented: 0, failed: 0 };
	readonly resolver: ReturnType<typeof createKeyResolver>;
	readonly #receiver: ReturnType<typeof createReceiver>;
	#bodies = 0;

	constructor(options: Partial<Options> = {}) {
		this.resolver = createKeyResolver({
			sender: "circle",
			url: (keyId) => `${HOST}/keys/${keyId}`,
			fetch: async (url) => this.#answer(url),
			now: () => this.now,
			...options,
		});
		const verifier = createVerifier({
			sender: "circle",
			keys: this.resolver,
			now: () => this.now,
		});
		this.#receiver = createReceiver({
			verifier,
			store: memoryStore(),
			onAny: () => {},
		});
	}

	#answer(url: string): Response {
		const id = url.slice(`${HOST}/keys/`.length);
		const key = this.keys.get(id);
		this.fetches[this.isDown ? "failed" : key === undefined ? "invented" : "real"]++;
		if (this.isDown) return new Response("", { status: 503 });
		if (key === undefined) return new Response("", { status: 404 });
		return Response.json({ data: { id, publicKey: key.published } });
	}

	get fetched(): number {
		return this.fetches.real + this.fetches.invented + this.fetches.failed;
	}

	async #post(keyId: string, body: string, signature: string): Promise<number> {
		const { status } = await this.#receiver.receive({
			method: "POST",
			url: "https://shop.example/callback",
			secure: true,
			peer: "203.0.113.9",
			headers: { "x-circle-key-id": keyId, "x-circle-signature": signature },
			readBody: async () => Buffer.from(body),
		});
		return status;
	}

	/** Sends a callback of its own, and gives the answer's status. */
	genuine(keyId = "real"): Promise<number> {
		const body = JSON.stringify({ notificationId: ++this.#bodies });
		return this.#post(keyId, body, this.keys.get(keyId)?.sign(body) ?? "");
	}

	forged(keyId: string): Promise<number> {
		return this.#post(keyId, "{}", Buffer.alloc(70, 1).toString("base64"));
	}
}

interface Figures {
	readonly perMinute: number;
	readonly genuine: number;
	readonly refused: number;
	readonly invented: number;
	readonly fetches: World["fetches"];
	/** How many of the invented ids are remembered in the end. */
	readonly remembered: number;
}

/**
 * An attack. The first of a minute's invented ids are posted to the receiver, and when the minute's
 * fetches are used up the others go to the resolver right away, which is where they would end.
 */
async function attack(world: World, perMinute: number, minutes: number): Promise<Figures> {
	const posted = Math.min(perMinute, 20);
	let [refused, invented, genuine] = [0, 0, 0];
	for (let minute = 0; minute < minutes; minute++) {
		world.now += MINUTE;
		for (let id = 0; id < posted; id++) {
			const status = await world.forged(`invented-${invented++}`);
			assert.ok(status === 401 || status === 503, String(status));
		}
		for (let id = posted; id < perMinute; id++) {
			await world.resolver(`invented-${invented++}`).catch(isOverBudget);
		}
		genuine++;
		if ((await world.genuine()) !== 200) refused++;
	}
	const fetches = { ...world.fetches };
	const remembered = await countRemembered(world, invented);
	return { perMinute, genuine, refused, invented, fetches, remembered };
}

function isOverBudget(error: unknown): undefined {
	if (error instanceof KeyResolutionError && error.code === "too_many_fetches") return undefined;
	throw error;
}

/** Of the ids of the last hours, those about which the server is not asked again. */
async function countRemembered(world: World, invented: number): Promise<number> {
	let remembered = 0;
	for (let id = Math.max(0, invented - 50_000); id < invented; id++) {
		const before = world.fetched;
		const answered = await world.resolver(`invented-${id}`).then(() => true, isOverBudget);
		if (answered === true && world.fetched === before) remembered++;
	}
	return remembered;
}

for (const [perMinute, minutes] of [
	[10, DAY],
	[10_000, LARGE],
] as const) {
	test(`${perMinute} invented ids a minute cost no genuine callback`, async (context) => {
		const world = new World();
		assert.equal(await world.genuine(), 200);
		const figures = await attack(world, perMinute, minutes);
		context.diagnostic(JSON.stringify({ hours: minutes / 60, ...figures }));
		assert.equal(figures.refused, 0);
		// Ten a minute for ids that have never been a key; the real one is fetched every 48 minutes.
		assert.equal(figures.fetches.invented, 10 * minutes);
		assert.ok(figures.fetches.real <= minutes / 48 + 1, String(figures.fetches.real));
		assert.ok(figures.remembered <= 10, String(figures.remembered));
	});
}

test("a key is used while its server is down, for a bounded time", async () => {
	const world = new World({ ttlSeconds: 3600, staleSeconds: 1800 });
	assert.equal(await world.genuine(), 200);
	world.isDown = true;
	let minutes = 0;
	for (; minutes < 120; minutes++) {
		world.now += MINUTE;
		for (let id = 0; id < 10; id++) await world.forged(`invented-${minutes}-${id}`);
		if ((await world.genuine()) !== 200) break;
	}
	// The hour, the half hour, and five minutes of the verifier that begin within them, doubled.
	assert.ok(minutes >= 89 && minutes <= 100, String(minutes));
	world.isDown = false;
	world.now += 10_000;
	assert.equal(await world.genuine(), 200);
});

test("a server that is down is asked every ten seconds, however many callbacks come", async () => {
	const world = new World({ ttlSeconds: 60, staleSeconds: 3600 });
	await world.resolver("real");
	world.now += 61_000;
	world.isDown = true;
	for (let second = 0; second < 60; second++) {
		for (let callback = 0; callback < 20; callback++) {
			assert.equal(await world.resolver("real"), world.keys.get("real")?.published);
		}
		world.now += 1000;
	}
	assert.equal(world.fetches.failed, 6);
});

test("a withdrawn key is not served stale", async () => {
	const world = new World({ ttlSeconds: 60 });
	assert.ok(await world.resolver("real"));
	world.keys.delete("real");
	world.now += MINUTE;
	assert.equal(await world.resolver("real"), undefined);
	// It may come back, and needs nobody else's fetches for that.
	for (let id = 0; id < 100; id++) await world.resolver(`invented-${id}`).catch(isOverBudget);
	world.keys.set("real", keyPair());
	world.now += MINUTE;
	for (let id = 0; id < 100; id++) await world.resolver(`more-${id}`).catch(isOverBudget);
	assert.ok(await world.resolver("real"));
});

test("a key in use is fetched again before its time is over, and nobody waits", async () => {
	const world = new World({ ttlSeconds: 100 });
	await world.resolver("real");
	world.now += 79_000;
	await world.resolver("real");
	assert.equal(world.fetches.real, 1);
	world.now += 1000;
	await world.resolver("real");
	await new Promise(setImmediate);
	assert.equal(world.fetches.real, 2);
	world.now += 79_000;
	await world.resolver("real");
	assert.equal(world.fetches.real, 2);
});

test("ids that are known from the start need nothing from the others' fetches", async () => {
	const keys = ["real", "next"];
	const world = new World({ knownKeyIds: keys });
	world.keys.set("next", keyPair());
	for (let id = 0; id < 100; id++) await world.forged(`invented-${id}`);
	assert.equal(world.fetches.invented, 10);
	for (const id of keys) assert.equal(await world.genuine(id), 200, id);
	// Others that turn out to be keys do not push them out.
	const crowded = new World({ knownKeyIds: ["real"], maxKeys: 1, maxFetchesPerMinute: 600 });
	for (let id = 0; id < 100; id++) {
		crowded.keys.set(`other-${id}`, keyPair());
		await crowded.resolver(`other-${id}`);
	}
	assert.equal(await crowded.genuine(), 200);
	for (let id = 0; id < 1000; id++) await crowded.resolver(`invented-${id}`).catch(isOverBudget);
	crowded.now += 6 * MINUTE;
	assert.equal(await crowded.genuine(), 200);
	assert.equal(crowded.fetches.real, 101);
});

test("a fetch that never ends does not hold up those that come later", async () => {
	let isStuck = true;
	const world = new World({
		timeoutSeconds: 5,
		fetch: async () => {
			if (isStuck) await new Promise(() => {});
			return Response.json({ data: { publicKey: "key" } });
		},
	});
	world.resolver("real").catch(() => {});
	isStuck = false;
	world.now += 5000;
	assert.equal(await world.resolver("real"), "key");
});

test("one list of all keys is asked for once a minute, whatever ids are invented", async () => {
	let fetched = 0;
	const keys = createKeyResolver({
		sender: "circle",
		url: `${HOST}/jwks`,
		fetch: async () => {
			fetched++;
			return Response.json({ keys: [{ kid: "real", kty: "EC" }] });
		},
		now: () => now,
	});
	let now = 0;
	for (let minute = 0; minute < 60; minute++) {
		now += MINUTE;
		for (let id = 0; id < 100; id++)
			assert.equal(await keys(`invented-${minute}-${id}`), undefined);
		assert.ok(await keys("real"));
	}
	assert.equal(fetched, 60);
});

test("ids that every object has as members are nobody's", async () => {
	const asked: string[] = [];
	const published: { [id: string]: string } = { real: keyPair().published };
	const verifier = createVerifier({
		sender: "circle",
		keys: (id) => {
			asked.push(id);
			return published[id];
		},
	});
	const receiver = createReceiver({ verifier, store: memoryStore(), onAny: () => {} });
	const names = ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty"];
	for (const id of names) {
		const { status, body } = await receiver.receive({
			method: "POST",
			url: "https://shop.example/callback",
			secure: true,
			peer: "203.0.113.9",
			headers: { "x-circle-key-id": id, "x-circle-signature": "AAAA" },
			readBody: async () => Buffer.from("{}"),
		});
		assert.equal(status, 401, id);
		assert.match(String(body), /unknown_key/);
	}
	assert.deepEqual(asked, []);
	const read: Options["read"] = (answer, id) => (answer as { [id: string]: string })[id];
	const world = new World({ read, fetch: async () => Response.json(published) });
	for (const id of names) assert.equal(await world.resolver(id), undefined, id);
	assert.equal(await world.resolver("real"), published.real);
});

test("a key that was found is used for ten minutes at most while it cannot be asked for", async () => {
	let isDown = false;
	let now = 1_800_000_000_000;
	const key = keyPair();
	const verifier = createVerifier({
		sender: "circle",
		now: () => now,
		keys: () => {
			if (isDown) throw new Error("no database");
			return key.published;
		},
	});
	const verify = () =>
		verifier.verifyAsync({
			body: "{}",
			headers: { "x-circle-key-id": "real", "x-circle-signature": key.sign("{}") },
		});
	await verify();
	isDown = true;
	for (let minute = 1; minute < 10; minute++) {
		now += MINUTE;
		await verify();
	}
	now += MINUTE;
	await assert.rejects(verify(), /no database/);
	isDown = false;
	await verify();
});
