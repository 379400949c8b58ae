/** The callbacks that `send` sends: made-up ones, and recorded ones signed anew. */
import { randomInt, randomUUID } from "node:crypto";
import { ConfigError, detect, toBaseUnits } from "wallet-callback";
import {
	type SampleOptions as Sample,
	sampleEvent,
	signedRequest,
	type WalletEventType,
} from "wallet-callback/testing";
import { toDescriptor } from "../../verifier/senders.js";
import { readBytes, readSender, type Sender } from "../callback.js";
import { CommandError } from "../exit.js";
import { readPaste } from "../paste.js";
import type { Sending } from "../wire.js";

/** What says which event. */
export interface SampleOptions {
	readonly sender?: string;
	readonly chain?: string;
	readonly amount?: string;
	readonly set?: readonly string[];
	readonly seed?: number;
	readonly body?: string;
	readonly id?: string;
	readonly clientId?: string;
}

/** A callback that is ready to be sent, and what it is. */
export interface Outgoing {
	readonly sending: Sending;
	readonly type: string | undefined;
	/** The id that its receiver sees, if `send` has chosen it. */
	readonly id: string | undefined;
}

/** Makes the callback of a number, signed now. */
export type Make = (index: number, key: string) => Promise<Outgoing>;

/** Events of a type. With a seed, the first is the same each time, and the others follow from it. */
export async function fromSample(type: string, url: URL, options: SampleOptions): Promise<Make> {
	const { clientId, body } = options;
	const sender = readSender(options.sender ?? "tp-wallet");
	const { seed = randomInt(2 ** 47) } = options;
	const [set] = [toDescriptor(sender).headers ?? []].flat();
	const given = body === undefined ? undefined : await readBytes(body, "--body");
	return async (index, key) => {
		const event = given ?? eventOf(type, sender, seed + index, options);
		const id = index === 0 && options.id !== undefined ? options.id : newId();
		const signed = { key, sender, type, url, id, clientId };
		const sending = await toSending(signedRequest(event, signed));
		return { sending, type, id: set?.id === undefined ? undefined : id };
	};
}

/** A recorded callback, whose headers carry a new signature and a new time. */
export function fromRecord(
	record: Uint8Array,
	file: string,
	url: URL,
	{ sender: given, id: givenId, clientId }: SampleOptions,
): Make {
	const pasted = readPaste(record);
	if (pasted === undefined) throw new CommandError(`${file}: expected a request with its headers`);
	const [detected = "tp-wallet"] = detect({ headers: pasted.headers });
	const sender = given === undefined ? detected : readSender(given);
	const { headers } = toDescriptor(sender);
	const own = [headers ?? []]
		.flat()
		.flatMap((set) => Object.values(set))
		.map(lower);
	const kept = pasted.headers
		.map(([name, value]) => [lower(name), value] as const)
		.filter(([name]) => !own.includes(name) && !OF_THE_CONNECTION.includes(name));
	const find = (wanted: string | undefined) =>
		pasted.headers.find(([name]) => lower(name) === wanted?.toLowerCase())?.[1];
	const [set] = [headers ?? []].flat();
	const id = givenId ?? find(set?.id);
	const { body } = pasted;
	return async (index, key) => {
		const signed = signedRequest(body as string | Uint8Array<ArrayBuffer>, {
			...{ key, sender, url, clientId },
			...(id === undefined || index > 0 ? {} : { id }),
			headers: Object.fromEntries(kept),
		});
		return { sending: await toSending(signed), type: undefined, id: index > 0 ? undefined : id };
	};
}

/** What belongs to a connection or to a length, and is made anew. */
const OF_THE_CONNECTION: readonly string[] = [
	"accept-encoding",
	"connection",
	"content-encoding",
	"content-length",
	"expect",
	"host",
	"keep-alive",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
];

const lower = (name: string) => name.toLowerCase();
const newId = () => `msg_${randomUUID().replaceAll("-", "")}`;

async function toSending(request: Request): Promise<Sending> {
	const body = new Uint8Array(await request.arrayBuffer());
	return { method: request.method, url: new URL(request.url), headers: [...request.headers], body };
}

interface Members {
	[name: string]: unknown;
}

function eventOf(type: string, sender: Sender, seed: number, options: SampleOptions): object {
	const { chain, amount, set = [] } = options;
	const event = structuredClone(sampleOf(type, sender, seed, chain)) as Members;
	if (amount !== undefined) setAmount(event, amount);
	for (const text of set) setMember(event, text);
	return event;
}

function sampleOf(type: string, sender: Sender, seed: number, chain: string | undefined): object {
	const name = typeof sender === "string" ? sender : sender.name;
	const timestamp = Math.floor(Date.now() / 1000);
	const options = { sender: name, seed, timestamp, ...(chain === undefined ? {} : { chain }) };
	try {
		return sampleEvent(type as WalletEventType, options as Sample<"tp-wallet">);
	} catch (error) {
		if (!(error instanceof ConfigError && error.message.startsWith("no samples for"))) throw error;
		throw new CommandError(`no samples for ${name}: pass a body with --body`);
	}
}

function setAmount(event: Members, text: string): void {
	const { amount } = (event.data ?? {}) as { readonly amount?: Members };
	if (typeof amount?.decimals !== "number") {
		throw new CommandError("--amount: this event has none in the form of tp-wallet (use --set)");
	}
	try {
		amount.value = toBaseUnits(text, amount.decimals);
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		const problem = error.message.replace(/^decimal: /, "");
		const hint = `such as 12.50; the token has ${amount.decimals} decimals`;
		throw new CommandError(`--amount: ${problem}, got ${JSON.stringify(text)} (${hint})`);
	}
}

/** Sets a member such as `data.memo`, to a text unless it is something else in the sample. `:=` sets JSON. */
function setMember(event: Members, text: string): void {
	const [, path, isJson, value] = /^([^=]+?)(:?)=(.*)$/s.exec(text) ?? [];
	if (path === undefined || value === undefined) {
		throw new CommandError(`--set: expected member=value, such as data.memo=123, got "${text}"`);
	}
	const names = path.split(".");
	const last = names.pop() ?? "";
	let holder = event;
	for (const name of names) {
		const inner = Object.hasOwn(holder, name) ? holder[name] : undefined;
		if (typeof inner !== "object" || inner === null) {
			throw new CommandError(`--set: the event has no object "${name}" for ${path}`);
		}
		holder = inner as Members;
	}
	const before = Object.hasOwn(holder, last) ? holder[last] : undefined;
	const isText = isJson !== ":" && (before === undefined || typeof before === "string");
	const now = isText ? value : parsed(path, value);
	// A member that is called __proto__ is one like others.
	Object.defineProperty(holder, last, {
		value: now,
		enumerable: true,
		configurable: true,
		writable: true,
	});
}

function parsed(path: string, text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new CommandError(`--set: expected JSON for ${path}, got "${text}"`);
	}
}
