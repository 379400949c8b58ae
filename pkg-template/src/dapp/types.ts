/** What the functions for dapps take and give. */

/** What a wallet can be asked for. */
export type DappAction = "login" | "sign" | "transfer" | "pushTransaction";

/** Who asks, as the wallet shows it. */
export interface DappIdentity {
	readonly name: string;
	/** The URL of a picture. */
	readonly icon: string;
}

/** What every request has. */
interface DappRequestBase {
	readonly dapp: DappIdentity;
	/**
	 * The chains that are asked for, as CAIP-2 has them: `eip155:1`, `tron:0x2b6653dc`,
	 * `antelope:aca376f206b8fc25a6ed44dbdc66547c`, `solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp`. 1 to 16.
	 */
	readonly chains: readonly string[];
	/** Where the wallet posts the result: `https:`, or `http:` on a loopback address. */
	readonly callbackUrl: string;
	/** How long the request can be answered, in seconds. 30 to 3,600; default 300. */
	readonly expiresInSeconds?: number | undefined;
	/** The account that must answer, where it is known. */
	readonly address?: string | undefined;
	/** What the wallet shows beside the request. */
	readonly memo?: string | undefined;
	/** The clock, in milliseconds. Default: now. */
	readonly now?: number | (() => number) | undefined;
}

/**
 * Asks who the user is. What the wallet signs is `timestamp + wallet + actionId + ref`, which names
 * neither your site nor a purpose: prefer `sign`. For `eip155` and `antelope` chains.
 */
export interface DappLoginRequest extends DappRequestBase {
	readonly action: "login";
}

/** The message of Sign-In with Ethereum (EIP-4361) that is composed for you. */
export interface DappSignIn {
	/** Who asks, as an RFC 3986 authority. Default: the host of `callbackUrl`. */
	readonly domain?: string | undefined;
	/** What is signed in to. Default: the origin of `callbackUrl`. */
	readonly uri?: string | undefined;
	/** A sentence for the user, in one line of ASCII. */
	readonly statement?: string | undefined;
	/** RFC 3339. */
	readonly notBefore?: string | undefined;
	readonly requestId?: string | undefined;
	/** URIs. */
	readonly resources?: readonly string[] | undefined;
}

/** How an `eip155` account signs. */
export type DappSignType =
	| "ethPersonalSign"
	| "ethSignTypedData"
	| "ethSignTypedData_v4"
	| "ethSignTypedDataLegacy";

/**
 * Asks for a signature. Without a `message`, it is over an EIP-4361 message that is composed from
 * `signIn`, and `address` must be given.
 */
export interface DappSignRequest extends DappRequestBase {
	readonly action: "sign";
	readonly signIn?: DappSignIn | undefined;
	/**
	 * A message of your own in place of the composed one: text, typed data (EIP-712), or hexadecimal
	 * digits for TRON.
	 */
	readonly message?: string | object | undefined;
	/** Only for `eip155`. Default: `"ethPersonalSign"`. */
	readonly signType?: DappSignType | undefined;
}

/** Asks for a transfer. Its result is never authenticated. */
export interface DappTransferRequest extends DappRequestBase {
	readonly action: "transfer";
	readonly from?: string | undefined;
	readonly to: string;
	/** In whole units, as decimal digits: `"0.1"`. */
	readonly amount: string;
	/** The token's contract. Default: the chain's own asset. */
	readonly contract?: string | undefined;
	readonly symbol: string;
	/** How many decimals the asset has. */
	readonly decimals: number;
	readonly desc?: string | undefined;
}

/** Asks for a transaction. Its result is never authenticated. */
export interface DappPushTransactionRequest extends DappRequestBase {
	readonly action: "pushTransaction";
	/** For `eip155` and `tron`: `{ from, to, value, data, … }`. */
	readonly transaction?: object | undefined;
	/** For `antelope`: the actions. */
	readonly actions?: readonly object[] | undefined;
}

/** The options of {@link createDappRequest}. */
export type DappRequestOptions =
	| DappLoginRequest
	| DappSignRequest
	| DappTransferRequest
	| DappPushTransactionRequest;

/** What the server keeps of a request until its callback comes: plain JSON. */
export interface DappExpected {
	readonly version: 1;
	readonly action: DappAction;
	readonly actionId: string;
	readonly chains: readonly string[];
	/** Unix seconds. */
	readonly issuedAt: number;
	/** Unix seconds. */
	readonly expiresAt: number;
	readonly address?: string;
	/** How the message must be signed. */
	readonly scheme?: SignatureScheme;
	/** The text that must be signed. */
	readonly message?: string;
}

/** What {@link createDappRequest} gives. */
export interface DappRequest {
	/** The link that opens the wallet, and the text of a QR code for it. */
	readonly uri: string;
	/** 128 random bits behind `wc_`. */
	readonly actionId: string;
	/** To be kept on the server under `actionId`. Never take it from the client. */
	readonly expected: DappExpected;
}

/** The options of {@link verifyDappCallback}. */
export interface DappCallbackOptions {
	/** What was posted. An object that a framework has parsed will do: nothing signs the bytes. */
	readonly body?: string | Uint8Array | ArrayBuffer | object | undefined;
	/** The URL that was called, where the result stands in its query. */
	readonly url?: string | URL | undefined;
	/** What {@link createDappRequest} returned, from the server's own records. */
	readonly expected: DappExpected;
	/** The clock, in milliseconds. Default: now. */
	readonly now?: number | (() => number) | undefined;
	/**
	 * The public keys of an Antelope account's `active` and `owner` permissions, from a node: those that
	 * reach the permission's threshold alone. Without them nothing of such an account is authenticated.
	 */
	readonly accountKeys?: readonly string[] | undefined;
	/** How old a login's timestamp may be, in seconds. 1 to 86,400; default 300. */
	readonly toleranceSeconds?: number | undefined;
}

interface DappAccepted {
	readonly actionId: string;
	/** CAIP-2. */
	readonly chain?: string;
}

/** The account has signed what was asked: this is proved. */
export interface DappAuthenticated extends DappAccepted {
	readonly action: "login" | "sign";
	readonly outcome: "success";
	readonly authenticated: true;
	readonly address: string;
}

/** The caller says that it succeeded. Anybody who knows the `actionId` can say so. */
export interface DappClaimed extends DappAccepted {
	readonly action: DappAction;
	readonly outcome: "success";
	readonly authenticated: false;
	readonly address?: string;
	/** A transaction's hash, which proves nothing until a node has it. */
	readonly txId?: string;
	/** What to do before the result is believed. */
	readonly advice: string;
}

/** The caller says that it was cancelled or has failed. */
export interface DappUnsuccessful extends DappAccepted {
	readonly action: DappAction;
	readonly outcome: "cancelled" | "failed";
	readonly authenticated: false;
	/** The wallet's own words. */
	readonly message?: string;
}

/** The stable codes of a refused callback. */
export type DappRejectionCode =
	| "malformed_payload"
	| "unknown_action"
	| "action_mismatch"
	| "action_expired"
	| "account_mismatch"
	| "chain_mismatch"
	| "signature_mismatch"
	| "malformed_signature"
	| "unsupported_signature"
	| "timestamp_too_old"
	| "timestamp_too_new";

/** A callback that must not be believed. */
export interface DappRejected {
	readonly ok: false;
	readonly code: DappRejectionCode;
	readonly message: string;
	/** The member at fault. */
	readonly path?: string;
}

/** What a wallet says of a request: what {@link verifyDappCallback} returns. */
export type DappOutcome = DappAuthenticated | DappClaimed | DappUnsuccessful;

/** What {@link safeVerifyDappCallback} returns. */
export type DappResult = ({ readonly ok: true } & DappOutcome) | DappRejected;

/**
 * How a message was signed: `eip191` personal_sign; `eip712` typed data (v4), and `eip712-v1` the older
 * list; `eip4361` Sign-In with Ethereum; `tron-v1` and `tron-v2` TronWeb's two; `eos-k1` Antelope;
 * `solana` Ed25519 over the bytes.
 */
export type SignatureScheme =
	| "eip191"
	| "eip712"
	| "eip712-v1"
	| "eip4361"
	| "tron-v1"
	| "tron-v2"
	| "eos-k1"
	| "solana";

/** The schemes whose signatures name the account that has signed. */
export type RecoverableScheme = Exclude<SignatureScheme, "eos-k1" | "solana">;

interface SignedMessageBase {
	/** How the message was signed. */
	readonly scheme: SignatureScheme;
	/**
	 * Text or bytes; for `eip712` an object, too, and for `eip712-v1` a list; for `tron-v1` as text:
	 * hexadecimal digits.
	 */
	readonly message: string | Uint8Array | ArrayBuffer | object;
	/** Hexadecimal digits; `SIG_K1_…`; for `solana` Base58, hexadecimal digits or bytes. */
	readonly signature: string | Uint8Array | ArrayBuffer;
	/** Of `eip4361`, required: the domain that asked. */
	readonly domain?: string | undefined;
	/** Of `eip4361`, required: the nonce that was issued. */
	readonly nonce?: string | undefined;
	/** Of `eip4361`: the chain, as CAIP-2 has it. */
	readonly chain?: string | undefined;
	/** Of `eip4361`: the URI. Default: any `https:` address of the domain. */
	readonly uri?: string | undefined;
	/**
	 * Of `eip4361`: how long ago the message may have been written, in seconds. 1 to 31,536,000; default
	 * 600.
	 */
	readonly maxAgeSeconds?: number | undefined;
	/** The clock for `eip4361`, in milliseconds. Default: now. */
	readonly now?: number | (() => number) | undefined;
}

/** Who must have signed: an account or one of several keys. */
type SignedMessageOwner =
	| {
			/** The account that must have signed. Not for `eos-k1`. */
			readonly address: string;
			/** The keys one of which may have signed instead. */
			readonly publicKeys?: readonly string[] | undefined;
	  }
	| {
			readonly address?: string | undefined;
			/** The keys one of which must have signed. For `eos-k1`: those of the account, from a node. */
			readonly publicKeys: readonly string[];
	  };

/** The options of {@link verifySignedMessage}. */
export type SignedMessageOptions = SignedMessageBase & SignedMessageOwner;

/** The options of {@link recoverSigner}. */
export interface RecoverSignerOptions extends SignedMessageBase {
	/** How the message was signed. */
	readonly scheme: RecoverableScheme;
}

/** The members of an EIP-4361 message. */
export interface SignInMessage {
	readonly scheme?: string;
	readonly domain: string;
	readonly address: string;
	readonly statement?: string;
	readonly uri: string;
	readonly version: string;
	readonly chainId: number;
	readonly nonce: string;
	readonly issuedAt: string;
	readonly expirationTime?: string;
	readonly notBefore?: string;
	readonly requestId?: string;
	readonly resources?: readonly string[];
}

/** Who has signed a message: what {@link verifySignedMessage} returns. */
export interface SignedMessage {
	/** The signer's, in its canonical form. */
	readonly address?: string;
	readonly publicKey?: string;
	/**
	 * The signature in its one normal form, whatever its spelling was: what to store where each may be
	 * used once. `r`, `s` and 27 or 28 in hexadecimal digits with `0x`; `SIG_K1_…`; for `solana` Base58.
	 */
	readonly signature: string;
	/** Of `eip4361`: what the message says. */
	readonly signIn?: SignInMessage;
}

/** Who has signed a message: what {@link recoverSigner} returns. */
export interface RecoveredSigner extends SignedMessage {
	readonly address: string;
	readonly publicKey: string;
}

/** A signature that must not be believed. */
export interface SignedMessageRejected {
	readonly ok: false;
	/** `needs_chain`: a contract wallet's (ERC-1271), which only its chain can tell. */
	readonly code: DappRejectionCode | "needs_chain";
	readonly message: string;
	/** The member at fault. */
	readonly path?: string;
	readonly address?: undefined;
	readonly publicKey?: undefined;
}

/** What {@link safeVerifySignedMessage} returns. */
export type SignedMessageResult = ({ readonly ok: true } & SignedMessage) | SignedMessageRejected;

/** What {@link safeRecoverSigner} returns. */
export type RecoveredSignerResult =
	| ({ readonly ok: true } & RecoveredSigner)
	| SignedMessageRejected;
