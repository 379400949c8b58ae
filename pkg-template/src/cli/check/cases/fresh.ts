/** Callbacks of another time. */
import { type Bench, expectRefused } from "../bench.js";
import type { Case, Finding } from "../types.js";

const group = "fresh";

/** Beyond the longest tolerance that a verifier of this package takes. */
const TWO_DAYS_SECONDS = 172_800;

export const fresh: readonly Case[] = [
	{
		name: "stale",
		group,
		proves: "a genuine callback that is two days old is refused",
		mend: "Compare the signed timestamp with the clock, and refuse what is older than some minutes: whoever has recorded a callback could send it for ever.",
		applies: ({ info }) => info.signs.timestamp,
		run: (bench) => sendFrom(bench, -TWO_DAYS_SECONDS),
	},
	{
		name: "future",
		group,
		proves: "a genuine callback that is two days ahead is refused",
		mend: "Compare the signed timestamp with the clock in both directions: what comes too early stays fresh for longer than you remember it.",
		applies: ({ info }) => info.signs.timestamp,
		run: async (bench) => {
			const finding = await sendFrom(bench, TWO_DAYS_SECONDS);
			// Only Standard Webhooks says so; Stripe's own library looks back alone.
			const isSaid = bench.sender.isStandard || finding.verdict !== "fail";
			return isSaid ? finding : { ...finding, verdict: "advisory" };
		},
	},
];

async function sendFrom(bench: Bench, seconds: number): Promise<Finding> {
	const timestamp = Math.floor(Date.now() / 1000) + seconds;
	return expectRefused(await bench.send(await bench.fresh({ timestamp })));
}
