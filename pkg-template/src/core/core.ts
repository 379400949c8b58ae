/** An instance of the WebAssembly core, and what crosses to it and back. */

import type { Glue, WasmCore } from "../generated/glue.js";
import {
	ABSENT,
	ADDRESS_CHECKED,
	ALL_HEADERS,
	AMOUNTS,
	BESIDE,
	BINARY_PAYLOAD,
	BODY,
	HEADERS,
	ID,
	ID_OF_EVENT,
	IP,
	JSON_PAYLOAD,
	KEY,
	KNOWN_EVENT,
	MARKED_PAYLOAD,
	MAX_HEADERS,
	METHOD,
	NAMES,
	NO_PAYLOAD,
	POINTS,
	REJECTED,
	TEXT_PAYLOAD,
	TIMESTAMP,
	URL,
	WORDS,
} from "../generated/layout.js";
import type { Rejected } from "../verifier/types.js";
import { ConfigError, CoreError } from "./errors.js";
import { type UnsafeNumbers, unmark } from "./numbers.js";
import { TextDecoder, TextEncoder } from "./text.js";

/**
 * The most memory that an instance keeps after a call, in bytes. Memory of WebAssembly only grows, so
 * an instance that a large body has made larger is replaced by a new one of the same module.
 */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** The largest input buffer that is kept for smaller callbacks, in bytes. */
const MAX_KEPT_INPUT = 1024 * 1024;

/** The most bytes of UTF-8 that one UTF-16 code unit becomes. */
const BYTES_PER_UNIT = 3;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A callback in the shape in which it crosses: header values in the order that the core asked for. */
export interface Parts {
	readonly headers: readonly (string | undefined)[];
	/** What a verifier reads only if its sender signs it, and what is undefined otherwise. */
	readonly method: string | undefined;
	readonly url: string | undefined;
	/** All headers as JSON, for the sender whose callbacks say which of them are signed. */
	readonly allHeaders: string | undefined;
	readonly ip: string | undefined;
	readonly body: string | Uint8Array;
}

/** A verifier as the core knows it. */
export interface Judge {
	readonly verifier: number;
	/** The names of its keys. */
	readonly keyIds: readonly (string | null)[];
	readonly unsafeNumbers: UnsafeNumbers;
}

/** What the core says of an accepted callback. */
export interface Verdict {
	readonly ok: true;
	readonly id: string | undefined;
	readonly timestamp: number | undefined;
	readonly key: { readonly index: number; readonly id?: string };
	readonly contentHash?: string;
	readonly signedWith?: string;
	readonly event: object;
}

type Writable<Type> = { -readonly [Member in keyof Type]: Type[Member] };

interface EventLike {
	type?: string;
	id?: string;
	payload?: unknown;
}

/** What an event of another sender is called, and what it holds if that is not its body. */
interface Beside {
	readonly type: string | undefined;
	readonly id: string | undefined;
	readonly contentHash: string | undefined;
	readonly signedWith: string | undefined;
	readonly payload: string;
}

/** An instance of the module. */
interface Instance {
	readonly wasm: WasmCore;
	readonly memory: WebAssembly.Memory;
}

export class Core {
	/** Undefined after {@link Core.end}. */
	#instance: Instance | undefined;
	/** Whether it is the full module, which also signs and explains. */
	readonly full: boolean;
	/**
	 * Whether a call is under way. Where it still is when an error comes up, the core has stopped in the
	 * middle: by a trap, or since the stack was full.
	 */
	inside = false;
	/** Whether it has grown so large that another one should take its place. */
	isLarge = false;
	/** A byte of the memory: one that grows leaves its views empty. */
	#probe = new Uint8Array();
	/** Of the modules that verify callbacks, once that is asked for. */
	#layoutAddress: number | undefined;
	#layout: Uint32Array = new Uint32Array();
	#input = new Uint8Array();
	#inputAddress = 0;

	constructor(module: WebAssembly.Module, glue: Glue) {
		const { exports } = new WebAssembly.Instance(module, { "./core_bg.js": { ...glue } });
		glue.__wbg_set_wasm(exports);
		(exports.__wbindgen_start as () => void)();
		this.#instance = { wasm: new glue.Core(), memory: exports.memory as WebAssembly.Memory };
		this.full = "core_explain" in exports;
	}

	/** Lets go of the instance, so that nobody who still holds this keeps its memory. */
	end(): void {
		this.#instance = undefined;
		this.#probe = new Uint8Array();
		this.#layout = new Uint32Array();
		this.#input = new Uint8Array();
	}

	/** Gives something up that lives in the instance, unless that is gone or has stopped in the middle. */
	release(call: (wasm: WasmCore) => void): void {
		if (this.#instance !== undefined && !this.inside) call(this.#instance.wasm);
	}

	#enter<T>(call: (wasm: WasmCore) => T): T {
		const { wasm, memory } = this.#open();
		this.inside = true;
		const result = call(wasm);
		this.inside = false;
		if (this.#probe.length === 0) {
			this.#probe = new Uint8Array(memory.buffer, 0, 1);
			this.isLarge = memory.buffer.byteLength > MAX_KEPT_BYTES;
		}
		return result;
	}

	#open(): Instance {
		if (this.#instance === undefined) throw new CoreError("wasm_trap", STOPPED);
		return this.#instance;
	}

	/** Verifies a callback in one call. `now` is in milliseconds. */
	verify(
		{ verifier, keyIds, unsafeNumbers }: Judge,
		parts: Parts,
		now: number,
	): Verdict | Rejected {
		const bodyAt = this.#write(parts);
		const outcome = this.#enter((wasm) => wasm.verify(verifier, now));
		if (this.#layout.length === 0) this.#layout = this.#viewLayout();
		const layout = this.#layout;
		if (outcome === REJECTED) return this.#enter((wasm) => wasm.rejection());
		const beside = outcome < JSON_PAYLOAD ? undefined : this.#readNames();
		const event =
			beside === undefined
				? this.#readWalletEvent(outcome, parts.body, bodyAt)
				: this.#readOther(outcome, beside, parts.body, bodyAt);
		if (outcome === MARKED_PAYLOAD) event.payload = unmark(event.payload, unsafeNumbers);
		const place = layout[ID] ?? ABSENT;
		const high = layout[TIMESTAMP + 1] ?? ABSENT;
		const index = layout[KEY] ?? 0;
		const name = keyIds[index] ?? undefined;
		const verdict: Writable<Verdict> = {
			ok: true,
			id: place === ID_OF_EVENT ? event.id : parts.headers[place],
			timestamp: high === ABSENT ? undefined : high * 2 ** 32 + (layout[TIMESTAMP] ?? 0),
			key: name === undefined ? { index } : { index, id: name },
			event,
		};
		if (beside?.contentHash !== undefined) verdict.contentHash = beside.contentHash;
		if (beside?.signedWith !== undefined) verdict.signedWith = beside.signedWith;
		return verdict;
	}

	/** Reads the bytes that were verified, as the core says. */
	#readWalletEvent(outcome: number, body: Parts["body"], bodyAt: number): EventLike {
		const event = JSON.parse(this.#readBody(body, bodyAt));
		return outcome === KNOWN_EVENT ? this.#annotate(event) : disclaim(event);
	}

	/** Adds what was found out. It wins over members of the sender's that have its names. */
	#annotate(event: KnownEvent): EventLike {
		const layout = this.#layout;
		for (let index = 0; index < AMOUNTS.length; index++) {
			const place = POINTS + index * 3;
			const whole = layout[place] ?? ABSENT;
			if (whole === ABSENT) continue;
			const amount = event.data[AMOUNTS[index] as string] as Amount;
			amount.decimal = putPoint(amount.value, whole, layout[place + 1], layout[place + 2]);
		}
		event.known = true;
		event.addressChecked = layout[ADDRESS_CHECKED] === 1;
		return event;
	}

	/** The same for the event of another sender. */
	#readOther(outcome: number, beside: Beside, body: Parts["body"], bodyAt: number): EventLike {
		const event: EventLike = {};
		if (beside.type !== undefined) event.type = beside.type;
		if (beside.id !== undefined) event.id = beside.id;
		if (outcome === JSON_PAYLOAD) {
			event.payload = JSON.parse(withoutByteOrderMark(this.#readBody(body, bodyAt)));
		} else if (outcome === TEXT_PAYLOAD) {
			event.payload = this.#readBody(body, bodyAt);
		} else if (outcome === BINARY_PAYLOAD) {
			event.payload = this.#viewInput(bodyAt, this.#layout[BODY] ?? 0).slice();
		} else if (outcome !== NO_PAYLOAD) {
			event.payload = JSON.parse(beside.payload);
		}
		return event;
	}

	/** Takes apart what stands beside the body of another sender. */
	#readNames(): Beside {
		const text = this.#readBeside();
		let at = 0;
		const take = (place: number): string | undefined => {
			const length = this.#layout[place] ?? ABSENT;
			if (length === ABSENT) return undefined;
			const start = at;
			at += length;
			return text.slice(start, at);
		};
		return {
			type: take(NAMES),
			id: take(NAMES + 1),
			contentHash: take(NAMES + 2),
			signedWith: take(NAMES + 3),
			payload: text.slice(at),
		};
	}

	#readBody(body: Parts["body"], bodyAt: number): string {
		const length = this.#layout[BODY] ?? 0;
		const ascii = typeof body === "string" && body.length === length;
		return ascii ? body : decoder.decode(this.#viewInput(bodyAt, length));
	}

	/** The part of the input, which may have moved with the memory since it was written. */
	#viewInput(at: number, length: number): Uint8Array<ArrayBuffer> {
		const { memory } = this.#open();
		return new Uint8Array(memory.buffer as ArrayBuffer, this.#inputAddress + at, length);
	}

	/**
	 * Calls anything else.
	 *
	 * @throws {ConfigError} for what the core refuses.
	 */
	ask<T>(call: (wasm: WasmCore) => T): T {
		try {
			return this.#enter(call);
		} catch (error) {
			if (!isRefusal(error)) throw error;
			this.inside = false;
			throw new ConfigError(error.code, error.message);
		}
	}

	/** What stands beside the body. */
	#readBeside(): string {
		const address = this.#layout[BESIDE] ?? 0;
		const length = this.#layout[BESIDE + 1] ?? 0;
		return decoder.decode(new Uint8Array(this.#open().memory.buffer, address, length));
	}

	/** Writes a callback and returns where its body starts. */
	#write(parts: Parts): number {
		const { headers, method, url, ip, allHeaders, body } = parts;
		let text = (method ?? "") + (url ?? "") + (ip ?? "") + (allHeaders ?? "");
		for (let index = headers.length; index-- > 0; ) text = (headers[index] ?? "") + text;
		const bodyRoom = typeof body === "string" ? body.length * BYTES_PER_UNIT : body.length;
		this.#reserve(text.length * BYTES_PER_UNIT + bodyRoom);

		const written = this.#writeTexts(parts, text);
		if (typeof body === "string") {
			this.#layout[BODY] = encoder.encodeInto(body, this.#input.subarray(written)).written;
		} else {
			this.#input.set(body, written);
			this.#layout[BODY] = body.length;
		}
		return written;
	}

	/**
	 * Writes everything but the body and returns its length. `text` is all of it: where it is ASCII, as
	 * it is in practice, one call of the encoder does.
	 */
	#writeTexts({ headers, method, url, ip, allHeaders }: Parts, text: string): number {
		const layout = this.#layout;
		const { written } = encoder.encodeInto(text, this.#input);
		if (written === text.length) {
			for (let index = 0; index < MAX_HEADERS; index++) {
				layout[HEADERS + index] = headers[index]?.length ?? ABSENT;
			}
			layout[METHOD] = method?.length ?? ABSENT;
			layout[URL] = url?.length ?? ABSENT;
			layout[IP] = ip?.length ?? ABSENT;
			layout[ALL_HEADERS] = allHeaders?.length ?? ABSENT;
			return written;
		}
		let at = 0;
		const write = (part: string | undefined): number => {
			if (part === undefined) return ABSENT;
			const { written } = encoder.encodeInto(part, this.#input.subarray(at));
			at += written;
			return written;
		};
		for (let index = 0; index < MAX_HEADERS; index++) {
			layout[HEADERS + index] = write(headers[index]);
		}
		layout[METHOD] = write(method);
		layout[URL] = write(url);
		layout[IP] = write(ip);
		layout[ALL_HEADERS] = write(allHeaders);
		return at;
	}

	/** Makes sure that the views are usable and that the input has room. */
	#reserve(length: number): void {
		const spare = this.#input.length;
		if (spare < length || spare === 0 || (spare > MAX_KEPT_INPUT && length <= MAX_KEPT_INPUT)) {
			// Small inputs grow by doubling; a large one is given up after its call.
			const room =
				length > MAX_KEPT_INPUT ? length : Math.max(4096, 2 ** Math.ceil(Math.log2(length)));
			this.#inputAddress = this.#enter((wasm) => wasm.reserve(room));
			this.#input = this.#viewInput(0, room);
		}
		if (this.#layout.length === 0) this.#layout = this.#viewLayout();
	}

	#viewLayout(): Uint32Array {
		this.#layoutAddress ??= this.#enter((wasm) => wasm.layout());
		return new Uint32Array(this.#open().memory.buffer, this.#layoutAddress, WORDS);
	}
}

function withoutByteOrderMark(text: string): string {
	return text.startsWith("\ufeff") ? text.slice(1) : text;
}

/** An amount in whole tokens, of the digits of its base units, as the core says. */
function putPoint(digits: string, whole: number, zeros = 0, end = whole): string {
	const before = whole === 0 ? "0" : digits.slice(0, whole);
	return end > whole ? `${before}.${"0".repeat(zeros)}${digits.slice(whole, end)}` : before;
}

/** Says that nothing in an event of an unknown type was checked, whatever the sender says of it. */
function disclaim(event: EventLike): EventLike {
	const claim = "addressChecked" in event ? { addressChecked: false } : undefined;
	return Object.assign(event, { known: false }, claim);
}

interface KnownEvent extends EventLike {
	readonly data: { readonly [member: string]: unknown };
	known: boolean;
	addressChecked: boolean;
}

interface Amount {
	readonly value: string;
	decimal: string;
}

/** Whether the core has refused something, and has not stopped. */
function isRefusal(error: unknown): error is ConfigError {
	return error instanceof Error && error.name === "ConfigError" && "code" in error;
}

/** Text as the bytes that the core takes. */
export function toUtf8(content: string | Uint8Array): Uint8Array {
	if (typeof content !== "string") return content;
	const bytes = new Uint8Array(content.length * BYTES_PER_UNIT);
	return bytes.subarray(0, encoder.encodeInto(content, bytes).written);
}

/** Options as the core reads them. */
export function toOptions(options: object): string {
	return JSON.stringify(options, keepVisible);
}

/** What JSON would leave out in silence becomes a null, which the core refuses by name. */
function keepVisible(this: unknown, name: string, value: unknown): unknown {
	const unseen =
		typeof value === "function" ||
		typeof value === "symbol" ||
		typeof value === "bigint" ||
		// Its toJSON has made nothing of it.
		(value === undefined && (this as { [name: string]: unknown })[name] !== undefined);
	return unseen ? null : value;
}

/** What is told of a core that was stopped by a trap. */
export const STOPPED =
	"the WebAssembly core stopped in the middle of a call; the next call starts a new one";
