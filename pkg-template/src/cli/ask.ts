/** Questions at the terminal. */
import { createInterface } from "node:readline/promises";
import { CommandError, EXIT } from "./exit.js";

/**
 * Asks, and gives what is typed.
 *
 * @throws {CommandError} when Ctrl-C or Ctrl-D is pressed instead.
 */
export async function ask(question: string): Promise<string> {
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	const stop = new AbortController();
	for (const event of ["SIGINT", "close"] as const) terminal.once(event, () => stop.abort());
	try {
		return (await terminal.question(question, { signal: stop.signal })).trim();
	} catch {
		throw new CommandError("interrupted", EXIT.interrupted);
	} finally {
		terminal.close();
	}
}
