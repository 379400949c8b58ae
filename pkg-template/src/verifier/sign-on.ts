import { toOptions, toUtf8 } from "../core/core.js";
import { requireObject } from "../core/options.js";
import { type Runner, toFull } from "../core/runner.js";
import { shown } from "../core/shown.js";
import { TextEncoder } from "../core/text.js";
import { toKey } from "./key-ring.js";
import { toBody, toBytes } from "./request.js";
import { toDescriptor } from "./senders.js";
import type { GenerateKeyPair, GenerateSecret, Sign } from "./sign.js";
import type { BodyInput, SignedCallback, SignOptions } from "./types.js";

/** A `sign` that runs on the given core. */
export function signOn(run: Runner): Sign {
	return <Body extends BodyInput>(options: SignOptions<Body>): SignedCallback<Body> => {
		requireObject(options, "options, as in sign({ body, key })");
		const { body, key, sender, ...rest } = options;
		if (typeof body !== "string" && toBytes(body) === undefined) {
			throw new TypeError(
				`expected the body to sign as a string or bytes, got ${shown(body)} (of an event: JSON.stringify(event))`,
			);
		}
		const bytes = toUtf8(toBody(body));
		const text = toOptions({ ...rest, sender: toDescriptor(sender) });
		const coreKey = toKey(key);
		const signed: Signed = run((core) =>
			toFull(core, "sign").ask((wasm) => wasm.sign(text, coreKey, bytes, Date.now())),
		);
		const { headers, body: other } = signed;
		return {
			headers: Object.fromEntries(headers),
			body: other === undefined ? body : (inShapeOf(body, other) as Body),
		};
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

/** A `generateSecret` that runs on the given core. */
export function generateSecretOn(run: Runner): GenerateSecret {
	return () => run((core) => toFull(core, "generateSecret").ask((wasm) => wasm.generateSecret()));
}

/** A `generateKeyPair` that runs on the given core. */
export function generateKeyPairOn(run: Runner): GenerateKeyPair {
	return () => run((core) => toFull(core, "generateKeyPair").ask((wasm) => wasm.generateKeyPair()));
}
