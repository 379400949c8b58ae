/** The lists of types, chains and seeds that samples are tried with, and what samples were when they were written down. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { KnownChain, KnownEvent } from "wallet-callback";
import type { OtherSampleTypes, SampleBody } from "wallet-callback/testing";
import { sampleEvent } from "./package.ts";

/** Made from the core's tables. */
const MODEL = readFileSync(
	new URL("../../pkg-template/src/generated/model.ts", import.meta.url),
	"utf8",
);
const listOf = (name: string) => {
	const [, list = ""] = new RegExp(`export (?:type|const) ${name}[^=]*=([^;]*);`).exec(MODEL) ?? [];
	return Array.from(list.matchAll(/"([^"]+)"/g), ([, item]) => item as string);
};
export const TYPES = listOf("EVENT_TYPES") as KnownEvent["type"][];
export const CHAINS = listOf("KnownChain") as KnownChain[];
export const SEEDS: readonly number[] = Array.from({ length: 40 }, (_, index) =>
	index < 35 ? index : index * 7_919_993,
);

/** The tables cannot be read at run time: written out once more, and complete by its type. */
export const OTHERS: {
	readonly [From in keyof OtherSampleTypes]: readonly OtherSampleTypes[From][];
} = {
	stripe: [
		"payment_intent.succeeded",
		"payment_intent.payment_failed",
		"checkout.session.completed",
		"charge.refunded",
	],
	github: ["ping", "push", "pull_request"],
	"coinbase-commerce": ["charge:created", "charge:pending", "charge:confirmed", "charge:failed"],
	"coinbase-cdp": ["onchain.activity.detected", "wallet.activity.detected"],
	circle: ["webhooks.test", "transactions.inbound", "transactions.outbound"],
	nowpayments: ["waiting", "confirming", "partially_paid", "finished", "failed"],
	btcpay: [
		"InvoiceCreated",
		"InvoiceReceivedPayment",
		"InvoiceProcessing",
		"InvoiceSettled",
		"InvoiceExpired",
	],
	alchemy: ["ADDRESS_ACTIVITY", "MINED_TRANSACTION", "DROPPED_TRANSACTION"],
	moralis: ["native-transfer", "erc20-transfer"],
	"fireblocks-v2": ["transaction.created", "transaction.status.updated"],
};

export const sampleOf = sampleEvent as unknown as (
	type: string,
	options: { readonly sender?: string; readonly chain?: string; readonly seed?: number },
) => SampleBody;

export const FILE: URL = new URL("../vectors/samples.json", import.meta.url);

/** Of each type, and each chain, a sample to read, and the digest of those of all seeds. */
export function samples(): string {
	const all: { [name: string]: { sample: SampleBody; sha256: string } } = {};
	const add = (type: string, options: { readonly sender?: string; readonly chain?: string }) => {
		const hash = createHash("sha256");
		for (const seed of SEEDS) hash.update(JSON.stringify(sampleOf(type, { ...options, seed })));
		const name = [...Object.values(options), type].join(" ");
		all[name] = { sample: sampleOf(type, options), sha256: hash.digest("hex") };
	};
	for (const type of TYPES) add(type, {});
	for (const chain of CHAINS) {
		for (const type of ["deposit.confirmed", "withdrawal.completed", "transaction.replaced"])
			add(type, { chain });
	}
	for (const [sender, types] of Object.entries(OTHERS)) {
		for (const type of types) add(type, { sender });
	}
	return `${JSON.stringify(all, null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(FILE, samples());
