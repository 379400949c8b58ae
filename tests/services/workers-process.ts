/** A process with workerd, in which receivers share a Durable Object: see `receiver-process.ts`. */
import { appendFileSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Miniflare, type Request, Response, type WorkerOptions } from "miniflare";
import type { Config, Message, Order } from "./protocol.ts";

const config: Config = JSON.parse(process.argv[2] ?? "");
const folder = dirname(fileURLToPath(import.meta.url));

process.on("disconnect", () => process.exit());
const tell = (message: Message) => process.send?.(message);

const code = {
	modulesRoot: folder,
	modules: [
		{ type: "ESModule" as const, path: join(folder, "worker.mjs") },
		...["core.wasm", "full.wasm"].map((name) => ({
			type: "CompiledWasm" as const,
			path: join(folder, name),
			contents: readFileSync(join(folder, "node_modules/wallet-callback/dist", name)),
		})),
	],
	compatibilityDate: "2026-04-01",
};
const callbacks = { className: "Callbacks", useSQLite: true };

/** Each receiver is a Worker of its own; the object's class belongs to none of them. */
const names = Array.from({ length: config.receivers }, (_, index) => `receiver-${index}`);
const workers: WorkerOptions[] = names.map((name) => ({
	...code,
	name,
	bindings: { CONFIG: { ...config } },
	durableObjects: { CALLBACKS: { ...callbacks, scriptName: "store" } },
	serviceBindings: {
		async EFFECTS(request: Request) {
			appendFileSync(config.effects, `${await request.text()}\n`);
			return new Response();
		},
	},
	unsafeDirectSockets: [{ host: "127.0.0.1" }],
}));
const miniflare = new Miniflare({
	workers: [{ ...code, name: "store", durableObjects: { CALLBACKS: callbacks } }, ...workers],
	durableObjectsPersist: config.at,
	cf: false,
});
const urls = await Promise.all(names.map((name) => miniflare.unsafeGetDirectURL(name)));

async function obey(order: Order): Promise<unknown> {
	// There is one object.
	const to = order.order === "fault" ? urls.slice(0, 1) : urls;
	const answers = await Promise.all(
		to.map(async (url) => {
			const request = { method: "POST", body: JSON.stringify(order) };
			const response = await fetch(new URL("/order", url), request);
			return ((await response.json()) as { readonly answer?: unknown }).answer;
		}),
	);
	return answers.flat();
}

process.on("message", async ({ number, order }: { number: number; order: Order }) => {
	tell({ done: number, answer: await obey(order) });
});
tell({ ports: urls.map(({ port }) => Number(port)) });
