/** What the core says of the bench: how far the request got, why it was stopped, and how fast. */
import { format, h, replace } from "../dom.ts";
import { t } from "../text/index.ts";
import { type Attempt, type Judgement, STAGES, stagesOf, verification } from "./judge.ts";

export interface VerdictView {
	readonly element: HTMLElement;
	show(attempt: Attempt, judgement: Judgement): void;
	/** Shows a time, where there is a verifier that took it. */
	time(microseconds: number | undefined): void;
}

/** The stages, and what the core says. */
export function verdictView(): VerdictView {
	const stages = STAGES.map((stage) => {
		const said = h("span", { class: "state" });
		const item = h(
			"li",
			{ class: "stage" },
			h("span", { class: "dot", "aria-hidden": "true" }),
			h("span", { class: "stage-name" }, t.stages[stage]),
			said,
		);
		return { item, said };
	});
	const words = h("p", { class: "words", role: "status" });
	const time = h("p", { class: "time" });
	const element = h(
		"div",
		{ class: "verdict" },
		h("ol", { class: "stages", "aria-label": t.bench.stages }, ...stages.map(({ item }) => item)),
		h("div", { class: "outcome" }, words, time),
	);
	let shown = "";
	return {
		element,
		show(attempt: Attempt, judgement: Judgement) {
			const states = stagesOf(attempt, judgement);
			stages.forEach(({ item, said }, index) => {
				const state = states[index] ?? "waiting";
				item.dataset.state = state;
				said.textContent = t.stageStates[state];
			});
			const parts = outcomeOf(judgement);
			element.dataset.outcome = parts.kind;
			const now = JSON.stringify(parts);
			if (now === shown) return; // nothing new for a screen reader
			shown = now;
			replace(
				words,
				h("strong", { class: "code" }, parts.code),
				parts.status !== "" && h("span", { class: "badge" }, parts.status),
				parts.place !== "" && h("code", { class: "place" }, parts.place),
				h("span", { class: "message" }, parts.message),
			);
		},
		time(microseconds: number | undefined) {
			time.textContent =
				microseconds === undefined ? "" : format(t.bench.time, { time: microseconds.toFixed(1) });
		},
	};
}

function outcomeOf(judgement: Judgement) {
	if ("problem" in judgement) {
		const { code, message } = judgement.problem;
		return { kind: "problem", code, status: "", place: "", message };
	}
	const { result } = judgement;
	if (result.ok) {
		const message = result.timestamp === undefined ? t.bench.acceptedUntimed : t.bench.accepted;
		return { kind: "accepted", code: t.bench.acceptedCode, status: "200", place: "", message };
	}
	const { code, status, path, header = "", message } = result;
	const place = path === "" ? "" : (path ?? header);
	return { kind: "refused", code, status: String(status), place, message };
}

/** How long is measured, in milliseconds, unless a single batch takes longer. */
const MILLISECONDS = 40;
const CALLS = 20;

/** Microseconds for one call, by batches, since a browser's clock is too coarse for one. */
export function measure(attempt: Attempt): number | undefined {
	try {
		const verify = verification(attempt);
		const batches: number[] = [];
		const begin = performance.now();
		let end = begin;
		do {
			const start = end;
			for (let call = 0; call < CALLS; call += 1) verify();
			end = performance.now();
			batches.push(((end - start) * 1000) / CALLS);
		} while (end - begin < MILLISECONDS);
		return batches.sort((a, b) => a - b)[batches.length >> 1];
	} catch {
		return undefined; // no verifier, no time
	}
}
