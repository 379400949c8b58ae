import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { type SenderInfo, senders } from "wallet-callback";
import { requireKnown } from "../../testing/options.js";
import { DEFAULT_SENDER } from "../../verifier/senders.js";
import { ask } from "../ask.js";
import { isSignable } from "../check/examine.js";
import { CommandError } from "../exit.js";
import { makeFolder, writeFile } from "../files.js";
import { FRAMEWORKS, type Framework, type Store, storesFor, write } from "../init/files.js";
import { examples } from "../options.js";
import { bold, dim, print } from "../output.js";

interface Options {
	readonly framework?: string;
	readonly sender?: string;
	readonly store?: string;
	readonly dir: string;
	readonly typescript?: boolean;
	readonly force?: true;
}

export function register(command: Command): void {
	command
		.option("--framework <name>", `one of ${FRAMEWORKS.join(", ")}`)
		.option("--sender <name>", "whose callbacks, a name from `senders`")
		.option("--store <name>", "memory, sqlite, redis or postgres; durable-object for cloudflare")
		.option("--dir <folder>", "where to write the files", ".")
		.option("--typescript", "write TypeScript (default: if there is a tsconfig.json)")
		.option("--force", "write over files that are there")
		.addHelpText(
			"after",
			examples(
				["init", "asks what is not said"],
				["init --framework express --sender tp-wallet --store sqlite", "asks nothing"],
			),
		)
		.action(init);
}

async function init(options: Options): Promise<void> {
	const { dir, force } = options;
	const offered = senders().filter(
		({ name, requires }) => isSignable(name) && requires.length === 0,
	);
	const framework = (await choose("framework", FRAMEWORKS, options.framework)) as Framework;
	const name = await choose(
		"sender",
		offered.map((sender) => sender.name),
		options.sender,
	);
	const store = (await choose("store", storesFor(framework), options.store)) as Store;
	const sender = offered.find((one) => one.name === name) as SenderInfo;
	const typescript = options.typescript ?? existsSync(join(dir, "tsconfig.json"));
	const { files, steps } = write({ framework, sender, store, typescript });
	const there = Object.keys(files).filter((file) => existsSync(join(dir, file)));
	if (there.length > 0 && !force) {
		throw new CommandError(`${there.join(", ")}: there already (--force writes over it)`);
	}
	for (const [file, text] of Object.entries(files)) {
		makeFolder(dirname(join(dir, file)), "--dir");
		// A link that leads to no file is there, too, though `existsSync` does not see it.
		writeFile(join(dir, file), text, "--dir", force ? "w" : "wx");
		print(`${bold("+")} ${join(dir, file)}`);
	}
	print("");
	if (resolve(dir) !== process.cwd()) print(`cd ${ofShell(dir)}`);
	for (const { command, note } of steps) {
		print(note === undefined ? command : `${command}  ${dim(`# ${note}`)}`);
	}
	const whose = name === DEFAULT_SENDER ? "" : ` --sender ${name}`;
	print(`npx wallet-callback check URL${whose}  ${dim("# examines the endpoint once it runs")}`);
}

/** A word as a shell reads it back. */
function ofShell(word: string): string {
	return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What an option says, or what is answered at the terminal. */
async function choose(
	option: "framework" | "sender" | "store",
	known: readonly string[],
	given: string | undefined,
): Promise<string> {
	if (given === undefined && !process.stdin.isTTY) {
		throw new CommandError(`missing --${option}: one of ${known.join(", ")}`);
	}
	const [first = ""] = known;
	const value = given ?? (known.length === 1 ? first : await choice(option, known));
	if (option === "sender" && !known.includes(value)) refuse(value);
	requireKnown(option, value, known);
	return value;
}

/** Says of a sender of the list why there is no handler to be written for it. */
function refuse(name: string): void {
	if (!senders().some((sender) => sender.name === name)) return;
	throw new CommandError(
		`--sender: ${name} needs more than a secret: see docs/senders.md for its keys and options`,
	);
}

async function choice(option: string, known: readonly string[]): Promise<string> {
	print(dim(known.join("  ")));
	return (await ask(`${bold(option)} (${known[0]}): `)) || (known[0] ?? "");
}
