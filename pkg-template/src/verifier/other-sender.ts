import type { SenderName } from "../generated/model.js";
import { knownDescriptor, knownNames } from "./known-senders.js";

/** The senders by the header that holds their signature, once that is asked for. */
let senders: Map<string, SenderName[]> | undefined;

/**
 * What the headers of a callback say of its sender if they are another sender's: for the log of the
 * one who has configured the wrong one. `own` are the headers of the sender that was expected.
 */
export function otherSender(
	headers: readonly string[],
	own: readonly string[],
): string | undefined {
	senders ??= bySignature();
	for (const header of headers) {
		const names = own.includes(header) ? undefined : senders.get(header);
		if (names === undefined) continue;
		const choice = names.map((name) => `"${name}"`).join(" or ");
		return `this request has ${header}: sender: ${choice}?`;
	}
	return undefined;
}

function bySignature(): Map<string, SenderName[]> {
	const found = new Map<string, SenderName[]>();
	for (const name of knownNames()) {
		const { headers = [] } = knownDescriptor(name);
		for (const { signature } of [headers].flat()) {
			const names = found.get(signature) ?? [];
			if (!names.includes(name)) names.push(name);
			found.set(signature, names);
		}
	}
	return found;
}
