// Runs in Node: what a byte costs in bodies of shapes that could cost more the larger they are.
import { batchOf } from "./batch.mjs";
import { createCallback } from "./callbacks.mjs";
import { measure } from "./measure.mjs";
import { subjects } from "./subjects.mjs";

const { entry, settings } = JSON.parse(process.argv[2]);

/** As many bytes as the nested bodies have, so that depth is all that differs between them. */
const nestedBytes = 65_536;

/** Each shape with its sizes and the event of a size. */
const shapes = [
	{ shape: "keys in one object", sizes: [100, 1000, 10_000], event: manyKeysEvent },
	{ shape: "containers deep", sizes: [8, 16, 32], event: nestedEvent },
	{ shape: "bytes with one string", sizes: [1024, 65_536, 1_048_576], event: stringEvent },
];

const rows = [];
for (const { name, format, load } of subjects.filter(isCompared)) {
	const verify = await load(entry);
	for (const { shape, sizes, event } of shapes) {
		for (const size of sizes) {
			const callback = await createCallback(format, JSON.stringify(event(size)));
			const batch = await batchOf({ name, verify }, [callback]);
			rows.push({ name, shape, size, bytes: callback.body.length, batch });
		}
	}
}
process.stdout.write(JSON.stringify({ figures: await measure(rows, settings) }));

function isCompared({ name }) {
	return name === "wallet-callback" || name === "node:crypto + JSON.parse";
}

/** An event of a type that is not known, whose data is accepted whatever it is. */
function eventOf(data) {
	return { type: "benchmark.shape", timestamp: "2026-01-01T12:00:00Z", data };
}

/** Names of one length and with one beginning: what a search for duplicates has most work with. */
function manyKeysEvent(count) {
	const name = (index) => `member-${String(index).padStart(5, "0")}`;
	return eventOf(Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), 1])));
}

/** Many values that all reach `depth`: the event, its data and the list are the first three levels. */
function nestedEvent(depth) {
	let value = 0;
	for (let level = 3; level < depth; level++) {
		value = level % 2 === 0 ? [value] : { a: value };
	}
	const count = Math.floor(nestedBytes / (JSON.stringify(value).length + 1));
	return eventOf({ list: new Array(count).fill(value) });
}

/** A body of `size` bytes. */
function stringEvent(size) {
	const empty = JSON.stringify(eventOf({ text: "" })).length;
	return eventOf({ text: "x".repeat(size - empty) });
}
