/** For the page on the desktop, which learns from its server that the phone has answered. */

import { shown } from "./core/shown.js";

/** The options of {@link waitForDapp}. */
export interface DappWaitOptions {
	/** The pause between two questions, in milliseconds. 100 to 60,000; default 2,000. */
	readonly intervalMs?: number | undefined;
	/** How long to ask, in milliseconds. Default 300,000. */
	readonly timeoutMs?: number | undefined;
	/** Ends the asking: the promise is then rejected with its reason. */
	readonly signal?: AbortSignal | undefined;
	/** Fetches, such as with headers of your own. Default: the platform's `fetch`. */
	readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** What the server answers: `{"status":"pending"}` as long as there is nothing to tell. */
export interface DappStatus {
	readonly status: string;
}

/**
 * Asks the server until its answer's `status` is no longer `"pending"`, and resolves with that answer.
 * A failed network and answers of 429 and 500 to 599 make it ask again. Who may know the answer is
 * for the server to say, by the page's session: everybody who has seen the QR code knows the
 * `actionId`.
 *
 * @throws {DOMException} `TimeoutError` when the time is over, or what `signal` was aborted with.
 * @throws {Error} for another answer than 200 with a JSON object.
 *
 * @example
 * ```ts
 * const { status } = await waitForDapp("/sign-in/status");
 * if (status === "done") location.reload();
 * ```
 */
export async function waitForDapp<Status extends DappStatus = DappStatus>(
	url: string,
	options: DappWaitOptions = {},
): Promise<Status> {
	const { intervalMs = 2000, timeoutMs = 300_000, fetch = globalThis.fetch } = options;
	if (!(intervalMs >= 100 && intervalMs <= 60_000)) {
		throw new TypeError(`intervalMs: expected 100 to 60,000, got ${shown(intervalMs)}`);
	}
	if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) {
		throw new TypeError(`timeoutMs: expected above 0 and below 2^31, got ${shown(timeoutMs)}`);
	}
	const { signal: outer } = options;
	const ending = new AbortController();
	const { signal } = ending;
	const stop = () => ending.abort(outer?.reason);
	if (outer?.aborted) stop();
	outer?.addEventListener("abort", stop);
	const late = () => new DOMException(`no answer within ${timeoutMs} ms`, "TimeoutError");
	const timer = setTimeout(() => ending.abort(late()), timeoutMs);
	try {
		signal.throwIfAborted();
		for (;;) {
			const answer = await ask<Status>(() => fetch(url, { signal, cache: "no-store" }), signal);
			if (answer !== undefined && answer.status !== "pending") return answer;
			signal.throwIfAborted();
			await pause(intervalMs, signal);
		}
	} finally {
		clearTimeout(timer);
		outer?.removeEventListener("abort", stop);
	}
}

/** One question; nothing where it may be answered next time. */
async function ask<Status extends DappStatus>(
	send: () => Promise<Response>,
	signal: AbortSignal,
): Promise<Status | undefined> {
	let response: Response;
	let text: string;
	try {
		response = await send();
		text = await response.text();
	} catch {
		signal.throwIfAborted();
		return undefined;
	}
	if (response.status === 429 || response.status >= 500) return undefined;
	const answer = response.ok ? parse(text) : undefined;
	if (typeof (answer as DappStatus | null | undefined)?.status !== "string") {
		throw new Error(`expected 200 with a status in JSON, got ${response.status}`);
	}
	return answer as Status;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const stop = () => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		const timer = setTimeout(() => {
			signal.removeEventListener("abort", stop);
			resolve();
		}, ms);
		signal.addEventListener("abort", stop, { once: true });
	});
}
