/** What the sandbox wallet tells of, and when. */
import type { WalletEventType } from "wallet-callback/testing";
import type { Draw } from "../../testing/draw.js";

/** An event of the story. */
export interface Step {
	readonly type: WalletEventType;
	/** Of the sample event: steps of one seed tell of the same deposit or withdrawal. */
	readonly seed: number;
	/** When it happens, in the wallet's seconds from the start. */
	readonly seconds: number;
	/** Whether its callback is sent once more although it was accepted. */
	readonly repeats: boolean;
}

export interface StoryOptions {
	readonly seed: number;
	/** How many of a hundred callbacks come twice. */
	readonly duplicates: number;
	/** How many of a hundred come after the one behind them. */
	readonly reordered: number;
}

/** By the number that tells its deposit or withdrawal apart. */
const PLOT: readonly (readonly [type: WalletEventType, which: number])[] = [
	["user.registered", 0],
	["deposit.detected", 1],
	["deposit.confirmed", 1],
	["withdrawal.requested", 2],
	["withdrawal.approved", 2],
	["deposit.reverted", 1],
	["withdrawal.broadcast", 2],
	["withdrawal.requested", 3],
	["withdrawal.completed", 2],
	["withdrawal.approved", 3],
	["withdrawal.broadcast", 3],
	["withdrawal.failed", 3],
];

/** From one event to the next. */
const GAP_SECONDS = 60;
/** What comes late comes after the next one. */
const DELAY_SECONDS = 90;

/** The story of a seed: the same seed, the same story. */
export function story({ seed, duplicates, reordered }: StoryOptions, draw: Draw): Step[] {
	return PLOT.map(([type, which], index) => {
		const isLate = draw.integer(1, 100) <= reordered;
		const jitter = draw.integer(0, GAP_SECONDS / 6);
		return {
			type,
			seed: seed * 10 + which,
			seconds: index * GAP_SECONDS + jitter + (isLate ? DELAY_SECONDS : 0),
			repeats: draw.integer(1, 100) <= duplicates,
		};
	});
}

/** After how long a callback is tried again, in seconds: the schedule that Standard Webhooks recommends. */
const RETRY_SECONDS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** The seconds until the next try after so many, a tenth more or less; nothing after the last. */
export function untilRetry(tries: number, draw: Draw): number | undefined {
	const seconds = RETRY_SECONDS[tries - 1];
	return seconds === undefined ? undefined : (seconds * draw.integer(90, 110)) / 100;
}
