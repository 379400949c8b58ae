/** A receiver in the page, with its store: loaded when the same callback is sent twice. */
import { createReceiver } from "wallet-callback/receiver";
import { createVerifier } from "wallet-callback/slim";
import { memoryStore } from "wallet-callback/stores/memory";
import { readHead } from "../../../pkg-template/src/cli/head.ts";
import type { Attempt } from "./judge.ts";
import { registered } from "./signer.ts";

export interface Delivery {
	readonly status: number;
	readonly answer: string;
	/** How often the handler had been called by then. */
	readonly handled: number;
}

/** Delivers a callback once at each of these times, in milliseconds. */
export async function deliver(attempt: Attempt, times: readonly number[]): Promise<Delivery[]> {
	let now = attempt.now;
	let handled = 0;
	const receiver = createReceiver({
		verifier: createVerifier({
			...registered(attempt.sender),
			sender: attempt.sender,
			keys: attempt.secret,
			now: () => now,
		}),
		store: memoryStore(),
		onAny: () => {
			handled += 1;
		},
	});
	const { method = "POST", url, headers } = readHead(attempt.head);
	const readBody = async () => attempt.body;
	const deliveries: Delivery[] = [];
	for (const time of times) {
		now = time;
		const incoming = { method, url, headers, secure: true, peer: attempt.ip, readBody };
		const { status, body } = await receiver.receive(incoming);
		deliveries.push({ status, answer: body, handled });
	}
	await receiver.close();
	return deliveries;
}
