// Turns a subject and a size into the function that is timed.
import { createCallbacks, tamper } from "./callbacks.mjs";

/** Different callbacks for each batch to go through; few of the largest, to spare memory. */
const callbacksOf = (size) => (size > 100_000 ? 3 : 16);

/**
 * Resolves to `batch(calls)`, which verifies that many callbacks of `size` bytes and says how many
 * milliseconds it took. Throws unless the subject accepts a genuine one and refuses a changed one.
 */
export async function createBatch(
	{ name, format, prepare = (callback) => callback, verify },
	size,
) {
	const callbacks = await createCallbacks(format, size, callbacksOf(size));
	const isAccepted = async (callback) => isDeposit(await verify(prepare(callback)));
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
			if (!isDeposit(verify(inputs[call % inputs.length]))) {
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
			if (!isDeposit(await verify(inputs[call % inputs.length]))) {
				throw new Error("a genuine callback was refused");
			}
		}
		return performance.now() - start;
	};
}

function isDeposit(event) {
	return event?.type === "deposit.confirmed";
}
