#!/usr/bin/env node
/** The command line: `wallet-callback`. */
import { Command, CommanderError } from "commander";
import { describeError, EXIT } from "./exit.js";
import { endWithReader, note, plainLines } from "./output.js";
import { inPlainWords } from "./words.js";

/** Given by the build. */
declare const VERSION: string;

/** A command: what it does in a few words, and the module that registers the rest. */
interface Entry {
	readonly summary: string;
	readonly load: () => Promise<{ readonly register: (command: Command) => void }>;
}

/** All commands, in the order in which the help lists them. Only the one that is called is loaded. */
const COMMANDS: { readonly [name: string]: Entry } = {
	secret: {
		summary: "make a secret, or an Ed25519 key pair",
		load: () => import("./commands/secret.js"),
	},
	senders: {
		summary: "list the senders whose callbacks can be verified",
		load: () => import("./commands/senders.js"),
	},
	sign: {
		summary: "sign a body, as its sender does",
		load: () => import("./commands/sign.js"),
	},
	verify: {
		summary: "verify a callback",
		load: () => import("./commands/verify.js"),
	},
	explain: {
		summary: "find out why a callback does not verify",
		load: () => import("./commands/explain.js"),
	},
	schema: {
		summary: "print the JSON Schema of events",
		load: () => import("./commands/schema.js"),
	},
	init: {
		summary: "write a handler for your framework, and its test",
		load: () => import("./commands/init.js"),
	},
	send: {
		summary: "send an event to an endpoint, as its sender does",
		load: () => import("./commands/send.js"),
	},
	listen: {
		summary: "listen for callbacks, and verify what arrives",
		load: () => import("./commands/listen.js"),
	},
	sandbox: {
		summary: "play a wallet: verify the address, then deliver events, with retries and duplicates",
		load: () => import("./commands/sandbox.js"),
	},
	inbox: {
		summary: "look at what waits in a store or was given up, and try it again",
		load: () => import("./commands/inbox.js"),
	},
	check: {
		summary: "examine an endpoint: what it accepts, refuses, handles twice and survives",
		load: () => import("./commands/check.js"),
	},
};

/** The options of the command that was called. */
let flags: readonly string[] = [];

async function main(given: readonly string[]): Promise<number> {
	// Of a command that there is not, `help` would say nothing.
	const isLost = given[0] === "help" && /^\w/.test(given[1] ?? "") && !isCommand(given[1]);
	const words = isLost ? given.slice(1) : given;
	const program = new Command("wallet-callback")
		.description(
			"Receive what crypto wallets and payment platforms post to your server: try it out.",
		)
		.version(VERSION, "-v, --version")
		.showHelpAfterError("(--help shows what is expected)")
		.configureOutput({
			outputError: (text, write) => write(plainLines(withoutValues(inPlainWords(text)))),
		})
		.exitOverride();
	const called = words[0] === "help" ? words[1] : words[0];
	for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
		const command = program
			.command(name)
			.summary(summary)
			.description(`${sentence(summary)}.`);
		if (name !== called) continue;
		(await load()).register(command);
		flags = command.options.flatMap(({ long }) => long ?? []);
	}
	await program.parseAsync(words, { from: "user" });
	return Number(process.exitCode ?? EXIT.fine);
}

const isCommand = (name = "") => name === "help" || Object.hasOwn(COMMANDS, name);

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** A message without a secret that may have been given as an argument, such as a URL with a password. */
function withoutValues(text: string): string {
	return text
		.replace(/(unknown option '--[^=']*)=[^']*/, "$1")
		.replace(/wh(sec|sk)_[^'"\s,][^'"\s]*/g, "wh$1_…")
		.replace(/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)\S*@/gi, "$1…@");
}

endWithReader();
try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	if (error instanceof CommanderError) {
		process.exitCode = error.exitCode === 0 ? EXIT.fine : EXIT.usage;
	} else {
		const { message, exitCode } = describeError(error, flags);
		note(`error: ${plainLines(withoutValues(message))}`);
		process.exitCode = exitCode;
	}
}
