/** The server's side of a `callbackUrl`. */

import { ConfigError } from "../core/errors.js";
import { isInherited } from "../core/names.js";
import { shown } from "../core/shown.js";
import { within } from "../core/timeout.js";
import { type Ending, notNow, OVERLOADED, unread } from "../receiver/ending.js";
import { Handling } from "../receiver/handling.js";
import { BODY_TIMEOUT_SECONDS, Intake, MAX_UNVERIFIED_BODIES } from "../receiver/intake.js";
import { fromRequest, toOwn } from "../receiver/media.js";
import type { Settings } from "../receiver/options.js";
import { ACCEPTED, DUPLICATE, later, refusal } from "../receiver/reply.js";
import { Rooms } from "../receiver/rooms.js";
import { type Facts, type Logger, Telemetry } from "../receiver/telemetry.js";
import type { Incoming, ReceiverContext, Reply } from "../receiver/types.js";
import type { Claim, ClaimOutcome, ReplayStore } from "../stores/store.js";
import { checkHandler, readActionId, safeVerifyDappCallback } from "./callback.js";
import { requireOptions } from "./input.js";
import type {
	DappAction,
	DappClaimed,
	DappExpected,
	DappOutcome,
	DappRejected,
	DappResult,
} from "./types.js";

/** The longest body that is read, in bytes: many times what a wallet sends. */
const MAX_BODY_BYTES = 65_536;

/** How many callbacks of one action may wait for the keys of accounts at the same time. */
const MOST_OF_AN_ACTION = 4;

/** How long a node may take to tell them. */
const NODE_TIMEOUT_MS = 10_000;

/** How long a used action is remembered after its end, in seconds. */
const MEMORY_SECONDS = 3600;

/** Whose claims these are in a store that receivers use, too: no sender has an empty name. */
const RECEIVER = ":dapp";

/** What {@link DappHandlerOptions.onResult} gets. */
export interface DappContext {
	/** What the wallet says. Ask `authenticated` before you believe it. */
	readonly result: DappOutcome;
	/** The record of the request. */
	readonly expected: DappExpected;
	/** The right to handle the result: for a store's `claimInTransaction`. */
	readonly claim: Claim;
}

/** The options of {@link toDappHandler}. */
export interface DappHandlerOptions {
	/** Finds the record that `createDappRequest` returned as `expected`, by its `actionId`. */
	readonly find: (
		actionId: string,
	) => DappExpected | undefined | null | Promise<DappExpected | undefined | null>;
	/** Remembers which actions have been used. */
	readonly store: ReplayStore;
	/**
	 * Gets each result once. What it throws makes the callback fail, so that it can be sent again.
	 *
	 * Everybody who has seen the QR code can post a result that is not authenticated. So a login or a
	 * signature has two at most: such a one, and after it the one that is authenticated, behind which
	 * nothing else is taken. A transaction, of which no result is authenticated, has one of each
	 * `outcome`: the first success to be posted may name a hash that somebody has made up.
	 */
	readonly onResult: (context: DappContext) => unknown;
	/**
	 * Asks a node for the public keys of an Antelope account's `active` and `owner` permissions, for a
	 * callback that is signed. It has 10 seconds, and up to four callbacks of one action wait for it.
	 */
	readonly accountKeys?:
		| ((account: string, chain: string | undefined) => Promise<readonly string[]>)
		| undefined;
	/** How old a login's timestamp may be, in seconds. 1 to 86,400; default 300. */
	readonly toleranceSeconds?: number | undefined;
	/** How long `onResult` may take, in seconds. Above 0 to 86,400; default 30. */
	readonly leaseSeconds?: number | undefined;
	/** How long to wait for the store, and for `find`, in seconds. Above 0 to 60; default 5. */
	readonly storeTimeoutSeconds?: number | undefined;
	/** The clock, in milliseconds. Default: now. */
	readonly now?: (() => number) | undefined;
	/** Gets one record for each callback. Default: none. */
	readonly log?: Logger | undefined;
}

/** Handles callbacks: a function from a Fetch request to its response, which never rejects. */
export interface DappHandler {
	(request: Request, context?: ReceiverContext): Promise<Response>;
	/** The same for adapters: `toNodeListener(handler)` and the like. */
	receive(incoming: Incoming, context?: ReceiverContext): Promise<Reply>;
}

/**
 * Builds what answers at a `callbackUrl`: it finds the record, judges the callback, hands each result
 * over once, and answers as TokenPocket expects: `{"code":0}`, or a positive code.
 *
 * @throws {ConfigError} for an option that is invalid.
 *
 * @example
 * ```ts
 * const handler = toDappHandler({
 *   find: (actionId) => sessions.get(actionId),
 *   store: memoryStore(),
 *   onResult: async ({ result }) => {
 *     if (result.outcome === "success" && result.authenticated) await signIn(result);
 *   },
 * });
 * app.all("/tokenpocket", toNodeListener(handler)); // Express, from wallet-callback/node
 * ```
 */
export function toDappHandler(options: DappHandlerOptions): DappHandler {
	const callbacks = new Callbacks(options);
	const handler = async (request: Request, context: ReceiverContext = {}): Promise<Response> => {
		const { status, headers, body } = await callbacks.receive(
			fromRequest(request, context),
			context,
		);
		return new Response(body, { status, headers });
	};
	return Object.assign(handler, {
		receive: (incoming: Incoming, context: ReceiverContext = {}) =>
			callbacks.receive(incoming, context),
	});
}

/** A result as it is handed over. */
interface Delivery {
	readonly type: DappAction;
	readonly result: DappOutcome;
	readonly expected: DappExpected;
}

/** A callback that has been judged. */
interface Judged extends Omit<Delivery, "type"> {
	readonly body: Uint8Array;
}

class Callbacks {
	readonly #options: DappHandlerOptions;
	readonly #leaseMs: number;
	readonly #telemetry: Telemetry;
	readonly #storeTimeoutMs: number;
	readonly #intake = new Intake(BODY_TIMEOUT_SECONDS * 1000, MAX_UNVERIFIED_BODIES);
	/** Where callbacks wait for their records. */
	readonly #finding = new Rooms(MAX_UNVERIFIED_BODIES);
	/** Where those of an action wait for a node: somebody who posts many of one stops no other. */
	readonly #asking = new Rooms(MOST_OF_AN_ACTION);
	/** Where those of all actions do. */
	readonly #nodes = new Rooms(MAX_UNVERIFIED_BODIES);
	readonly #handling: Handling<Delivery>;

	constructor(options: DappHandlerOptions) {
		check(options);
		const { store, onResult, leaseSeconds = 30, storeTimeoutSeconds = 5 } = options;
		const leaseMs = toMs("leaseSeconds", leaseSeconds, 86_400);
		// A claim that took longer than its lease would be worth nothing.
		const storeTimeoutMs = Math.min(leaseMs, toMs("storeTimeoutSeconds", storeTimeoutSeconds, 60));
		const onAny: Settings<Delivery>["onAny"] = ({ event: { result, expected }, claim }) =>
			onResult({ result, expected, claim });
		const settings = { store, leaseMs, storeTimeoutMs, onAny } as Settings<Delivery>;
		this.#options = options;
		this.#leaseMs = leaseMs;
		this.#storeTimeoutMs = storeTimeoutMs;
		this.#telemetry = new Telemetry("tokenpocket", options.log, undefined);
		this.#handling = new Handling(settings, this.#telemetry);
	}

	async receive(incoming: Incoming, context: ReceiverContext): Promise<Reply> {
		const since = performance.now();
		const facts: Facts = { store: {} };
		const [outcome, reply] = await this.#run(incoming, context, facts).catch((error): Ending => {
			facts.error = error;
			return ["internal_error", refusal(500, "internal_error")];
		});
		facts.outcome = outcome;
		this.#telemetry.close(facts, since);
		return reply;
	}

	/** The life of a callback, stage by stage. */
	async #run(incoming: Incoming, context: ReceiverContext, facts: Facts): Promise<Ending> {
		const { method } = incoming;
		if (method !== "POST" && method !== "GET") {
			facts.code = "method_not_allowed";
			return ["refused", refusal(405, "method_not_allowed", { allow: "GET, POST" })];
		}
		if (!this.#intake.enter()) return OVERLOADED;
		let body: Uint8Array | Ending;
		try {
			body = await this.#read(incoming, facts);
		} finally {
			this.#intake.leave();
		}
		if (!(body instanceof Uint8Array)) return body;
		const judged = await this.#judgeBody(body, incoming.url, facts);
		if (!("result" in judged)) return judged;
		facts.type = judged.result.action;
		return this.#handOver(judged, context, facts);
	}

	/** Reads the body. Whoever has sent it may be anybody. */
	async #read(incoming: Incoming, facts: Facts): Promise<Uint8Array | Ending> {
		let body: Uint8Array = new Uint8Array();
		try {
			if (incoming.method === "POST")
				body = toOwn(await this.#intake.read(incoming, MAX_BODY_BYTES));
		} catch (error) {
			return unread(error, facts);
		}
		facts.bytes = body.length;
		if (facts.bytes > MAX_BODY_BYTES) {
			facts.code = "body_too_large";
			return ["refused", refusal(413, "body_too_large")];
		}
		return body;
	}

	/** Finds the record of what was read, and judges by it. */
	async #judgeBody(
		body: Uint8Array,
		url: string | undefined,
		facts: Facts,
	): Promise<Judged | Ending> {
		const named = readActionId(body, url);
		if (!named.ok) return refuse(named, facts);
		facts.id = named.actionId;
		const expected = await this.#finding.wait("", () => this.#find(named.actionId));
		if (expected === undefined) return OVERLOADED;
		if (expected === null) {
			return refuse({ ok: false, code: "unknown_action", message: "no such action" }, facts);
		}
		const result = await this.#judge(body, url, expected);
		if (result === undefined) return OVERLOADED;
		return result.ok ? { result, expected, body } : refuse(result, facts);
	}

	async #find(actionId: string): Promise<DappExpected | null> {
		if (isInherited(actionId)) return null;
		const found = Promise.resolve(this.#options.find(actionId));
		return (await within(this.#storeTimeoutMs, "find to end", found)) ?? null;
	}

	/** The verdict, or undefined if too many others of this action wait for a node. */
	async #judge(
		body: Uint8Array,
		url: string | undefined,
		expected: DappExpected,
	): Promise<DappResult | undefined> {
		const { accountKeys, toleranceSeconds, now } = this.#options;
		const options = { body, url, expected, toleranceSeconds, now };
		const result = safeVerifyDappCallback(options);
		// Only now is it known whose keys these would have to be.
		if (accountKeys === undefined || !isUnprovedAccount(result, expected)) return result;
		// Without keys, a signature that they could prove is one of somebody else.
		const without = safeVerifyDappCallback({ ...options, accountKeys: [] });
		if (without.ok || without.code !== "signature_mismatch") return without;
		const asked = async () => ({ accountKeys: await this.#ask(accountKeys, result) });
		const answer = await this.#asking.wait(expected.actionId, () => this.#nodes.wait("", asked));
		return answer && safeVerifyDappCallback({ ...options, ...answer });
	}

	async #ask(accountKeys: AccountKeys, { address, chain }: Claimant): Promise<readonly string[]> {
		const keys = Promise.resolve(accountKeys(address, chain));
		return within(NODE_TIMEOUT_MS, "accountKeys to end", keys);
	}

	/** Claims the action and hands the result to the user's function. */
	async #handOver(
		{ result, expected, body }: Judged,
		context: ReceiverContext,
		facts: Facts,
	): Promise<Ending> {
		const since = performance.now();
		const nowMs = this.#options.now?.() ?? Date.now();
		const retentionMs = Math.max(0, (expected.expiresAt + MEMORY_SECONDS) * 1000 - nowMs);
		const hash = await digest(result);
		const claim = (id: string) => this.#claim(id, hash, retentionMs, context, facts);
		if (result.authenticated) {
			const barred = await claim(unauthenticated(result));
			if (barred === undefined) return notNow(undefined, facts);
			if (barred.status === "claimed") {
				await this.#handling.tryTo(facts, "complete", (store) => store.complete(barred.claim));
			}
		}
		const claimed = await claim(slotOf(result));
		if (claimed?.status === "done") {
			facts.duplicate = true;
			return ["duplicate", DUPLICATE];
		}
		// Anybody can post another result of an action: that is no attack on the id of a genuine one.
		if (claimed?.status === "conflict") {
			facts.code = "id_conflict";
			return ["refused", refusal(422, facts.code)];
		}
		if (claimed?.status !== "claimed") return notNow(claimed, facts);
		const event = { type: result.action, result, expected };
		const outcome = await this.#handling.handle({
			claim: claimed.claim,
			source: event,
			event,
			body,
			since,
			retryInMs: 0,
			signal: undefined,
			facts,
		});
		if (outcome === "failed") return [outcome, refusal(500, "handler_failed")];
		if (outcome === "lease_lost") return [outcome, later(409, "in_progress")];
		return [outcome, ACCEPTED];
	}

	async #claim(
		id: string,
		hash: string,
		retentionMs: number,
		{ waitUntil }: ReceiverContext,
		facts: Facts,
	): Promise<ClaimOutcome | undefined> {
		let claiming: Promise<ClaimOutcome> | undefined;
		const claimed = await this.#handling.tryTo(facts, "claim", (store) => {
			claiming = store.claim(id, hash, this.#leaseMs, retentionMs, RECEIVER);
			return claiming;
		});
		if (claimed === undefined) {
			const given = this.#handling.giveBack(claiming);
			waitUntil?.(given);
		}
		return claimed;
	}
}

/** Under which name a result is remembered. */
function slotOf(result: DappOutcome): string {
	return result.authenticated ? result.actionId : unauthenticated(result);
}

/**
 * The name for results that anybody can post. What is authenticated takes it too, so that they say
 * nothing else afterwards. A cancelled transaction must not use up one that was sent.
 */
function unauthenticated({ action, actionId, outcome }: DappOutcome): string {
	const sends = action === "transfer" || action === "pushTransaction";
	return `${actionId}:${sends ? outcome : "unauthenticated"}`;
}

type AccountKeys = NonNullable<DappHandlerOptions["accountKeys"]>;

/** Who says that an account is theirs. */
type Claimant = { readonly ok: true } & DappClaimed & { readonly address: string };

/** Whether the result would be authenticated by the keys of an Antelope account. */
function isUnprovedAccount(result: DappResult, { chains }: DappExpected): result is Claimant {
	if (!result.ok || result.outcome !== "success" || result.authenticated) return false;
	const { action, address } = result;
	const signs = action === "login" || action === "sign";
	const onAntelope = chains.some((chain) => chain.startsWith("antelope:"));
	return signs && onAntelope && address !== undefined && !address.startsWith("0x");
}

function refuse({ code, message }: DappRejected, facts: Facts): Ending {
	facts.code = code;
	facts.message = message;
	return ["refused", refusal(code === "malformed_payload" ? 422 : 401, code)];
}

/** Tells one result of an action from another, as the store wants it: in 64 hexadecimal digits. */
async function digest(result: DappOutcome): Promise<string> {
	const { outcome, authenticated, chain } = result;
	const address = "address" in result ? result.address : undefined;
	const txId = "txId" in result ? result.txId : undefined;
	const text = JSON.stringify([outcome, authenticated, chain, address, txId]);
	const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @throws {ConfigError} for the first option that is invalid. */
function check(options: DappHandlerOptions): void {
	requireOptions(options, "toDappHandler({ find, store, onResult })");
	const { find, store, onResult, accountKeys, now, log, toleranceSeconds } = options;
	requireFunction("find", find);
	requireFunction("onResult", onResult);
	requireMethods("store", store, ["claim", "complete", "release"]);
	if (accountKeys !== undefined) requireFunction("accountKeys", accountKeys);
	if (now !== undefined) requireFunction("now", now);
	if (log !== undefined) requireMethods("log", log, ["info", "warn", "error"]);
	checkHandler({ toleranceSeconds });
}

function requireFunction(name: string, value: unknown): void {
	if (typeof value !== "function") throw invalid(name, "a function", value);
}

function requireMethods(name: string, value: object, methods: readonly string[]): void {
	const members = value as { readonly [name: string]: unknown } | null | undefined;
	const missing = methods.find((method) => typeof members?.[method] !== "function");
	if (missing !== undefined) throw invalid(name, `an object with the method ${missing}`, value);
}

function toMs(name: string, seconds: number, most: number): number {
	if (typeof seconds === "number" && seconds > 0 && seconds <= most) return seconds * 1000;
	throw invalid(name, `above 0 to ${most}`, seconds);
}

function invalid(name: string, expected: string, value: unknown): ConfigError {
	return new ConfigError("invalid_option", `${name}: expected ${expected}, got ${shown(value)}`);
}
