/** Explains, apart from the page: the search may take a second. */
import {
	type Accepted,
	createVerifier,
	detect,
	type Explanation,
	explain,
	type SenderName,
} from "wallet-callback/slim";
import { type Pasted, readKeys } from "../../../pkg-template/src/cli/paste.ts";
import { loadModule } from "../core.ts";

export interface Question {
	readonly pasted: Pick<Pasted, "headers" | "body" | "method" | "url">;
	readonly keys: readonly string[];
	/** Nothing: whose headers they are. */
	readonly sender: SenderName | undefined;
	/** Milliseconds, or what a receiver took for them. */
	readonly now: number;
}

export interface Answer {
	readonly detected: readonly SenderName[];
	readonly sender: SenderName | undefined;
	readonly explanation: Explanation;
	/** Where the callback verifies. */
	readonly accepted: Accepted<unknown> | undefined;
}

export type Reply = { readonly answer: Answer } | { readonly error: string };

const ready = loadModule();

self.addEventListener("message", async ({ data }: MessageEvent<Question>) => {
	let reply: Reply;
	try {
		await ready;
		reply = { answer: answer(data) };
	} catch (error) {
		reply = { error: error instanceof Error ? error.message : String(error) };
	}
	self.postMessage(reply);
});

function answer({ pasted, keys: texts, sender: chosen, now }: Question): Answer {
	const { headers, body, method, url } = pasted;
	const detected = detect({ headers });
	const sender = chosen ?? detected[0];
	const keys = readKeys(texts);
	const input = { headers, body, method, url };
	const explanation = explain({ ...input, keys, sender, now });
	const accepted = explanation.verdict.ok
		? createVerifier({ sender: sender ?? "tp-wallet", keys, now: () => now }).verify(input)
		: undefined;
	return { detected, sender, explanation, accepted };
}
