export { formatAmount, toBaseUnits } from "./amount.js";
export type * from "./descriptor.js";
export { bodyHash } from "./digest.js";
export {
	CallbackRejectedError,
	ConfigError,
	type ConfigErrorCode,
	CoreError,
	type CoreErrorCode,
} from "./errors.js";
export type { Cause, Detect, Explain, ExplainOptions, Explanation } from "./explain.js";
export type * from "./generated/model.js";
export { senders } from "./senders.js";
export { generateKeyPair, generateSecret, sign } from "./sign.js";
export {
	type Admitted,
	type Arrival,
	createTransport,
	type Transport,
	type TransportOptions,
} from "./transport.js";
export type * from "./types.js";
export { createVerifier } from "./verify.js";
