/** What the compiler knows of the types for dapps. `tsc` checks this file; nothing runs it. */
import {
	createDappRequest,
	type DappAction,
	type DappExpected,
	type DappRejectionCode,
	type DappRequest,
	type DappRequestOptions,
	type DappResult,
	type SignatureScheme,
	type SignInMessage,
	safeRecoverSigner,
	safeVerifyDappCallback,
	safeVerifySignedMessage,
} from "wallet-callback/dapp";

type Equal<A, B> =
	(<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<Holds extends true>(): Holds;

declare const expected: DappExpected;
declare const result: DappResult;

/** A result has to be asked what it is. */
export function asks(): void {
	// @ts-expect-error: it may have been refused
	result.action;
	// @ts-expect-error: it may have been refused
	result.authenticated;
	// @ts-expect-error: it may have been accepted
	result.code;
	if (!result.ok) {
		expect<Equal<typeof result.code, DappRejectionCode>>();
		expect<Equal<typeof result.path, string | undefined>>();
		// @ts-expect-error: nobody has been authenticated
		result.address;
		return;
	}
	expect<Equal<typeof result.action, DappAction>>();
	expect<Equal<typeof result.actionId, string>>();
	expect<Equal<typeof result.chain, string | undefined>>();
	// @ts-expect-error: nothing is known of an account that has cancelled
	result.address;
	// @ts-expect-error: what is not a success has no hash
	result.txId;
}

/** Only a login or a signature is authenticated, and then it has an account. */
export function trusts(): void {
	if (!result.ok || !result.authenticated) return;
	expect<Equal<typeof result.authenticated, true>>();
	expect<Equal<typeof result.outcome, "success">>();
	expect<Equal<typeof result.action, "login" | "sign">>();
	expect<Equal<typeof result.address, string>>();
	// @ts-expect-error: a transaction is never authenticated
	result.txId;
	// @ts-expect-error: there is nothing left to advise
	result.advice;
}

/** A transaction's result proves nothing, and says what to do. */
export function distrusts(): void {
	if (!result.ok) return;
	if (result.action === "transfer" || result.action === "pushTransaction") {
		expect<Equal<typeof result.authenticated, false>>();
		if (result.outcome === "success") {
			expect<Equal<typeof result.advice, string>>();
			expect<Equal<typeof result.txId, string | undefined>>();
			expect<Equal<typeof result.address, string | undefined>>();
		}
	}
	if (result.outcome === "success" && !result.authenticated) {
		expect<Equal<typeof result.advice, string>>();
		expect<Equal<typeof result.action, DappAction>>();
		// @ts-expect-error: a wallet's words are about what has failed
		result.message;
	}
	if (result.outcome !== "success") {
		expect<Equal<typeof result.outcome, "cancelled" | "failed">>();
		expect<Equal<typeof result.authenticated, false>>();
		expect<Equal<typeof result.message, string | undefined>>();
		// @ts-expect-error: nothing has been done
		result.txId;
	}
}

type Impossible = Extract<DappResult, { authenticated: true; action: "transfer" }>;
expect<Equal<Impossible, never>>();

/** Authenticated results are not made by hand from what was claimed. */
export function forges(address: string): DappResult[] {
	const base = { ok: true, actionId: "wc_", outcome: "success" } as const;
	return [
		{ ...base, action: "sign", authenticated: true, address },
		// @ts-expect-error: a transfer is never authenticated
		{ ...base, action: "transfer", authenticated: true, address },
		// @ts-expect-error: somebody has been authenticated
		{ ...base, action: "login", authenticated: true },
		// @ts-expect-error: an unauthenticated success comes with advice
		{ ...base, action: "transfer", authenticated: false, txId: "0x" },
		// @ts-expect-error: what has failed is not authenticated
		{ ...base, action: "login", authenticated: true, address, outcome: "failed" },
	];
}

/** What is posted comes in any form. */
export function judges(body: Uint8Array, request: { body: unknown; url: URL }): DappResult[] {
	return [
		safeVerifyDappCallback({ body, expected }),
		safeVerifyDappCallback({ body: body.slice().buffer, expected, now: 0 }),
		safeVerifyDappCallback({ body: "{}", expected, now: () => 0, toleranceSeconds: 60 }),
		safeVerifyDappCallback({
			body: request.body as object,
			expected,
			accountKeys: ["EOS"] as const,
		}),
		safeVerifyDappCallback({ url: request.url, expected }),
		safeVerifyDappCallback({ url: "/?result=1", expected, body: undefined }),
		// @ts-expect-error: without a record nothing is known
		safeVerifyDappCallback({ body }),
		// @ts-expect-error: the record is an object
		safeVerifyDappCallback({ body, expected: JSON.stringify(expected) }),
		// @ts-expect-error: there is no such option
		safeVerifyDappCallback({ body, expected, accountKey: "EOS" }),
		// @ts-expect-error: a list of keys
		safeVerifyDappCallback({ body, expected, accountKeys: "EOS" }),
		// @ts-expect-error: the clock is in milliseconds
		safeVerifyDappCallback({ body, expected, now: new Date() }),
	];
}

const base = {
	dapp: { name: "Shop", icon: "https://shop.example/icon.png" },
	chains: ["eip155:1"],
	callbackUrl: "https://shop.example/tokenpocket",
} as const;
const to = "0x";

/** Each action has its options. */
export function requests(): DappRequest[] {
	const options: DappRequestOptions = { ...base, action: "login" };
	return [
		createDappRequest(options),
		createDappRequest({ ...base, action: "sign", address: to, signIn: { statement: "Hello." } }),
		createDappRequest({
			...base,
			action: "sign",
			message: { a: 1n },
			signType: "ethSignTypedData",
		}),
		createDappRequest({
			...base,
			action: "transfer",
			to,
			amount: "0.1",
			symbol: "ETH",
			decimals: 18,
		}),
		createDappRequest({ ...base, action: "pushTransaction", transaction: { to } }),
		createDappRequest({ ...base, action: "pushTransaction", actions: [{}] }),
		// @ts-expect-error: there is no such action
		createDappRequest({ ...base, action: "logout" }),
		// @ts-expect-error: an amount is text, since numbers lose digits
		createDappRequest({ ...base, action: "transfer", to, amount: 1, symbol: "ETH", decimals: 18 }),
		// @ts-expect-error: a transfer goes somewhere
		createDappRequest({ ...base, action: "transfer", amount: "1", symbol: "ETH", decimals: 18 }),
		// @ts-expect-error: a login signs no message
		createDappRequest({ ...base, action: "login", message: "Hello." }),
		// @ts-expect-error: there is no such way to sign
		createDappRequest({ ...base, action: "sign", message: "Hello.", signType: "ethSign" }),
		// @ts-expect-error: where should the answer go
		createDappRequest({ action: "login", dapp: base.dapp, chains: base.chains }),
	];
}

/** What the server keeps is JSON. */
export function keeps({ expected, uri, actionId }: DappRequest): DappExpected {
	uri satisfies string;
	actionId satisfies string;
	expect<Equal<typeof expected.version, 1>>();
	expect<Equal<typeof expected.scheme, SignatureScheme | undefined>>();
	// @ts-expect-error: a record is not changed
	expected.message = "another";
	const kept: DappExpected = JSON.parse(JSON.stringify(expected));
	return kept;
}

/** A signed message's signer is there once it is verified. */
export function verifies(message: string, signature: Uint8Array): string | undefined {
	const result = safeVerifySignedMessage({
		scheme: "eip4361",
		message,
		signature,
		address: "",
		nonce: "",
		domain: "",
	});
	if (!result.ok) {
		expect<Equal<typeof result.code, DappRejectionCode | "needs_chain">>();
		expect<Equal<typeof result.address, undefined>>();
		return result.message;
	}
	expect<Equal<typeof result.address, string | undefined>>();
	expect<Equal<typeof result.signIn, SignInMessage | undefined>>();
	// @ts-expect-error: what has been verified has no code
	result.code;
	// @ts-expect-error: there is no such scheme
	safeVerifySignedMessage({ scheme: "eip-191", message, signature, address: "" });
	// @ts-expect-error: without a signature there is nothing to verify
	safeVerifySignedMessage({ scheme: "eip191", message, address: "" });
	// @ts-expect-error: somebody must have signed
	safeVerifySignedMessage({ scheme: "eip191", message, signature });
	const user: { address?: string } = {};
	// @ts-expect-error: the user may have no account
	safeVerifySignedMessage({ scheme: "eip191", message, signature, address: user.address });
	safeVerifySignedMessage({ scheme: "eos-k1", message, signature, publicKeys: [] });
	const recovered = safeRecoverSigner({ scheme: "eip191", message, signature });
	if (recovered.ok) expect<Equal<typeof recovered.address, string>>();
	// @ts-expect-error: a key has to be looked up for this
	safeRecoverSigner({ scheme: "solana", message, signature });
	expect<Equal<typeof result.signature, string>>();
	return result.address;
}

/** A chain's number is a number, as it is in the message. */
export function reads(signIn: SignInMessage): void {
	expect<Equal<typeof signIn.chainId, number>>();
	expect<Equal<typeof signIn.resources, readonly string[] | undefined>>();
}
