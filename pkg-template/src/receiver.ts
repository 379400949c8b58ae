import {
	bodyHash,
	type CallbackInput,
	createTransport,
	type SenderDescriptor,
	type SenderName,
	type Transport,
	type VerificationAnswer,
	type VerifyResult,
} from "wallet-callback";
import { Acknowledging } from "./receiver/acknowledging.js";
import { identify } from "./receiver/dedupe.js";
import { CLOSING, type Ending, isPassing, notNow, OVERLOADED, unread } from "./receiver/ending.js";
import { Explaining } from "./receiver/explaining.js";
import { Handling, typeOf } from "./receiver/handling.js";
import { Inbox } from "./receiver/inbox.js";
import { Intake } from "./receiver/intake.js";
import { Judging } from "./receiver/judging.js";
import { fromRequest, type Refusal, refuseLength, refuseMedia, toOwn } from "./receiver/media.js";
import { Notices } from "./receiver/notices.js";
import { type Settings, settle } from "./receiver/options.js";
import { pack } from "./receiver/packing.js";
import { onWorkers } from "./receiver/peer.js";
import { insist, later, PRESENT, refusal } from "./receiver/reply.js";
import { share } from "./receiver/sharing.js";
import { type Facts, Telemetry } from "./receiver/telemetry.js";
import type {
	Accepting,
	AnyVerifier,
	Incoming,
	Receiver,
	ReceiverContext,
	ReceiverOptions,
	ReceiverSetup,
	ReceiverStats,
	Reply,
	Verifying,
} from "./receiver/types.js";
import { answerNode, explainRequest, isFetchRequest } from "./receiver/wiring.js";
import type { ClaimOutcome } from "./stores/store.js";
import { decompress } from "./verifier/decompress.js";
import { readHeaders } from "./verifier/request.js";

export type {
	CallbackRecord,
	Logger,
	Meter,
	Outcome,
} from "./receiver/telemetry.js";
export type * from "./receiver/types.js";
export type {
	Claim,
	ClaimOutcome,
	EnqueueOutcome,
	InboxEntry,
	InboxItem,
	Letter,
	NotNow,
	ReplayStore,
	StoreInbox,
} from "./stores/store.js";

/**
 * Builds a receiver: it verifies callbacks, handles each once, and answers.
 *
 * @throws {ConfigError} for an option that is invalid.
 *
 * @example
 * ```ts
 * const receiver = createReceiver({
 *   keys: process.env.WALLET_CALLBACK_SECRET,
 *   store: sqliteStore("callbacks.db"),
 *   on: { "deposit.confirmed": async ({ event }) => credit(event.data) },
 * });
 * export default { fetch: (request: Request) => receiver(request) };
 * ```
 */
export function createReceiver<
	Payload = unknown,
	const From extends SenderName | SenderDescriptor | undefined =
		| SenderName
		| SenderDescriptor
		| undefined,
	Output = unknown,
	const Ready extends AnyVerifier | undefined = undefined,
>(options: ReceiverSetup<Payload, From, Output, Ready>): Receiver {
	const receiver = new CallbackReceiver(options as ReceiverOptions<object> & Verifying<object>);
	const answer = async (request: Request, context?: ReceiverContext): Promise<Response> => {
		try {
			if (isFetchRequest(request)) {
				const known = context ?? {};
				return toResponse(await receiver.receive(fromRequest(request, known), known));
			}
			const reply = receiver.refuseMisuse(explainRequest(request));
			answerNode([context, request], reply);
			return toResponse(reply);
		} catch (error) {
			return toResponse(receiver.fail(error));
		}
	};
	return Object.assign(answer, {
		receive: (incoming: Incoming, context: ReceiverContext = {}) =>
			receiver.receive(incoming, context),
		drain: () => receiver.drain(),
		close: () => receiver.close(),
		stats: () => receiver.stats(),
	});
}

function toResponse({ status, headers, body }: Reply): Response {
	// With a text, be it empty, a `Response` names a content type.
	return new Response(body === "" ? null : body, { status, headers });
}

/** A verified callback. */
interface Callback<Event> {
	readonly id: string;
	readonly hash: string;
	/** The event as it came. */
	readonly source: object;
	/** The event as the schema made it; without one, as it came. */
	readonly event: Event;
	readonly body: Uint8Array;
	/** What its sender is told if it is a handshake. */
	readonly proof: VerificationAnswer | undefined;
}

/**
 * The id of a callback whose type is not signed. Without the type, one that was sent again under another
 * type would be taken for the genuine one that comes later. All types that no handler is for count as
 * one, or else a single body would be handled under any number of them.
 */
function withType(id: string, type: string | undefined, on: object = {}): string {
	const isHandled = type !== undefined && Object.hasOwn(on, type);
	return bodyHash(JSON.stringify(isHandled ? [id, type] : [id]));
}

class CallbackReceiver<Event extends object> {
	readonly #settings: Settings<Event>;
	readonly #transport: Transport;
	readonly #telemetry: Telemetry;
	readonly #handling: Handling<Event>;
	readonly #inbox: Inbox<Event>;
	readonly #acknowledging: Acknowledging<Event>;
	readonly #explaining: Explaining<Event>;
	readonly #intake: Intake;
	readonly #judging: Judging<object>;
	/** Takes back that this receiver uses its store. */
	readonly #leave: () => void;
	/** How many callbacks are being answered. */
	#inFlight = 0;
	/** How many of them have been verified. */
	#verified = 0;
	/** Called when the last of these is answered. */
	#whenIdle: (() => void) | undefined;
	#closing: Promise<void> | undefined;

	constructor(options: ReceiverOptions<Event> & Verifying<Event>) {
		this.#settings = settle(options);
		const { verifier, log, meter, trustedProxies, requireHttps, acknowledge, warning } =
			this.#settings;
		const { bodyTimeoutMs, maxUnverifiedBodies } = this.#settings;
		this.#intake = new Intake(bodyTimeoutMs, maxUnverifiedBodies);
		this.#judging = new Judging(verifier, maxUnverifiedBodies);
		this.#transport = createTransport({ trustedProxies, requireHttps });
		const notices = new Notices(this.#settings);
		const { sender, signs } = verifier.settings;
		const types = signs.type ? undefined : Object.keys(this.#settings.on ?? {});
		this.#telemetry = new Telemetry(sender, log, meter, notices, types);
		if (warning !== undefined) this.#telemetry.warn(warning);
		this.#handling = new Handling(this.#settings, this.#telemetry);
		this.#inbox = new Inbox(this.#settings, this.#handling, this.#telemetry);
		this.#acknowledging = new Acknowledging(this.#settings);
		this.#explaining = new Explaining(this.#settings, this.#telemetry);
		this.#leave = share(this.#settings.store, this.#settings.receiver, verifier);
		if (acknowledge === "before-handling" && !onWorkers) this.#inbox.keepLooking();
	}

	async receive(incoming: Incoming, context: ReceiverContext): Promise<Reply> {
		if (incoming.misuse !== undefined) return this.refuseMisuse(incoming.misuse);
		const since = performance.now();
		const facts: Facts = { store: {} };
		this.#inFlight += 1;
		let ending: Ending;
		try {
			ending = await this.#run(incoming, context, facts);
		} catch (error) {
			facts.error = error;
			ending = ["internal_error", refusal(500, "internal_error")];
		}
		this.#inFlight -= 1;
		const [outcome, reply] = ending;
		facts.outcome = outcome;
		this.#telemetry.close(facts, since);
		const { clientErrorsAreFinal } = this.#settings.verifier.settings;
		return clientErrorsAreFinal && isPassing(outcome, facts) ? insist(reply) : reply;
	}

	/** The life of a callback, stage by stage. */
	async #run(incoming: Incoming, context: ReceiverContext, facts: Facts): Promise<Ending> {
		if (this.#closing !== undefined) return CLOSING;
		const { settings } = this.#settings.verifier;
		const peer = context.ip ?? incoming.peer;
		if (peer !== undefined) facts.peer = peer;
		if ((settings.probes as readonly string[]).includes(incoming.method)) {
			return this.#admit(incoming, context, facts) ?? ["probe", PRESENT];
		}
		const unwanted = refuseMedia(incoming, settings);
		if (unwanted !== undefined) return this.#refuse(unwanted, context, facts);
		if (!this.#intake.enter()) return OVERLOADED;
		let body: Uint8Array | Ending;
		try {
			body = await this.#read(incoming, context, facts);
		} finally {
			this.#intake.leave();
		}
		if (!(body instanceof Uint8Array)) return body;
		const judged = await this.#verify(incoming, body, context, facts);
		if (!("event" in judged)) return judged;
		// Whoever closes the receiver does not wait for what has not been verified.
		if (this.#closing !== undefined) return CLOSING;
		this.#verified += 1;
		try {
			return this.#settings.acknowledge === "after-handling"
				? await this.#handle(judged, context, facts)
				: await this.#enqueue(judged, context, facts);
		} finally {
			this.#verified -= 1;
			if (this.#verified === 0) this.#whenIdle?.();
		}
	}

	/** Whether it came as it has to, and from whom; or the end of one that did not. */
	#admit(
		{ headers, secure }: Incoming,
		context: ReceiverContext,
		facts: Facts,
	): Ending | undefined {
		const admitted = this.#transport.admit({ headers, peer: facts.peer, secure });
		if (!admitted.ok) return this.#refuse(admitted, context, facts);
		facts.ip = admitted.ip;
		return undefined;
	}

	/** Reads the body. Whoever has sent it may be anybody. */
	async #read(
		incoming: Incoming,
		context: ReceiverContext,
		facts: Facts,
	): Promise<Uint8Array | Ending> {
		const { settings } = this.#settings.verifier;
		const { maxBodyBytes } = settings;
		let body: Uint8Array;
		try {
			body = toOwn(await this.#intake.read(incoming, maxBodyBytes));
		} catch (error) {
			return unread(error, facts);
		}
		facts.bytes = body.length;
		const tooLarge = refuseLength(facts.bytes, settings);
		if (tooLarge !== undefined) return this.#refuse(tooLarge, context, facts);

		const unadmitted = this.#admit(incoming, context, facts);
		if (unadmitted !== undefined) return unadmitted;

		// It may become a thousand times as long: not for those who are not admitted.
		const [encoding] = readHeaders(incoming.headers, ["content-encoding"]);
		if (encoding !== undefined) {
			body = await decompress(body, encoding, maxBodyBytes);
			facts.bytes = body.length;
			const inflated = refuseLength(facts.bytes, settings);
			if (inflated !== undefined) return this.#refuse(inflated, context, facts);
		}
		return body;
	}

	/** Verifies what was read, and finds out what it is known by. */
	async #verify(
		{ headers, method, url }: Incoming,
		body: Uint8Array,
		context: ReceiverContext,
		facts: Facts,
	): Promise<Callback<Event> | Ending> {
		const { verifier, logBodies } = this.#settings;
		const { settings } = verifier;
		const callback = { headers, body, ip: facts.ip, method, url };
		let verified: VerifyResult<object> | undefined;
		try {
			const verdict = this.#judging.judge(callback);
			verified = "ok" in verdict ? verdict : await verdict;
		} catch (error) {
			// What a program got wrong is the same with every callback; a key may be found next time. A
			// network that fails throws TypeErrors, too.
			if (!settings.findsKeys) throw error;
			facts.error = error;
			return ["internal_error", later(503, "internal_error")];
		}
		if (verified === undefined) return OVERLOADED;
		if (!verified.ok) return this.#refuse(verified, context, facts, callback);
		facts.isGenuine = true;
		const shaped = await this.#handling.shape(verified.event);
		if (!shaped.ok) return this.#refuse(shaped, context, facts);
		const { event: source } = verified;
		const { event } = shaped;
		facts.type = typeOf(source);
		const { id: own, hash } = identify(verified, event, body, this.#settings.dedupe, settings);
		const { typeIdentifies, on } = this.#settings;
		const id = typeIdentifies ? withType(own, facts.type, on) : own;
		facts.id = id;
		facts.keyIndex = verified.key.index;
		if (logBodies) facts.body = new TextDecoder().decode(body);

		return { id, hash, source, event, body, proof: verifier.answerVerification(verified) };
	}

	async #handle(
		callback: Callback<Event>,
		{ signal, waitUntil }: ReceiverContext,
		facts: Facts,
	): Promise<Ending> {
		const { id, hash, source, event, body } = callback;
		const { leaseMs, retentionMs, receiver } = this.#settings;
		const since = performance.now();
		let claiming: Promise<ClaimOutcome> | undefined;
		const found = await this.#handling.tryTo(facts, "claim", (store) => {
			claiming = store.claim(id, hash, leaseMs, retentionMs, receiver);
			return claiming;
		});
		if (found === undefined) {
			const given = this.#handling.giveBack(claiming);
			waitUntil?.(given);
		}
		if (found?.status === "done") return this.#accept("duplicate", callback, facts);
		if (found?.status !== "claimed") return notNow(found, facts);
		const { claim } = found;
		const task = { claim, source, event, body, since, retryInMs: 0, signal, facts };
		const outcome = await this.#handling.handle(task);
		if (outcome === "failed") {
			facts.code = "handler_failed";
			return [outcome, refusal(500, facts.code)];
		}
		if (outcome === "lease_lost") return [outcome, later(409, "in_progress")];
		return this.#accept(outcome, callback, facts);
	}

	async #enqueue(
		callback: Callback<Event>,
		context: ReceiverContext,
		facts: Facts,
	): Promise<Ending> {
		const { id, hash, source, body } = callback;
		const { retentionMs, receiver } = this.#settings;
		const found = await this.#handling.tryTo(facts, "enqueue", (store) =>
			store.enqueue(id, hash, pack({ event: source, body }), retentionMs, receiver),
		);
		if (found?.status === "done") return this.#accept("duplicate", callback, facts);
		if (found?.status !== "stored") return notNow(found, facts);
		if (context.waitUntil === undefined) this.#inbox.wake();
		else context.waitUntil(this.#inbox.drain());
		return this.#accept("acknowledged", callback, facts);
	}

	/** The end of a callback that is taken care of, now or before. */
	async #accept(
		outcome: Accepting<Event>["outcome"],
		{ id, event, body, proof }: Callback<Event>,
		facts: Facts,
	): Promise<Ending> {
		const duplicate = outcome === "duplicate";
		if (duplicate) facts.duplicate = duplicate;
		const accepted = { outcome, duplicate, event, body, id, proof };
		return [outcome, await this.#acknowledging.answer(accepted, facts)];
	}

	/** The end of a callback that a check has refused; that of the verifier, with the callback. */
	#refuse(
		rejected: Refusal,
		context: ReceiverContext,
		facts: Facts,
		callback?: CallbackInput,
	): Ending {
		const { status, code, message, header, path, headers } = rejected;
		Object.assign(facts, { code, message });
		if (header !== undefined) facts.header = header;
		if (path !== undefined) facts.path = path;
		this.#explaining.tell(facts, callback, context);
		return ["refused", refusal(status, code, headers)];
	}

	/** The answer to what is not a request: a mistake of the program. */
	refuseMisuse(message: string): Reply {
		const code = "not_a_request";
		this.#telemetry.close(
			{ outcome: "misconfigured", code, message, store: {} },
			performance.now(),
		);
		return refusal(500, code);
	}

	/** The answer if even reading the request fails. */
	fail(error: unknown): Reply {
		this.#telemetry.close({ outcome: "internal_error", error, store: {} }, performance.now());
		return refusal(500, "internal_error");
	}

	drain(): Promise<void> {
		return this.#inbox.drain();
	}

	close(): Promise<void> {
		this.#closing ??= this.#finish();
		return this.#closing;
	}

	async #finish(): Promise<void> {
		this.#intake.close();
		if (this.#verified > 0) {
			await new Promise<void>((resolve) => {
				this.#whenIdle = resolve;
			});
		}
		await this.#inbox.close();
		this.#leave();
	}

	stats(): ReceiverStats {
		return this.#telemetry.stats(this.#inFlight);
	}
}
