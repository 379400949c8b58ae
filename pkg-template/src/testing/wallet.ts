import { toOptions, toUtf8 } from "../core/core.js";
import { ConfigError } from "../core/errors.js";
import { withDapp } from "../dapp/core.js";
import type { DappRequest, SignatureScheme } from "../dapp/types.js";
import { Draw } from "./draw.js";
import { requireOptions } from "./options.js";

/** The options of {@link fakeWallet}. */
export interface FakeWalletOptions {
	/**
	 * 64 hexadecimal digits, with or without `0x`, so that its accounts are the same in each run. Default:
	 * a random key. Never one that holds anything: it signs in a time that depends on the key.
	 */
	readonly privateKey?: string | undefined;
	/** The name of its account on EOS. Default: `"fakewallet11"`. */
	readonly eosAccount?: string | undefined;
	/** The clock, in milliseconds, by which it signs a login. Default: `Date.now`. */
	readonly now?: (() => number) | undefined;
}

/** A wallet that answers a dapp's requests as TokenPocket does, with a key of its own. */
export interface FakeWallet {
	/** Its account on Ethereum and all chains with such accounts, with its checksum. */
	readonly address: string;
	/** Its account on TRON. */
	readonly tronAddress: string;
	/** Its account on EOS. */
	readonly eosAccount: string;
	/** The key of its account on EOS, `PUB_K1_…`: what `accountKeys` gives. */
	readonly eosPublicKey: string;
	/**
	 * Does what is asked for, and makes the request that the app posts to the `callbackUrl`: with a
	 * signature for `login` and `sign`, and with a transaction's hash for `transfer` and
	 * `pushTransaction`, which nobody has sent.
	 *
	 * @param request - what `createDappRequest` returned, or its `uri`.
	 * @throws {TypeError} for something else.
	 * @throws {ConfigError} for a chain on which it has no account, Solana, and for a message that cannot
	 * be signed.
	 */
	answer(request: DappRequest | string): Request;
	/** Declines, and makes the request that the app posts then. */
	cancel(request: DappRequest | string): Request;
}

/**
 * Makes a wallet with a throwaway key, which answers what `createDappRequest` asks for: logins, signatures
 * (EIP-191, EIP-4361, EIP-712, TRON, EOS) and transactions.
 *
 * @throws {ConfigError} for an option that is invalid.
 *
 * @example
 * ```ts
 * const wallet = fakeWallet();
 * const request = createDappRequest({
 *   action: "sign",
 *   address: wallet.address,
 *   dapp: { name: "Shop", icon: "https://shop.example/icon.png" },
 *   chains: ["eip155:1"],
 *   callbackUrl: "https://shop.example/tokenpocket",
 * });
 * sessions.set(request.actionId, request.expected);
 * const response = await handler(wallet.answer(request)); // of toDappHandler
 * ```
 */
export function fakeWallet(options: FakeWalletOptions = {}): FakeWallet {
	requireOptions(options, ["privateKey", "eosAccount", "now"]);
	const { privateKey, eosAccount = "fakewallet11", now = Date.now } = options;
	const key = privateKey === undefined ? randomKey() : toKey(privateKey);
	const ethereum = sign(key, "eip191", "");
	const tron = sign(key, "tron-v2", "");
	const eos = sign(key, "eos-k1", "");
	const accounts: Accounts = {
		ethereum: ethereum.address ?? "",
		tron: tron.address ?? "",
		eosio: eosAccount,
	};
	const draw = new Draw(ethereum.signature);
	return {
		address: accounts.ethereum,
		tronAddress: accounts.tron,
		eosAccount,
		eosPublicKey: eos.publicKey ?? "",
		answer(request) {
			const link = readLink(request);
			const { action, actionId } = link;
			const network = networkOf(link);
			const wallet = accounts[network];
			const common = {
				ref: REFERENCE,
				action,
				actionId,
				wallet,
				publickey: "",
				permissions: {},
				result: 1,
			};
			if (action === "login") {
				const timestamp = String(Math.floor(now() / 1000));
				const message = `${timestamp}${wallet}${actionId}${REFERENCE}`;
				const { signature } = sign(key, SCHEMES[network], message);
				// On Ethereum, the object of web3's `accounts.sign`.
				const text = network === "ethereum" ? JSON.stringify({ message, signature }) : signature;
				return toRequest(link, { ...common, timestamp, sign: text });
			}
			if (action === "sign") {
				const { signature } = sign(key, schemeOf(link, network), link.message ?? "");
				return toRequest(link, { ...common, sign: signature });
			}
			const hash = draw.hex(64);
			return toRequest(link, { ...common, txID: network === "ethereum" ? `0x${hash}` : hash });
		},
		cancel(request) {
			const link = readLink(request);
			const { action, actionId } = link;
			return toRequest(link, { ref: REFERENCE, action, actionId, result: 0 });
		},
	};
}

/** What the app writes into every callback, and signs with a login. */
const REFERENCE = "TokenPocket";

/** How texts are signed, by the networks on which the wallet has an account. */
const SCHEMES = { ethereum: "eip191", tron: "tron-v1", eosio: "eos-k1" } as const;

type Network = keyof typeof SCHEMES;
type Accounts = { readonly [Name in Network]: string };

/** What a link says. */
interface Link {
	readonly action: string;
	readonly actionId: string;
	readonly blockchains: readonly { readonly network: string }[];
	readonly callbackUrl: string;
	readonly message?: string;
	readonly signType?: string;
}

function readLink(request: DappRequest | string): Link {
	const uri = typeof request === "string" ? request : request?.uri;
	const start = "tpoutside://pull.activity?param=";
	if (typeof uri !== "string" || !uri.startsWith(start)) {
		throw new TypeError("expected what createDappRequest returned, or its uri");
	}
	return JSON.parse(decodeURIComponent(uri.slice(start.length)));
}

/** The first of the chains on which the wallet has an account. */
function networkOf({ blockchains }: Link): Network {
	const names = blockchains.map(({ network }) => network);
	const known = names.find((name): name is Network => Object.hasOwn(SCHEMES, name));
	if (known !== undefined) return known;
	const problem = `expected one of ${Object.keys(SCHEMES).join(", ")}, got ${names.join(", ")}`;
	throw new ConfigError("invalid_option", `chains: ${problem}`);
}

function schemeOf({ signType = "" }: Link, network: Network): SignatureScheme {
	if (signType === "ethSignTypedDataLegacy") return "eip712-v1";
	return signType.startsWith("ethSignTypedData") ? "eip712" : SCHEMES[network];
}

/** The callback, as the app posts it. */
function toRequest({ callbackUrl }: Link, body: object): Request {
	const headers = { "content-type": "application/json;charset=UTF-8" };
	const said = { ...body, protocol: "TokenPocket", version: "2.0" };
	return new Request(callbackUrl, { method: "POST", headers, body: JSON.stringify(said) });
}

interface Signed {
	readonly address?: string;
	readonly publicKey?: string;
	readonly signature: string;
}

function sign(key: Uint8Array, scheme: SignatureScheme, message: string): Signed {
	const options = toOptions({ scheme, text: true });
	const bytes = toUtf8(message);
	return withDapp((core) => core.ask((wasm) => wasm.signMessage(options, bytes, key)));
}

/** One of 2^128 numbers is no key. */
function randomKey(): Uint8Array {
	return crypto.getRandomValues(new Uint8Array(32));
}

function toKey(privateKey: unknown): Uint8Array {
	const [, digits] = /^(?:0x)?([\da-f]{64})$/i.exec(String(privateKey)) ?? [];
	if (digits === undefined) {
		throw new ConfigError("invalid_option", "privateKey: expected 64 hexadecimal digits");
	}
	return Uint8Array.from({ length: 32 }, (_, at) =>
		Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
	);
}
