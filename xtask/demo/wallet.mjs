// A wallet with a key of its own, as it answers a dapp's links. Its account is on Solana, whose
// signatures Node can make by itself.
import { generateKeyPairSync, sign } from "node:crypto";

const digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** @typedef {{ action: string, actionId: string, message?: string }} Link What stands in a link. */

export class Wallet {
	#keys = generateKeyPairSync("ed25519");

	/** The account: the public key, behind the 12 bytes that say what it is. */
	address = base58(this.#keys.publicKey.export({ format: "der", type: "spki" }).subarray(12));

	/**
	 * What it posts once its owner has agreed.
	 *
	 * @param {Link} link
	 */
	agree({ action, actionId, message = "" }) {
		const signature = base58(sign(null, Buffer.from(message), this.#keys.privateKey));
		const said = { ref: "TokenPocket", publickey: "", permissions: {}, result: 1 };
		return { ...said, action, actionId, wallet: this.address, sign: signature };
	}
}

/**
 * Reads a link as a wallet does.
 *
 * @param {string} uri
 * @returns {Link}
 */
export function readLink(uri) {
	return JSON.parse(new URL(uri).searchParams.get("param") ?? "");
}

/** @param {Buffer} bytes */
function base58(bytes) {
	let number = BigInt(`0x${bytes.toString("hex")}`);
	let text = "";
	for (; number > 0n; number /= 58n) {
		text = `${digits[Number(number % 58n)]}${text}`;
	}
	const zeros = bytes.findIndex((byte) => byte !== 0);
	return `${"1".repeat(zeros)}${text}`;
}
