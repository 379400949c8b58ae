/** The tolerance, in both directions and at its edges. */
import type { VerifyCase } from "../model.ts";
import { accepts, NOW, refuses, STRANGER } from "./build.ts";

const at = (seconds: number, toleranceSeconds?: number) => ({
	setup: {
		now: (NOW + seconds) * 1000,
		...(toleranceSeconds === undefined ? {} : { toleranceSeconds }),
	},
});

const YEAR = 365 * 86_400;
const header = { header: "webhook-timestamp" };

export const freshness: readonly VerifyCase[] = [
	accepts("300 s old, by default", at(300)),
	refuses("301 s old, by default", "timestamp_too_old", at(301), header),
	accepts("300 s ahead, by default", at(-300)),
	refuses("301 s ahead, by default", "timestamp_too_new", at(-301), header),
	...[1, 2, 600, 86_400].flatMap((tolerance) => [
		accepts(`${tolerance} s old, tolerance ${tolerance}`, at(tolerance, tolerance)),
		refuses(
			`${tolerance + 1} s old, tolerance ${tolerance}`,
			"timestamp_too_old",
			at(tolerance + 1, tolerance),
			header,
		),
		accepts(`${tolerance} s ahead, tolerance ${tolerance}`, at(-tolerance, tolerance)),
		refuses(
			`${tolerance + 1} s ahead, tolerance ${tolerance}`,
			"timestamp_too_new",
			at(-tolerance - 1, tolerance),
			header,
		),
	]),
	refuses("a year old", "timestamp_too_old", at(YEAR), header),
	refuses("a year ahead", "timestamp_too_new", at(-YEAR), header),
	refuses("genuine, from 1970", "timestamp_too_old", { timestamp: "0" }, header),
	refuses(
		"genuine, milliseconds for seconds",
		"timestamp_too_new",
		{ timestamp: NOW * 1000 },
		header,
	),
	refuses("genuine, 2^53", "timestamp_too_new", { timestamp: "9007199254740992" }, header),
	refuses("genuine, i64::MAX", "timestamp_too_new", { timestamp: "9223372036854775807" }, header),
	refuses(
		"genuine, i64::MAX + 1",
		"timestamp_too_new",
		{ timestamp: "9223372036854775808" },
		header,
	),
	refuses("genuine, u64::MAX", "timestamp_too_new", { timestamp: "18446744073709551615" }, header),
	refuses("forged and stale is forged", "signature_mismatch", {
		...at(YEAR),
		signedBy: [STRANGER],
	}),
	refuses("stale and malformed is stale", "timestamp_too_old", { ...at(YEAR), body: "{" }, header),
	refuses("stale, thrown", "timestamp_too_old", { ...at(301), call: "verify" }, header),
];
