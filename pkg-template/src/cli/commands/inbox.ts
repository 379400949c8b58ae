import type { Command } from "commander";
import type { InboxItem, StoreInbox } from "wallet-callback/stores/sqlite";
import { unpack } from "../../receiver/packing.js";
import { requireKnown } from "../../testing/options.js";
import { ask } from "../ask.js";
import { CommandError, EXIT } from "../exit.js";
import { openStore, type Place, toCommandError } from "../inbox/open.js";
import { describeItem, jsonOf, lineOf } from "../inbox/view.js";
import { examples, required, wholeNumber } from "../options.js";
import { bold, dim, green, plain, print, printJson, printJsonLine, red } from "../output.js";

export const STORE_VARIABLE = "WALLET_CALLBACK_STORE";

const ACTIONS = ["list", "show", "retry", "drop"] as const;
type Action = (typeof ACTIONS)[number];

interface Options extends Place {
	readonly store?: string;
	readonly receiver?: string;
	readonly dead?: true;
	readonly limit: number;
	readonly yes?: true;
	readonly json?: true;
}

export function register(command: Command): void {
	command
		.argument("<action>", "list, show, retry or drop")
		.argument("[ids...]", "which callbacks; not for list")
		.option(
			"--store <url>",
			`sqlite:FILE, redis://… or postgres://… (default: ${STORE_VARIABLE}, which nobody else sees)`,
		)
		.option("--table <name>", "the table (default: wallet_callback)")
		.option("--prefix <name>", "of the keys in Redis (default: wallet-callback)")
		.option("--receiver <name>", "whose: a sender, or sender:name for a receiver with a name")
		.option("--dead", "list only what was given up")
		.option("--limit <number>", "list so many of each at most", wholeNumber(1, 10_000), 50)
		.option("--yes", "change without asking")
		.option("--json", "print JSON")
		.addHelpText(
			"after",
			examples(
				["inbox list --store sqlite:callbacks.db", "what waits, and what was given up"],
				["inbox show msg_1 --store sqlite:callbacks.db", "one of them, with its event"],
				["inbox retry msg_1 --store sqlite:callbacks.db", "has it handled once more"],
				["inbox drop msg_1 --store sqlite:callbacks.db --yes", "gives it up for good"],
			),
		)
		.action(inbox);
}

async function inbox(action: string, ids: readonly string[], options: Options): Promise<void> {
	requireKnown("action", action, ACTIONS);
	if (action === "list" && ids.length > 0) throw new CommandError("list: expected no ids");
	if (action !== "list" && ids.length === 0) throw new CommandError(`${action}: missing an id`);
	const url = required(
		`--store (or ${STORE_VARIABLE})`,
		options.store ?? (process.env[STORE_VARIABLE] || undefined),
	);
	const isChange = action === "retry" || action === "drop";
	if (isChange && !options.yes && !process.stdin.isTTY) {
		throw new CommandError(`${action}: expected --yes, since there is no terminal to ask at`);
	}
	try {
		const { store, close } = await openStore(url, options);
		try {
			process.exitCode = await run(action as Action, ids, store.inbox, options);
		} finally {
			await close();
		}
	} catch (error) {
		throw toCommandError(error, url);
	}
}

async function run(
	action: Action,
	ids: readonly string[],
	inbox: StoreInbox,
	options: Options,
): Promise<number> {
	if (action === "list") return list(inbox, options);
	const items: Found[] = [];
	for (const id of new Set(ids)) items.push(await find(inbox, id, options));
	if (action === "show") return show(items, options);
	return change(action, items, inbox, options);
}

/** In how many callbacks of each kind an id is looked for whose receiver is not said. */
const MOST = 100_000;

async function list(inbox: StoreInbox, { dead, limit, receiver, json }: Options): Promise<number> {
	let isCut = false;
	const read = async (which: "inbox" | "dead") => {
		const all = await inbox.list(which, receiver === undefined ? limit + 1 : MOST);
		const own = all.filter((item) => receiver === undefined || item.receiver === receiver);
		isCut ||= own.length > limit;
		return own.slice(0, limit);
	};
	const items = [...(dead ? [] : await read("inbox")), ...(await read("dead"))];
	if (json) {
		printJson(items.map(jsonOf));
		return EXIT.fine;
	}
	for (const item of items) print(lineOf(item));
	const count = (status: InboxItem["status"]) =>
		items.filter((item) => item.status === status).length;
	const counts = dead
		? `${count("dead")} dead`
		: `${count("waiting")} waiting, ${count("leased")} leased, ${count("dead")} dead`;
	print(bold(isCut ? `${counts}, and more (--limit)` : counts));
	return EXIT.fine;
}

type Found = InboxItem & { readonly payload?: string | undefined };

/** A callback of the receiver that is named, or of the only one that has it. */
async function find(inbox: StoreInbox, id: string, { receiver }: Options): Promise<Found> {
	const owners = receiver === undefined ? await ownersOf(inbox, id) : [receiver];
	if (owners.length > 1) {
		throw new CommandError(
			`${plain(id)} is of several receivers: pass --receiver with one of ${owners.map(plain).join(", ")}`,
		);
	}
	for (const owner of owners) {
		const item = await inbox.get(id, owner);
		if (item !== undefined) return item;
	}
	throw new CommandError(
		`${plain(id)} neither waits in the inbox nor was given up${receiver === undefined ? "" : `, of the receiver ${plain(receiver)}`}`,
		EXIT.finding,
	);
}

async function ownersOf(inbox: StoreInbox, id: string): Promise<string[]> {
	const all = [...(await inbox.list("dead", MOST)), ...(await inbox.list("inbox", MOST))];
	return [...new Set(all.filter((item) => item.id === id).map((item) => item.receiver))];
}

function show(items: readonly Found[], { json }: Options): number {
	for (const { payload, ...item } of items) {
		const event = payload === undefined ? undefined : eventIn(payload);
		if (json) printJsonLine({ ...jsonOf(item), event });
		else {
			print(describeItem(item));
			if (event !== undefined) printJson(event);
			else if (payload !== undefined) print("the payload is not one of this package's");
		}
	}
	return EXIT.fine;
}

/** The event in a payload; nothing if it was not a receiver that put it there. */
function eventIn(payload: string): object | undefined {
	try {
		return unpack(payload).event;
	} catch {
		return undefined;
	}
}

async function change(
	action: "retry" | "drop",
	items: readonly Found[],
	inbox: StoreInbox,
	{ yes, json }: Options,
): Promise<number> {
	if (!yes) {
		for (const item of items) print(`${lineOf(item)}\n  ${dim(meaningOf(action, item))}`);
		const question = `${action === "retry" ? "Try" : "Drop"} ${items.length === 1 ? "it" : `these ${items.length}`}? (y/N) `;
		if (!/^y(es)?$/i.test(await ask(question)))
			throw new CommandError("nothing was changed", EXIT.finding);
	}
	let exit: number = EXIT.fine;
	for (const item of items) {
		const { id, receiver } = item;
		const isDone = await inbox[action](id, receiver);
		if (!isDone) exit = EXIT.finding;
		if (json) printJsonLine({ id, receiver, action, done: isDone });
		else if (isDone) print(`${green("✓")} ${bold(plain(id))}  ${meaningOf(action, item)}`);
		else print(`${red("✗")} ${bold(plain(id))}  not changed: somebody handles it, or has done so`);
	}
	return exit;
}

/** What a change means for a callback. */
function meaningOf(action: "retry" | "drop", { status, isEntry }: InboxItem): string {
	if (action === "drop") {
		return status === "dead"
			? "it is forgotten; should it come again, it is a duplicate"
			: "it will not be handled; should it come again, it is a duplicate";
	}
	if (status !== "dead") return "it is due now";
	return isEntry
		? "it is back in the inbox, due now, and its attempts begin anew"
		: "its next delivery is handled: have its sender send it once more";
}
