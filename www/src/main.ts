/** The page: its parts, the one that is shown, and the switches. */
import { benchView } from "./bench/view.ts";
import { type Language, language, type Theme, theme } from "./choices.ts";
import { codesView } from "./codes.ts";
import { loadModule } from "./core.ts";
import { debugView } from "./debug/view.ts";
import { h, replace, svg } from "./dom.ts";
import { sendersView } from "./senders.ts";
import { speedView } from "./speed.ts";
import { current, speak, speakPreferred, t } from "./text/index.ts";
import { tokenpocketView } from "./tokenpocket/view.ts";

const VIEWS = {
	bench: benchView,
	debug: debugView,
	tokenpocket: tokenpocketView,
	senders: sendersView,
	codes: codesView,
	speed: speedView,
};
type Name = keyof typeof VIEWS;
const NAMES = Object.keys(VIEWS) as Name[];
/** The parts that sign and verify: they wait for the module, which the others do without. */
const RUNNING: readonly Name[] = ["bench", "debug", "speed"];

const main = h("main", { id: "main" });
const header = h("header", { class: "top" });

/** Where the site is, if the page is one of its pages. */
const docs = document.querySelector("link[rel=help]")?.getAttribute("href") ?? "";

/** The parts that have been shown, in the language that is spoken. */
let built = new Map<Name, HTMLElement>();

function chosen(): Name {
	const hash = location.hash.slice(1);
	return NAMES.find((name) => name === hash) ?? "bench";
}

async function show(focus: boolean): Promise<void> {
	const name = chosen();
	if (RUNNING.includes(name)) {
		try {
			await loadModule();
		} catch (error) {
			return replace(main, problem(error));
		}
		if (name !== chosen()) return;
	}
	const view = built.get(name) ?? VIEWS[name]();
	built.set(name, view);
	replace(main, view);
	for (const link of header.querySelectorAll("nav a")) {
		if (link.getAttribute("href") === `#${name}`) link.setAttribute("aria-current", "page");
		else link.removeAttribute("aria-current");
	}
	if (focus) {
		scrollTo(0, 0);
		view.querySelector("h2")?.focus({ preventScroll: true });
	}
}

function drawHeader(): void {
	const languages = [
		["en", "English"],
		["zh", "简体中文"],
	] as const;
	const themes = [
		["light", t.page.light],
		["dark", t.page.dark],
	] as const;
	replace(
		header,
		h("a", { class: "skip", href: "#main", click: skip }, t.page.skip),
		h(
			"div",
			{ class: "brand" },
			logo(),
			h("h1", {}, "wallet-callback"),
			h("p", { class: "private" }, t.page.private),
		),
		h(
			"div",
			{ class: "switches" },
			choices(t.page.language, languages, current, (name) => {
				language.set(name);
				changeLanguage(name);
			}),
			choices(t.page.theme, themes, shownTheme(), (name) => {
				theme.set(name);
				document.documentElement.dataset.theme = name;
				drawHeader();
				show(false);
			}),
		),
		h(
			"nav",
			{ "aria-label": t.page.parts },
			...NAMES.map((name) => h("a", { href: `#${name}` }, t.page.nav[name])),
			docs !== "" && h("a", { href: `${docs}${current === "zh" ? "zh/" : ""}` }, t.page.docs),
		),
	);
}

/** A group of buttons of which one is pressed. */
function choices<Value extends Language | Theme>(
	label: string,
	values: readonly (readonly [Value, string])[],
	pressed: Value,
	choose: (value: Value) => void,
): HTMLElement {
	return h(
		"div",
		{ class: "switch", role: "group", "aria-label": label },
		...values.map(([value, name]) =>
			h(
				"button",
				{
					type: "button",
					"data-choice": value,
					lang: value === "zh" ? "zh-CN" : value === "en" ? "en" : undefined,
					"aria-pressed": String(value === pressed),
					click() {
						choose(value);
						header.querySelector<HTMLElement>(`[data-choice="${value}"]`)?.focus();
					},
				},
				name,
			),
		),
	);
}

const prefersDark = matchMedia("(prefers-color-scheme: dark)");

function shownTheme(): Theme {
	return theme.get() ?? (prefersDark.matches ? "dark" : "light");
}

function changeLanguage(name: Language): void {
	speak(name);
	built = new Map();
	drawHeader();
	show(false);
}

function problem(error: unknown): HTMLElement {
	return h("p", { class: "problem", role: "alert" }, `${t.page.failed} ${error}`);
}

/** A link to the main part must not change which part is shown. */
function skip(event: Event): void {
	event.preventDefault();
	main.querySelector("h2")?.focus();
}

function logo(): SVGSVGElement {
	return svg(
		"svg",
		{ class: "logo", viewBox: "0 0 32 32", "aria-hidden": "true" },
		svg("rect", { width: 32, height: 32, rx: 8 }),
		svg("path", { d: "M8.5 16.5l5 5 10-11" }),
	);
}

speakPreferred();
try {
	drawHeader();
	await show(false);
	document.body.append(header, main, h("footer", {}, h("p", {}, t.page.footer)));
	addEventListener("hashchange", () => show(true));
	prefersDark.addEventListener("change", drawHeader);
} catch (error) {
	document.body.append(problem(error));
}
