/**
 * The suite: runs every case against the library that it is handed and reports
 * what came out as plain data. It judges nothing, so that one judge compares all
 * runtimes. Web standards only: no `Buffer`, no `process`, no `TextEncoder`.
 */
import { behaviours } from "./behaviours.ts";
import { canonical } from "./canonical.ts";
import type {
	Accepted,
	BodySpec,
	CallbackInput,
	Case,
	Corpus,
	ErrorClasses,
	Feature,
	HeaderSpec,
	HeadersInput,
	Host,
	Key,
	Library,
	NamedKey,
	Outcome,
	Report,
	Setup,
	SignCase,
	VerifyCase,
	VerifyResult,
} from "./model.ts";

export async function run(lib: Library, corpus: Corpus, host: Host = {}): Promise<Report> {
	const lacks = missingFeatures(lib, host);
	const canRun = ({ needs = [] }: { needs?: readonly Feature[] }) =>
		!needs.some((need) => lacks.includes(need));
	const outcomes: Record<string, Outcome> = {};
	for (const one of corpus.cases) {
		if (one.kind !== "setup" && !canRun(one)) continue;
		outcomes[one.name] = await settle(lib, () => runCase(lib, one, host));
	}
	for (const [name, behaviour] of Object.entries(behaviours)) {
		if (!canRun(behaviour)) continue;
		outcomes[name] = await settle(lib, async () => ({
			value: canonical(await behaviour.run(lib, host)),
		}));
	}
	return { lacks, outcomes };
}

function missingFeatures(lib: Library, host: Host): Feature[] {
	const present = {
		Request: typeof Request === "function",
		Buffer: bufferOf() !== undefined,
		"foreign realm": host.foreignBytes !== undefined,
		"full module": hasFullModule(lib),
	};
	const features = Object.keys(present) as (keyof typeof present)[];
	return features.filter((feature) => !present[feature]);
}

function hasFullModule(lib: Library): boolean {
	try {
		return Array.isArray(lib.detect({ headers: {} }));
	} catch (error) {
		if (error instanceof lib.ConfigError && (error as { code?: string }).code === "needs_full")
			return false;
		throw error;
	}
}

function runCase(lib: Library, one: Case, host: Host): Outcome | Promise<Outcome> {
	switch (one.kind) {
		case "verify":
			return runVerify(lib, one, host);
		case "setup":
			lib.createVerifier(options(one.setup));
			return { built: true };
		case "sign":
			return runSign(lib, one, host);
	}
}

async function runVerify(lib: Library, one: VerifyCase, host: Host): Promise<Outcome> {
	const verifier = lib.createVerifier(options(one.setup));
	const context = one.ip === undefined ? {} : { ip: one.ip };
	// An iterator of headers can be read only once.
	const input = (): CallbackInput => ({
		headers: headers(one.headers),
		body: body(one.body, host),
		...context,
	});
	switch (one.call) {
		case "safeVerifyRequest":
			return bothForms(lib, await verifier.safeVerifyRequest(request(input()), context), () =>
				verifier.verifyRequest(request(input()), context),
			);
		case "verify":
			return describe({ ...verifier.verify(input()), ok: true });
		default:
			return bothForms(lib, verifier.safeVerify(input()), () => verifier.verify(input()));
	}
}

/** A result, in which stands what the form that throws says otherwise. */
async function bothForms(
	lib: Library,
	result: VerifyResult,
	throwing: () => Accepted | Promise<Accepted>,
): Promise<Outcome> {
	const safe = describe(result);
	const other = await settle(lib, async () => {
		const accepted = await throwing();
		return "ok" in accepted ? { hasOk: true } : describe({ ...accepted, ok: true });
	});
	const { thrown, isOne, ...rest } = other;
	const asExpected = result.ok
		? thrown === undefined
		: thrown === "CallbackRejectedError" && canonical(isOne) === canonical([thrown]);
	return asExpected && canonical(rest) === canonical(safe) ? safe : { ...safe, throwing: other };
}

function runSign(lib: Library, one: SignCase, host: Host): Outcome {
	const { key, body: spec, ...rest } = one.options;
	return {
		headers: lib.sign({ ...rest, key: keyOf(key), body: body(spec, host) as string | Uint8Array })
			.headers,
	};
}

/** What came out, or what was thrown, as data. */
async function settle(lib: Library, run: () => Outcome | Promise<Outcome>): Promise<Outcome> {
	try {
		return await run();
	} catch (error) {
		return describeError(lib, error);
	}
}

export function describe(result: VerifyResult): Outcome {
	if (!result.ok) return { ...result };
	const { id, timestamp, key, event } = result;
	return { ok: true, id, timestamp, key: { ...key }, event: canonical(event) };
}

export function describeError(lib: ErrorClasses, error: unknown): Outcome {
	if (!(error instanceof Error)) return { thrown: `not an Error: ${String(error)}` };
	const { name, message, code, status, header, path } = error as Error & Record<string, unknown>;
	const kinds = { ...lib, TypeError } as Record<string, unknown>;
	const isOne = ["CallbackRejectedError", "ConfigError", "CoreError", "TypeError"].filter(
		(kind) => {
			const type = kinds[kind];
			return typeof type === "function" && error instanceof type;
		},
	);
	const rejected = error instanceof lib.CallbackRejectedError ? { ok: false } : {};
	return { thrown: name, isOne, message, code, status, header, path, ...rejected };
}

function options(setup: Setup): Parameters<Library["createVerifier"]>[0] {
	const { now, keys, ...rest } = setup;
	const one = (key: NamedKey) =>
		typeof key === "object" && "key" in key ? { ...key, key: keyOf(key.key) } : keyOf(key);
	return {
		...rest,
		keys: isList(keys) ? keys.map(one) : one(keys),
		...(now === undefined ? {} : { now: () => now }),
	};
}

function isList(keys: Setup["keys"]): keys is readonly NamedKey[] {
	return Array.isArray(keys);
}

function keyOf(key: Key): string | Uint8Array {
	return typeof key === "string" ? key : fromBase64(key.base64);
}

function headers({ shape, entries }: HeaderSpec): HeadersInput {
	const values = entries.map(([name, value]) => [name, value ?? undefined] as const);
	const pairs = values as readonly (readonly [string, string])[];
	switch (shape) {
		case "record":
			return Object.fromEntries(values);
		case "null-prototype":
			return Object.assign(Object.create(null), Object.fromEntries(values));
		case "Headers":
			return new Headers(pairs.map(([name, value]) => [name, value]));
		case "Map":
			return new Map(pairs);
		case "entries":
			return pairs;
		case "iterator":
			return pairs[Symbol.iterator]();
	}
}

function body(spec: BodySpec, host: Host): CallbackInput["body"] {
	if (spec.shape === "string") return spec.text;
	const bytes = fromBase64(spec.base64);
	switch (spec.shape) {
		case "bytes":
			return bytes;
		case "subarray":
			return surrounded(bytes);
		case "ArrayBuffer":
			return bytes.buffer;
		case "Buffer":
			return (bufferOf() as { from(bytes: Uint8Array): Uint8Array }).from(bytes);
		case "foreign bytes":
			return (host.foreignBytes as (bytes: Uint8Array) => Uint8Array)(bytes);
	}
}

/** A view with other bytes before and behind it. */
function surrounded(bytes: Uint8Array): Uint8Array {
	const buffer = new Uint8Array(bytes.length + 24).fill(0x7b);
	buffer.set(bytes, 7);
	return buffer.subarray(7, 7 + bytes.length);
}

function request({ headers, body }: CallbackInput): Request {
	const init = { method: "POST", headers: headers as HeadersInit, body: body as BodyInit };
	return new Request("https://receiver.example/callback", init);
}

function bufferOf(): unknown {
	return (globalThis as { Buffer?: unknown }).Buffer;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const SEXTETS = Array.from({ length: 128 }, (_, code) => BASE64.indexOf(String.fromCharCode(code)));

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
	const length = text.replace(/=+$/, "").length;
	const bytes = new Uint8Array(Math.floor((length * 3) / 4));
	let bits = 0;
	for (let index = 0, at = 0; index < length; index += 1) {
		bits = (bits << 6) | (SEXTETS[text.charCodeAt(index)] ?? 0);
		if (index % 4 !== 0) {
			bytes[at] = bits >> (6 - 2 * (index % 4));
			at += 1;
		}
	}
	return bytes;
}
