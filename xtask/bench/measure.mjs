// The method: batches long enough for the clock, all rows taking turns, the median of batch means.
import process from "node:process";

/**
 * Measures rows of the form `{ batch, ... }`, where `batch(calls)` does the work that often and
 * returns, or resolves to, the milliseconds it took. Resolves to the rows with their `micros`, the
 * median of the microseconds per call, in place of `batch`.
 *
 * In each round every row runs one batch, in an order drawn anew: a slow moment of the machine hits
 * all subjects and sizes alike, and so does the garbage that a row leaves to the one after it.
 */
export async function measure(rows, { rounds, batchMs, warmupMs }) {
	const runs = [];
	for (const row of rows) {
		runs.push({ row, calls: await warmUp(row.batch, batchMs, warmupMs), means: [] });
	}
	for (let round = 0; round < rounds; round++) {
		process.stderr.write(".");
		for (const { row, calls, means } of shuffled(runs)) {
			means.push(((await row.batch(calls)) * 1000) / calls);
		}
	}
	return runs.map(({ row: { batch, ...labels }, means }) => ({ ...labels, micros: median(means) }));
}

export function median(numbers) {
	const sorted = numbers.toSorted((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)];
}

export function nanosPerByte({ micros, bytes }) {
	return (micros * 1000) / bytes;
}

function shuffled(items) {
	return items
		.map((item) => ({ item, place: Math.random() }))
		.sort((a, b) => a.place - b.place)
		.map(({ item }) => item);
}

/** Runs `batch` for `warmupMs`, then says how many calls fill `batchMs`. */
async function warmUp(batch, batchMs, warmupMs) {
	let calls = 1;
	for (let spent = 0; ; ) {
		const elapsed = await batch(calls);
		spent += elapsed;
		if (spent >= warmupMs) {
			return Math.max(1, Math.round((calls * batchMs) / elapsed));
		}
		if (elapsed < batchMs) {
			calls *= 2;
		}
	}
}
