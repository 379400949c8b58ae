/** Keys in the shapes in which users hand them over, and those that are found by their ids. */

import { ConfigError } from "../core/errors.js";
import { toBytes } from "./request.js";
import type { KeyFinder, KeyInput, KeyMaterial, KeySet, VerifierOptions } from "./types.js";

/** The most keys that are found and kept: as many as a verifier may have. */
const MAX_FOUND_KEYS = 16;

/** How long a found key is used before it is asked for again: it may have been revoked. */
const FOUND_KEY_MS = 300_000;

/** A key as the core takes it: text, bytes in hex, or something that it refuses. */
interface CoreKey {
	readonly id?: string | undefined;
	readonly text?: unknown;
	readonly hex?: string;
}

interface FoundKey {
	readonly key: CoreKey;
	readonly at: number;
}

/** The keys of one verifier. */
export class KeyRing {
	readonly #given: readonly CoreKey[];
	readonly #set: KeySet | undefined;
	readonly #find: KeyFinder | undefined;
	#found: readonly FoundKey[] = [];

	constructor(keys: VerifierOptions["keys"]) {
		this.#find = typeof keys === "function" ? keys : undefined;
		this.#set = isKeySet(keys) ? keys : undefined;
		const given = this.#find === undefined && this.#set === undefined;
		const list = Array.isArray(keys) ? keys : [keys];
		this.#given = given ? list.map(toNamedKey) : [];
	}

	/** The options by which the core learns of the keys. */
	get options(): object {
		if (this.#set !== undefined) return { jwks: this.#set };
		if (this.#find === undefined) return { keys: this.#given };
		return { findsKeys: true, keys: this.#found.map(({ key }) => key) };
	}

	/** Drops keys that were found too long ago, and says whether there were any. */
	expire(now: number): boolean {
		const fresh = this.#found.filter(({ at }) => Math.abs(now - at) < FOUND_KEY_MS);
		const changed = fresh.length < this.#found.length;
		if (changed) this.#found = fresh;
		return changed;
	}

	/** Asks for the key of an id, and says whether there is one now. */
	async find(id: string, now: number): Promise<boolean> {
		const found = await this.#find?.(id);
		if (found === undefined || found === null) return false;
		const key = { ...toNamedKey(found, 0), id };
		const others = this.#found.filter((other) => other.key.id !== id);
		this.#found = [...others, { key, at: now }].slice(-MAX_FOUND_KEYS);
		return true;
	}

	/** Drops the key of an id. */
	drop(id: string): void {
		this.#found = this.#found.filter((other) => other.key.id !== id);
	}
}

function isKeySet(keys: unknown): keys is KeySet {
	return typeof keys === "object" && keys !== null && "keys" in keys && Array.isArray(keys.keys);
}

function toNamedKey(input: KeyInput, index: number): CoreKey {
	const named = typeof input === "object" && input !== null && "key" in input;
	if (!named) return toKey(input);
	const unknown = Object.keys(input).find((name) => name !== "id" && name !== "key");
	if (unknown !== undefined) {
		throw new ConfigError("invalid_key", `keys[${index}]: expected id and key, got "${unknown}"`);
	}
	if (input.id !== undefined && typeof input.id !== "string") {
		throw new ConfigError(
			"invalid_key",
			`keys[${index}].id: expected a string, got ${typeof input.id}`,
		);
	}
	const { id, key } = input as { readonly id?: string; readonly key: KeyMaterial };
	return id === undefined ? toKey(key) : { ...toKey(key), id };
}

/** A key without its name. A JSON Web Key crosses as text, with its own id where it has one. */
export function toKey(key: KeyMaterial): CoreKey {
	const bytes = toBytes(key);
	if (bytes !== undefined) {
		return { hex: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
	}
	if (typeof key === "object" && key !== null && "kty" in key) {
		const id = typeof key.kid === "string" ? key.kid : undefined;
		return { id, text: JSON.stringify(key) };
	}
	return { text: key ?? undefined };
}
