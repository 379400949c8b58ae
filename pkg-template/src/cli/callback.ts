/** The callback and the verifier that a command is told of. */
import { buffer } from "node:stream/consumers";
import type { Command } from "commander";
import { detect, type KeySet, type SenderDescriptor, type SenderName } from "wallet-callback";
import { CommandError } from "./exit.js";
import { readFile, readText } from "./files.js";
import { readHead } from "./head.js";
import { collect, pointInTime, requireSound, signedUrl, wholeNumber } from "./options.js";
import { plain } from "./output.js";
import { type Pasted, readKeys, readPaste } from "./paste.js";
import { recordedAt } from "./record.js";
import { readSecrets, type SecretOptions, secretOptions } from "./secret.js";

/** A sender as the library takes it. */
export type Sender = SenderName | SenderDescriptor;

/** What {@link callbackOptions} adds. */
export interface CallbackOptions extends SecretOptions {
	readonly sender?: string;
	readonly header?: readonly string[];
	readonly method?: string;
	readonly url?: string;
	readonly clientId?: string;
	/** Milliseconds. */
	readonly at?: number;
	readonly tolerance?: number;
}

/** Adds the callback and the options that say how to verify it. */
export function callbackOptions(command: Command): Command {
	command
		.argument(
			"<file>",
			"a raw request, a curl command or a JSON log line; - for the standard input",
		)
		.option("--sender <name>", `${SENDER_HELP} (default: whose headers it has)`)
		.option("--header <header>", 'a header, as "name: value": the file is the body then', collect)
		.option("--method <method>", "the request's method, for a sender that signs it")
		.option(
			"--url <url>",
			"the URL that is registered with the sender, for one that signs it",
			signedUrl,
		)
		.option("--client-id <id>", "your id at the sender, for one that signs it")
		.option(
			"--at <time>",
			"when it arrived, as RFC 3339 or Unix seconds (default: when it was logged or recorded, or now)",
			pointInTime,
		)
		.option("--tolerance <seconds>", "how old it may be", wholeNumber(1, 86_400));
	return secretOptions(command);
}

export const SENDER_HELP = "whose format, from `senders`, or a JSON file that describes it";

/** A callback as it was read, and what verifies it. */
export interface Subject {
	readonly pasted: Pasted;
	readonly input: {
		readonly headers: Pasted["headers"];
		readonly body: string | Uint8Array;
		readonly method: string | undefined;
		readonly url: string | undefined;
	};
	readonly sender: Sender;
	readonly keys: readonly string[] | KeySet;
	/** Milliseconds. */
	readonly now: number;
	readonly toleranceSeconds: number | undefined;
	/** The registered URL. */
	readonly url: string | undefined;
	readonly clientId: string | undefined;
}

/** Reads the callback in a file, and what its options say of it. */
export async function readSubject(file: string, options: CallbackOptions): Promise<Subject> {
	const { header, method, url, clientId, at, tolerance } = options;
	const bytes = await readBytes(file);
	const pasted = header ? givenHeaders(header, bytes) : readPaste(bytes);
	if (pasted === undefined) {
		throw new CommandError(
			`${named(file)} has no headers: expected a raw request, a curl command or a JSON log line (pass --header for a body alone)`,
		);
	}
	const { headers, body } = pasted;
	const [detected = "tp-wallet"] = detect({ headers });
	return {
		pasted,
		input: { headers, body, method: method ?? pasted.method, url: calledUrl(pasted) ?? url },
		sender: options.sender === undefined ? detected : readSender(options.sender),
		keys: readKeys(await readSecrets(options)),
		now: at ?? pasted.arrived ?? recordedAt(file) ?? Date.now(),
		toleranceSeconds: tolerance,
		url,
		clientId,
	};
}

/** The bytes of a file, or of the standard input. */
export async function readBytes(file: string, option?: string): Promise<Uint8Array> {
	if (file !== "-") return readFile(file, option);
	if (process.stdin.isTTY) process.stderr.write("Reading until Ctrl-D…\n");
	return await buffer(process.stdin);
}

/** How to call a file in a message. */
export function named(file: string): string {
	return file === "-" ? "the standard input" : plain(file);
}

/**
 * A sender's name as it is, or the descriptor in a JSON file.
 *
 * @throws {ConfigError} for a descriptor that is none.
 */
export function readSender(given: string): Sender {
	if (!given.endsWith(".json")) return given as SenderName;
	const sender = parse(readText(given, "--sender"), given);
	requireSound({ sender });
	return sender;
}

function parse(text: string, file: string): Sender {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new CommandError(`${plain(file)}: ${(error as Error).message}`);
	}
}

function givenHeaders(lines: readonly string[], body: Uint8Array): Pasted {
	return { form: "raw", headers: readHeaders(lines), body };
}

/** Headers as they are given with `--header`. */
export function readHeaders(lines: readonly string[]): Pasted["headers"] {
	return lines.flatMap((line) => {
		const { headers } = readHead(line);
		if (headers.length === 1) return headers;
		throw new CommandError(`--header: expected "name: value", got ${JSON.stringify(line)}`);
	});
}

/** The URL that was called, in whole if its host is known. */
function calledUrl({ url, headers }: Pasted): string | undefined {
	if (!url?.startsWith("/")) return url;
	const find = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
	const host = find("host");
	return host ? `${find("x-forwarded-proto") ?? "https"}://${host}${url}` : url;
}
