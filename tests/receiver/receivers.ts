/** Receivers to try, callbacks for them, and what they have been seen to write into logs. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { after } from "node:test";
import type { SenderName } from "wallet-callback";
import type {
	Logger,
	Receiver,
	ReceiverContext,
	ReceiverOptions,
	ReplayStore,
} from "wallet-callback/receiver";
import { example } from "../package/callbacks.ts";
import { wallet } from "../package/package.ts";

/** The folder into which the package's tarball was installed. */
export const CONSUMER: string = resolve(process.env.WALLET_CALLBACK_PKG ?? "target/consumer");
const require = createRequire(join(CONSUMER, "package.json"));

export const {
	createReceiver: createBareReceiver,
}: typeof import("wallet-callback/receiver") = require("wallet-callback/receiver");

/** The same, but options without a handler get one: many tests are about what happens before it. */
export const createReceiver: typeof createBareReceiver = (options) => {
	const all = (options ?? {}) as unknown as Partial<ReceiverOptions>;
	const { on, onUnknown, onAny, respond } = all;
	const given = [onUnknown, onAny, respond, ...Object.values(on ?? {})];
	const handles = typeof options !== "object" || given.some((handler) => handler !== undefined);
	return createBareReceiver((handles ? options : { ...options, onAny: () => {} }) as never);
};

export const {
	memoryStore,
}: typeof import("wallet-callback/stores/memory") = require("wallet-callback/stores/memory");

export const SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/** Where a receiver behind TLS is. */
export const ADDRESS = "https://pay.example/callback";

/** Stands in every body, so that a body can be found wherever it has got to. */
const MARK = "memo-5c0ffee5";

/** What must not be in any record: the secret, every signature, and what stands in every body. */
const secrets = new Set([SECRET, SECRET.slice("whsec_".length), MARK]);

/** A callback as it is sent. */
export interface Callback {
	readonly headers: Record<string, string>;
	readonly body: string | Uint8Array<ArrayBuffer>;
}

/** How a callback is signed. */
export interface Signing {
	readonly id?: string;
	readonly key?: string;
	/** Unix seconds. */
	readonly timestamp?: number;
	readonly sender?: SenderName;
}

/** The body of a deposit. */
export function deposit(
	depositId = "dep_1",
	changes: { readonly [path: string]: unknown } = {},
): string {
	const all = { "data.depositId": depositId, "data.memo": MARK, ...changes };
	return JSON.stringify(example("deposit.confirmed", all));
}

/** The body of an event of some type that this version does not know. */
export function ofType(type: string): string {
	return JSON.stringify({ type, timestamp: "2026-03-05T09:44:31Z", data: { memo: MARK } });
}

/** Signs a body as a sender does. */
export function signed(body: Callback["body"] = deposit(), signing: Signing = {}): Callback {
	const { id = `msg_${randomUUID()}`, key = SECRET, ...rest } = signing;
	const { headers } = wallet.sign({ body, key, id, ...rest });
	for (const [name, value] of Object.entries(headers)) {
		if (name.endsWith("signature")) secrets.add(value).add(value.slice(value.indexOf(",") + 1));
	}
	return { headers, body };
}

/** A callback as a Fetch request. */
export function toRequest({ headers, body }: Callback, url = ADDRESS): Request {
	return new Request(url, { method: "POST", headers, body });
}

/** What a sender is told. */
export interface Answer {
	readonly status: number;
	readonly body: { readonly [member: string]: unknown };
	readonly headers: Headers;
}

/** Delivers a callback and reads the answer, which is JSON whatever it says. */
export async function deliver(
	receiver: Receiver,
	callback: Callback | Request = signed(),
	context?: ReceiverContext,
): Promise<Answer> {
	const request = callback instanceof Request ? callback : toRequest(callback);
	const response = await receiver(request, context);
	const { status, headers } = response;
	assert.equal(headers.get("content-type"), "application/json");
	return { status, headers, body: (await response.json()) as Answer["body"] };
}

/** Delivers a callback that has to be answered so. */
export async function expectAnswer(
	receiver: Receiver,
	callback: Callback | Request,
	expected: readonly [status: number, body: object],
	context?: ReceiverContext,
): Promise<Headers> {
	const { status, body, headers } = await deliver(receiver, callback, context);
	assert.deepEqual([status, body], expected);
	return headers;
}

export const OK = [200, { code: 0 }] as const;
export const DUPLICATE = [200, { code: 0, duplicate: true }] as const;
export const IN_PROGRESS = [409, { code: 409, error: "in_progress" }] as const;
export const HANDLER_FAILED = [500, { code: 500, error: "handler_failed" }] as const;
export const STORE_UNAVAILABLE = [503, { code: 503, error: "store_unavailable" }] as const;

/** The answer to a callback that is refused. */
export function refused(status: number, error: string): readonly [number, object] {
	return [status, { code: status, error }];
}

/** A record as a logger got it. */
export interface Entry {
	readonly level: keyof Logger;
	readonly record: { readonly [member: string]: unknown };
	readonly message: string | undefined;
}

/** A logger that keeps what it gets. */
export class Log implements Logger {
	readonly entries: Entry[] = [];
	static readonly #all: Log[] = [];

	/** `mayHoldBodies`: of a receiver that was told to write them. */
	constructor({ mayHoldBodies = false } = {}) {
		if (!mayHoldBodies) Log.#all.push(this);
	}

	info(record: object, message?: string): void {
		this.#keep("info", record, message);
	}

	warn(record: object, message?: string): void {
		this.#keep("warn", record, message);
	}

	error(record: object, message?: string): void {
		this.#keep("error", record, message);
	}

	/** How the callbacks ended, in order. */
	get outcomes(): unknown[] {
		return this.entries.map(({ record }) => record.outcome);
	}

	/** The last record. */
	get last(): Entry["record"] {
		return this.entries.at(-1)?.record ?? assert.fail("nothing was logged");
	}

	#keep(level: Entry["level"], record: object, message: string | undefined): void {
		this.entries.push({ level, record: { ...record }, message });
	}

	/** Asserts that no record of any receiver holds what none may hold. */
	static assertDiscreet(): void {
		const text = JSON.stringify(Log.#all.map(({ entries }) => entries));
		const told = [...secrets].filter((secret) => text.includes(secret));
		assert.deepEqual(told, [], "the log tells a secret, a signature or a body");
	}
}

after(() => Log.assertDiscreet());

/** A store that does some things differently. */
export function storeWith(
	changes: Partial<ReplayStore>,
	store: ReplayStore = memoryStore(),
): ReplayStore {
	return {
		claim: (...args) => store.claim(...args),
		complete: (...args) => store.complete(...args),
		release: (...args) => store.release(...args),
		enqueue: (...args) => store.enqueue(...args),
		take: (...args) => store.take(...args),
		...changes,
	};
}

/** What never comes. */
export function never(): Promise<never> {
	return new Promise(() => {});
}

/** Something to wait for, and what makes it happen. */
export class Gate<T = void> {
	open!: (value: T) => void;
	readonly opened: Promise<T> = new Promise((resolve) => {
		this.open = resolve;
	});
}

/** Waits until something holds, for twenty seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
	const end = performance.now() + 20_000;
	while (!holds()) {
		assert.ok(performance.now() < end, `waited in vain until ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
}
