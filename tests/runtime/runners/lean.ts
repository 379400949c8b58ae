/** A program that neither signs nor explains, nor has a sender that needs the full module. */
export { createVerifier } from "wallet-callback";
