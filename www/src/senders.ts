/** The table of senders. */
import type { SenderInfo } from "wallet-callback/slim";
import { format, h, replace } from "./dom.ts";
import { listedSenders } from "./listed.ts";
import { search } from "./search.ts";
import { table } from "./table.ts";
import { t } from "./text/index.ts";

let query = "";

export function sendersView(): HTMLElement {
	const all = listedSenders();
	const list = h("div", { class: "list" });
	const count = h("p", { class: "hint", role: "status" });
	const { element, finds } = search(t.senders.search, query, (text) => {
		query = text;
		draw();
	});
	const draw = () => {
		const found = all.filter((info) => finds(JSON.stringify(info)));
		count.textContent = format(t.senders.count, { count: found.length, all: all.length });
		const { name, algorithm, headers, freshness, evidence, entry } = t.senders.columns;
		replace(
			list,
			table(
				t.senders.title,
				[name, algorithm, headers, freshness, evidence, entry],
				found.map(row),
			),
		);
	};
	draw();
	return h(
		"section",
		{ class: "view senders" },
		h("h2", { tabindex: -1 }, t.senders.title),
		h("p", { class: "lead" }, t.senders.lead),
		element,
		count,
		list,
	);
}

function row({ name, title, docs, algorithm, headers, freshness, evidence, entry }: SenderInfo) {
	const link = h("a", { href: docs, rel: "noreferrer noopener", target: "_blank" }, title);
	const names = headers.flatMap((header) => [h("code", {}, header), " "]);
	return [
		[link, " ", h("code", { class: "faint" }, name)],
		[algorithm],
		names.length > 0 ? names : [t.senders.inBody],
		[timeOf(freshness)],
		[t.senders.evidence[evidence]],
		[entry === "wallet-callback" ? t.senders.main : h("code", {}, entry)],
	];
}

/** Where a sender's time comes from, in the language of the page. */
function timeOf(freshness: string): string {
	if (freshness === "none") return t.senders.noTime;
	const member = /^signed member (\w+)$/.exec(freshness)?.[1];
	if (member !== undefined) return format(t.senders.timeInMember, { member });
	return freshness === "signed header" ? t.senders.timeInHeader : freshness;
}
