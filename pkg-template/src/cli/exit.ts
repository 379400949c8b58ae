/** How a command ends. */
import { ConfigError } from "wallet-callback";
import { fileProblem } from "./system.js";
import { inWordsOfCommands } from "./words.js";

/** The exit codes that are documented. */
export const EXIT = {
	fine: 0,
	/** What was examined has a fault: a callback that does not verify, an endpoint that answers wrongly. */
	finding: 1,
	/** The command was not understood, or lacks something: an option, a file, a secret. */
	usage: 2,
	/** Nobody answered at the URL. */
	unreachable: 3,
	/** A fault of the command itself, as in `sysexits.h`. */
	internal: 70,
	/** Ended by Ctrl-C, as shells count it. */
	interrupted: 130,
} as const;

/** Ends the command with a message for the user. */
export class CommandError extends Error {
	readonly exitCode: number;

	constructor(message: string, exitCode: number = EXIT.usage) {
		super(message);
		this.exitCode = exitCode;
	}
}

/** What to say of an error of a command that has these options, and with which code to exit. */
export function describeError(
	error: unknown,
	flags: readonly string[],
): { message: string; exitCode: number } {
	if (error instanceof CommandError) return { message: error.message, exitCode: error.exitCode };
	if (error instanceof ConfigError) {
		return { message: inWordsOfCommands(error.message, flags), exitCode: EXIT.usage };
	}
	const { path, stack } = error as NodeJS.ErrnoException;
	const problem = path === undefined ? undefined : fileProblem(error, path, "read");
	if (problem !== undefined) return { message: problem, exitCode: EXIT.usage };
	return { message: stack ?? String(error), exitCode: EXIT.internal };
}
