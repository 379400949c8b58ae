/** When what has arrived is handed over. */

import { onWorkers } from "./peer.js";

/**
 * Calls `run` when what has arrived by now is handed over: Node tells the end of a body that came with its
 * headers only after all promises. Where the runtime has no such turn, at once.
 */
export function afterArrivals(run: () => void): void {
	const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => unknown };
	if (onWorkers || setImmediate === undefined) {
		run();
		return;
	}
	try {
		setImmediate(run);
	} catch {
		// That of Next.js' edge runtime throws.
		run();
	}
}
