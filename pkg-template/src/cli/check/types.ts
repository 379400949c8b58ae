/** What an examination consists of, and what it finds. */
import type { Bench } from "./bench.js";
import type { Sender } from "./sender.js";

/**
 * `advisory`: worth a look, but not a fault, or the answers do not tell; `skipped`: it could not be
 * examined, for a reason that the result names.
 */
export type Verdict = "pass" | "fail" | "advisory" | "skipped";

/** What a case has seen. */
export interface Finding {
	readonly verdict: Verdict;
	/** What the endpoint answered, or why the case was skipped. */
	readonly answered: string;
	/** How to mend it, if this is more exact than {@link Case.mend}. */
	readonly mend?: string;
}

/** The parts of an examination, in their order. */
export const GROUPS = {
	genuine: "Accepts what is genuine",
	forged: "Refuses what is forged",
	once: "Handles each callback once",
	fresh: "Refuses what is not fresh",
	robust: "Keeps working",
} as const;

export type Group = keyof typeof GROUPS;

/** One case of an examination. */
export interface Case {
	readonly name: string;
	readonly group: Group;
	/** What it proves if it passes. */
	readonly proves: string;
	/** How to mend an endpoint that fails. */
	readonly mend: string;
	/** The most requests that it sends. Default: 4. */
	readonly requests?: number;
	/** Whether it makes sense for a sender. Default: for all. */
	readonly applies?: (sender: Sender) => boolean;
	readonly run: (bench: Bench) => Promise<Finding>;
}

/** What became of a case. */
export interface CaseResult {
	readonly name: string;
	readonly group: Group;
	readonly proves: string;
	readonly verdict: Verdict;
	readonly answered: string;
	/** Of what has not passed. */
	readonly mend?: string;
	readonly milliseconds: number;
}

/** What an examination found. */
export interface Report {
	readonly url: string;
	readonly sender: string;
	/** RFC 3339. */
	readonly startedAt: string;
	readonly milliseconds: number;
	readonly requests: number;
	readonly counts: { readonly [Each in Verdict]: number };
	readonly cases: readonly CaseResult[];
}

export const pass = (answered: string): Finding => ({ verdict: "pass", answered });
export const skip = (answered: string): Finding => ({ verdict: "skipped", answered });
export const fail = (answered: string, mend?: string): Finding =>
	mend === undefined ? { verdict: "fail", answered } : { verdict: "fail", answered, mend };
export const advise = (answered: string, mend?: string): Finding =>
	mend === undefined ? { verdict: "advisory", answered } : { verdict: "advisory", answered, mend };
