/** Paste to debug: a callback that does not verify, and why. */
import { type SenderName, sign } from "wallet-callback/slim";
import { type Pasted, readPaste } from "../../../pkg-template/src/cli/paste.ts";
import { field, format, h, replace, select } from "../dom.ts";
import { eventView } from "../event.ts";
import { listedSenders } from "../listed.ts";
import { t } from "../text/index.ts";
import type { Answer, Question, Reply } from "./worker.ts";

/** What was typed, for as long as the page is open; nothing is stored. */
const state = {
	paste: "",
	keys: [""],
	sender: "" as SenderName | "",
	arrived: "",
	shown: false,
};

let worker: Worker | undefined;

function ask(question: Question): Promise<Reply> {
	worker ??= new Worker(new URL("worker.js", import.meta.url), { type: "module" });
	const asked = worker;
	return new Promise((resolve) => {
		asked.onmessage = ({ data }: MessageEvent<Reply>) => resolve(data);
		asked.onerror = ({ message }) => {
			worker = undefined;
			resolve({ error: message || "the worker did not start" });
		};
		asked.postMessage(question);
	});
}

export function debugView(): HTMLElement {
	const paste = h("textarea", {
		class: "mono paste",
		rows: 12,
		spellcheck: "false",
		autocapitalize: "off",
		autocomplete: "off",
		placeholder: PLACEHOLDER,
		input: () => {
			state.paste = paste.value;
			showRead();
		},
		keydown: runOnEnter,
	});
	paste.value = state.paste;
	const arrived = h("input", {
		type: "text",
		class: "mono",
		spellcheck: "false",
		autocomplete: "off",
		placeholder: t.debug.arrivedNow,
		input: () => {
			state.arrived = arrived.value;
		},
	});
	arrived.value = state.arrived;
	const keys = h("div", { class: "keys" });
	const read = h("p", { class: "hint", role: "status" });
	const answer = h("div", { class: "answer", role: "status" });
	let asked = 0;

	function runOnEnter(event: KeyboardEvent): void {
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
	}

	const showRead = () => {
		const pasted = readPaste(state.paste);
		read.textContent = state.paste.trim() === "" ? t.debug.readNothing : describe(pasted);
	};

	const drawKeys = () => {
		replace(
			keys,
			...state.keys.map((text, index) => {
				const area = h("textarea", {
					class: "mono masked",
					rows: 1,
					spellcheck: "false",
					autocapitalize: "off",
					autocomplete: "off",
					"data-key": index,
					input: () => {
						state.keys[index] = area.value;
					},
					keydown: runOnEnter,
				});
				area.value = text;
				const show = h(
					"button",
					{
						type: "button",
						class: "quiet",
						"aria-pressed": "false",
						click() {
							const masked = area.classList.toggle("masked");
							show.setAttribute("aria-pressed", String(!masked));
						},
					},
					t.debug.show,
				);
				const label = state.keys.length > 1 ? `${t.debug.secret} ${index + 1}` : t.debug.secret;
				return h("div", { class: "with-button" }, field(label, area), show);
			}),
			h(
				"button",
				{
					type: "button",
					class: "quiet",
					click() {
						state.keys.push("");
						drawKeys();
					},
				},
				t.debug.addKey,
			),
		);
	};

	const fill = (example: typeof state) => {
		Object.assign(state, example);
		paste.value = state.paste;
		arrived.value = state.arrived;
		sender.value = state.sender;
		drawKeys();
		showRead();
		run();
	};

	const run = async () => {
		const pasted = readPaste(state.paste);
		if (pasted === undefined) {
			replace(answer, h("p", { class: "problem" }, t.debug.unreadable));
			return;
		}
		const now = timeOf(state.arrived) ?? pasted.arrived ?? Date.now();
		asked += 1;
		const mine = asked;
		answer.setAttribute("aria-busy", "true");
		const { headers, body, method, url } = pasted;
		const reply = await ask({
			pasted: { headers, body, method, url },
			keys: state.keys.filter((key, index) => key !== "" || index === 0),
			sender: state.sender === "" ? undefined : state.sender,
			now,
		});
		if (mine !== asked) return;
		answer.removeAttribute("aria-busy");
		state.shown = true;
		replace(
			answer,
			...("error" in reply
				? [h("p", { class: "problem" }, reply.error)]
				: answerView(reply.answer, pasted)),
		);
		answer.scrollIntoView({ block: "nearest" });
	};

	const all = listedSenders().map(({ name, title }) => [name, title] as const);
	const sender = select<SenderName | "">(
		[["", t.debug.senderAuto], ...all],
		state.sender,
		(value) => {
			state.sender = value;
		},
	);

	drawKeys();
	showRead();
	replace(
		answer,
		h(
			"div",
			{ class: "empty" },
			h("p", {}, t.debug.empty),
			h("button", { type: "button", click: () => fill(exampleOfBody()) }, t.debug.tryExample),
		),
	);
	if (state.shown) run();
	return h(
		"section",
		{ class: "view debug" },
		h("h2", { tabindex: -1 }, t.debug.title),
		h("p", { class: "lead" }, t.debug.lead),
		h(
			"div",
			{ class: "columns" },
			h(
				"section",
				{ class: "panel" },
				h("h3", {}, t.debug.callback),
				field(t.debug.paste, paste, { hint: t.debug.pasteHint }),
				read,
				keys,
				h("p", { class: "notice" }, t.debug.private),
				h(
					"div",
					{ class: "controls two" },
					field(t.debug.sender, sender),
					field(t.debug.arrived, arrived, { hint: t.debug.arrivedHint }),
				),
				h(
					"div",
					{ class: "actions" },
					h("button", { type: "button", class: "primary", click: run }, t.debug.explain),
					h("button", { type: "button", click: () => fill(exampleOfBody()) }, t.debug.exampleBody),
					h("button", { type: "button", click: () => fill(exampleOfKey()) }, t.debug.exampleKey),
				),
			),
			h("section", { class: "panel" }, h("h3", {}, t.debug.answer), answer),
		),
	);
}

function describe(pasted: Pasted | undefined): string {
	if (pasted === undefined) return t.debug.unreadable;
	const { form, headers, body, reparsed } = pasted;
	const bytes = typeof body === "string" ? new TextEncoder().encode(body).length : body.length;
	const read = format(t.debug.read, { form: t.debug.forms[form], headers: headers.length, bytes });
	return reparsed ? `${read} ${t.debug.reparsed}` : read;
}

/** Milliseconds; RFC 3339 is read, and a number is taken as it is. */
function timeOf(text: string): number | undefined {
	if (text.trim() === "") return undefined;
	const time = /^\d+$/.test(text.trim()) ? Number(text) : Date.parse(text);
	return Number.isNaN(time) ? undefined : time;
}

function answerView({ sender, detected, explanation, accepted }: Answer, pasted: Pasted) {
	const { verdict, causes } = explanation;
	const info = listedSenders().find(({ name }) => name === sender);
	const how = detected.includes(sender as SenderName) ? t.debug.detected : t.debug.expected;
	const code = verdict.ok ? t.bench.acceptedCode : verdict.code;
	return [
		h(
			"p",
			{ class: "words", "data-outcome": verdict.ok ? "accepted" : "refused" },
			h("strong", { class: "code" }, code),
			h("span", { class: "message" }, verdict.ok ? t.debug.verifies : verdict.message),
		),
		h("p", { class: "hint" }, format(how, { sender: info?.title ?? "TP Wallet (TokenPocket)" })),
		pasted.reparsed === true && h("p", { class: "notice" }, t.debug.reparsed),
		h(
			"ol",
			{ class: "causes" },
			...causes.map(({ code: cause, certainty, message, fix }) =>
				h(
					"li",
					{ class: "cause", "data-cause": cause },
					h(
						"p",
						{ class: "cause-head" },
						h("code", {}, cause),
						h(
							"span",
							{ class: certainty === "certain" ? "badge good" : "badge" },
							t.debug.certainty[certainty],
						),
					),
					h("p", { class: "meaning" }, t.causes[cause]),
					h("p", { lang: "en" }, message),
					h(
						"p",
						{ class: "fix" },
						h("strong", {}, t.debug.fix),
						" ",
						h("span", { lang: "en" }, fix),
					),
				),
			),
		),
		accepted && eventView(accepted),
	];
}

const PLACEHOLDER = `POST /callback
content-type: application/json
webhook-id: msg_…
webhook-timestamp: 1764000000
webhook-signature: v1,…

{"type":"deposit.confirmed",…}`;

const STRIPE_SECRET = "whsec_made_up_for_this_example";

function stripeCallback(body: string) {
	return sign({ sender: "stripe", key: STRIPE_SECRET, body });
}

/** A body that a parser has read and a program has written anew. */
function exampleOfBody(): typeof state {
	const event = { id: "evt_1", type: "charge.succeeded", data: { amount: 1200, currency: "usd" } };
	const { headers } = stripeCallback(JSON.stringify(event));
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
	const head = ["POST /callback HTTP/1.1", "content-type: application/json", ...lines].join("\n");
	const paste = `${head}\n\n${JSON.stringify(event, null, 2)}`;
	return { paste, keys: [STRIPE_SECRET], sender: "", arrived: "", shown: true };
}

/** A secret with the quotation marks of a file of variables, and a log that has it all. */
function exampleOfKey(): typeof state {
	const { headers, body } = stripeCallback('{"id":"evt_2","type":"payout.paid"}');
	const paste = JSON.stringify({ level: 40, msg: "refused", req: { headers, body } });
	return { paste, keys: [`"${STRIPE_SECRET}"`], sender: "", arrived: "", shown: true };
}
