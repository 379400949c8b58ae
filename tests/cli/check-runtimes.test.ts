/** Receivers where others read the body or keep the records: in NestJS, and on workerd with a Durable Object. */
import "reflect-metadata";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { build } from "esbuild";
import { Miniflare, type Request, Response } from "miniflare";
import { keepWasmImport } from "../runtime/runtimes/edge.ts";
import { details, examine, SECRET, troubles } from "./check.ts";
import { folder } from "./cli.ts";
import { serve } from "./endpoints.ts";
import { installed, optionsFor } from "./receivers.ts";

test("NestJS, whose parser reads the body first", async () => {
	const { WalletCallbackModule } = installed("wallet-callback/nestjs");
	const endpoint = await serve(async (count) => {
		const options = optionsFor({ keys: [SECRET] }, count);
		const module = WalletCallbackModule.forRoot("callbacks", options);
		const app = await NestFactory.create<NestExpressApplication>(module, {
			rawBody: true,
			logger: false,
		});
		app.useBodyParser("json", { limit: "1mb" });
		await app.init();
		after(() => app.close());
		return app.getHttpAdapter().getInstance();
	});
	const words = ["--probe-url", endpoint.probeUrl, "--skip", "rotation"];
	const report = await examine(endpoint, words);
	assert.deepEqual(troubles(report), ["advisory slow-body"], details(report));
});

const WORKER = `
import "wallet-callback/full";
import { createReceiver } from "wallet-callback/receiver";
import { durableObjectStore, WalletCallbackStore } from "wallet-callback/stores/durable-object";

export { WalletCallbackStore };

let receiver;
export default {
	async fetch(request, env) {
		if (request.url.endsWith("/handled")) return env.COUNTER.fetch("http://counter/read");
		receiver ??= createReceiver({
			keys: env.SECRET,
			store: durableObjectStore(env.CALLBACKS),
			onAny: async () => {
				await env.COUNTER.fetch("http://counter/count");
			},
			requireHttps: false,
			bodyTimeoutSeconds: 1,
			log: false,
		});
		return receiver(request);
	},
};
`;

test("a Worker, with its records in a Durable Object", async () => {
	const at = folder();
	const dist = resolve(installed.resolve("wallet-callback/package.json"), "../dist");
	const [source, bundle] = [join(at, "worker.js"), join(at, "bundle.mjs")];
	writeFileSync(source, WORKER);
	await build({
		entryPoints: [source],
		outfile: bundle,
		bundle: true,
		format: "esm",
		conditions: ["workerd", "worker", "browser"],
		nodePaths: [resolve(dist, "../..")],
		plugins: [keepWasmImport],
		logLevel: "error",
	});
	let handled = 0;
	const miniflare = new Miniflare({
		modulesRoot: at,
		modules: [
			{ type: "ESModule", path: bundle },
			...["core.wasm", "full.wasm"].map((name) => ({
				type: "CompiledWasm" as const,
				path: join(at, name),
				contents: readFileSync(join(dist, name)),
			})),
		],
		compatibilityDate: "2026-04-01",
		bindings: { SECRET },
		durableObjects: { CALLBACKS: { className: "WalletCallbackStore", useSQLite: true } },
		serviceBindings: {
			COUNTER(request: Request) {
				if (request.url.endsWith("/count")) handled += 1;
				return new Response(`${handled}`);
			},
		},
		cf: false,
	});
	after(() => miniflare.dispose());
	const base = (await miniflare.ready).href;
	const endpoint = { url: `${base}callbacks`, probeUrl: `${base}handled` };
	const words = ["--probe-url", endpoint.probeUrl, "--skip", "rotation"];
	const report = await examine(endpoint, words);
	assert.deepEqual(troubles(report), [], details(report));
});
