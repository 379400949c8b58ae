// Takes the picture of the page that the README shows: node www/screenshot.mjs, after www/build.mjs.
// The npm package carries it, so that it has few colours and few bytes.
import { join } from "node:path";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { FOLDER, servePage } from "../xtask/demo/page.mjs";

const path = join(import.meta.dirname, "screenshot.png");
const mostBytes = 60_000;

const { address, close } = await servePage(FOLDER);
const browser = await chromium.launch({
	executablePath: "/usr/bin/chromium",
	args: ["--headless", "--no-sandbox", "--disable-gpu"],
});
try {
	const page = await browser.newPage({
		viewport: { width: 1280, height: 720 },
		colorScheme: "light",
		locale: "en-US",
	});
	await page.goto(address);
	await page.click("[data-attack=wrongChain]");
	await page.waitForTimeout(1500); // until the time is measured
	const picture = await page.screenshot();
	const few = { palette: true, colours: 16, dither: 0, effort: 10, compressionLevel: 9 };
	const { size } = await sharp(picture).png(few).toFile(path);
	if (size >= mostBytes) throw new Error(`expected less than ${mostBytes} bytes, got ${size}`);
} finally {
	await browser.close();
	close();
}
