/** What a receiver without a logger tells on the console of callbacks that came to nothing. */

import { nearest } from "../core/nearest.js";
import { consoleLogger } from "./console.js";
import { hintFor } from "./hints.js";
import type { Settings } from "./options.js";
import type { Facts } from "./telemetry.js";

/** The most types that are told: of an unsigned one, anybody can make up more. */
const MOST_TYPES = 20;
/** The longest part of a type that is told, in UTF-16 code units. */
const MAX_TYPE = 64;
/** How long a code is not told again, in milliseconds. */
const CODE_PAUSE_MS = 3_600_000;

type Known = "on" | "onUnknown" | "respond" | "verifier" | "explainRefusals";

/** Tells each type that no handler takes once, and of each code one refusal an hour. */
export class Notices {
	readonly #settings: Pick<Settings<never>, Known>;
	readonly #types = new Set<string | undefined>();
	/** When a code was told, by `performance.now()`. */
	readonly #codes = new Map<string, number>();

	constructor(settings: Pick<Settings<never>, Known>) {
		this.#settings = settings;
	}

	note(facts: Facts): void {
		if (facts.outcome === "unhandled") this.#noteUnhandled(facts.type?.slice(0, MAX_TYPE));
		if (facts.outcome === "refused") this.#noteRefused(facts);
	}

	#noteUnhandled(type: string | undefined): void {
		const { on, onUnknown, respond, verifier } = this.#settings;
		const chosen = Object.keys(on ?? {});
		// Without any handler, respond does the work.
		if (chosen.length === 0 && onUnknown === undefined && respond !== undefined) return;
		if (this.#types.has(type) || this.#types.size >= MOST_TYPES) return;
		this.#types.add(type);
		const what = type === undefined ? "an event without a type" : JSON.stringify(type);
		const add = type === undefined ? "" : "add it to on, or ";
		const use = onUnknown === undefined ? "use onAny or onUnknown" : "use onAny";
		const near = type === undefined ? undefined : nearest(type, chosen);
		const meant = near === undefined ? "" : ` (did you mean on[${JSON.stringify(near)}]?)`;
		consoleLogger.warn(
			{ sender: verifier.settings.sender },
			`no handler for ${what}: acknowledged and dropped; ${add}${use}${meant}`,
		);
	}

	#noteRefused({ code = "", message, header, path, ip, peer }: Facts): void {
		const { explainRefusals, verifier } = this.#settings;
		const now = performance.now();
		const last = this.#codes.get(code) ?? Number.NEGATIVE_INFINITY;
		// An explanation says it, too.
		if (explainRefusals || now - last < CODE_PAUSE_MS) return;
		this.#codes.set(code, now);
		const hint = hintFor("refused", code);
		const { sender } = verifier.settings;
		consoleLogger.warn(
			{ code, header, path, sender, ip, peer, message, hint },
			"callback refused (shown once an hour for each code: pass log to see all)",
		);
	}
}
