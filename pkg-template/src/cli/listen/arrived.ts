/** What has arrived at `listen`, and how it is shown, kept and answered. */
import type { Cause, Verifier, VerifyResult } from "wallet-callback";
import { bold, dim, green, plain, red, said, toJson, yellow } from "../output.js";

/** A request that was answered. */
export interface Arrived {
	readonly at: Date;
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: Uint8Array;
	readonly result: VerifyResult<unknown>;
	/** Why it does not verify. */
	readonly causes: readonly Cause[];
	/** What was answered. */
	readonly status: number;
	readonly milliseconds: number;
}

/** What is shown of an event, if it has it. */
interface Facts {
	readonly type?: string | undefined;
	readonly amount?: string | undefined;
	readonly chain?: string | undefined;
}

function factsOf({ result }: Arrived): Facts {
	if (!result.ok) return {};
	const { type, data } = (result.event ?? {}) as {
		readonly type?: string;
		readonly data?: {
			readonly amount?: { readonly decimal?: string; readonly symbol?: string };
			readonly chain?: string;
		};
	};
	const { decimal, symbol } = data?.amount ?? {};
	const amount = decimal === undefined ? undefined : [decimal, symbol ?? ""].join(" ").trim();
	return { type, amount, chain: typeof data?.chain === "string" ? data.chain : undefined };
}

/** A line: time, verdict, type, amount, chain, id, answer, latency. */
export function lineOf(arrived: Arrived): string {
	const { at, result, status, milliseconds } = arrived;
	const { type, amount, chain } = factsOf(arrived);
	const time = at.toISOString().slice(11, 23);
	const parts = result.ok
		? [green("✓ verified"), bold(plain(type ?? "-")), amount, chain, result.id]
		: [red("✗ refused"), bold(result.code), said(result)];
	const shown = parts.filter((part) => part !== undefined);
	const [verdict = "", name = "", ...rest] = shown;
	const took = dim(`${status} in ${Math.round(milliseconds)} ms`);
	return [dim(time), verdict, name, ...rest.map(plain), took].join("  ");
}

/** How many causes are shown. */
const MOST_CAUSES = 3;

/** The lines under it: what `explain` has found, and more if more is asked for. */
export function detailsOf({ headers, result, causes, body }: Arrived, verbose: boolean): string[] {
	const found = causes.slice(0, MOST_CAUSES).flatMap(({ code, certainty, message, fix }) => {
		const sure = certainty === "certain" ? red(certainty) : yellow(certainty);
		return [`    ${bold(code)} ${sure}: ${plain(message)}`, `      ${green("fix:")} ${plain(fix)}`];
	});
	if (!verbose) return found;
	const lines = headers.map(([name, value]) => `    ${dim(`${plain(name)}:`)} ${plain(value)}`);
	const content = result.ok
		? toJson(result.event, 2).split("\n")
		: [plain(new TextDecoder().decode(body))];
	return [...found, ...lines, ...content.map((line) => `    ${line}`)];
}

/** The same for a program to read. */
export function jsonOf(arrived: Arrived): object {
	const { at, method, url, result, causes, status, milliseconds } = arrived;
	const { ok, ...rest } = result;
	return {
		...{ time: at.toISOString(), ok, method, url, status },
		milliseconds: Math.round(milliseconds * 10) / 10,
		...(ok ? factsOf(arrived) : {}),
		...rest,
		...(ok ? {} : { causes }),
	};
}

/** The request as `verify` and `explain` read it. */
export function rawRequest({ method, url, headers, body }: Arrived): Uint8Array {
	const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
	return Buffer.concat([Buffer.from(`${method} ${url} HTTP/1.1\r\n${lines}\r\n`), body]);
}

/** What the sender waits for. */
export function acknowledge(
	verifier: Verifier<unknown>,
	result: VerifyResult<unknown>,
): { status: number; headers: { [name: string]: string }; body: string } {
	const json = (status: number, body: object) => ({
		status,
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	});
	if (!result.ok) return json(result.status, { code: result.status, error: result.code });
	const proof = verifier.answerVerification(result);
	if (proof !== undefined) return json(200, proof);
	const { status = 200, contentType, body } = verifier.settings.acknowledgement ?? {};
	if (body === undefined) return json(status, { code: 0 });
	return { status, headers: { "content-type": contentType ?? "text/plain" }, body };
}
