/**
 * Other packages' verdicts on a shared list of callbacks, beside this one's. Where they differ, the reason
 * is said here, and `docs/assurance.md` has the table: `node --import tsx tests/assure/print-peers.ts`.
 */
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { verify as verifyGitHub } from "@octokit/webhooks-methods";
import type { SenderName } from "wallet-callback";
import { full } from "../senders/package.ts";

const require = createRequire(import.meta.url);
const Stripe = require("stripe");
const { Webhook: StandardWebhook } = require("standardwebhooks");
const { Webhook: SvixWebhook } = require("svix");

const BODY = '{"type":"deposit.confirmed","data":{"memo":"é🎉 $& <b>","amount":18}}';
const SECRET = Buffer.alloc(32, 7);
const WHSEC = `whsec_${SECRET.toString("base64")}`;
/** Peers have no clock but the machine's. */
const NOW = Math.floor(Date.now() / 1000);
const YEAR = 31_536_000;

interface Delivery {
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Uint8Array;
}

type Verdict = "accepts" | "refuses";

interface Case {
	readonly name: string;
	readonly delivery: Delivery;
	/** Why this package differs from a peer, by the peer's name. */
	readonly because?: { readonly [peer: string]: string };
}

interface Format {
	readonly sender: SenderName;
	readonly key: string;
	/** Each throws or returns false for what it refuses. */
	readonly peers: { readonly [peer: string]: (delivery: Delivery) => unknown };
	readonly cases: readonly Case[];
}

const hmac = (key: string | Buffer, text: string | Uint8Array) =>
	createHmac("sha256", key).update(text);

const standard = (() => {
	const sign = ({ id = "msg_1", timestamp = `${NOW}`, body = BODY as string | Uint8Array }) => {
		const mac = hmac(SECRET, `${id}.${timestamp}.`).update(body).digest("base64");
		const headers = {
			"webhook-id": id,
			"webhook-timestamp": timestamp,
			"webhook-signature": `v1,${mac}`,
		};
		return { headers, body };
	};
	const genuine = sign({});
	const { "webhook-signature": signature } = genuine.headers;
	const other = `v1,${Buffer.alloc(32, 9).toString("base64")}`;
	const signed = (value: string) => ({
		...genuine,
		headers: { ...genuine.headers, "webhook-signature": value },
	});
	const set = (name: string, value: string) => ({
		...genuine,
		headers: { ...genuine.headers, [name]: value },
	});
	const both = (reason: string) => ({ standardwebhooks: reason, svix: reason });
	const digits = "a timestamp is decimal digits, all of them signed";
	const cases: Case[] = [
		{ name: "genuine", delivery: genuine },
		{ name: "another body", delivery: { ...genuine, body: `${BODY} ` } },
		{ name: "another id", delivery: set("webhook-id", "msg_2") },
		{ name: "another timestamp", delivery: set("webhook-timestamp", `${NOW - 1}`) },
		{ name: "no signature", delivery: signed("") },
		{ name: "the second of two signatures", delivery: signed(`${other} ${signature}`) },
		{
			name: "a signature of an unknown version before it",
			delivery: signed(`v9,AAAA ${signature}`),
		},
		{
			name: "only a signature of an unknown version",
			delivery: signed(signature.replace("v1", "v9")),
		},
		{
			name: "a signature with a third part",
			delivery: signed(`${signature},junk`),
			because: both("a header with something behind the signature was changed on its way"),
		},
		{ name: "a signature without its padding", delivery: signed(signature.replace(/=+$/, "")) },
		{ name: "a signature in lower case", delivery: signed(signature.toLowerCase()) },
		{ name: "290 seconds old", delivery: sign({ timestamp: `${NOW - 290}` }) },
		{ name: "old", delivery: sign({ timestamp: `${NOW - 400}` }) },
		{ name: "of the future", delivery: sign({ timestamp: `${NOW + 400}` }) },
		{
			name: "a timestamp with junk behind it, outside the signature",
			delivery: set("webhook-timestamp", `${NOW}junk`),
			because: both(digits),
		},
		{
			name: "a timestamp with junk behind it, signed",
			delivery: sign({ timestamp: `${NOW}junk` }),
		},
		{ name: "a timestamp in milliseconds", delivery: sign({ timestamp: `${NOW}000` }) },
		{
			name: "a timestamp with a fraction",
			delivery: sign({ timestamp: `${NOW}.5` }),
		},
		{
			name: "an id with a dot",
			delivery: sign({ id: "msg.1" }),
			because: both(
				"a dot would let bytes move between id, timestamp and body under one signature",
			),
		},
		{
			name: "an empty body",
			delivery: sign({ body: "" }),
			because: { svix: "its signature is right, and there is nothing to parse" },
		},
		{
			name: "bytes that are no UTF-8",
			delivery: sign({ body: Uint8Array.of(0x7b, 0xff, 0x7d) }),
			because: both("the bytes are signed: the peer decodes them first, and verifies others"),
		},
		{
			name: "a body as bytes",
			delivery: { ...genuine, body: Buffer.from(BODY) },
		},
		{ name: "a body that is not JSON", delivery: sign({ body: "hello" }) },
	];
	const from = (
		Webhook: new (secret: string) => { verify(body: unknown, headers: object): unknown },
	) => {
		const webhook = new Webhook(WHSEC);
		return ({ body, headers }: Delivery) => webhook.verify(body, headers);
	};
	return {
		sender: "standard-webhooks",
		key: WHSEC,
		peers: { standardwebhooks: from(StandardWebhook), svix: from(SvixWebhook) },
		cases,
	} satisfies Format;
})();

const stripe = (() => {
	const key = "whsec_a_secret_of_stripe";
	const mac = (time: string, body: string) => hmac(key, `${time}.${body}`).digest("hex");
	const signed = (header: string, body = BODY) => ({
		headers: { "stripe-signature": header },
		body,
	});
	const sign = (time: string, body = BODY) => signed(`t=${time},v1=${mac(time, body)}`, body);
	const now = `${NOW}`;
	const right = mac(now, BODY);
	const wrong = "ab".repeat(32);
	const cases: Case[] = [
		{ name: "genuine", delivery: sign(now) },
		{ name: "another body", delivery: { ...sign(now), body: `${BODY} ` } },
		{ name: "the second of two signatures", delivery: signed(`t=${now},v1=${wrong},v1=${right}`) },
		{
			name: "a signature of an unknown version before it",
			delivery: signed(`t=${now},v0=${wrong},v1=${right}`),
		},
		{ name: "only a signature of an unknown version", delivery: signed(`t=${now},v0=${right}`) },
		{
			name: "a signature in capitals",
			delivery: signed(`t=${now},v1=${right.toUpperCase()}`),
			because: { stripe: "hexadecimal digits are the same bytes in either case" },
		},
		{ name: "no timestamp", delivery: signed(`v1=${right}`) },
		{ name: "old", delivery: sign(`${NOW - 400}`) },
		{
			name: "a year ahead",
			delivery: sign(`${NOW + YEAR}`),
			because: { stripe: "a time ahead of the tolerance is wrong, and would be fresh for a year" },
		},
		{
			name: "a timestamp with junk behind it",
			delivery: signed(`t=${now}junk,v1=${right}`),
			because: { stripe: "a timestamp is decimal digits, all of them signed" },
		},
		{
			name: "a byte order mark before a genuine body",
			delivery: { ...sign(now), body: Buffer.from(`\ufeff${BODY}`) },
			because: { stripe: "the bytes that arrived are not those that were signed" },
		},
		{
			name: "a body that is not JSON",
			delivery: sign(now, "hello"),
			because: { stripe: "its signature is right: the payload is handed over as text" },
		},
	];
	return {
		sender: "stripe",
		key,
		peers: {
			stripe: ({ body, headers }) =>
				Stripe.webhooks.constructEvent(body, headers["stripe-signature"], key),
		},
		cases,
	} satisfies Format;
})();

const github = (() => {
	const key = "a secret of GitHub";
	const right = hmac(key, BODY).digest("hex");
	const signed = (header: string) => ({ headers: { "x-hub-signature-256": header }, body: BODY });
	const octokit = "@octokit/webhooks-methods";
	const cases: Case[] = [
		{ name: "genuine", delivery: signed(`sha256=${right}`) },
		{ name: "another body", delivery: { ...signed(`sha256=${right}`), body: `${BODY} ` } },
		{ name: "another signature", delivery: signed(`sha256=${"ab".repeat(32)}`) },
		{
			name: "a signature in capitals",
			delivery: signed(`sha256=${right.toUpperCase()}`),
			because: { [octokit]: "hexadecimal digits are the same bytes in either case" },
		},
		{ name: "a signature without its prefix", delivery: signed(right) },
		{ name: "junk behind the signature", delivery: signed(`sha256=${right}zz`) },
		{
			name: "junk inside of it",
			delivery: signed(`sha256=${right.slice(0, 9)}!${right.slice(9)}`),
		},
		{ name: "no hexadecimal digits", delivery: signed(`sha256=${"zz".repeat(32)}`) },
	];
	return {
		sender: "github",
		key,
		peers: {
			[octokit]: ({ body, headers }) =>
				verifyGitHub(key, String(body), headers["x-hub-signature-256"] ?? ""),
		},
		cases,
	} satisfies Format;
})();

const formats: readonly Format[] = [standard, stripe, github];

export interface Row {
	readonly sender: SenderName;
	readonly name: string;
	readonly ours: Verdict;
	readonly peer: string;
	readonly theirs: Verdict;
	readonly because: string | undefined;
}

async function verdict(judge: () => unknown): Promise<Verdict> {
	try {
		return (await judge()) === false ? "refuses" : "accepts";
	} catch {
		return "refuses";
	}
}

/** Every case, judged by every peer of its format. */
export async function compare(): Promise<readonly Row[]> {
	const rows: Row[] = [];
	for (const { sender, key, peers, cases } of formats) {
		const verifier = full.createVerifier({ sender, keys: key });
		for (const { name, delivery, because } of cases) {
			const ours = verifier.safeVerify(delivery).ok ? "accepts" : "refuses";
			for (const [peer, judge] of Object.entries(peers)) {
				const theirs = await verdict(() => judge(delivery));
				rows.push({ sender, name, ours, peer, theirs, because: because?.[peer] });
			}
		}
	}
	return rows;
}

/** The cases in which a peer differs, for `docs/assurance.md`. */
export function table(rows: readonly Row[]): string {
	const differing = rows.filter(({ ours, theirs }) => ours !== theirs);
	const cases = new Map<string, Row[]>();
	for (const row of differing) {
		const key = `${row.sender} ${row.name}`;
		cases.set(key, [...(cases.get(key) ?? []), row]);
	}
	const lines = [...cases.values()].map((same) => {
		const [{ sender, name, ours, because }] = same as [Row];
		const peers = same.map(({ peer, theirs }) => `\`${peer}\` ${theirs}`).join(", ");
		return `| \`${sender}\`: ${name} | ${ours} | ${peers} | ${because ?? "?"} |`;
	});
	return ["| callback | here | there | why |", "|---|---|---|---|", ...lines].join("\n");
}
