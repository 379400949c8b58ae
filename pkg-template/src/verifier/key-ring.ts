/** Keys in the shapes in which users hand them over, and those that are found by their ids. */

import { ConfigError } from "../core/errors.js";
import { isInherited } from "../core/names.js";
import { shown, shownName } from "../core/shown.js";
import { soon, within } from "../core/timeout.js";
import { toBytes } from "./request.js";
import type { KeyFinder, KeyInput, KeyMaterial, KeySet, Keys } from "./types.js";

/** The most keys that are found and kept: as many as a verifier may have. */
const MAX_FOUND_KEYS = 16;

/** How long a found key is used before it is asked for again: it may have been revoked. */
const FOUND_KEY_MS = 300_000;

/** How long it is used in all while it cannot be asked for. */
const STALE_KEY_MS = 2 * FOUND_KEY_MS;

/** How long asking for a key may take: as long as the fetch of a resolver can be set to. */
const ASK_MS = 60_000;

/** A key as the core takes it: text, bytes, or something that it refuses; and its id. */
type CoreKey = readonly [key: unknown, id: string | undefined];

/** A key that was asked for, and when. */
export interface FoundKey {
	readonly key: CoreKey;
	readonly at: number;
}

/** The keys of one verifier. */
export class KeyRing {
	readonly #given: readonly CoreKey[];
	/** The text of a key set: what the caller's object does when it is read is no part of a call of the core. */
	readonly #set: string | undefined;
	readonly #find: KeyFinder | undefined;
	#found: readonly FoundKey[] = [];
	/** Found too long ago: used only if asking again fails. */
	#stale: readonly FoundKey[] = [];

	constructor(keys: Keys) {
		this.#find = typeof keys === "function" ? keys : undefined;
		this.#set = isKeySet(keys) ? JSON.stringify(keys) : undefined;
		const given = this.#find === undefined && this.#set === undefined;
		const list: readonly KeyInput[] = Array.isArray(keys) ? keys : [keys];
		// Unlike map, this takes a hole for a key that is not there.
		this.#given = given ? Array.from(list, toNamedKey) : [];
	}

	/** Whether keys are found by their ids. */
	get findsKeys(): boolean {
		return this.#find !== undefined;
	}

	/** The keys as the core takes them: those of a key set as its text. */
	get keys(): string | readonly CoreKey[] {
		if (this.#set !== undefined) return this.#set;
		return this.#find === undefined ? this.#given : this.#found.map(({ key }) => key);
	}

	/** What the keys are, whatever their order and names; nothing where they are found by their ids. */
	get spelling(): string | undefined {
		if (this.#find !== undefined) return undefined;
		if (this.#set !== undefined) return this.#set;
		return JSON.stringify(this.#given.map(([key]) => `${typeof key} ${key}`).sort());
	}

	/** Sets keys aside that were found too long ago, and says whether there were any. */
	expire(now: number): boolean {
		const isWithin = (ms: number) => (key: FoundKey) => Math.abs(now - key.at) < ms;
		const fresh = this.#found.filter(isWithin(FOUND_KEY_MS));
		if (fresh.length === this.#found.length) return false;
		const old = this.#found.filter((key) => !fresh.includes(key));
		this.#stale = [...this.#stale, ...old].filter(isWithin(STALE_KEY_MS)).slice(-MAX_FOUND_KEYS);
		this.#found = fresh;
		return true;
	}

	/**
	 * Asks for the key of an id: the one that was found before, if asking fails and it is not too old.
	 * It is not kept yet: others that are found at the same time could push it out before it is used.
	 */
	async find(id: string, now: number): Promise<FoundKey | undefined> {
		if (this.#find === undefined || isInherited(id)) return undefined;
		const isOther = (other: FoundKey) => other.key[1] !== id;
		let found: Awaited<ReturnType<KeyFinder>>;
		try {
			found = await within(ASK_MS, "the key of an id", Promise.resolve(this.#find(id)), soon);
		} catch (error) {
			const stale = this.#stale.find((other) => !isOther(other));
			if (stale === undefined || Math.abs(now - stale.at) >= STALE_KEY_MS) throw error;
			return stale;
		}
		this.#stale = this.#stale.filter(isOther);
		if (found === undefined || found === null) return undefined;
		const [material] = toNamedKey(found, 0);
		return { key: [material, id], at: now };
	}

	/** Keeps a key, the last {@link MAX_FOUND_KEYS} of them. */
	keep(key: FoundKey): void {
		const others = this.#found.filter((other) => other.key[1] !== key.key[1]);
		this.#found = [...others, key].slice(-MAX_FOUND_KEYS);
	}

	/** Drops the key of an id. */
	drop(id: string): void {
		this.#found = this.#found.filter((other) => other.key[1] !== id);
	}
}

function isKeySet(keys: unknown): keys is KeySet {
	return typeof keys === "object" && keys !== null && "keys" in keys && Array.isArray(keys.keys);
}

function toNamedKey(input: KeyInput | undefined, index: number): CoreKey {
	const named = typeof input === "object" && input !== null && "key" in input;
	if (!named) {
		refuseObject(input, index);
		return toKey(input);
	}
	const unknown = Object.keys(input).find((name) => name !== "id" && name !== "key");
	if (unknown !== undefined) {
		const member = shownName(unknown);
		throw new ConfigError(
			"invalid_key",
			`keys[${index}]: unknown member ${member} beside key (known: id, key)`,
		);
	}
	if (input.id !== undefined && typeof input.id !== "string") {
		throw new ConfigError(
			"invalid_key",
			`keys[${index}].id: expected a string, got ${shown(input.id)}`,
		);
	}
	const { id, key } = input as { readonly id?: string; readonly key: KeyMaterial | undefined };
	const [material, own] = toKey(key);
	return [material, id ?? own];
}

/** Refuses an object that is no key, by what is in it: `{ id, secret }`. */
function refuseObject(input: unknown, index: number): void {
	if (typeof input !== "object" || input === null) return;
	if ("kty" in input || toBytes(input) !== undefined) return;
	const members = Object.keys(input).map(shownName).join(", ");
	const got = Array.isArray(input) ? "an array" : `an object of ${members || "nothing"}`;
	throw new ConfigError(
		"invalid_key",
		`keys[${index}]: expected a string, a Uint8Array, a JSON Web Key or { id, key }, got ${got}`,
	);
}

/** A key without its name. A JSON Web Key crosses as text, with its own id where it has one. */
export function toKey(key: KeyMaterial | undefined): CoreKey {
	const bytes = toBytes(key);
	if (bytes !== undefined) return [bytes, undefined];
	if (typeof key === "object" && key !== null && "kty" in key) {
		return [JSON.stringify(key), typeof key.kid === "string" ? key.kid : undefined];
	}
	return [key ?? undefined, undefined];
}
