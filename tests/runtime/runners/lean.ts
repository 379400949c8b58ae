/** A program that neither explains nor has a sender that needs the full module. */
export { createVerifier, generateSecret } from "wallet-callback";
