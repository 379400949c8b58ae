/**
 * Runs commands one after the other, each as the command line would. They come as messages; behind what one
 * prints stands a NUL, and its exit code.
 */
import { pathToFileURL } from "node:url";

const [node = "", , program = ""] = process.argv;
const address = pathToFileURL(program).href;
// Each command listens for errors of its output.
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);

const own = { ...process.env };
let count = 0;
process.on("message", async ({ words, env }) => {
	process.argv = [node, program, ...words];
	process.env = { ...own, ...env };
	process.exitCode = undefined;
	count += 1;
	await import(`${address}?${count}`);
	for (const stream of [process.stdout, process.stderr]) stream.write(`\0${process.exitCode}\n`);
	// The next end is this process's own.
	process.exitCode = 0;
});
