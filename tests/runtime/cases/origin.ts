/** The allowlist of addresses. */
import type { VerifyCase } from "../model.ts";
import { accepts, refuses, STRANGER } from "./build.ts";

const from = (ip: string | undefined, ...allowedIps: string[]) => ({
	...(ip === undefined ? {} : { ip }),
	setup: { allowedIps },
});

const RANGES = ["203.0.113.0/24", "2001:db8::/32"];

export const origin: readonly VerifyCase[] = [
	...(
		[
			["203.0.113.0", RANGES],
			["203.0.113.255", RANGES],
			["2001:db8::1", RANGES],
			["2001:DB8:ffff:ffff:ffff:ffff:ffff:ffff", RANGES],
			["2001:0db8:0000:0000:0000:0000:0000:0001", RANGES],
			["::ffff:203.0.113.7", RANGES],
			["::FFFF:203.0.113.7", RANGES],
			["::ffff:cb00:7107", RANGES],
			["203.0.113.7", ["203.0.113.7/32"]],
			["203.0.113.7", ["203.0.113.7"]],
			["2001:db8::1", ["2001:db8::1/128"]],
			["2001:db8::1", ["2001:db8::1"]],
			["198.51.100.1", ["0.0.0.0/0"]],
			["2001:db8::1", ["::/0"]],
			["10.255.255.255", ["10.0.0.0/8"]],
			["192.0.2.129", ["192.0.2.128/25"]],
			[
				"203.0.113.7",
				[
					...Array.from({ length: 500 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`),
					...RANGES,
				],
			],
		] as const
	).map(([ip, ranges]) => accepts(`${ip} is in ${describe(ranges)}`, from(ip, ...ranges))),
	...(
		[
			["203.0.112.255", RANGES],
			["203.0.114.0", RANGES],
			["2001:db9::1", RANGES],
			["::ffff:203.0.114.7", RANGES],
			["::203.0.113.7", RANGES],
			["64:ff9b::203.0.113.7", RANGES],
			["203.0.113.8", ["203.0.113.7/32"]],
			["203.0.113.8", ["203.0.113.7"]],
			["2001:db8::1", ["0.0.0.0/0"]],
			["198.51.100.1", ["::/0"]],
			["192.0.2.127", ["192.0.2.128/25"]],
			["", RANGES],
			["localhost", RANGES],
			["203.0.113.7, 10.0.0.1", RANGES],
			[" 203.0.113.7", RANGES],
			["203.0.113.07", RANGES],
			["3405803783", RANGES],
			["0xcb.0.113.7", RANGES],
			["203.0.113.7/24", RANGES],
			["203.0.113", RANGES],
			["203.0.113.256", RANGES],
			["２０３.0.113.7", RANGES],
			["203.0.113.7\0", RANGES],
		] as const
	).map(([ip, ranges]) =>
		refuses(
			`${JSON.stringify(ip)} is not in ${describe(ranges)}`,
			"ip_not_allowed",
			from(ip, ...ranges),
		),
	),
	refuses("ranges, and nobody passed an address", "ip_not_allowed", from(undefined, ...RANGES)),
	accepts("an address, and no ranges", { ip: "198.51.100.1" }),
	refuses("a strange address is told before missing headers", "ip_not_allowed", {
		...from("198.51.100.1", ...RANGES),
		headers: { "webhook-id": "absent" },
	}),
	refuses("a body that is too large is told before a strange address", "body_too_large", {
		ip: "198.51.100.1",
		setup: { allowedIps: RANGES, maxBodyBytes: 10 },
	}),
	refuses("an allowed address does not make a signature genuine", "signature_mismatch", {
		...from("203.0.113.7", ...RANGES),
		signedBy: [STRANGER],
	}),
	accepts("safeVerifyRequest takes the address from its context", {
		...from("203.0.113.7", ...RANGES),
		call: "safeVerifyRequest",
		needs: ["Request"],
	}),
	refuses("safeVerifyRequest without an address in its context", "ip_not_allowed", {
		...from(undefined, ...RANGES),
		call: "safeVerifyRequest",
		needs: ["Request"],
	}),
];

function describe(ranges: readonly string[]): string {
	return ranges.length > 2 ? `${ranges.length} ranges` : ranges.join(" or ");
}
