/** The language of the page. Each table holds every text; the compiler compares their keys. */
import { type Language, language } from "../choices.ts";
import { en, type Texts } from "./en.ts";
import { zh } from "./zh.ts";

export const tables: { readonly [Name in Language]: Texts } = { en, zh };

/** The table in use. */
export let t: Texts = en;
export let current: Language = "en";

/** Speaks what was chosen, or else what the browser prefers. */
export function speakPreferred(): void {
	const preferred = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
	speak(language.get() ?? preferred);
}

export function speak(name: Language): void {
	current = name;
	t = tables[name];
	document.documentElement.lang = name === "zh" ? "zh-CN" : "en";
	document.title = t.page.title;
}
