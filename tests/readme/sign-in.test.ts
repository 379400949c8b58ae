/** Runs the snippets that sign somebody in, with a wallet and a browser. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { CHROMIUM, chromiumMissing } from "../runtime/runtimes/browser.ts";
import { snippetOf } from "./documents.ts";
import { SIGN_INS } from "./on-servers.ts";
import { type Project, prepareProject } from "./programs.ts";
import { callBack, readLink, signIn, Wallet } from "./sign-in.ts";
import { inWorkerd, wranglerConfiguration } from "./workerd.ts";

const NODE = process.execPath;
const code = (title: string): string => snippetOf(title).code;
let project: Project;

/** The snippets that the tests below have run. */
const done = new Set<string>();

/** Writes a snippet into a file. */
function write(title: string, path: string): string {
	done.add(title);
	return project.write(path, code(title));
}

before(async () => {
	project = prepareProject("readme-sign-in");
	write("tokenpocket-page", "public/index.html");
	write("tokenpocket-schema", "schema.sql");
	await build({
		entryPoints: [write("tokenpocket-script", "page.js")],
		outfile: project.write("public/page.js", ""),
		bundle: true,
		format: "esm",
		logLevel: "error",
	});
});

test("tokenpocket-express", async () => {
	const file = write("tokenpocket-express", "server.js");
	await project.serve([NODE, file], {}, async ({ port, url }) => {
		await signIn(url, `http://localhost:${port}`);
	});
	const env = { ORIGIN: "https://shop.example" };
	await project.serve([NODE, file], env, ({ url }) => signIn(url, "https://shop.example"));
});

test("tokenpocket-hono", async () => {
	const file = write("tokenpocket-hono", "hono.js");
	await project.serve([NODE, file], {}, async ({ port, url }) => {
		await signIn(url, `http://localhost:${port}`);
		assert.match(await (await fetch(url)).text(), /^<!doctype html>/);
	});
});

test("tokenpocket-page, with a browser", async (context) => {
	const install = chromiumMissing();
	if (install !== undefined) {
		assert.ok(!process.env.CI, `not installed: ${install}`);
		return context.skip(`not installed: ${install}`);
	}
	const file = write("tokenpocket-express", "server.js");
	await project.serve([NODE, file], {}, async ({ port }) => {
		const site = `http://localhost:${port}`;
		const browser = await chromium.launch({
			executablePath: CHROMIUM,
			args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
		});
		try {
			const page = await browser.newPage({ viewport: { width: 360, height: 640 } });
			await page.goto(site);
			const wallet = new Wallet();
			const [address, link, output] = [
				page.locator("input"),
				page.locator("a"),
				page.locator("output"),
			];
			await address.fill("0x1234");
			await page.locator("button").click();
			await output.filter({ hasText: /^address: expected/ }).waitFor();

			await address.fill(wallet.address);
			await page.locator("button").click();
			await output.filter({ hasText: "Confirm it in the wallet." }).waitFor();
			const asked = readLink((await link.getAttribute("href")) ?? "");
			const agreed = await wallet.agree(asked);
			assert.deepEqual(await callBack(site, asked, agreed), [200, { code: 0 }]);
			await output.filter({ hasText: `Signed in as ${wallet.address}` }).waitFor();
			const width = await page.evaluate(() => document.documentElement.scrollWidth);
			assert.ok(width <= 360, `the page is ${width} pixels wide`);
		} finally {
			await browser.close();
		}
	});
});

test("tokenpocket-workers", async () => {
	const file = write("tokenpocket-workers", "worker.js");
	done.add("tokenpocket-wrangler");
	const configuration = wranglerConfiguration("tokenpocket-wrangler");
	const { durable_objects, migrations, assets, vars, d1_databases } = configuration;
	const bound = durable_objects.bindings.map(({ class_name }) => class_name);
	const created = migrations.flatMap(({ new_sqlite_classes }) => new_sqlite_classes);
	assert.deepEqual([bound, created], [["WalletCallbackStore"], ["WalletCallbackStore"]]);
	assert.equal(assets?.directory, "public");
	await inWorkerd(project, file, configuration, {}, async ({ url, miniflare }) => {
		const [{ binding } = { binding: "" }] = d1_databases ?? [];
		const database = await miniflare.getD1Database(binding);
		for (const statement of code("tokenpocket-schema").split(";")) {
			if (statement.trim() !== "") await database.prepare(statement).run();
		}
		await signIn(url, vars?.ORIGIN ?? "");
	});
});

test("tokenpocket-eos", async () => {
	const env = { SNIPPET: write("tokenpocket-eos", "eos.js"), EOS_NODE: "https://node.example" };
	const answers = await project.run(NODE, [project.host("antelope")], env);
	const expected = [
		["asked", "https://node.example/v1/chain/get_account", { account_name: "alice" }],
		["active", true],
		["owner", true],
		["one of two", "signature_mismatch"],
		["of another permission", "signature_mismatch"],
		["without keys", false],
	];
	assert.deepEqual(
		answers
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line)),
		expected,
	);
});

test("every snippet is run", () => {
	assert.deepEqual([...done].sort(), [...SIGN_INS].sort());
});
