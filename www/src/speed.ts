/** Ours against WebCrypto on the same bodies, measured in this browser. */
import { createVerifier, generateSecret, sign } from "wallet-callback/slim";
import { format, h, replace, svg } from "./dom.ts";
import { table } from "./table.ts";
import { t } from "./text/index.ts";

const SIZES = [300, 1024, 4096, 65_536] as const;
/** How long each is measured in one round, and how many rounds there are. */
const MILLISECONDS = 60;
const ROUNDS = 5;

interface Finding {
	readonly size: number;
	/** Microseconds for one callback. */
	readonly ours: number;
	readonly theirs: number;
}

let findings: readonly Finding[] = [];

export function speedView(): HTMLElement {
	const results = h("div", { class: "results" });
	const status = h("p", { class: "hint", role: "status" });
	const button = h(
		"button",
		{
			type: "button",
			class: "primary",
			async click() {
				button.disabled = true;
				const found: Finding[] = [];
				for (const size of SIZES) {
					status.textContent = format(t.speed.measuring, { size: sizeName(size) });
					found.push(await measure(size));
				}
				findings = found;
				status.textContent = t.speed.done;
				button.disabled = false;
				draw();
			},
		},
		t.speed.start,
	);
	const draw = () => {
		if (findings.length === 0) replace(results, h("p", { class: "empty" }, t.speed.empty));
		else replace(results, chart(findings), figures(findings));
	};
	draw();
	return h(
		"section",
		{ class: "view speed" },
		h("h2", { tabindex: -1 }, t.speed.title),
		h("p", { class: "lead" }, t.speed.lead),
		h("div", { class: "actions" }, button, status),
		h("section", { class: "panel" }, results),
		h("p", { class: "hint" }, t.speed.how),
	);
}

function sizeName(bytes: number): string {
	return bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KB`;
}

/** A genuine callback with a body of about this size. */
function bodyOf(size: number): string {
	const entry = {
		name: "user_48213",
		amount: "1250500000",
		note: "paid in full",
		tags: ["a", "b"],
	};
	const event = (count: number) =>
		JSON.stringify({
			type: "user.registered",
			timestamp: "2026-01-01T00:00:00Z",
			data: { userId: "user_48213", registeredAt: "2026-01-01T00:00:00Z" },
			entries: Array(count).fill(entry),
		});
	const empty = event(0).length;
	return event(Math.max(1, Math.round((size - empty) / (JSON.stringify(entry).length + 1))));
}

async function measure(size: number): Promise<Finding> {
	const secret = generateSecret();
	const timestamp = Math.floor(Date.now() / 1000);
	const { headers, body } = sign({ key: secret, body: bodyOf(size), id: "msg_1", timestamp });
	const bytes = new TextEncoder().encode(body);

	const verifier = createVerifier({ keys: secret, now: () => timestamp * 1000 });
	const ours = () => {
		if (!verifier.safeVerify({ headers, body: bytes }).ok) throw new Error("expected it to verify");
	};

	const raw = fromBase64(secret.replace("whsec_", ""));
	const hmac = { name: "HMAC", hash: "SHA-256" };
	const key = await crypto.subtle.importKey("raw", raw, hmac, false, ["verify"]);
	const signature = fromBase64((headers["webhook-signature"] ?? "").replace("v1,", ""));
	const encoder = new TextEncoder();
	const decoder = new TextDecoder("utf-8", { fatal: true });
	const theirs = async () => {
		const prefix = encoder.encode(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`);
		const signed = new Uint8Array(prefix.length + bytes.length);
		signed.set(prefix);
		signed.set(bytes, prefix.length);
		const genuine = await crypto.subtle.verify("HMAC", key, signature, signed);
		if (!genuine || JSON.parse(decoder.decode(bytes)).type === "") throw new Error("expected it");
	};

	const times: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] };
	for (let round = 0; round <= ROUNDS; round += 1) {
		const one = { ours: await time(ours), theirs: await time(theirs) };
		if (round === 0) continue; // the engine compiles what is hot
		times.ours.push(one.ours);
		times.theirs.push(one.theirs);
	}
	return { size, ours: median(times.ours), theirs: median(times.theirs) };
}

/** Microseconds for one call. The page stays alive between the rounds. */
async function time(call: () => void | Promise<void>): Promise<number> {
	await new Promise((resolve) => setTimeout(resolve));
	const start = performance.now();
	let calls = 0;
	let end = start;
	while (end - start < MILLISECONDS) {
		for (let one = 0; one < 8; one += 1) {
			const pending = call();
			if (pending) await pending;
		}
		calls += 8;
		end = performance.now();
	}
	return ((end - start) * 1000) / calls;
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[sorted.length >> 1] ?? Number.NaN;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

const LEFT = 64;
const RIGHT = 64;
const BAR = 16;
const GROUP = 56;

/** Two bars for each size, on a logarithmic scale. */
function chart(found: readonly Finding[]): SVGSVGElement {
	const isNarrow = matchMedia("(max-width: 800px)").matches;
	const fullWidth = isNarrow ? 320 : 880;
	const room = fullWidth - LEFT - RIGHT;
	const height = found.length * GROUP + 24;
	const decades = Math.log10(Math.max(10, ...found.flatMap(({ ours, theirs }) => [ours, theirs])));
	const width = (value: number) => Math.max(2, (Math.log10(Math.max(value, 1)) / decades) * room);
	const text = (name: string, x: number, y: number, anchor: string, words: string) =>
		svg("text", { class: name, x, y, "text-anchor": anchor }, words);
	const lines = Array.from({ length: Math.floor(decades) + 1 }, (_, power) => {
		const x = LEFT + (power / decades) * room;
		return [
			svg("line", { class: "grid", x1: x, x2: x, y1: 0, y2: height - 24 }),
			text("axis", x, height - 8, "middle", String(10 ** power)),
		];
	});
	const bars = found.flatMap(({ size, ours, theirs }, index) => {
		const y = index * GROUP + 8;
		const bar = (kind: string, value: number, top: number) => [
			svg("rect", { class: kind, x: LEFT, y: top, width: width(value), height: BAR, rx: 2 }),
			text("value", LEFT + width(value) + 8, top + BAR - 4, "start", value.toFixed(1)),
		];
		return [
			text("size", LEFT - 12, y + 20, "end", sizeName(size)),
			...bar("ours", ours, y),
			...bar("theirs", theirs, y + BAR + 4),
		];
	});
	const viewBox = `0 0 ${fullWidth} ${height}`;
	return svg(
		"svg",
		{ class: "chart", viewBox, role: "img", "aria-label": t.speed.chart },
		...lines.flat(),
		...bars,
	);
}

function figures(found: readonly Finding[]): HTMLElement {
	const { size, ours, theirs, ratio } = t.speed.columns;
	return h(
		"div",
		{ class: "list" },
		h(
			"p",
			{ class: "legend" },
			h("span", { class: "key" }, h("span", { class: "swatch ours" }), ours),
			h("span", { class: "key" }, h("span", { class: "swatch theirs" }), theirs),
			t.speed.chart,
		),
		table(
			t.speed.chart,
			[size, ours, theirs, ratio],
			found.map((finding) => [
				[sizeName(finding.size)],
				[`${finding.ours.toFixed(1)} µs`],
				[`${finding.theirs.toFixed(1)} µs`],
				[(finding.ours / finding.theirs).toFixed(2)],
			]),
		),
	);
}
