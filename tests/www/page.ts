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

/** A browser for a file of tests. Each visit is by somebody who has never been here. */
export function visitor(): (
	use: (visit: Visit) => Promise<void>,
	options?: BrowserContextOptions & {
		readonly view?: (typeof VIEWS)[number];
		/** What the browser has to complain about. */
		readonly complaints?: readonly RegExp[];
	},
) => Promise<void> {
	let browser: Browser;
	let server: Awaited<ReturnType<typeof servePage>>;
	before(async () => {
		assert.ok(existsSync(join(FOLDER, "index.html")), "build the page first: node www/build.mjs");
		server = await servePage(FOLDER);
		const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"];
		browser = await chromium.launch({ executablePath: CHROMIUM, args });
	});
	after(async () => {
		await browser?.close();
		server?.close();
	});
	return async (use, { view, complaints = [], ...options } = {}) => {
		const context = await browser.newContext({ ...PLAIN, ...options });
		const page = await context.newPage();
		const problems: string[] = [];
		const fetched: string[] = [];
		page.on("console", (message) => {
			if (["error", "warning"].includes(message.type())) problems.push(message.text());
		});
		page.on("pageerror", (error) => problems.push(String(error)));
		context.on("request", (request) => {
			const url = new URL(request.url());
			if (url.origin === new URL(server.address).origin) fetched.push(url.pathname);
			else problems.push(`left the page: ${url}`);
		});
		context.on("requestfailed", (request) => {
			const why = request.failure()?.errorText ?? "";
			// What was still on its way when the next page was opened.
			if (why !== "net::ERR_ABORTED") problems.push(`failed: ${request.url()} ${why}`);
		});
		try {
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
		} finally {
			await context.close();
		}
	};
}
