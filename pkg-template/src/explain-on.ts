import { type Runner, toOptions } from "./core.js";
import { CoreError } from "./errors.js";
import type { Explain, Explanation } from "./explain.js";
import { toKey } from "./key-ring.js";
import { toBody } from "./request.js";
import { toDescriptor } from "./senders.js";
import type { HeadersInput, KeyInput } from "./types.js";

/** An `explain` that runs on the given core. */
export function explainOn(run: Runner): Explain {
	return (options) => {
		if (typeof options !== "object" || options === null) {
			throw new TypeError("expected a callback and its keys, as explain({ headers, body, keys })");
		}
		const { body, headers, keys, sender, now = Date.now(), ...rest } = options;
		const list: readonly KeyInput[] = Array.isArray(keys) ? keys : [keys as KeyInput];
		const text = toOptions({
			...rest,
			headers: [...listHeaders(headers)],
			keys: list.map((key) => toKey(key as string)),
			sender: toDescriptor(sender),
		});
		const bytes = toBody(body);
		return run((core) => {
			if (!core.full) {
				throw new CoreError(
					"wasm_missing",
					"explain needs the full module: call initialize(module) with the WebAssembly.Module of wallet-callback/full.wasm",
				);
			}
			return core.ask((wasm) => wasm.explain(now), [text], bytes) as Explanation;
		});
	};
}

function* listHeaders(headers: HeadersInput): Iterable<[name: string, value: string]> {
	const entries: Iterable<readonly [string, unknown]> =
		Symbol.iterator in headers
			? (headers as Iterable<readonly [string, unknown]>)
			: Object.entries(headers);
	for (const [name, value] of entries) {
		if (value !== undefined && value !== null) {
			yield [name, Array.isArray(value) ? value.join(", ") : String(value)];
		}
	}
}
