/** Amounts against the arithmetic of BigInt. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../random.ts";
import { wallet } from "./package.ts";

const { formatAmount, toBaseUnits, ConfigError } = wallet;
const LARGEST = 2n ** 256n - 1n;

/** The amount in whole tokens: the quotient, and the remainder without the zeros at its end. */
function reference(value: bigint, decimals: number): string {
	const one = 10n ** BigInt(decimals);
	const fraction = `${value % one}`.padStart(decimals, "0").replace(/0+$/, "");
	return fraction === "" ? `${value / one}` : `${value / one}.${fraction}`;
}

function assertExact(value: bigint, decimals: number): void {
	const decimal = formatAmount({ value: `${value}`, decimals });
	assert.equal(decimal, reference(value, decimals), `${value} with ${decimals} decimals`);
	assert.equal(toBaseUnits(decimal, decimals), `${value}`, `${decimal} with ${decimals} decimals`);
}

test("20,000 random amounts, in both directions", () => {
	const random = new Random(1);
	for (let round = 0; round < 20_000; round += 1) {
		// Amounts in use end in zeros.
		const zeros = random.chance(0.5) ? 10n ** BigInt(random.below(30)) : 1n;
		const value = random.bigint(random.between(0, 256));
		assertExact(value - (value % zeros), random.between(0, 36));
	}
});

test("the edges, with every number of decimals", () => {
	for (let decimals = 0; decimals <= 36; decimals += 1) {
		const one = 10n ** BigInt(decimals);
		for (const value of [0n, 1n, 9n, 10n, one - 1n, one, one + 1n, LARGEST - 1n, LARGEST]) {
			assertExact(value, decimals);
		}
	}
});

test("decimals that are written in another way", () => {
	for (const [decimal, decimals, value] of [
		["0.0", 0, "0"],
		["0.000", 2, "0"],
		["1.0", 0, "1"],
		["1.50", 1, "15"],
		["1.5000000000", 6, "1500000"],
		["0.000001", 6, "1"],
		["0.00100", 3, "1"],
		["100", 2, "10000"],
		[`1.${"0".repeat(1000)}`, 6, "1000000"],
	] as const) {
		assert.equal(toBaseUnits(decimal, decimals), value, `${decimal} with ${decimals} decimals`);
	}
});

function assertRefused(act: () => unknown, named: string): void {
	assert.throws(act, (error) => {
		assert.ok(error instanceof ConfigError, String(error));
		assert.equal(error.code, "invalid_option");
		assert.ok(error.message.startsWith(`${named}: expected `), error.message);
		return true;
	});
}

test("what is no number of decimals is refused", () => {
	const wrong = [-1, 37, 1.5, 1e21, Number.NaN, Infinity, "6", 6n, null, undefined, [6], {}];
	for (const decimals of wrong as number[]) {
		assertRefused(() => formatAmount({ value: "1", decimals }), "decimals");
		assertRefused(() => toBaseUnits("1", decimals), "decimals");
	}
});

test("what is no whole number of base units is refused", () => {
	const wrong = [
		...["", " ", "-1", "+1", "-0", "01", "00", "1e3", "1.0", "1.", ".1", "0x10", "1_000", "1,000"],
		...[" 1", "1 ", "1\n", "1\0", "٣", "１", "NaN", "Infinity", "1n"],
		...[`${LARGEST + 1n}`, `${LARGEST}0`, "9".repeat(10_000)],
		...[1, 1n, null, undefined, true, ["1"], { value: "1" }],
	];
	for (const value of wrong as string[]) {
		assertRefused(() => formatAmount({ value, decimals: 6 }), "value");
	}
});

test("what is no decimal is refused", () => {
	const wrong = [
		...["", " ", ".", "-1", "+1", "-0.0", "01", "00.5", "1e3", "1.5e3", "1.", ".5", "1.2.3"],
		...["0x10", "1_000", "1,5", " 1", "1 ", "1\n", "1.5\0", "٣", "１", "NaN", "Infinity"],
		...["1.1234567", "0.0000001", `1.${"0".repeat(1000)}1`],
		...[reference(LARGEST + 1n, 6), `${LARGEST}`, "9".repeat(10_000)],
		...[1, 1.5, 1n, null, undefined, true, ["1"], {}],
	];
	for (const decimal of wrong as string[]) {
		assertRefused(() => toBaseUnits(decimal, 6), "decimal");
	}
});

test("what is no Unicode is refused", () => {
	const refused = { name: "ConfigError", code: "invalid_option" };
	assert.throws(() => formatAmount({ value: "1\ud800", decimals: 6 }), refused);
	assert.throws(() => toBaseUnits("1\ud800", 6), refused);
});
