/** Verifies what has been read, and asks for its key if nobody knows it yet. */

import type { CallbackInput, Verifier, VerifyResult } from "wallet-callback";
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
	/** The ids of such keys, the one that was asked for last at the end. */
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
		const verified = this.#verifier.safeVerify(callback);
		if (verified.ok || verified.code !== "unknown_key" || verified.keyId === undefined) {
			return verified;
		}
		return this.#verifier.settings.findsKeys ? this.#ask(callback, verified.keyId) : verified;
	}

	async #ask(callback: CallbackInput, keyId: string): Promise<VerifyResult<Event> | undefined> {
		const room = this.#proven.has(keyId) ? "proven" : "others";
		const asked = () => this.#verifier.safeVerifyAsync(callback);
		const verified = await this.#rooms.wait(room, asked);
		if (verified?.ok) this.#prove(keyId);
		return verified;
	}

	#prove(keyId: string): void {
		this.#proven.delete(keyId);
		this.#proven.add(keyId);
		const [oldest] = this.#proven;
		if (this.#proven.size > MAX_PROVEN && oldest !== undefined) this.#proven.delete(oldest);
	}
}
