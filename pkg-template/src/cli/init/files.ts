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
	/** What to run, one after the other. */
	readonly steps: readonly Step[];
}

export interface Step {
	readonly command: string;
	readonly note: string | undefined;
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
	// Node reads the handler and its test, too, whatever package.json says of `.js`.
	const extension = typescript ? "ts" : "mjs";
	const glue = GLUE[framework];
	const folder = glue.folder === undefined ? "" : `${glue.folder}/`;
	const ofServer = !typescript && isBundled(framework) ? "js" : extension;
	const server = `${folder}${glue.file ?? "server"}.${ofServer}`;
	const up = folder === "" ? "./" : "../".repeat(folder.split("/").length - 1);
	const test = `callbacks.test.${extension}`;
	const files = {
		[`callbacks.${extension}`]: handlers(choice),
		[test]: tests(choice, `./${moduleName(choice, extension)}`),
		[server]: glue.write(choice, `${up}${moduleName(choice, extension)}`),
		...(framework === "cloudflare" ? { "wrangler.jsonc": wrangler(ofServer) } : {}),
		...(migratesApart(choice) ? { "migrate.mjs": MIGRATION } : {}),
	};
	return { files, steps: steps(choice, test, server) };
}

function steps(choice: Choice, test: string, server: string): Step[] {
	const { framework, typescript } = choice;
	const [glue, store] = [GLUE[framework], STORE[choice.store]];
	const packages = ["wallet-callback", ...glue.packages, ...store.packages];
	const types = ["@types/node", ...(glue.types ?? []), ...(store.types ?? [])];
	const program = typescript ? "npx tsx" : "node";
	const isWorker = framework === "cloudflare";
	const steps: Step[] = [];
	const run = (command: string, note?: string) => steps.push({ command, note });
	if (typescript && !isBundled(framework)) run("npm pkg set type=module");
	run(`npm install ${packages.join(" ")}`);
	if (typescript) {
		const install = `npm install --save-dev tsx ${types.join(" ")}`;
		run(install, 'with "types": ["node"] in tsconfig.json');
	}
	if (typescript && isWorker) run("npx wrangler types", "writes the types of Cloudflare's own");
	run(`${program} --test ${test}`, "tries the handler without a network");
	if (migratesApart(choice)) run("node migrate.mjs", "makes the tables, once");
	const start = glue.start ?? `${program} ${server}`;
	const where = isWorker ? " in .dev.vars" : "";
	if (start !== "") run(start, `runs it; WALLET_CALLBACK_SECRET${where} is the sender's key`);
	return steps;
}

/** Whether no server starts that could do it: builds load the route, too. */
function migratesApart({ framework, store }: Choice): boolean {
	return (framework === "next" || framework === "sveltekit") && store === "postgres";
}

const MIGRATION = `import { Pool } from "pg";
import { postgresStore } from "wallet-callback/stores/postgres";

// Makes the tables of the store: run it before the first callback comes.
const pool = new Pool({ connectionString: process.env.DATABASE_URL });
await postgresStore(pool).migrate();
await pool.end();
`;

/** Whether something other than Node reads the files. */
function isBundled(framework: Framework): boolean {
	return framework === "next" || framework === "sveltekit" || framework === "cloudflare";
}

function moduleName({ framework, typescript }: Choice, extension: string): string {
	if (!typescript) return `callbacks.${extension}`;
	return isBundled(framework) ? "callbacks" : "callbacks.js";
}

function handlers({ framework, sender: { name, title, signs }, typescript }: Choice): string {
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
    log: console,${framework === "next" ? PLAIN_HTTP : ""}
${on}
  });
}
`;
}

/** As the entry itself has it, of options. */
const PLAIN_HTTP = `
    // Next.js does not say how a request came: outside production, it may be plain HTTP.
    requireHttps: process.env.NODE_ENV === "production",`;

function tests(choice: Choice, callbacks: string): string {
	const { name, acknowledgement } = choice.sender;
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
	// Cloudflare's type of a clone is not that of a request.
	const again =
		choice.framework === "cloudflare" && choice.typescript ? "again as Request" : "again";
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
  const { status${told ? ", body" : ""} } = await receiver(${again});
  assert.equal(status, 200);${told ? "\n  assert.deepEqual(await new Response(body).json(), { code: 0, duplicate: true });" : ""}
});

test("a forged one is refused", async (t) => {
  // The receiver warns of it, and says why it was refused: here that is expected, and not shown.
  t.mock.method(console, "warn", () => {});
  const work${choice.typescript ? ": Promise<unknown>[]" : ""} = [];
  const receiver = createCallbacks(${verifying}, memoryStore());
  const { url, headers } = signedRequest(event, { ${options} });
  const forged = new Request(url, { method: "POST", headers, body: '{"forged":true}' });
  const { status } = await receiver(forged, { waitUntil: (one) => work.push(one) });
  await Promise.all(work);
  assert.ok(status >= 400 && status < 500, \`\${status}\`);
});
`;
}

interface Part {
	readonly packages: readonly string[];
	readonly types?: readonly string[];
	readonly imports: string;
	/** What comes before, and reaches for nothing. */
	readonly before?: string;
	/** What a server waits for when it starts. */
	readonly start?: string;
	/** What is done with the first request, where the module is loaded by builds, too. */
	readonly late?: string;
	/** The expression that makes it. */
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
`,
		start: "await client.connect();\n",
		late: "  // Commands wait for it.\n  client.connect().catch(console.error);\n",
		make: "redisStore(client)",
	},
	postgres: {
		packages: ["pg"],
		types: ["@types/pg"],
		imports: `import { Pool } from "pg";
import { postgresStore } from "wallet-callback/stores/postgres";
`,
		before: `const pool = new Pool({ connectionString: process.env.DATABASE_URL });
// Without this, a lost connection ends the process.
pool.on("error", console.error);
const store = postgresStore(pool);
`,
		start: "// Makes its tables, once.\nawait store.migrate();\n",
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
function opening({ store }: Choice, callbacks: string, imports: string): string {
	const { imports: ofStore, before = "", start = "", make } = STORE[store];
	return `${imports}${ofStore}import { createCallbacks } from "${callbacks}";

${before}${start}const receiver = createCallbacks(${SECRET}, ${make});
`;
}

/** A module of a route: the receiver is made with the first request. */
function route({ store }: Choice, callbacks: string, imports: string, secret = SECRET): string {
	const { imports: ofStore, before, late, make } = STORE[store];
	const created = `createCallbacks(${secret}, ${make})`;
	const body = late === undefined ? created : `{\n${late}  return ${created};\n}`;
	return `${imports}${ofStore}import { createCallbacks } from "${callbacks}";

${before === undefined ? "" : `${before}\n`}// Made with the first request: builds load this, too, without the key.
export const POST = walletCallback(() => ${body});
`;
}

interface Glue {
	readonly packages: readonly string[];
	readonly types?: readonly string[];
	readonly folder?: string;
	readonly file?: string;
	/** How it is run, if not as a program; nothing if it is not run here. */
	readonly start?: string;
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
		start: "npx next dev",
		write: (choice, callbacks) =>
			route(choice, callbacks, 'import { walletCallback } from "wallet-callback/next";\n'),
	},
	sveltekit: {
		packages: ["@sveltejs/kit"],
		folder: "src/routes/callback",
		file: "+server",
		start: "npx vite dev",
		write: (choice, callbacks) =>
			route(
				choice,
				callbacks,
				`import { env } from "$env/dynamic/private";
import { walletCallback } from "wallet-callback/sveltekit";
`,
				"env.WALLET_CALLBACK_SECRET",
			),
	},
	cloudflare: {
		packages: ["wrangler"],
		file: "worker",
		start: "npx wrangler dev",
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
		start: "",
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
