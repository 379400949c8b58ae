// Turns a subject and a size into the function that is timed.
import { createCallbacks, tamper } from "./callbacks.mjs";

/** Different callbacks for each batch to go through; few of the largest, to spare memory. */
const callbacksOf = (size) => (size > 100_000 ? 3 : 16);

/** Resolves to `batch(calls)` for callbacks of `size` bytes. */
export async function createBatch(subject, size) {
	return batchOf(subject, await createCallbacks(subject.format, size, callbacksOf(size)));
}

/**
 * Resolves to `batch(calls)`, which verifies that many of the callbacks and says how many milliseconds
 * it took. Throws unless the subject accepts a genuine one and refuses a changed one.
 */
export async function batchOf({ name, prepare = (callback) => callback, verify }, callbacks) {
	const isAccepted = async (callback) => isEvent(await verify(prepare(callback)));
	if (!(await isAccepted(callbacks[0]))) {
		throw new Error(`${name} did not accept a genuine callback`);
	}
	if (await isAccepted(tamper(callbacks[0])).catch(() => false)) {
		throw new Error(`${name} accepted a changed callback`);
	}
	const inputs = callbacks.map(prepare);
	const isAsync = verify(inputs[0]) instanceof Promise;
	return isAsync ? asyncBatch(verify, inputs) : syncBatch(verify, inputs);
}

// Each loop looks at every event, so that no call can be optimized away.

function syncBatch(verify, inputs) {
	return (calls) => {
		const start = performance.now();
		for (let call = 0; call < calls; call++) {
			if (!isEvent(verify(inputs[call % inputs.length]))) {
				throw new Error("a genuine callback was refused");
			}
		}
		return performance.now() - start;
	};
}

function asyncBatch(verify, inputs) {
	return async (calls) => {
		const start = performance.now();
		for (let call = 0; call < calls; call++) {
			if (!isEvent(await verify(inputs[call % inputs.length]))) {
				throw new Error("a genuine callback was refused");
			}
		}
		return performance.now() - start;
	};
}

function isEvent(event) {
	return typeof event?.type === "string";
}
