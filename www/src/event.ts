/** What an accepted callback says, for people; beside it the same as it is. */
import type { Accepted } from "wallet-callback/slim";
import { assetName, chainName } from "./chains.ts";
import { type Child, format, h } from "./dom.ts";
import { t } from "./text/index.ts";

interface Fields {
	readonly [name: string]: unknown;
}

export function eventView(accepted: Accepted<unknown>): HTMLElement {
	const event = accepted.event as Fields;
	const { type, timestamp, data, addressChecked } = event;
	const rows = isFields(data)
		? Object.entries(data).map(([name, value]) => row(name, memberView(name, value, event)))
		: [row("payload", h("code", {}, JSON.stringify(event.payload) ?? "–"))];
	return h(
		"div",
		{ class: "event" },
		h(
			"div",
			{ class: "parsed" },
			h(
				"dl",
				{},
				typeof type === "string" && row("type", h("strong", {}, type)),
				typeof timestamp === "string" && row("timestamp", timestamp),
				row("id", h("code", {}, accepted.id ?? String(event.id ?? t.event.noId))),
				...rows,
			),
			addressChecked === false && h("p", { class: "hint" }, t.event.addressUnchecked),
			event.known === false && h("p", { class: "hint" }, t.event.unknownType),
		),
		h(
			"div",
			{ class: "raw" },
			h("h3", {}, t.event.raw),
			h("pre", { tabindex: 0, role: "region", "aria-label": t.event.raw }, plain(accepted)),
		),
	);
}

function row(name: string, value: Child): HTMLElement {
	return h("div", { class: "row" }, h("dt", {}, h("code", {}, name)), h("dd", {}, value));
}

function memberView(name: string, value: unknown, event: Fields): Child {
	const data = event.data as Fields;
	if (isFields(value) && typeof value.decimal === "string") return amountView(value);
	if (name === "chain") return named(chainName(String(value)), String(value));
	if (name === "asset") return named(assetName(String(value)), String(value));
	if (name === "from" || name === "to") return addressView(String(value), event);
	if (name === "confirmations") return confirmationsView(Number(value), data);
	if (name === "accounts" && Array.isArray(value)) {
		return h(
			"ul",
			{},
			...value.map((account: Fields) =>
				h("li", {}, chainName(String(account.chain)), addressView(String(account.address), event)),
			),
		);
	}
	return h("code", {}, typeof value === "object" ? JSON.stringify(value) : String(value));
}

function named(name: string, id: string): HTMLElement {
	return h("span", {}, name, " ", h("code", { class: "faint" }, id));
}

function amountView({ decimal, symbol, value, decimals }: Fields): HTMLElement {
	return h(
		"span",
		{},
		h("strong", { class: "amount" }, `${decimal} ${symbol ?? ""}`),
		" ",
		h("code", { class: "faint" }, `${value} / 10^${decimals}`),
	);
}

/** Whether the core has compared the address with the rules of its chain. */
function addressView(address: string, { addressChecked }: Fields): HTMLElement {
	const checked = addressChecked === true;
	return h(
		"span",
		{},
		h("code", {}, address),
		" ",
		h(
			"span",
			{ class: checked ? "badge good" : "badge" },
			checked ? t.event.checked : t.event.unchecked,
		),
	);
}

function confirmationsView(count: number, { requiredConfirmations: required }: Fields): Child {
	if (typeof required !== "number") return h("code", {}, String(count));
	const label = format(t.event.confirmations, { count, required });
	return h(
		"span",
		{ class: "confirmations" },
		h("progress", { max: required, value: Math.min(count, required), "aria-label": label }),
		label,
	);
}

function isFields(value: unknown): value is Fields {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As JSON, in which bytes are told by their number. */
function plain(accepted: Accepted<unknown>): string {
	const visible = (_: string, value: unknown) =>
		value instanceof Uint8Array ? `Uint8Array(${value.length})` : value;
	return JSON.stringify(accepted, visible, 2);
}
