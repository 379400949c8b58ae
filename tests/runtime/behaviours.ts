/**
 * What plain data cannot say: misuse, streams, clocks that call back, randomness.
 * Each runs on every runtime and returns plain data, which must equal `expect`.
 */

import { canonical } from "./canonical.ts";
import { dapps } from "./dapps.ts";
import type { CallbackInput, Feature, Host, Library, Verifier, VerifyResult } from "./model.ts";
import { BODY, KEY, NOW, signed, utf8 } from "./signed.ts";

export interface Behaviour {
	needs?: readonly Feature[];
	run(lib: Library, host: Host): unknown;
	expect: unknown;
}

const OTHER_KEY = "whsec_HxwdHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

const verifierFor = (lib: Library, options: object = {}): Verifier =>
	lib.createVerifier({ keys: KEY, now: () => NOW * 1000, ...options });

/** What verifying does with what a caller got wrong: the type of the error, and whether its message holds each hint. */
function mistake(
	hints: readonly string[],
	act: (lib: Library, host: Host) => unknown,
	type = "TypeError",
): Behaviour {
	return {
		run: async (lib, host) => {
			try {
				return { returned: String(await act(lib, host)) };
			} catch (error) {
				const { message, code } = error as Error & { code?: string };
				return {
					type:
						error instanceof lib.ConfigError
							? "ConfigError"
							: error instanceof TypeError
								? "TypeError"
								: String(error),
					code,
					withoutHint: hints.filter((hint) => !message.toLowerCase().includes(hint.toLowerCase())),
					leaks: message.includes(KEY.slice(6)),
				};
			}
		},
		expect: {
			type,
			code: type === "ConfigError" ? "invalid_option" : undefined,
			withoutHint: [],
			leaks: false,
		},
	};
}

/** A wrong key is a wrong option with a code of its own. */
function keyMistake(
	hints: readonly string[],
	act: (lib: Library, host: Host) => unknown,
): Behaviour {
	const behaviour = mistake(hints, act, "ConfigError");
	return { ...behaviour, expect: { ...(behaviour.expect as object), code: "invalid_key" } };
}

/** Both forms throw what a program has got wrong; what is thrown last is looked at. */
const verifyWith = (change: object) => (lib: Library) => {
	const input = { ...signed(), ...change } as CallbackInput;
	try {
		return verifierFor(lib).verify(input);
	} catch (error) {
		if (!(error instanceof TypeError)) return error;
		return verifierFor(lib).safeVerify(input);
	}
};
const createWith = (change: object) => (lib: Library) => verifierFor(lib, change);

const misuse: Record<string, Behaviour> = {
	"misuse: a body that express.json() has parsed": mistake(
		["express.raw", "application/json"],
		verifyWith({ body: JSON.parse(BODY) }),
	),
	"misuse: a parsed body names the fix for Next.js": mistake(
		["Next.js"],
		verifyWith({ body: JSON.parse(BODY) }),
	),
	"misuse: a body that is an array": mistake(["body"], verifyWith({ body: [1, 2, 3] })),
	"misuse: a body that is a number": mistake(["body"], verifyWith({ body: 7 })),
	"misuse: a body that is null": mistake(["body"], verifyWith({ body: null })),
	"misuse: no body": mistake(["body"], verifyWith({ body: undefined })),
	"misuse: a body that is FormData": mistake(["body"], verifyWith({ body: new FormData() })),
	"misuse: a body that is a Blob": mistake(["body"], verifyWith({ body: new Blob([BODY]) })),
	"misuse: a body that is a promise": mistake(
		["body"],
		verifyWith({ body: Promise.resolve(BODY) }),
	),
	"misuse: a body that is a String object": mistake(
		["body"],
		verifyWith({ body: new String(BODY) }),
	),
	"misuse: no headers": mistake(["headers"], verifyWith({ headers: undefined })),
	"misuse: headers that are null": mistake(["headers"], verifyWith({ headers: null })),
	"misuse: headers that are text": mistake(
		["headers"],
		verifyWith({ headers: "webhook-id: msg_1" }),
	),
	"misuse: a header that is a number": mistake(["webhook-timestamp"], (lib) => {
		const input = signed();
		return verifierFor(lib).safeVerify({
			...input,
			headers: { ...input.headers, "webhook-timestamp": NOW } as never,
		});
	}),
	"misuse: nothing to verify": mistake([], (lib) =>
		verifierFor(lib).safeVerify(undefined as never),
	),
	"misuse: an address that is no text": mistake(["ip"], (lib) =>
		verifierFor(lib, { allowedIps: ["10.0.0.0/8"] }).safeVerify({
			...signed(),
			ip: 167772161 as never,
		}),
	),
	"misuse: a clock that says NaN": mistake(["now"], (lib) =>
		verifierFor(lib, { now: () => Number.NaN }).safeVerify(signed()),
	),
	"misuse: a clock that says Infinity": mistake(["now"], (lib) =>
		verifierFor(lib, { now: () => Infinity }).safeVerify(signed()),
	),
	"misuse: a clock that says a Date": mistake(["now"], (lib) =>
		verifierFor(lib, { now: () => new Date(NOW * 1000) }).safeVerify(signed()),
	),
	"misuse: a clock that says text": mistake(["now"], (lib) =>
		verifierFor(lib, { now: () => `${NOW}000` }).safeVerify(signed()),
	),
	"misuse: a clock that says nothing": mistake(["now"], (lib) =>
		verifierFor(lib, { now: () => undefined }).safeVerify(signed()),
	),
	"misuse: a clock that is a number": mistake(
		["now"],
		createWith({ now: NOW * 1000 }),
		"ConfigError",
	),
	"misuse: no options": mistake(["keys"], (lib) => lib.createVerifier(undefined as never)),
	"misuse: no keys": keyMistake(["key"], (lib) => lib.createVerifier({} as never)),
	"misuse: an empty list of keys": keyMistake(["key"], createWith({ keys: [] })),
	"misuse: an environment variable that is not set": keyMistake(
		["environment"],
		createWith({ keys: undefined }),
	),
	"misuse: one of two environment variables is not set": keyMistake(
		["1", "environment"],
		createWith({ keys: [KEY, undefined] }),
	),
	"misuse: a key that is a number": keyMistake(
		["string", "Uint8Array"],
		createWith({ keys: 12345 }),
	),
	"misuse: a key that is null": keyMistake(["key"], createWith({ keys: null })),
	"misuse: a named key without a key": keyMistake(["key"], createWith({ keys: [{ id: "a" }] })),
	"misuse: toleranceSeconds NaN": mistake(
		["toleranceSeconds"],
		createWith({ toleranceSeconds: Number.NaN }),
		"ConfigError",
	),
	"misuse: toleranceSeconds Infinity": mistake(
		["toleranceSeconds"],
		createWith({ toleranceSeconds: Infinity }),
		"ConfigError",
	),
	"misuse: maxBodyBytes NaN": mistake(
		["maxBodyBytes"],
		createWith({ maxBodyBytes: Number.NaN }),
		"ConfigError",
	),
	"misuse: maxBodyBytes Infinity": mistake(
		["maxBodyBytes"],
		createWith({ maxBodyBytes: Infinity }),
		"ConfigError",
	),
	"misuse: allowedIps that is text": mistake(
		["allowedIps"],
		createWith({ allowedIps: "10.0.0.0/8" }),
		"ConfigError",
	),
	"misuse: a range that is a number": mistake(
		["allowedIps"],
		createWith({ allowedIps: [10] }),
		"ConfigError",
	),
	"misuse: signing a parsed body": mistake(["body"], (lib) =>
		lib.sign({ body: JSON.parse(BODY), key: KEY }),
	),
	"misuse: signing without a body": mistake(["body"], (lib) => lib.sign({ key: KEY } as never)),
	"misuse: signing without a key": {
		...keyMistake(["key"], (lib) => lib.sign({ body: BODY } as never)),
		needs: ["full module"],
	},
	"misuse: signing at NaN": {
		...mistake(
			["timestamp"],
			(lib) => lib.sign({ body: BODY, key: KEY, timestamp: Number.NaN }),
			"ConfigError",
		),
		needs: ["full module"],
	},
	"misuse: signing without options": mistake([], (lib) => lib.sign(undefined as never)),
};

const URL = "https://receiver.example/callback";
const post = (input: CallbackInput, body: BodyInit | null = input.body as BodyInit): Request =>
	new Request(URL, {
		method: "POST",
		headers: input.headers as HeadersInit,
		body,
		duplex: "half",
	} as RequestInit);

/** A body that is made as it is read, `chunk` by `chunk`; it tells how much was asked of it, and whether it was told to stop. */
function upload(chunk: Uint8Array, chunks: number) {
	const seen = { pulled: 0, cancelled: false };
	const stream = new ReadableStream<Uint8Array>({
		pull(controller) {
			seen.pulled += 1;
			if (seen.pulled > chunks) controller.close();
			else controller.enqueue(chunk.slice());
		},
		cancel() {
			seen.cancelled = true;
		},
	});
	return { seen, stream };
}

const inPieces = (bytes: Uint8Array, size: number) =>
	new ReadableStream<Uint8Array>({
		start(controller) {
			for (let at = 0; at < bytes.length; at += size)
				controller.enqueue(bytes.slice(at, at + size));
			controller.close();
		},
	});

const forgery = (): CallbackInput => ({ ...signed(), body: `${BODY} ` });

/** What a promise rejects with, or `undefined`. */
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
	promise.then(
		() => undefined,
		(error) => error,
	);

const refusals: Record<string, Behaviour> = {
	"verify: nobody accepts a forgery by forgetting to look at the result": {
		run: (lib) => {
			try {
				verifierFor(lib).verify(forgery());
				return "accepted";
			} catch (error) {
				return (error as Error).name;
			}
		},
		expect: "CallbackRejectedError",
	},
	"verifyAsync: rejects for a forgery": {
		run: async (lib) => {
			const error = await rejection(verifierFor(lib).verifyAsync(forgery()));
			const { code, status } = error as { code?: string; status?: number };
			return [error instanceof lib.CallbackRejectedError, code, status];
		},
		expect: [true, "signature_mismatch", 401],
	},
	"verifyAsync: what it promises has no ok, and what safeVerifyAsync promises has": {
		run: async (lib) => {
			const accepted = await verifierFor(lib).verifyAsync(signed());
			const { ok, ...rest } = (await verifierFor(lib).safeVerifyAsync(signed())) as {
				ok: boolean;
			};
			return [ok, "ok" in accepted, canonical(accepted) === canonical(rest)];
		},
		expect: [true, false, true],
	},
	"safeVerifyAsync: promises the refusal": {
		run: async (lib) => {
			const result = await verifierFor(lib).safeVerifyAsync(forgery());
			return result.ok || result.code;
		},
		expect: "signature_mismatch",
	},
};

const requests: Record<string, Behaviour> = {
	"verifyRequest: a streamed body, cut inside of a character": {
		needs: ["Request"],
		run: async (lib) => {
			const results: VerifyResult[] = [];
			for (const size of [1, 3, 1000]) {
				results.push(
					await verifierFor(lib).safeVerifyRequest(post(signed(), inPieces(utf8(BODY), size))),
				);
			}
			return results.map((result) => result.ok && result.event);
		},
		expect: [1, 2, 3].map(() => ({ ...JSON.parse(BODY), known: false })),
	},
	"verifyRequest: a streamed body of exactly the limit": {
		needs: ["Request"],
		run: async (lib) => {
			const bytes = utf8(BODY);
			const verifier = verifierFor(lib, { maxBodyBytes: bytes.length });
			return (await verifier.safeVerifyRequest(post(signed(), inPieces(bytes, 7)))).ok;
		},
		expect: true,
	},
	"verifyRequest: a streamed body over the limit is not read to its end": {
		needs: ["Request"],
		run: async (lib) => {
			const { seen, stream } = upload(new Uint8Array(64 * 1024).fill(0x20), 10_000);
			const result = await verifierFor(lib).safeVerifyRequest(post(signed(), stream));
			await new Promise((resolve) => setTimeout(resolve, 20));
			return {
				code: !result.ok && result.code,
				soon: seen.pulled < 100,
				cancelled: seen.cancelled,
			};
		},
		expect: { code: "body_too_large", soon: true, cancelled: true },
	},
	"verifyRequest: no body at all": {
		needs: ["Request"],
		run: async (lib) => {
			const verifier = verifierFor(lib, { sender: "svix" });
			const result = await verifier.safeVerifyRequest(post(signed("", { sender: "svix" }), null));
			return result.ok && { id: result.id, event: Object.keys(result.event).includes("type") };
		},
		expect: { id: "msg_1", event: false },
	},
	"verifyRequest: the body can be read from a clone made before": {
		needs: ["Request"],
		run: async (lib) => {
			const request = post(signed());
			const copy = request.clone();
			const { ok } = await verifierFor(lib).safeVerifyRequest(request);
			return [ok, await copy.text(), request.bodyUsed];
		},
		expect: [true, BODY, true],
	},
	"misuse: a request whose body has been read": {
		needs: ["Request"],
		...mistake(["body", "read", "clone"], async (lib) => {
			const request = post(signed());
			await request.text();
			return verifierFor(lib).safeVerifyRequest(request);
		}),
	},
	"misuse: a request whose body somebody is reading": {
		needs: ["Request"],
		...mistake(["expected", "body"], (lib) => {
			const request = post(signed());
			request.body?.getReader();
			return verifierFor(lib).safeVerifyRequest(request);
		}),
	},
	"misuse: verifyRequest without a Request": mistake(["expected", "Request"], (lib) =>
		verifierFor(lib).safeVerifyRequest({ headers: {}, body: BODY } as never),
	),
	"misuse: verifyRequest rejects, it does not throw": {
		run: (lib) => {
			const promise = verifierFor(lib).safeVerifyRequest(undefined as never);
			return promise.then(
				() => "resolved",
				(error) => error instanceof TypeError,
			);
		},
		expect: true,
	},
};

const results: Record<string, Behaviour> = {
	"a result is plain data": {
		run: (lib) => {
			const verifier = verifierFor(lib, { keys: [{ id: "k", key: KEY }] });
			const all = [signed(), { ...signed(), headers: {} }].map((input) =>
				verifier.safeVerify(input),
			);
			return all.every(
				(result) =>
					isPlain(result) &&
					JSON.stringify(JSON.parse(JSON.stringify(result))) === JSON.stringify(result),
			);
		},
		expect: true,
	},
	"nothing of a key shows on a verifier": {
		run: (lib) => {
			const verifier = verifierFor(lib);
			return [
				JSON.stringify(verifier),
				String(verifier),
				...Object.values(verifier).map(String),
			].some((text) => text.includes(KEY.slice(6)));
		},
		expect: false,
	},
	"a payload of bytes is the caller's own": {
		run: (lib) => {
			const verifier = verifierFor(lib, { sender: "svix" });
			const body = new Uint8Array([0xff, 1, 2]);
			const result = verifier.safeVerify(signed(body, { sender: "svix" }));
			body.fill(9);
			for (let round = 0; round < 3; round += 1)
				verifier.safeVerify(signed(new Uint8Array(100).fill(0xfe), { sender: "svix" }));
			return result.ok && Array.from((result.event as { payload: Uint8Array }).payload);
		},
		expect: [0xff, 1, 2],
	},
	"verify leaves the body as it was": {
		run: (lib) => {
			const body = utf8(BODY);
			verifierFor(lib).safeVerify(signed(body));
			return text(body);
		},
		expect: BODY,
	},
	"Object.prototype is not polluted by a body": {
		run: (lib) => {
			const body = `{"__proto__":{"polluted":1},${BODY.slice(1)}`;
			const result = verifierFor(lib).safeVerify(signed(body));
			return [
				({} as { polluted?: number }).polluted,
				result.ok ? undefined : [result.code, result.path],
			];
		},
		expect: [undefined, ["malformed_payload", "__proto__"]],
	},
};

const independence: Record<string, Behaviour> = {
	"a clock that verifies another callback meanwhile": {
		run: (lib) => {
			const inner = verifierFor(lib, { keys: OTHER_KEY });
			let nested: VerifyResult | undefined;
			const outer = verifierFor(lib, {
				now: () => {
					nested = inner.safeVerify(
						signed(BODY.replace("🎉", "x".repeat(5000)), { key: OTHER_KEY }),
					);
					return NOW * 1000;
				},
			});
			const result = outer.safeVerify(signed());
			return [result.ok && result.event, nested?.ok];
		},
		expect: [{ ...JSON.parse(BODY), known: false }, true],
	},
	"headers that verify another callback while they are read": {
		run: (lib) => {
			const { headers, body } = signed();
			const verifier = verifierFor(lib);
			const busy = Object.fromEntries(Object.entries(headers as Record<string, string>));
			Object.defineProperty(busy, "webhook-id", {
				enumerable: true,
				get: () => {
					verifier.safeVerify({ headers, body: "x".repeat(5000) });
					return "msg_1";
				},
			});
			const result = verifier.safeVerify({ headers: busy, body });
			return result.ok && result.event;
		},
		expect: { ...JSON.parse(BODY), known: false },
	},
	"a clock that throws, and the next call": {
		run: (lib) => {
			let broken = true;
			const verifier = verifierFor(lib, {
				now: () => {
					if (broken) throw new RangeError("no clock");
					return NOW * 1000;
				},
			});
			const first = attempt(() => verifier.safeVerify(signed()));
			broken = false;
			return [first, verifier.safeVerify(signed()).ok];
		},
		expect: ["RangeError: no clock", true],
	},
	"1,000 verifiers at once keep their own keys": {
		run: (lib) => {
			const secrets = Array.from({ length: 1000 }, (_, index) => secretOf(index));
			const verifiers = secrets.map((keys) => verifierFor(lib, { keys }));
			return verifiers.every((verifier, index) => {
				const [own, next] = [secrets[index], secrets[(index + 1) % 1000]];
				return (
					verifier.safeVerify(signed(BODY, { key: own })).ok &&
					!verifier.safeVerify(signed(BODY, { key: next })).ok
				);
			});
		},
		expect: true,
	},
	"a large body leaves nothing behind for a small one": {
		run: (lib) => {
			const verifier = verifierFor(lib, { maxBodyBytes: 8_000_000 });
			return [5_000_000, 0, 100, 3_000_000, 1].map((pad) => {
				const body = BODY.replace("🎉", "p".repeat(pad));
				const result = verifier.safeVerify(signed(body));
				return result.ok && (result.event as { data: { userId: string } }).data.userId.length;
			});
		},
		expect: [5_000_000, 0, 100, 3_000_000, 1],
	},
	"keys handed in as an array are read once": {
		run: (lib) => {
			const keys = [KEY];
			const verifier = verifierFor(lib, { keys });
			keys[0] = OTHER_KEY;
			return verifier.safeVerify(signed()).ok;
		},
		expect: true,
	},
	"raw key bytes are read once": {
		run: (lib) => {
			const key = new Uint8Array(32).fill(7);
			const verifier = verifierFor(lib, { keys: key });
			const input = signed(BODY, { key });
			key.fill(0);
			return verifier.safeVerify(input).ok;
		},
		expect: true,
	},
};

const foreign: Record<string, Behaviour> = {
	"a key as bytes of another realm": {
		needs: ["foreign realm"],
		run: (lib, host) => {
			const bytes = new Uint8Array(32).fill(7);
			const key = (host.foreignBytes as (bytes: Uint8Array) => Uint8Array)(bytes);
			const named = verifierFor(lib, { keys: [{ id: "foreign", key }] });
			return [
				verifierFor(lib, { keys: key }).safeVerify(signed(BODY, { key: bytes })).ok,
				named.safeVerify(signed(BODY, { key: bytes })).ok,
			];
		},
		expect: [true, true],
	},
	"signing with bytes of another realm": {
		needs: ["foreign realm", "full module"],
		run: (lib, host) => {
			const bytes = new Uint8Array(32).fill(7);
			const key = (host.foreignBytes as (bytes: Uint8Array) => Uint8Array)(bytes);
			const sent = lib.sign({ body: BODY, key, timestamp: NOW });
			return verifierFor(lib, { keys: bytes }).safeVerify(sent).ok;
		},
		expect: true,
	},
	"another realm's bytes are of another realm": {
		needs: ["foreign realm"],
		run: (_lib, host) => {
			const bytes = (host.foreignBytes as (bytes: Uint8Array) => Uint8Array)(
				new Uint8Array([1, 2]),
			);
			return [bytes.constructor === Uint8Array, Array.from(bytes)];
		},
		expect: [false, [1, 2]],
	},
};

const generation: Record<string, Behaviour> = {
	"generateSecret: a key that signs and verifies, another one each time": {
		needs: ["full module"],
		run: (lib) => {
			const secrets = Array.from({ length: 100 }, () => lib.generateSecret());
			return [
				new Set(secrets).size,
				secrets.every((secret) => /^whsec_[A-Za-z0-9+/]{43}=$/.test(secret)),
				secrets.every(
					(key) => verifierFor(lib, { keys: key }).safeVerify(signed(BODY, { key })).ok,
				),
			];
		},
		expect: [100, true, true],
	},
	"generateKeyPair: the private key signs, the public key verifies, another pair each time": {
		needs: ["full module"],
		run: (lib) => {
			const pairs = Array.from({ length: 20 }, () => lib.generateKeyPair());
			return [
				new Set(pairs.map(({ privateKey }) => privateKey)).size,
				pairs.every(({ publicKey }) => /^whpk_[A-Za-z0-9+/]{43}=$/.test(publicKey)),
				pairs.every(({ privateKey }) => /^whsk_[A-Za-z0-9+/]{86}==$/.test(privateKey)),
				pairs.every(
					({ publicKey, privateKey }) =>
						verifierFor(lib, { keys: publicKey }).safeVerify(
							lib.sign({ body: BODY, key: privateKey, timestamp: NOW }),
						).ok,
				),
			];
		},
		expect: [20, true, true, true],
	},
	"sign: an id of its own each time, and the time of the clock": {
		needs: ["full module"],
		run: (lib) => {
			const verifier = lib.createVerifier({ keys: KEY });
			const all = Array.from({ length: 20 }, () =>
				verifier.safeVerify(lib.sign({ body: BODY, key: KEY })),
			);
			return [all.every(({ ok }) => ok), new Set(all.map((result) => result.ok && result.id)).size];
		},
		expect: [true, 20],
	},
	"sign: the body comes back as it was given": {
		needs: ["full module"],
		run: (lib) => {
			const bytes = utf8(BODY);
			return [
				lib.sign({ body: BODY, key: KEY }).body === BODY,
				lib.sign({ body: bytes, key: KEY }).body === bytes,
			];
		},
		expect: [true, true],
	},
	"sign: string and bytes of the same text sign alike": {
		needs: ["full module"],
		run: (lib) =>
			[BODY, utf8(BODY)].every((body) => {
				const { headers } = lib.sign({ body, key: KEY, id: "msg_1", timestamp: NOW });
				const { "content-type": type, ...rest } = headers;
				const same = JSON.stringify(rest) === JSON.stringify(signed().headers);
				return same && type === "application/json";
			}),
		expect: true,
	},
	"senders: the first of many, each told in full": {
		run: (lib) => {
			const senders = lib.senders();
			const members = ["title", "algorithm", "headers", "freshness", "docs", "evidence", "entry"];
			const complete = senders.filter((sender) => members.every((member) => member in sender));
			return [senders.slice(0, 3).map(({ name }) => name), complete.length === senders.length];
		},
		expect: [["tp-wallet", "standard-webhooks", "svix"], true],
	},
	"explain: a secret with a line break": {
		needs: ["full module"],
		run: (lib) => {
			const { verdict, causes } = lib.explain({
				...lib.sign({ body: BODY, key: KEY, timestamp: NOW }),
				keys: `${KEY}\n`,
				now: NOW * 1000,
			});
			return [verdict.ok, causes.map(({ code, certainty }) => `${code} ${certainty}`)];
		},
		expect: [false, ["key_white_space certain"]],
	},
	"detect: whose headers they are": {
		needs: ["full module"],
		run: (lib) => lib.detect({ headers: { "Stripe-Signature": "t=1,v1=00" } }),
		expect: ["stripe"],
	},
};

export const behaviours: Readonly<Record<string, Behaviour>> = {
	...misuse,
	...refusals,
	...requests,
	...results,
	...independence,
	...foreign,
	...generation,
	...dapps,
};

/** A secret of its own for each number. */
function secretOf(index: number): string {
	const bytes = new Uint8Array(32).fill(index & 0xff, 0, 16).fill(index >> 8, 16);
	return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

function attempt(act: () => unknown): string {
	try {
		return String(act());
	} catch (error) {
		return String(error);
	}
}

function isPlain(value: unknown): boolean {
	if (Array.isArray(value)) return value.every(isPlain);
	if (typeof value !== "object" || value === null) return true;
	return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}

function text(bytes: Uint8Array): string {
	return decodeURIComponent(
		Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
	);
}
