/** The senders of the list. */
import type { SenderName } from "../generated/model.js";
import { descriptors } from "../generated/senders.js";
import type { SenderDescriptor } from "./descriptor.js";

/** Whether it is the name of a sender of the list. */
export function isKnown(name: string): name is SenderName {
	return Object.hasOwn(descriptors, name);
}

/** The names of the list. */
export function knownNames(): SenderName[] {
	return Object.keys(descriptors) as SenderName[];
}

/** The descriptor of a sender of the list. */
export function knownDescriptor(name: SenderName): SenderDescriptor {
	return { name, ...JSON.parse(descriptors[name]) };
}
