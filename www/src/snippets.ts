/** Programs that receive the callbacks of a sender, and the command that sends this one. */
import type { SenderInfo } from "wallet-callback/slim";
import { readHead } from "../../pkg-template/src/cli/head.ts";

export const TARGETS = ["node", "express", "workers", "hono", "curl"] as const;
export type Target = (typeof TARGETS)[number];
type Program = Exclude<Target, "curl">;

/** The parts in which programs for one sender differ from those for another. */
interface Parts {
	readonly full: boolean;
	/** The options that verify, where the secret is this expression. */
	verifying(secret: string): string;
	readonly handler: string;
}

/** What a program has to be told where the sender signs it. */
const REGISTERED = { url: "https://shop.example/callback", clientId: "your client id" } as const;

function partsOf({ name, entry, requires }: SenderInfo): Parts {
	const full = entry === "wallet-callback/full";
	const own = requires.map((option) => `${option}: "${REGISTERED[option]}"`);
	const options = name === "tp-wallet" ? [] : [`sender: "${name}"`, ...own];
	return {
		full,
		verifying: (secret) => {
			const all = [...options, `keys: ${secret}`];
			return full ? `verifier: createVerifier({ ${all.join(", ")} })` : all.join(",\n  ");
		},
		handler: name === "tp-wallet" ? WALLET_HANDLER : ANY_HANDLER,
	};
}

const WALLET_HANDLER = `on: {
    "deposit.confirmed": async ({ event }) => {
      console.log("credit", event.data.depositId);
    },
  },`;
const ANY_HANDLER = `onAny: async ({ id, event }) => {
    console.log("received", id, event.type);
  },`;

const options = (
	{ verifying, handler }: Parts,
	secret = "process.env.WALLET_CALLBACK_SECRET",
	store = "memoryStore()",
) => `{
  ${verifying(secret)},
  store: ${store},
  log: console,
  ${handler}
}`;

/** The imports in the order of their names. */
function imports(parts: Parts, lines: readonly string[]): string {
	const full = `import { createVerifier } from "wallet-callback/full";`;
	const all = parts.full ? [...lines, full] : lines;
	const from = (line: string) => line.slice(line.indexOf('"'));
	return [...all].sort((a, b) => (order(from(a)) < order(from(b)) ? -1 : 1)).join("\n");
}

/** Biome's order: Node's modules first. */
const order = (from: string) => (from.startsWith('"node:') ? ` ${from}` : from);

const PROGRAMS: { readonly [Name in Program]: (parts: Parts) => string } = {
	node: (parts) => `${imports(parts, [
		'import { createServer } from "node:http";',
		'import { toNodeListener } from "wallet-callback/node";',
		'import { createReceiver } from "wallet-callback/receiver";',
		'import { memoryStore } from "wallet-callback/stores/memory";',
	])}

const receiver = createReceiver(${options(parts)});

createServer(toNodeListener(receiver)).listen(process.env.PORT ?? 3000);
`,
	express: (parts) => `${imports(parts, [
		'import express from "express";',
		'import { walletCallback } from "wallet-callback/express";',
		'import { memoryStore } from "wallet-callback/stores/memory";',
	])}

const app = express();

app.post(
  "/callback",
  walletCallback(${indented(options(parts))}),
);
app.use(express.json());

app.listen(process.env.PORT ?? 3000);
`,
	workers: (parts) => `${imports(parts, [
		'import { walletCallback } from "wallet-callback/cloudflare";',
		'import { durableObjectStore } from "wallet-callback/stores/durable-object";',
	])}

export { WalletCallbackStore } from "wallet-callback/stores/durable-object";

export default walletCallback((${parts.full ? "/** @type {any} */ " : ""}env) => (${options(parts, "env.WALLET_CALLBACK_SECRET", "durableObjectStore(env.CALLBACKS)")}));
`,
	hono: (parts) => `${imports(parts, [
		'import { serve } from "@hono/node-server";',
		'import { Hono } from "hono";',
		'import { walletCallback } from "wallet-callback/hono";',
		'import { memoryStore } from "wallet-callback/stores/memory";',
	])}

const app = new Hono();

app.post(
  "/callback",
  walletCallback(${indented(options(parts))}),
);

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
`,
};

const indented = (text: string) => text.replaceAll("\n", "\n  ");

/** A program for a sender, or the command that sends a request to it. */
export function snippet(
	target: Target,
	info: SenderInfo,
	request: { readonly head: string; readonly body: string },
): string {
	return target === "curl" ? curl(request) : PROGRAMS[target](partsOf(info));
}

function curl({ head, body }: { readonly head: string; readonly body: string }): string {
	const { method = "POST", headers } = readHead(head);
	const options = headers.map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`);
	return [
		`curl -i -X ${method} http://localhost:3000/callback`,
		...options,
		`  --data-binary ${quoted(body)}`,
	].join(" \\\n");
}

/** As one word of a shell. */
function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
