// Runs in Node: how the time of a callback grows with its body, from 355 bytes to 64 MiB.
import { createBatch } from "./batch.mjs";
import { secret } from "./callbacks.mjs";
import { measure } from "./measure.mjs";
import { subjects } from "./subjects.mjs";

const { entry, settings } = JSON.parse(process.argv[2]);
const { createVerifier } = await import(entry);

const kilobyte = 1024;
const largest = 64 * kilobyte * kilobyte;
const bodies = [355, 1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536].map((size, index) =>
	index === 0 ? size : size * kilobyte,
);

const verifier = createVerifier({ keys: secret, maxBodyBytes: largest });
const own = (callback) => {
	const result = verifier.safeVerify(callback);
	return result.ok ? result.event : undefined;
};
const peer = "node:crypto + JSON.parse";
const byHand = await subjects.find(({ name }) => name === peer).load();

const rows = [];
for (const size of bodies) {
	for (const [name, verify] of [
		["wallet-callback", own],
		[peer, byHand],
	]) {
		const batch = await createBatch({ name, format: "standard", verify }, size);
		rows.push({ name, bytes: size, batch });
	}
}
// The largest take half a second each.
const rounds = Math.min(settings.rounds, 11);
process.stdout.write(JSON.stringify({ figures: await measure(rows, { ...settings, rounds }) }));
