/** What init writes: every combination has right types, and answers callbacks. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { isBuiltin } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { before, describe, test } from "node:test";
import { promisify } from "node:util";
import { wallet } from "../package/package.ts";
import { BIN, cli, cliAgain, folder } from "./cli.ts";

const FRAMEWORKS = "node express fastify koa hono next sveltekit cloudflare aws-lambda".split(" ");
const STORES = ["memory", "sqlite", "redis", "postgres"];
const combinations = FRAMEWORKS.flatMap((framework) =>
	(framework === "cloudflare" ? ["durable-object"] : STORES).map(
		(store) => [framework, store] as const,
	),
);

/** Whoever has a secret, and needs nothing else. */
const senders = wallet
	.senders()
	.filter(
		({ algorithm, requires }) => !/RSA|ECDSA|RS512|ES256/.test(algorithm) && requires.length === 0,
	)
	.map(({ name }) => name);

// In here, frameworks are found in the project's node_modules.
const place = resolve("target/init");

interface Program {
	readonly dir: string;
	readonly words: readonly string[];
}

/** Each combination in TypeScript and in JavaScript, and each sender at least once. */
const programs: readonly Program[] = ["ts", "js"].flatMap((language, round) =>
	combinations.map(([framework, store], at): Program => {
		const sender = senders[(round * combinations.length + at) % senders.length] ?? "";
		const words = ["--framework", framework, "--store", store, "--sender", sender];
		const dir = join(place, `${framework}-${store}-${sender}-${language}`);
		return { dir, words: language === "ts" ? [...words, "--typescript"] : words };
	}),
);

describe("every combination", () => {
	const printed = new Map<Program, string>();
	before(async () => {
		rmSync(place, { recursive: true, force: true });
		mkdirSync(join(place, "node_modules"), { recursive: true });
		const installed = dirname(dirname(BIN));
		symlinkSync(join(installed, "wallet-callback"), join(place, "node_modules/wallet-callback"));
		writeFileSync(join(place, "package.json"), '{ "private": true, "type": "module" }\n');
		const waiting = [...programs];
		const work = async () => {
			for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
				const { code, stdout, stderr } = await cliAgain(["init", ...next.words, "--dir", next.dir]);
				assert.equal(code, 0, stderr);
				printed.set(next, stdout);
			}
		};
		await Promise.all(Array.from({ length: availableParallelism() }, work));
	});

	test("is tried with every sender that has a secret", () => {
		assert.ok(senders.length > 40 && programs.length >= senders.length, `${senders.length}`);
	});

	test("in TypeScript, names the types that packages do not bring", () => {
		for (const [{ words }, stdout] of printed) {
			const installed = (start: string) => {
				const line = stdout.split("\n").find((line) => line.startsWith(start));
				const [names = ""] = line?.slice(start.length).split("  # ") ?? [];
				return names.split(" ").filter((name) => name !== "");
			};
			const [packages, added] = [installed("npm install "), installed("npm install --save-dev ")];
			const untyped = packages.filter((name) => name !== "wallet-callback" && !bringsTypes(name));
			const expected = ["tsx", ...["node", ...untyped].map((name) => `@types/${name}`)];
			assert.deepEqual(added, words.includes("--typescript") ? expected : [], words.join(" "));
		}
		assert.equal(printed.size, programs.length);
	});

	test("has right types", async () => {
		writeFileSync(
			join(place, "svelte.d.ts"),
			'declare module "$env/dynamic/private" { export const env: { readonly [name: string]: string | undefined }; }\n',
		);
		const shared = {
			target: "ES2022",
			module: "ESNext",
			moduleResolution: "Bundler",
			strict: true,
			skipLibCheck: true,
			noEmit: true,
		};
		const node = { ...shared, types: ["node"], lib: ["ES2023", "DOM", "DOM.Iterable"] };
		const worker = { ...shared, types: ["@cloudflare/workers-types", "node"], lib: ["ES2023"] };
		// In JavaScript, a Worker's env has no type.
		const js = { allowJs: true, checkJs: true, noImplicitAny: false };
		const projects = [
			{ compilerOptions: node, include: ["svelte.d.ts", "*-ts/**/*"], exclude: ["cloudflare-*"] },
			{
				compilerOptions: { ...node, ...js },
				include: ["svelte.d.ts", "*-js/**/*"],
				exclude: ["cloudflare-*"],
			},
			{ compilerOptions: worker, include: ["cloudflare-*-ts/**/*"] },
			{ compilerOptions: { ...worker, ...js }, include: ["cloudflare-*-js/**/*"] },
		];
		let files = 0;
		for (const [at, project] of projects.entries()) {
			const file = join(place, `tsconfig.${at}.json`);
			writeFileSync(file, JSON.stringify(project));
			files += await typeCheck("typescript", file);
			// What has no types is not looked at: one compiler is enough.
			if (!("allowJs" in project.compilerOptions)) await typeCheck("typescript-5", file);
		}
		assert.equal(files, 3 * programs.length, "the handler, its test, and the server of each");
	});

	test("for Next.js, a build loads the route without the key and without a server", async () => {
		const routes = programs.flatMap(({ dir }) =>
			["js", "ts"].map((end) => join(dir, `app/callback/route.${end}`)).filter(existsSync),
		);
		assert.equal(routes.length, 2 * STORES.length);
		const program = routes.map((route) => `await import(${JSON.stringify(route)});`).join("\n");
		const file = join(place, "build.mts");
		writeFileSync(file, `${program}\nconsole.log("loaded");\n`);
		const { WALLET_CALLBACK_SECRET: _, ...env } = process.env;
		const { stdout } = await promisify(execFile)(
			process.execPath,
			["--import", "tsx", file],
			// It ends by itself: nothing is open.
			{ env: { ...env, REDIS_URL: "redis://127.0.0.1:1", DATABASE_URL: "" }, timeout: 60_000 },
		);
		assert.equal(stdout, "loaded\n");
	});

	test("in JavaScript, the handler and its test are modules whatever package.json says", () => {
		for (const { dir, words } of programs.filter(({ words }) => !words.includes("--typescript"))) {
			const files = readdirSync(dir).filter((file) => file.startsWith("callbacks"));
			assert.deepEqual(files.sort(), ["callbacks.mjs", "callbacks.test.mjs"], words.join(" "));
		}
	});

	test("prints nothing in its test of the refusal that the test asks for", async () => {
		const ofWallet = programs.filter(
			({ words }) => words.includes("tp-wallet") && !words.includes("cloudflare"),
		);
		assert.ok(ofWallet.length > 0);
		for (const { dir } of ofWallet) {
			const name = readdirSync(dir).find((file) => file.startsWith("callbacks.test."));
			const { stdout, stderr } = await promisify(execFile)(
				process.execPath,
				["--import", "tsx", "--test", "--test-reporter=spec", join(dir, name ?? "")],
				{ env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
			);
			assert.match(stdout, /a forged one is refused/);
			assert.match(stdout, /callback handled/);
			assert.doesNotMatch(stdout + stderr, /callback refused|why a callback was refused/);
		}
	});

	test("answers callbacks in its test", async () => {
		const tests = programs.map(({ dir }) => {
			const name = readdirSync(dir).find((file) => file.startsWith("callbacks.test."));
			return `import ${JSON.stringify(`${dir}/${name}`)};`;
		});
		const all = join(place, "all.test.ts");
		writeFileSync(all, tests.join("\n"));
		const { stdout } = await promisify(execFile)(
			process.execPath,
			["--import", "tsx", "--test", "--test-reporter=tap", all],
			{ env: { ...process.env, NODE_TEST_CONTEXT: undefined }, maxBuffer: 1e8 },
		).catch((error) => error);
		const count = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(stdout)?.[1]);
		const failed = stdout.match(/^not ok[\s\S]+?stack:/gm);
		assert.equal(failed?.join("\n"), undefined);
		assert.deepEqual([count("pass"), count("fail")], [programs.length * 2, 0]);
	});
});

function bringsTypes(name: string): boolean {
	const manifest = JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8"));
	const { types, typings, exports } = manifest;
	return (types ?? typings) !== undefined || JSON.stringify(exports ?? {}).includes('"types"');
}

/** Checks a project, and counts the files of programs in it. */
async function typeCheck(compiler: string, project: string): Promise<number> {
	const words = [resolve("node_modules", compiler, "bin/tsc"), "-p", project, "--listFiles"];
	const checked = promisify(execFile)(process.execPath, words, { maxBuffer: 1e8 });
	const { stdout } = await checked.catch((error) => error);
	const lines: string[] = stdout.trim().split("\n");
	const faults = lines.filter((line) => !isAbsolute(line));
	assert.deepEqual(faults, []);
	const isProgram = (file: string) =>
		programs.some(({ dir }) => file.startsWith(`${dir}/`)) && !file.endsWith("/migrate.mjs");
	return lines.filter(isProgram).length;
}

test("it writes over nothing", async () => {
	const dir = folder();
	const words = [
		"init",
		"--framework",
		"node",
		"--sender",
		"stripe",
		"--store",
		"memory",
		"--dir",
		dir,
	];
	const first = await cli(words);
	assert.equal(first.code, 0);
	assert.match(first.stdout, /\nnpx wallet-callback check URL --sender stripe {2}#/);
	const again = await cli(words);
	assert.equal(again.code, 2);
	assert.match(
		again.stderr,
		/^error: callbacks\.mjs, .+ there already \(--force writes over it\)\n$/,
	);
	assert.equal((await cli([...words, "--force"])).code, 0);
	// A link that leads to no file yet.
	rmSync(join(dir, "server.mjs"));
	rmSync(join(dir, "callbacks.mjs"));
	rmSync(join(dir, "callbacks.test.mjs"));
	const target = join(folder(), "elsewhere.mjs");
	symlinkSync(target, join(dir, "server.mjs"));
	const linked = await cli(words);
	assert.equal(linked.code, 2);
	assert.match(linked.stderr, /^error: --dir: .+server\.mjs is there already: name another\n$/);
	assert.equal(existsSync(target), false);
});

test("beside a tsconfig.json it is TypeScript", async () => {
	const dir = folder();
	writeFileSync(join(dir, "tsconfig.json"), "{}");
	const words = ["--framework", "hono", "--sender", "tp-wallet", "--store", "sqlite"];
	const { stdout } = await cli(["init", ...words], { cwd: dir });
	const driver = isBuiltin("node:sqlite") ? "" : " better-sqlite3";
	const types = driver && " @types/better-sqlite3";
	assert.deepEqual(stdout.split("\n\n")[1]?.trimEnd().split("\n"), [
		"npm pkg set type=module",
		`npm install wallet-callback hono @hono/node-server${driver}`,
		`npm install --save-dev tsx @types/node${types}  # with "types": ["node"] in tsconfig.json`,
		"npx tsx --test callbacks.test.ts  # tries the handler without a network",
		"npx tsx server.ts  # runs it; WALLET_CALLBACK_SECRET is the sender's key",
		"npx wallet-callback check URL  # examines the endpoint once it runs",
	]);
	assert.deepEqual(readdirSync(dir).sort(), [
		...["callbacks.test.ts", "callbacks.ts", "server.ts", "tsconfig.json"],
	]);
});

test("the steps begin in the folder of the files", async () => {
	const cwd = folder();
	const words = ["init", "--framework", "node", "--sender", "stripe", "--store", "memory", "--dir"];
	const firstStep = async (dir: string) => {
		const { stdout } = await cli([...words, dir], { cwd });
		return stdout.split("\n\n")[1]?.split("\n")[0];
	};
	assert.equal(await firstStep("app/here"), "cd app/here");
	assert.equal(await firstStep("my app's"), "cd 'my app'\\''s'");
	assert.equal(await firstStep("./"), "npm install wallet-callback");
});

test("what is missing or unknown is refused with code 2", async () => {
	const dir = folder();
	const given = ["--framework", "node", "--sender", "stripe", "--store", "memory"];
	for (const [words, says] of [
		[[], /missing --framework: one of node, express/],
		[given.slice(0, 2), /missing --sender: one of tp-wallet/],
		[given.slice(0, 4), /missing --store: one of memory, sqlite, redis, postgres\n/],
		[["--framework", "expres"], /unknown framework "expres" \(did you mean "express"/],
		[[...given, "--sender", "strip"], /unknown sender "strip"/],
		[[...given, "--sender", "circle"], /circle needs more than a secret/],
		[[...given, "--store", "durable-object"], /unknown store/],
		[[...given, "--store", "reddis"], /did you mean "redis"/],
	] as const) {
		const { code, stdout, stderr } = await cliAgain(["init", ...words, "--dir", dir]);
		assert.deepEqual([code, stdout], [2, ""], words.join(" "));
		assert.match(stderr, says);
	}
	assert.deepEqual(readdirSync(dir), []);
});
