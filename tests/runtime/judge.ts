/** Compares a runtime's report with what every case must answer, and with the report of another runtime. */
import { behaviours } from "./behaviours.ts";
import { canonical } from "./canonical.ts";
import type { Case, Corpus, Expected, Feature, Outcome, Report } from "./model.ts";

/** One line for each answer that is wrong or missing. */
export function faults(corpus: Corpus, report: Report): string[] {
	const lacks = new Set<Feature>(report.lacks);
	const due = ({ needs = [] }: { needs?: readonly Feature[] }) =>
		!needs.some((need) => lacks.has(need));
	const cases = corpus.cases.flatMap((one) =>
		one.kind === "setup" || due(one) ? [fault(one.name, one.expect, report, secretsOf(one))] : [],
	);
	const others = Object.entries(behaviours).flatMap(([name, behaviour]) =>
		due(behaviour) ? [fault(name, { value: canonical(behaviour.expect) }, report, [])] : [],
	);
	return [...cases, ...others].filter((line) => line !== undefined);
}

/** One line for each case that both ran and answered differently, in any field. */
export function differences(report: Report, other: Report): string[] {
	const names = Object.keys(report.outcomes).filter((name) => name in other.outcomes);
	return names.flatMap((name) => {
		const [one, two] = [canonical(report.outcomes[name]), canonical(other.outcomes[name])];
		return one === two ? [] : [`${name}\n    here:  ${one}\n    there: ${two}`];
	});
}

function fault(
	name: string,
	expected: Expected,
	report: Report,
	secrets: readonly string[],
): string | undefined {
	const outcome = report.outcomes[name];
	if (outcome === undefined) return `${name}: did not run`;
	const leak = secrets.find((secret) => String(outcome.message).includes(secret));
	if (leak !== undefined) return `${name}: the message shows a secret`;
	const wrong = Object.keys(expected).filter((field) => !holds(field, expected[field], outcome));
	if (wrong.length === 0) return undefined;
	const details = wrong.map(
		(field) => `${field}: expected ${canonical(expected[field])}, got ${canonical(outcome[field])}`,
	);
	return `${name}\n    ${details.join("\n    ")}\n    in ${canonical(outcome)}`;
}

function holds(field: string, expected: unknown, outcome: Outcome): boolean {
	if (expected === undefined) return true;
	const actual = outcome[field];
	if (field === "message") return new RegExp(String(expected), "i").test(String(actual));
	if (field === "thrown" && !(outcome.isOne as string[]).includes(String(expected))) return false;
	return canonical(actual) === canonical(expected);
}

/** What no message may show: the keys, without their prefixes, and the signatures. */
function secretsOf(one: Case): string[] {
	const text = JSON.stringify(one.kind === "sign" ? one.options.key : one.setup.keys);
	const signatures = one.kind === "verify" ? JSON.stringify(one.headers.entries) : "";
	return `${text} ${signatures}`.match(/[A-Za-z0-9+/]{24,}/g) ?? [];
}
