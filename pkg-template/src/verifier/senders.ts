import { withCore } from "../core/core.js";
import { ConfigError } from "../core/errors.js";
import { EVENT_TYPES, type SenderName } from "../generated/model.js";
import { about, descriptors } from "../generated/senders.js";
import type { DescriptorPlace, SenderDescriptor } from "./descriptor.js";
import type { Delivery, Place, SenderInfo } from "./types.js";

/**
 * Lists the senders whose callbacks can be verified.
 *
 * @example
 * ```ts
 * console.table(senders());
 * ```
 */
export function senders(): SenderInfo[] {
	return Object.entries(about).map(([name, info]) => ({
		name: name as SenderName,
		...info,
		headers: [...info.headers],
		signs: { ...info.signs },
		requires: [...info.requires],
		...deliveryOf({ ...descriptors[name as SenderName] }),
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
	sender: SenderName | SenderDescriptor = "tp-wallet",
): SenderDescriptor {
	if (typeof sender !== "string") {
		refuseNameAlone(sender);
		return sender;
	}
	if (!Object.hasOwn(descriptors, sender)) {
		const names = Object.keys(descriptors).join(" ");
		return withCore((core) => core.ask((wasm) => wasm.refuseSender(sender, names)));
	}
	return { name: sender, ...descriptors[sender] };
}

/** Refuses `{ name: "stripe" }`: a descriptor brings its own rules, and a name alone is text. */
function refuseNameAlone(sender: SenderDescriptor): void {
	const name = sender?.name;
	if (typeof name !== "string" || !Object.hasOwn(descriptors, name) || "algorithm" in sender)
		return;
	throw new ConfigError(
		"invalid_sender",
		`sender.algorithm: expected a value, got nothing (for the sender of the list pass its name: sender: "${name}")`,
	);
}
