/** What a sender may send, and an endpoint has to take. */
import { createVerifier } from "wallet-callback";
import { describe, isAccepted } from "../../wire.js";
import { expectAccepted, textOf, UnreachableError } from "../bench.js";
import type { Signed } from "../sender.js";
import { advise, type Case, fail, pass, skip } from "../types.js";

const group = "genuine";
export const RAW_BODY =
	'Verify the raw bytes of the body, before a parser has read them: express.raw({ type: "*/*" }), request.text(), or this package\'s adapter for your framework.';

export const genuine: readonly Case[] = [
	{
		name: "valid",
		group,
		proves: "a genuine callback is accepted",
		mend: "If the answer is 404, check the path. Otherwise compare the secret and the sender with those of the endpoint: `wallet-callback explain` says why a callback does not verify.",
		run: async (bench) => {
			const { probeUrl } = bench.options;
			if (probeUrl !== undefined) {
				await bench.readCounter(probeUrl);
				bench.counts = true;
			}
			const { result: answer, handled } = await bench.count(1, async () =>
				bench.sendGenuine(await bench.fresh()),
			);
			if (answer.status === undefined && answer.why === "refused") {
				throw new UnreachableError(`${bench.sender.url.href}: ${answer.message}`);
			}
			if (!isAccepted(answer)) {
				const { status } = answer;
				const isElsewhere = status !== undefined && status >= 300 && status < 400;
				const mend = "Register the address to which it redirects: senders do not follow.";
				return isElsewhere ? fail(describe(answer), mend) : fail(describe(answer));
			}
			const other = await bench.sendGenuine(await bench.fresh());
			if (textOf(other) === textOf(answer)) bench.firstAnswer = textOf(answer);
			if (handled !== undefined && handled !== 1) {
				bench.counts = false;
				return advise(
					`${describe(answer)}, and the counter at --probe-url went up by ${handled}, not 1`,
					"Let the counter count handled callbacks, or name a type that is handled with --type.",
				);
			}
			return pass(describe(answer));
		},
	},
	{
		name: "acknowledgement",
		group,
		proves: "the answer is the one that the sender waits for",
		mend: "Answer with the status and the body that the sender documents, or it will send again.",
		applies: ({ info }) => info.acknowledgement?.body !== undefined,
		run: async (bench) => {
			const { body = "", status } = bench.sender.info.acknowledgement ?? {};
			const answer = await bench.sendGenuine(await bench.fresh());
			const isRight =
				answer.status !== undefined &&
				answer.status === status &&
				normalized(answer.body) === normalized(body);
			return isRight
				? pass(describe(answer))
				: fail(`${describe(answer)}; the sender waits for ${status} ${body}`);
		},
	},
	{
		name: "handshake",
		group,
		proves: "a callback.verification is answered with its challenge and a proof of the secret",
		mend: "Answer with `verifier.answerVerification(callback)`; the receiver does so by itself.",
		applies: ({ info, key }) => info.name === "tp-wallet" && !key.startsWith("whsk_"),
		run: async (bench) => {
			const { sender } = bench;
			const callback = await bench.fresh({ type: "callback.verification" });
			const answer = await bench.sendGenuine(callback);
			const verifier = createVerifier({ keys: sender.key });
			const expected = verifier.answerVerification(verifier.verify(asInput(callback)));
			if (!isAccepted(answer) || answer.status === undefined) return fail(describe(answer));
			const proof = toObject(answer.body);
			const isRight =
				proof.challenge === expected?.challenge && proof.signature === expected?.signature;
			return isRight ? pass(describe(answer)) : fail(describe(answer));
		},
	},
	{
		name: "presence",
		group,
		proves: "the request by which the sender asks whether there is somebody is answered",
		mend: "Answer HEAD or GET without a signature, as the sender documents it, with 200.",
		applies: ({ info }) => info.probes.length > 0,
		run: async (bench) => {
			const [method = "GET"] = bench.sender.info.probes;
			const { url } = bench.sender;
			const asking = { method, url, headers: [], body: new Uint8Array(0) };
			return expectAccepted(await bench.send(asking));
		},
	},
	{
		name: "get-delivery",
		group,
		proves: "a callback in the query of a GET is accepted",
		mend: "Verify the query of a GET as the sender signs it.",
		applies: ({ info }) => info.deliversByGet,
		run: async (bench) => {
			const draft = bench.sender.draft({ event: { type: bench.sender.type, amount: "12.34" } });
			return expectAccepted(await bench.sendGenuine(await bench.sender.signForGet(draft)));
		},
	},
	{
		name: "raw-bytes",
		group,
		proves: "the body is verified as it came, with its spaces and line breaks",
		mend: RAW_BODY,
		applies: ({ signsBytes, isForm }) => signsBytes && !isForm,
		run: async (bench) => {
			const draft = bench.sender.draft();
			const event = `${JSON.stringify(draft.event, null, "  ")}\n`;
			return expectAccepted(await bench.sendGenuine(await bench.sender.sign({ ...draft, event })));
		},
	},
	{
		name: "unicode",
		group,
		proves: "text beyond ASCII, emoji among it, is verified as it came",
		mend: `${RAW_BODY} Do not turn it into text in another encoding than UTF-8.`,
		run: async (bench) => {
			const members = { note: "Grüße, 漢字, \u{1F98A}\u{1F468}\u{200D}\u{1F4BB} ✅" };
			const draft = bench.sender.draft({ members });
			return expectAccepted(await bench.sendGenuine(await bench.sender.sign(draft)));
		},
	},
	{
		name: "escaped-unicode",
		group,
		proves: "text that is escaped as \\u00fc is verified as it came",
		mend: RAW_BODY,
		applies: ({ isForm, signsInBody }) => !isForm && !signsInBody,
		run: async (bench) => {
			const draft = bench.sender.draft({ members: { note: "NOTE" } });
			const event = JSON.stringify(draft.event).replace(
				"NOTE",
				"Gr\\u00fc\\u00DFe \\u6f22 \\ud83e\\udd8a",
			);
			return expectAccepted(await bench.sendGenuine(await bench.sender.sign({ ...draft, event })));
		},
	},
	{
		name: "unknown-type",
		group,
		proves: "an event of an unknown type is accepted: senders add types",
		mend: "Answer 2xx to types that you do not handle; else the sender tries for days and then gives up on the address.",
		applies: ({ info }) => info.typedBy !== undefined,
		run: async (bench) =>
			expectAccepted(await bench.sendGenuine(await bench.fresh({ type: "check.unknown" }))),
	},
	{
		name: "header-case",
		group,
		proves: "headers are found in any letter case",
		mend: "Look up headers without regard to letter case (RFC 9110, section 5.1).",
		applies: ({ signsInBody }) => !signsInBody,
		run: async (bench) => {
			const callback = await bench.fresh();
			const headers = callback.headers.map(([name, value]) => [name.toUpperCase(), value] as const);
			return expectAccepted(await bench.sendGenuine(callback.with({ headers })));
		},
	},
	{
		name: "chunked",
		group,
		proves: "a body that comes in chunks, without its length, is accepted",
		mend: "Read the body to its end instead of by Content-Length (RFC 9112, section 7.1).",
		run: async (bench) => {
			const answer = await bench.sendGenuine(await bench.fresh(), { chunked: true });
			return answer.status === 411
				? advise(`${describe(answer)}: some senders send in chunks`)
				: expectAccepted(answer);
		},
	},
	{
		name: "http-1.0",
		group,
		proves: "a request in HTTP/1.0 is accepted",
		mend: "Take HTTP/1.0, or put a proxy in front of the endpoint that does.",
		run: async (bench) => {
			const answer = await bench.sendGenuine(await bench.fresh(), { old: true });
			const isDeclined = answer.status === 426 || answer.status === 505;
			return isDeclined
				? advise(`${describe(answer)}: HTTP/1.0 is not taken`)
				: expectAccepted(answer);
		},
	},
	{
		name: "signature-list",
		group,
		proves: "one right signature among several is enough, as while a sender changes its secret",
		mend: "Take the header apart and accept if any of its signatures is right; do not compare it as a whole.",
		applies: ({ sendsLists }) => sendsLists,
		run: async (bench) => {
			const { sender } = bench;
			const draft = sender.draft();
			const [strange, right] = [
				await sender.sign(draft, sender.strangeKey()),
				await sender.sign(draft),
			];
			const { separator = "," } = sender.descriptor.signature as { separator?: string };
			const own = right.text.split(separator).slice(-1);
			const both = right.withText([strange.text, ...own].join(separator));
			return expectAccepted(await bench.sendGenuine(both));
		},
	},
	{
		name: "rotation",
		group,
		proves: "callbacks signed with either of two secrets are accepted while the secret is changed",
		mend: "Verify with both secrets: `keys: [current, previous]`.",
		run: async (bench) => {
			const { sender } = bench;
			if (sender.otherKey === undefined) {
				return skip("needs the second secret: --secret-file twice");
			}
			const draft = sender.draft();
			return expectAccepted(await bench.sendGenuine(await sender.sign(draft, sender.otherKey)));
		},
	},
	{
		name: "forwarded-for",
		group,
		proves: "a made-up X-Forwarded-For changes nothing",
		mend: "Believe X-Forwarded-For of your own proxies alone: anybody can write one (trustedProxies).",
		run: async (bench) => {
			const callback = await bench.fresh();
			const claims = callback.withHeader("x-forwarded-for", "203.0.113.250");
			const answer = await bench.sendGenuine(claims);
			if (isAccepted(answer)) return pass(describe(answer));
			const said = `${describe(answer)}, and without the header it is accepted`;
			return isLoopback(bench.sender.url)
				? advise(`${said}: right only if a proxy on this machine is trusted`)
				: fail(said);
		},
	},
];

const normalized = (text: string) => JSON.stringify(toJson(text));

function toJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text.trim();
	}
}

function toObject(text: string): { readonly [member: string]: unknown } {
	const value = toJson(text);
	return typeof value === "object" && value !== null ? { ...value } : {};
}

function asInput({ headers, body }: Signed) {
	return { headers, body };
}

export function isLoopback({ hostname }: URL): boolean {
	return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
