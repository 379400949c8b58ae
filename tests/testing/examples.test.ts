/** The examples in the documentation of what tests use are run as they stand. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import * as library from "./package.ts";

const { generateSecret, memoryStore, sampleEvent } = library;
const require = createRequire(join(library.CONSUMER, "package.json"));
const { toNodeListener }: typeof import("wallet-callback/node") = require("wallet-callback/node");
const { sign }: typeof import("wallet-callback") = require("wallet-callback");

/** The examples in a file of types: what stands in the fences behind `@example`. */
function examplesOf(file: string): string[] {
	const path = join(library.CONSUMER, "node_modules/wallet-callback/dist/cjs", file);
	const text = readFileSync(path, "utf8").replace(/^\s*\* ?/gm, "");
	return [...text.matchAll(/@example\n```ts\n(.*?)```/gs)].map(([, code]) => code as string);
}

/** Runs an example, in which these names stand for what they hold. */
async function run(code: string, key: string, names: Readonly<Record<string, unknown>>) {
	const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
	const printed: unknown[][] = [];
	const console = { log: (...values: unknown[]) => printed.push(values) };
	const all = { ...library, sign, console, ...names };
	const text = code.replaceAll('"whsec_…"', JSON.stringify(key));
	await AsyncFunction(...Object.keys(all), text)(...Object.values(all));
	return printed;
}

function openReceiver() {
	const key = generateSecret();
	const handled: (string | undefined)[] = [];
	const receiver = library.createReceiver({
		keys: key,
		store: memoryStore(),
		requireHttps: false,
		onAny: ({ event }) => void handled.push(event.type),
	});
	return { key, handled, receiver };
}

test("sign", async () => {
	const [example = ""] = examplesOf("verifier/sign.d.ts");
	const { key, handled, receiver } = openReceiver();
	const server = createServer(toNodeListener(receiver)).listen(0);
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
	await run(example, key, { url, event: sampleEvent("user.registered") });
	server.close();
	assert.deepEqual(handled, ["user.registered"]);
});

test("sampleEvent", async () => {
	const [example = ""] = examplesOf("testing/sample.d.ts");
	const printed = await run(example, "", {});
	assert.match(JSON.stringify(printed), /^\[\["dep_\w+","(TRX|USDT)"\],\["evt_\w+"\]\]$/);
});

test("signedRequest", async () => {
	const [first = "", second = ""] = examplesOf("testing/request.d.ts");
	const { key, handled, receiver } = openReceiver();
	assert.deepEqual(await run(first, key, { receiver }), [[200]]);
	assert.deepEqual(handled, ["deposit.confirmed"]);
	await run(`${second}\nconsole.log(request.headers.get("x-github-event"));`, "", {});
});

test("fakeClock", async () => {
	const [example = ""] = examplesOf("testing/clock.d.ts");
	const key = generateSecret();
	assert.deepEqual(await run(example, key, { key, keys: key }), [["timestamp_too_old"]]);
});

test("fakeWallet", async () => {
	const [example = ""] = examplesOf("testing/wallet.d.ts");
	const sessions = new Map();
	const results: unknown[] = [];
	const handler = library.toDappHandler({
		find: (actionId) => sessions.get(actionId),
		store: memoryStore(),
		onResult: ({ result }) => void results.push(result.authenticated),
	});
	await run(`${example}\nconsole.log(response.status);`, "", { sessions, handler });
	assert.deepEqual(results, [true]);
});
