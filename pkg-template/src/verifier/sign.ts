import { toOptions, toUtf8, withCore } from "../core/core.js";
import { requireObject } from "../core/options.js";
import { shown } from "../core/shown.js";
import { TextEncoder } from "../core/text.js";
import { toKey } from "./key-ring.js";
import { toBody, toBytes } from "./request.js";
import { toDescriptor } from "./senders.js";
import type { BodyInput, KeyPair, SignedCallback, SignOptions } from "./types.js";

/**
 * Signs a body as a sender does, for senders and for tests of a handler.
 *
 * @throws {ConfigError} for a key that cannot sign, or an option that is invalid.
 * @throws {TypeError} for a body that is neither a string nor bytes.
 *
 * @example
 * ```ts
 * const { headers, body } = sign({ body: JSON.stringify(event), key: "whsec_…" });
 * await fetch(url, { method: "POST", headers, body });
 * ```
 */
export function sign<const Body extends BodyInput>(
	options: SignOptions<Body>,
): SignedCallback<Body> {
	requireObject(options, "options, as sign({ body, key })");
	const { body, key, sender, ...rest } = options;
	if (typeof body !== "string" && toBytes(body) === undefined) {
		throw new TypeError(
			`expected the body to sign as a string or bytes, got ${shown(body)} (of an event: JSON.stringify(event))`,
		);
	}
	const bytes = toUtf8(toBody(body));
	const text = toOptions({ ...rest, sender: toDescriptor(sender) });
	const signed: Signed = withCore((core) =>
		core.ask((wasm) => wasm.sign(text, toKey(key), bytes, Date.now())),
	);
	const { headers, body: other } = signed;
	return {
		headers: Object.fromEntries(headers),
		body: other === undefined ? body : (inShapeOf(body, other) as Body),
	};
}

interface Signed {
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body?: string;
}

/** A text as a string, a `Uint8Array` or an `ArrayBuffer`, whatever the other one is. */
function inShapeOf(other: BodyInput, text: string): BodyInput {
	if (typeof other === "string") return text;
	const room = new Uint8Array(text.length * 3);
	const { written } = new TextEncoder().encodeInto(text, room);
	const bytes = room.slice(0, written);
	return ArrayBuffer.isView(other) ? bytes : bytes.buffer;
}

/**
 * Makes an HMAC secret of 32 random bytes.
 *
 * @returns `whsec_…`
 *
 * @example
 * ```ts
 * console.log(generateSecret());
 * ```
 */
export function generateSecret(): string {
	return withCore((core) => core.ask((wasm) => wasm.generateSecret()));
}

/**
 * Makes an Ed25519 key pair.
 *
 * @returns `{ publicKey: "whpk_…", privateKey: "whsk_…" }`
 *
 * @example
 * ```ts
 * const { publicKey, privateKey } = generateKeyPair();
 * ```
 */
export function generateKeyPair(): KeyPair {
	return withCore((core) => core.ask((wasm) => wasm.generateKeyPair()));
}
