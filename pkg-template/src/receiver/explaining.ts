/** Why callbacks were refused: told to the developer, behind the answer, and to nobody else. */

import type { CallbackInput, Cause } from "wallet-callback";
import { pause } from "../core/timeout.js";
import { allHeaders } from "../verifier/request.js";
import { hintFor, withPage } from "./hints.js";
import type { Settings } from "./options.js";
import { Ration } from "./ration.js";
import type { Facts, Telemetry } from "./telemetry.js";
import type { ReceiverContext } from "./types.js";

/**
 * How many refused callbacks are explained in a minute, and how long that may take, in milliseconds:
 * all of them may come from somebody who wants to keep this server busy.
 */
const MOST_A_MINUTE = 10;
const MS_A_MINUTE = 1000;
/** How long it may take for each, in milliseconds. */
const MS_EACH = 100;
/** The longest body that is looked at, in bytes: a single pass over more of them may take too long. */
const MOST_BYTES = 262_144;

/** The most causes that are told if none of them is proven. */
const MOST_LIKELY = 2;

const TOLD = "why a callback was refused";

/** Explains refused callbacks, so many a minute. */
export class Explaining<Event> {
	readonly #settings: Settings<Event>;
	readonly #telemetry: Telemetry;
	readonly #ration = new Ration(MOST_A_MINUTE, MS_A_MINUTE);

	constructor(settings: Settings<Event>, telemetry: Telemetry) {
		this.#settings = settings;
		this.#telemetry = telemetry;
	}

	/**
	 * Tells why a callback was refused, once it is answered. Of one that the verifier has refused, the
	 * cause is looked for; any other says all in its message, and a logger has that already.
	 */
	tell(facts: Facts, callback: CallbackInput | undefined, { waitUntil }: ReceiverContext): void {
		const { explainRefusals, log } = this.#settings;
		if (!explainRefusals || (callback === undefined && log !== undefined)) return;
		if (!this.#mayTell()) return;
		// The caller's own headers may be others by then.
		const kept = callback && { ...callback, headers: allHeaders(callback.headers) };
		const work = pause(0).then(() => this.#write(facts, kept && this.#find(kept)));
		waitUntil?.(work);
	}

	#mayTell(): boolean {
		return this.#ration.take(() =>
			this.#telemetry.tell(
				{},
				"many callbacks are refused: the rest of this minute is not explained",
			),
		);
	}

	#write(facts: Facts, causes: readonly Cause[] = []): void {
		const { code, message, header, path, ip, peer } = facts;
		const proven = causes.filter(({ certainty }) => certainty === "certain");
		const found = causes.filter((cause) => cause.code !== "search_incomplete");
		const likely = (found.length > 0 ? found : causes).slice(0, MOST_LIKELY);
		const told = proven.length > 0 ? proven : likely;
		const [first] = told;
		const names = { code, header, path, ip, peer };
		if (first === undefined) {
			const hint = hintFor("refused", code);
			this.#telemetry.tell({ ...names, message, hint }, TOLD);
			return;
		}
		const reasons = told.map((cause) => cause.message);
		const why = proven.length > 0 ? reasons.join("; ") : `likely cause: ${reasons.join(", or ")}`;
		const hint = [...new Set(told.map(({ fix, code: cause }) => withPage(fix, cause)))].join("; ");
		const explained = { cause: first.code, certainty: first.certainty, causes };
		this.#telemetry.tell({ ...names, ...explained, message: why, hint }, TOLD);
	}

	#find(callback: CallbackInput): readonly Cause[] {
		if ((callback.body as Uint8Array).length > MOST_BYTES) return [];
		const start = performance.now();
		try {
			return this.#settings.verifier.explain?.(callback, MS_EACH).causes ?? [];
		} catch {
			// What was verified can be explained, but not on every platform.
			return [];
		} finally {
			this.#ration.spend(performance.now() - start);
		}
	}
}
