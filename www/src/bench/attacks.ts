/** What an attacker, or a sender with a defect, makes of a genuine callback. */
import type { SenderInfo } from "wallet-callback/slim";
import { type BenchChain, foreignAddress } from "./samples.ts";
import type { Marks } from "./signed.ts";
import { type Keys, makeKeys, type Signed, signCallback } from "./signer.ts";

export const ATTACKS = [
	"forge",
	"tamper",
	"replay",
	"stale",
	"otherSecret",
	"downgrade",
	"duplicateKey",
	"wrongChain",
	"floatAmount",
] as const;
export type Attack = (typeof ATTACKS)[number];

/** A genuine callback, and how to sign another body as its sender. */
export interface Victim extends Signed {
	readonly info: SenderInfo;
	readonly chain: BenchChain;
	/** The body before it was signed: some senders put the signature into it. */
	readonly plain: string;
	readonly marks: Marks;
	/** Signs with the right key, or with another, now or seconds ago. */
	sign(change: { readonly body?: string; readonly keys?: Keys; readonly age?: number }): Signed;
}

export interface Change extends Partial<Signed> {
	/** The receiver's secret. */
	readonly secret?: string;
	/** By how many seconds its clock goes on. */
	readonly later?: number;
}

/** What an attack changes, or `undefined` where the callback has nothing of the kind. */
export const attack: { readonly [Name in Attack]: (victim: Victim) => Change | undefined } = {
	/** Another amount, or another user, under a signature by a key that was guessed. */
	forge({ info, plain, sign }) {
		const other = replaceValue(plain, (text) => `9${text.slice(1)}`);
		return sign({ body: other, keys: makeKeys(info.name) });
	},
	/** One bit of the body. */
	tamper({ body }) {
		return { body: replaceValue(body, flipLastBit) };
	},
	/** The same callback again, half a minute later. */
	replay: () => ({ later: 30 }),
	/** Genuine, and ten minutes old. */
	stale: ({ sign }) => sign({ age: 600 }),
	/** The secret of another endpoint. */
	otherSecret: ({ info }) => ({ secret: makeKeys(info.name).verifying }),
	/** A signature under another label or prefix, or a shorter one. */
	downgrade({ head, body, marks }) {
		const inHead = marks.head.find(({ kind }) => kind === "signature");
		if (inHead) return { head: weaken(head, inHead) };
		const inBody = marks.body.find(({ kind }) => kind === "signature");
		return inBody && { body: weaken(body, inBody) };
	},
	/** Signed by the sender, and two parsers would read it differently. */
	duplicateKey({ plain, sign }) {
		const member = plain.includes('"value"') ? /("value"): "\d+"/ : /("\w+"):\s*"[^"]*"/;
		const twice = plain.replace(member, '$1: "1", $&');
		return twice === plain ? undefined : signOrKeep(sign, twice);
	},
	/** Signed by the sender, with an address of another chain. */
	wrongChain({ plain, chain, sign }) {
		if (!plain.includes('"chain"')) return undefined;
		const foreign = foreignAddress(chain);
		return sign({ body: plain.replace(/("(?:to|address)": )"[^"]+"/, `$1"${foreign}"`) });
	},
	/** Signed by the sender, with an amount that is a number. */
	floatAmount({ plain, sign }) {
		const float = plain.replace(/"value": "\d+"/, '"value": 1250.5');
		return float === plain ? undefined : sign({ body: float });
	},
};

/** Some senders sign a reading of the body: the core signs none that it would not read. */
function signOrKeep(sign: Victim["sign"], body: string): Change {
	try {
		return sign({ body });
	} catch {
		return { body };
	}
}

/** What is worth changing: amounts, or else what stands for a person. */
const VALUES = [
	/("(?:value|amount)":\s*"|amount=)([^"&]+)/,
	/("(?:userId|challenge)":\s*")([^"]+)/,
];

function replaceValue(body: string, change: (value: string) => string): string {
	const members = VALUES.find((pattern) => pattern.test(body));
	if (members === undefined) return body;
	return body.replace(members, (_, before: string, value: string) => before + change(value));
}

function flipLastBit(value: string): string {
	const last = value.charCodeAt(value.length - 1);
	return value.slice(0, -1) + String.fromCharCode(last ^ 1);
}

function weaken(text: string, { start, end }: { start: number; end: number }): string {
	const before = text.slice(0, start);
	const other = before.replace(/v1(?=[,=]$)|sha256(?==$)/, (label) =>
		label === "v1" ? "v0" : "sha1",
	);
	if (other !== before) return other + text.slice(start);
	return text.slice(0, start + ((end - start) >> 1)) + text.slice(end);
}

/** Signs a victim's callback, or a changed one. */
export function signerOf(
	making: Omit<Parameters<typeof signCallback>[0], "timestamp" | "body">,
	timestamp: number,
	bodyAt: (timestamp: number) => string,
): Victim["sign"] {
	return ({ body, keys = making.keys, age = 0 }) =>
		signCallback({
			...making,
			keys,
			body: body ?? bodyAt(timestamp - age),
			timestamp: timestamp - age,
		});
}
