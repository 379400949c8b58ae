/** What the sender of a genuine callback is told once that callback is taken care of. */

import type { VerificationAnswer } from "wallet-callback";
import { within } from "../core/timeout.js";
import { allHeaders } from "../verifier/request.js";
import { typeOf } from "./handling.js";
import type { Settings } from "./options.js";
import { ACCEPTED, acknowledge, answer, DUPLICATE, hasBody, refusal } from "./reply.js";
import type { Facts } from "./telemetry.js";
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

	answer(callback: Acknowledged<Event>, facts: Facts): Reply | Promise<Reply> {
		const { proof, duplicate } = callback;
		if (proof !== undefined) return answer(200, duplicate ? { ...proof, duplicate } : proof);
		const { respond } = this.#settings;
		if (respond === undefined) return this.#document(callback, facts);
		return this.#ask(respond, callback, facts);
	}

	/** The answer of the user, or else the documented one. */
	async #ask(
		respond: NonNullable<Settings<Event>["respond"]>,
		{ proof: _, ...accepting }: Acknowledged<Event>,
		facts: Facts,
	): Promise<Reply> {
		const { leaseMs } = this.#settings;
		try {
			const work = Promise.resolve(respond(accepting));
			const given = await within(leaseMs, "respond to end", work);
			return given === undefined ? this.#document(accepting, facts) : toReply(given);
		} catch (error) {
			return this.#document(accepting, facts, error);
		}
	}

	/** What the sender documents. Where the answer decides, none is made up. */
	#document({ duplicate, event }: Accepting<Event>, facts: Facts, thrown?: unknown): Reply {
		const type = typeOf(event);
		const { decisions } = this.#settings.verifier.settings;
		const decides = type !== undefined && decisions.includes(type);
		if (thrown !== undefined) facts.error = thrown;
		else if (decides) {
			facts.error = new Error(`respond: expected an answer to ${type}, which decides, got none`);
		}
		if (decides) return refusal(500, "undecided");
		return duplicate ? this.#duplicate : this.#accepted;
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
