/** What the scenarios have measured, as a table. */

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

const NUMBERS = ["deliveries", "effects", "repeats", "lost"] as const;

/** A table in Markdown for each scenario. */
export function toMarkdown(rows: readonly Row[]): string {
	const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
	return scenarios
		.map((scenario) => {
			const lines = rows
				.filter((row) => row.scenario === scenario)
				.map((row) => [row.store, ...NUMBERS.map((name) => number(row[name])), row.notes]);
			return [
				`**${scenario}**`,
				"",
				line(["store", ...NUMBERS, "notes"]),
				"|---|--:|--:|--:|--:|---|",
				...lines.map(line),
				"",
			].join("\n");
		})
		.join("\n");
}

const number = (value: number) => value.toLocaleString("en");
const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
