/** Each snippet of the READMEs is run as it stands. One that nothing here runs is a failure. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { before, mock, test } from "node:test";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { Miniflare } from "miniflare";
import { converse, hangUp, postNothing, postTo, secret } from "./callbacks.ts";
import { documents, listedCodes, type Snippet, statedOutput } from "./documents.ts";
import { PACKAGE, packageFile, prepareProject, run, serve, writeFile } from "./programs.ts";

/** Runs a snippet that was written to `file`. */
type Runner = (file: string, code: string) => Promise<void>;

const NODE = process.execPath;
const WITH_SECRET = { WALLET_CALLBACK_SECRET: secret };

const BUN = packageFile("@oven/bun-linux-x64", "bin/bun");

const RUNNERS: Record<string, Runner> = {
	node: serves([NODE]),
	express: serves([NODE]),
	hono: serves([NODE]),
	deno: serves([
		packageFile("@deno/linux-x64-glibc", "deno"),
		...["run", "--quiet", "--no-lock", "--no-remote", "--cached-only", "--node-modules-dir=manual"],
		...["--allow-net", "--allow-env"],
	]),
	bun: serves([BUN, "run", "--no-install"]),
	workers: runInWorkerd,
	next: callRouteHandler,
	send: sendToServer,
	secret: runInShell,
	switch: printsFrom([BUN, "run", "--no-install"]),
	...Object.fromEntries(
		["sign", "clock", "rotation", "ed25519", "senders", "amounts", "unwrap", "ip", "slim"].map(
			(title) => [title, printsFrom([NODE])],
		),
	),
};

/** What is shown for other reasons than to be run as it stands. */
const FOR_READERS = ["sh", "text"];

before(prepareProject);

for (const { name, snippets } of documents) {
	for (const { language, title, code } of snippets) {
		if (title === undefined && FOR_READERS.includes(language)) continue;
		test(`${name}: ${title ?? code}`, async () => {
			const runner = RUNNERS[title ?? ""];
			assert.ok(runner, "nothing runs this snippet");
			await runner(writeFile(`${dirname(name)}/${title}.${language}`, code), code);
		});
	}
}

test("every runner has its snippet", () => {
	const titles = documents.flatMap(({ snippets }) => snippets.map(({ title }) => title));
	const idle = Object.keys(RUNNERS).filter((title) => !titles.includes(title));
	assert.deepEqual(idle, []);
});

test("the snippets use the package as its types say", async () => {
	const isCode = ({ language }: Snippet) => language === "js" || language === "ts";
	for (const { name, snippets } of documents) {
		for (const { language, title, code } of snippets.filter(isCode)) {
			writeFile(`types/${dirname(name)}/${title}.${language}`, code);
		}
	}
	writeFile("types/globals.d.ts", "declare const Bun: any;\ndeclare const Deno: any;\n");
	const compilerOptions = {
		target: "es2022",
		module: "nodenext",
		types: ["node"],
		allowJs: true,
		checkJs: true,
		strict: true,
		// JavaScript annotates nothing.
		noImplicitAny: false,
		skipLibCheck: true,
		noEmit: true,
	};
	const config = writeFile("types/tsconfig.json", JSON.stringify({ compilerOptions }));
	await run(NODE, [packageFile("typescript", "bin/tsc"), "--project", config]);
});

for (const document of documents) {
	test(`${document.name}: the table has every rejection code`, () => {
		const types = readFileSync(join(PACKAGE, "dist/esm/generated/model.d.ts"), "utf8");
		const union = /type RejectionCode = (.*?);/s.exec(types)?.[1] ?? "";
		const codes = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code);
		assert.ok(codes.length > 0);
		assert.deepEqual(listedCodes(document), codes);
	});
}

/** Runs a server and talks to it. It has to bear clients that are no senders, too. */
function serves(command: readonly [string, ...string[]]): Runner {
	return (file) =>
		serve([...command, file], WITH_SECRET, async (port) => {
			await hangUp(port);
			await postNothing(port);
			await converse(postTo(`http://127.0.0.1:${port}/callback`));
		});
}

/** Runs a program that says in comments what it prints. */
function printsFrom([program, ...options]: readonly [string, ...string[]]): Runner {
	return async (file, code) => {
		assert.equal(await run(program, [...options, file]), statedOutput(code));
	};
}

async function sendToServer(file: string, code: string): Promise<void> {
	const server = documents[0]?.snippets.find(({ title }) => title === "node");
	assert.ok(server);
	await serve([NODE, writeFile("receiver.js", server.code)], WITH_SECRET, async (port) => {
		const env = { ...WITH_SECRET, CALLBACK_URL: `http://127.0.0.1:${port}/callback` };
		assert.equal(await run(NODE, [file], env), statedOutput(code));
	});
}

async function runInShell(file: string): Promise<void> {
	assert.match(await run("sh", [file]), /^whsec_[A-Za-z0-9+/]{43}=\n$/);
}

/** Bundled and served as wrangler does it. */
async function runInWorkerd(file: string): Promise<void> {
	const bundle = file.replace(".js", ".bundle.mjs");
	await build({
		entryPoints: [file],
		outfile: bundle,
		bundle: true,
		format: "esm",
		conditions: ["workerd", "worker", "browser"],
		plugins: [keepWasmImport],
		logLevel: "error",
	});
	const wasm = readFileSync(join(PACKAGE, "dist/core.wasm"));
	const miniflare = new Miniflare({
		modulesRoot: dirname(file),
		modules: [
			{ type: "ESModule", path: bundle },
			{ type: "CompiledWasm", path: join(dirname(file), "core.wasm"), contents: wasm },
		],
		compatibilityDate: "2026-04-01",
		bindings: WITH_SECRET,
		cf: false,
		handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
			stdout.resume();
			stderr.resume();
		},
	});
	try {
		await converse(postTo(`${await miniflare.ready}callback`));
	} finally {
		await miniflare.dispose();
	}
}

/** The import of a `.wasm` file stays in the bundle, and workerd resolves it. */
const keepWasmImport: Plugin = {
	name: "keep-wasm-import",
	setup({ onResolve }) {
		onResolve({ filter: /\.wasm$/ }, () => ({ path: "./core.wasm", external: true }));
	},
};

/** As Next.js does it: the module is loaded in the build without its secret, and called with a `Request`. */
async function callRouteHandler(file: string): Promise<void> {
	delete process.env.WALLET_CALLBACK_SECRET;
	const { POST } = await import(pathToFileURL(file).href);
	Object.assign(process.env, WITH_SECRET);
	const log = mock.method(console, "log", () => {});
	try {
		const url = "https://receiver.example/callback";
		await converse((headers, body) => POST(new Request(url, { method: "POST", headers, body })));
	} finally {
		log.mock.restore();
		delete process.env.WALLET_CALLBACK_SECRET;
	}
}
