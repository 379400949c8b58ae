/** A text area whose letters can be marked: the marks stand behind it, in the same place. */
import type { Range } from "./bench/signed.ts";
import { h, replace, unique } from "./dom.ts";

export interface Editor {
	readonly element: HTMLElement;
	value: string;
	mark(ranges: readonly Range[]): void;
}

export function editor(label: string, input: () => void): Editor {
	const id = unique("editor");
	const behind = h("div", { class: "behind", "aria-hidden": "true" });
	const area = h("textarea", {
		id,
		spellcheck: "false",
		autocapitalize: "off",
		autocomplete: "off",
		translate: "no",
		rows: 1,
		input,
	});
	let ranges: readonly Range[] = [];
	const draw = () => {
		const pieces: (Node | string)[] = [];
		let at = 0;
		for (const { start, end, kind } of ranges) {
			pieces.push(area.value.slice(at, start));
			pieces.push(h("span", { class: `mark ${kind}` }, area.value.slice(start, end)));
			at = end;
		}
		// A line break at the end takes room only if something follows it.
		replace(behind, ...pieces, `${area.value.slice(at)}\u200b`);
	};
	return {
		element: h(
			"div",
			{ class: "field" },
			h("label", { for: id }, label),
			h("div", { class: "editor" }, behind, area),
		),
		get value() {
			return area.value;
		},
		set value(text) {
			if (area.value !== text) area.value = text;
		},
		mark(marks) {
			ranges = marks;
			draw();
		},
	};
}
