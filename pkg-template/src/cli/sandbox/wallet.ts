/** The sandbox wallet: it delivers callbacks as a wallet does, until each is accepted or given up. */
import { createVerifier, sign } from "wallet-callback";
import { type SampleOptions, sampleEvent, type WalletEventType } from "wallet-callback/testing";
import { Draw } from "../../testing/draw.js";
import { CommandError, EXIT } from "../exit.js";
import { Agents, type Answer, describe, exchange, isAccepted } from "../wire.js";
import { type Attempt, type Delivery, isDone, type State } from "./state.js";
import { type StoryOptions, story, untilRetry } from "./story.js";

export interface WalletOptions {
	readonly key: string;
	readonly url: URL;
	readonly chain?: SampleOptions["chain"];
	/** How many of the wallet's seconds pass in one. */
	readonly speed: number;
	readonly timeoutMs: number;
	/** Called when something has been tried. */
	readonly onAttempt: (delivery: Delivery, attempt: Attempt) => void;
	/** Stops it. */
	readonly signal: AbortSignal;
}

const HANDSHAKE = "callback.verification";
/** How soon a duplicate comes, in the wallet's seconds. */
const DUPLICATE_SECONDS = 30;
/** An endpoint that asks for more patience does not get it. */
const LONGEST_RETRY_AFTER_SECONDS = 60;

/** The state in which a story begins. */
export function beginning(url: URL, options: StoryOptions, speed: number): State {
	const { seed } = options;
	const draw = new Draw(`story ${seed}`);
	const now = Date.now();
	const deliveries = [
		{ type: HANDSHAKE, seed, seconds: 0, repeats: false },
		...story(options, draw),
	].map(({ type, seed, seconds, repeats }): Delivery => {
		const due = now + (seconds * 1000) / speed;
		const id = `msg_${draw.hex(8)}${now.toString(16).padStart(12, "0")}${draw.hex(12)}`;
		const happened = Math.floor(due / 1000);
		return { id, type, seed, happened, repeats, due, state: "waiting", attempts: [] };
	});
	return { version: 1, url: url.href, seed, saved: now, deliveries };
}

/** Delivers what is left of a story; fulfilled when nothing is, or when it was stopped. */
export class Wallet {
	readonly #options: WalletOptions;
	readonly #agents = new Agents();

	constructor(options: WalletOptions) {
		this.#options = options;
	}

	/**
	 * Signs without sending.
	 *
	 * @throws {ConfigError} for a key that cannot sign, or a chain that is not known.
	 */
	rehearse({ deliveries }: State): void {
		for (const delivery of deliveries) this.#sign(delivery);
	}

	/** @throws {CommandError} if nobody answers when the address is registered. */
	async play({ deliveries }: State): Promise<void> {
		const [handshake, ...events] = deliveries;
		try {
			if (handshake !== undefined && !isDone(handshake)) {
				await this.#deliver(handshake);
				// The story begins once the address is verified.
				const late = Date.now() - Math.min(...events.map(({ due }) => due));
				for (const event of events) event.due += late;
			}
			if (handshake?.state !== "done") return;
			await Promise.all(events.map((delivery) => this.#deliver(delivery)));
		} finally {
			this.#agents.close();
		}
	}

	async #deliver(delivery: Delivery): Promise<void> {
		const { signal } = this.#options;
		while (!isDone(delivery)) {
			await pause(delivery.due - Date.now(), signal);
			if (signal.aborted) return;
			await this.#attempt(delivery);
		}
	}

	async #attempt(delivery: Delivery): Promise<void> {
		const { url, timeoutMs, signal, onAttempt } = this.#options;
		const again = delivery.state === "accepted";
		const at = new Date().toISOString();
		const { headers, body } = this.#sign(delivery);
		const sending = { method: "POST", url, headers: Object.entries(headers), body };
		const answer = await exchange(sending, timeoutMs, this.#agents, signal);
		// What was stopped while it was under way is sent again, as a wallet would.
		if (signal.aborted) return;
		if (delivery.type === HANDSHAKE && delivery.attempts.length === 0) requireSomebody(url, answer);
		const fault = again ? undefined : this.#fault(delivery, answer, { headers, body });
		const answered = fault === undefined ? describe(answer) : `${describe(answer)}: ${fault}`;
		const { status } = answer;
		const attempt: Attempt = {
			at,
			...(status === undefined ? {} : { status }),
			answered,
			...(again ? { again } : {}),
		};
		delivery.attempts.push(attempt);
		this.#proceed(delivery, answer, fault);
		onAttempt(delivery, attempt);
	}

	/** A try has a timestamp and a signature of its own; the id and the body stay. */
	#sign({ id, type, seed, happened }: Delivery) {
		const { chain, key } = this.#options;
		const options = { seed, timestamp: happened, ...(chain === undefined ? {} : { chain }) };
		const event = sampleEvent(type as WalletEventType, options);
		return sign({ body: new TextEncoder().encode(JSON.stringify(event)), key, id });
	}

	/** What is wrong with the answer to a handshake that was accepted. */
	#fault(
		{ type }: Delivery,
		answer: Answer,
		callback: { readonly headers: { readonly [name: string]: string }; readonly body: Uint8Array },
	): string | undefined {
		const { key } = this.#options;
		// A public key proves nothing about who holds it.
		const isProven = type !== HANDSHAKE || key.startsWith("whsk_");
		if (isProven || answer.status === undefined || !isAccepted(answer)) return undefined;
		const verifier = createVerifier({ keys: key });
		const expected = verifier.answerVerification(verifier.verify(callback));
		const given = toObject(answer.body);
		if (given.challenge !== expected?.challenge) return "expected the challenge of the callback";
		if (given.signature !== expected?.signature) return "the signature proves nothing";
		return undefined;
	}

	/** What comes next. */
	#proceed(delivery: Delivery, answer: Answer, fault: string | undefined): void {
		const { speed } = this.#options;
		const { attempts, repeats, id } = delivery;
		if (delivery.state === "accepted") {
			delivery.state = "done";
			return;
		}
		if (isAccepted(answer) && fault === undefined) {
			delivery.state = repeats ? "accepted" : "done";
			delivery.due = Date.now() + (DUPLICATE_SECONDS * 1000) / speed;
			return;
		}
		const seconds = untilRetry(attempts.length, new Draw(`${id} ${attempts.length}`));
		// 410 says that nobody wants callbacks any more; a proof that is wrong stays wrong.
		if (seconds === undefined || answer.status === 410 || fault !== undefined) {
			delivery.state = "given up";
			return;
		}
		const asked = answer.status === undefined ? 0 : Number(answer.headers["retry-after"]) || 0;
		const patience = Math.min(asked, LONGEST_RETRY_AFTER_SECONDS) * 1000;
		delivery.due = Date.now() + Math.max((seconds * 1000) / speed, patience);
	}
}

function requireSomebody(url: URL, answer: Answer): void {
	if (answer.status !== undefined || answer.why !== "refused") return;
	throw new CommandError(`${url.href}: ${answer.message}`, EXIT.unreachable);
}

function toObject(text: string): { readonly [member: string]: unknown } {
	try {
		return { ...JSON.parse(text) };
	} catch {
		return {};
	}
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) return resolve();
		const timer = setTimeout(end, Math.max(0, milliseconds));
		function end() {
			clearTimeout(timer);
			signal.removeEventListener("abort", end);
			resolve();
		}
		signal.addEventListener("abort", end);
	});
}
