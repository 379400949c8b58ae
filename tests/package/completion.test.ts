/** What an editor offers while somebody writes, and where it shows a mistake. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { type Editor, typescript5, typescript7 } from "./editors.ts";
import { wallet } from "./package.ts";

const CONSUMER = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");

const HEAD = `
import { createVerifier } from "wallet-callback";
import { createReceiver } from "wallet-callback/receiver";
import { memoryStore } from "wallet-callback/stores/memory";
import type Stripe from "stripe";
import * as z from "zod";
declare const keys: string | undefined;
const store = memoryStore();
const schema = z.object({ type: z.literal(["paid", "due"]) });
`;

const ALL = wallet.senders().map(({ name }) => name);
const TYPES = wallet.EVENT_TYPES;

/** Code with \`|\` where somebody asks, and what is offered there; some of it where there is much. */
const OFFERS: readonly (readonly [code: string, offered: readonly string[], among?: true])[] = [
	['createVerifier({ keys, sender: "|" })', ALL],
	['createVerifier({ sender: "|" })', ALL],
	['createReceiver({ keys, store, sender: "|" })', ALL],
	['createReceiver({ sender: "|" })', ALL],
	['createReceiver({ store, verifier: { keys, sender: "|" } })', ALL],
	['createReceiver({ store, verifier: createVerifier({ keys, sender: "|" }) })', ALL],
	[
		'createVerifier<Stripe.Event>({ keys, sender: "|" })',
		ALL.filter((name) => name !== "tp-wallet"),
	],
	['createReceiver({ keys, store, on: { "|" } })', TYPES],
	['createReceiver({ keys, store, on: { "|": () => {} } })', TYPES],
	["createReceiver({ keys, store, on: { | } })", TYPES.map((type) => `"${type}"`)],
	['createReceiver({ store, verifier: createVerifier({ keys }), on: { "|" } })', TYPES],
	['createReceiver({ keys, store, sender: "stripe", schema, on: { "|" } })', ["paid", "due"]],
	['createReceiver({ keys, store, sender: "tenderly", on: { "|" } })', ["TEST", "ALERT"]],
	[
		'createReceiver<Stripe.Event>({ keys, store, sender: "stripe", on: { "|" } })',
		["invoice.paid", "charge.captured"],
		true,
	],
	[
		'createReceiver({ keys, store, on: { "deposit.confirmed": ({ event }) => event.data.| } })',
		["depositId", "amount"],
		true,
	],
	["createReceiver({ keys, store, | })", ["on", "onAny", "sender", "schema"], true],
	['createReceiver({ keys, store, acknowledge: "|" })', ["after-handling", "before-handling"]],
];

/** What is wrong in which code. */
const MISTAKES: readonly (readonly [code: string, at: string, message: RegExp])[] = [
	['createVerifier({ keys, sender: "strip" })', "sender", /Did you mean '"stripe"'\?/],
	['createReceiver({ keys, store, sender: "strip" })', "sender", /Did you mean '"stripe"'\?/],
	['createReceiver({ store, verifier: { keys, sender: "strip" } })', "sender", /"stripe"/],
	[
		'createReceiver({ keys, store, on: { "deposit.confirmd"() {} } })',
		'"deposit.confirmd"',
		/known/,
	],
	[
		'createReceiver({ keys, store, on: { "deposit.confirmed": 5 } })',
		'"deposit.confirmed"',
		/number/,
	],
	["createReceiver({ keys, store, leaseSecond: 5 })", "leaseSecond", /'leaseSeconds'/],
	["createReceiver({ keys, store, leaseSeconds: true })", "leaseSeconds", /number/],
	['createReceiver({ keys, store, acknowledge: "never" })', "acknowledge", /never/],
	['createReceiver({ keys, store, trustedProxies: "10.0.0.0/8" })', "trustedProxies", /string/],
	["createReceiver({ keys: 5, store })", "keys", /number/],
	['createReceiver({ keys, store, sender: "stripe", schema, on: { paie() {} } })', "paie", /paie/],
	['createReceiver({ keys, store, sender: "tenderly", on: { ALRT() {} } })', "ALRT", /ALRT/],
	['createReceiver({ keys, store, sender: "stripe", schema: 5 })', "schema", /number/],
	['createReceiver<Stripe.Event>({ keys, store, sender: "tp-wallet" })', "sender", /tp-wallet/],
];

const editors: Editor[] = [];
after(() => {
	for (const editor of editors) editor.close();
});

for (const [version, open] of [
	["TypeScript 5", typescript5],
	["TypeScript 7", typescript7],
] as const) {
	/** Writes each code on a line of its own, and opens that. */
	const write = async (name: string, lines: readonly string[]) => {
		let text = HEAD;
		const offsets: number[] = [];
		for (const line of lines) {
			offsets.push(text.length + line.indexOf("|"));
			text += `${line.replace("|", "")};\n`;
		}
		const file = join(CONSUMER, `${name}.mts`);
		writeFileSync(file, text);
		const editor = await open(file);
		editors.push(editor);
		return { editor, offsets };
	};

	test(`${version} offers senders, types and options`, async () => {
		const { editor, offsets } = await write(
			"offers",
			OFFERS.map(([code]) => code),
		);
		for (const [index, [code, expected, among]] of OFFERS.entries()) {
			const offered = await editor.completions(offsets[index] ?? 0);
			const missing = expected.filter((name) => !offered.includes(name));
			assert.deepEqual(missing, [], code);
			if (!among) assert.equal(offered.length, expected.length, `${code}: ${offered}`);
		}
	});

	test(`${version} shows mistakes where they are`, async () => {
		const codes = MISTAKES.map(([code]) => code);
		const { editor } = await write("mistakes", codes);
		const mistakes = await editor.mistakes();
		const first = HEAD.split("\n").length - 1;
		assert.deepEqual(
			mistakes.map(({ line, at }) => [codes[line - first], at]),
			MISTAKES.map(([code, at]) => [code, at]),
		);
		for (const [index, [code, , message]] of MISTAKES.entries()) {
			assert.match(mistakes[index]?.message ?? "", message, code);
			assert.doesNotMatch(mistakes[index]?.message ?? "", /overload/, code);
		}
	});

	// The server of TypeScript 7.0 shows no documentation of the members of an object literal.
	if (open === typescript7) continue;
	test(`${version} says what a type is for`, async () => {
		const { editor, offsets } = await write(
			"documentation",
			TYPES.map((type) => `createReceiver({ keys, store, on: { "|${type}"() {} } })`),
		);
		for (const [index, type] of TYPES.entries()) {
			assert.match(await editor.hover(offsets[index] ?? 0), /[A-Z][^"{}]+\.\s*$/, type);
		}
	});
}
