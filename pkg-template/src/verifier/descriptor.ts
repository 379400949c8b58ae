/**
 * What signs. `keccak256` hashes the signed bytes with the secret behind them. Those of RSA and ECDSA
 * are in `wallet-callback/full`.
 */
export type SignatureAlgorithm =
	| "hmac-sha1"
	| "hmac-sha256"
	| "hmac-sha512"
	| "keccak256"
	| "ed25519"
	| "ecdsa-p256-sha256"
	| "ecdsa-secp256k1-sha256"
	| "rsa-pkcs1-sha256"
	| "rsa-pkcs1-sha512";

/** The headers that carry a signature and what it covers. Names in lower case. */
export interface SignatureHeaders {
	/** The signature, or the list of them. */
	readonly signature: string;
	/** When the callback was signed. Needs {@link DescriptorBase.timestamp}. */
	readonly timestamp?: string | undefined;
	/** Identifies the callback; a retry has the same. */
	readonly id?: string | undefined;
	/** A text that no two callbacks share. */
	readonly nonce?: string | undefined;
	/** Which of the sender's keys signed it. */
	readonly keyId?: string | undefined;
	/** Which of the sender's clients it is for. Needs the verifier's option `clientId`. */
	readonly clientId?: string | undefined;
}

/** How a signature is written as text. */
export interface SignatureForm {
	/** How its bytes are written. Hexadecimal digits may be in either case. */
	readonly encoding: "hex" | "base64" | "base64url";
	/** How the two numbers of an ECDSA signature are written. Default: `"der"`. */
	readonly format?: "der" | "raw" | undefined;
}

/** How a header is written that holds one signature. */
export interface SingleSignatureForm extends SignatureForm {
	/** What stands before it, as `sha256=`. 1 to 64 visible ASCII characters. Default: nothing. */
	readonly prefix?: string | undefined;
}

/** How a header is written that is a list of entries with labels, as `t=1714000000,v1=5d0c…`. */
export interface LabelledSignatureForm extends SignatureForm {
	/** What stands between two entries. Default: `","`. */
	readonly separator?: "," | " " | undefined;
	/** What stands between a label and its value; not what separates entries. Default: `"="`. */
	readonly assign?: "=" | "," | undefined;
	/** The label of the entry that holds the timestamp. Needs {@link DescriptorBase.timestamp}. */
	readonly timestamp?: string | undefined;
}

/** The time that is compared with the clock. */
export interface DescriptorTimestamp {
	/**
	 * How it is written: Unix seconds; Unix milliseconds; `unix` for either, told apart by its size;
	 * ISO 8601, in UTC where it names no offset; the date of HTTP (RFC 9110, section 5.6.7), or a time
	 * in UTC as Go prints it.
	 */
	readonly unit: "s" | "ms" | "unix" | "iso8601" | "http-date";
	/**
	 * The member of the signed body that holds it, as `data.sentAt`. Default: it is in
	 * `headers.timestamp` or in the entry `signature.timestamp`.
	 */
	readonly member?: string | undefined;
}

/** Where something stands: in a member of the body, as `event.id`, or in a header. */
export type DescriptorPlace = { readonly member: string } | { readonly header: string };

/**
 * A way of signing that the other members cannot describe.
 *
 * - `hook0`: the best of the header's signatures decides, over the headers that it lists
 *   (Coinbase Developer Platform).
 * - `sorted-json`: `{body}` is the body as compact JSON, with keys sorted at every depth.
 * - `plisio`: the signature is the body's member `verify_hash`.
 * - `detached-jws`: the header is a JSON Web Signature without its payload (RFC 7515, appendix F).
 * - `jwt-member`: the body's member `data` is a JSON Web Token, and its claims are the payload.
 * - `wrapped-signature`: the header is JSON with the signature in its member `s`, or the signature.
 * - `signed-member`: only the body's member `payload` is signed, as compact JSON, and handed over.
 */
export type DescriptorRule =
	| "hook0"
	| "sorted-json"
	| "plisio"
	| "detached-jws"
	| "jwt-member"
	| "wrapped-signature"
	| "signed-member";

/** What the descriptors of all senders have. */
export interface DescriptorBase {
	/** 1 to 64 lower-case letters, digits and inner hyphens. */
	readonly name: string;
	/** The name for people. */
	readonly title?: string | undefined;
	/** Where the sender documents how it signs. */
	readonly docs?: string | undefined;
	/**
	 * What the description rests on: a published vector that recomputes, an official document or
	 * repository, or a copy of one.
	 */
	readonly evidence?: "vector" | "read" | "second-hand" | undefined;
	/**
	 * The headers that it signs with. Of several sets, the first counts whose signature header is
	 * there, and it alone. Needed, but for the rules `plisio` and `jwt-member`.
	 */
	readonly headers?: SignatureHeaders | readonly SignatureHeaders[] | undefined;
	/**
	 * Headers, in lower case, that have this very value in every callback that is signed as described.
	 * Another value is refused as `unsupported_signature`. Default: none.
	 */
	readonly expect?: { readonly [header: string]: string } | undefined;
	/**
	 * The bytes under the signature, as a text with tokens: `{body}`, which must be there, `{id}`,
	 * `{timestamp}`, `{nonce}`, `{keyId}`, `{clientId}`, `{method}`, `{url}` and `{path}` (of the
	 * verifier's option `url`), `{query}` (without its question mark) and `{header:name}`. All else stands
	 * for itself. There must be one way to take it apart: behind a token stands a text that starts with
	 * a character that the token cannot hold, and behind `{body}` only what is known beforehand, unless
	 * `payload` is `"json"`. Needed where there is no `rule`.
	 */
	readonly signed?: string | undefined;
	/**
	 * The same for a GET without a body: with `{query}` or `{url}` where `signed` has `{body}`, and no text
	 * that a body could be: behind `?` or `/`. A body that starts with `?`, `/` or `h` is refused then.
	 * Default: as `signed`.
	 */
	readonly signedOnGet?: string | undefined;
	/** How the bytes are hashed before they are signed. Default: not at all. */
	readonly prehash?: "sha256" | "sha256-twice" | undefined;
	/** The time that is compared with the clock; it must be signed. Default: none is. */
	readonly timestamp?: DescriptorTimestamp | undefined;
	/** How far the time may be from the clock, in seconds, unless a verifier says it. Default: 300. */
	readonly toleranceSeconds?: number | undefined;
	/**
	 * How a secret is written; public keys tell their own form. `standard` is the prefixed base64 of
	 * Standard Webhooks 1.0; `utf8-trimmed` leaves out white space around it. Default: `"utf8"`.
	 */
	readonly key?:
		| "standard"
		| "utf8"
		| "utf8-trimmed"
		| "hex"
		| "base64"
		| "utf8-without-first-hyphen"
		| undefined;
	/**
	 * The fewest bits of an RSA key, 1,024 to 4,096, for a sender whose keys are known to be short.
	 * Default: 2,048.
	 */
	readonly minRsaBits?: number | undefined;
	/** The hosts from which the sender's public keys may be fetched. Default: none. */
	readonly keyHosts?: readonly string[] | undefined;
	/** What the body is read as. Default: `"any"`, which is JSON where it can be, and else text. */
	readonly payload?: "any" | "json" | "form" | "wallet-event" | undefined;
	/** Where the event's type stands. Default: nowhere. */
	readonly type?: DescriptorPlace | undefined;
	/** Where the event's id stands, if not in `headers.id`. Default: nowhere. */
	readonly id?: DescriptorPlace | undefined;
	/** Default: none. */
	readonly rule?: DescriptorRule | undefined;
}

/** A sender whose signature header holds one signature. */
export interface SingleSignatureDescriptor extends DescriptorBase {
	/** What signs. */
	readonly algorithm: SignatureAlgorithm;
	/** How the signature is written. Needed, but for some of the rules. */
	readonly signature?: SingleSignatureForm | undefined;
}

/** A sender whose signature header is a list of entries with labels. */
export interface LabelledSignatureDescriptor extends DescriptorBase {
	/** What signs the entries of each label. Entries with other labels are skipped. */
	readonly algorithm: { readonly [label: string]: SignatureAlgorithm };
	/** How the signatures are written. Needed, but for some of the rules. */
	readonly signature?: LabelledSignatureForm | undefined;
}

/**
 * How a platform signs its callbacks, as plain data: the senders that are known by name are described
 * by nothing else. `wallet-callback/sender.schema.json` says the same as a JSON Schema.
 *
 * @example
 * ```ts
 * const acme: SenderDescriptor = {
 * 	name: "acme",
 * 	algorithm: { v1: "hmac-sha256" },
 * 	headers: { signature: "acme-signature" },
 * 	signature: { encoding: "hex", timestamp: "t" },
 * 	signed: "{timestamp}.{body}",
 * 	timestamp: { unit: "s" },
 * 	type: { member: "event.type" },
 * };
 * ```
 */
export type SenderDescriptor = SingleSignatureDescriptor | LabelledSignatureDescriptor;
