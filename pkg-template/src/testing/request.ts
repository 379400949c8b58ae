import type { KeyMaterial, SenderDescriptor, SenderName } from "wallet-callback";
import { load } from "#full";
import { ConfigError } from "../core/errors.js";
import { withFull } from "../core/runner.js";
import { shown } from "../core/shown.js";
import { toDescriptor } from "../verifier/senders.js";
import { signOn } from "../verifier/sign-on.js";
import { requireOptions } from "./options.js";

/** The options of {@link signedRequest}. What a sender's callbacks do not carry is left out. */
export interface SignedRequestOptions {
	/** The secret of your verifier, or an Ed25519 private key as `whsk_…`. */
	readonly key: KeyMaterial;
	/** Whose callback. Default: `"tp-wallet"`. */
	readonly sender?: SenderName | SenderDescriptor | undefined;
	/** The event's type, for a sender that has it in a header: GitHub, Shopify, Coinbase CDP, Zero Hash. */
	readonly type?: string | undefined;
	/** Where it is sent to. Default: `"https://receiver.example/callbacks"`. */
	readonly url?: string | URL | undefined;
	/** `"GET"`, for a sender that also sends its events in the query of a URL. Default: `"POST"`. */
	readonly method?: "POST" | "GET" | undefined;
	/** Identifies the callback. Default: a random one. */
	readonly id?: string | undefined;
	/** When it is signed, in Unix seconds, such as `Math.floor(clock.now() / 1000)`. Default: now. */
	readonly timestamp?: number | undefined;
	/** A text that no two callbacks share. Default: a random one. */
	readonly nonce?: string | undefined;
	/** The id of the key. Default: `"key-1"`. */
	readonly keyId?: string | undefined;
	/** The id of the sender's client. Default: `"client-1"`. */
	readonly clientId?: string | undefined;
	/** Further headers, by their names in lower case. */
	readonly headers?: { readonly [name: string]: string } | undefined;
}

const KNOWN: { readonly [Name in keyof Required<SignedRequestOptions>]: true } = {
	key: true,
	sender: true,
	type: true,
	url: true,
	method: true,
	id: true,
	timestamp: true,
	nonce: true,
	keyId: true,
	clientId: true,
	headers: true,
};

/** On the full module, wherever the tests run. */
const sign = /* @__PURE__ */ signOn(withFull(load));

const DEFAULT_URL = "https://receiver.example/callbacks";

/**
 * Makes the request by which a sender delivers an event, signed, so that a verifier with the same key
 * accepts it: hand it to your receiver or to `verifyRequest`, or send it with `fetch`.
 *
 * @param event - the body: text or bytes as they are, or an object, which is sent as JSON, or in the
 * form of a sender that sends none.
 * @throws {ConfigError} for an option that is invalid, and for a sender that signs with a private key of
 * its own (RSA, ECDSA), whose callbacks nobody else can make.
 *
 * @example
 * ```ts
 * const request = signedRequest(sampleEvent("deposit.confirmed"), { key: "whsec_…" });
 * const response = await receiver(request);
 * console.log(response.status); // 200
 * ```
 *
 * @example
 * ```ts
 * const push = sampleEvent("push", { sender: "github" });
 * const request = signedRequest(push, { sender: "github", type: "push", key: "a shared secret" });
 * ```
 */
export function signedRequest(
	event: string | Uint8Array<ArrayBuffer> | object,
	options: SignedRequestOptions,
): Request {
	requireOptions(options, Object.keys(KNOWN));
	const { key, sender, type, url = DEFAULT_URL, method = "POST", ...rest } = options;
	const descriptor = toDescriptor(sender);
	requireSecret(descriptor);
	const isGet = method === "GET";
	if (isGet && descriptor.signedOnGet === undefined) {
		const message = `method: ${descriptor.name} sends no callbacks by GET`;
		throw new ConfigError("invalid_option", message);
	}
	if (!isGet && method !== "POST") {
		throw new ConfigError(
			"invalid_option",
			`method: expected "POST" or "GET", got ${shown(method)}`,
		);
	}
	const address = toAddress(url);
	if (isGet) for (const [name, value] of toFields(event)) address.searchParams.append(name, value);
	const header = descriptor.type?.header;
	const ofType = type !== undefined && header !== undefined ? { [header]: type } : {};
	const signed = sign({
		...rest,
		key,
		sender,
		body: isGet ? "" : toBody(event, descriptor),
		method,
		url: address.href,
		headers: { ...ofType, ...rest.headers },
	});
	const { headers } = signed;
	return new Request(address, isGet ? { method, headers } : { method, headers, body: signed.body });
}

/** @throws {ConfigError} for what is no URL of a web server, or has a user name, which no `Request` takes. */
function toAddress(given: string | URL): URL {
	const url = URL.canParse(given) ? new URL(given) : undefined;
	if (url !== undefined && /^https?:$/.test(url.protocol) && !url.username && !url.password) {
		return url;
	}
	const expected = "an absolute http or https URL without user name and password";
	throw new ConfigError("invalid_option", `url: expected ${expected}, got ${shown(given)}`);
}

/** @throws {ConfigError} for a sender whose key is private to it. */
function requireSecret({ name, algorithm }: SenderDescriptor): void {
	const algorithms = typeof algorithm === "string" ? [algorithm] : Object.values(algorithm);
	if (!algorithms.every((one) => /^(rsa|ecdsa)/.test(one))) return;
	throw new ConfigError(
		"invalid_option",
		`sender: ${name} signs with a private key that only ${name} has (${algorithms.join(", ")}): signedRequest signs with shared secrets and Ed25519`,
	);
}

function toBody(event: string | Uint8Array<ArrayBuffer> | object, { payload }: SenderDescriptor) {
	if (typeof event === "string" || ArrayBuffer.isView(event)) {
		return event as string | Uint8Array<ArrayBuffer>;
	}
	return payload === "form" ? toFields(event).toString() : JSON.stringify(event);
}

/** The members of an event as the fields of a form. */
function toFields(event: string | Uint8Array<ArrayBuffer> | object): URLSearchParams {
	if (typeof event === "string") return new URLSearchParams(event);
	if (ArrayBuffer.isView(event)) return new URLSearchParams(new TextDecoder().decode(event));
	const fields = Object.entries(event).map(([name, value]): [string, string] => [
		name,
		typeof value === "object" ? JSON.stringify(value) : String(value),
	]);
	return new URLSearchParams(fields);
}
