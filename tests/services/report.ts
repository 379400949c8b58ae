/** What the scenarios have measured, as a table. */
import { grouped } from "./size.ts";

export interface Row {
	readonly scenario: string;
	readonly store: string;
	/** How often something was sent, with the sender's repetitions. */
	readonly deliveries: number;
	/** How often a handler had its effect. */
	readonly effects: number;
	/** How many of these were not the first of their callback. */
	readonly repeats: number;
	/** How many callbacks had no effect. */
	readonly lost: number;
	readonly notes: string;
}

/** A table in Markdown: a line for each scenario, a column for each store. */
export function toMarkdown(rows: readonly Row[]): string {
	const stores = [...new Set(rows.map(({ store }) => store))];
	const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
	const cells = scenarios.map((scenario) => {
		const cell = (store: string) =>
			toCell(rows.find((row) => row.scenario === scenario && row.store === store));
		return line([scenario, ...stores.map(cell)]);
	});
	return [line(["", ...stores]), line(["---", ...stores.map(() => "--:")]), ...cells].join("\n");
}

/** As `2,700 → 2,000 + 11`: so many deliveries, callbacks that had their effect, and repeats. */
function toCell(row: Row | undefined): string {
	if (row === undefined) return "–";
	const { deliveries, effects, repeats, lost } = row;
	const again = repeats > 0 ? ` + ${grouped(repeats)}` : "";
	const never = lost > 0 ? `, ${grouped(lost)} lost` : "";
	return `${grouped(deliveries)} → ${grouped(effects - repeats)}${again}${never}`;
}

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
