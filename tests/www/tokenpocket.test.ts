/** Sign in with TokenPocket: the code that is drawn, and the callback that is pasted. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type HDNodeWallet, Wallet } from "ethers";
import type { Page } from "playwright-core";
import { decodeQR } from "qr/decode.js";
import { en } from "../../www/src/text/en.ts";
import { missing, visitor } from "./page.ts";

const visit = visitor();
const words = en.tokenpocket;

async function make(page: Page): Promise<string> {
	await page.getByRole("button", { name: words.make }).click();
	await page.waitForSelector(".qr");
	return String(await page.textContent(".link"));
}

async function judge(page: Page, pasted: string): Promise<string> {
	await page.getByLabel(words.paste).fill(pasted);
	await page.evaluate(() => document.querySelector(".tokenpocket .answer")?.replaceChildren());
	await page.getByRole("button", { name: words.verify }).click();
	await page.waitForSelector(".answer .code");
	return String(await page.textContent(".answer .code"));
}

/** What the app reads out of the link. */
function paramOf(uri: string): { readonly [name: string]: string } {
	return JSON.parse(new URL(uri).searchParams.get("param") ?? "");
}

/** What a camera makes of the code: its path's modules, as large as they are drawn. */
async function scan(page: Page): Promise<string> {
	const path = String(await page.getAttribute(".qr path", "d"));
	const size = Number((await page.getAttribute(".qr", "viewBox"))?.split(" ")[2]);
	const scale = 4;
	const width = size * scale;
	const data = new Uint8ClampedArray(width * width * 4).fill(255);
	for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
		for (let row = 0; row < scale; row += 1) {
			const at = ((Number(y) * scale + row) * width + Number(x) * scale) * 4;
			for (let pixel = 0; pixel < scale; pixel += 1)
				data.fill(0, at + pixel * 4, at + pixel * 4 + 3);
		}
	}
	return decodeQR({ width, height: width, data });
}

async function answer(wallet: HDNodeWallet, uri: string): Promise<string> {
	const { actionId, message = "" } = paramOf(uri);
	const sign = await wallet.signMessage(message);
	const body = { ref: "TokenPocket", sign, publickey: "", action: "sign", actionId };
	return JSON.stringify({ ...body, wallet: wallet.address, permissions: [], result: 1 });
}

describe("sign in with TokenPocket", { skip: missing }, () => {
	test("draws a code that a camera reads", () =>
		visit(
			async ({ page, fetched }) => {
				assert.ok(!fetched.includes("/dapp.wasm"));
				const uri = await make(page);
				assert.match(uri, /^tpoutside:\/\/pull\.activity\?param=/);
				assert.equal(await scan(page), uri);
				assert.equal(await page.getAttribute(".asked a", "href"), uri);
				assert.equal(paramOf(uri).callbackUrl, "https://shop.example/tokenpocket");
				assert.ok(fetched.includes("/dapp.wasm"));
			},
			{ view: "tokenpocket" },
		));

	test("believes a signature of the account, and of nobody else", () =>
		visit(
			async ({ page }) => {
				const [wallet, other] = [Wallet.createRandom(), Wallet.createRandom()];
				await page.getByLabel(words.address).fill(wallet.address);
				const uri = await make(page);
				assert.equal(await judge(page, await answer(wallet, uri)), "authenticated");
				assert.match(await page.innerText(".answer"), new RegExp(wallet.address));
				assert.notEqual(await judge(page, await answer(other, uri)), "authenticated");
				const posed = (await answer(other, uri)).replace(other.address, wallet.address);
				assert.equal(await judge(page, posed), "signature_mismatch");
				const again = await make(page);
				assert.notEqual(again, uri);
				assert.equal(await judge(page, await answer(wallet, uri)), "unknown_action");
			},
			{ view: "tokenpocket" },
		));

	test("shows a callback that was declined, and one that is forged", () =>
		visit(
			async ({ page }) => {
				await page.getByRole("button", { name: words.cancelled }).click();
				await page.waitForSelector(".answer .code");
				assert.equal(await page.textContent(".answer .code"), "cancelled");
				assert.match(await page.innerText(".answer"), new RegExp(words.claimed));
				await page.getByRole("button", { name: words.forged }).click();
				await page.waitForFunction(() =>
					/malformed_signature|signature_mismatch/.test(
						document.querySelector(".answer .code")?.textContent ?? "",
					),
				);
				assert.equal(await judge(page, "[]"), "malformed_payload");
			},
			{ view: "tokenpocket" },
		));

	test("asks for a login, and refuses what makes no request", () =>
		visit(
			async ({ page }) => {
				await page.getByLabel(words.action).selectOption("login");
				await page.getByLabel(words.address).fill("");
				assert.equal(paramOf(await make(page)).action, "login");
				await page.getByLabel(words.callbackUrl).fill("http://shop.example/");
				await page.getByRole("button", { name: words.make }).click();
				await page.waitForSelector(".asked .problem");
				assert.match(await page.innerText(".asked .problem"), /callbackUrl/);
			},
			{ view: "tokenpocket" },
		));
});
