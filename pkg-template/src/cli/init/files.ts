/** The files that `init` writes. */
import { isBuiltin } from "node:module";
import type { SenderInfo } from "wallet-callback";
import { toDescriptor } from "../../verifier/senders.js";

export const FRAMEWORKS = [
	"node",
	"express",
	"fastify",
	"koa",
	"hono",
	"next",
	"sveltekit",
	"cloudflare",
	"aws-lambda",
] as const;
export type Framework = (typeof FRAMEWORKS)[number];

export const STORES = ["memory", "sqlite", "redis", "postgres", "durable-object"] as const;
export type Store = (typeof STORES)[number];

/** What was chosen. */
export interface Choice {
	readonly framework: Framework;
	readonly sender: SenderInfo;
	readonly store: Store;
	readonly typescript: boolean;
}

/** Files by their names, and what to do with them. */
export interface Written {
	readonly files: { readonly [name: string]: string };
	/** What to install. */
	readonly packages: readonly string[];
	/** What to install for TypeScript: types that packages do not bring. */
	readonly types: readonly string[];
	/** How to run the test. */
	readonly test: string;
}

/** The stores that there are for a framework: a Worker has no connection of its own to keep. */
export function storesFor(framework: Framework): readonly Store[] {
	return framework === "cloudflare"
		? ["durable-object"]
		: STORES.filter((store) => store !== "durable-object");
}

/** The events that the handler shows how to handle, of senders with samples. */
const TYPES: { readonly [sender: string]: string } = {
	"tp-wallet": "deposit.confirmed",
	stripe: "payment_intent.succeeded",
	github: "push",
	"coinbase-commerce": "charge:confirmed",
	"coinbase-cdp": "onchain.activity.detected",
	btcpay: "InvoiceSettled",
	alchemy: "ADDRESS_ACTIVITY",
	moralis: "native-transfer",
};

export function write(choice: Choice): Written {
	const { framework, typescript } = choice;
	const extension = typescript ? "ts" : isBundled(framework) ? "js" : "mjs";
	const [glue, store] = [GLUE[framework], STORE[choice.store]];
	const folder = glue.folder === undefined ? "" : `${glue.folder}/`;
	const server = `${folder}${glue.file ?? "server"}.${extension}`;
	const up = folder === "" ? "./" : "../".repeat(folder.split("/").length - 1);
	const files = {
		[`callbacks.${extension}`]: handlers(choice),
		[`callbacks.test.${extension}`]: test(choice, `./${moduleName(choice, extension)}`),
		[server]: glue.write(choice, `${up}${moduleName(choice, extension)}`),
		...(framework === "cloudflare" ? { "wrangler.jsonc": wrangler(extension) } : {}),
	};
	return {
		files,
		packages: ["wallet-callback", ...glue.packages, ...store.packages],
		types: typescript ? ["@types/node", ...(glue.types ?? []), ...(store.types ?? [])] : [],
		test: `${typescript ? "npx tsx" : "node"} --test callbacks.test.${extension}`,
	};
}

/** Whether something other than Node reads the files. */
function isBundled(framework: Framework): boolean {
	return framework === "next" || framework === "sveltekit" || framework === "cloudflare";
}

function moduleName({ framework, typescript }: Choice, extension: string): string {
	if (!typescript) return `callbacks.${extension}`;
	return isBundled(framework) ? "callbacks" : "callbacks.js";
}

function handlers({ sender: { name, title, signs }, typescript }: Choice): string {
	const type = TYPES[name];
	const typed = typescript
		? { imports: 'import type { ReplayStore } from "wallet-callback/stores/memory";\n', doc: "" }
		: {
				imports: "",
				doc: `
 *
 * @param {string | undefined} keys
 * @param {import("wallet-callback/stores/memory").ReplayStore} store`,
			};
	const parameters = typescript ? "keys: string | undefined, store: ReplayStore" : "keys, store";
	const advice = signs.type
		? "documents its events: handle each by its type or its payload"
		: "does not sign the type of an event: decide by its payload";
	const on =
		type === undefined || !signs.type
			? `    // ${title} ${advice}.
    onAny: async ({ event }) => {
      console.log("received", event.type, event.payload);
    },`
			: `    on: {
      // One function for each type. It runs once for each event, however often that is delivered.
      "${type}": async ({ event }) => {
        ${name === "tp-wallet" ? 'console.log("credit", event.data.depositId, event.data.amount.value);' : 'console.log("received", event.payload);'}
      },
    },
    // What has another type is acknowledged, so that it does not come again.
    onUnknown: async ({ event }) => {
      console.log("ignored", event.type);
    },`;
	return `import { createReceiver } from "wallet-callback/receiver";
${typed.imports}
/**
 * Receives the callbacks of ${title}: verifies them, handles each once, and answers.${typed.doc}
 */
export function createCallbacks(${parameters}) {
  return createReceiver({
    keys,
    store,${name === "tp-wallet" ? "" : `\n    sender: "${name}",`}
    // A line for each callback; pino's logger fits, too.
    log: console,
${on}
  });
}
`;
}

function test({ sender: { name, acknowledgement } }: Choice, callbacks: string): string {
	const type = TYPES[name];
	const { key, algorithm, timestamp } = toDescriptor(name);
	const isPair = algorithm === "ed25519";
	const made = isPair
		? "const { publicKey, privateKey } = generateKeyPair();"
		: `const secret = ${key === "standard" ? "generateSecret()" : '"5a".repeat(32)'};`;
	const [verifying, signing] = isPair ? ["publicKey", "privateKey"] : ["secret", "secret"];
	const from = isPair ? "generateKeyPair" : key === "standard" ? "generateSecret" : undefined;
	const isOther = name !== "tp-wallet";
	// Of others, the answer is their own.
	const told = acknowledgement?.body === undefined;
	// Where the time is a member of the body.
	const now = timestamp?.member ? `, ${timestamp.member}: Math.floor(Date.now() / 1000)` : "";
	const event =
		type === undefined
			? `{ id: "1", type: "test", amount: "12.50"${now} }`
			: `sampleEvent("${type}"${isOther ? `, { sender: "${name}" }` : ""})`;
	const options = [
		`key: ${signing}`,
		...(isOther ? [`sender: "${name}"`] : []),
		...(type === undefined ? [] : [`type: "${type}"`]),
	].join(", ");
	return `import assert from "node:assert/strict";
import { test } from "node:test";
${from === undefined ? "" : `import { ${from} } from "wallet-callback";\n`}import { memoryStore } from "wallet-callback/stores/memory";
import { ${type === undefined ? "" : "sampleEvent, "}signedRequest } from "wallet-callback/testing";
import { createCallbacks } from "${callbacks}";

${made}
const event = ${event};

test("a genuine callback is ${told ? "handled once" : "accepted, again too"}", async () => {
  const receiver = createCallbacks(${verifying}, memoryStore());
  const request = signedRequest(event, { ${options} });
  const again = request.clone();
  assert.equal((await receiver(request)).status, 200);
  const { status${told ? ", body" : ""} } = await receiver(again);
  assert.equal(status, 200);${told ? "\n  assert.deepEqual(await new Response(body).json(), { code: 0, duplicate: true });" : ""}
});

test("a forged one is refused", async () => {
  const receiver = createCallbacks(${verifying}, memoryStore());
  const { url, headers } = signedRequest(event, { ${options} });
  const forged = new Request(url, { method: "POST", headers, body: '{"forged":true}' });
  const { status } = await receiver(forged);
  assert.ok(status >= 400 && status < 500, \`\${status}\`);
});
`;
}

interface Part {
	readonly packages: readonly string[];
	readonly types?: readonly string[];
	readonly imports: string;
	/** The expression that makes it, and what has to come before. */
	readonly before?: string;
	readonly make: string;
}

/** The stores, for a server that keeps them. */
const STORE: { readonly [Each in Store]: Part } = {
	memory: {
		packages: [],
		imports: 'import { memoryStore } from "wallet-callback/stores/memory";\n',
		before:
			"// Forgets with the process, and knows of no other one: take a durable store in production.\n",
		make: "memoryStore()",
	},
	sqlite: isBuiltin("node:sqlite")
		? {
				packages: [],
				imports: 'import { sqliteStore } from "wallet-callback/stores/sqlite";\n',
				make: 'sqliteStore("callbacks.db")',
			}
		: {
				packages: ["better-sqlite3"],
				types: ["@types/better-sqlite3"],
				imports: `import Database from "better-sqlite3";
import { sqliteStore } from "wallet-callback/stores/sqlite";
`,
				before: "// From Node 22.13, sqliteStore takes the path itself.\n",
				make: 'sqliteStore(new Database("callbacks.db"))',
			},
	redis: {
		packages: ["redis"],
		imports: `import { createClient } from "redis";
import { redisStore } from "wallet-callback/stores/redis";
`,
		before: `const client = createClient({ url: process.env.REDIS_URL ?? "redis://127.0.0.1:6379" });
client.on("error", console.error);
await client.connect();
`,
		make: "redisStore(client)",
	},
	postgres: {
		packages: ["pg"],
		types: ["@types/pg"],
		imports: `import { Pool } from "pg";
import { postgresStore } from "wallet-callback/stores/postgres";
`,
		before: `const store = postgresStore(new Pool({ connectionString: process.env.DATABASE_URL }));
// Makes its tables, once.
await store.migrate();
`,
		make: "store",
	},
	"durable-object": {
		packages: [],
		imports: "",
		make: "durableObjectStore(env.CALLBACKS)",
	},
};

const SECRET = "process.env.WALLET_CALLBACK_SECRET";

/** The imports, what makes the store, and the receiver. */
function opening({ store }: Choice, callbacks: string, imports: string, secret = SECRET): string {
	const { imports: ofStore, before, make } = STORE[store];
	return `${imports}${ofStore}import { createCallbacks } from "${callbacks}";

${before ?? ""}const receiver = createCallbacks(${secret}, ${make});
`;
}

interface Glue {
	readonly packages: readonly string[];
	readonly types?: readonly string[];
	readonly folder?: string;
	readonly file?: string;
	readonly write: (choice: Choice, callbacks: string) => string;
}

const PORT = "Number(process.env.PORT ?? 3000)";

const GLUE: { readonly [Each in Framework]: Glue } = {
	node: {
		packages: [],
		write: (choice, callbacks) => `${opening(
			choice,
			callbacks,
			`import { createServer } from "node:http";
import { toNodeListener } from "wallet-callback/node";
`,
		)}
createServer(toNodeListener(receiver)).listen(${PORT});
`,
	},
	express: {
		packages: ["express"],
		types: ["@types/express"],
		write: (choice, callbacks) => `${opening(
			choice,
			callbacks,
			`import express from "express";
import { walletCallback } from "wallet-callback/express";
`,
		)}
const app = express();
// Before the parser: the raw body is verified.
app.post("/callback", walletCallback(receiver));
app.use(express.json());

app.listen(${PORT});
`,
	},
	fastify: {
		packages: ["fastify"],
		write: (choice, callbacks) => `${opening(
			choice,
			callbacks,
			`import Fastify from "fastify";
import walletCallback from "wallet-callback/fastify";
`,
		)}
const app = Fastify();
app.register(walletCallback, { path: "/callback", receiver });

await app.listen({ port: ${PORT} });
`,
	},
	koa: {
		packages: ["koa", "@koa/router"],
		types: ["@types/koa"],
		write: (choice, callbacks) => `${opening(
			choice,
			callbacks,
			`import Router from "@koa/router";
import Koa from "koa";
import { walletCallback } from "wallet-callback/koa";
`,
		)}
const router = new Router();
// A body parser goes behind it: the raw body is verified.
router.post("/callback", walletCallback(receiver));
new Koa().use(router.routes()).listen(${PORT});
`,
	},
	hono: {
		packages: ["hono", "@hono/node-server"],
		write: (choice, callbacks) => `${opening(
			choice,
			callbacks,
			`import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { walletCallback } from "wallet-callback/hono";
`,
		)}
const app = new Hono();
app.post("/callback", walletCallback(receiver));

serve({ fetch: app.fetch, port: ${PORT} });
`,
	},
	next: {
		packages: ["next", "react", "react-dom"],
		types: ["@types/react", "@types/react-dom"],
		folder: "app/callback",
		file: "route",
		write: (choice, callbacks) => `${opening(
			choice,
			callbacks,
			'import { walletCallback } from "wallet-callback/next";\n',
		)}
export const POST = walletCallback(receiver);
`,
	},
	sveltekit: {
		packages: ["@sveltejs/kit"],
		folder: "src/routes/callback",
		file: "+server",
		write: (choice, callbacks) => `${opening(
			choice,
			callbacks,
			`import { env } from "$env/dynamic/private";
import { walletCallback } from "wallet-callback/sveltekit";
`,
			"env.WALLET_CALLBACK_SECRET",
		)}
export const POST = walletCallback(receiver);
`,
	},
	cloudflare: {
		packages: ["wrangler"],
		file: "worker",
		write: (
			{ typescript },
			callbacks,
		) => `import { walletCallback } from "wallet-callback/cloudflare";
import { durableObjectStore } from "wallet-callback/stores/durable-object";
import { createCallbacks } from "${callbacks}";

export { WalletCallbackStore } from "wallet-callback/stores/durable-object";
${
	typescript
		? `
// \`npx wrangler types\` writes the types of Cloudflare's own.
interface Env {
  readonly CALLBACKS: DurableObjectNamespace;
  readonly WALLET_CALLBACK_SECRET: string;
}
`
		: ""
}
export default walletCallback((${typescript ? "env: Env" : "env"}) =>
  createCallbacks(env.WALLET_CALLBACK_SECRET, durableObjectStore(env.CALLBACKS)),
);
`,
	},
	"aws-lambda": {
		packages: [],
		file: "handler",
		write: (choice, callbacks) => `${opening(
			choice,
			callbacks,
			'import { toLambdaHandler } from "wallet-callback/aws-lambda";\n',
		)}
export const handler = toLambdaHandler(receiver);
`,
	},
};

function wrangler(extension: string): string {
	return `{
  "name": "wallet-callbacks",
  "main": "worker.${extension}",
  "compatibility_date": "2026-04-01",
  "minify": true,
  "durable_objects": {
    "bindings": [{ "name": "CALLBACKS", "class_name": "WalletCallbackStore" }]
  },
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["WalletCallbackStore"] }]
  // The key is a secret: npx wrangler secret put WALLET_CALLBACK_SECRET
}
`;
}
