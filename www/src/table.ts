/** A table that becomes a list of cards where there is no room. Its roles stay when CSS changes it. */
import { type Child, h } from "./dom.ts";

export function table(
	caption: string,
	columns: readonly string[],
	rows: readonly (readonly (readonly Child[])[])[],
): HTMLElement {
	return h(
		"table",
		{ role: "table" },
		h("caption", { class: "hidden" }, caption),
		h(
			"thead",
			{ role: "rowgroup" },
			h(
				"tr",
				{ role: "row" },
				...columns.map((name) => h("th", { scope: "col", role: "columnheader" }, name)),
			),
		),
		h(
			"tbody",
			{ role: "rowgroup" },
			...rows.map((cells) =>
				h(
					"tr",
					{ role: "row" },
					...cells.map((cell, index) =>
						h("td", { role: "cell", "data-column": columns[index] }, h("div", {}, ...cell)),
					),
				),
			),
		),
	);
}
