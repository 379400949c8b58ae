/** Sign in with TokenPocket: a request as a QR code, and a box for its callback. */
import type { DappRequest, DappRequestOptions, DappResult } from "wallet-callback/dapp";
import { chainName } from "../chains.ts";
import { copyButton, field, format, h, replace, select } from "../dom.ts";
import { t } from "../text/index.ts";

const CHAINS = [
	"eip155:1",
	"eip155:56",
	"eip155:137",
	"tron:0x2b6653dc",
	"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
	"antelope:aca376f206b8fc25a6ed44dbdc66547c",
] as const;
type Chain = (typeof CHAINS)[number];

const state = {
	action: "sign" as "sign" | "login",
	chain: "eip155:1" as Chain,
	address: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
	callbackUrl: "https://shop.example/tokenpocket",
	request: undefined as DappRequest | undefined,
	pasted: "",
};

export function tokenpocketView(): HTMLElement {
	const asked = h("div", { class: "asked" });
	const verdict = h("div", { class: "answer", role: "status" });
	const text = (name: "address" | "callbackUrl") => {
		const input = h("input", {
			type: "text",
			class: "mono",
			spellcheck: "false",
			autocomplete: "off",
			autocapitalize: "off",
			input: () => {
				state[name] = input.value;
			},
		});
		input.value = state[name];
		return input;
	};
	const paste = h("textarea", {
		class: "mono",
		rows: 6,
		spellcheck: "false",
		autocapitalize: "off",
		autocomplete: "off",
		input: () => {
			state.pasted = paste.value;
		},
	});
	paste.value = state.pasted;

	const ask = async () => {
		try {
			const { request } = await import("./wallet.ts");
			state.request = request(optionsOf());
		} catch (error) {
			replace(asked, h("p", { class: "problem" }, (error as Error).message));
			return;
		}
		await show();
	};

	const show = async () => {
		if (state.request === undefined) {
			replace(asked, h("p", { class: "empty" }, t.tokenpocket.empty));
			return;
		}
		const { uri, actionId, expected } = state.request;
		const { qrCode } = await import("./wallet.ts");
		const until = new Date(expected.expiresAt * 1000).toLocaleTimeString();
		replace(
			asked,
			qrCode(uri, t.tokenpocket.qr),
			h("p", { class: "hint" }, format(t.tokenpocket.expires, { time: until })),
			h("p", {}, h("code", {}, actionId)),
			h(
				"pre",
				{ tabindex: 0, role: "region", "aria-label": t.tokenpocket.link, class: "link" },
				uri,
			),
			h(
				"div",
				{ class: "actions" },
				h("a", { href: uri, class: "button" }, t.tokenpocket.open),
				copyButton(t.tokenpocket.copyLink, t.code.copied, () => uri),
			),
			expected.message !== undefined && h("h4", {}, t.tokenpocket.message),
			expected.message !== undefined && h("pre", {}, expected.message),
		);
	};

	const verify = async () => {
		if (state.request === undefined) {
			replace(verdict, h("p", { class: "problem" }, t.tokenpocket.askFirst));
			return;
		}
		const { judge } = await import("./wallet.ts");
		try {
			replace(verdict, ...resultView(judge(state.pasted, state.request.expected)));
		} catch (error) {
			replace(verdict, h("p", { class: "problem" }, (error as Error).message));
		}
	};

	const fill = (make: (request: DappRequest) => object) => async () => {
		if (state.request === undefined) await ask();
		if (state.request === undefined) return;
		state.pasted = JSON.stringify(make(state.request), null, 2);
		paste.value = state.pasted;
		await verify();
	};

	const actions = [
		["sign", t.tokenpocket.actions.sign],
		["login", t.tokenpocket.actions.login],
	] as const;
	replace(verdict, h("p", { class: "empty" }, t.tokenpocket.nothingPasted));
	show();
	return h(
		"section",
		{ class: "view tokenpocket" },
		h("h2", { tabindex: -1 }, t.tokenpocket.title),
		h("p", { class: "lead" }, t.tokenpocket.lead),
		h(
			"div",
			{ class: "columns" },
			h(
				"section",
				{ class: "panel" },
				h("h3", {}, t.tokenpocket.request),
				field(
					t.tokenpocket.action,
					select(actions, state.action, (value) => {
						state.action = value;
					}),
				),
				field(
					t.tokenpocket.chain,
					select(
						CHAINS.map((id) => [id, chainName(id)] as const),
						state.chain,
						(value) => {
							state.chain = value;
						},
					),
				),
				field(t.tokenpocket.address, text("address"), { hint: t.tokenpocket.addressHint }),
				field(t.tokenpocket.callbackUrl, text("callbackUrl"), {
					hint: t.tokenpocket.callbackUrlHint,
				}),
				h(
					"div",
					{ class: "actions" },
					h("button", { type: "button", class: "primary", click: ask }, t.tokenpocket.make),
				),
				h("h3", {}, t.tokenpocket.callback),
				field(t.tokenpocket.paste, paste, { hint: t.tokenpocket.pasteHint }),
				h(
					"div",
					{ class: "actions" },
					h("button", { type: "button", class: "primary", click: verify }, t.tokenpocket.verify),
					h("button", { type: "button", click: fill(cancelled) }, t.tokenpocket.cancelled),
					h("button", { type: "button", click: fill(forged) }, t.tokenpocket.forged),
				),
				verdict,
			),
			h("section", { class: "panel" }, h("h3", {}, t.tokenpocket.scan), asked),
		),
	);
}

function optionsOf(): DappRequestOptions {
	const { action, chain, address, callbackUrl } = state;
	return {
		action,
		dapp: { name: "wallet-callback", icon: new URL("icon.svg", callbackUrl).href },
		chains: [chain],
		callbackUrl,
		...(address.trim() === "" ? {} : { address: address.trim() }),
	};
}

/** As the app answers when its user declines. */
const cancelled = ({ actionId }: DappRequest) => ({ actionId, result: 0, action: "sign" });

/** As somebody may answer who has seen the code and holds no key. */
const forged = ({ actionId, expected }: DappRequest) => ({
	actionId,
	result: 1,
	action: expected.action,
	wallet: expected.address,
	address: expected.address,
	message: expected.message,
	sign: `0x${"11".repeat(64)}1b`,
});

function resultView(result: DappResult) {
	if (!result.ok) {
		const { code, message, path } = result;
		return [
			h(
				"p",
				{ class: "words", "data-outcome": "refused" },
				h("strong", { class: "code" }, code),
				path !== undefined && h("code", { class: "place" }, path),
				h("span", { class: "message", lang: "en" }, message),
			),
		];
	}
	const { outcome, authenticated } = result;
	const words = authenticated ? t.tokenpocket.authenticated : t.tokenpocket.claimed;
	return [
		h(
			"p",
			{ class: "words", "data-outcome": authenticated ? "accepted" : "problem" },
			h("strong", { class: "code" }, authenticated ? "authenticated" : outcome),
			h("span", { class: "message" }, words),
		),
		h("pre", {}, JSON.stringify(result, null, 2)),
	];
}
