/** A program that neither signs nor explains, nor has a sender that needs the full module. */
export { bodyHash, createTransport, createVerifier, senders } from "wallet-callback";
