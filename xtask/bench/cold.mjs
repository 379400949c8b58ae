// Runs in a fresh Node process: milliseconds from the import of one subject to its first verdict.
import { subjects } from "./subjects.mjs";

const { entry, name, callback } = JSON.parse(process.argv[2]);
const { load, prepare = (input) => input } = subjects.find((subject) => subject.name === name);
const body = new TextEncoder().encode(callback.body);
const input = prepare({ headers: callback.headers, body });

const start = performance.now();
const verify = await load(entry);
const event = await verify(input);
const elapsed = performance.now() - start;

if (event?.type !== "deposit.confirmed") {
	throw new Error(`${name} did not accept a genuine callback`);
}
process.stdout.write(JSON.stringify(elapsed));
