// Runs in workerd: a request for /<subject>/<size>/<calls> verifies that many callbacks.
import { createBatch } from "./batch.mjs";
import { ours, subjects } from "./subjects.mjs";

const batches = new Map();

export default {
	async fetch(request) {
		const [subject, size, calls] = new URL(request.url).pathname.slice(1).split("/").map(Number);
		const key = `${subject}/${size}`;
		if (!batches.has(key)) {
			batches.set(key, await createOurBatch(ours[subject], size));
		}
		batches.get(key)(calls);
		return new Response();
	},
};

async function createOurBatch(name, size) {
	const subject = subjects.find((candidate) => candidate.name === name);
	return createBatch({ ...subject, verify: await subject.load("wallet-callback") }, size);
}
