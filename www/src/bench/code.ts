/** Programs and a command to copy, for what stands in the bench. */
import type { SenderInfo } from "wallet-callback/slim";
import { copyButton, h } from "../dom.ts";
import { snippet, TARGETS, type Target } from "../snippets.ts";
import { t } from "../text/index.ts";

interface Request {
	readonly info: SenderInfo;
	readonly head: string;
	readonly body: string;
}

export interface CodeView {
	readonly element: HTMLElement;
	show(): void;
}

/** It outlives a change of language. */
let chosen: Target = "node";

export function codeView(request: () => Request): CodeView {
	const code = h("code", {});
	const text = () => {
		const { info, ...parts } = request();
		return snippet(chosen, info, parts);
	};
	const show = () => {
		code.textContent = text();
		for (const button of tabs.querySelectorAll("button")) {
			button.setAttribute("aria-pressed", String(button.dataset.target === chosen));
		}
	};
	const tabs = h(
		"div",
		{ class: "chips", role: "group", "aria-label": t.code.title },
		...TARGETS.map((target) =>
			h(
				"button",
				{
					type: "button",
					class: "chip",
					"data-target": target,
					click() {
						chosen = target;
						show();
					},
				},
				t.code.targets[target],
			),
		),
	);
	const element = h(
		"section",
		{ class: "panel code" },
		h(
			"div",
			{ class: "panel-head" },
			h("h3", {}, t.code.title),
			copyButton(t.code.copy, t.code.copied, text),
		),
		h("p", { class: "hint" }, t.code.lead),
		tabs,
		h("pre", { tabindex: 0, role: "region", "aria-label": t.code.title }, code),
	);
	return { element, show };
}
