/** Why PayPal is not in the table: its signature fits other bodies, which anybody can write. */
import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { full } from "./package.ts";

interface Sample {
	readonly source: string;
	readonly key: string;
	readonly webhookId: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

const samples: readonly Sample[] = JSON.parse(readFileSync("tests/vectors/paypal.json", "utf8"));

/** As PayPal's documents have it: the signature is over ids, a time, and a checksum of the body. */
function isGenuine({ key, webhookId, headers }: Sample, body: string): boolean {
	const id = headers["paypal-transmission-id"];
	const time = headers["paypal-transmission-time"];
	const signed = [id, time, webhookId, crc32(Buffer.from(body))].join("|");
	const signature = Buffer.from(headers["paypal-transmission-sig"] ?? "", "base64");
	return verify("sha256", Buffer.from(signed), createPublicKey(key), signature);
}

/** CRC-32 of IEEE 802.3. */
function crc32(bytes: Uint8Array): number {
	let crc = -1;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}

/**
 * A text with this checksum: `before`, digits of 0 and 1, `behind`. Each digit that is 1 changes the
 * checksum by the same bits whatever the others are, so that it is a system of 32 linear equations.
 */
function withChecksum(checksum: number, before: string, behind: string): string {
	const DIGITS = 64;
	const write = (digits: readonly number[]) => `${before}${digits.join("")}${behind}`;
	const zeros = Array.from({ length: DIGITS }, () => 0);
	const base = crc32(Buffer.from(write(zeros)));
	/** For each bit, what changes it and no bit that has a row already; and by which digits. */
	const rows: { bits: number; digits: bigint }[] = [];
	const reduce = (bits: number, digits: bigint) => {
		for (const row of rows) {
			if ((bits ^ row.bits) >>> 0 < bits >>> 0) {
				bits = (bits ^ row.bits) >>> 0;
				digits ^= row.digits;
			}
		}
		return { bits, digits };
	};
	for (const index of zeros.keys()) {
		const one = zeros.with(index, 1);
		const row = reduce((crc32(Buffer.from(write(one))) ^ base) >>> 0, 1n << BigInt(index));
		if (row.bits !== 0) rows.push(row);
		rows.sort((a, b) => b.bits - a.bits);
	}
	const { bits, digits } = reduce((checksum ^ base) >>> 0, 0n);
	assert.equal(bits, 0, "64 digits reach every checksum");
	return write(zeros.map((_, index) => Number((digits >> BigInt(index)) & 1n)));
}

for (const sample of samples) {
	test(`a forged body of PayPal's under a genuine signature: ${sample.source}`, () => {
		assert.ok(isGenuine(sample, sample.body), "the sample itself");
		assert.ok(!isGenuine(sample, sample.body.replace("PAYMENT", "PAYOUT")));
		const paid = JSON.parse(sample.body);
		paid.resource.amount.total = "1000000.00";
		const text = JSON.stringify(paid).slice(0, -1);
		const forged = withChecksum(crc32(Buffer.from(sample.body)), `${text},"note":"`, '"}');
		assert.equal(JSON.parse(forged).resource.amount.total, "1000000.00");
		assert.ok(isGenuine(sample, forged));
	});
}

test("PayPal and Cryptomus are not in the table", () => {
	const names: readonly string[] = full.senders().map(({ name }) => name);
	for (const name of ["paypal", "cryptomus"]) {
		assert.ok(!names.includes(name));
		const sender = name as "stripe";
		assert.throws(() => full.createVerifier({ sender, keys: "k".repeat(32) }), {
			code: "unknown_sender",
		});
	}
});
