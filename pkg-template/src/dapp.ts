export * from "./dapp/api.js";
