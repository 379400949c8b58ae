import { withCore } from "../core/core.js";
import type { SenderName } from "../generated/model.js";
import { about, descriptors } from "../generated/senders.js";
import type { SenderDescriptor } from "./descriptor.js";
import type { Delivery, SenderInfo } from "./types.js";

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
	acknowledgement,
	probes = [],
	decisions = [],
	clientErrorsAreFinal = false,
	signedOnGet,
}: Partial<SenderDescriptor>): Delivery {
	return {
		acknowledgement: acknowledgement && { ...acknowledgement },
		probes: [...probes],
		deliversByGet: signedOnGet !== undefined,
		decisions: [...decisions],
		clientErrorsAreFinal,
	};
}

/**
 * The descriptor of a known sender, by its name, or the user's own, as it is.
 *
 * @throws {ConfigError} for a name that is not in the table.
 */
export function toDescriptor(
	sender: SenderName | SenderDescriptor = "tp-wallet",
): SenderDescriptor {
	if (typeof sender !== "string") return sender;
	if (!Object.hasOwn(descriptors, sender)) {
		const names = Object.keys(descriptors).join(" ");
		return withCore((core) => core.ask((wasm) => wasm.refuseSender(sender, names)));
	}
	return { name: sender, ...descriptors[sender] };
}
