/** Payloads that have to fit a schema of the caller's. */

import { CallbackRejectedError, ConfigError } from "../core/errors.js";
import { shown } from "../core/shown.js";
import type { Explanation } from "./explain.js";
import type { SchemaIssue, SchemaResult, StandardSchemaV1 } from "./standard-schema.js";
import type {
	Accepted,
	CallbackInput,
	Rejected,
	RequestContext,
	VerificationAnswer,
	Verifier,
	VerifierSettings,
	VerifyResult,
} from "./types.js";

/** The most of an issue's message that is shown: some libraries write the value into it. */
const MAX_MESSAGE = 120;

/** The most of a member's name and of a path that is shown, in UTF-16 code units. */
const MAX_NAME = 64;
const MAX_PATH = 256;

/** What a schema made of an event. */
type Shaped<Event> = { readonly ok: true; readonly event: Event } | Rejected;

/** A verifier without a schema. */
type Plain<Event> = Verifier<Event> & Required<Pick<Verifier<Event>, "explain" | "fingerprint">>;

/** A verifier with a schema: verifies, and hands over what the schema makes of that. */
export class ShapingVerifier<Event> implements Verifier<Event> {
	readonly #verifier: Plain<Event>;
	readonly #schema: StandardSchemaV1;
	/** Whether the schema gets the whole event, since that is not `{ payload }`. */
	readonly #whole: boolean;
	readonly settings: VerifierSettings;
	readonly stages: NonNullable<Verifier<Event>["stages"]>;

	/**
	 * `verifier` gives events that the schema has not seen yet.
	 *
	 * @throws {ConfigError} for what is no schema.
	 */
	constructor(verifier: Plain<Event>, schema: StandardSchemaV1, whole: boolean) {
		// Schemas of arktype are functions.
		const standard = (schema as Partial<StandardSchemaV1> | null)?.["~standard"];
		if (typeof standard?.validate !== "function") {
			throw new ConfigError(
				"invalid_option",
				`schema: expected a Standard Schema (zod 3.24 or later, valibot, arktype), got ${shown(schema)}`,
			);
		}
		this.#verifier = verifier;
		this.#schema = schema;
		this.#whole = whole;
		this.settings = verifier.settings;
		this.stages = { verifier, shape: (event) => this.#shapeAsync(event as Event) };
	}

	verify(input: CallbackInput): Accepted<Event> {
		return acceptOrThrow(this.safeVerify(input));
	}

	safeVerify(input: CallbackInput): VerifyResult<Event> {
		const result = this.#verifier.safeVerify(input);
		return result.ok ? join(result, this.#shape(result.event)) : result;
	}

	async verifyAsync(input: CallbackInput): Promise<Accepted<Event>> {
		return acceptOrThrow(await this.safeVerifyAsync(input));
	}

	async safeVerifyAsync(input: CallbackInput): Promise<VerifyResult<Event>> {
		return this.#finish(await this.#verifier.safeVerifyAsync(input));
	}

	async verifyRequest(request: Request, context?: RequestContext): Promise<Accepted<Event>> {
		return acceptOrThrow(await this.safeVerifyRequest(request, context));
	}

	async safeVerifyRequest(
		request: Request,
		context?: RequestContext,
	): Promise<VerifyResult<Event>> {
		return this.#finish(await this.#verifier.safeVerifyRequest(request, context));
	}

	answerVerification(accepted: Accepted<Event>): VerificationAnswer | undefined {
		return this.#verifier.answerVerification(accepted);
	}

	fingerprint(): string | undefined {
		return this.#verifier.fingerprint();
	}

	explain(input: CallbackInput, budgetMilliseconds?: number): Explanation {
		return this.#verifier.explain(input, budgetMilliseconds);
	}

	async #finish(result: VerifyResult<Event>): Promise<VerifyResult<Event>> {
		return result.ok ? join(result, await this.#shapeAsync(result.event)) : result;
	}

	#shape(event: Event): Shaped<Event> {
		if (this.#passesBy(event)) return { ok: true, event };
		const result = this.#validate(event);
		if (isThenable(result)) {
			// Nobody waits for it.
			result.then(undefined, () => {});
			throw new TypeError(
				"schema: got a promise, for which verify() does not wait: use verifyAsync() or verifyRequest(), or their safe forms (zod also returns one for a schema that throws)",
			);
		}
		return this.#toShaped(event, result);
	}

	async #shapeAsync(event: Event): Promise<Shaped<Event>> {
		if (this.#passesBy(event)) return { ok: true, event };
		return this.#toShaped(event, await this.#validate(event));
	}

	/** A handshake is between the sender and this package. */
	#passesBy(event: Event): boolean {
		return this.#whole && (event as { readonly type?: string }).type === "callback.verification";
	}

	#validate(event: Event): SchemaResult<unknown> | Promise<SchemaResult<unknown>> {
		return this.#schema["~standard"].validate(this.#whole ? event : payloadOf(event));
	}

	#toShaped(event: Event, result: SchemaResult<unknown>): Shaped<Event> {
		if (typeof result !== "object" || result === null) {
			throw new TypeError(
				`schema: expected { value } or { issues } from its validate(), got ${shown(result)}`,
			);
		}
		if (result.issues !== undefined) {
			return refuse(result.issues, this.#whole ? event : payloadOf(event));
		}
		const { value } = result;
		if (!this.#whole) return { ok: true, event: { ...event, payload: value } };
		if (typeof value === "object" && value !== null) return { ok: true, event: value as Event };
		throw new TypeError(`schema: expected an object in place of the event, got ${shown(value)}`);
	}
}

function acceptOrThrow<Event>(result: VerifyResult<Event>): Accepted<Event> {
	if (!result.ok) throw new CallbackRejectedError(result);
	const { ok: _ok, ...accepted } = result;
	return accepted;
}

function join<Event>(
	accepted: { readonly ok: true } & Accepted<Event>,
	shaped: Shaped<Event>,
): VerifyResult<Event> {
	return shaped.ok ? { ...accepted, event: shaped.event } : shaped;
}

function payloadOf(event: unknown): unknown {
	return (event as { readonly payload?: unknown }).payload;
}

function refuse(issues: readonly Partial<SchemaIssue>[], value: unknown): Rejected {
	if (!Array.isArray(issues)) {
		throw new TypeError(
			`schema: expected issues as an array from its validate(), got ${shown(issues)}`,
		);
	}
	const { message, path } = (issues[0] ?? {}) as Partial<SchemaIssue>;
	const what =
		typeof message === "string" && message !== "" ? `: ${shorten(message, MAX_MESSAGE)}` : "";
	const others = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
	return {
		ok: false,
		code: "malformed_payload",
		status: 422,
		message: `payload does not fit the schema${what}${others}`,
		path: Array.isArray(path) ? toPath(path, value) : "",
	};
}

/** As the core writes paths: `data.items[0].price`, and `["a b"]` for a name that is no identifier. */
function toPath(path: NonNullable<SchemaIssue["path"]>, value: unknown): string {
	let text = "";
	let inside = value;
	for (const segment of path) {
		if (text.length > MAX_PATH) break;
		const key = String(typeof segment === "object" ? segment?.key : segment);
		if (Array.isArray(inside)) text += `[${key}]`;
		else if (/^[\w$]+$/.test(key)) text += text === "" ? key : `.${key}`;
		else text += `[${JSON.stringify(shorten(key, MAX_NAME))}]`;
		inside = (inside as { readonly [name: string]: unknown } | null | undefined)?.[key];
	}
	return shorten(text, MAX_PATH);
}

function shorten(text: string, limit: number): string {
	return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
	return typeof (value as Partial<PromiseLike<T>> | null)?.then === "function";
}
