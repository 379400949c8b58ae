// Runs in Node, Deno and Bun: times the subjects that its argument names, prints JSON.
import process from "node:process";
import { createBatch } from "./batch.mjs";
import { sizes } from "./callbacks.mjs";
import { measure } from "./measure.mjs";
import { subjects } from "./subjects.mjs";

const { entry, names, settings } = JSON.parse(process.argv[2]);

const rows = [];
for (const subject of subjects.filter(({ name }) => names.includes(name))) {
	const verify = await subject.load(entry);
	for (const size of sizes) {
		rows.push({ name: subject.name, size, batch: await createBatch({ ...subject, verify }, size) });
	}
}
const figures = await measure(rows, settings);
process.stdout.write(JSON.stringify({ runtime: runtimeName(), figures }));

function runtimeName() {
	const { bun, deno, node } = process.versions;
	if (bun) {
		return `Bun ${bun}`;
	}
	return deno ? `Deno ${deno}` : `Node ${node}`;
}
