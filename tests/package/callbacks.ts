/** Callbacks in which nothing can be wrong but the body, and the examples that such bodies are made from. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { SenderName } from "wallet-callback";
import { wallet } from "./package.ts";

/** An event on the wire. */
export interface Body {
	type: string;
	timestamp: string;
	data: { [member: string]: unknown };
}

/** What came out of an event: plain JSON with what the package adds. */
export type Received = Body & { [member: string]: unknown };

const EXAMPLES = new URL("../vectors/events/", import.meta.url);
const texts = new Map(
	readdirSync(EXAMPLES).map((file) => [
		file.replace(/\.json$/, ""),
		readFileSync(new URL(file, EXAMPLES), "utf8"),
	]),
);

/** The types that have an example. */
export const types: readonly string[] = [...texts.keys()];

/** A copy of the example of a type, with changes at paths such as `data.accounts[0].chain`. */
export function example(type: string, changes: { readonly [path: string]: unknown } = {}): Body {
	const body = JSON.parse(texts.get(type) ?? assert.fail(`no example of ${type}`));
	for (const [path, value] of Object.entries(changes)) {
		const names = path.split(/[.[\]]+/).filter((name) => name !== "");
		const last = names.pop() as string;
		const parent = names.reduce((object, name) => object[name], body);
		if (value === undefined) delete parent[last];
		else parent[last] = value;
	}
	return body;
}

const NOW = 1_772_700_000;
const KEY = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

type Numbers = { readonly unsafeNumbers?: "string" | "bigint" | "number" };

function courier<Name extends SenderName>(sender: Name) {
	const now = () => NOW * 1000;
	const build = (numbers: Numbers) => wallet.createVerifier({ keys: KEY, sender, now, ...numbers });
	const verifiers = new Map<Numbers["unsafeNumbers"], ReturnType<typeof build>>();
	return (body: string | Uint8Array, numbers: Numbers = {}) => {
		const { unsafeNumbers } = numbers;
		const verifier = verifiers.get(unsafeNumbers) ?? build(numbers);
		verifiers.set(unsafeNumbers, verifier);
		const signed = wallet.sign({ body, key: KEY, id: "msg_1", timestamp: NOW, sender });
		return verifier.safeVerify(signed);
	};
}

/** Delivers a body as a wallet does. */
export const deliver = courier("tp-wallet");

/** Delivers a body as another sender does. */
export const deliverOpaque = courier("standard-webhooks");

/** The event of a body that has to be accepted. */
export function accepted(body: Body | string): Received {
	const result = deliver(typeof body === "string" ? body : JSON.stringify(body));
	assert.ok(result.ok, `refused: ${JSON.stringify(result)}`);
	return result.event as unknown as Received;
}

/** Asserts that a body is refused, and for the member at `path`. */
export function assertRefused(body: Body | string, path: string): void {
	const result = deliver(typeof body === "string" ? body : JSON.stringify(body));
	assert.ok(!result.ok, `accepted: ${JSON.stringify(body)}`);
	const { code, status } = result;
	assert.deepEqual(
		{ code, status, path: result.path },
		{ code: "malformed_payload", status: 422, path },
		JSON.stringify(body),
	);
}
