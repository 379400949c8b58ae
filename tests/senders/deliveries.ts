/** Callbacks full of traps, and their way from an independent signer to a verifier. */
import assert from "node:assert/strict";
import type { RejectionCode, SenderName, VerifierOptions, VerifyResult } from "wallet-callback";
import { full, type Library, libraries } from "./package.ts";
import {
	bytes,
	type Callback,
	type Column,
	isInCore,
	KEY_ID,
	type Keys,
	keyPair,
	type Signer,
	send,
	signatureOf,
	signers,
	title,
} from "./signers.ts";

/** When the callbacks are signed and, unless a test says otherwise, received. */
export const NOW = Date.UTC(2026, 10, 23, 8);

export const TYPE = "order.paid";
export const ID = "id_5d3a";

/** A signer, and a module that verifies what it signs. */
export interface Subject {
	readonly signer: Signer;
	readonly library: Library;
	readonly name: string;
}

export const subjects: readonly Subject[] = signers.flatMap((signer) =>
	libraries
		.filter(([, library]) => library === full || isInCore(signer))
		.map(([entry, library]) => ({ signer, library, name: `${title(signer)}, ${entry}` })),
);

/**
 * Text that is not what it seems to whoever reads it as a pattern, a template, or JSON that he may
 * write again: patterns of `String.replace`, tokens of a template, letters of several bytes, letters
 * and slashes that are escaped without need, and spaces.
 */
const TRAPS = [
	'"marker" : "unaltered"',
	'"pattern": "$& $1 $$ $` $\' %s \\\\1"',
	'"template":"{timestamp}.{body} {id} {nonce} {header:x}"',
	'"letters" : "Grüße, 漢字 🎉"',
	'"escapes": "\\u00E9 \\u00e9 \\uD83C\\uDF89 \\/ \\u003C"',
	'"list":[ {"z":1, "a":[true ,false,null]},[ ] ,{ } ]',
	'"nested" : {"z":{"b": "2", "a":"1"}, "_":"", "Z":"z"}',
];
/** What a program that reads a number writes in another way. */
const NUMBERS = '"numbers": [1.50, 1E3, -0.0, 0.10]';

const parts = (column: Column | null | undefined) =>
	typeof column === "string" ? column.split(".") : [];

/** The members of a sender's type and id, which may be in one object. */
function columns({ type, id, timestampMember }: Signer, timestamp: number): string[] {
	const tree: { [name: string]: unknown } = {};
	for (const [path, value] of [
		[parts(type), TYPE],
		[parts(id), ID],
		[parts(timestampMember), Math.floor(timestamp / 1000)],
	] as const) {
		const [first, second] = path;
		if (first === undefined) continue;
		const inner = tree[first] as object | undefined;
		tree[first] = second === undefined ? value : { ...inner, [second]: value };
	}
	return Object.entries(tree).map(([name, value]) => `"${name}" : ${JSON.stringify(value)}`);
}

/** A body that is hard to get right. `salt` makes it another. */
export function trapBody(signer: Signer, { timestamp = NOW, salt = 0 } = {}): Buffer {
	const salted = `"salt": "${salt}"`;
	if (signer.form === "form") {
		const letters = encodeURIComponent("Grüße, 漢字 🎉");
		const named = `${signer.type}=${TYPE}&${signer.id}=${ID}`;
		const text = `marker=unaltered&pattern=%24%26+%241&letters=${letters}&empty=&salt=${salt}`;
		return bytes(`${text}&${named}`);
	}
	if (signer.form === "wallet-event") {
		const data = [...TRAPS, salted].join(" , ");
		return bytes(
			`{ "type":"test.event", "timestamp" : "2026-11-23T08:00:00Z","data": {${data}} }\n`,
		);
	}
	if (signer.name === "plisio") {
		// An object of texts and numbers: how it would write others as text is not documented.
		const flat = TRAPS.filter((member) => !/[[{]/.test(member) || member.includes("template"));
		return bytes(`{ ${[...flat, '"amount":15.3', '"count": 2', salted].join(" , ")} }\n`);
	}
	if (signer.covers === "member payload") {
		const members = TRAPS.filter((member) => !member.includes("escapes"));
		return bytes(
			`{ "payload" : { ${[...members, salted].join(" , ")} } , "outside": "of the signature" }\n`,
		);
	}
	const numbers = signer.covers === "canonical JSON" ? [] : [NUMBERS];
	const members = [...TRAPS, ...numbers, salted, ...columns(signer, timestamp)];
	return bytes(`{ ${members.join(" , ")} }\n`);
}

export function callbackFor(signer: Signer, salt = 0): Callback {
	return {
		body: trapBody(signer, { salt }),
		timestamp: NOW,
		id: "msg_2f8c",
		nonce: "n0nceqt7",
		keyId: KEY_ID,
		clientId: "client-7",
		method: "POST",
		url: "https://receiver.example/callbacks/a%20b?x=1&y=%24%26",
		covered: [
			["x-event-id", "evt-1"],
			["x-delivery-id", "dlv-1"],
		],
	};
}

/** The headers that only say what the type and the id are. */
function described({ type, id, signsId }: Signer): Record<string, string> {
	const name = (column: Column | null | undefined) =>
		typeof column === "object" && column !== null ? column.header : undefined;
	const [typeHeader, idHeader] = [name(type), name(id)];
	return {
		...(typeHeader === undefined ? {} : { [typeHeader]: TYPE }),
		...(idHeader === undefined || signsId ? {} : { [idHeader]: ID }),
	};
}

/** What is another than in a callback that is right. */
export interface Change {
	/** Before it is signed. */
	readonly callback?: Partial<Callback>;
	/** The signature's text, or another. */
	readonly signature?: string | ((text: string) => string);
	/** After it was signed. */
	readonly later?: Partial<Callback>;
	readonly headers?: (headers: Record<string, string>) => Record<string, string>;
	readonly body?: (body: Buffer) => Buffer;
	readonly keys?: Keys;
	/** Milliseconds between signing and receiving. */
	readonly delay?: number;
	readonly options?: Omit<VerifierOptions<SenderName>, "keys" | "sender" | "now">;
}

export function deliver({ signer, library }: Subject, change: Change = {}): VerifyResult<unknown> {
	const callback = { ...callbackFor(signer), ...change.callback };
	const pair = keyPair(signer);
	const text =
		typeof change.signature === "string"
			? change.signature
			: (change.signature ?? String)(signatureOf(signer, callback, pair));
	const later = { ...callback, ...change.later };
	const { headers, body } = send(signer, later, text);
	const all = { ...headers, ...described(signer) };
	const verifier = library.createVerifier({
		...signer.agreed?.(later),
		...change.options,
		sender: signer.name,
		keys: change.keys ?? pair.verifying,
		now: () => NOW + (change.delay ?? 0),
	});
	return verifier.safeVerify({
		headers: change.headers?.(all) ?? all,
		body: change.body?.(body) ?? body,
		method: later.method,
		url: later.url,
	});
}

/** The callback is refused for this reason, and for this header where it is given. */
export function refused(
	result: VerifyResult<unknown>,
	code: RejectionCode,
	note = "",
	header?: string,
): void {
	assert.equal(result.ok ? "accepted" : result.code, code, `${note} ${JSON.stringify(result)}`);
	if (!result.ok && header !== undefined) assert.equal(result.header, header, note);
}

export function accepted(result: VerifyResult<unknown>, note = "") {
	if (!result.ok) assert.fail(`${note} ${JSON.stringify(result)}`);
	return result;
}

/** The code for a signature that has not the form that the sender gives it. */
export function malformed({ name }: Signer): RejectionCode {
	return ["plisio", "transak"].includes(name) ? "malformed_payload" : "malformed_header";
}

/**
 * The code for a signature in the right encoding and of the wrong length. An RSA signature is as
 * long as the key, of which its form knows nothing, and the DER of ECDSA has no length of its own.
 */
export function wrongLength(signer: Signer): RejectionCode {
	const { family, name } = signer.algorithm;
	const hasAnyLength = family === "rsa" || (family === "ecdsa" && !name.endsWith(" raw"));
	return hasAnyLength ? "signature_mismatch" : malformed(signer);
}
