/** Options of a receiver: what is misspelt or out of range is refused by name. */

import {
	ConfigError,
	createVerifier,
	type Rejected,
	type SenderDescriptor,
	type SenderName,
	type Verifier,
	type VerifierOptions,
} from "wallet-callback";
import { hasFull } from "../core/runner.js";
import { shown, shownName } from "../core/shown.js";
import { type Dedupe, lossOf, toDedupe } from "./dedupe.js";
import { isDevelopment } from "./development.js";
import { BODY_TIMEOUT_SECONDS, MAX_UNVERIFIED_BODIES } from "./intake.js";
import { named, refuseUnknown } from "./known.js";
import type { ReceiverOptions, Verifying } from "./types.js";
import { explainHandler, explainNoHandler, explainStore, explainVerifier } from "./wiring.js";

/** What a schema made of an event. */
export type Shaped<Event> = { readonly ok: true; readonly event: Event } | Rejected;

/** What a receiver works with. */
export interface Settings<Event> extends ReceiverOptions<Event> {
	/** Without the schema. */
	readonly verifier: Verifier<object>;
	/** What the schema makes of an event, if there is one. */
	readonly shape: ((event: object) => Promise<Shaped<Event>>) | undefined;
	/** Whose claims and entries of the inbox are its own. */
	readonly receiver: string;
	/** Whether callbacks of other types are others: nothing says that they are of the type they claim. */
	readonly typeIdentifies: boolean;
	readonly dedupe: Dedupe<Event>;
	/** What is said at the start of events that may be lost. */
	readonly warning: string | undefined;
	readonly leaseMs: number;
	readonly retentionMs: number;
	readonly storeTimeoutMs: number;
	readonly bodyTimeoutMs: number;
	readonly maxUnverifiedBodies: number;
	readonly concurrency: number;
	readonly explainRefusals: boolean;
}

const LONGEST_LEASE_SECONDS = 86_400;
const LONGEST_RETENTION_SECONDS = 10 * 365 * 86_400;
const LONGEST_STORE_TIMEOUT_SECONDS = 60;
const LONGEST_BODY_TIMEOUT_SECONDS = 3600;
const MOST_UNVERIFIED_BODIES = 1_000_000;
const MOST_AT_ONCE = 1000;
const LEVELS: readonly string[] = ["info", "warn", "error"];

/**
 * Checks the options and adds the defaults.
 *
 * @throws {ConfigError} for the first that is invalid.
 */
export function settle<Event>(options: ReceiverOptions<Event> & Verifying<Event>): Settings<Event> {
	if (typeof options !== "object" || options === null) {
		throw new TypeError("expected options, as in createReceiver({ keys, store, on })");
	}
	const {
		store,
		name,
		on,
		onUnknown,
		onAny,
		dangerouslyTrustUnsignedType = false,
		dedupe,
		leaseSeconds = 30,
		retentionSeconds = 7 * 86_400,
		storeTimeoutSeconds = 5,
		acknowledge = "after-handling",
		respond,
		concurrency = 8,
		maxAttempts,
		onDeadLetter,
		bodyTimeoutSeconds = BODY_TIMEOUT_SECONDS,
		maxUnverifiedBodies = MAX_UNVERIFIED_BODIES,
		requireHttps,
		trustedProxies,
		log,
		explainRefusals,
		logBodies,
		meter,
		...verifying
	} = options;
	refuseUnknown(verifying);
	const whole = toVerifier(verifying as Verifying<Event>);
	const { verifier, shape } = whole.stages ?? { verifier: whole, shape: undefined };
	const missing = missingMethod(store, ["claim", "complete", "release", "enqueue", "take"]);
	if (missing !== undefined) throw new ConfigError("invalid_option", explainStore(store, missing));
	if (log !== undefined && log !== false && missingMethod(log, LEVELS) !== undefined) {
		throw invalid("log", "a logger with info, warn and error (such as console), or false", log);
	}
	if (meter !== undefined) requireMethods("meter", meter, ["createCounter", "createHistogram"]);
	if (on !== undefined && !isPlain(on)) throw invalid("on", "an object of handlers by type", on);
	if (logBodies !== undefined && typeof logBodies !== "boolean") {
		throw invalid("logBodies", "a boolean", logBodies);
	}
	if (explainRefusals !== undefined && typeof explainRefusals !== "boolean") {
		throw invalid("explainRefusals", "a boolean", explainRefusals);
	}
	if (explainRefusals && !hasFull()) {
		throw new ConfigError(
			"needs_full",
			'explainRefusals needs the full module: add import "wallet-callback/full"',
		);
	}
	for (const [type, handler] of Object.entries(on ?? {})) {
		requireFunction(`on["${type}"]`, handler);
	}
	if (typeof dangerouslyTrustUnsignedType !== "boolean") {
		throw invalid("dangerouslyTrustUnsignedType", "a boolean", dangerouslyTrustUnsignedType);
	}
	const { sender, signs, typedBy, types, toleranceSeconds, decisions } = verifier.settings;
	const chosen = Object.keys(on ?? {});
	if (chosen.length > 0 && !signs.type && typedBy === undefined) {
		throw new ConfigError("invalid_option", `on: ${sender} callbacks have no type: use onAny`);
	}
	if (chosen.length > 0 && !signs.type && !dangerouslyTrustUnsignedType) {
		throw new ConfigError(
			"invalid_option",
			`on: ${sender} does not sign the type of its events, so anybody who has seen one could choose the handler: use onAny and decide by the payload, or set dangerouslyTrustUnsignedType: true`,
		);
	}
	// A schema may know more types of `tp-wallet` than this version does.
	const listed = shape !== undefined && sender === "tp-wallet" ? undefined : types;
	const unknown = listed && chosen.find((type) => !listed.includes(type));
	if (listed !== undefined && unknown !== undefined) {
		const isDefault = !("sender" in verifying || "verifier" in verifying);
		const other = isDefault
			? ' (for another sender\'s events, add sender, such as sender: "stripe")'
			: "";
		throw new ConfigError(
			"invalid_option",
			`on: unknown type ${named(unknown, listed)}; ${sender} lists its types of events, and others go to onUnknown${other}`,
		);
	}
	requireFunction("onUnknown", onUnknown);
	requireFunction("onAny", onAny);
	requireFunction("onDeadLetter", onDeadLetter);
	requireFunction("respond", respond);
	const decision = decisions.find((type) => Object.hasOwn(on ?? {}, type));
	if (decision !== undefined && respond === undefined) {
		throw new ConfigError(
			"invalid_option",
			`respond: expected a function, since the answer to ${decision} of ${sender} is a decision, got nothing`,
		);
	}
	if (acknowledge !== "after-handling" && acknowledge !== "before-handling") {
		throw invalid("acknowledge", '"after-handling" or "before-handling"', acknowledge, shownName);
	}
	if (name !== undefined && !(typeof name === "string" && /^[\x21-\x7e]{1,64}$/.test(name))) {
		throw invalid("name", "1 to 64 visible ASCII characters", typeof name);
	}
	const leaseMs = toMs("leaseSeconds", leaseSeconds, 0, LONGEST_LEASE_SECONDS);
	const settings: Settings<Event> = {
		verifier: verifier as Verifier<object>,
		shape,
		receiver: name === undefined ? sender : `${sender}:${name}`,
		store,
		on,
		onUnknown,
		onAny,
		typeIdentifies: dangerouslyTrustUnsignedType && !signs.type && typeof dedupe !== "function",
		dedupe: toDedupe(dedupe, verifier.settings),
		warning: dedupe === undefined ? lossOf(verifier.settings) : undefined,
		acknowledge,
		respond,
		onDeadLetter,
		requireHttps,
		trustedProxies,
		log,
		explainRefusals: explainRefusals ?? (isDevelopment() && hasFull()),
		logBodies,
		meter,
		leaseMs,
		// A callback can be replayed from the moment at which it is `toleranceSeconds` too new until it
		// is as much too old, and both are judged by whole seconds.
		retentionMs: toMs(
			"retentionSeconds",
			retentionSeconds,
			2 * toleranceSeconds + 2,
			LONGEST_RETENTION_SECONDS,
		),
		// A claim that took longer than its lease would be worth nothing.
		storeTimeoutMs: Math.min(
			leaseMs,
			toMs("storeTimeoutSeconds", storeTimeoutSeconds, 0, LONGEST_STORE_TIMEOUT_SECONDS),
		),
		bodyTimeoutMs: toMs("bodyTimeoutSeconds", bodyTimeoutSeconds, 0, LONGEST_BODY_TIMEOUT_SECONDS),
		maxUnverifiedBodies: toCount(
			"maxUnverifiedBodies",
			maxUnverifiedBodies,
			MOST_UNVERIFIED_BODIES,
		),
		concurrency: toCount("concurrency", concurrency, MOST_AT_ONCE),
		maxAttempts:
			maxAttempts === undefined
				? undefined
				: toCount("maxAttempts", maxAttempts, Number.MAX_SAFE_INTEGER),
	};
	if (![...Object.values(on ?? {}), onUnknown, onAny, respond].some(isFunction)) {
		throw new ConfigError("invalid_option", explainNoHandler(signs.type));
	}
	return settings;
}

function toVerifier<Event>(verifying: Verifying<Event>): Verifier<Event> {
	if (!("verifier" in verifying)) return build(verifying);
	const { verifier, ...rest } = verifying;
	const [misplaced] = Object.keys(rest);
	if (misplaced !== undefined) {
		throw new ConfigError(
			"invalid_option",
			`unknown option ${shownName(misplaced)} (the options of a verifier go to createVerifier)`,
		);
	}
	if (typeof verifier !== "object" || verifier === null) throw noVerifier(verifier);
	if (!isVerifier(verifier)) {
		if (!("keys" in verifier)) throw noVerifier(verifier);
		return build(verifier);
	}
	requireMethods("verifier", verifier, ["safeVerify", "answerVerification"]);
	return verifier;
}

/** The sender's name and the events of its callbacks belong together: `createReceiver` says so. */
function build<Event>(options: VerifierOptions<SenderName | SenderDescriptor>): Verifier<Event> {
	return createVerifier(options) as Verifier<unknown> as Verifier<Event>;
}

function noVerifier(value: unknown): ConfigError {
	return new ConfigError("invalid_option", explainVerifier(value));
}

function isVerifier<Event>(
	verifier: Verifier<Event> | VerifierOptions<SenderName | SenderDescriptor>,
): verifier is Verifier<Event> {
	return "safeVerify" in verifier;
}

function toMs(name: string, seconds: unknown, from: number, to: number): number {
	if (typeof seconds === "number" && seconds > 0 && seconds >= from && seconds <= to) {
		return seconds * 1000;
	}
	throw invalid(name, from === 0 ? `above 0 to ${to}` : `${from} to ${to}`, seconds);
}

function toCount(name: string, count: unknown, to: number): number {
	if (Number.isSafeInteger(count) && (count as number) >= 1 && (count as number) <= to) {
		return count as number;
	}
	throw invalid(name, `a whole number from 1 to ${to}`, count);
}

/** Whether only its own members count: those of a class stand elsewhere and would not be found. */
function isPlain(value: object): boolean {
	if (typeof value !== "object" || value === null) return false;
	const prototype = Object.getPrototypeOf(value);
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function requireFunction(name: string, value: unknown): void {
	if (value !== undefined && !isFunction(value)) {
		throw invalid(name, "a function", value, explainHandler);
	}
}

function isFunction(value: unknown): boolean {
	return typeof value === "function";
}

function requireMethods(name: string, value: unknown, methods: readonly string[]): void {
	const missing = missingMethod(value, methods);
	if (missing !== undefined) throw invalid(name, `an object with the method ${missing}`, value);
}

function missingMethod(value: unknown, methods: readonly string[]): string | undefined {
	const members = value as { readonly [name: string]: unknown } | null | undefined;
	return methods.find((method) => typeof members?.[method] !== "function");
}

function invalid(name: string, expected: string, value: unknown, show = shown): ConfigError {
	return new ConfigError("invalid_option", `${name}: expected ${expected}, got ${show(value)}`);
}
