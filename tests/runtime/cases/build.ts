/** What the tables of cases are written with: a genuine callback, and one change at a time. */
import { canonical } from "../canonical.ts";
import type {
	BodySpec,
	Bytes,
	Expected,
	Feature,
	HeaderShape,
	HeaderSpec,
	Setup,
	VerifyCase,
} from "../model.ts";
import { ed25519PublicKey, referenceSign, type SigningKey, STATUS } from "../reference.ts";

/** The verifiers' clock, in Unix seconds. */
export const NOW = 1_700_000_000;
export const ID = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
export const EVENT = JSON.stringify({
	type: "test.event",
	timestamp: "2023-11-14T22:13:20Z",
	data: { depositId: "dep_1", amount: { value: "1000000000000000000", decimals: 18 } },
});

/** Key material that is fixed and belongs to nobody. */
export const material = (seed: number, length = 32): Buffer =>
	Buffer.from(repeat(length, (index) => (seed * 89 + index * 151 + ((seed * index) >> 3)) & 0xff));

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
export const asBytes = (bytes: Uint8Array): Bytes => ({ base64: base64(bytes) });
export const whsec = (secret: Uint8Array): string => `whsec_${base64(secret)}`;
export const whpk = (seed: Buffer): string => `whpk_${base64(ed25519PublicKey(seed))}`;
export const whsk = (seed: Buffer): string =>
	`whsk_${base64(Buffer.concat([seed, ed25519PublicKey(seed)]))}`;

export const hmacKey = (seed: number, length?: number): SigningKey => ({
	kind: "v1",
	secret: material(seed, length),
});
export const ed25519Key = (seed: number): SigningKey => ({ kind: "v1a", seed: material(seed) });

/** The text of the key that verifies what `key` signs. */
export const verifyingKey = (key: SigningKey): string =>
	key.kind === "v1" ? whsec(key.secret) : whpk(key.seed);

export const CURRENT = hmacKey(1);
export const PREVIOUS = hmacKey(2);
export const STRANGER = hmacKey(3);
export const ED25519 = ed25519Key(4);
export const ED25519_STRANGER = ed25519Key(5);

/** What a case says; the rest is a genuine `tp-wallet` callback, signed with `CURRENT` and verified at `NOW`. */
export interface Change {
	id?: string;
	timestamp?: string | number;
	body?: string | Buffer;
	signedBy?: readonly SigningKey[];
	/** In place of the body that is sent: the bytes that are signed. */
	signedBody?: string | Buffer;
	/** In place of a genuine list; `sig` makes a genuine entry. */
	signature?: (sig: (key?: SigningKey) => string) => string;
	/** Over the headers that came out of all this. `null`: a member that is `undefined`; `"absent"`: no member. */
	headers?: Record<string, string | readonly string[] | null>;
	prefix?: "webhook" | "svix";
	headerShape?: HeaderShape;
	headerNames?: (name: string) => string;
	bodyShape?: BodySpec["shape"];
	setup?: Partial<Setup>;
	/** In place of the event that the body's JSON makes. */
	event?: string;
	ip?: string;
	call?: VerifyCase["call"];
	needs?: readonly Feature[];
}

export function accepts(name: string, change: Change = {}, expect: Expected = {}): VerifyCase {
	const built = build(name, change);
	return {
		...built,
		expect: {
			ok: true,
			id: change.id ?? ID,
			timestamp: Number(change.timestamp ?? NOW),
			key: { index: 0 },
			event: change.event ?? eventOf(change),
			...expect,
		},
	};
}

export function refuses(
	name: string,
	code: string,
	change: Change = {},
	expect: Expected = {},
): VerifyCase {
	return { ...build(name, change), expect: { ok: false, code, status: STATUS[code], ...expect } };
}

/** The event of a `tp-wallet` callback whose body is `json`. */
export function walletEvent(json: string): string {
	return canonical({ ...JSON.parse(json), known: false });
}

/** The event of another sender's callback. */
export function opaqueEvent(id: string, payload: unknown): string {
	const type = (payload as { type?: unknown } | null | undefined)?.type;
	return canonical({ type: typeof type === "string" ? type : undefined, id, payload });
}

export function repeat<T>(count: number, make: (index: number) => T): T[] {
	return Array.from({ length: count }, (_, index) => make(index));
}

/** A genuine body of exactly `size` bytes. */
export function eventOfSize(size: number): Buffer {
	const [head, tail] = ['{"type":"t","timestamp":"2023-11-14T22:13:20Z","data":{"pad":"', '"}}'];
	return Buffer.from(head + "a".repeat(size - head.length - tail.length) + tail);
}

function build(name: string, change: Change): Omit<VerifyCase, "expect"> {
	const {
		id = ID,
		timestamp = NOW,
		body = EVENT,
		signedBy = [CURRENT],
		prefix = "webhook",
	} = change;
	const signed = Buffer.from(change.signedBody ?? body);
	const sig = (key: SigningKey = CURRENT) => referenceSign(key, id, timestamp, signed);
	const headers: Record<string, string | readonly string[] | null> = {
		[`${prefix}-id`]: id,
		[`${prefix}-timestamp`]: String(timestamp),
		[`${prefix}-signature`]: change.signature ? change.signature(sig) : signedBy.map(sig).join(" "),
		...change.headers,
	};
	const entries: HeaderSpec["entries"] = Object.entries(headers)
		.filter(([, value]) => value !== "absent")
		.map(([header, value]) => [change.headerNames?.(header) ?? header, value] as const);
	return {
		kind: "verify",
		name,
		setup: { keys: verifyingKey(CURRENT), now: NOW * 1000, ...change.setup },
		headers: { shape: change.headerShape ?? "record", entries },
		body: bodySpec(body, change.bodyShape ?? (typeof body === "string" ? "string" : "bytes")),
		...(change.ip === undefined ? {} : { ip: change.ip }),
		...(change.call ? { call: change.call } : {}),
		...(change.needs ? { needs: change.needs } : {}),
	};
}

export function bodySpec(body: string | Buffer, shape: BodySpec["shape"]): BodySpec {
	if (shape === "string") return { shape, text: body.toString() };
	return { shape, base64: base64(Buffer.from(body)) };
}

function eventOf({ body = EVENT, id = ID, setup }: Change): string {
	const text = Buffer.from(body).toString();
	if ((setup?.sender ?? "tp-wallet") === "tp-wallet") return walletEvent(text);
	return opaqueEvent(id, text === "" ? undefined : JSON.parse(text));
}
