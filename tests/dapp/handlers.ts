/** Handlers of callbacks to try, what they are asked for, and the wallets that answer. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Bytes, PrivateKey } from "@wharfkit/antelope";
import { privateKeyToAccount } from "viem/accounts";
import type {
	DappContext,
	DappExpected,
	DappHandler,
	DappHandlerOptions,
	DappRequestOptions,
} from "wallet-callback/dapp";
import type { ReceiverContext } from "wallet-callback/receiver";
import { type Answer, CONSUMER, Log, memoryStore } from "../receiver/receivers.ts";

const require = createRequire(join(CONSUMER, "package.json"));

export const {
	createDappRequest,
	toDappHandler,
}: typeof import("wallet-callback/dapp") = require("wallet-callback/dapp");
export const { waitForDapp }: typeof import("wallet-callback/dapp/wait") =
	require("wallet-callback/dapp/wait");

/** What the handlers' clock says, in milliseconds. */
export const NOW = 1_700_000_000_000;

/** Where the handlers are. */
const ADDRESS = "https://shop.example/tokenpocket";

export const EOS = "antelope:aca376f206b8fc25a6ed44dbdc66547c";
export const HASH = `0x${"588c6797".repeat(8)}`;

export const alice = privateKeyToAccount(`0x${"a1".repeat(32)}`);
export const mallory = privateKeyToAccount(`0x${"66".repeat(32)}`);
export const eosKey = PrivateKey.from("5KQwrPbwdL6PhXujxW37FSSQZ1JiwsST4cqQzDeyXtP79zkvFD3");
export const eosPublicKey = String(eosKey.toPublic());

/** Options of a request without what each has. */
type Asked = DappRequestOptions extends infer Each
	? Each extends DappRequestOptions
		? Omit<Each, "dapp" | "chains" | "callbackUrl"> & { readonly chains?: readonly string[] }
		: never
	: never;

export const SIGN_IN: Extract<Asked, { action: "sign" }> = {
	action: "sign",
	address: alice.address,
};
export const TRANSFER: Asked = {
	action: "transfer",
	to: mallory.address,
	amount: "0.1",
	symbol: "ETH",
	decimals: 18,
};

/** A handler, what it was asked to wait for, and what it has handed over. */
export interface Shop {
	readonly handler: DappHandler;
	readonly records: Map<string, DappExpected>;
	readonly got: DappContext[];
	readonly log: Log;
	/** Makes a request and keeps its record. */
	ask(options?: Asked): DappExpected;
}

export function openShop(options: Partial<DappHandlerOptions> = {}): Shop {
	const records = new Map<string, DappExpected>();
	const got: DappContext[] = [];
	const log = new Log();
	const handler = toDappHandler({
		find: (actionId) => records.get(actionId),
		store: memoryStore(),
		onResult: (context) => {
			got.push(context);
		},
		now: () => NOW,
		log,
		...options,
	});
	const ask = (asked: Asked = SIGN_IN) => {
		const { actionId, expected } = createDappRequest({
			dapp: { name: "Shop", icon: "https://shop.example/icon.png" },
			chains: ["eip155:1"],
			callbackUrl: ADDRESS,
			now: NOW,
			...asked,
		});
		// As it comes back from where it is kept.
		records.set(actionId, JSON.parse(JSON.stringify(expected)));
		return expected;
	};
	return { handler, records, got, log, ask };
}

export type Members = Readonly<Record<string, unknown>>;

/** What a wallet posts, with these members beside those that each callback has. */
export function bodyOf({ action, actionId }: DappExpected, members: Members = {}): Members {
	return { action, actionId, ref: "TokenPocket", result: 1, protocol: "TokenPocket", ...members };
}

/** The wallet signs what it was asked for. */
export async function signedBody(expected: DappExpected, account = alice): Promise<Members> {
	const sign = await account.signMessage({ message: expected.message ?? assert.fail("no text") });
	return bodyOf(expected, { sign, wallet: account.address });
}

/** The wallet signs a login as that of an account of Ethereum does. */
export async function loginBody(expected: DappExpected, account = alice): Promise<Members> {
	const timestamp = NOW / 1000;
	const message = `${timestamp}${account.address}${expected.actionId}TokenPocket`;
	const signature = await account.signMessage({ message });
	const sign = JSON.stringify({ message, signature });
	return bodyOf(expected, { sign, timestamp, wallet: account.address, permissions: {} });
}

/** The wallet signs a login as that of an account of EOS does. */
export function eosLoginBody(expected: DappExpected, wallet = "tokenpocket1"): Members {
	const timestamp = String(NOW / 1000);
	const text = `${timestamp}${wallet}${expected.actionId}TokenPocket`;
	const sign = String(eosKey.signMessage(Bytes.from(text, "utf8")));
	return bodyOf(expected, { sign, timestamp, wallet, permissions: ["active"] });
}

/** A callback as a Fetch request. */
export function toRequest(body: Members | string | Uint8Array<ArrayBuffer>, query = ""): Request {
	const isRaw = typeof body === "string" || body instanceof Uint8Array;
	return new Request(ADDRESS + query, {
		method: "POST",
		headers: { "content-type": "application/json;charset=UTF-8" },
		body: isRaw ? body : JSON.stringify(body),
	});
}

/** Posts a callback that has to be answered so. */
export async function expectAnswer(
	{ handler }: Pick<Shop, "handler">,
	callback: Members | Request,
	expected: readonly [status: number, body: object],
	context?: ReceiverContext,
): Promise<Headers> {
	const request = callback instanceof Request ? callback : toRequest(callback);
	const response = await handler(request, context);
	const { status, headers } = response;
	const body: Answer["body"] = await response.json();
	assert.equal(headers.get("content-type"), "application/json");
	assert.deepEqual([status, body], expected);
	return headers;
}
