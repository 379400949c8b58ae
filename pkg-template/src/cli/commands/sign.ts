import type { Command } from "commander";
import { type SignedCallback, sign as signBody } from "wallet-callback";
import { named, readBytes, readHeaders, readSender, SENDER_HELP } from "../callback.js";
import { CommandError } from "../exit.js";
import { collect, examples, httpUrl, wholeNumber } from "../options.js";
import { print, printJson } from "../output.js";
import { readSecret, type SecretOptions, secretOptions } from "../secret.js";

interface Options extends SecretOptions {
	readonly sender: string;
	readonly url: URL;
	readonly method: string;
	readonly id?: string;
	readonly timestamp?: number;
	readonly nonce?: string;
	readonly keyId?: string;
	readonly clientId?: string;
	readonly header?: readonly string[];
	readonly json?: true;
}

export function register(command: Command): void {
	command
		.argument("<file>", "the body; - for the standard input")
		.option("--sender <name>", SENDER_HELP, "tp-wallet")
		.option(
			"--url <url>",
			"where it is sent to",
			httpUrl,
			new URL("http://localhost:3000/callbacks"),
		)
		.option("--method <method>", "the request's method", "POST")
		.option("--id <id>", "identifies the callback (default: a random one)")
		.option(
			"--timestamp <seconds>",
			"when it is signed, in Unix seconds (default: now)",
			wholeNumber(0, 253_402_300_799),
		)
		.option("--nonce <text>", "for a sender that signs one (default: a random one)")
		.option("--key-id <id>", "the id of the key, for a sender that names it")
		.option("--client-id <id>", "your id at the sender, for one that signs it")
		.option("--header <header>", 'a further header, as "name: value"', collect)
		.option("--json", "print headers and body as JSON");
	secretOptions(command)
		.addHelpText(
			"after",
			examples(
				["sign event.json --secret-file .secret", "a raw HTTP request"],
				["sign event.json | npx wallet-callback verify -", "what `verify` reads"],
				["sign - --sender stripe --json < event.json", "headers and body for another program"],
			),
		)
		.action(sign);
}

async function sign(file: string, options: Options): Promise<void> {
	const { sender, url, method, json, header = [], secretFile, ...rest } = options;
	const bytes = await readBytes(file);
	const signed = signBody({
		...rest,
		method,
		url: url.href,
		headers: Object.fromEntries(
			readHeaders(header).map(([name, value]) => [name.toLowerCase(), value]),
		),
		body: bytes,
		key: await readSecret(secretFile === undefined ? {} : { secretFile }),
		sender: readSender(sender),
	});
	if (json) printJson({ ...signed, body: textOf(signed.body, file) });
	else printRequest(method, url, signed);
}

/** JSON carries text alone. */
function textOf(body: Uint8Array, file: string): string {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
	} catch {
		throw new CommandError(`--json: ${named(file)} is not UTF-8`);
	}
}

function printRequest(
	method: string,
	url: URL,
	{ headers, body }: SignedCallback<Uint8Array>,
): void {
	const lines = Object.entries({ host: url.host, ...headers, "content-length": `${body.length}` });
	const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
	process.stdout.write(`${method} ${url.pathname}${url.search} HTTP/1.1\r\n${head}\r\n`);
	process.stdout.write(body);
	// Only the prompt of a shell needs it.
	if (process.stdout.isTTY) print();
}
