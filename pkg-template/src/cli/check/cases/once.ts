/** A callback that comes again, as retries and replays do. */

import { type Answer, describe, isAccepted } from "../../wire.js";
import { type Bench, textOf } from "../bench.js";
import { advise, type Case, type Finding, fail, pass } from "../types.js";
import { withoutCounter } from "./forged.js";

const group = "once";
const REMEMBER =
	"Remember what identifies a callback in a store, atomically and before you handle it: `createReceiver` does, with memory, SQLite, Redis or PostgreSQL.";

/** How many duplicates come at once. */
const AT_ONCE = 50;

export const once: readonly Case[] = [
	{
		name: "replay",
		group,
		proves: "a callback that comes again, byte by byte, is not handled again",
		mend: REMEMBER,
		run: async (bench) => {
			const callback = await bench.fresh();
			const { result, handled } = await bench.count(1, async () => {
				const first = await bench.sendGenuine(callback);
				return [first, await bench.sendGenuine(callback)] as const;
			});
			return judge(bench, result, handled);
		},
	},
	{
		name: "retry",
		group,
		proves: "a callback that its sender signs anew for another try is not handled again",
		mend: `${REMEMBER} Know it by its id: the timestamp and the signature are others at each try.`,
		applies: ({ signsTime, info }) => signsTime && info.identifiedBy !== undefined,
		run: async (bench) => {
			const { sender } = bench;
			const draft = sender.draft();
			const again = { ...draft, timestamp: draft.timestamp + 1 };
			const { result, handled } = await bench.count(1, async () => {
				const first = await bench.sendGenuine(await sender.sign(draft));
				return [first, await bench.sendGenuine(await sender.sign(again))] as const;
			});
			return judge(bench, result, handled);
		},
	},
	{
		name: "same-id",
		group,
		proves: "another body under an id that was handled is not handled",
		mend: `${REMEMBER} Know it by its id, not by its body or signature.`,
		applies: ({ info }) => info.identifiedBy !== undefined,
		run: async (bench) => {
			const { sender } = bench;
			const draft = sender.draft();
			const other = sender.draft({ id: draft.id });
			const { result, handled } = await bench.count(1, async () => {
				const first = await bench.sendGenuine(await sender.sign(draft));
				return [first, await bench.send(await sender.sign(other))] as const;
			});
			const [first, second] = result;
			// To refuse what contradicts itself is right, too.
			const isRefused = second.status !== undefined && second.status >= 400 && second.status < 500;
			if (!isRefused || !isAccepted(first)) return judge(bench, result, handled);
			return (handled ?? 1) === 1 ? pass(describe(second)) : fail(describe(second));
		},
	},
	{
		name: "concurrent",
		group,
		requests: AT_ONCE,
		proves: `of ${AT_ONCE} duplicates that come at once, one is handled`,
		mend: `${REMEMBER} Looking first and writing then is not atomic.`,
		run: async (bench) => {
			const callback = await bench.fresh();
			const { result, handled } = await bench.count(1, () => bench.sendTogether(callback, AT_ONCE));
			const accepted = result.filter(isAccepted);
			const said = `${accepted.length} of ${AT_ONCE} accepted${handled === undefined ? "" : `, ${handled} handled`}`;
			if (accepted.length === 0) return fail(`${said}; ${describe(result[0] as Answer)}`);
			if (handled !== undefined) return handled === 1 ? pass(said) : fail(said);
			if (!bench.tellsRepeats)
				return { ...withoutCounter(), answered: `${said}; the answers do not tell more` };
			const firsts = accepted.filter((answer) => textOf(answer) === bench.firstAnswer).length;
			const told = `${said}, ${firsts} as if for the first time`;
			return firsts === 1 ? pass(told) : fail(told);
		},
	},
];

/** What the answers to a callback and to its duplicate say, and the counter, if there is one. */
function judge(
	bench: Bench,
	[first, second]: readonly [Answer, Answer],
	handled: number | undefined,
): Finding {
	const said = `first ${describe(first)}, then ${describe(second)}`;
	if (!isAccepted(first)) return fail(said, "Accept what is genuine.");
	const known = bench.firstAnswer !== undefined;
	const differs = known && textOf(second) !== textOf(first);
	if (differs) bench.tellsRepeats = true;
	if (handled !== undefined && handled !== 1) {
		return fail(`${said}; handled ${handled} times`);
	}
	if (!isAccepted(second)) {
		return advise(
			`${said}: not handled again, but refused`,
			"Answer duplicates with 2xx: a sender that has missed your first answer tries on until it gets one.",
		);
	}
	if (handled === 1) return pass(`${said}; handled once`);
	return differs
		? pass(said)
		: { ...withoutCounter(), answered: `${said}: the answers do not tell` };
}
