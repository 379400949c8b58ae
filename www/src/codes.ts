/** What each code means, in both languages. */
import type { RejectionCode } from "wallet-callback/slim";
import { stageOf } from "./bench/judge.ts";
import type { Language } from "./choices.ts";
import { type Child, h, replace } from "./dom.ts";
import { type Search, search } from "./search.ts";
import { table } from "./table.ts";
import { current, t, tables } from "./text/index.ts";

/** The status that goes with each code, in the order in which the core looks. */
const STATUSES: { readonly [Code in RejectionCode]: number } = {
	body_too_large: 413,
	insecure_transport: 403,
	ip_not_allowed: 403,
	missing_header: 400,
	malformed_header: 400,
	unknown_key: 401,
	unsupported_signature: 401,
	signature_mismatch: 401,
	timestamp_too_old: 401,
	timestamp_too_new: 401,
	malformed_payload: 422,
};

let query = "";

export function codesView(): HTMLElement {
	const lists = h("div", { class: "list" });
	const { element, finds } = search(t.codes.search, query, (text) => {
		query = text;
		draw();
	});
	const draw = () => {
		const { code, status, stage, meaning, advice } = t.codes.columns;
		const rejections = Object.entries(STATUSES) as [RejectionCode, number][];
		replace(
			lists,
			h("h3", {}, t.codes.rejections),
			h("p", { class: "hint" }, t.codes.rejectionsHint),
			table(
				t.codes.rejections,
				[code, status, stage, meaning, advice],
				rejections
					.filter(([name]) =>
						finds(`${name} ${inBoth("rejections", name)} ${inBoth("advice", name)}`),
					)
					.map(([name, number]) => [
						[h("code", {}, name)],
						[String(number)],
						[t.stages[stageOf(name)]],
						bilingual("rejections", name),
						bilingual("advice", name),
					]),
			),
			...meanings("dapp", finds),
			...meanings("causes", finds),
		);
	};
	draw();
	return h(
		"section",
		{ class: "view codes" },
		h("h2", { tabindex: -1 }, t.codes.title),
		h("p", { class: "lead" }, t.codes.lead),
		element,
		lists,
	);
}

/** A table of codes of which there is nothing to say but what they mean. */
function meanings(of: "dapp" | "causes", finds: Search["finds"]): Child[] {
	const { code, meaning } = t.codes.columns;
	const rows = Object.keys(t[of])
		.filter((name) => finds(`${name} ${inBoth(of, name)}`))
		.map((name) => [[h("code", {}, name)], bilingual(of, name)]);
	return [
		h("h3", {}, t.codes[of]),
		h("p", { class: "hint" }, t.codes[`${of}Hint`]),
		table(t.codes[of], [code, meaning], rows),
	];
}

type Meanings = "rejections" | "advice" | "dapp" | "causes";

function meaning(language: Language, of: Meanings, code: string): string {
	const meanings: { readonly [code: string]: string } = tables[language][of];
	return meanings[code] ?? "";
}

const inBoth = (of: Meanings, code: string) =>
	`${meaning("en", of, code)} ${meaning("zh", of, code)}`;

/** In the page's language, and below it in the other. */
function bilingual(of: Meanings, code: string): Child[] {
	const other = current === "en" ? "zh" : "en";
	const lang = other === "zh" ? "zh-CN" : "en";
	return [
		h("p", {}, meaning(current, of, code)),
		h("p", { class: "other", lang }, meaning(other, of, code)),
	];
}
