import { type Core, isCurrent, type Parts, toOptions, withCore } from "./core.js";
import { CallbackRejectedError, ConfigError } from "./errors.js";
import type { CallbackVerificationEvent, SenderName } from "./generated/model.js";
import { readBody, readHeaders, toBody, toBytes } from "./request.js";
import type {
	Accepted,
	CallbackInput,
	EventOf,
	KeyInput,
	KeyMaterial,
	VerificationAnswer,
	Verifier,
	VerifierOptions,
	VerifierSettings,
	VerifyResult,
} from "./types.js";

/**
 * Builds a verifier. Do it once, when the program starts: keys are parsed here, so that a bad one
 * stops the start and not the first callback.
 *
 * @throws {ConfigError} for a key or an option that makes no sense.
 * @throws {CoreError} where the platform does not compile WebAssembly.
 *
 * @example
 * ```ts
 * const verifier = createVerifier({ keys: process.env.WALLET_CALLBACK_SECRET! });
 * const result = verifier.verify({ headers, body });
 * ```
 */
export function createVerifier<Name extends SenderName = "tp-wallet">(
	options: VerifierOptions<Name>,
): Verifier<EventOf<Name>> {
	return new CoreVerifier<EventOf<Name>>(options);
}

/** What the core tells of a verifier. */
interface Handle extends VerifierSettings {
	readonly verifier: number;
	readonly headers: readonly string[];
}

const registry =
	typeof FinalizationRegistry === "undefined"
		? undefined
		: new FinalizationRegistry<{ core: Core; verifier: number }>(({ core, verifier }) => {
				if (isCurrent(core)) core.wasm.release(verifier);
			});

class CoreVerifier<Event> implements Verifier<Event> {
	readonly #options: object;
	readonly #keyNames: readonly (string | undefined)[];
	readonly #now: () => number;
	#core: Core | undefined;
	#handle: Handle;
	readonly settings: VerifierSettings;

	constructor(options: VerifierOptions<SenderName>) {
		if (typeof options !== "object" || options === null) {
			throw new TypeError("expected options with keys, as createVerifier({ keys: [secret] })");
		}
		const { now = () => Date.now(), keys, ...rest } = options;
		if (typeof now !== "function") {
			throw new ConfigError("invalid_option", "now: expected a function that returns milliseconds");
		}
		this.#now = now;
		const list: readonly KeyInput[] = Array.isArray(keys) ? keys : [keys as KeyInput];
		const named = list.map(toNamedKey);
		this.#keyNames = named.map(({ id }) => id);
		this.#options = { ...rest, keys: named.map(({ key }) => toKey(key)) };
		this.#handle = withCore((core) => this.#handleIn(core));
		const { sender, mediaType, maxBodyBytes, toleranceSeconds } = this.#handle;
		this.settings = { sender, mediaType, maxBodyBytes, toleranceSeconds };
	}

	verify(input: CallbackInput): VerifyResult<Event> {
		if (typeof input !== "object" || input === null) {
			throw new TypeError("expected a callback, as verify({ headers, body })");
		}
		const now = this.#now();
		if (!Number.isFinite(now)) throw new TypeError(`now: expected milliseconds, got ${now}`);
		return withCore((core) => {
			const { verifier, headers, maxBodyBytes } = this.#handleIn(core);
			const parts: Parts = {
				headers: readHeaders(input.headers, headers),
				ip: toIp(input.ip),
				body: toBody(input.body, maxBodyBytes),
			};
			const verdict = core.verify(verifier, parts, now);
			if (!verdict.ok) return verdict;
			const { id, timestamp, key, event } = verdict;
			const name = this.#keyNames[key];
			return {
				ok: true,
				id,
				timestamp,
				key: name === undefined ? { index: key } : { index: key, id: name },
				event: event as Event,
			};
		});
	}

	unwrap(input: CallbackInput): Accepted<Event> {
		const result = this.verify(input);
		if (!result.ok) throw new CallbackRejectedError(result);
		return result;
	}

	async verifyRequest(
		request: Request,
		{ ip }: { readonly ip?: string | undefined } = {},
	): Promise<VerifyResult<Event>> {
		const body = await readBody(request, this.#handle.maxBodyBytes);
		return this.verify({
			headers: request.headers,
			body,
			ip,
			method: request.method,
			url: request.url,
		});
	}

	answerVerification({ id, key, event }: Accepted<Event>): VerificationAnswer | undefined {
		const challenge = challengeOf(event);
		if (id === undefined || challenge === undefined) return undefined;
		const signature = withCore((core) => {
			const { verifier } = this.#handleIn(core);
			return core.ask((wasm) => wasm.prove(verifier, key.index), [id, challenge]);
		}) as string | null;
		return signature === null ? undefined : { code: 0, challenge, signature };
	}

	/** This verifier in the given core: built there anew if a trap has replaced the one that had it. */
	#handleIn(core: Core): Handle {
		if (this.#core !== core) {
			this.#handle = core.ask((wasm) => wasm.create(), [toOptions(this.#options)]) as Handle;
			this.#core = core;
			registry?.register(this, { core, verifier: this.#handle.verifier });
		}
		return this.#handle;
	}
}

/** The challenge of an event that has been verified, if it is a handshake. */
function challengeOf(event: unknown): string | undefined {
	const { type, data } = event as Partial<CallbackVerificationEvent>;
	return type === "callback.verification" ? data?.challenge : undefined;
}

function toNamedKey(input: KeyInput, index: number): { id?: string | undefined; key: KeyMaterial } {
	const named = typeof input === "object" && input !== null && "key" in input;
	if (!named) return { key: input };
	const unknown = Object.keys(input).find((name) => name !== "id" && name !== "key");
	if (unknown !== undefined) {
		throw new ConfigError("invalid_key", `keys[${index}]: expected id and key, got "${unknown}"`);
	}
	if (input.id !== undefined && typeof input.id !== "string") {
		throw new ConfigError(
			"invalid_key",
			`keys[${index}].id: expected a string, got ${typeof input.id}`,
		);
	}
	return input;
}

/** A key as the core takes it: text, bytes in hex, or something that it refuses. */
export function toKey(key: KeyMaterial): { text?: unknown; hex?: string } {
	const bytes = toBytes(key);
	if (bytes === undefined) return { text: key ?? undefined };
	return { hex: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
}

function toIp(ip: unknown): string | undefined {
	if (ip === undefined || ip === null || typeof ip === "string") return ip ?? undefined;
	throw new TypeError(`ip: expected a string, got ${typeof ip}`);
}
