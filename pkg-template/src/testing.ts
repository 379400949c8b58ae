export * from "./testing/clock.js";
export * from "./testing/request.js";
export * from "./testing/sample.js";
export type * from "./testing/types.js";
export * from "./testing/wallet.js";
