/** Wallets that answer requests, in the ways in which TokenPocket has been seen to answer. */
import { Bytes, KeyType, PrivateKey } from "@wharfkit/antelope";
import { type Hex, hashMessage, parseSignature } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type {
	DappCallbackOptions,
	DappExpected,
	DappRequest,
	DappRequestOptions,
	DappResult,
} from "wallet-callback/dapp";
import { createDappRequest, safeVerifyDappCallback } from "./library.ts";

/** When requests are made, in milliseconds; their callbacks come ten seconds later. */
export const NOW = Date.UTC(2026, 0, 15, 12);
export const LATER = NOW + 10_000;

export const EOS = "antelope:aca376f206b8fc25a6ed44dbdc66547c";
export const EOS_CHAIN_ID = "aca376f206b8fc25a6ed44dbdc66547c36c6c33e3a119ffbeaef943642f0e906";
export const TRON = "tron:0x2b6653dc";
export const SOLANA = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";

/** A transaction's hash: on Ethereum behind 0x. */
export const HASH = "588c6797534d09e8e0b149c06c11bfd6ca7b96f0d4bba87700fffe7a87b0d988";

/** What a wallet posts. */
export type Body = { readonly [member: string]: unknown };

type Own<R> = R extends DappRequestOptions
	? Omit<R, "dapp" | "chains" | "callbackUrl"> & Partial<Pick<R, "dapp" | "chains" | "callbackUrl">>
	: never;

/** Options of a request, but for those that say who asks. */
export type Asked = Own<DappRequestOptions>;

export function ask(own: Asked): DappRequest {
	return createDappRequest({
		dapp: { name: "Shop", icon: "https://shop.example/icon.png" },
		chains: ["eip155:1"],
		callbackUrl: "https://shop.example/tokenpocket",
		now: NOW,
		...own,
	});
}

export function judge(
	expected: DappExpected,
	body: DappCallbackOptions["body"],
	options: Partial<DappCallbackOptions> = {},
): DappResult {
	return safeVerifyDappCallback({ expected, body, now: LATER, ...options });
}

/** The code and the path of a refusal. */
export const refusal = (result: DappResult): unknown =>
	result.ok ? result : [result.code, result.path].filter((part) => part !== undefined);

/** An account of Ethereum. */
export class EvmWallet {
	readonly #account: ReturnType<typeof privateKeyToAccount>;
	readonly address: Hex;
	readonly publicKey: Hex;

	constructor(byte: string) {
		this.#account = privateKeyToAccount(`0x${byte.repeat(32)}`);
		({ address: this.address, publicKey: this.publicKey } = this.#account);
	}

	sign(message: string): Promise<Hex> {
		return this.#account.signMessage({ message });
	}

	signTypedData(data: object): Promise<Hex> {
		return this.#account.signTypedData(data as Parameters<typeof this.signTypedData>[0] & never);
	}

	/** As web3's `accounts.sign` gives it. */
	async signLikeWeb3(message: string): Promise<Body> {
		const signature = await this.sign(message);
		const { r, s, v } = parseSignature(signature);
		const messageHash = hashMessage(message);
		return { r, s, v: `0x${v?.toString(16)}`, message, messageHash, signature };
	}

	/** The answer to a login. */
	async login({ actionId }: DappExpected, own: Body = {}): Promise<Body> {
		const { timestamp, wallet } = { timestamp: String(LATER / 1000), wallet: this.address, ...own };
		const sign = await this.signLikeWeb3(`${timestamp}${wallet}${actionId}TokenPocket`);
		return {
			sign: JSON.stringify(sign),
			timestamp,
			wallet,
			ref: "TokenPocket",
			action: "login",
			actionId,
			publickey: "",
			permissions: {},
			result: 1,
			protocol: "TokenPocket",
			version: "2.0",
			...own,
		};
	}

	/** The answer to a request for a signature of a text. */
	async answer({ actionId, message = "" }: DappExpected, own: Body = {}): Promise<Body> {
		return {
			ref: "TokenPocket",
			sign: await this.sign(message),
			publickey: "",
			action: "sign",
			actionId,
			wallet: this.address,
			permissions: [],
			result: 1,
			...own,
		};
	}
}

/** An account of EOS. */
export class EosWallet {
	readonly name: string;
	readonly key: string;
	readonly legacyKey: string;
	readonly #key: PrivateKey;

	constructor(name: string, byte: string) {
		this.name = name;
		this.#key = new PrivateKey(KeyType.K1, Bytes.from(byte.repeat(32)));
		this.key = String(this.#key.toPublic());
		this.legacyKey = this.#key.toPublic().toLegacyString();
	}

	sign(text: string): string {
		return String(this.#key.signMessage(Bytes.from(text, "utf8")));
	}

	login({ actionId }: DappExpected, own: Body = {}): Body {
		const { timestamp, wallet } = { timestamp: String(LATER / 1000), wallet: this.name, ...own };
		return {
			sign: this.sign(`${timestamp}${wallet}${actionId}TokenPocket`),
			timestamp,
			wallet,
			ref: "TokenPocket",
			action: "login",
			actionId,
			publickey: this.legacyKey,
			permissions: ["active", "owner"],
			result: 1,
			...own,
		};
	}

	/** The answer of a wallet of the protocol from which TokenPocket's own has grown. */
	simpleLogin({ actionId }: DappExpected, own: Body = {}): Body {
		const { timestamp, ref } = { timestamp: LATER / 1000, ref: "TokenPocket", ...own };
		return {
			protocol: "SimpleWallet",
			version: "1.0",
			timestamp,
			sign: this.sign(`${timestamp}${this.name}${actionId}${ref}`),
			uuID: actionId,
			account: this.name,
			ref,
			...own,
		};
	}

	answer({ actionId, message = "" }: DappExpected, own: Body = {}): Body {
		return {
			ref: "TokenPocket",
			sign: this.sign(message),
			publickey: this.legacyKey,
			action: "sign",
			actionId,
			wallet: this.name,
			permissions: ["active"],
			result: 1,
			...own,
		};
	}
}
