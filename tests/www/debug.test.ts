/** Paste to debug: every cause that explain knows is found from something that a person can paste. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { readPaste } from "../../pkg-template/src/cli/paste.ts";
import { en } from "../../www/src/text/en.ts";
import { zh } from "../../www/src/text/zh.ts";
import { NOW, PASTES, type Paste } from "./causes.ts";
import { missing, visitor } from "./page.ts";

const visit = visitor();

/** Fills in what a person pastes, asks, and waits for the answer. */
async function ask(page: Page, { text, keys, sender, arrived }: Paste): Promise<void> {
	await page.locator("textarea.paste").fill(text);
	const fields = page.locator("[data-key]");
	while ((await fields.count()) < keys.length) await page.click(".keys > button");
	for (const [index, key] of keys.entries()) await fields.nth(index).fill(key);
	for (let index = keys.length; index < (await fields.count()); index += 1) {
		await fields.nth(index).fill("");
	}
	await page.locator(".debug select").selectOption(sender ?? "");
	await page.locator(".debug input").fill(arrived ?? "");
	await page.evaluate(() => document.querySelector(".debug .answer")?.replaceChildren());
	await page.click(".debug .primary");
	await page.waitForSelector(".debug .answer .words", { timeout: 60_000 });
}

/** The same in the page itself, as fast as it can, and what is shown of each cause. */
const explain = (page: Page, paste: Paste) =>
	page.evaluate(async ({ text, keys, sender, arrived }) => {
		const fewer = keys.length - document.querySelectorAll("[data-key]").length;
		for (let count = 0; count < fewer; count += 1) {
			document.querySelector<HTMLElement>(".keys > button")?.click();
		}
		const fields = document.querySelectorAll<HTMLTextAreaElement>("[data-key]");
		for (const [selector, value = ""] of [
			["textarea.paste", text],
			...[...fields].map((_, index) => [`[data-key="${index}"]`, keys[index]] as const),
			[".debug select", sender],
			[".debug input", arrived],
		] as const) {
			const field = document.querySelector<HTMLInputElement>(selector);
			if (field === null) throw new Error(`nothing to fill in: ${selector}`);
			field.value = value;
			const isChosen = field.value === value || field.tagName !== "SELECT";
			if (!isChosen) throw new Error(`no such choice: ${selector}, ${value}`);
			for (const kind of ["input", "change"]) {
				field.dispatchEvent(new Event(kind, { bubbles: true }));
			}
		}
		document.querySelector(".debug .answer")?.replaceChildren();
		const button = document.querySelector<HTMLButtonElement>(".debug .primary");
		if (!button || button.disabled) throw new Error("nothing to press");
		button.click();
		const end = performance.now() + 60_000;
		while (document.querySelector(".debug .answer .words") === null) {
			if (performance.now() > end) throw new Error("no answer");
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		return [...document.querySelectorAll<HTMLElement>(".cause")].map((one) => ({
			cause: one.dataset.cause,
			meaning: one.querySelector(".meaning")?.textContent,
			fix: one.querySelector(".fix")?.textContent,
		}));
	}, paste);

const causes = (page: Page) =>
	page.$$eval(".cause", (all) => all.map((one) => (one as HTMLElement).dataset.cause));

const genuine = (): Paste => {
	const { keys, ...paste } = PASTES.key_white_space();
	return { ...paste, keys: [String(keys[0]).trim()] };
};

describe("paste to debug", { skip: missing }, () => {
	test("finds each cause", () =>
		visit(
			async ({ page }) => {
				for (const [code, make] of Object.entries(PASTES)) {
					const shown = await explain(page, make());
					const told = shown.find(({ cause }) => cause === code);
					assert.ok(told, `${code}: ${shown.map(({ cause }) => cause)}`);
					assert.equal(told.meaning, en.causes[code as keyof typeof en.causes]);
					assert.ok(told.fix?.startsWith(`${en.debug.fix} `), code);
					assert.notEqual(told.fix, `${en.debug.fix} `);
				}
			},
			{ view: "debug" },
		));

	test("says in Chinese what was found", () =>
		visit(
			async ({ page }) => {
				await ask(page, PASTES.body_reserialized());
				assert.equal(await page.textContent(".cause .meaning"), zh.causes.body_reserialized);
				assert.equal(await page.textContent(".cause .badge"), zh.debug.certainty.certain);
			},
			{ view: "debug", locale: "zh-CN" },
		));

	test("shows the event of a callback that verifies", () =>
		visit(
			async ({ page }) => {
				await ask(page, genuine());
				assert.equal(await page.textContent(".answer .code"), "accepted");
				assert.deepEqual(await causes(page), []);
				assert.match(String(await page.textContent(".answer .event")), /test\.event/);
			},
			{ view: "debug" },
		));

	test("tells the sender by its headers", () =>
		visit(
			async ({ page }) => {
				const { sender: _, ...paste } = PASTES.body_reserialized();
				await ask(page, paste);
				assert.deepEqual((await causes(page))[0], "body_reserialized");
				assert.match(String(await page.textContent(".answer .hint")), /by its headers: Stripe/);
			},
			{ view: "debug" },
		));

	test("masks the secret, and no request carries it", () =>
		visit(
			async ({ page, fetched }) => {
				const sent: string[] = [];
				page.on("request", (request) => sent.push(request.url() + (request.postData() ?? "")));
				const field = page.locator("[data-key]").first();
				const security = () =>
					field.evaluate((one) => getComputedStyle(one).getPropertyValue("-webkit-text-security"));
				const { keys, ...paste } = PASTES.key_wrong();
				await ask(page, { ...paste, keys });
				assert.equal(await security(), "disc");
				const show = page.getByRole("button", { name: "Show" });
				await show.click();
				assert.equal(await security(), "none");
				assert.equal(await show.getAttribute("aria-pressed"), "true");
				assert.ok(fetched.includes("/full.wasm"));
				assert.ok(!sent.some((text) => text.includes(String(keys[0]))));
				assert.ok(!(await page.innerText(".answer")).includes(String(keys[0])));
				await page.reload();
				await page.waitForSelector("[data-key]");
				assert.equal(await field.inputValue(), "");
			},
			{ view: "debug" },
		));

	test("has examples that explain themselves", () =>
		visit(
			async ({ page }) => {
				for (const [button, code] of [
					[en.debug.exampleBody, "body_reserialized"],
					[en.debug.exampleKey, "key_quotes"],
				] as const) {
					await page.getByRole("button", { name: button }).click();
					await page.waitForSelector(`[data-cause=${code}]`);
					assert.equal((await causes(page))[0], code);
				}
			},
			{ view: "debug" },
		));

	test("meets nobody with an empty form: an example fails, and says why", () =>
		visit(
			async ({ page }) => {
				await page.getByRole("button", { name: en.debug.tryExample }).click();
				await page.waitForSelector("[data-cause=body_reserialized]");
				assert.equal(await page.textContent(".answer .code"), "signature_mismatch");
				assert.match(await page.locator("textarea.paste").inputValue(), /stripe-signature/i);
			},
			{ view: "debug" },
		));

	test("lists the senders that most come for before the others", () =>
		visit(
			async ({ page }) => {
				const values = await page.$$eval(".debug option", (all) =>
					all.map((option) => (option as HTMLOptionElement).value),
				);
				assert.deepEqual(values.slice(0, 3), ["", "stripe", "tp-wallet"]);
				assert.equal(new Set(values).size, values.length);
			},
			{ view: "debug" },
		));

	test("says so where nothing can be read", () =>
		visit(
			async ({ page }) => {
				await page.locator("textarea.paste").fill("nothing of the kind");
				await page.click(".debug .primary");
				assert.equal(await page.textContent(".answer .problem"), en.debug.unreadable);
			},
			{ view: "debug" },
		));
});

describe("what is pasted is read", () => {
	const headers = [
		["Content-Type", "application/json"],
		["X-Signature", "a b'c"],
	];
	const body = '{"a":"b\'c $x \\n"}';

	test("as a raw request", () => {
		const text = `POST /hook?a=1 HTTP/1.1\nContent-Type: application/json\nX-Signature: a b'c\n\n${body}`;
		const expected = { form: "raw", method: "POST", url: "/hook?a=1", headers, body };
		assert.deepEqual(readPaste(text), expected);
		assert.deepEqual(readPaste(text.replace(/\n/g, "\r\n")), expected);
		const [, ...rest] = text.split("\n");
		const bare = { ...expected, method: undefined, url: undefined };
		assert.deepEqual(readPaste(rest.join("\n")), bare);
		assert.deepEqual(readPaste(`${rest.slice(0, 2).join("\n")}`), { ...bare, body: "" });
		assert.equal(readPaste("hello"), undefined);
		assert.equal(readPaste(""), undefined);
	});

	test("as a curl command", () => {
		const expected = { form: "curl", method: "POST", url: "https://a.example/hook", headers, body };
		const single = body.replaceAll("'", "'\\''");
		for (const text of [
			`curl -X POST https://a.example/hook -H 'Content-Type: application/json' -H "X-Signature: a b'c" -d '${single}'`,
			`$ curl 'https://a.example/hook' \\\n  -H 'Content-Type: application/json' \\\n  --header="X-Signature: a b'c" \\\n  --data-raw $'{"a":"b\\'c $x \\\\n"}' \\\n  --compressed`,
			`curl -i -s --max-time 3 -HContent-Type:\\ application/json -H 'X-Signature: a b'\\''c' --data-binary '${single}' --url https://a.example/hook`,
			`curl "https://a.example/hook" -H "Content-Type: application/json" -H "X-Signature: a b'c" --data "{\\"a\\":\\"b'c \\$x \\\\n\\"}" -o /dev/null`,
		]) {
			assert.deepEqual(readPaste(text), expected, text);
		}
		const get = { ...expected, method: "GET", url: "https://a.example/hook?a=1", body: "" };
		const given = `-H 'Content-Type: application/json' -H "X-Signature: a b'c"`;
		for (const text of [
			`curl 'https://a.example/hook?a=1' ${given}`,
			`curl -G https://a.example/hook ${given} -d a=1`,
			`curl --get 'https://a.example/hook' ${given} --data a=1`,
		]) {
			assert.deepEqual(readPaste(text), get, text);
		}
		const both = `curl -G 'https://a.example/hook?a=1' ${given} -d b=2 -d c=3`;
		assert.equal(readPaste(both)?.url, "https://a.example/hook?a=1&b=2&c=3");
		assert.equal(readPaste(`curl -I https://a.example/hook ${given}`)?.method, "HEAD");
		assert.equal(readPaste(`curl https://a.example/hook ${given} -d ''`)?.method, "POST");
	});

	test("as a line of a log", () => {
		const object = { "Content-Type": "application/json", "X-Signature": "a b'c" };
		const bytes = Buffer.from(body).toString("base64");
		const expected = { form: "json", headers, body, method: undefined, url: undefined };
		const none = { arrived: undefined, reparsed: false };
		for (const [line, more] of [
			[{ headers: object, body }, {}],
			[
				{ level: 30, time: NOW, req: { method: "POST", url: "/hook", headers: object }, body },
				{ arrived: NOW, method: "POST", url: "/hook" },
			],
			[
				{ timestamp: "2026-11-23T08:00:00Z", request: { headers, rawBody: body } },
				{ arrived: NOW },
			],
			[
				{ httpMethod: "POST", headers: object, body: bytes, isBase64Encoded: true },
				{ method: "POST", body: new Uint8Array(Buffer.from(body)) },
			],
			[{ rawHeaders: headers.flat(), body }, {}],
			[
				{
					request: {
						method: "POST",
						headers: headers.map(([name, value]) => ({ name, value })),
						postData: { text: body },
					},
				},
				{ method: "POST" },
			],
			[
				{ headers: object, body: { a: 1 } },
				{ body: '{"a":1}', reparsed: true },
			],
			[
				{ headers: { ...object, "X-Signature": ["a b'c", "d"] }, body },
				{ headers: [...headers, ["X-Signature", "d"]] },
			],
		] as const) {
			assert.deepEqual(readPaste(JSON.stringify(line)), { ...expected, ...none, ...more });
		}
		assert.equal(readPaste('{"level":30}'), undefined);
	});
});
