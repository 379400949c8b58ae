/** Secrets: from the environment, from a file, or typed without an echo. Never from an argument. */
import { openSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { ReadStream } from "node:tty";
import type { Command } from "commander";
import { CommandError, EXIT } from "./exit.js";
import { readText } from "./files.js";
import { collect } from "./options.js";
import { plain } from "./output.js";

export const SECRET_VARIABLE = "WALLET_CALLBACK_SECRET";

/** What {@link secretOptions} adds. */
export interface SecretOptions {
	readonly secretFile?: readonly string[];
}

/** Adds the options that say where the secret is. */
export function secretOptions(command: Command): Command {
	return command.option(
		"--secret-file <file>",
		`file with the secret or key, again for each further one (default: ${SECRET_VARIABLE}, else asks)`,
		collect,
	);
}

/**
 * Reads the secret, or the key that verifies.
 *
 * @throws {CommandError} if there is more than one, or none and nobody to ask.
 */
export async function readSecret(options: SecretOptions): Promise<string> {
	const [secret = "", ...others] = await readSecrets(options);
	if (others.length > 0) throw new CommandError("--secret-file: expected one file to sign with");
	return secret;
}

/**
 * Reads the secrets, or the keys that verify: more than one during a rotation.
 *
 * @throws {CommandError} if there is none and nobody to ask.
 */
export async function readSecrets({ secretFile = [] }: SecretOptions): Promise<string[]> {
	if (secretFile.length > 0) return secretFile.map(readSecretFile);
	const fromEnvironment = process.env[SECRET_VARIABLE]?.trim();
	return [fromEnvironment || (await askForSecret())];
}

function readSecretFile(file: string): string {
	const text = readText(file, "--secret-file").trim();
	if (text === "")
		throw new CommandError(`--secret-file: ${plain(file)} is empty: expected a secret`);
	return text;
}

async function askForSecret(): Promise<string> {
	const terminal = openTerminal();
	if (terminal === undefined) {
		throw new CommandError(
			`missing secret: set ${SECRET_VARIABLE} or pass --secret-file (there is no terminal to ask at)`,
		);
	}
	const secret = await ask(terminal, "Secret (not shown): ");
	if (secret.trim() === "") throw new CommandError("expected a secret, got an empty line");
	return secret.trim();
}

/** The terminal, though the standard input may be a pipe with the callback. */
function openTerminal(): ReadStream | undefined {
	if (process.stdin.isTTY) return process.stdin;
	try {
		return new ReadStream(openSync("/dev/tty", "r"));
	} catch {
		return undefined;
	}
}

function ask(input: ReadStream, question: string): Promise<string> {
	const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
	// In its raw mode, the terminal shows nothing that is typed. Closing takes it back.
	const lines = createInterface({ input, output: silent, terminal: true });
	process.stderr.write(question);
	const close = () => {
		lines.close();
		if (input !== process.stdin) input.destroy();
		process.stderr.write("\n");
	};
	return new Promise((resolve, reject) => {
		const fail = () => {
			close();
			reject(new CommandError("interrupted", EXIT.interrupted));
		};
		lines.once("SIGINT", fail);
		lines.once("line", (line) => {
			lines.off("close", fail);
			close();
			resolve(line);
		});
		lines.once("close", fail);
	});
}
