/** What an endpoint meets on the internet, genuine or not, and has to survive. */

import { type Answer, describe, isAccepted, isCrash } from "../../wire.js";
import { type Bench, sleep } from "../bench.js";
import { advise, type Case, type Finding, fail, pass, skip } from "../types.js";

const group = "robust";

const OVERSIZED_BYTES = 10 * 1024 * 1024;
const SLOW_CONNECTIONS = 20;
const BAD_REQUESTS = 1000;
/** How many of them are under way at once. */
const AT_ONCE = 10;
/** How many times each of two signatures is timed. */
const SAMPLES = 60;

export const robust: readonly Case[] = [
	{
		name: "media-type",
		group,
		proves: "a genuine callback of another media type is answered, with yes or no",
		mend: "Answer 415 to a media type that you do not take, or read the body whatever its type.",
		run: async (bench) => {
			const callback = (await bench.fresh()).withHeader("content-type", "text/plain");
			const answer = await bench.send(callback);
			return isCrash(answer) ? fail(describe(answer)) : pass(describe(answer));
		},
	},
	{
		name: "get",
		group,
		proves: "a GET is not handled",
		mend: "Take POST alone, and answer 405 to other methods.",
		applies: ({ info }) => !info.deliversByGet && !info.probes.includes("GET"),
		run: async (bench) => {
			const { headers } = await bench.fresh();
			const { url } = bench.sender;
			const asking = { method: "GET", url, headers, body: new Uint8Array(0) };
			const { result, handled = 0 } = await bench.count(0, () => bench.send(asking));
			if (handled > 0) return fail(`${describe(result)}, and the counter went up by ${handled}`);
			if (isCrash(result)) return fail(describe(result));
			return isAccepted(result) ? advise(describe(result)) : pass(describe(result));
		},
	},
	{
		name: "cut-off",
		group,
		requests: 6,
		proves: "a connection that ends within the body does no harm",
		mend: "Handle the error of a request that ends too early; handle no part of a body.",
		run: async (bench) => {
			const callback = await bench.fresh();
			const bytes = Math.floor(callback.body.length / 2);
			const { handled = 0 } = await bench.count(0, async () => {
				for (let times = 0; times < 5; times += 1) {
					await bench.send(callback, { stopAfter: { bytes, after: "hang up" } });
				}
			});
			if (handled > 0) return fail(`the counter went up by ${handled}`);
			return alive(bench, "then");
		},
	},
	{
		name: "budget",
		group,
		proves: "genuine callbacks are answered in time",
		mend: 'Acknowledge first and handle then (acknowledge: "before-handling"): senders wait for some seconds and try again.',
		run: async (bench) => {
			const times = bench.genuine.map(({ milliseconds }) => milliseconds);
			const longest = Math.max(...times);
			const said = `${times.length} answers, median ${Math.round(median(times))} ms, longest ${Math.round(longest)} ms`;
			return longest <= bench.options.budgetMs
				? pass(said)
				: fail(`${said}, budget ${bench.options.budgetMs} ms`);
		},
	},
	{
		name: "timing",
		group,
		requests: 8 * SAMPLES,
		proves: "the time of an answer does not tell how much of a signature was right",
		mend: "Compare signatures in constant time: crypto.timingSafeEqual instead of == or ===.",
		run: async (bench) => {
			const first = await timeSignatures(bench, SAMPLES);
			if (first.deviations < SUSPICIOUS) return pass(first.said);
			// Chance is not the same twice.
			const { deviations, difference, said } = await timeSignatures(bench, 3 * SAMPLES);
			const tells = deviations >= SIGNIFICANT && difference >= LEAST_DIFFERENCE_MS;
			return tells ? advise(said) : pass(said);
		},
	},
	{
		name: "slow-body",
		group,
		requests: SLOW_CONNECTIONS + 1,
		proves: "bodies that never end do not keep others out",
		mend: "Give up on a body that takes longer than some seconds (bodyTimeoutSeconds, server.requestTimeout), and limit how many are read at once.",
		run: async (bench) => {
			const callback = await bench.fresh();
			const stopAfter = { bytes: Math.floor(callback.body.length / 2), after: "wait" } as const;
			const slow = Array.from({ length: SLOW_CONNECTIONS }, () =>
				bench.sendOnce(callback, { stopAfter }),
			);
			await sleep(100);
			const meanwhile = await bench.sendGenuine(await bench.fresh());
			const answers = await Promise.all(slow);
			if (!isAccepted(meanwhile))
				return fail(`a genuine callback meanwhile: ${describe(meanwhile)}`);
			const waiting = answers.filter(({ status }) => status === undefined).filter(isTimeout).length;
			const { timeoutMs } = bench.options;
			return waiting === 0
				? pass(`given up: ${describe(answers[0] as Answer)}`)
				: advise(
						`${waiting} of ${SLOW_CONNECTIONS} are still waited for after ${timeoutMs / 1000} s`,
					);
		},
	},
	{
		name: "oversized",
		group,
		proves: "a body of 10 MiB is refused, and soon",
		mend: "Limit the size of bodies (maxBodyBytes, express.raw's limit) and answer 413.",
		run: async (bench) => {
			const padding = "x".repeat(OVERSIZED_BYTES);
			const { sender } = bench;
			const answer = await bench.send(await sender.sign(sender.draft({ members: { padding } })));
			if (isAccepted(answer)) return advise(`${describe(answer)}: nothing limits the size`);
			if (answer.status === undefined && answer.why === "timeout") return fail(describe(answer));
			if (answer.status !== undefined && isCrash(answer)) return fail(describe(answer));
			const after = await alive(bench, "then");
			return after.verdict === "pass" ? pass(describe(answer)) : after;
		},
	},
	{
		name: "flood",
		group,
		requests: BAD_REQUESTS + 1,
		proves: `after ${BAD_REQUESTS.toLocaleString("en")} bad callbacks, a good one is accepted`,
		mend: "Refuse cheaply: let nothing that a bad callback starts stay behind, neither memory nor connections.",
		run: async (bench) => {
			const { sender } = bench;
			const bad = await sender.sign(sender.draft(), sender.strangeKey());
			const answers: Answer[] = [];
			const work = async () => {
				for (; answers.length < BAD_REQUESTS; ) {
					const at = answers.push(PENDING) - 1;
					answers[at] = await bench.sendOnce(bad, { kept: true });
				}
			};
			await Promise.all(Array.from({ length: AT_ONCE }, work));
			const failed = answers.filter(isCrash);
			const taken = answers.filter(isAccepted).length;
			if (failed[0] !== undefined) return fail(`${failed.length} of them: ${describe(failed[0])}`);
			const after = await bench.sendGenuine(await bench.fresh());
			const said = `then ${describe(after)}`;
			if (after.status === 429) return skip(`the endpoint limits the rate (${describe(after)})`);
			if (!isAccepted(after)) return fail(said);
			return taken > 0 ? pass(`${said} (${taken} bad ones were accepted)`) : pass(said);
		},
	},
	{
		name: "still-works",
		group,
		proves: "after all that, a genuine callback is accepted as at first",
		mend: "Look for what one of the cases before has left behind.",
		run: (bench) => alive(bench, "at the end"),
	},
];

const PENDING: Answer = { status: undefined, why: "closed", message: "", milliseconds: 0 };

const isTimeout = (answer: Answer) => answer.status === undefined && answer.why === "timeout";

/** Whether a genuine callback is accepted. */
async function alive(bench: Bench, when: string): Promise<Finding> {
	const answer = await bench.sendGenuine(await bench.fresh());
	return isAccepted(answer)
		? pass(`${when} ${describe(answer)}`)
		: fail(`${when} ${describe(answer)}`);
}

/** So many standard deviations are worth a closer look: one in a hundred comparisons of equal times has more. */
const SUSPICIOUS = 2.5;
/** And these are no chance: one in a million has more. */
const SIGNIFICANT = 5;
const LEAST_DIFFERENCE_MS = 0.05;

/** Times a signature that is wrong from its first character against one that is wrong at its end. */
async function timeSignatures(bench: Bench, samples: number) {
	const { sender } = bench;
	const genuine = await sender.sign(sender.draft());
	const { value } = genuine;
	const early = genuine.withValue(`${other(value.at(0))}${value.slice(1)}`);
	// The last character of base64 before its padding may hold bits that do not count.
	const place = value.replace(/=+$/, "").length - 2;
	const late = genuine.withValue(
		`${value.slice(0, place)}${other(value.at(place))}${value.slice(place + 1)}`,
	);
	const times: { readonly early: number[]; readonly late: number[] } = { early: [], late: [] };
	for (let index = 0; index < samples; index += 1) {
		// In turn, and each first as often, so that what else happens hits both.
		const order = index % 2 === 0 ? (["early", "late"] as const) : (["late", "early"] as const);
		for (const which of order) {
			const answer = await bench.sendOnce(which === "early" ? early : late, { kept: true });
			if (index >= samples / 10) times[which].push(answer.milliseconds);
		}
	}
	const difference = median(times.late) - median(times.early);
	const deviations = rankDifference(times.late, times.early);
	const said = `${difference.toFixed(3)} ms more if all but the end is right, ${deviations.toFixed(1)} standard deviations, ${samples} samples of each`;
	return { difference, deviations, said };
}

/** Another character that is valid in hex and in base64. */
const other = (character = "") => (character === "a" ? "b" : "a");

/** By how many standard deviations the ranks of one sample are above the other's (Mann and Whitney). */
function rankDifference(sample: readonly number[], reference: readonly number[]): number {
	const [m, n] = [sample.length, reference.length];
	let wins = 0;
	for (const one of sample) {
		for (const two of reference) wins += one > two ? 1 : one === two ? 0.5 : 0;
	}
	return (wins - (m * n) / 2) / Math.sqrt((m * n * (m + n + 1)) / 12);
}

function median(numbers: readonly number[]): number {
	const sorted = [...numbers].sort((one, two) => one - two);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1
		? (sorted[middle] ?? 0)
		: ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
