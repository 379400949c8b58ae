// Takes the picture of the page that the README shows: node www/screenshot.mjs, after www/build.mjs.
import { statSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { FOLDER, servePage } from "../xtask/demo/page.mjs";

const path = join(import.meta.dirname, "screenshot.png");
const mostBytes = 200_000;

const { address, close } = await servePage(FOLDER);
const browser = await chromium.launch({
	executablePath: "/usr/bin/chromium",
	args: ["--headless", "--no-sandbox", "--disable-gpu"],
});
try {
	const page = await browser.newPage({
		viewport: { width: 1280, height: 1040 },
		colorScheme: "light",
		locale: "en-US",
	});
	await page.goto(address);
	await page.click("[data-attack=wrongChain]");
	await page.waitForTimeout(1500); // until the time is measured
	await page.screenshot({ path });
} finally {
	await browser.close();
	close();
}

const { size } = statSync(path);
if (size >= mostBytes) throw new Error(`expected less than ${mostBytes} bytes, got ${size}`);
