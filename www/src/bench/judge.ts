/** The verdict on what stands in the bench, and the stage that stopped it. */
import {
	ConfigError,
	createVerifier,
	type RejectionCode,
	type SenderName,
	type Verifier,
	type VerifyResult,
} from "wallet-callback/slim";
import { readHead } from "../../../pkg-template/src/cli/head.ts";
import { makeKeys, registered } from "./signer.ts";

/** What a receiver was told, and what came. */
export interface Attempt {
	readonly sender: SenderName;
	readonly secret: string;
	readonly head: string;
	readonly body: string;
	readonly ip: string;
	readonly allowedIps: string;
	/** Milliseconds. */
	readonly now: number;
}

export type Result = VerifyResult<unknown>;

/** A verdict, or why there is none: a secret or an option that makes no sense. */
export type Judgement =
	| { readonly result: Result }
	| { readonly problem: { readonly code: string; readonly message: string } };

export const STAGES = ["request", "signature", "freshness", "payload"] as const;
export type Stage = (typeof STAGES)[number];
export type StageState = "passed" | "stopped" | "waiting" | "none";

/** The stage that gives each code, in the order of the core's pipeline. */
const STAGE_OF: { readonly [Code in RejectionCode]: Stage } = {
	body_too_large: "request",
	insecure_transport: "request",
	ip_not_allowed: "request",
	missing_header: "request",
	malformed_header: "request",
	unknown_key: "signature",
	unsupported_signature: "signature",
	signature_mismatch: "signature",
	timestamp_too_old: "freshness",
	timestamp_too_new: "freshness",
	malformed_payload: "payload",
};

export const stageOf = (code: RejectionCode): Stage => STAGE_OF[code];

let clock = 0;
let last: { readonly told: string; readonly verifier: Verifier<unknown> } | undefined;

function verifierOf({ sender, secret, allowedIps }: Attempt): Verifier<unknown> {
	const told = JSON.stringify([sender, secret, allowedIps]);
	if (last?.told !== told) {
		const ranges = allowedIps.split(/[\s,]+/).filter((range) => range !== "");
		const verifier = createVerifier({
			...registered(sender),
			sender,
			keys: secret,
			allowedIps: ranges.length > 0 ? ranges : undefined,
			now: () => clock,
		}) as Verifier<unknown>;
		last = { told, verifier };
	}
	return last.verifier;
}

/** A function that verifies this attempt again and again. */
export function verification(attempt: Attempt): () => Result {
	const verifier = verifierOf(attempt);
	const { method, url, headers } = readHead(attempt.head);
	const input = { method, url, headers, body: attempt.body, ip: attempt.ip || undefined };
	const { now } = attempt;
	return () => {
		clock = now;
		return verifier.safeVerify(input);
	};
}

export function judge(attempt: Attempt): Judgement {
	try {
		return { result: verification(attempt)() };
	} catch (error) {
		if (error instanceof ConfigError) return { problem: error };
		if (error instanceof TypeError)
			return { problem: { code: "TypeError", message: error.message } };
		throw error;
	}
}

/**
 * How far an attempt got. Some senders sign a reading of the body: that it is malformed may be found
 * before the signature is looked at, and then a key that signed nothing gives the same answer.
 */
export function stagesOf(attempt: Attempt, judgement: Judgement): readonly StageState[] {
	if (!("result" in judgement)) return STAGES.map(() => "waiting");
	const { result } = judgement;
	if (result.ok) {
		const timed = result.timestamp !== undefined;
		return STAGES.map((stage) => (stage === "freshness" && !timed ? "none" : "passed"));
	}
	const stopped = STAGES.indexOf(stageOf(result.code));
	const unsigned = result.code === "malformed_payload" && isBlindToKeys(attempt);
	return STAGES.map((_, index) => {
		if (index === stopped) return "stopped";
		return index < stopped && !(unsigned && index > 0) ? "passed" : "waiting";
	});
}

function isBlindToKeys(attempt: Attempt): boolean {
	const other = judge({ ...attempt, secret: makeKeys(attempt.sender).verifying });
	return "result" in other && !other.result.ok && other.result.code === "malformed_payload";
}
