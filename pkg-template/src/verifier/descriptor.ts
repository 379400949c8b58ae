import type {
	DescriptorBase,
	DescriptorSignature,
	SignatureAlgorithm,
} from "../generated/descriptor.js";

export type {
	Acknowledgement,
	DescriptorBase,
	DescriptorPlace,
	DescriptorRule,
	DescriptorTimestamp,
	Probe,
	SignatureAlgorithm,
	SignatureHeaders,
} from "../generated/descriptor.js";

/** How a header is written that holds one signature. */
export interface SingleSignatureForm
	extends Pick<DescriptorSignature, "encoding" | "format" | "prefix"> {}

/** How a header is written that is a list of entries with labels, as `t=1714000000,v1=5d0c…`. */
export interface LabelledSignatureForm extends Omit<DescriptorSignature, "prefix"> {}

/** A sender whose signature header holds one signature. */
export interface SingleSignatureDescriptor extends DescriptorBase {
	/** What signs. */
	readonly algorithm: SignatureAlgorithm;
	/** How the signature is written. Needed, but for some of the rules. */
	readonly signature?: SingleSignatureForm | undefined;
}

/** A sender whose signature header is a list of entries with labels. */
export interface LabelledSignatureDescriptor extends DescriptorBase {
	/** What signs the entries of each label. Entries with other labels are skipped. */
	readonly algorithm: { readonly [label: string]: SignatureAlgorithm };
	/** How the signatures are written. Needed, but for some of the rules. */
	readonly signature?: LabelledSignatureForm | undefined;
}

/**
 * How a platform signs its callbacks, as plain data: the senders that are known by name are described
 * by nothing else. `wallet-callback/sender.schema.json` says the same as a JSON Schema.
 *
 * @example
 * ```ts
 * const acme: SenderDescriptor = {
 * 	name: "acme",
 * 	algorithm: { v1: "hmac-sha256" },
 * 	headers: { signature: "acme-signature" },
 * 	signature: { encoding: "hex", timestamp: "t" },
 * 	signed: "{timestamp}.{body}",
 * 	timestamp: { unit: "s" },
 * 	type: { member: "event.type" },
 * };
 * ```
 */
export type SenderDescriptor = SingleSignatureDescriptor | LabelledSignatureDescriptor;
