import { withCore } from "./runner.js";

/**
 * The known name that is most like one that is not known: the same but for one stretch that is at most
 * half of the longer one.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
	return withCore((core) => core.ask((wasm) => wasm.nearest(name, known.join())));
}
