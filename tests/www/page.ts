/** The built page in Chromium, served under its policy, and watched. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { FOLDER, servePage } from "../../xtask/demo/page.mjs";
import { CHROMIUM, chromiumMissing } from "../runtime/runtimes/browser.ts";

/** Why the tests of the page cannot run here, if so. With CI in the environment they fail instead. */
export const missing: string | false = process.env.CI ? false : (chromiumMissing() ?? false);

export const VIEWS = ["bench", "debug", "tokenpocket", "senders", "codes", "speed"] as const;

/** What a person chooses, by the browser's settings. */
export const PLAIN: BrowserContextOptions = {
	locale: "en-US",
	colorScheme: "light",
	viewport: { width: 1280, height: 900 },
};

export interface Visit {
	readonly page: Page;
	readonly address: string;
	/** Paths of what was fetched. */
	readonly fetched: string[];
}

/** Chromium for a file of tests, and its pages. */
export interface Pages {
	/** An empty page of somebody who has never been at an address. */
	blank(origin: string, settings: BrowserContextOptions): Promise<Page>;
}

/**
 * Starts Chromium before the tests. To open a page is most of what a short visit costs: pages with the same
 * settings are one, and nothing is kept in it.
 */
export function pages(): Pages {
	let browser: Browser;
	const opened = new Map<string, Page>();
	before(async () => {
		if (missing) return;
		const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"];
		browser = await chromium.launch({ executablePath: CHROMIUM, args });
	});
	after(() => browser?.close());
	return {
		async blank(origin, settings) {
			const name = JSON.stringify(settings);
			const page = opened.get(name) ?? (await (await browser.newContext(settings)).newPage());
			opened.set(name, page);
			await page.unrouteAll();
			await page.goto("about:blank");
			for (const kind of ["console", "pageerror", "request", "requestfailed"]) {
				page.removeAllListeners(kind);
				page.context().removeAllListeners(kind);
			}
			const { viewport = null, colorScheme = null, reducedMotion = null } = settings;
			if (viewport !== null) await page.setViewportSize(viewport);
			await page.emulateMedia({ colorScheme, reducedMotion });
			const devtools = await page.context().newCDPSession(page);
			await devtools.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
			await devtools.send("Network.clearBrowserCache");
			await devtools.detach();
			return page;
		},
	};
}

/** A browser for a file of tests. Each visit is by somebody who has never been here. */
export function visitor(): (
	use: (visit: Visit) => Promise<void>,
	options?: BrowserContextOptions & {
		readonly view?: (typeof VIEWS)[number];
		/** What the browser has to complain about. */
		readonly complaints?: readonly RegExp[];
	},
) => Promise<void> {
	const { blank } = pages();
	let server: Awaited<ReturnType<typeof servePage>>;
	before(async () => {
		assert.ok(existsSync(join(FOLDER, "index.html")), "build the page first: node www/build.mjs");
		server = await servePage(FOLDER);
	});
	after(() => server?.close());
	return async (use, { view, complaints = [], ...options } = {}) => {
		const { origin } = new URL(server.address);
		const page = await blank(origin, { ...PLAIN, ...options });
		const context = page.context();
		const problems: string[] = [];
		const fetched: string[] = [];
		page.on("console", (message) => {
			if (["error", "warning"].includes(message.type())) problems.push(message.text());
		});
		page.on("pageerror", (error) => problems.push(String(error)));
		context.on("request", (request) => {
			const url = new URL(request.url());
			if (url.origin === origin) fetched.push(url.pathname);
			else problems.push(`left the page: ${url}`);
		});
		context.on("requestfailed", (request) => {
			const why = request.failure()?.errorText ?? "";
			// What was still on its way when the next page was opened.
			if (why !== "net::ERR_ABORTED") problems.push(`failed: ${request.url()} ${why}`);
		});
		await page.goto(`${server.address}${view === undefined ? "" : `#${view}`}`);
		await page.waitForSelector("main h2");
		await use({ page, address: server.address, fetched });
		for (const complaint of complaints) {
			assert.ok(
				problems.some((text) => complaint.test(text)),
				String(complaint),
			);
		}
		const unexpected = (text: string) => !complaints.some((complaint) => complaint.test(text));
		assert.deepEqual(problems.filter(unexpected), []);
	};
}
