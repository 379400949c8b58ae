/**
 * What a case is and what a runtime reports: plain JSON on both sides, so that
 * the same corpus can be handed to any runtime and the answers compared.
 */

/** What a runtime may lack; a case that needs it is not run there, and each runner's list of such gaps is itself asserted. */
export type Feature = "Request" | "Buffer" | "foreign realm" | "full module";

export interface Bytes {
	base64: string;
}

export type Key = string | Bytes;
export type NamedKey = Key | { id?: string; key: Key };

export interface Setup {
	keys: NamedKey | readonly NamedKey[];
	sender?: string;
	toleranceSeconds?: number;
	maxBodyBytes?: number;
	allowedIps?: readonly string[];
	unsafeNumbers?: "string" | "bigint" | "number";
	dangerouslyAllowShortKeys?: boolean;
	/** What the verifier's clock says, in milliseconds. */
	now?: number;
}

export type HeaderShape = "record" | "null-prototype" | "Headers" | "Map" | "entries" | "iterator";

export interface HeaderSpec {
	shape: HeaderShape;
	/** `null` stands for a member whose value is `undefined`. */
	entries: readonly (readonly [name: string, value: string | readonly string[] | null])[];
}

export type BodySpec =
	| { shape: "string"; text: string }
	| { shape: "bytes" | "subarray" | "ArrayBuffer" | "Buffer" | "foreign bytes"; base64: string };

export interface VerifyCase {
	kind: "verify";
	name: string;
	/** Default: `safeVerify`. */
	call?: "verify" | "safeVerifyRequest";
	setup: Setup;
	headers: HeaderSpec;
	body: BodySpec;
	ip?: string;
	needs?: readonly Feature[];
	expect: Expected;
}

/** `createVerifier` with options that are right or wrong in one way. */
export interface SetupCase {
	kind: "setup";
	name: string;
	setup: Setup;
	expect: Expected;
}

export interface SignCase {
	kind: "sign";
	name: string;
	options: { key: Key; body: BodySpec; id?: string; timestamp?: number; sender?: string };
	needs: readonly ["full module"];
	expect: Expected;
}

export type Case = VerifyCase | SetupCase | SignCase;

export interface Corpus {
	cases: readonly Case[];
}

/** The fields that an outcome must have; others may be there. `message` is a regular expression. */
export type Expected = Readonly<Record<string, unknown>>;

/** The outcome of one case as plain data. */
export type Outcome = Readonly<Record<string, unknown>>;

export interface Report {
	lacks: readonly Feature[];
	outcomes: Readonly<Record<string, Outcome>>;
}

export type HeadersInput =
	| Headers
	| Readonly<Record<string, string | readonly string[] | undefined>>
	| ReadonlyMap<string, string>
	| Iterable<readonly [string, string]>;

export interface CallbackInput {
	headers: HeadersInput;
	body: string | Uint8Array | ArrayBuffer;
	ip?: string;
}

export interface Accepted {
	id: string | undefined;
	timestamp: number | undefined;
	key: { index: number; id?: string };
	event: object;
}

export type VerifyResult =
	| ({ ok: true } & Accepted)
	| {
			ok: false;
			code: string;
			status: number;
			message: string;
			header?: string;
			path?: string;
	  };

export interface Verifier {
	verify(input: CallbackInput): Accepted;
	safeVerify(input: CallbackInput): VerifyResult;
	verifyAsync(input: CallbackInput): Promise<Accepted>;
	safeVerifyAsync(input: CallbackInput): Promise<VerifyResult>;
	verifyRequest(request: Request, context?: { ip?: string }): Promise<Accepted>;
	safeVerifyRequest(request: Request, context?: { ip?: string }): Promise<VerifyResult>;
}

export type KeyInput = string | Uint8Array | { id?: string; key: string | Uint8Array };

/** The part of the package that the suite calls. */
export interface Library extends CallbackLibrary {
	dapp: DappLibrary;
}

/** Of the entry for dapps. */
export type DappLibrary = Pick<
	typeof import("wallet-callback/dapp"),
	| "ConfigError"
	| "createDappRequest"
	| "toDappHandler"
	| "safeVerifyDappCallback"
	| "safeRecoverSigner"
	| "safeVerifySignedMessage"
>;

/** Of the entry for callbacks. */
export interface CallbackLibrary extends ErrorClasses {
	createVerifier(options: {
		keys: KeyInput | readonly KeyInput[];
		// The runtimes' cases pass names that are not senders, so this is wider than the package's own type.
		// biome-ignore lint/suspicious/noExplicitAny: a wrong name must reach the library
		sender?: any;
		toleranceSeconds?: number;
		maxBodyBytes?: number;
		allowedIps?: readonly string[];
		dangerouslyAllowShortKeys?: boolean;
		now?: () => number;
	}): Verifier;
	sign(options: {
		key: string | Uint8Array;
		body: string | Uint8Array;
		id?: string;
		timestamp?: number;
		// biome-ignore lint/suspicious/noExplicitAny: a wrong name must reach the library
		sender?: any;
	}): { headers: Record<string, string>; body: string | Uint8Array };
	generateSecret(): string;
	generateKeyPair(): { publicKey: string; privateKey: string };
	senders(): readonly { name: string }[];
	explain(options: {
		headers: Record<string, string>;
		body: string | Uint8Array;
		keys: string;
		now: number;
	}): {
		verdict: { ok: boolean };
		causes: readonly { code: string; certainty: string }[];
	};
	detect(callback: { headers: Record<string, string> }): readonly string[];
}

/** What it throws. */
export interface ErrorClasses {
	CallbackRejectedError: ErrorClass;
	ConfigError: ErrorClass;
	CoreError: ErrorClass;
}

// biome-ignore lint/suspicious/noExplicitAny: only `instanceof` is asked of it
type ErrorClass = abstract new (...args: any[]) => Error;

/** What only some runtimes can offer; a runner passes what its runtime has. */
export interface Host {
	/** A copy of the bytes as a `Uint8Array` of another realm. */
	foreignBytes?(bytes: Uint8Array): Uint8Array;
}
