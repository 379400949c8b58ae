/** Next.js, built once for production: the example is called over HTTP, and another route is examined. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { details, examine, troubles } from "../cli/check.ts";
import { packageFile } from "../readme/programs.ts";
import { converse, SECRET } from "./callbacks.ts";
import { prepareProject, run, serve } from "./programs.ts";

const ROUTE = `
import { walletCallback } from "wallet-callback/next";
import { memoryStore } from "wallet-callback/stores/memory";

globalThis.handled = 0;
export const POST = walletCallback({
	keys: process.env.WALLET_CALLBACK_SECRET,
	store: memoryStore(),
	onAny: () => {
		globalThis.handled += 1;
	},
	requireHttps: false,
	bodyTimeoutSeconds: 1,
	log: false,
});
`;

const HANDLED = `
export const dynamic = "force-dynamic";
export const GET = () => new Response(String(globalThis.handled ?? 0));
`;

/** What the browser would get takes a third of the time to build, and nobody asks for it here. */
const CONFIGURATION = "export default { experimental: { turbopackMinify: { client: false } } };\n";

const NEXT = [process.execPath, packageFile("next", "dist/bin/next")];
const app = join(prepareProject("next"), "next");

before(async () => {
	for (const [name, text] of [
		["callbacks", ROUTE],
		["handled", HANDLED],
	] as const) {
		mkdirSync(join(app, "app", name));
		writeFileSync(join(app, "app", name, "route.js"), text);
	}
	writeFileSync(join(app, "next.config.mjs"), CONFIGURATION);
	// Where applications are built, the secret is not to be had.
	await run([...NEXT, "build"], app, { WALLET_CALLBACK_SECRET: undefined });
});

test("the example", () => {
	// It is in production, and nobody says that this comes from the machine itself.
	const forwarded = { "x-forwarded-proto": "https" };
	return serve([...NEXT, "start"], app, (server) =>
		converse(server, { otherMethods: 405, forwarded }),
	);
});

test("a receiver, examined", () =>
	serve([...NEXT, "start"], app, async ({ url: base }) => {
		const endpoint = { url: `${base}/callbacks`, probeUrl: `${base}/handled` };
		const words = ["--probe-url", endpoint.probeUrl, "--skip", "rotation"];
		const report = await examine(endpoint, words, SECRET);
		assert.deepEqual(troubles(report), [], details(report));
	}));
