/** The site in Chromium, served as any host of static files may serve it, and watched. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { POLICY, SITE, servePage } from "../../xtask/demo/page.mjs";
import { missing, PLAIN, pages } from "../www/page.ts";

const HTML = () =>
	readdirSync(SITE, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));

const { blank } = pages();
let server: Awaited<ReturnType<typeof servePage>>;

/** Opens a page of the site. Whatever it complains about, or asks elsewhere for, fails the test. */
async function visit(
	path: string,
	use: (page: Page) => Promise<void>,
	options: BrowserContextOptions = {},
): Promise<void> {
	const { origin } = new URL(server.address);
	const page = await blank(origin, { ...PLAIN, ...options });
	const context = page.context();
	const problems: string[] = [];
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type())) problems.push(message.text());
	});
	page.on("pageerror", (error) => problems.push(String(error)));
	context.on("request", (request) => {
		if (!request.url().startsWith(server.address) && !request.url().startsWith("data:")) {
			problems.push(`left the site: ${request.url()}`);
		}
	});
	await page.goto(server.address + path, { waitUntil: "networkidle" });
	await use(page);
	assert.deepEqual(problems, []);
}

async function search(page: Page, query: string): Promise<string[]> {
	const index = page.waitForResponse(/localSearchIndex/);
	await page.click(".VPNavBarSearch button");
	await (await index).finished();
	await page.waitForTimeout(500); // until it is read
	await page.fill(".VPLocalSearchBox input", query);
	await page.waitForSelector(".VPLocalSearchBox .result");
	return page.$$eval(".VPLocalSearchBox .result", (all) =>
		all.map((one) => (one as HTMLAnchorElement).pathname),
	);
}

describe("the site", { skip: missing }, () => {
	before(async () => {
		assert.ok(existsSync(join(SITE, "llms.txt")), "build the site first: cargo xtask docs");
		server = await servePage(SITE);
	});
	after(() => server?.close());

	test("finds what is searched for, without a network", () =>
		visit("", async (page) => {
			assert.ok((await search(page, "exit code")).includes("/cli.html"));
		}));

	test("finds words of Chinese", () =>
		visit("zh/", async (page) => {
			const found = await search(page, "密钥");
			assert.ok(found.length > 0);
			assert.ok(found.every((path) => path.startsWith("/zh/")));
			await page.click(".VPLocalSearchBox .result");
			await page.waitForFunction(() => location.hash !== "");
		}));

	test("wears the system's theme, and the one that is chosen", () =>
		visit("cli.html", async (page) => {
			const isDark = () => page.evaluate(() => document.documentElement.classList.contains("dark"));
			const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
			assert.equal(await isDark(), false);
			const light = await ground();
			await page.click(".VPNavBarAppearance .VPSwitch");
			assert.equal(await isDark(), true);
			assert.notEqual(await ground(), light);
			await page.reload();
			assert.equal(await isDark(), true);
		}));

	test("switches languages, to the start where a page has no translation", () =>
		visit("", async (page) => {
			const choose = async (language: string) => {
				await page.hover(".VPNavBarTranslations button");
				await page.click(`.VPNavBarTranslations a:has-text("${language}")`);
			};
			await choose("简体中文");
			await page.waitForFunction(() => document.documentElement.lang === "zh-CN");
			assert.equal(new URL(page.url()).pathname, "/zh/");
			await choose("English");
			await page.waitForFunction(() => document.documentElement.lang === "en");
			await page.click(".VPSidebar a:has-text('The command line')");
			await page.waitForURL("**/cli.html");
			await choose("简体中文");
			await page.waitForURL("**/zh/");
		}));

	test("has the playground among its pages, under its strict policy, and leads back", () =>
		visit("", async (page) => {
			await page.click(".VPNavBarMenu a:has-text('Playground')");
			await page.waitForSelector("main h2");
			assert.equal(await page.textContent("h2"), "Playground");
			const { headers } = await fetch(`${server.address}playground/`);
			assert.equal(headers.get("content-security-policy"), POLICY);
			await page.click("nav a:has-text('Docs')");
			await page.waitForSelector(".VPNavBarSearch");
		}));

	test("runs no script but its own, in each page", async () => {
		const names = HTML().filter((name) => !name.startsWith("playground/"));
		assert.ok(names.length > 20, `${names.length} pages`);
		for (const name of names) {
			const html = readFileSync(join(SITE, name), "utf8");
			const [, policy = ""] =
				/http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
			assert.match(policy, /^default-src 'self'; script-src 'self' 'sha256-/, name);
			assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe-inline/, name);
			assert.doesNotMatch(html, /<(?:script|img|link|iframe)[^>]*(?:src|href)="https?:/, name);
		}
		for (const path of ["reference/wallet-callback.html", "project/security.html"]) {
			await visit(path, async (page) => assert.ok(await page.textContent("h1")));
		}
	});

	test("lists its pages for language models", () => {
		const list = readFileSync(join(SITE, "llms.txt"), "utf8");
		assert.match(list, /^# wallet-callback\n\n> \S.*\n\n## Pages\n\n- \[/);
		const targets = [...list.matchAll(/\]\((\S+)\): \S/g)].map(([, target = ""]) => target);
		assert.ok(targets.includes("cli.html"));
		for (const target of targets) assert.ok(existsSync(join(SITE, target)), target);
		assert.match(readFileSync(join(SITE, "llms-full.txt"), "utf8"), /# The command line/);
	});
});
