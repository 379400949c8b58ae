import { toOptions } from "../core/core.js";
import { withCore } from "../core/runner.js";

/**
 * Writes an amount of base units in whole tokens, exactly. Zeros at the end of the fraction are left
 * out.
 *
 * @param amount - `value` in base units, 0 to 2^256 - 1, and `decimals`, 0 to 36.
 * @throws {ConfigError} for what is no amount.
 *
 * @example
 * ```ts
 * formatAmount({ value: "1234560000", decimals: 6 }); // "1234.56"
 * ```
 */
export function formatAmount(amount: {
	readonly value: string;
	readonly decimals: number;
}): string {
	const { value, decimals } = amount ?? {};
	const options = toOptions({ value, decimals });
	return withCore((core) => core.ask((wasm) => wasm.formatAmount(options)));
}

/**
 * Reads an amount in whole tokens and returns its base units, exactly.
 *
 * @param decimal - digits, and perhaps a point between digits; no sign, no exponent.
 * @param decimals - how many places the token has, 0 to 36.
 * @throws {ConfigError} for another form, and for more places than the token has.
 *
 * @example
 * ```ts
 * toBaseUnits("1234.56", 6); // "1234560000"
 * ```
 */
export function toBaseUnits(decimal: string, decimals: number): string {
	const options = toOptions({ decimal, decimals });
	return withCore((core) => core.ask((wasm) => wasm.toBaseUnits(options)));
}
