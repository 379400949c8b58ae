/** What the sender is told. */

import type { Acknowledgement } from "wallet-callback";
import type { Reply } from "./types.js";

const JSON_TYPE = { "content-type": "application/json" };

/** When to come again if the store cannot be reached or the server is going down, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/** The reply that TokenPocket documents for a callback that was accepted. */
export const ACCEPTED: Reply = answer(200, { code: 0 });

/** The same for one that was accepted before. */
export const DUPLICATE: Reply = answer(200, { code: 0, duplicate: true });

/** The answer to a probe. */
export const PRESENT: Reply = { status: 200, headers: {}, body: "" };

/** An answer with this JSON. */
export function answer(status: number, body: object, headers?: Reply["headers"]): Reply {
	const all = headers === undefined ? JSON_TYPE : { ...JSON_TYPE, ...headers };
	return { status, headers: all, body: JSON.stringify(body) };
}

/** What a sender documents, or else this answer, which is also the body where the sender reads none. */
export function acknowledge(documented: Acknowledgement | undefined, own: Reply): Reply {
	const { status = own.status, contentType, body } = documented ?? {};
	if (body !== undefined && contentType !== undefined) {
		return { status, headers: { "content-type": contentType }, body };
	}
	return hasBody(status) ? { ...own, status } : { status, headers: {}, body: "" };
}

/** Whether an answer with this status may have a body (RFC 9110, sections 15.3.5, 15.3.6, 15.4.5). */
export function hasBody(status: number): boolean {
	return ![204, 205, 304].includes(status);
}

/** An answer that says no, and why in one word. */
export function refusal(status: number, error: string, headers?: Reply["headers"]): Reply {
	return answer(status, { code: status, error }, headers);
}

/** The same answer to a sender that comes again after a 5xx alone. */
export function insist({ headers, body }: Reply): Reply {
	const text = JSON.stringify({ ...JSON.parse(body), code: 503 });
	return {
		status: 503,
		headers: { "retry-after": `${RETRY_AFTER_SECONDS}`, ...headers },
		body: text,
	};
}

/** An answer that asks to come again, in so many seconds. */
export function later(
	status: number,
	error: string,
	afterSeconds: number = RETRY_AFTER_SECONDS,
): Reply {
	return refusal(status, error, { "retry-after": String(Math.max(1, Math.ceil(afterSeconds))) });
}
