// What an event says, in words. Its strings are the sender's: control characters are not shown.

/** @import { WalletEvent } from "../../pkg/dist/esm/index.js" */

const chains = new Map([
	["bip122:000000000019d6689c085ae165831e93", "Bitcoin"],
	["eip155:1", "Ethereum"],
	["eip155:56", "BNB Smart Chain"],
	["eip155:137", "Polygon"],
	["eip155:66", "OKC"],
	["tron:0x2b6653dc", "TRON"],
	["solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", "Solana"],
	["aptos:1", "Aptos"],
	["polkadot:91b171bb158e2d3848fa23a9f1c25182", "Polkadot"],
	["polkadot:b0a8d493285c2df73290dfb7e61f870f", "Kusama"],
	["antelope:aca376f206b8fc25a6ed44dbdc66547c", "EOS"],
]);

/**
 * What an event is about, and its details.
 *
 * @param {WalletEvent} event
 * @returns {{ subject: string, details: string[] }}
 */
export function describe({ type, known, data: members }) {
	if (!known) return { subject: "a type that this version does not know", details: [] };
	/** @type {any} */
	const data = members;
	const { amount, fee, chain } = data;
	const what = amount?.decimal ? quantity(amount) : (data.userId ?? data.txId ?? data.challenge);
	const subject = chain ? `${what} on ${chainName(chain)}` : what;
	const accounts = type === "user.registered" ? (data.accounts ?? []) : [];
	const details = [
		...accounts.map((/** @type {any} */ account) => {
			return `${chainName(account.chain)} ${short(account.address)}`;
		}),
		data.from && `from ${short(data.from)}`,
		data.to && `to ${short(data.to)}`,
		data.memo && `memo ${data.memo}`,
		confirmations(data),
		fee?.decimal && `fee ${quantity(fee)}`,
		data.txHash && `tx ${short(data.txHash)}`,
		data.replacedBy && `replaced by ${short(data.replacedBy)}`,
		data.reason && `because ${data.reason}`,
	];
	return { subject: printable(subject), details: details.filter(Boolean).map(printable) };
}

/** @param {any} amount */
function quantity({ decimal, symbol = "" }) {
	return `${decimal} ${symbol}`.trimEnd();
}

/** @param {any} data */
function confirmations({ confirmations, requiredConfirmations: required }) {
	if (confirmations === undefined) return undefined;
	const text = `${confirmations} confirmation${confirmations === 1 ? "" : "s"}`;
	return required === undefined ? text : `${text} (${required} needed)`;
}

/** @param {any} chain */
function chainName(chain) {
	return chains.get(chain) ?? chain;
}

/** @param {any} address */
export function short(address) {
	return address.length > 14 ? `${address.slice(0, 6)}…${address.slice(-4)}` : address;
}

/** @param {unknown} text */
function printable(text) {
	return String(text).replace(/\p{C}/gu, "\u{fffd}");
}
