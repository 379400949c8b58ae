/** The live bench: every callback it makes verifies, and every edit and attack shows its verdict. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { missing, visitor } from "./page.ts";

const visit = visitor();
const code = (page: Page) => page.textContent(".verdict .code");
const stages = (page: Page) =>
	page.$$eval(".stage", (all) => all.map((stage) => (stage as HTMLElement).dataset.state));
const marked = (page: Page, kind: string) =>
	page.$$eval(`.behind .${kind}`, (all) => all.map(({ textContent }) => textContent));
const pick = (page: Page, label: string, value: string) =>
	page.getByLabel(label, { exact: true }).selectOption(value);
const options = (page: Page, label: string) =>
	page
		.getByLabel(label, { exact: true })
		.evaluate((select) => [...(select as HTMLSelectElement).options].map(({ value }) => value));

const ACCEPTED = ["passed", "passed", "passed", "passed"];

/** What each attack on a deposit comes to: code, place, stages, and where the change is seen. */
const ATTACKS = {
	forge: ["signature_mismatch", "webhook-signature", 1],
	tamper: ["signature_mismatch", "webhook-signature", 1],
	stale: ["timestamp_too_old", "webhook-timestamp", 2],
	otherSecret: ["signature_mismatch", "webhook-signature", 1],
	downgrade: ["unsupported_signature", "webhook-signature", 1],
	duplicateKey: ["malformed_payload", "data.amount.value", 3],
	wrongChain: ["malformed_payload", "data.to", 3],
	floatAmount: ["malformed_payload", "data.amount.value", 3],
} as const;

describe("the bench", { skip: missing }, () => {
	test("begins with a genuine callback, its signed bytes marked", () =>
		visit(async ({ page }) => {
			assert.equal(await code(page), "accepted");
			assert.deepEqual(await stages(page), ACCEPTED);
			const signed = await marked(page, "signed");
			const body = await page.getByLabel("Body").inputValue();
			assert.match(String(signed[0]), /^msg_/);
			assert.match(String(signed[1]), /^\d{10}$/);
			assert.equal(signed.slice(2).join(""), body);
			const [signature] = await marked(page, "signature");
			assert.match(String(signature), /^[\w+/]{43}=$/);
			assert.deepEqual(await marked(page, "changed"), []);
			await page.waitForFunction(() =>
				/^\d+\.\d µs/.test(document.querySelector(".time")?.textContent ?? ""),
			);
		}));

	for (const [name, [expected, place, stopped]] of Object.entries(ATTACKS)) {
		test(`an attack: ${name}`, () =>
			visit(async ({ page }) => {
				await page.click(`[data-attack=${name}]`);
				assert.equal(await code(page), expected);
				assert.equal(await page.textContent(".verdict .place"), place);
				const states = ACCEPTED.map((passed, index) => {
					if (index === stopped) return "stopped";
					return index < stopped ? passed : "waiting";
				});
				assert.deepEqual(await stages(page), states);
				const secret = page.getByLabel("Secret or public key");
				const seen = name === "otherSecret" ? await secret.getAttribute("class") : "changed";
				assert.match(String(seen), /changed/);
				if (name !== "otherSecret") assert.notDeepEqual(await marked(page, "changed"), []);
				assert.equal(await page.getAttribute(`[data-attack=${name}]`, "aria-pressed"), "true");
				await page.getByRole("button", { name: "Start over" }).click();
				assert.equal(await code(page), "accepted");
			}));
	}

	test("who forges or tampers is after the money", () =>
		visit(async ({ page }) => {
			const amount = async () =>
				/"value": "(\d+)"/.exec(await page.getByLabel("Body").inputValue())?.[1];
			assert.equal(await amount(), "1250500000");
			await page.click("[data-attack=forge]");
			assert.equal(await amount(), "9250500000");
			await page.click("[data-attack=tamper]");
			assert.equal(await amount(), "1250500001");
		}));

	test("an attack: replay is answered by a receiver, and handled once", () =>
		visit(async ({ page, fetched }) => {
			const count = fetched.length;
			await page.click("[data-attack=replay]");
			await page.waitForSelector(".deliveries");
			assert.equal(await code(page), "accepted");
			const answers = await page.$$eval(".deliveries li", (all) =>
				all.map((one) => (one as HTMLElement).innerText),
			);
			assert.deepEqual(answers, [
				'First delivery: 200 {"code":0} (handler called 1 ×)',
				'The same, 30 s later: 200 {"code":0,"duplicate":true} (handler called 1 ×)',
			]);
			assert.deepEqual(
				fetched.slice(count).filter((path) => !path.endsWith(".js")),
				[],
			);
		}));

	test("every edit changes the verdict as it is typed", () =>
		visit(async ({ page }) => {
			const head = page.getByLabel("Request line and headers");
			const body = page.getByLabel("Body");
			const [genuine, written] = [await head.inputValue(), await body.inputValue()];
			const judged = async (expected: string, edit: () => Promise<void>) => {
				await edit();
				assert.equal(await code(page), expected);
				await head.fill(genuine);
				await body.fill(written);
				assert.equal(await code(page), "accepted");
			};
			await judged("missing_header", () => head.fill(genuine.replace(/webhook-id.*\n/, "")));
			await judged("malformed_header", () =>
				head.fill(genuine.replace(/timestamp: /, "timestamp: x")),
			);
			await judged("signature_mismatch", () => body.fill(`${written} `));
			await judged("signature_mismatch", () => head.fill(genuine.replace("msg_", "msg-")));

			const ip = page.getByLabel("Client's address");
			await ip.fill("198.51.100.1");
			assert.equal(await code(page), "ip_not_allowed");
			assert.deepEqual(await stages(page), ["stopped", "waiting", "waiting", "waiting"]);
			await page.getByLabel("Allowed addresses").fill("");
			assert.equal(await code(page), "accepted");

			const clock = page.getByLabel("Clock, against the time of signing");
			await clock.fill("301");
			assert.equal(await code(page), "timestamp_too_old");
			await clock.fill("-301");
			assert.equal(await code(page), "timestamp_too_new");
			await clock.fill("300");
			assert.equal(await code(page), "accepted");

			await page.getByLabel("Secret or public key").fill("whsec_short");
			assert.equal(await code(page), "invalid_key");
			assert.equal(await page.getAttribute(".verdict", "data-outcome"), "problem");
		}));

	test("a body of one's own is signed, and refused for what it says", () =>
		visit(async ({ page }) => {
			const body = page.getByLabel("Body");
			const written = await body.inputValue();
			await body.fill(written.replace("BeAed", "BeAeD"));
			assert.equal(await code(page), "signature_mismatch");
			await page.getByRole("button", { name: "Sign this body" }).click();
			assert.equal(await code(page), "malformed_payload");
			assert.equal(await page.textContent(".verdict .place"), "data.to");
			await body.fill(written.replace("14,", "11,"));
			await page.getByRole("button", { name: "Sign this body" }).click();
			assert.equal(await page.textContent(".verdict .place"), "data.confirmations");
		}));

	test("every event is accepted on every chain, and shown", () =>
		visit(async ({ page }) => {
			const types = await options(page, "Event");
			assert.equal(types.length, 15);
			for (const type of types) {
				await pick(page, "Event", type);
				assert.equal(await code(page), "accepted", type);
				const chain = page.getByLabel("Chain", { exact: true });
				if (await chain.isDisabled()) continue;
				for (const id of await options(page, "Chain")) {
					await pick(page, "Chain", id);
					assert.equal(await code(page), "accepted", `${type} on ${id}`);
					assert.equal((await page.locator(".event .badge.good").count()) > 0, true, id);
				}
			}
		}));

	test("an event is told in words", () =>
		visit(async ({ page }) => {
			const rows = await page.$$eval(".event .row", (all) =>
				all.map((row) => (row as HTMLElement).innerText.replace(/\s+/g, " ")),
			);
			const row = (name: string) => rows.find((text) => text.startsWith(name));
			assert.equal(row("amount"), "amount 1250.5 USDT 1250500000 / 10^6");
			assert.equal(row("chain"), "chain Ethereum eip155:1");
			assert.match(String(row("asset")), /^asset ERC20 0xdAC17F…831ec7 eip155:1/);
			assert.match(String(row("to")), /checked by its chain's rules$/);
			assert.equal(row("confirmations"), "confirmations 14 of 12 confirmations");
			assert.equal(await page.getAttribute("progress", "max"), "12");
			assert.match(String(await page.textContent(".raw pre")), /"decimal": "1250.5"/);
			await page.click("[data-attack=tamper]");
			assert.equal(await page.locator(".event").count(), 0);
		}));

	test("every sender whose callbacks can be signed here", () =>
		visit(async ({ page }) => {
			const names = await options(page, "Sender");
			assert.ok(names.length > 40);
			for (const name of names) {
				await pick(page, "Sender", name);
				assert.equal(await code(page), "accepted", name);
				assert.equal((await marked(page, "signature")).length, 1, name);
				for (const attack of ["forge", "otherSecret"]) {
					await page.click(`[data-attack=${attack}]`);
					assert.equal(await code(page), "signature_mismatch", `${name}, ${attack}`);
				}
				await page.click("[data-attack=downgrade]");
				assert.notEqual(await code(page), "accepted", name);
			}
		}));

	test("where the signature leaves an attack open, the page says so", () =>
		visit(async ({ page }) => {
			await pick(page, "Sender", "github");
			assert.deepEqual(await stages(page), ["passed", "passed", "none", "passed"]);
			await page.click("[data-attack=stale]");
			assert.equal(await code(page), "accepted");
			assert.match(String(await page.textContent(".note")), /It passes/);
			await pick(page, "Sender", "transak");
			await page.click("[data-attack=downgrade]");
			// Its body is read before its signature: that is not called signed.
			assert.deepEqual(await stages(page), ["passed", "waiting", "waiting", "stopped"]);
		}));
});
