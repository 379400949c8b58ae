/** Files that the user names. */
import { readFileSync } from "node:fs";
import { CommandError } from "./exit.js";

/** @throws {CommandError} for a folder, whose error has no name. Those of others tell which file. */
export function readFile(file: string): Uint8Array {
	try {
		return readFileSync(file);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EISDIR") throw error;
		throw new CommandError(`${file} is a folder: expected a file`);
	}
}

export function readText(file: string): string {
	return new TextDecoder().decode(readFile(file));
}
