/** What a person has chosen with a switch, and nothing else, is kept in the browser. */

export type Theme = "light" | "dark";
export type Language = "en" | "zh";

interface Choice<Value> {
	get(): Value | undefined;
	set(value: Value): void;
}

export const theme: Choice<Theme> = choice("theme", ["light", "dark"]);
export const language: Choice<Language> = choice("language", ["en", "zh"]);

function choice<Value extends string>(name: string, values: readonly Value[]): Choice<Value> {
	const key = `wallet-callback.${name}`;
	return {
		get() {
			try {
				const stored = localStorage.getItem(key);
				return values.find((value) => value === stored);
			} catch {
				return undefined; // storage may be forbidden
			}
		},
		set(value) {
			try {
				localStorage.setItem(key, value);
			} catch {
				// then the choice holds until the page is closed
			}
		},
	};
}
