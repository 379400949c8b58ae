/** Files that the user names, as an argument or with an option. */
import {
	accessSync,
	closeSync,
	constants,
	lstatSync,
	mkdirSync,
	openSync,
	readFileSync,
	readSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { CommandError } from "./exit.js";
import { plain } from "./output.js";
import { fileProblem, type Use } from "./system.js";

/** @throws {CommandError} for what cannot be read. */
export function readFile(file: string, option?: string): Uint8Array {
	return attempt(file, "read", option, () => readFileSync(file));
}

/** @throws {CommandError} for what cannot be read. */
export function readText(file: string, option?: string): string {
	return new TextDecoder().decode(readFile(file, option));
}

/**
 * Reads no more than shows that it can be read.
 *
 * @throws {CommandError} if not.
 */
export function requireReadable(file: string, option?: string): void {
	attempt(file, "read", option, () => {
		const handle = openSync(file, "r");
		try {
			// A folder can be opened, and not be read.
			readSync(handle, new Uint8Array(1));
		} finally {
			closeSync(handle);
		}
	});
}

/** @throws {CommandError} for what cannot be written. */
export function writeFile(
	file: string,
	content: string | Uint8Array,
	option?: string,
	flag = "w",
): void {
	attempt(file, "write", option, () => writeFileSync(file, content, { flag }));
}

/**
 * Finds out, before much is done, whether a file can be written. A pipe, a device and a link into nowhere are
 * left alone: to open them does something already.
 *
 * @throws {CommandError} if not.
 */
export function requireWritable(file: string, option?: string): void {
	attempt(file, "write", option, () => {
		if (!isNamed(file)) {
			closeSync(openSync(file, "wx"));
			rmSync(file);
			return;
		}
		const found = statSync(file, { throwIfNoEntry: false });
		if (found?.isFile() || found?.isDirectory()) closeSync(openSync(file, constants.O_WRONLY));
	});
}

/**
 * Whether a file is there that can be read and replaced, under its own name.
 *
 * @throws {CommandError} if it is something else than a file, such as a pipe or a link.
 */
export function isReplaceable(file: string, option: string): boolean {
	return attempt(file, "write", option, () => {
		if (!isNamed(file)) return false;
		const found = lstatSync(file);
		if (found.isFile() || found.isDirectory()) return true;
		throw new CommandError(`${option}: ${plain(file)} is no regular file: name another`);
	});
}

/** Whether anything has this name, be it a link into nowhere. */
function isNamed(file: string): boolean {
	return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Makes a folder, if it is not there.
 *
 * @throws {CommandError} if it cannot be made or nothing can be written into it.
 */
export function makeFolder(folder: string, option?: string): void {
	attempt(folder, "folder", option, () => {
		mkdirSync(folder, { recursive: true });
		accessSync(folder, constants.W_OK | constants.X_OK);
	});
}

/** Does something with a file, and says of an error what it means for the user. */
export function attempt<Result>(
	file: string,
	use: Use,
	option: string | undefined,
	act: () => Result,
): Result {
	if (file === "") {
		const kind = use === "folder" ? "folder" : "file";
		throw new CommandError(`${option ?? "<file>"}: expected the name of a ${kind}, got ""`);
	}
	try {
		return act();
	} catch (error) {
		const problem = isLinkToNothing(error, file)
			? `${plain(file)} is a link to nothing`
			: fileProblem(error, plain(file), use);
		if (problem === undefined) throw error;
		throw new CommandError(option === undefined ? problem : `${option}: ${problem}`);
	}
}

/** Whether an error says that nothing is there, and the name is that of a link. */
function isLinkToNothing(error: unknown, file: string): boolean {
	return (error as NodeJS.ErrnoException).code === "ENOENT" && isNamed(file);
}
