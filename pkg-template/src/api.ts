export {
	CallbackRejectedError,
	ConfigError,
	type ConfigErrorCode,
	CoreError,
	type CoreErrorCode,
} from "./core/errors.js";
export type * from "./generated/model.js";
export { EVENT_TYPES } from "./generated/model.js";
export { formatAmount, toBaseUnits } from "./verifier/amount.js";
export type * from "./verifier/descriptor.js";
export { bodyHash } from "./verifier/digest.js";
export type { EventOf, TypedEvent } from "./verifier/events.js";
export type { Cause, Detect, Explain, ExplainOptions, Explanation } from "./verifier/explain.js";
export { senders } from "./verifier/senders.js";
export type { GenerateKeyPair, GenerateSecret, Sign } from "./verifier/sign.js";
export type * from "./verifier/standard-schema.js";
export {
	type Admitted,
	type Arrival,
	createTransport,
	type Transport,
	type TransportOptions,
} from "./verifier/transport.js";
export type * from "./verifier/types.js";
export { createVerifier } from "./verifier/verify.js";
