/** A sender of callbacks that does not give up, and counts the answers. */
import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { example } from "../package/callbacks.ts";
import { wallet } from "../package/package.ts";
import type { Random } from "../random.ts";
import { type Pauses, SECRET } from "./protocol.ts";

/** What is to be delivered. */
export interface Callback {
	readonly id: string;
	readonly body: string;
}

/** A callback whose handler pauses before its effect in each of its attempts, and after it. */
export function callback(id: string, before: readonly number[] = [], after = 0): Callback {
	const pauses: Pauses = { before, after };
	const changes = { "data.depositId": id, "data.pauses": pauses };
	return { id, body: JSON.stringify(example("deposit.confirmed", changes)) };
}

/** An answer of a receiver: its status, and the word for what is wrong or `duplicate`. */
export interface Answer {
	readonly status: number;
	readonly word: string;
}

/** How long a callback may take to be delivered: longer than anything here lasts. */
const GIVE_UP_MS = 60_000;

/** Senders come again sooner than `Retry-After` asks, to make it harder. */
const BACK_OFF_MS = [50, 100, 200, 400] as const;

export class Sender {
	/** Connections are closed by this side, before a receiver closes one that is just being used. */
	readonly #agent = new Agent({ keepAlive: true, maxSockets: 256, timeout: 2000 });
	readonly #random: Random;
	readonly #signed = new WeakMap<
		Callback,
		{ readonly timestamp: number; readonly headers: Record<string, string> }
	>();
	/** How often each answer came, as `200`, `409 in_progress` or `no answer`. */
	readonly answers = new Map<string, number>();
	/** How often something was sent. */
	deliveries = 0;

	constructor(random: Random) {
		this.#random = random;
	}

	/** Signs and sends a callback once; nothing if there was no answer. */
	async send(port: number, callback: Callback, aheadMs = 0): Promise<Answer | undefined> {
		const headers = this.#sign(callback, aheadMs);
		this.deliveries += 1;
		const answer = await this.#post(port, headers, callback.body).catch(() => undefined);
		const { status, word } = answer ?? { status: "no answer", word: "" };
		const kind = `${status} ${word}`.trim();
		this.answers.set(kind, (this.answers.get(kind) ?? 0) + 1);
		return answer;
	}

	/** Sends a callback to one receiver after the other until it is answered 200. */
	async deliver(ports: () => readonly number[], callback: Callback): Promise<void> {
		const end = performance.now() + GIVE_UP_MS;
		let turn = this.#random.below(1_000_000);
		for (let tries = 0; performance.now() < end; tries += 1) {
			const now = ports();
			const answer = await this.send(now[turn % now.length] as number, callback);
			if (answer?.status === 200) return;
			turn += 1;
			const longest = BACK_OFF_MS[Math.min(tries, BACK_OFF_MS.length - 1)] as number;
			await sleep(longest * (0.5 + this.#random.unit() / 2));
		}
		throw new Error(`${callback.id} was not delivered within ${GIVE_UP_MS} ms`);
	}

	/** Delivers callbacks, so many at a time; each of them as if it were the only one. */
	async deliverAll(
		ports: () => readonly number[],
		callbacks: readonly Callback[],
		concurrency: number,
		pace: () => Promise<unknown> = async () => {},
	): Promise<void> {
		const rest = callbacks[Symbol.iterator]();
		const work = async () => {
			for (const callback of rest) {
				await this.deliver(ports, callback);
				await pace();
			}
		};
		await Promise.all(Array.from({ length: concurrency }, work));
	}

	close(): void {
		this.#agent.destroy();
	}

	/** Signs a callback anew for each second, as costs less than for each delivery. */
	#sign(callback: Callback, aheadMs: number): Record<string, string> {
		const timestamp = Math.floor((Date.now() + aheadMs) / 1000);
		const known = this.#signed.get(callback);
		if (known?.timestamp === timestamp) return known.headers;
		const { headers } = wallet.sign({ ...callback, key: SECRET, timestamp });
		this.#signed.set(callback, { timestamp, headers });
		return headers;
	}

	#post(port: number, headers: Record<string, string>, body: string): Promise<Answer> {
		return new Promise((resolve, reject) => {
			const sending = request({
				port,
				host: "127.0.0.1",
				method: "POST",
				path: "/callback",
				agent: this.#agent,
				timeout: GIVE_UP_MS / 2,
				headers: {
					...headers,
					"content-type": "application/json",
					"content-length": Buffer.byteLength(body),
				},
			});
			sending.on("timeout", () => sending.destroy(new Error("no answer came")));
			sending.on("error", (error: NodeJS.ErrnoException) => {
				// A server may close a connection that rests just when it is used again: every client of
				// HTTP tries that once more, on another one.
				const raced = sending.reusedSocket && error.code === "ECONNRESET";
				if (raced) this.#post(port, headers, body).then(resolve, reject);
				else reject(error);
			});
			sending.on("response", (response) => {
				let text = "";
				response.setEncoding("utf8");
				response.on("data", (chunk) => {
					text += chunk;
				});
				response.on("error", reject);
				response.on("close", () => reject(new Error("the answer was cut off")));
				response.on("end", () => resolve(toAnswer(response, text)));
			});
			sending.end(body);
		});
	}
}

function toAnswer(
	{ statusCode = 0, headers }: import("node:http").IncomingMessage,
	text: string,
): Answer {
	let json: { readonly error?: string; readonly duplicate?: boolean } = {};
	try {
		json = JSON.parse(text);
	} catch {
		// What is not the receiver's own answer has no word for it.
	}
	const word = json.error ?? (json.duplicate ? "duplicate" : "");
	const later = word === "in_progress" || word === "store_unavailable";
	if (later) assert.match(headers["retry-after"] ?? "", /^[1-9][0-9]*$/);
	return { status: statusCode, word };
}
