import { ConfigError } from "../core/errors.js";
import { withCore } from "../core/runner.js";
import { EVENT_TYPES, type SenderName } from "../generated/model.js";
import { about } from "../generated/senders.js";
import type { DescriptorPlace, SenderDescriptor } from "./descriptor.js";
import { isKnown, knownDescriptor, knownNames } from "./known-senders.js";
import type { Delivery, Place, SenderInfo } from "./types.js";

/** The sender of a verifier that is told none. */
export const DEFAULT_SENDER: SenderName = "tp-wallet";

/**
 * Lists the senders whose callbacks can be verified.
 *
 * @example
 * ```ts
 * console.table(senders());
 * ```
 */
export function senders(): SenderInfo[] {
	return knownNames().map((name) => ({
		name,
		...JSON.parse(about[name]),
		...deliveryOf(knownDescriptor(name)),
	}));
}

/** What a descriptor says of deliveries. */
export function deliveryOf({
	headers,
	id,
	type,
	types,
	payload,
	acknowledgement,
	probes = [],
	decisions = [],
	clientErrorsAreFinal = false,
	signedOnGet,
}: Partial<SenderDescriptor>): Delivery {
	const listed = payload === "wallet-event" ? EVENT_TYPES : types;
	const [set] = [headers ?? []].flat();
	const unique = set?.id === undefined ? id : { header: set.id, unique: true };
	return {
		identifiedBy: placeOf(unique?.unique ? unique : undefined),
		typedBy: placeOf(type),
		types: listed && [...listed],
		acknowledgement: acknowledgement && { ...acknowledgement },
		probes: [...probes],
		deliversByGet: signedOnGet !== undefined,
		decisions: [...decisions],
		clientErrorsAreFinal,
	};
}

function placeOf({ member, header }: DescriptorPlace = {}): Place | undefined {
	if (member !== undefined) return { member };
	return header === undefined ? undefined : { header: header.toLowerCase() };
}

/**
 * The descriptor of a known sender, by its name, or the user's own, as it is.
 *
 * @throws {ConfigError} for a name that is not in the table.
 */
export function toDescriptor(
	sender: SenderName | SenderDescriptor = DEFAULT_SENDER,
): SenderDescriptor {
	if (typeof sender !== "string") {
		refuseNameAlone(sender);
		return sender;
	}
	if (isKnown(sender)) return knownDescriptor(sender);
	return withCore((core) => core.ask((wasm) => wasm.refuseSender(sender, knownNames().join(" "))));
}

/** Refuses `{ name: "stripe" }`: a descriptor brings its own rules, and a name alone is text. */
function refuseNameAlone(sender: SenderDescriptor): void {
	const name = sender?.name;
	if (typeof name !== "string" || !isKnown(name) || "algorithm" in sender) return;
	throw new ConfigError(
		"invalid_sender",
		`sender.algorithm: expected a value, got nothing (for the sender of the list pass its name: sender: "${name}")`,
	);
}
