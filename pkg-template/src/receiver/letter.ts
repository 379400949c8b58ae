/** What a store keeps of why a callback was given up. */

import type { Letter } from "../stores/store.js";
import { toPlain } from "./telemetry.js";

/** The longest type and message that are kept, in UTF-16 code units. */
const LONGEST_TYPE = 128;
const LONGEST_ERROR = 500;

/** How much of a message is looked at. */
const LOOKED_AT = 10_000;

/** Secrets in the form of Standard Webhooks. */
const SECRET = /wh(sec|sk)_[\w+/=-]+/g;
/** The user and password of a URL, which drivers repeat in their messages. */
const CREDENTIALS = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)\S*@/gi;
/** What moves the cursor, changes colours or turns the direction of writing, and half of a character. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** @param error what the last handler threw, or why it did not end */
export function letterOf(type: string | undefined, error: unknown): Letter {
	const letter: { type?: string; error?: string } = {};
	if (typeof type === "string") letter.type = bounded(type, LONGEST_TYPE);
	if (error !== undefined) letter.error = messageOf(error);
	return letter;
}

function messageOf(error: unknown): string {
	const { name, message } = toPlain(error);
	const text = (message === "" ? name : message).slice(0, LOOKED_AT);
	return bounded(text.replace(SECRET, "wh$1_…").replace(CREDENTIALS, "$1…@"), LONGEST_ERROR);
}

/** Escapes what cannot be printed, and leaves the rest out. */
function bounded(text: string, longest: number): string {
	const plain = text
		.slice(0, longest)
		.replace(UNPRINTABLE, (one) => `\\u${(one.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
	const isWhole = text.length <= longest && plain.length <= longest;
	// Not between the two halves of a character.
	return isWhole ? plain : `${plain.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
