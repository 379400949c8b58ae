/** Where a signature stands in its text, so that a forger can put another in its place. */
import type { SenderDescriptor } from "wallet-callback";

/** A signature, and what stands around it. */
export interface SignatureText {
	readonly before: string;
	readonly value: string;
	readonly after: string;
}

/** Takes the text of a signature apart: `v1,`, its value, and whatever follows. */
export function takeApart(text: string, descriptor: SenderDescriptor): SignatureText {
	const { algorithm, signature } = descriptor;
	if (typeof algorithm === "string" || signature === undefined) {
		const before = prefixOf(descriptor);
		return { before, value: text.slice(before.length), after: "" };
	}
	const { separator = ",", assign = "=" } = signature;
	let start = 0;
	for (const entry of text.split(separator)) {
		const [label = ""] = entry.split(assign, 1);
		if (Object.hasOwn(algorithm, label)) {
			const from = start + label.length + assign.length;
			const to = start + entry.length;
			return { before: text.slice(0, from), value: text.slice(from, to), after: text.slice(to) };
		}
		start += entry.length + separator.length;
	}
	return { before: "", value: text, after: "" };
}

function prefixOf({ signature }: SenderDescriptor): string {
	return (signature !== undefined && "prefix" in signature && signature.prefix) || "";
}

/** The text with a label, or prefix, that stands for another algorithm; nothing if it has neither. */
export function relabel(text: string, descriptor: SenderDescriptor): string | undefined {
	const { before, value, after } = takeApart(text, descriptor);
	const { algorithm, signature } = descriptor;
	if (typeof algorithm === "string") {
		return prefixOf(descriptor).startsWith("sha256=") ? `sha1=${value}` : undefined;
	}
	const label = Object.keys(algorithm).find((name) =>
		before.endsWith(`${name}${signature?.assign ?? "="}`),
	);
	if (label === undefined) return undefined;
	const assign = signature?.assign ?? "=";
	return `${before.slice(0, -`${label}${assign}`.length)}v9${assign}${value}${after}`;
}

/** All ways in which the bytes of a signature are written, in lower case. */
export function spellings(value: string, encoding: "hex" | "base64" | "base64url"): string[] {
	const bytes = Buffer.from(value, encoding);
	const all = [bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")];
	return [...new Set(all.map((text) => text.toLowerCase()))];
}
