/** The live bench: a request, the receiver that judges it, and what becomes of both. */
import type { SenderName } from "wallet-callback/slim";
import { chainName } from "../chains.ts";
import { field, format, h, replace, select } from "../dom.ts";
import { editor } from "../editor.ts";
import { eventView } from "../event.ts";
import { listedSenders } from "../listed.ts";
import { t } from "../text/index.ts";
import { ATTACKS, type Attack, attack, signerOf, type Victim } from "./attacks.ts";
import { codeView } from "./code.ts";
import { type Attempt, judge } from "./judge.ts";
import {
	type BenchChain,
	CHAINS,
	chainOf,
	EVENT_TYPES,
	type EventType,
	otherBody,
	walletBody,
} from "./samples.ts";
import { findSigned, follow, type Marks } from "./signed.ts";
import { type Keys, makeKeys, type Signed } from "./signer.ts";
import { measure, verdictView } from "./verdict.ts";

const OURS = "tp-wallet";
/** Those whose callbacks the page can sign: with RSA and ECDSA only they themselves can. */
const signable = listedSenders().filter(
	({ algorithm }) => !/RSA|ECDSA|RS512|ES256/.test(algorithm),
);

/** What stands in the bench. It outlives a change of language. */
const state = {
	sender: OURS as SenderName,
	type: "deposit.confirmed" as EventType,
	chain: "eip155:1" as BenchChain,
	secret: "",
	head: "",
	body: "",
	ip: "203.0.113.7",
	allowedIps: "203.0.113.0/24",
	/** Unix seconds. */
	signedAt: 0,
	/** Seconds that the receiver's clock is ahead of the signature. */
	offset: 2,
	last: undefined as Attack | undefined,
};
/** For senders that sign one. */
const NONCE = "8f14e45fceea167a";

/** The last callback that was signed, and what of it is signed. */
let genuine: Signed & {
	/** Before it was signed: some senders put the signature into the body. */
	readonly plain: string;
	readonly keys: Keys;
	readonly marks: Marks;
	readonly id: string;
};

function attempt(): Attempt {
	return { ...state, now: (state.signedAt + state.offset) * 1000 };
}

function isAccepted(): boolean {
	const judgement = judge(attempt());
	return "result" in judgement && judgement.result.ok;
}

function infoOf(name: SenderName) {
	const info = signable.find((sender) => sender.name === name);
	if (info === undefined) throw new TypeError(`${name} is not in the bench`);
	return info;
}

const bodyAt = (timestamp: number) =>
	state.sender === OURS
		? walletBody(state.type, state.chain, timestamp)
		: otherBody(infoOf(state.sender), timestamp);

/** Signs an example anew, with new keys. */
function begin(): void {
	state.signedAt = Math.floor(Date.now() / 1000);
	const keys = makeKeys(state.sender);
	signBody(bodyAt(state.signedAt), keys);
	Object.assign(state, { offset: 2, ip: "203.0.113.7", allowedIps: "203.0.113.0/24" });
	state.last = undefined;
}

/** Signs a body with these keys, and finds out what of it is signed. */
function signBody(body: string, keys: Keys, id = `msg_${crypto.randomUUID().slice(0, 8)}`): void {
	const making = { sender: state.sender, keys, id, nonce: NONCE };
	const sign = signerOf(making, state.signedAt, bodyAt);
	const signed = sign({ body });
	Object.assign(state, signed, { secret: keys.verifying });
	const others = [1, 2, 3].map(() => sign({ body, keys: makeKeys(state.sender) }));
	const reference = { ...attempt(), now: state.signedAt * 1000, allowedIps: "" };
	const marks = findSigned(signed, others, (callback) => {
		const judgement = judge({ ...reference, ...callback });
		if ("problem" in judgement) return judgement.problem.code;
		return judgement.result.ok ? undefined : judgement.result.code;
	});
	genuine = { ...signed, plain: body, keys, marks, id };
}

function victim(): Victim {
	const { sender, chain, signedAt } = state;
	const { head, body, plain, keys, marks, id } = genuine;
	const making = { sender, keys, id, nonce: NONCE };
	const sign = signerOf(making, signedAt, bodyAt);
	return { info: infoOf(sender), chain, head, body, plain, marks, sign };
}

/** Brings back the callback as it was signed. */
function restore(): void {
	const { head, body, keys } = genuine;
	Object.assign(state, { head, body, secret: keys.verifying, offset: 2, last: undefined });
}

export function benchView(): HTMLElement {
	if (genuine === undefined) begin();

	const head = editor(t.bench.head, () => edited({ head: head.value }));
	const body = editor(t.bench.body, () => edited({ body: body.value }));
	const text = (name: "secret" | "ip" | "allowedIps") =>
		h("input", {
			type: "text",
			spellcheck: "false",
			autocomplete: "off",
			autocapitalize: "off",
			class: "mono",
			input: (event: InputEvent) => edited({ [name]: (event.target as HTMLInputElement).value }),
		});
	const secret = text("secret");
	const ip = text("ip");
	const allowedIps = text("allowedIps");
	const clock = h("input", {
		type: "range",
		min: -900,
		max: 900,
		step: 1,
		input: () => edited({ offset: Number(clock.value) }),
	});
	const clockText = h("output", { class: "hint mono" });
	const verdict = verdictView();
	const event = h("div", { class: "event-box" });
	const note = h("div", { class: "note", role: "status" });
	const code = codeView(() => {
		const { sender, head, body } = state;
		return { info: infoOf(sender), head, body };
	});
	const choices = h("div", { class: "controls" });
	const attacks = h("div", { class: "chips", role: "group", "aria-label": t.bench.attacks });
	let measuring: ReturnType<typeof setTimeout> | undefined;
	let replays = 0;

	const edited = (change: Partial<typeof state>) => {
		Object.assign(state, change);
		draw();
	};

	const draw = () => {
		head.value = state.head;
		body.value = state.body;
		head.mark(follow(genuine.marks.head, genuine.head, state.head));
		body.mark(follow(genuine.marks.body, genuine.body, state.body));
		for (const [input, value] of [
			[secret, state.secret],
			[ip, state.ip],
			[allowedIps, state.allowedIps],
			[clock, String(state.offset)],
		] as const) {
			if (input.value !== value) input.value = value;
		}
		secret.classList.toggle("changed", state.secret !== genuine.keys.verifying);
		const now = new Date((state.signedAt + state.offset) * 1000).toISOString().slice(0, 19);
		const sign = state.offset < 0 ? "−" : "+";
		clockText.textContent = format(t.bench.clockValue, {
			time: `${now}Z`,
			offset: `${sign}${Math.abs(state.offset)}`,
		});
		clock.setAttribute("aria-valuetext", clockText.textContent);

		const current = attempt();
		const judgement = judge(current);
		verdict.show(current, judgement);
		if ("result" in judgement && judgement.result.ok) replace(event, eventView(judgement.result));
		else replace(event, h("p", { class: "empty" }, t.event.none));
		code.show();
		for (const button of attacks.querySelectorAll("button")) {
			button.setAttribute("aria-pressed", String(button.dataset.attack === state.last));
		}
		clearTimeout(measuring);
		measuring = setTimeout(() => {
			verdict.time(measure(current));
			// Once more when the engine has compiled what is hot.
			measuring = setTimeout(() => verdict.time(measure(current)), 500);
		}, 120);
	};

	const describe = () => {
		const name = state.last;
		const words = name === undefined ? t.bench.attackNone : t.attacks[name].note;
		const passes = name !== undefined && name !== "replay" && isAccepted();
		replace(note, h("p", {}, words), passes && h("p", {}, h("strong", {}, t.bench.attackPasses)));
	};

	const run = async (name: Attack) => {
		restore();
		const change = attack[name](victim());
		if (change === undefined) return;
		const { later = 0, ...parts } = change;
		edited({ ...parts, offset: state.offset + later, last: name });
		describe();
		if (name === "replay") await showReplay();
	};

	/** Delivers the callback to a receiver, now and a while later. */
	const showReplay = async () => {
		replays += 1;
		const mine = replays;
		const current = attempt();
		const first = (state.signedAt + 2) * 1000;
		const { deliver } = await import("./replay.ts");
		const deliveries = await deliver(current, [first, current.now]);
		if (mine !== replays || state.last !== "replay") return;
		const lines = deliveries.map(({ status, answer, handled }, index) =>
			h(
				"li",
				{},
				`${index === 0 ? t.bench.firstDelivery : t.bench.secondDelivery} `,
				h("code", {}, `${status} ${answer}`),
				` ${format(t.bench.handled, { count: handled })}`,
			),
		);
		note.append(h("ol", { class: "deliveries" }, ...lines));
	};

	const beginAgain = () => {
		begin();
		drawChoices();
		describe();
		draw();
	};

	const drawChoices = () => {
		const again = (chosen: number) => {
			beginAgain();
			choices.querySelectorAll("select")[chosen]?.focus();
		};
		const names = signable.map(({ name, title }) => [name, title] as const);
		const movable = state.sender === OURS && chainOf(state.type) !== undefined;
		const type = select(
			EVENT_TYPES.map((name) => [name, name] as const),
			state.type,
			(value) => {
				state.type = value;
				state.chain = chainOf(value) ?? state.chain;
				again(1);
			},
		);
		const chain = select(
			CHAINS.map((id) => [id, chainName(id)] as const),
			state.chain,
			(value) => {
				state.chain = value;
				again(2);
			},
		);
		type.disabled = state.sender !== OURS;
		chain.disabled = !movable;
		replace(
			choices,
			field(
				t.bench.sender,
				select(names, state.sender, (value) => {
					state.sender = value;
					again(0);
				}),
			),
			field(t.bench.type, type),
			field(t.bench.chain, chain),
		);
		const possible = victim();
		replace(
			attacks,
			...ATTACKS.map((name) =>
				h(
					"button",
					{
						type: "button",
						class: "chip",
						"data-attack": name,
						disabled: attack[name](possible) === undefined,
						click: () => run(name),
					},
					t.attacks[name].name,
				),
			),
		);
	};

	const actions = h(
		"div",
		{ class: "actions" },
		h(
			"button",
			{
				type: "button",
				class: "primary",
				click() {
					try {
						signBody(state.body, genuine.keys);
						state.last = undefined;
						describe();
					} catch (error) {
						replace(note, h("p", {}, (error as Error).message));
					}
					draw();
				},
			},
			t.bench.signAgain,
		),
		h("button", { type: "button", click: beginAgain }, t.bench.reset),
	);
	const legend = h(
		"p",
		{ class: "legend" },
		...(["signed", "signature", "changed"] as const).map((kind) =>
			h("span", {}, h("span", { class: `mark ${kind}` }, t.bench.legend[kind])),
		),
	);

	drawChoices();
	describe();
	const view = h(
		"section",
		{ class: "view bench" },
		h("h2", { tabindex: -1 }, t.bench.title),
		h("p", { class: "lead" }, t.bench.lead),
		choices,
		verdict.element,
		h(
			"div",
			{ class: "columns" },
			h("section", { class: "panel attacks" }, h("h3", {}, t.bench.attacks), attacks, note),
			h(
				"section",
				{ class: "panel request" },
				h("div", { class: "panel-head" }, h("h3", {}, t.bench.request), actions),
				head.element,
				body.element,
				legend,
			),
			h(
				"section",
				{ class: "panel receiver" },
				h("h3", {}, t.bench.receiver),
				field(t.bench.secret, secret, { hint: t.bench.secretHint }),
				field(t.bench.clock, clock),
				clockText,
				field(t.bench.ip, ip),
				field(t.bench.allowedIps, allowedIps, { hint: t.bench.allowedIpsHint }),
			),
		),
		h("section", { class: "panel" }, h("h3", {}, t.event.title), event),
		code.element,
	);
	draw();
	return view;
}
