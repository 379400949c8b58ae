import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Command } from "commander";
import { requireKnown } from "../../testing/options.js";
import { examples } from "../options.js";
import { print, printJson } from "../output.js";

/** What stands for the schema of descriptors. */
const SENDER = "sender";

export function register(command: Command): void {
	command
		.argument(
			"[type]",
			`an event's type, or "${SENDER}" for the description of a sender of your own`,
		)
		.option("--list", "list the types")
		.addHelpText(
			"after",
			examples(
				["schema > events.schema.json", "every tp-wallet event"],
				["schema deposit.confirmed", "one of them"],
				["schema sender > sender.schema.json", "the description of a sender of your own"],
			),
		)
		.action(show);
}

interface EventSchema {
	readonly title: string;
	readonly [member: string]: unknown;
}

function show(type: string | undefined, { list }: { readonly list?: true }): void {
	if (type === SENDER && !list) {
		printJson(read("sender.schema.json"));
		return;
	}
	const { oneOf, ...schema } = read("schema.json") as { readonly oneOf: readonly EventSchema[] };
	const types = oneOf.map(({ title }) => title);
	if (type !== undefined) requireKnown("event type", type, [...types, SENDER]);
	if (list) print(types.join("\n"));
	else if (type === undefined) printJson({ ...schema, oneOf });
	else printJson({ ...schema, ...oneOf.find(({ title }) => title === type) });
}

function read(name: string): object {
	const { resolve } = createRequire(import.meta.url);
	return JSON.parse(readFileSync(resolve(`wallet-callback/${name}`), "utf8"));
}
