/** What a callback is known by, so that each is handled once. */

import { type Accepted, bodyHash, ConfigError, type VerifierSettings } from "wallet-callback";
import { shown, shownName } from "../core/shown.js";
import type { ReceiverOptions } from "./types.js";

/** How callbacks are told apart. */
export type Dedupe<Event> = NonNullable<ReceiverOptions<Event>["dedupe"]>;

/** The longest result of a function of the user's, in UTF-16 code units. */
const MAX_OWN = 1024;

/** What stores take for an id, unless it looks like the hash of something else. */
const STORABLE = /^(?![0-9a-f]{64}$)[\x21-\x7e]{1,256}$/;

/** The id of a callback for the store, and the hash that has to be the same under that id. */
export interface Identity {
	readonly id: string;
	readonly hash: string;
}

/**
 * Checks the option, or chooses the default.
 *
 * @throws {ConfigError} if it is invalid, or the sender has no ids.
 */
export function toDedupe<Event>(
	option: ReceiverOptions<Event>["dedupe"],
	{ sender, identifiedBy }: VerifierSettings,
): Dedupe<Event> {
	if (option === undefined) return identifiedBy === undefined ? "body" : "id";
	if (option === "id" && identifiedBy === undefined) {
		throw new ConfigError(
			"invalid_option",
			`dedupe: expected "signed", "body" or a function, since ${sender} signs no id, got "id"`,
		);
	}
	if (typeof option === "function" || ["id", "signed", "body"].includes(option)) return option;
	const expected = '"id", "signed", "body" or a function';
	const got = typeof option === "string" ? shownName(option) : shown(option);
	throw new ConfigError("invalid_option", `dedupe: expected ${expected}, got ${got}`);
}

/** What to warn of, if a default may take two events for one. */
export function lossOf(settings: VerifierSettings): string | undefined {
	const { sender, identifiedBy, signs, deliversByGet } = settings;
	if (identifiedBy !== undefined) return undefined;
	const queries = deliversByGet ? ", or equal queries of a GET," : "";
	const signed = signs.timestamp ? 'dedupe: "signed" if retries repeat the signed time, or ' : "";
	return `${sender} signs no id. Callbacks with equal bodies${queries} count as one. If that is right, set dedupe: "body" to silence this; otherwise set ${signed}dedupe: ({ event }) => …`;
}

/**
 * What a verified callback is known by; its `event` is what the schema made of its own.
 *
 * @throws {TypeError} if the user's function gives something else than a text.
 */
export function identify<Event>(
	callback: Accepted<object>,
	event: Event,
	body: string | Uint8Array,
	dedupe: Dedupe<Event>,
	{ identifiedBy }: VerifierSettings,
): Identity {
	if (typeof dedupe === "function") return alone(ownId(dedupe({ ...callback, event })));
	const { id, timestamp, signedWith } = callback;
	// The same content in other bytes is the same callback where they are not what is signed.
	const hash = callback.contentHash ?? bodyHash(body);
	if (dedupe === "signed") {
		const all = bodyHash(JSON.stringify([hash, id, timestamp, signedWith]));
		return { id: all, hash: all };
	}
	if (dedupe === "body" || id === undefined) return { id: hash, hash };
	// A body may say how often it was sent: under an id that it holds, another one is no conflict.
	return identifiedBy !== undefined && "header" in identifiedBy ? { id, hash } : alone(id);
}

/** For an id that may come with any content. */
function alone(text: string): Identity {
	if (STORABLE.test(text)) return { id: text, hash: bodyHash(text) };
	// No body begins so, and JSON keeps lone surrogates apart, which are all the same in UTF-8.
	const hash = bodyHash(`id:${JSON.stringify(text)}`);
	return { id: hash, hash };
}

function ownId(id: unknown): string {
	if (typeof id === "string" && id.length >= 1 && id.length <= MAX_OWN) return id;
	throw new TypeError(
		`dedupe: expected a string of 1 to ${MAX_OWN} characters, got ${shownId(id)}`,
	);
}

function shownId(id: unknown): string {
	if (typeof id === "string") return `${id.length}`;
	const isNumber = typeof id === "number" || typeof id === "bigint";
	return isNumber ? `a ${typeof id} (wrap it in String(…))` : shown(id);
}
