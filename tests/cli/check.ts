/** Examines endpoints as a user would. */
import assert from "node:assert/strict";
import { cli, cliAgain, type Outcome } from "./cli.ts";
import type { Endpoint } from "./endpoints.ts";

/** The bytes of a secret. */
export const BYTES: Buffer = Buffer.from("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "base64");
export const SECRET: string = `whsec_${BYTES.toString("base64")}`;

/** What an examination found, as far as tests look at it. */
export interface Report {
	readonly counts: { readonly [verdict: string]: number };
	readonly cases: readonly {
		readonly name: string;
		readonly verdict: string;
		readonly answered: string;
		readonly mend?: string;
	}[];
}

export const check = (words: readonly string[], secret: string = SECRET): Promise<Outcome> =>
	cli(["check", ...words], { env: { WALLET_CALLBACK_SECRET: secret } });

/** Examines an endpoint, fast: all is on this machine. */
export async function examine(
	endpoint: Endpoint,
	words: readonly string[] = [],
	secret: string = SECRET,
): Promise<Report> {
	return toReport(await check(toWords(endpoint, words), secret));
}

/** The same in a process that has examined others. */
export async function examineAgain(
	endpoint: Endpoint,
	words: readonly string[] = [],
	secret: string = SECRET,
): Promise<Report> {
	const env = { WALLET_CALLBACK_SECRET: secret };
	return toReport(await cliAgain(["check", ...toWords(endpoint, words)], env));
}

const toWords = ({ url }: Endpoint, words: readonly string[]) => [
	...[url, "--json", "--timeout", "4", "--rate", "100000"],
	...words,
];

function toReport({ code, stdout, stderr }: Outcome): Report {
	assert.equal(stderr, "");
	const report: Report = JSON.parse(stdout);
	assert.equal(code, (report.counts.fail ?? 0) > 0 ? 1 : 0);
	return report;
}

/** The cases that have not passed: `fail` their names, and what was answered for whoever reads a failure. */
export function troubles({ cases }: Report): string[] {
	return cases
		.filter(({ verdict }) => verdict !== "pass")
		.map((one) => `${one.verdict} ${one.name}`);
}

/** Says what was answered in the cases that have not passed. */
export function details({ cases }: Report): string {
	const bad = cases.filter(({ verdict }) => verdict !== "pass");
	return bad.map(({ verdict, name, answered }) => `${verdict} ${name}: ${answered}`).join("\n");
}
