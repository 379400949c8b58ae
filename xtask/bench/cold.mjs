// Runs in a fresh Node process: milliseconds from the import of one subject to its first verdict.
import { coldFloor, subjects } from "./subjects.mjs";

const { entry, name, callback } = JSON.parse(process.argv[2]);
const { load, prepare = (input) => input } = [...subjects, coldFloor].find(
	(subject) => subject.name === name,
);
const body = new TextEncoder().encode(callback.body);
const input = prepare({ headers: callback.headers, body });
// A module that is loaded already imports the package, as one does its peers.
const { bring } = await import(entry);

const start = performance.now();
const verify = await load(bring, entry);
const event = await verify(input);
const elapsed = performance.now() - start;

if (event?.type !== "deposit.confirmed") {
	throw new Error(`${name} did not accept a genuine callback`);
}
process.stdout.write(JSON.stringify(elapsed));
