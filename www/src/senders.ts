/** The table of senders. */
import { type SenderInfo, senders } from "wallet-callback/slim";
import { field, format, h, replace } from "./dom.ts";
import { table } from "./table.ts";
import { t } from "./text/index.ts";

let query = "";

export function sendersView(): HTMLElement {
	const all = senders();
	const list = h("div", { class: "list" });
	const count = h("p", { class: "hint", role: "status" });
	const search = h("input", {
		type: "search",
		autocomplete: "off",
		spellcheck: "false",
		input() {
			query = search.value;
			draw();
		},
	});
	search.value = query;
	const draw = () => {
		const words = query.toLowerCase().split(/\s+/);
		const found = all.filter((info) => {
			const text = JSON.stringify(info).toLowerCase();
			return words.every((word) => text.includes(word));
		});
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
		h("div", { class: "controls one" }, field(t.senders.search, search)),
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
