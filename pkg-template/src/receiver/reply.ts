/** What the sender is told. */

import type { Reply } from "./types.js";

const JSON_TYPE = { "content-type": "application/json" };

/** When to come again if the store cannot be reached or the server is going down, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/** The reply that TokenPocket documents for a callback that was accepted. */
export const ACCEPTED: Reply = answer(200, { code: 0 });

/** An answer with this JSON. */
export function answer(status: number, body: object, headers?: Reply["headers"]): Reply {
	const all = headers === undefined ? JSON_TYPE : { ...JSON_TYPE, ...headers };
	return { status, headers: all, body: JSON.stringify(body) };
}

/** An answer that says no, and why in one word. */
export function refusal(status: number, error: string, headers?: Reply["headers"]): Reply {
	return answer(status, { code: status, error }, headers);
}

/** An answer that asks to come again, in so many seconds. */
export function later(
	status: number,
	error: string,
	afterSeconds: number = RETRY_AFTER_SECONDS,
): Reply {
	return refusal(status, error, { "retry-after": String(Math.max(1, Math.ceil(afterSeconds))) });
}
