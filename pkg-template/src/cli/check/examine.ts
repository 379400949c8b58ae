/** The examination of an endpoint. */
import type { SenderName } from "wallet-callback";
import { requireKnown } from "../../testing/options.js";
import { toDescriptor } from "../../verifier/senders.js";
import { Bench, type BenchOptions, UnreachableError } from "./bench.js";
import { forged } from "./cases/forged.js";
import { fresh } from "./cases/fresh.js";
import { genuine } from "./cases/genuine.js";
import { once } from "./cases/once.js";
import { robust } from "./cases/robust.js";
import { Sender, type SenderOptions } from "./sender.js";
import {
	type Case,
	type CaseResult,
	type Finding,
	fail,
	type Report,
	skip,
	type Verdict,
} from "./types.js";

export interface ExamineOptions extends Omit<BenchOptions, "sender"> {
	readonly sender: SenderOptions;
	/** The cases to run; default: all. */
	readonly only?: readonly string[] | undefined;
	readonly skip?: readonly string[] | undefined;
	/** Called with each result. */
	readonly onResult?: (result: CaseResult) => void;
}

/** All cases in their order: what may do harm comes late. */
const ALL: readonly Case[] = [...genuine, ...forged, ...once, ...fresh, ...robust];

/** The one that tells whether the others make sense. */
const FIRST = "valid";

/** Whether `sign` can sign as a sender: not if its key is private to it. */
export function isSignable(name: SenderName): boolean {
	const { algorithm = "" } = toDescriptor(name);
	const all = typeof algorithm === "string" ? [algorithm] : Object.values(algorithm);
	return !all.some((one) => /^(rsa|ecdsa)/.test(one));
}

/**
 * The cases that make sense for a sender.
 *
 * @throws {ConfigError} for the name of a case that there is not.
 */
export function casesFor(
	sender: Sender,
	{ only, skip = [] }: Pick<ExamineOptions, "only" | "skip"> = {},
): readonly Case[] {
	const names = ALL.map(({ name }) => name);
	for (const name of [...(only ?? []), ...skip]) requireKnown("case", name, names);
	return ALL.filter(
		({ name, applies }) =>
			(applies?.(sender) ?? true) &&
			!skip.includes(name) &&
			(name === FIRST || (only?.includes(name) ?? true)),
	);
}

/**
 * Examines an endpoint.
 *
 * @throws {UnreachableError} if nobody answers, or the counter cannot be read.
 */
export async function examine(options: ExamineOptions): Promise<Report> {
	const sender = new Sender(options.sender);
	const cases = casesFor(sender, options);
	const bench = new Bench({ ...options, sender });
	const startedAt = new Date().toISOString();
	const since = performance.now();
	const results: CaseResult[] = [];
	let isUseless = false;
	try {
		for (const one of cases) {
			const result = isUseless
				? toResult(one, skip(`a genuine callback was not accepted`), 0)
				: await run(one, bench);
			if (one.name === FIRST && result.verdict === "fail") isUseless = true;
			results.push(result);
			options.onResult?.(result);
		}
	} finally {
		bench.close();
	}
	const { name } = options.sender;
	const counts = { pass: 0, fail: 0, advisory: 0, skipped: 0 } satisfies {
		[Each in Verdict]: number;
	};
	for (const { verdict } of results) counts[verdict] += 1;
	const milliseconds = Math.round(performance.now() - since);
	const { requests } = bench;
	return {
		url: sender.url.href,
		sender: name,
		startedAt,
		milliseconds,
		requests,
		counts,
		cases: results,
	};
}

async function run(one: Case, bench: Bench): Promise<CaseResult> {
	const since = performance.now();
	let finding: Finding;
	try {
		finding = await one.run(bench);
	} catch (error) {
		if (error instanceof UnreachableError && one.name !== FIRST) finding = fail(error.message);
		else throw error;
	}
	return toResult(one, finding, Math.round(performance.now() - since));
}

function toResult(
	{ name, group, proves, mend }: Case,
	finding: Finding,
	milliseconds: number,
): CaseResult {
	const { verdict, answered } = finding;
	const result = { name, group, proves, verdict, answered, milliseconds };
	if (verdict === "pass" || verdict === "skipped") return result;
	return { ...result, mend: finding.mend ?? mend };
}
