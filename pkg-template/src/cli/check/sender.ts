/** The callbacks of a sender, genuine and forged. */
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import {
	generateKeyPair,
	generateSecret,
	type SenderDescriptor,
	type SenderInfo,
	type SenderName,
	senders,
} from "wallet-callback";
import { sampleEvent, signedRequest, type WalletEventType } from "wallet-callback/testing";
import { toDescriptor } from "../../verifier/senders.js";
import { CommandError } from "../exit.js";
import { takeApart } from "./signature.js";

/** The body of an event, before it is text. */
export interface Event {
	readonly [member: string]: unknown;
}

/** What a callback is made of. */
export interface Draft {
	/** An event, or the text of the body. */
	readonly event: Event | string;
	readonly type: string;
	readonly id: string;
	/** Unix seconds. */
	readonly timestamp: number;
	readonly nonce: string;
}

/** A callback as it is sent. */
export interface Callback {
	readonly method: string;
	readonly url: URL;
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: Uint8Array;
}

/** What a user says of the sender. */
export interface SenderOptions {
	readonly name: SenderName;
	/** The first signs; the second is the one before or after it. */
	readonly keys: readonly [key: string, other?: string];
	readonly url: URL;
	/** The address as it was registered, if the sender signs it and it is not `url`. */
	readonly registeredUrl?: string | undefined;
	readonly clientId?: string | undefined;
	/** The type of events. */
	readonly type?: string | undefined;
}

/** The types of the events that are sent unless the user names one: of these there are samples. */
const TYPES: { readonly [name: string]: string } = {
	"tp-wallet": "deposit.detected",
	stripe: "payment_intent.succeeded",
	github: "push",
	"coinbase-commerce": "charge:pending",
	"coinbase-cdp": "wallet.activity.detected",
	nowpayments: "waiting",
	btcpay: "InvoiceReceivedPayment",
	alchemy: "ADDRESS_ACTIVITY",
	moralis: "native-transfer",
};

/** Those that document several signatures in a callback while their secret is being changed. */
const LISTS = ["tp-wallet", "standard-webhooks", "svix", "stripe", "paddle"];

export class Sender {
	readonly info: SenderInfo;
	readonly descriptor: SenderDescriptor;
	readonly key: string;
	readonly otherKey: string | undefined;
	readonly type: string;
	readonly url: URL;
	readonly #options: SenderOptions;

	constructor(options: SenderOptions) {
		const { name, keys, url, type } = options;
		const info = senders().find((one) => one.name === name);
		if (info === undefined) throw new CommandError(`unknown sender "${name}"`);
		this.info = info;
		this.descriptor = toDescriptor(name);
		[this.key, this.otherKey] = keys;
		this.url = url;
		this.type = type ?? TYPES[name] ?? info.types?.[0] ?? "order.paid";
		this.#options = options;
	}

	/** Whether the body's very bytes are signed. */
	get signsBytes(): boolean {
		return this.descriptor.rule === undefined || this.descriptor.rule === "hook0";
	}

	/** Whether a header says when a callback was signed. */
	get signsTime(): boolean {
		return this.info.freshness === "signed header";
	}

	get isStandard(): boolean {
		return this.descriptor.key === "standard";
	}

	/** Whether callbacks have a signed id in a header. */
	get hasIdHeader(): boolean {
		const { identifiedBy } = this.info;
		return identifiedBy !== undefined && "header" in identifiedBy;
	}

	/** Whether it documents several signatures in one callback. */
	get sendsLists(): boolean {
		return LISTS.includes(this.info.name);
	}

	get isForm(): boolean {
		return this.descriptor.payload === "form";
	}

	/** Whether the signature is a member of the body. */
	get signsInBody(): boolean {
		return this.descriptor.rule === "plisio" || this.descriptor.rule === "jwt-member";
	}

	/** What a callback that nobody has sent before is made of. */
	draft(more: Partial<Draft> & { readonly members?: Event } = {}): Draft {
		const { members, ...given } = more;
		const timestamp = given.timestamp ?? Math.floor(Date.now() / 1000);
		const type = given.type ?? this.type;
		const id = given.id ?? `msg_${randomUUID().replaceAll("-", "")}`;
		const event = given.event ?? this.#event(type, id, timestamp, members);
		return { event, type, id, timestamp, nonce: randomBytes(12).toString("hex"), ...given };
	}

	/** The same with another content. */
	altered(draft: Draft): Draft {
		const { event } = draft;
		if (typeof event === "string") return { ...draft, event: `${event} ` };
		return { ...draft, event: { ...event, checkAltered: "1" } };
	}

	#event(type: string, id: string, time: number, members: Event = {}): Event {
		const { name } = this.info;
		const { type: typed, id: identified, timestamp } = this.descriptor;
		if (name === "tp-wallet") {
			const { data } = this.#walletEvent(type, time);
			return { type, timestamp: toText(time), data: { ...data, ...members } };
		}
		const event: { [member: string]: unknown } = { ...this.#sample(), ...members };
		place(event, typed?.member, type);
		place(event, identified?.member, id);
		place(event, identified?.fallback, id);
		place(event, timestamp?.member, time);
		return event;
	}

	#walletEvent(type: string, timestamp: number): { readonly data: object } {
		if (!this.info.types?.includes(type)) return { data: { reference: randomUUID() } };
		return sampleEvent(type as WalletEventType, { seed: randomInt(2 ** 47), timestamp });
	}

	/** What a sender other than `tp-wallet` tells of. */
	#sample(): Event {
		const reference = randomUUID();
		const { name } = this.info;
		const type = TYPES[name];
		if (type === undefined) return { reference, amount: "12.34", currency: "USDC" };
		const options = { sender: name as "github", seed: randomInt(2 ** 47) };
		return { ...sampleEvent(type as "push", options), reference };
	}

	/** Signs it, with another key if one is given. */
	async sign(draft: Draft, key: string = this.key): Promise<Signed> {
		const { event, type, id, timestamp, nonce } = draft;
		return this.#make(event, { type, id, timestamp, nonce }, key, "POST");
	}

	/** Signs it for a URL's query. */
	async signForGet(draft: Draft): Promise<Signed> {
		const { event, ...rest } = draft;
		return this.#make(event, rest, this.key, "GET");
	}

	async #make(
		event: Event | string,
		{ type, id, timestamp, nonce }: Omit<Draft, "event">,
		key: string,
		method: "POST" | "GET",
	): Promise<Signed> {
		const { name, clientId, registeredUrl } = this.#options;
		const request = signedRequest(event, {
			sender: name,
			key,
			id,
			timestamp,
			nonce,
			method,
			clientId,
			url: registeredUrl ?? this.url,
			...(this.info.typedBy !== undefined && "header" in this.info.typedBy ? { type } : {}),
		});
		const body = new Uint8Array(await request.arrayBuffer());
		const url = new URL(this.url);
		if (method === "GET") url.search = new URL(request.url).search;
		return new Signed(this.descriptor, { method, url, headers: [...request.headers], body });
	}

	/** A key of the same form that the endpoint does not know. */
	strangeKey(): string {
		if (this.key.startsWith("whsk_")) return generateKeyPair().privateKey;
		switch (this.descriptor.key) {
			case "standard":
				return generateSecret();
			case "base64":
				return randomBytes(32).toString("base64");
			default:
				return randomBytes(32).toString("hex");
		}
	}
}

/** A callback with its signature, which forgers exchange. */
export class Signed implements Callback {
	readonly method: string;
	readonly url: URL;
	readonly headers: Callback["headers"];
	readonly body: Uint8Array;
	readonly #descriptor: SenderDescriptor;

	constructor(descriptor: SenderDescriptor, { method, url, headers, body }: Callback) {
		this.#descriptor = descriptor;
		this.method = method;
		this.url = url;
		this.headers = headers;
		this.body = body;
	}

	/** The header with the signature. */
	get #header(): string {
		const [set] = [this.#descriptor.headers ?? []].flat();
		return set?.signature.toLowerCase() ?? "";
	}

	/** The text of the signature, with its label or prefix. */
	get text(): string {
		switch (this.#descriptor.rule) {
			case "plisio":
				return String(this.#json().verify_hash);
			case "jwt-member":
				return String(this.#json().data).split(".")[2] ?? "";
			default:
				return this.headers.find(([name]) => name === this.#header)?.[1] ?? "";
		}
	}

	/** The signature alone. */
	get value(): string {
		return takeApart(this.text, this.#descriptor).value;
	}

	with(more: Partial<Callback>): Signed {
		const { method, url, headers, body } = { ...this.#all(), ...more };
		return new Signed(this.#descriptor, { method, url, headers, body });
	}

	#all(): Callback {
		const { method, url, headers, body } = this;
		return { method, url, headers, body };
	}

	/** With another text in the place of the signature's. */
	withText(text: string): Signed {
		const { rule } = this.#descriptor;
		if (rule === "plisio") return this.#withJson({ ...this.#json(), verify_hash: text });
		if (rule === "jwt-member") {
			const [header, claims] = String(this.#json().data).split(".");
			return this.#withJson({ data: `${header}.${claims}.${text}` });
		}
		return this.withHeader(this.#header, text);
	}

	/** With another signature, under the same label. */
	withValue(value: string): Signed {
		const { before, after } = takeApart(this.text, this.#descriptor);
		return this.withText(`${before}${value}${after}`);
	}

	/** Without its signature. */
	unsigned(): Signed {
		const { rule } = this.#descriptor;
		if (rule === "plisio") {
			const { verify_hash: _, ...rest } = this.#json();
			return this.#withJson(rest);
		}
		if (rule === "jwt-member") {
			const [header, claims] = String(this.#json().data).split(".");
			return this.#withJson({ data: `${header}.${claims}` });
		}
		return this.with({ headers: this.headers.filter(([name]) => name !== this.#header) });
	}

	/** With a header, in the place of those of that name. */
	withHeader(name: string, ...values: readonly string[]): Signed {
		const others = this.headers.filter(([other]) => other !== name);
		return this.with({ headers: [...others, ...values.map((value) => [name, value] as const)] });
	}

	#json(): { [name: string]: unknown } {
		return JSON.parse(new TextDecoder().decode(this.body));
	}

	#withJson(value: object): Signed {
		return this.with({ body: new TextEncoder().encode(JSON.stringify(value)) });
	}
}

/** Writes a value to a member such as `event.id`. */
function place(event: { [member: string]: unknown }, path: string | undefined, value: unknown) {
	if (path === undefined) return;
	const [first = "", second] = path.split(".");
	event[first] = second === undefined ? value : { ...(event[first] as object), [second]: value };
}

/** Unix seconds as RFC 3339. */
function toText(seconds: number): string {
	return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
