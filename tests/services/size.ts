/** How much is played: in a run of all tests, less than in one of the services alone. */

/** `cargo xtask test --services` says so. */
const IS_WHOLE = process.env.WALLET_CALLBACK_SERVICES === "alone";

/** How many there are in a run of all tests, and how many in one of the services alone. */
export function inTests(few: number, many: number): number {
	return IS_WHOLE ? many : few;
}

/** As it stands in titles and tables. */
export function grouped(number: number): string {
	return number.toLocaleString("en");
}
