export {
	ConfigError,
	type ConfigErrorCode,
	CoreError,
	type CoreErrorCode,
} from "../core/errors.js";
export type * from "../receiver/telemetry.js";
export type * from "../stores/store.js";
export { safeVerifyDappCallback, verifyDappCallback } from "./callback.js";
export { DappRejectedError } from "./errors.js";
export {
	type DappContext,
	type DappHandler,
	type DappHandlerOptions,
	toDappHandler,
} from "./handler.js";
export {
	recoverSigner,
	safeRecoverSigner,
	safeVerifySignedMessage,
	verifySignedMessage,
} from "./message.js";
export { createDappRequest } from "./request.js";
export type * from "./types.js";
