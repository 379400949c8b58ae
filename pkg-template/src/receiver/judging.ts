/** Verifies what has been read, and asks for its key if nobody knows it yet. */

import type { CallbackInput, Verifier, VerifyResult } from "wallet-callback";
import { CoreVerifier } from "../verifier/verify.js";
import { Rooms } from "./rooms.js";

/** How many ids are remembered whose keys have signed something: as many as a verifier keeps keys. */
const MAX_PROVEN = 16;

/**
 * The verdict on callbacks. Anybody can invent ids of keys: what waits for their keys takes no room from
 * callbacks that are read, nor from those whose key has signed something before.
 */
export class Judging<Event> {
	readonly #verifier: Verifier<Event>;
	readonly #rooms: Rooms;
	/** The ids of such keys, the one that was used last at the end. */
	readonly #proven = new Set<string>();

	/** @param most How many may wait for such keys, and how many for others. */
	constructor(verifier: Verifier<Event>, most: number) {
		this.#verifier = verifier;
		this.#rooms = new Rooms(most);
	}

	/**
	 * The verdict, or undefined if too many others wait for a key.
	 *
	 * @throws what the verifier throws.
	 */
	judge(callback: CallbackInput): VerifyResult<Event> | Promise<VerifyResult<Event> | undefined> {
		const verifier = this.#verifier;
		if (!verifier.settings.findsKeys) return verifier.safeVerify(callback);
		const asked = () => verifier.safeVerifyAsync(callback);
		// One of the program's own may check more there.
		if (!(verifier instanceof CoreVerifier)) return this.#rooms.wait("all", asked);
		const verified = verifier.safeVerify(callback);
		if (verified.ok) this.#prove(verified.key.id);
		if (verified.ok || verified.code !== "unknown_key") return verified;
		const { keyId = "" } = verified;
		const room = this.#proven.has(keyId) ? "proven" : "others";
		return this.#rooms.wait(room, async () => {
			const found = await asked();
			if (found.ok) this.#prove(keyId);
			return found;
		});
	}

	#prove(keyId: string | undefined): void {
		if (keyId === undefined) return;
		this.#proven.delete(keyId);
		this.#proven.add(keyId);
		const [oldest] = this.#proven;
		if (this.#proven.size > MAX_PROVEN && oldest !== undefined) this.#proven.delete(oldest);
	}
}
