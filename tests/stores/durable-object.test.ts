/** The store in a Durable Object, in workerd. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { prepareApp } from "../runtime/harness.ts";

const FOLDER = prepareApp("durable-object");
const fromPackage = createRequire(join(FOLDER, "package.json"));
const { durableObjectStore }: typeof import("wallet-callback/stores/durable-object") = fromPackage(
	"wallet-callback/stores/durable-object",
);

const HASH = "a1".repeat(32);

/** Runs the suite, or hands a request on to the object, which also tells what it stores. */
const WORKER = `
import * as fastCheck from ${JSON.stringify(createRequire(import.meta.url).resolve("fast-check"))};
import { conformance } from "wallet-callback/stores/conformance";
import { durableObjectStore, WalletCallbackStore } from "wallet-callback/stores/durable-object";

export class Callbacks extends WalletCallbackStore {
	#storage;
	constructor(state, env) {
		super(state, env);
		this.#storage = state.storage;
	}
	async fetch(request) {
		if (request.method === "POST") return super.fetch(request);
		const ids = this.#storage.sql.exec("SELECT id FROM wallet_callback ORDER BY id").toArray();
		return Response.json({ ids: ids.map(({ id }) => id), alarm: await this.#storage.getAlarm() });
	}
}

async function runSuite(store) {
	const cases = conformance(() => store, { fastCheck, shared: true });
	const failures = [];
	for (const { name, run } of cases) {
		await run().catch((error) => failures.push(name + ": " + error.message));
	}
	return { cases: cases.length, failures };
}

export default {
	async fetch(request, { CALLBACKS }) {
		const { pathname } = new URL(request.url);
		if (pathname === "/suite") {
			return Response.json(await runSuite(durableObjectStore(CALLBACKS, { name: "suite" })));
		}
		return CALLBACKS.get(CALLBACKS.idFromName(pathname)).fetch(request);
	},
};`;

const { outputFiles } = await build({
	stdin: { contents: WORKER, resolveDir: FOLDER },
	bundle: true,
	write: false,
	format: "esm",
	target: "es2022",
	conditions: ["workerd", "worker", "browser"],
	logLevel: "error",
});
const script = outputFiles[0]?.text ?? "";

function start(): Miniflare {
	return new Miniflare({
		modules: true,
		script,
		compatibilityDate: "2026-04-01",
		durableObjects: { CALLBACKS: { className: "Callbacks", useSQLite: true } },
		durableObjectsPersist: join(FOLDER, "objects"),
		cf: false,
	});
}

let miniflare = start();
after(() => miniflare.dispose());

/** The store in the object of this name, called from outside of workerd. */
function storeIn(name: string) {
	return durableObjectStore<string>(
		{
			idFromName: (name) => name,
			get: (name) => ({
				fetch: async (request) => {
					const init = { method: request.method, body: await request.text() };
					const answer = await miniflare.dispatchFetch(`https://proxy.example/${name}`, init);
					return new Response(await answer.text(), { status: answer.status });
				},
			}),
		},
		{ name },
	);
}

async function contentsOf(name: string): Promise<{ ids: string[]; alarm: number | null }> {
	const answer = await miniflare.dispatchFetch(`https://proxy.example/${name}`);
	return (await answer.json()) as { ids: string[]; alarm: number | null };
}

test("conformance, in workerd", async () => {
	const answer = await miniflare.dispatchFetch("https://proxy.example/suite");
	const { cases, failures } = (await answer.json()) as { cases: number; failures: string[] };
	assert.deepEqual(failures, []);
	assert.ok(cases > 40);
});

test("what was stored is there after a restart", async () => {
	const before = storeIn("restart");
	const outcome = await before.claim("claimed", HASH, 60_000, 600_000);
	assert.equal(outcome.status, "claimed");
	const { status } = await before.enqueue("entry", HASH, "payload", 600_000);
	assert.equal(status, "stored");
	const { alarm } = await contentsOf("restart");

	await miniflare.dispose();
	miniflare = start();
	const store = storeIn("restart");
	assert.equal((await store.claim("claimed", HASH, 60_000, 600_000)).status, "busy");
	assert.equal(await store.complete(outcome.claim), true);
	assert.equal((await store.take(60_000))?.payload, "payload");
	assert.equal((await contentsOf("restart")).alarm, alarm);
});

test("a lease ends while the object does not run", async () => {
	for (let restarts = 0; restarts < 2; restarts++) {
		const id = `leased ${restarts}`;
		const { status } = await storeIn("away").claim(id, HASH, 500, 600_000);
		assert.equal(status, "claimed");
		await miniflare.dispose();
		await new Promise((resolve) => setTimeout(resolve, 500));
		miniflare = start();
		const outcome = await storeIn("away").claim(id, HASH, 60_000, 600_000);
		assert.equal(outcome.status === "claimed" && outcome.claim.attempt, 2);
	}
});

test("an alarm deletes what has expired, and sets the next one", async () => {
	const store = storeIn("alarm");
	const first = Date.now();
	await store.claim("first", HASH, 500, 500);
	await store.claim("second", HASH, 500, 1_000);
	await store.claim("third", HASH, 500, 600_000);
	await store.enqueue("entry", HASH, "payload", 500);
	const { ids, alarm } = await contentsOf("alarm");
	assert.deepEqual(ids, ["entry", "first", "second", "third"]);
	// The lease comes before the retention.
	assert.ok(alarm !== null && alarm >= first + 1_000 && alarm < first + 2_000, `${alarm}`);

	const deadline = Date.now() + 10_000;
	let contents = await contentsOf("alarm");
	while (contents.ids.includes("first")) {
		assert.ok(Date.now() < deadline, "no alarm came");
		await new Promise((resolve) => setTimeout(resolve, 50));
		contents = await contentsOf("alarm");
	}
	assert.ok(contents.ids.includes("third") && contents.ids.includes("entry"));
	// One a minute, however many rows expire in it.
	assert.ok(contents.alarm !== null && contents.alarm >= alarm + 60_000, `${contents.alarm}`);
});

test("payloads that are longer than a row may be", async () => {
	const store = storeIn("long");
	for (const payload of ["x".repeat(6_000_000), "東".repeat(1_500_000)]) {
		const id = crypto.randomUUID();
		assert.equal((await store.enqueue(id, HASH, payload, 600_000, "one")).status, "stored");
		const entry = await store.take(60_000, "one");
		assert.ok(entry?.payload === payload, "the payload comes back");
		assert.equal(await store.complete(entry.claim), true);
	}
});

test("only the inbox: no alarm until an entry is completed", async () => {
	const store = storeIn("inbox");
	await store.enqueue("entry", HASH, "payload", 600_000);
	assert.equal((await contentsOf("inbox")).alarm, null);
	const entry = await store.take(60_000);
	assert.ok(entry && (await store.complete(entry.claim)));
	assert.notEqual((await contentsOf("inbox")).alarm, null);
});

test("objects of other names are stores of their own", async () => {
	for (const name of ["one", "two"]) {
		const { status } = await storeIn(name).claim("id", HASH, 60_000, 600_000);
		assert.equal(status, "claimed");
	}
});

test("an operation rejects when the object fails or cannot be reached", async () => {
	const answering = (fetch: () => Promise<Response>) =>
		durableObjectStore<string>({ idFromName: (name) => name, get: () => ({ fetch }) });
	const failing = answering(async () => new Response("out of order", { status: 500 }));
	await assert.rejects(failing.take(1_000), /500: out of order/);
	const empty = answering(async () => new Response(null, { status: 204 }));
	await assert.rejects(
		empty.complete({ id: "id", receiver: "", token: "token", attempt: 1 }),
		/204/,
	);
	const unreachable = answering(async () => {
		throw new Error("network connection lost");
	});
	await assert.rejects(unreachable.claim("id", HASH, 1_000, 1_000), /network connection lost/);
	const throwing = durableObjectStore<string>({
		idFromName: () => {
			throw new Error("no such class");
		},
		get: () => assert.fail(),
	});
	await assert.rejects(throwing.take(1_000), /no such class/);
});

test("an operation that there is not is refused", async () => {
	for (const operation of ["constructor", "deleteExpired", "toString", undefined]) {
		const body = JSON.stringify({ operation, given: [0] });
		const answer = await miniflare.dispatchFetch("https://proxy.example/refused", {
			method: "POST",
			body,
		});
		assert.equal(answer.status, 400, operation);
		assert.match(await answer.text(), /^unknown operation/);
	}
});

test("what is no binding is refused", () => {
	for (const wrong of [undefined, null, "CALLBACKS", {}, { idFromName() {} }]) {
		assert.throws(() => durableObjectStore(wrong as never), {
			name: "TypeError",
			message: /^expected the binding/,
		});
	}
});
