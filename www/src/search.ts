/** A field to search a list with. Several words are to be found all. */
import { field, h } from "./dom.ts";

export interface Search {
	readonly element: HTMLElement;
	finds(text: string): boolean;
}

/** What was typed last outlives a change of language: `change` keeps it. */
export function search(label: string, query: string, change: (query: string) => void): Search {
	const input = h("input", {
		type: "search",
		autocomplete: "off",
		spellcheck: "false",
		input: () => change(input.value),
	});
	input.value = query;
	return {
		element: h("div", { class: "controls one" }, field(label, input)),
		finds(text) {
			const lower = text.toLowerCase();
			return input.value
				.toLowerCase()
				.split(/\s+/)
				.every((word) => lower.includes(word));
		},
	};
}
