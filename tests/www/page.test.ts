/** The page as a whole: its policy, its weight, both languages, both themes, both widths. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import known from "../../src/sender/senders.json" with { type: "json" };
import { en } from "../../www/src/text/en.ts";
import { zh } from "../../www/src/text/zh.ts";
import { POLICY } from "../../xtask/demo/page.mjs";
import { documentOf } from "../readme/documents.ts";
import { missing, VIEWS, visitor } from "./page.ts";

const visit = visitor();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const TABLES = { en, zh };
const LANGUAGES = [
	["en", "en-US"],
	["zh", "zh-CN"],
] as const;
const WIDTHS = [
	{ width: 360, height: 740 },
	{ width: 1280, height: 900 },
] as const;

/** Fills the part that is shown with what it can show. */
async function exercise(page: Page, view: (typeof VIEWS)[number]): Promise<void> {
	if (view === "bench") await page.click("[data-attack=floatAmount]");
	if (view === "debug") {
		await page.click(".debug .actions button:nth-child(2)");
		await page.waitForSelector(".cause");
	}
	if (view === "tokenpocket") {
		await page.click(".tokenpocket .actions button:nth-child(3)");
		await page.waitForSelector(".answer .code");
		await page.waitForSelector(".qr");
	}
	if (view === "speed" && (await page.locator(".chart").count()) > 0) {
		// What was measured is drawn anew, as wide as the page is now.
		await page.click("nav a[href='#codes']");
		await page.waitForSelector(".view.codes");
		await page.click("nav a[href='#speed']");
		await page.waitForSelector(".chart");
	} else if (view === "speed") {
		await page.click(".speed .primary");
		await page.waitForSelector(".speed .primary:enabled", { timeout: 60_000 });
		await page.waitForSelector(".chart");
	}
}

interface LayoutShift extends PerformanceEntry {
	readonly value: number;
}

interface Finding {
	readonly id: string;
	readonly impact: string;
	readonly nodes: readonly {
		readonly target: readonly string[];
		readonly failureSummary: string;
	}[];
}

/** The rules that a theme can break. */
const COLORS = { runOnly: ["color-contrast", "link-in-text-block"] };

/** Chooses the system's theme, which the page follows with an event. */
async function wear(page: Page, colorScheme: "light" | "dark"): Promise<void> {
	await page.emulateMedia({ colorScheme });
	await page.waitForSelector(`[data-choice=${colorScheme}][aria-pressed=true]`);
}

/** What axe-core, which is on the page, finds, but for what it calls minor. */
async function seriousFindings(page: Page, options = {}): Promise<string[]> {
	const violations = await page.evaluate<readonly Finding[]>(
		`axe.run(${JSON.stringify({ ...options, resultTypes: ["violations"] })}).then(({ violations }) => violations)`,
	);
	return violations
		.filter(({ impact }) => impact !== "minor")
		.flatMap(({ id, nodes }) =>
			nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`),
		);
}

const overflow = (page: Page) =>
	page.evaluate(() => {
		const root = document.documentElement;
		const wide = [...document.querySelectorAll("body *")].filter(
			(element) =>
				element.getBoundingClientRect().right > innerWidth + 1 && element.closest("pre") === null,
		);
		return [
			...(root.scrollWidth > innerWidth ? [`the page is ${root.scrollWidth} wide`] : []),
			...wide.map(({ outerHTML }) => outerHTML.slice(0, 120)),
		];
	});

describe("the page", { skip: missing }, () => {
	test("is served under its policy, which is in force", () =>
		visit(
			async ({ page, address }) => {
				const response = await page.request.get(address);
				assert.equal(response.headers()["content-security-policy"], POLICY);
				assert.equal(POLICY, "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'");
				const meta = "meta[http-equiv=Content-Security-Policy]";
				assert.equal(await page.getAttribute(meta, "content"), POLICY);
				const refused = await page.evaluate(async () => {
					const violations: string[] = [];
					document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
						violations.push(effectiveDirective),
					);
					const script = document.createElement("script");
					script.textContent = "window.ran = true";
					document.head.append(script);
					document.body.setAttribute("style", "color: red");
					await new Promise((resolve) => setTimeout(resolve, 100));
					return { violations, ran: "ran" in window };
				});
				assert.equal(refused.ran, false);
				const kinds = [...new Set(refused.violations)].sort();
				assert.deepEqual(kinds, ["script-src-elem", "style-src-attr"]);
			},
			{ complaints: [/inline script/, /inline style/] },
		));

	for (const [view, most, expected] of [
		["codes", 100_000, []],
		["bench", 320_000, ["/full.wasm"]],
	] as const) {
		test(`loads in under ${most / 1000} KB, and no more than it needs: ${view}`, () =>
			visit(
				async ({ page }) => {
					await page.waitForLoadState("networkidle");
					const entries = await page.evaluate(() =>
						[
							...performance.getEntriesByType("navigation"),
							...performance.getEntriesByType("resource"),
						].map((entry) => {
							const { name, encodedBodySize } = entry as PerformanceResourceTiming;
							return { name: new URL(name).pathname, size: encodedBodySize };
						}),
					);
					const total = entries.reduce((sum, { size }) => sum + size, 0);
					assert.ok(total > most / 4 && total < most, `${total} bytes`);
					const names = entries.map(({ name }) => name);
					assert.deepEqual(
						names.filter((name) => name.endsWith(".wasm")),
						expected,
					);
				},
				{ view },
			));
	}

	for (const view of VIEWS) {
		test(`shifts nothing while it loads: ${view}`, () =>
			visit(
				async ({ page }) => {
					await page.waitForTimeout(800);
					const shift = await page.evaluate(
						() =>
							new Promise<number>((resolve) => {
								let sum = 0;
								new PerformanceObserver((list) => {
									for (const entry of list.getEntries()) sum += (entry as LayoutShift).value;
								}).observe({ type: "layout-shift", buffered: true });
								setTimeout(() => resolve(sum), 200);
							}),
					);
					assert.equal(shift, 0);
				},
				{ view },
			));
	}

	for (const view of VIEWS) {
		for (const [language, locale] of LANGUAGES) {
			test(`${view}, ${language}, on a phone and a desktop, light and dark`, () =>
				visit(
					async ({ page }) => {
						// Not a script of the page's: its policy does not apply to what a test evaluates.
						await page.evaluate(axe);
						for (const width of WIDTHS) {
							await page.setViewportSize(width);
							assert.deepEqual(await overflow(page), []);
							await exercise(page, view);
							assert.deepEqual(await overflow(page), []);
							await wear(page, "light");
							assert.deepEqual(await seriousFindings(page), []);
							await wear(page, "dark");
							assert.deepEqual(await seriousFindings(page, COLORS), []);
							const text = await page.innerText("body");
							assert.doesNotMatch(text, /undefined|NaN|\{\w+\}(?!\S*")|\[object/);
							assert.equal(await page.textContent("h2"), TABLES[language][view].title);
						}
					},
					{ locale, viewport: WIDTHS[0], view, reducedMotion: "reduce" },
				));
		}
	}

	test("speaks the browser's language, and the one that is chosen", () =>
		visit(
			async ({ page }) => {
				assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
				assert.equal(await page.textContent("h2"), "试验台");
				await page.click("[data-choice=en]");
				assert.equal(await page.getAttribute("html", "lang"), "en");
				assert.equal(await page.textContent("h2"), "Playground");
				assert.equal(
					await page.title(),
					"wallet-callback: a callback verified, broken and explained",
				);
				await page.reload();
				await page.waitForSelector("main h2");
				assert.equal(await page.textContent("h2"), "Playground");
			},
			{ locale: "zh-Hans-CN" },
		));

	test("keeps what stands in the bench when the language changes", () =>
		visit(async ({ page }) => {
			await page.getByLabel("Body").fill("{}");
			await page.click("[data-choice=zh]");
			assert.equal(await page.getByLabel("请求体").inputValue(), "{}");
			assert.equal(await page.textContent(".verdict .code"), "signature_mismatch");
		}));

	test("wears the system's theme, and the one that is chosen", () =>
		visit(
			async ({ page }) => {
				const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
				const dark = await ground();
				assert.equal(await page.getAttribute("[data-choice=dark]", "aria-pressed"), "true");
				await wear(page, "light");
				await wear(page, "dark");
				await page.click("[data-choice=light]");
				const light = await ground();
				assert.notEqual(light, dark);
				assert.equal(await page.getAttribute("[data-choice=light]", "aria-pressed"), "true");
				await page.reload();
				await page.waitForSelector("main h2");
				assert.equal(await ground(), light);
			},
			{ colorScheme: "dark" },
		));

	test("is worked with a keyboard", () =>
		visit(async ({ page }) => {
			const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
			await page.keyboard.press("Tab");
			assert.equal(await focused(), "Skip to content");
			await page.keyboard.press("Enter");
			assert.equal(await focused(), "Playground");
			await page.getByRole("link", { name: "Codes" }).focus();
			await page.keyboard.press("Enter");
			await page.waitForSelector(".view.codes");
			assert.equal(await focused(), "Codes");
			assert.equal(await page.getAttribute("nav a[href='#codes']", "aria-current"), "page");
			await page.getByRole("link", { name: "Playground" }).click();
			await page.locator("[data-attack=stale]").focus();
			await page.keyboard.press("Space");
			assert.equal(await page.textContent(".verdict .code"), "timestamp_too_old");
			const live = page.locator(".verdict [role=status]");
			assert.match(String(await live.textContent()), /timestamp_too_old/);
			await page.getByLabel("Event").focus();
			await page.keyboard.press("ArrowDown");
			const chosen = () =>
				page.evaluate(() => (document.activeElement as HTMLSelectElement | null)?.value);
			assert.equal(await chosen(), "deposit.detected");
			await page.locator("input[type=range]").focus();
			await page.keyboard.press("ArrowRight");
			const spoken = await page.getAttribute("input[type=range]", "aria-valuetext");
			assert.match(String(spoken), /\(\+3 s\)$/);
		}));

	test("stores a choice and nothing else", () =>
		visit(async ({ page }) => {
			const stored = () =>
				page.evaluate(async () => ({
					local: Object.entries(localStorage),
					session: sessionStorage.length,
					cookies: document.cookie,
					databases: (await indexedDB.databases()).length,
				}));
			await exercise(page, "bench");
			await page.goto(`${page.url()}#debug`);
			await exercise(page, "debug");
			const nothing = { local: [] as unknown[], session: 0, cookies: "", databases: 0 };
			assert.deepEqual(await stored(), nothing);
			await page.click("[data-choice=dark]");
			const local = [["wallet-callback.theme", "dark"]];
			assert.deepEqual(await stored(), { ...nothing, local });
		}));

	test("lists the senders, and finds one", () =>
		visit(
			async ({ page }) => {
				const rows = page.locator("tbody tr");
				assert.equal(await rows.count(), known.length);
				await page.getByLabel("Search").fill("hmac-sha512 oxa");
				assert.equal(await rows.count(), 1);
				assert.match(await rows.innerText(), /OxaPay[\s\S]*hmac/);
				assert.equal(await page.textContent(".senders [role=status]"), `1 of ${known.length}`);
			},
			{ view: "senders" },
		));

	test("explains every code in both languages", () =>
		visit(
			async ({ page }) => {
				const cells = await page.$$eval("tbody tr", (rows) =>
					rows.map((row) => (row as HTMLElement).innerText),
				);
				assert.equal(cells.length, 11 + 12 + 55);
				for (const text of cells) assert.match(text, /[a-z]{3}[\s\S]*[一-鿿]{3}/);
				// The page and the docs say the same.
				const { text } = documentOf("docs/troubleshooting.md");
				const [, behind = ""] = text.split("\n## Rejection codes\n");
				const [section = ""] = behind.split("\n## ");
				const codes = [...section.matchAll(/^### (\w+)\n(\d{3}): /gm)];
				assert.equal(codes.length, 11);
				for (const [, code, status] of codes) {
					const row = new RegExp(`^${code}\\s+${status}\\s`);
					assert.ok(
						cells.some((text) => row.test(text)),
						code,
					);
				}
				await page.getByLabel("Search").fill("重新序列化");
				assert.equal(
					await page.locator("tbody tr").innerText(),
					cells.find((text) => text.startsWith("body_reserialized")),
				);
			},
			{ view: "codes" },
		));

	test("says why where the core does not come", () =>
		visit(
			async ({ page }) => {
				await page.route("**/full.wasm", (route) => route.fulfill({ status: 404, body: "" }));
				await page.reload();
				assert.match(String(await page.textContent("[role=alert]")), /^This page could not start/);
			},
			{ complaints: [/404/] },
		));
});
