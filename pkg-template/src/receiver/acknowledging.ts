/** What the sender of a genuine callback is told once that callback is taken care of. */

import type { VerificationAnswer } from "wallet-callback";
import { allHeaders } from "../verifier/request.js";
import { typeOf } from "./handling.js";
import type { Settings } from "./options.js";
import { ACCEPTED, acknowledge, answer, DUPLICATE, hasBody, refusal } from "./reply.js";
import type { Facts } from "./telemetry.js";
import { within } from "./timeout.js";
import type { Accepting, Answer, Reply } from "./types.js";

/** What is to be acknowledged. */
interface Acknowledged<Event> extends Accepting<Event> {
	/** What its sender is told if it is a handshake. */
	readonly proof: VerificationAnswer | undefined;
}

/** Acknowledges callbacks: as the user says, or else as the sender documents it. */
export class Acknowledging<Event> {
	readonly #settings: Settings<Event>;
	readonly #accepted: Reply;
	readonly #duplicate: Reply;

	constructor(settings: Settings<Event>) {
		const { acknowledgement } = settings.verifier.settings;
		this.#settings = settings;
		this.#accepted = acknowledge(acknowledgement, ACCEPTED);
		this.#duplicate = acknowledge(acknowledgement, DUPLICATE);
	}

	async answer(callback: Acknowledged<Event>, facts: Facts): Promise<Reply> {
		const { proof, ...accepting } = callback;
		const { duplicate, event } = accepting;
		if (proof !== undefined) return answer(200, duplicate ? { ...proof, duplicate } : proof);
		const type = typeOf(event);
		const decides = type !== undefined && this.#settings.verifier.settings.decisions.includes(type);
		try {
			const reply = await this.#ask(accepting);
			if (reply !== undefined) return reply;
			if (decides)
				throw new Error(`respond: expected an answer to ${type}, which decides, got none`);
		} catch (error) {
			facts.error = error;
		}
		if (decides) return refusal(500, "undecided");
		return duplicate ? this.#duplicate : this.#accepted;
	}

	/** The answer of the user, if there is one. */
	async #ask(accepting: Accepting<Event>): Promise<Reply | undefined> {
		const { respond, leaseMs } = this.#settings;
		if (respond === undefined) return undefined;
		const work = Promise.resolve(respond(accepting));
		const given = await within(leaseMs, "respond to end", work);
		return given === undefined ? undefined : toReply(given);
	}
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const VALUE = /^[\t\x20-\x7e]*$/;
/** What an adapter says itself. */
const OF_ADAPTERS = ["content-length", "transfer-encoding", "connection"];

/**
 * The answer of {@link ReceiverOptions.respond} as adapters take it.
 *
 * @throws {TypeError} if it is not a valid answer.
 */
function toReply(given: Answer): Reply {
	const { status, headers = {}, body = "" } = given ?? {};
	if (!(Number.isInteger(status) && status >= 200 && status <= 599)) {
		throw new TypeError("respond: expected { status, headers, body } with a status of 200 to 599");
	}
	if (typeof body !== "string") throw new TypeError("respond: expected body as a string");
	if (body !== "" && !hasBody(status)) {
		throw new TypeError(`respond: expected no body with status ${status}`);
	}
	const all: { [name: string]: string } = {};
	for (const [name, value] of Object.entries(allHeaders(headers))) {
		if (!TOKEN.test(name)) throw new TypeError("respond: header name is not valid");
		if (OF_ADAPTERS.includes(name)) {
			throw new TypeError(`respond: leave out ${name}: the server sets it`);
		}
		if (!VALUE.test(value)) {
			throw new TypeError(`respond: expected ${name} as visible ASCII characters`);
		}
		all[name] = value;
	}
	// Fetch would say so by itself, and Node would not.
	if (body !== "") all["content-type"] ??= "text/plain; charset=utf-8";
	return { status, headers: all, body };
}
