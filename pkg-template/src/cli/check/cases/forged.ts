/** What a forger may send, and an endpoint has to refuse. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { type Answer, describe, isAccepted, isCrash } from "../../wire.js";
import { type Bench, expectRefused } from "../bench.js";
import type { Sender, Signed } from "../sender.js";
import { relabel, spellings } from "../signature.js";
import { advise, type Case, type Finding, fail, pass } from "../types.js";
import { RAW_BODY } from "./genuine.js";

const group = "forged";

/** What goes for every forgery. */
const VERIFY =
	"Verify the signature before anything else, and answer 401 if it is not right: `createVerifier`, or the sender's own library.";

/** A forgery, and the genuine callback that it pretends to be. */
interface Forgery {
	readonly forged: Signed;
	readonly genuine: Signed;
	/** What was done. */
	readonly what?: string;
}

interface ForgedCase extends Pick<Case, "name" | "proves" | "requests"> {
	readonly mend?: string;
	readonly applies?: Case["applies"];
	/** Whether accepting it is no fault. */
	readonly isAdvice?: true;
	readonly make: (sender: Sender) => Promise<readonly Forgery[]>;
}

/** A case that passes if every one of its forgeries is refused. */
function forgery({ make, mend = VERIFY, applies, isAdvice, ...rest }: ForgedCase): Case {
	return {
		...rest,
		...(applies === undefined ? {} : { applies }),
		group,
		mend,
		run: async (bench) => {
			let finding: Finding = pass("refused");
			for (const { forged, genuine, what } of await make(bench.sender)) {
				const answer = await bench.forge(forged, genuine, rest.name);
				finding = expectRefused(answer);
				const answered = what === undefined ? finding.answered : `${what}: ${finding.answered}`;
				if (finding.verdict === "fail" && isAdvice) return advise(answered);
				if (finding.verdict !== "pass") return { ...finding, answered };
			}
			return finding;
		},
	};
}

/** A genuine callback that is never sent as it is. */
async function genuineOf(sender: Sender) {
	const draft = sender.draft();
	return { draft, genuine: await sender.sign(draft) };
}

const FORGERIES: readonly ForgedCase[] = [
	{
		name: "wrong-key",
		proves: "a callback that is signed with another secret is refused",
		make: async (sender) => {
			const { draft, genuine } = await genuineOf(sender);
			const forged = await sender.sign(draft, sender.strangeKey());
			return [{ forged, genuine }];
		},
	},
	{
		name: "unsigned",
		proves: "a callback without a signature is refused",
		make: async (sender) => {
			const { genuine } = await genuineOf(sender);
			return [{ forged: genuine.unsigned(), genuine }];
		},
	},
	{
		name: "empty-signature",
		proves: "an empty signature is refused",
		make: async (sender) => {
			const { genuine } = await genuineOf(sender);
			return [
				{ forged: genuine.withText(""), genuine, what: "an empty text" },
				{ forged: genuine.withValue(""), genuine, what: "nothing behind the label" },
			];
		},
	},
	{
		name: "body",
		proves: "a body that was changed on its way is refused",
		make: async (sender) => {
			const { draft, genuine } = await genuineOf(sender);
			const changed = await sender.sign(sender.altered(draft));
			return [{ forged: changed.withText(genuine.text), genuine: changed }];
		},
	},
	{
		name: "body-bytes",
		proves: "a body with one more space is refused: its bytes are signed, not what they say",
		mend: RAW_BODY,
		applies: ({ signsBytes, isForm }) => signsBytes && !isForm,
		make: async (sender) => {
			const { genuine } = await genuineOf(sender);
			const body = Buffer.concat([genuine.body, Buffer.from(" ")]);
			return [{ forged: genuine.with({ body }), genuine }];
		},
	},
	{
		name: "id",
		proves: "an id that was changed on its way is refused",
		mend: "Verify the id with the body: the sender signs it.",
		applies: ({ hasIdHeader }) => hasIdHeader,
		make: async (sender) => {
			const { draft, genuine } = await genuineOf(sender);
			const other = await sender.sign({ ...draft, id: `${draft.id}0` });
			return [{ forged: other.withValue(genuine.value), genuine: other }];
		},
	},
	{
		name: "timestamp",
		proves: "a timestamp that was changed on its way is refused",
		mend: "Verify the timestamp with the body: the sender signs it.",
		applies: ({ signsTime, descriptor }) => signsTime && descriptor.rule !== "jwt-header",
		make: async (sender) => {
			const { draft, genuine } = await genuineOf(sender);
			const later = await sender.sign({ ...draft, timestamp: draft.timestamp + 7 });
			return [{ forged: later.withValue(genuine.value), genuine: later }];
		},
	},
	{
		name: "other-signature",
		proves: "the signature of another callback is refused",
		make: async (sender) => {
			const [{ genuine }, { genuine: other }] = [await genuineOf(sender), await genuineOf(sender)];
			return [{ forged: genuine.withValue(other.value), genuine }];
		},
	},
	{
		name: "other-algorithm",
		proves: "a signature that names another algorithm is refused",
		mend: "Take only the signatures of the label that you verify.",
		applies: (sender) =>
			sender.descriptor.rule === "jwt-member" || typeof sender.descriptor.algorithm !== "string",
		make: async (sender) => {
			const { genuine } = await genuineOf(sender);
			if (sender.descriptor.rule === "jwt-member") {
				const [, claims = ""] = JSON.parse(new TextDecoder().decode(genuine.body)).data.split(".");
				const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url");
				const body = new TextEncoder().encode(JSON.stringify({ data: `${none}.${claims}.` }));
				return [{ forged: genuine.with({ body }), genuine, what: "alg none" }];
			}
			const text = relabel(genuine.text, sender.descriptor) ?? genuine.value;
			return [{ forged: genuine.withText(text), genuine }];
		},
	},
	{
		name: "truncated",
		proves: "a part of the right signature is refused",
		mend: "Compare the whole signature, and lengths first: crypto.timingSafeEqual throws if they differ.",
		make: async (sender) => {
			const { genuine } = await genuineOf(sender);
			const { value } = genuine;
			return [
				value.slice(0, -4),
				value.slice(0, Math.ceil(value.length / 2)),
				value.slice(0, 2),
			].map((part) => ({
				forged: genuine.withValue(part),
				genuine,
				what: `${part.length} of ${value.length} characters`,
			}));
		},
	},
	{
		name: "junk-behind",
		proves: "the right signature with junk behind it is refused",
		isAdvice: true,
		mend: 'Compare texts, or decode strictly: Buffer.from(text, "hex") drops what is not hexadecimal.',
		make: async (sender) => {
			const { genuine } = await genuineOf(sender);
			return [{ forged: genuine.withValue(`${genuine.value}zz`), genuine }];
		},
	},
	{
		name: "public-key",
		proves: "the public key is not taken for a secret",
		mend: "Let the key decide the algorithm, never the label in the header: a public key verifies v1a alone.",
		applies: ({ key, isStandard }) => isStandard && key.startsWith("whsk_"),
		make: async (sender) => {
			const { draft, genuine } = await genuineOf(sender);
			const bytes = publicKeyOf(sender.key);
			const secrets = [bytes, Buffer.from(bytes.toString("base64"))];
			const forgeries = secrets.map(async (secret) => ({
				forged: await sender.sign(draft, `whsec_${secret.toString("base64")}`),
				genuine,
			}));
			return Promise.all(forgeries);
		},
	},
	{
		name: "forwarded-unsigned",
		proves: "an unsigned callback is refused, wherever its headers say that it comes from",
		mend: "Never let X-Forwarded-For or Host stand in for a signature: anybody can write them.",
		make: async (sender) => {
			const { genuine } = await genuineOf(sender);
			const unsigned = genuine.unsigned();
			const claims = [
				["x-forwarded-for", "127.0.0.1"],
				["x-forwarded-for", "10.0.0.1"],
				["x-real-ip", "127.0.0.1"],
				["forwarded", "for=127.0.0.1"],
			] as const;
			return claims.map(([name, value]) => ({
				forged: unsigned.withHeader(name, value),
				genuine,
				what: `${name}: ${value}`,
			}));
		},
	},
	{
		name: "unsigned-media-type",
		proves: "an unsigned body of another media type is refused",
		make: async (sender) => {
			const { genuine } = await genuineOf(sender);
			const types = ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"];
			return types.map((type) => ({
				forged: genuine.unsigned().withHeader("content-type", type),
				genuine,
				what: type,
			}));
		},
	},
	{
		name: "junk",
		requests: 20,
		proves: "headers full of junk are refused",
		make: async (sender) => {
			const { genuine } = await genuineOf(sender);
			return [
				...JUNK.map(([what, text]) => ({ forged: genuine.withText(text), genuine, what })),
				...junkInHeaders(sender, genuine),
			];
		},
	},
];

const JUNK: readonly (readonly [what: string, text: string])[] = [
	["one word", "junk"],
	["separators alone", ",,,=,=;; ,"],
	["labels alone", "v1 v1, v1= t= ,"],
	["a long text", "A".repeat(4096)],
	["letters that are not ASCII", "v1,\u00ff\u00fe\u00e9"],
	["many signatures", Array.from({ length: 400 }, () => "v1,AAAA").join(" ")],
	["an object", '{"toString":1}'],
];

/** Junk in the headers beside the signature's. */
function junkInHeaders({ descriptor }: Sender, genuine: Signed): Forgery[] {
	const [set] = [descriptor.headers ?? []].flat();
	const forgeries: Forgery[] = [];
	const add = (name: string | undefined, values: readonly string[]) => {
		if (name === undefined) return;
		for (const value of values) {
			const forged = genuine.withHeader(name.toLowerCase(), value);
			forgeries.push({ forged, genuine, what: `${name}: ${value.slice(0, 24)}` });
		}
	};
	add(set?.timestamp, ["", "soon", "-1", "1e99", "9".repeat(30)]);
	add(set?.id, ["", "a b", "é", "x".repeat(2000)]);
	if (set !== undefined) {
		const forged = genuine.withHeader(set.signature.toLowerCase(), "junk", "v1,AAAA");
		forgeries.push({ forged, genuine, what: "two signature headers" });
	}
	return forgeries;
}

/** The bytes of the public key of a private one, `whsk_…`. */
function publicKeyOf(key: string): Buffer {
	// A private key as PKCS #8 (RFC 8410, section 7): its seed stands behind these bytes.
	const head = Buffer.from("302e020100300506032b657004220420", "hex");
	const seed = Buffer.from(key.slice("whsk_".length), "base64").subarray(0, 32);
	const own = createPrivateKey({ key: Buffer.concat([head, seed]), format: "der", type: "pkcs8" });
	const { x = "" } = createPublicKey(own).export({ format: "jwk" });
	return Buffer.from(x, "base64url");
}

export const forged: readonly Case[] = [
	{
		name: "forged-not-handled",
		group,
		proves: "what is forged is not handled, whatever the answer says",
		mend: "Verify first, handle then: nothing may happen before the signature was found right.",
		run: async (bench) => {
			const { draft, genuine } = await genuineOf(bench.sender);
			const forged = await bench.sender.sign(draft, bench.sender.strangeKey());
			const { result, handled } = await bench.count(0, async () => {
				await bench.forge(genuine.unsigned(), genuine, "unsigned");
				return bench.forge(forged, genuine, "wrong-key");
			});
			if (handled === undefined) return withoutCounter();
			const said = `${describe(result)}, and the counter went up by ${handled}`;
			return handled === 0 ? pass(said) : fail(said);
		},
	},
	...FORGERIES.map(forgery),
	{
		name: "no-crash",
		group,
		proves:
			"what is forged is refused as the client's mistake, not met with a failure of the server",
		mend: "Catch what the verification throws and answer 400 or 401: to a 5xx, senders try again and again, and an exception may end the process.",
		run: async (bench) => {
			const crashed = bench.forged.find(({ answer }) => isCrash(answer));
			if (crashed !== undefined) return fail(`${crashed.by}: ${describe(crashed.answer)}`);
			const dead = await bench.isAlive();
			if (dead !== undefined) return fail(`a genuine callback afterwards: ${describe(dead)}`);
			return pass(`${bench.forged.length} forgeries refused with ${statuses(bench)}`);
		},
	},
	{
		name: "silence",
		group,
		proves: "no answer helps a forger",
		mend: "Answer with a status and a word such as signature_mismatch; keep what was expected, and stack traces, for your log.",
		run: async (bench) => {
			for (const { answer, right, by } of bench.forged) {
				const told = leak(bench.sender, answer, right);
				if (told !== undefined) return fail(`${by}: the answer ${told}`);
			}
			return pass("nothing but a refusal");
		},
	},
];

/** What cases say that need a counter. */
export function withoutCounter(): Finding {
	return advise(
		"the answers do not tell",
		"Pass --probe-url with an address that counts the handled callbacks, as a number.",
	);
}

function statuses({ forged }: Bench): string {
	const all = new Set(forged.map(({ answer }) => answer.status));
	return [...all].join(", ");
}

const TRACE =
	/\n\s+at .+:\d+:\d+|&nbsp;at .+:\d+:\d+|Traceback \(most recent call last\)|node_modules\//;

/** What an answer tells that helps a forger. */
function leak({ key, descriptor }: Sender, answer: Answer, right: string): string | undefined {
	if (answer.status === undefined || isAccepted(answer)) return undefined;
	const text = `${answer.body}\n${Object.values(answer.headers).join("\n")}`;
	const lower = text.toLowerCase();
	const encoding =
		descriptor.signature?.encoding ?? (descriptor.rule === "plisio" ? "hex" : "base64url");
	if (spellings(right, encoding).some((one) => lower.includes(one.slice(0, 16)))) {
		return "shows the signature that would have been right";
	}
	if (text.includes(key.replace(/^wh\w+_/, "").slice(0, 16))) return "shows the secret";
	return TRACE.test(text) ? "shows a stack trace" : undefined;
}
