import type { Command } from "commander";
import { type Place, type SenderInfo, type Signs, senders } from "wallet-callback";
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

type Line = readonly [label: string, text: string | undefined];

function printOne(info: SenderInfo): void {
	const { name, title, algorithm, headers, freshness, docs, types, acknowledgement } = info;
	const lines: readonly Line[] = [
		["algorithm", algorithm],
		["headers", headers.join(", ")],
		["freshness", freshness],
		...provedBy(info),
		["id", placeOf(info.identifiedBy)],
		["type", placeOf(info.typedBy)],
		["types", types?.join(", ")],
		["needs", info.requires.join(", ") || undefined],
		[
			"waits for",
			acknowledgement && `${acknowledgement.status} ${acknowledgement.body ?? ""}`.trim(),
		],
		["asks by", info.probes.join(", ") || undefined],
		["documentation", docs],
	];
	print(`${bold(name)}  ${title}`);
	for (const [label, text] of lines) {
		if (text !== undefined) print(`  ${label.padEnd(16)}  ${text}`);
	}
}

/** What a signature proves: of a GET and of a POST, for a sender that signs them differently. */
function provedBy({ signs, signsOnGet, postRequires }: SenderInfo): readonly Line[] {
	if (signsOnGet === undefined) return [["signature proves", partsOf(signs, "body")]];
	const get: Line = ["a GET proves", partsOf(signsOnGet, "query")];
	const post: Line = ["a POST proves", partsOf(signs, "body")];
	if (postRequires === undefined) return [["verified", "POST, GET"], post, get];
	const unless = postRequires.join(" and ");
	return [["verified", `GET; a POST is refused unless ${unless} is set`], get, post];
}

function partsOf({ body, ...others }: Signs, payload: string): string {
	const all = Object.entries({ [payload]: body, ...others });
	return all.flatMap(([part, isSigned]) => (isSigned ? [part] : [])).join(", ");
}

function placeOf(place: Place | undefined): string | undefined {
	if (place === undefined) return undefined;
	return "header" in place ? `header ${place.header}` : `member ${place.member}`;
}
