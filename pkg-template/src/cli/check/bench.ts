/** What cases examine with: requests at a bounded rate, a counter, and what has been learnt so far. */
import { CommandError, EXIT } from "../exit.js";
import { Agents, type Answer, describe, exchange, isAccepted, type Sending } from "../wire.js";
import type { Callback, Draft, Sender, Signed } from "./sender.js";
import { type Finding, skip } from "./types.js";

export interface BenchOptions {
	readonly sender: Sender;
	/** Where a count of the handled callbacks can be read. */
	readonly probeUrl?: URL | undefined;
	/** The most requests in a second. */
	readonly rate: number;
	/** How long to wait for an answer. */
	readonly timeoutMs: number;
	/** How long a genuine callback may take. */
	readonly budgetMs: number;
}

/** Nobody listens at an address that the user named, or not who should. */
export class UnreachableError extends CommandError {
	constructor(message: string) {
		super(message, EXIT.unreachable);
	}
}

/** What is sent beyond the callback. */
export type Manner = Omit<Sending, keyof Callback>;

/** A forgery that was sent. */
interface Forged {
	readonly answer: Answer;
	/** What would have been the right signature for it. */
	readonly right: string;
	readonly by: string;
}

/** How long a handler that works behind the answer may take before it counts as one that does nothing. */
const LONGEST_HANDLING_MS = 5000;
const SHORTEST_SETTLING_MS = 60;
/** How often to come again to an endpoint that asks for patience, and how long each time at most. */
const MOST_RETRIES = 5;
const LONGEST_RETRY_MS = 5000;

export class Bench {
	readonly sender: Sender;
	readonly options: BenchOptions;
	readonly forged: Forged[] = [];
	/** The answers to genuine callbacks, without those of odd sizes. */
	readonly genuine: Answer[] = [];
	/** How many requests were sent. */
	requests = 0;
	/** What two genuine callbacks were answered, if the answers are the same but for the content. */
	firstAnswer: string | undefined;
	/** Whether an answer tells that its callback came before. */
	tellsRepeats = false;
	/** Whether the counter counts what is handled. */
	counts = false;
	readonly #agents = new Agents();
	#settlingMs = SHORTEST_SETTLING_MS;
	#next = 0;

	constructor(options: BenchOptions) {
		this.sender = options.sender;
		this.options = options;
	}

	close(): void {
		this.#agents.close();
	}

	/** Sends a request, and again if the endpoint says that there were too many. */
	async send(callback: Callback, manner: Manner = {}): Promise<Answer> {
		for (let tries = 1; ; tries += 1) {
			const answer = await this.sendOnce(callback, manner);
			if (answer.status !== 429 || tries > MOST_RETRIES) return answer;
			const asked = Number(answer.headers["retry-after"]) * 1000;
			await sleep(Math.min(LONGEST_RETRY_MS, asked > 0 ? asked : 1000));
		}
	}

	/** Sends a request at its time. */
	async sendOnce(callback: Callback, manner: Manner = {}): Promise<Answer> {
		await this.#turn();
		const { method, url, headers, body } = callback;
		const sending = { method, url, headers, body, ...manner };
		return exchange(sending, this.options.timeoutMs, this.#agents);
	}

	/** Sends a request as often as it says, at once. */
	async sendTogether(callback: Callback, times: number): Promise<Answer[]> {
		await this.#turn(times);
		const { timeoutMs } = this.options;
		const all = Array.from({ length: times }, () => exchange(callback, timeoutMs, this.#agents));
		return Promise.all(all);
	}

	/** Waits until the rate allows for a request. */
	async #turn(requests = 1): Promise<void> {
		this.requests += requests;
		const now = performance.now();
		const at = Math.max(now, this.#next);
		this.#next = at + (requests * 1000) / this.options.rate;
		if (at > now) await sleep(at - now);
	}

	/** Sends a genuine callback, and notes how long its answer took. */
	async sendGenuine(callback: Callback, manner?: Manner): Promise<Answer> {
		const answer = await this.send(callback, manner);
		if (isAccepted(answer)) this.genuine.push(answer);
		return answer;
	}

	/** Sends a forgery, and keeps what was answered. */
	async forge(forgery: Signed, genuine: Signed, by: string): Promise<Answer> {
		const answer = await this.send(forgery);
		this.forged.push({ answer, right: genuine.value, by });
		return answer;
	}

	/** A genuine callback of its own. */
	async fresh(more?: Partial<Draft>): Promise<Signed> {
		return this.sender.sign(this.sender.draft(more));
	}

	/** Whether a genuine callback is accepted now, and if not, what was answered. */
	async isAlive(): Promise<Answer | undefined> {
		const answer = await this.sendGenuine(await this.fresh());
		return isAccepted(answer) ? undefined : answer;
	}

	/** Does something, and counts what the endpoint has handled meanwhile; nothing without a counter. */
	async count<Result>(
		expected: number,
		act: () => Promise<Result>,
	): Promise<{ readonly result: Result; readonly handled: number | undefined }> {
		const { probeUrl } = this.options;
		if (probeUrl === undefined || !this.counts) return { result: await act(), handled: undefined };
		const before = await this.readCounter(probeUrl);
		const result = await act();
		const since = performance.now();
		let after = await this.readCounter(probeUrl);
		while (after - before < expected && performance.now() - since < LONGEST_HANDLING_MS) {
			await sleep(20);
			after = await this.readCounter(probeUrl);
		}
		const took = performance.now() - since;
		if (expected > 0) this.#settlingMs = Math.max(this.#settlingMs, Math.min(3 * took, 2000));
		await sleep(this.#settlingMs);
		return { result, handled: (await this.readCounter(probeUrl)) - before };
	}

	/** @throws {UnreachableError} if there is no number to read. */
	async readCounter(url: URL): Promise<number> {
		const asking = { method: "GET", url, headers: [], body: new Uint8Array(0) };
		const answer = await exchange(asking, this.options.timeoutMs, this.#agents);
		const number = isAccepted(answer) && answer.status !== undefined && toCount(answer.body);
		if (typeof number === "number") return number;
		const message = `--probe-url ${url.href}: expected a number or JSON such as {"count":3}, got ${describe(answer)}`;
		throw new UnreachableError(message);
	}
}

/** The number in a text, or of the one member of an object that is a number. */
function toCount(text: string): number | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (typeof value === "number") return value;
	const numbers = Object.values(value ?? {}).filter((one) => typeof one === "number");
	return numbers.length === 1 ? numbers[0] : undefined;
}

export function sleep(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** What an answer says, whatever it took. */
export function textOf(answer: Answer): string {
	return answer.status === undefined ? answer.why : `${answer.status} ${answer.body}`;
}

/** The finding on an answer that has to be an acceptance. */
export function expectAccepted(answer: Answer): Finding {
	return { verdict: isAccepted(answer) ? "pass" : "fail", answered: describe(answer) };
}

/** The finding on an answer that has to be a refusal; how it was refused is another case's matter. */
export function expectRefused(answer: Answer): Finding {
	if (answer.status === 429) return skip(rateLimited(answer));
	if (answer.status === undefined && answer.why === "refused") return skip(answer.message);
	return { verdict: isAccepted(answer) ? "fail" : "pass", answered: describe(answer) };
}

function rateLimited(answer: Answer): string {
	return `the endpoint limits the rate (${describe(answer)}): try a lower --rate`;
}
