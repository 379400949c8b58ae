// What a receiver does beyond verifying: it handles each callback once, and tells its sender.
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { example } from "./callbacks.mjs";
import { sign } from "./library.mjs";
import { post, startReceiver } from "./receiver.mjs";

/** @import { Verifier } from "../../pkg/dist/esm/index.js" */
/** @import { Handler, ReceiverOptions } from "../../pkg/dist/esm/receiver.js" */
/** @import { Callback } from "./receiver.mjs" */
/** @typedef {(callback: Callback, as?: Parameters<typeof post>[2]) => Promise<string>} Send Gives the answer in words. */
/**
 * @typedef {object} Check
 * @property {string} title What a person reads.
 * @property {(send: Send, attempts: readonly number[]) => Promise<string[]>} run Gives the answers. The attempts are those that have ended.
 * @property {Handler} [handler]
 * @property {ReceiverOptions["acknowledge"]} [acknowledge]
 * @property {readonly string[]} answers What is expected. A bar stands between alternatives.
 * @property {readonly number[]} attempts The handler's, as expected.
 */
/** @typedef {{ check: Check, answers: readonly string[], attempts: readonly number[], isExpected: boolean }} Finding */

/** How often the same callback is sent at once. */
const crowd = 20;

/**
 * @param {string} key
 * @returns {readonly Check[]}
 */
export function checks(key) {
	const deposit = () => sign({ body: example("deposit.confirmed"), key });
	let open = () => {};
	/** @type {Promise<void>} */
	const opened = new Promise((resolve) => {
		open = resolve;
	});

	return [
		{
			title: `the same callback, ${crowd} times at once`,
			async run(send) {
				const callback = deposit();
				const answers = await Promise.all(Array.from({ length: crowd }, () => send(callback)));
				return answers.sort();
			},
			handler: () => sleep(10),
			answers: ["200 accepted", ...Array(crowd - 1).fill("200 duplicate|409 in_progress")],
			attempts: [1],
		},
		{
			title: "again after its handler has failed",
			async run(send) {
				const callback = deposit();
				return [await send(callback), await send(callback)];
			},
			handler({ attempt }) {
				if (attempt === 1) throw new Error("the books are closed");
			},
			answers: ["500 handler_failed", "200 accepted"],
			attempts: [1, 2],
		},
		{
			title: "the same id with another body",
			async run(send) {
				const callback = deposit();
				const id = callback.headers["webhook-id"];
				const other = sign({ body: example("deposit.reverted"), key, id });
				return [await send(callback), await send(other)];
			},
			answers: ["200 accepted", "422 id_conflict"],
			attempts: [1],
		},
		{
			title: "callback.verification",
			async run(send) {
				const callback = sign({ body: example("callback.verification"), key });
				const answer = await send(callback);
				return [answer === `200 ${proof(callback, key)}` ? "200 challenge, signed" : answer];
			},
			answers: ["200 challenge, signed"],
			attempts: [1],
		},
		{
			title: "the wrong method: PUT",
			run: async (send) => [await send(deposit(), { method: "PUT" })],
			answers: ["405 method_not_allowed"],
			attempts: [],
		},
		{
			title: "the wrong media type: text/plain",
			run: async (send) => [await send(deposit(), { type: "text/plain" })],
			answers: ["415 unsupported_media_type"],
			attempts: [],
		},
		{
			title: "acknowledged before it is handled",
			async run(send, attempts) {
				const answer = await send(deposit());
				const when = attempts.length === 0 ? "before" : "after";
				open();
				return [`${answer}, ${when} the handler ended`];
			},
			handler: () => opened,
			acknowledge: "before-handling",
			answers: ["200 accepted, before the handler ended"],
			attempts: [1],
		},
	];
}

/**
 * Runs a check on a receiver of its own.
 *
 * @param {Check} check
 * @param {Verifier} verifier
 * @returns {Promise<Finding>}
 */
export async function tryOut(check, verifier) {
	/** @type {number[]} */
	const attempts = [];
	const receiver = await startReceiver({
		verifier,
		acknowledge: check.acknowledge,
		// An answer that waits for a handler that waits for the answer is not to take long.
		leaseSeconds: 5,
		async onAny(context) {
			try {
				await check.handler?.(context);
			} finally {
				attempts.push(context.attempt);
			}
		},
	});
	const answers = await check.run(async (callback, as) => {
		const { status, code } = await post(receiver.address, callback, as);
		return `${status} ${code}`;
	}, attempts);
	await receiver.close();
	const isExpected =
		answers.length === check.answers.length &&
		answers.every((answer, index) => check.answers[index]?.split("|").includes(answer)) &&
		attempts.join() === check.attempts.join();
	return { check, answers, attempts, isExpected };
}

/**
 * The answer to a callback.verification, made without the package.
 *
 * @param {Callback} callback
 * @param {string} key
 */
function proof({ headers, body }, key) {
	const { challenge } = JSON.parse(body).data;
	const signature = createHmac("sha256", Buffer.from(key.replace("whsec_", ""), "base64"))
		.update(`callback-verification\n${headers["webhook-id"]}\n${challenge}`)
		.digest("base64");
	return JSON.stringify({ code: 0, challenge, signature: `v1,${signature}` });
}
