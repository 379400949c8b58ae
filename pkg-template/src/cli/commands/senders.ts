import type { Command } from "commander";
import { type Place, type SenderInfo, senders } from "wallet-callback";
import { requireKnown } from "../../testing/options.js";
import { examples } from "../options.js";
import { bold, dim, print, printJson } from "../output.js";

export function register(command: Command): void {
	command
		.argument("[name]", "only this one, with all that is known of it")
		.option("--json", "print JSON")
		.addHelpText(
			"after",
			examples(["senders", "all of them"], ["senders stripe", "what is known of one"]),
		)
		.action(list);
}

function list(name: string | undefined, { json }: { readonly json?: true }): void {
	const all = senders();
	if (name === undefined) {
		if (json) printJson(all);
		else printTable(all);
		return;
	}
	const names = all.map((sender) => sender.name);
	requireKnown("sender", name, names);
	const [info] = all.filter((sender) => sender.name === name);
	if (json) printJson(info);
	else if (info !== undefined) printOne(info);
}

function printTable(all: readonly SenderInfo[]): void {
	const rows = all.map(({ name, title, algorithm }) => [name, title, algorithm] as const);
	const [first = 0, second = 0] = [0, 1].map((at) =>
		Math.max(...rows.map((row) => (row[at] ?? "").length)),
	);
	for (const [name, title, algorithm] of rows) {
		print(`${bold(name.padEnd(first))}  ${title.padEnd(second)}  ${dim(algorithm)}`);
	}
}

function printOne(info: SenderInfo): void {
	const { name, title, algorithm, headers, freshness, signs, docs, types, acknowledgement } = info;
	const proved = Object.entries(signs).filter(([, isSigned]) => isSigned);
	const lines: readonly (readonly [label: string, text: string | undefined])[] = [
		["algorithm", algorithm],
		["headers", headers.join(", ")],
		["freshness", freshness],
		["signature proves", proved.map(([part]) => part).join(", ")],
		["id", placeOf(info.identifiedBy)],
		["type", placeOf(info.typedBy)],
		["types", types?.join(", ")],
		["needs", info.requires.join(", ") || undefined],
		[
			"waits for",
			acknowledgement && `${acknowledgement.status} ${acknowledgement.body ?? ""}`.trim(),
		],
		["asks by", info.probes.join(", ") || undefined],
		["sends by GET", info.deliversByGet ? "yes, too" : undefined],
		["documentation", docs],
	];
	print(`${bold(name)}  ${title}`);
	for (const [label, text] of lines) {
		if (text !== undefined) print(`  ${label.padEnd(16)}  ${text}`);
	}
}

function placeOf(place: Place | undefined): string | undefined {
	if (place === undefined) return undefined;
	return "header" in place ? `header ${place.header}` : `member ${place.member}`;
}
