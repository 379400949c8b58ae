import { type Judge, type Parts, toOptions, type Verdict } from "../core/core.js";
import { CallbackRejectedError, ConfigError } from "../core/errors.js";
import { optionalText, requireObject } from "../core/options.js";
import { Resident } from "../core/resident.js";
import { type Runner, runnerFor, withMore } from "../core/runner.js";
import { shown } from "../core/shown.js";
import type { WasmCore } from "../generated/glue.js";
import type { CallbackVerificationEvent, SenderName } from "../generated/model.js";
import { acceptedEncodings, decompress, isReadable } from "./decompress.js";
import type { SenderDescriptor } from "./descriptor.js";
import { bodyHash } from "./digest.js";
import type { EventFrom, NeededFor } from "./events.js";
import type { Cause, Explanation } from "./explain.js";
import { explainWith } from "./explain-on.js";
import { KeyRing } from "./key-ring.js";
import { otherSender } from "./other-sender.js";
import { allHeaders, headerNames, readBody, readHeaders, toBody } from "./request.js";
import { ShapingVerifier } from "./schema.js";
import { DEFAULT_SENDER, deliveryOf, toDescriptor } from "./senders.js";
import type {
	Accepted,
	CallbackInput,
	Delivery,
	Rejected,
	RequestContext,
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
 * @throws {ConfigError} for a key, a descriptor or an option that is invalid.
 * @throws {CoreError} where the platform does not compile WebAssembly.
 *
 * @example
 * ```ts
 * const verifier = createVerifier({ keys: process.env.WALLET_CALLBACK_SECRET });
 * try {
 *   const { id, event } = verifier.verify({ headers, body });
 * } catch (error) {
 *   if (error instanceof CallbackRejectedError) console.warn(error.code);
 * }
 * ```
 *
 * @example Payloads with types: by a schema of any library with Standard Schema, or by a type alone.
 * ```ts
 * const checked = createVerifier({ keys, sender: "coinpayments", url, clientId, schema: Invoice });
 * const named = createVerifier<Stripe.Event>({ keys, sender: "stripe" });
 * ```
 */
export function createVerifier<
	Payload = unknown,
	const From extends SenderName | SenderDescriptor | undefined =
		| SenderName
		| SenderDescriptor
		| undefined,
	Output = unknown,
>(
	options: VerifierOptions<From, Output> & NeededFor<Payload>,
): Verifier<EventFrom<Payload, From, Output>> {
	requireObject(options, "options with keys, as in createVerifier({ keys: [secret] })");
	const { schema, ...rest } = options as VerifierOptions<SenderName | SenderDescriptor>;
	const verifier = new CoreVerifier<EventFrom<Payload, From, Output>>(rest);
	if (schema === undefined) return verifier;
	const whole = toDescriptor(rest.sender).payload === "wallet-event";
	return new ShapingVerifier(verifier, schema, whole);
}

/** What the core tells of a verifier. */
interface Handle extends Omit<VerifierSettings, keyof Delivery | "identifiesCallbacks">, Judge {
	/** The headers that it reads. */
	readonly headers: readonly string[];
	/** What else it reads: of a callback, only that crosses. */
	readonly reads: {
		readonly method: boolean;
		readonly url: boolean;
		/** For a sender whose callbacks themselves say which headers are signed. */
		readonly allHeaders: boolean;
	};
}

const release = (wasm: WasmCore, { verifier }: Handle): void => wasm.release(verifier);

/** The package's own. */
export class CoreVerifier<Event> implements Verifier<Event> {
	readonly #keys: KeyRing;
	readonly #now: () => number;
	readonly #resident: Resident<Handle>;
	/** Where it is kept. */
	readonly #run: Runner;
	readonly settings: VerifierSettings;
	/** What explaining has to know of it. */
	readonly #given: Omit<VerifierOptions<SenderName | SenderDescriptor>, "keys" | "now">;
	/** What it reads of a callback, whatever its keys are. */
	readonly #reads: Pick<Handle, "headers" | "reads" | "maxBodyBytes">;

	constructor(options: VerifierOptions<SenderName | SenderDescriptor>) {
		const { now = () => Date.now(), keys, sender, ...rest } = options;
		if (typeof now !== "function") {
			throw new ConfigError("invalid_option", "now: expected a function that returns milliseconds");
		}
		this.#now = now;
		this.#keys = new KeyRing(keys);
		const { findsKeys } = this.#keys;
		const isDefault = sender === undefined || sender === DEFAULT_SENDER;
		const descriptor = toDescriptor(sender);
		// The core has the default one ready: reading a descriptor is half of what a first verifier costs.
		const text = toOptions({ ...rest, sender: isDefault ? undefined : descriptor });
		const create = (wasm: WasmCore) => wasm.create(text, this.#keys.keys, findsKeys) as Handle;
		this.#resident = new Resident(create, release);
		this.#run = runnerFor((core) => this.#resident.in(core));
		const {
			verifier: _verifier,
			headers,
			reads,
			keyIds: _keyIds,
			unsafeNumbers: _unsafeNumbers,
			...settings
		} = this.#run((core) => this.#resident.in(core));
		this.#reads = { headers, reads, maxBodyBytes: settings.maxBodyBytes };
		// As the core has read it, whatever becomes of the caller's object.
		const given = JSON.parse(text);
		this.#given = { ...given, sender: given.sender ?? DEFAULT_SENDER };
		const delivery = deliveryOf(given.sender ?? descriptor);
		const identifiesCallbacks = delivery.identifiedBy !== undefined;
		this.settings = { ...settings, ...delivery, identifiesCallbacks, findsKeys };
	}

	verify(input: CallbackInput): Accepted<Event> {
		this.#expireKeys();
		return this.#acceptOrThrow(this.#judge(input));
	}

	safeVerify(input: CallbackInput): VerifyResult<Event> {
		this.#expireKeys();
		return this.#toResult(this.#judge(input));
	}

	async verifyAsync(input: CallbackInput): Promise<Accepted<Event>> {
		return this.#acceptOrThrow(await this.#judgeAsync(input));
	}

	async safeVerifyAsync(input: CallbackInput): Promise<VerifyResult<Event>> {
		return this.#toResult(await this.#judgeAsync(input));
	}

	async verifyRequest(request: Request, context: RequestContext = {}): Promise<Accepted<Event>> {
		return this.#acceptOrThrow(await this.#judgeRequest(request, context));
	}

	async safeVerifyRequest(
		request: Request,
		context: RequestContext = {},
	): Promise<VerifyResult<Event>> {
		return this.#toResult(await this.#judgeRequest(request, context));
	}

	#judge(input: CallbackInput): Verdict | Rejected {
		requireObject(input, "a callback, as in verify({ headers, body })");
		const now = this.#readClock();
		const { headers, reads, maxBodyBytes } = this.#reads;
		// Before the core is entered: the caller's objects may verify something themselves.
		const parts: Parts = {
			headers: readHeaders(input.headers, headers),
			method: reads.method ? optionalText(input.method, "method") : undefined,
			url: reads.url ? optionalText(input.url, "url") : undefined,
			allHeaders: reads.allHeaders ? JSON.stringify(allHeaders(input.headers)) : undefined,
			ip: optionalText(input.ip, "ip"),
			body: toBody(input.body, maxBodyBytes),
		};
		const verdict = this.#run((core) => core.verify(this.#resident.in(core), parts, now));
		if (verdict.ok) return verdict;
		refuseIncomplete(verdict);
		return verdict.code === "missing_header" ? this.#nameOther(verdict, input) : verdict;
	}

	/** Says whose headers a callback has if those of its sender are not there. */
	#nameOther(rejected: Rejected, { headers }: CallbackInput): Rejected {
		const other = otherSender(headerNames(headers), this.#reads.headers);
		if (other === undefined) return rejected;
		return { ...rejected, message: `${rejected.message}; ${other}` };
	}

	async #judgeAsync(input: CallbackInput): Promise<Verdict | Rejected> {
		if (!this.settings.findsKeys) return this.#judge(input);
		requireObject(input, "a callback, as in verifyAsync({ headers, body })");
		this.#expireKeys();
		// An iterator of headers could be read only once.
		const callback = { ...input, headers: allHeaders(input.headers) };
		const result = this.#judge(callback);
		if (result.ok || result.code !== "unknown_key" || result.keyId === undefined) return result;
		const found = await this.#keys.find(result.keyId, this.#readClock());
		if (found === undefined) return result;
		// From here to the verdict nothing waits, so that no other key can push this one out.
		this.#keys.keep(found);
		this.#resident.drop();
		try {
			return this.#judge(callback);
		} catch (error) {
			// A key that is none may not stand in the way of the others.
			if (error instanceof ConfigError) this.#keys.drop(result.keyId);
			throw error;
		}
	}

	/** Sets aside what was found too long ago. */
	#expireKeys(): void {
		if (this.settings.findsKeys && this.#keys.expire(this.#readClock())) this.#resident.drop();
	}

	async #judgeRequest(request: Request, context: RequestContext): Promise<Verdict | Rejected> {
		const input = await this.#readRequest(request, context);
		const verdict = await this.#judgeAsync(input);
		const isRead = isReadable(request.headers.get("content-encoding") ?? undefined);
		if (verdict.ok || isRead || verdict.code !== "signature_mismatch") return verdict;
		return {
			ok: false,
			code: "malformed_header",
			status: 400,
			message: `expected content-encoding ${acceptedEncodings()}`,
			header: "content-encoding",
		};
	}

	async #readRequest(request: Request, { ip }: RequestContext): Promise<CallbackInput> {
		requireObject(request, "a Fetch request, as in verifyRequest(request)");
		const { maxBodyBytes } = this.settings;
		const read = await readBody(request, maxBodyBytes).body;
		const { headers, method, url } = request;
		const body = await decompress(read, headers.get("content-encoding") ?? undefined, maxBodyBytes);
		return { headers, body, ip, method, url };
	}

	#acceptOrThrow(verdict: Verdict | Rejected): Accepted<Event> {
		if (!verdict.ok) throw new CallbackRejectedError(verdict);
		const { ok: _, ...accepted } = verdict;
		return accepted as Accepted<Event>;
	}

	#toResult(verdict: Verdict | Rejected): VerifyResult<Event> {
		return verdict as VerifyResult<Event>;
	}

	answerVerification(accepted: Accepted<Event>): VerificationAnswer | undefined {
		requireObject(
			accepted,
			"an accepted callback, as in answerVerification(verifier.verify(callback))",
		);
		const { id, key, event } = accepted;
		const challenge = challengeOf(event);
		if (id === undefined || challenge === undefined) return undefined;
		const signature = this.#run((core) => {
			const { verifier } = this.#resident.in(core);
			return core.ask((wasm) => wasm.prove(verifier, key.index, id, challenge));
		});
		return signature === undefined ? undefined : { code: 0, challenge, signature };
	}

	explain(
		{ headers, body, method, url, ip }: CallbackInput,
		budgetMilliseconds?: number,
	): Explanation {
		const { toleranceSeconds, clientId, ...given } = this.#given;
		const { dangerouslyAllowUnsignedHeaders, dangerouslyAllowUnsignedUrl } = given;
		const { causes, ...explanation } = explainWith(withMore, this.#keys, {
			headers,
			body,
			method,
			url,
			registeredUrl: given.url,
			ip,
			sender: given.sender,
			toleranceSeconds,
			maxBodyBytes: this.settings.maxBodyBytes,
			clientId,
			dangerouslyAllowUnsignedHeaders,
			dangerouslyAllowUnsignedUrl,
			now: this.#now,
			budgetMilliseconds,
		});
		// Keys that nobody has asked for yet are not missing.
		const { findsKeys } = this.#keys;
		const isTold = ({ code }: Cause) => !(findsKeys && code === "key_refused");
		return { ...explanation, causes: causes.filter(isTold) };
	}

	fingerprint(): string | undefined {
		const spelling = this.#keys.spelling;
		return spelling === undefined ? undefined : bodyHash(spelling);
	}

	#readClock(): number {
		const now = this.#now();
		if (!Number.isFinite(now)) throw new TypeError(`now: expected milliseconds, got ${shown(now)}`);
		return now;
	}
}

/** Tells the program that it has left out what the sender signs. A missing header has its name. */
function refuseIncomplete({ code, header, message }: Rejected): void {
	if (code === "missing_header" && header === undefined) throw new TypeError(message);
}

/** The challenge of an event that has been verified, if it is a handshake. */
function challengeOf(event: unknown): string | undefined {
	const { type, data } = event as Partial<CallbackVerificationEvent>;
	return type === "callback.verification" ? data?.challenge : undefined;
}
