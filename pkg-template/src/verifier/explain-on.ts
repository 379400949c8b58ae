import { toOptions, toUtf8 } from "../core/core.js";
import { requireObject } from "../core/options.js";
import { type Runner, toFull } from "../core/runner.js";
import { shown } from "../core/shown.js";
import type { Detect, Explain, ExplainOptions, Explanation } from "./explain.js";
import { KeyRing } from "./key-ring.js";
import { allHeaders, toBody } from "./request.js";
import { toDescriptor } from "./senders.js";

/** An `explain` that runs on the given core. */
export function explainOn(run: Runner): Explain {
	return (options) => {
		requireObject(options, "a callback and its keys, as in explain({ headers, body, keys })");
		const { keys, ...rest } = options;
		if (typeof keys === "function") {
			throw new TypeError("expected keys, got a function: pass the key that it finds");
		}
		return explainWith(run, new KeyRing(keys), rest);
	};
}

/** Explains a callback with keys that have been read. */
export function explainWith(
	run: Runner,
	ring: KeyRing,
	{ body, headers, sender, now = Date.now(), ...rest }: Omit<ExplainOptions, "keys">,
): Explanation {
	const time = typeof now === "function" ? now() : now;
	if (!Number.isFinite(time)) throw new TypeError(`now: expected milliseconds, got ${shown(time)}`);
	const text = toOptions({
		...rest,
		headers: allHeaders(headers),
		sender: sender === undefined ? undefined : toDescriptor(sender),
	});
	const bytes = toUtf8(toBody(body));
	return run((core) =>
		toFull(core, "explain").ask((wasm) => wasm.explain(text, ring.keys, bytes, time)),
	);
}

/** A `detect` that runs on the given core. */
export function detectOn(run: Runner): Detect {
	return (callback) => {
		requireObject(callback, "a callback, as in detect({ headers })");
		const text = toOptions({ headers: Object.keys(allHeaders(callback.headers)) });
		return run((core) => toFull(core, "detect").ask((wasm) => wasm.detect(text)));
	};
}
