/** The answer of an entry that another framework has called, or that was passed without a call. */

import { errorsToConsole } from "../receiver/console.js";
import { refusal } from "../receiver/reply.js";
import type { Incoming, Receiver, Reply } from "../receiver/types.js";
import {
	answerNode,
	explainCaller,
	explainUncalled,
	isFromFramework,
	responseOf,
	takesResponse,
	type Wiring,
} from "../receiver/wiring.js";

/**
 * Answers a call by another framework, and logs which entry is for that.
 *
 * @param receiver Has the log.
 * @throws {TypeError} if what was `passed` leaves no way to answer.
 */
export function refuseCaller(
	wiring: Wiring,
	passed: readonly unknown[],
	receiver?: () => Pick<Receiver, "receive">,
): Promise<Response> {
	return refuse(explainCaller(wiring, passed), passed, receiver);
}

/**
 * The same for what makes a handler, if it is called with a request; `undefined` if it is not.
 *
 * @throws {TypeError} as {@link refuseCaller} does.
 */
export function refuseUncalled(
	wiring: Wiring,
	passed: readonly unknown[],
): Promise<Response> | undefined {
	return isFromFramework(passed[0]) ? refuse(explainUncalled(wiring), passed) : undefined;
}

function refuse(
	message: string,
	passed: readonly unknown[],
	receiver?: () => Pick<Receiver, "receive">,
): Promise<Response> {
	if (responseOf(passed) === undefined && !takesResponse(passed[0])) throw new TypeError(message);
	return answer(message, passed, receiver);
}

/** It never rejects: frameworks that do not expect a promise would let the process die of it. */
async function answer(
	message: string,
	passed: readonly unknown[],
	receiver: (() => Pick<Receiver, "receive">) | undefined,
): Promise<Response> {
	const reply = await log(message, receiver);
	try {
		answerNode(passed, reply);
	} catch {
		// The client is gone.
	}
	const { status, headers, body } = reply;
	return new Response(body, { status, headers });
}

async function log(
	misuse: string,
	receiver: (() => Pick<Receiver, "receive">) | undefined,
): Promise<Reply> {
	const incoming: Incoming = {
		method: "",
		headers: {},
		secure: false,
		misuse,
		readBody: async () => "",
	};
	try {
		if (receiver !== undefined) return await receiver().receive(incoming);
	} catch {
		// Without what only the right framework passes, such as bindings, there may be no receiver.
	}
	const code = "not_a_request";
	errorsToConsole.error({ code }, misuse);
	return refusal(500, code);
}
