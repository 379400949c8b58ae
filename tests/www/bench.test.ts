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

const [SENDER, EVENT, CHAIN] = [1, 2, 3].map((at) => `.controls > :nth-child(${at}) select`) as [
	string,
	string,
	string,
];

/** A value to choose from a list, or a button to press. */
type Step = readonly [selector: string, value?: string];

/**
 * Takes hundreds of steps in the page itself, and returns what is shown after each. That people can take them
 * is what the other tests show.
 */
const take = (page: Page, steps: readonly Step[]) =>
	page.evaluate(
		(steps) =>
			steps.map((step) => {
				const [selector, value] = step;
				const target = document.querySelector<HTMLSelectElement>(selector);
				if (!target || target.disabled) throw new Error(`nothing to choose or press: ${selector}`);
				if (value === undefined) target.click();
				else {
					target.value = value;
					if (target.value !== value) throw new Error(`no such choice: ${value}`);
					target.dispatchEvent(new Event("change", { bubbles: true }));
				}
				return {
					step,
					code: document.querySelector(".verdict .code")?.textContent,
					signatures: document.querySelectorAll(".behind .signature").length,
					badges: document.querySelectorAll(".event .badge.good").length,
					hasChain: document.querySelector(".controls > :nth-child(3) select:enabled") !== null,
				};
			}),
		steps,
	);

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

	test("each attack is refused at its stage, and starting over undoes it", () =>
		visit(async ({ page }) => {
			for (const [name, [expected, place, stopped]] of Object.entries(ATTACKS)) {
				await page.click(`[data-attack=${name}]`);
				assert.equal(await code(page), expected, name);
				assert.equal(await page.textContent(".verdict .place"), place, name);
				const states = ACCEPTED.map((passed, index) => {
					if (index === stopped) return "stopped";
					return index < stopped ? passed : "waiting";
				});
				assert.deepEqual(await stages(page), states, name);
				const secret = page.getByLabel("Secret or public key");
				const seen = name === "otherSecret" ? await secret.getAttribute("class") : "changed";
				assert.match(String(seen), /changed/);
				if (name !== "otherSecret") assert.notDeepEqual(await marked(page, "changed"), [], name);
				assert.equal(
					await page.getAttribute(`[data-attack=${name}]`, "aria-pressed"),
					"true",
					name,
				);
				await page.getByRole("button", { name: "Start over" }).click();
				assert.equal(await code(page), "accepted", name);
				assert.deepEqual(await marked(page, "changed"), [], name);
			}
		}));

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
			const [types, chains] = [await options(page, "Event"), await options(page, "Chain")];
			assert.equal(types.length, 15);
			const ofTypes = await take(
				page,
				types.map((type) => [EVENT, type]),
			);
			for (const { code, step } of ofTypes) assert.equal(code, "accepted", `${step}`);
			const onChains = types.filter((_, index) => ofTypes[index]?.hasChain);
			assert.ok(onChains.length > 10);
			for (const type of onChains) {
				const choices = chains.map((id) => [CHAIN, id] as const);
				const [, ...shown] = await take(page, [[EVENT, type], ...choices]);
				for (const { code, badges, step } of shown) {
					assert.deepEqual([code, badges > 0], ["accepted", true], `${type}, ${step}`);
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
				const attacks = ["forge", "otherSecret", "downgrade"];
				const clicks = attacks.map((attack) => [`[data-attack=${attack}]`] as const);
				const shown = await take(page, [[SENDER, name], ...clicks]);
				assert.equal(shown[0]?.signatures, 1, name);
				const [begun, forged, other, weakened] = shown.map(({ code }) => code);
				const expected = ["accepted", "signature_mismatch", "signature_mismatch"];
				assert.deepEqual([begun, forged, other], expected, name);
				assert.notEqual(weakened, "accepted", name);
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
