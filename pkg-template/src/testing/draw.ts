/** Values that look random and are the same for the same seed. */

const HEX = "0123456789abcdef";
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LETTERS_AND_DIGITS = BASE64URL.slice(0, 62);
/** Without what looks like another. */
const CAPITALS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const ANTELOPE = "abcdefghijklmnopqrstuvwxyz12345";

export class Draw {
	#state: number;

	/** FNV-1a of the seed's text, so that seeds that are alike give nothing that is. */
	constructor(seed: string) {
		let state = 0x811c9dc5;
		for (const character of seed) {
			state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
		}
		this.#state = state;
	}

	/** SplitMix32. */
	#next(): number {
		this.#state = (this.#state + 0x9e3779b9) | 0;
		let mixed = this.#state ^ (this.#state >>> 16);
		mixed = Math.imul(mixed, 0x21f0aaad);
		mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
		return (mixed ^ (mixed >>> 15)) >>> 0;
	}

	/** A whole number from `least` to `most`. */
	integer(least: number, most: number): number {
		return least + (this.#next() % (most - least + 1));
	}

	of<Value>(values: readonly Value[]): Value {
		return values[this.integer(0, values.length - 1)] as Value;
	}

	#text(alphabet: string, length: number): string {
		return Array.from({ length }, () => alphabet[this.integer(0, alphabet.length - 1)]).join("");
	}

	hex(digits: number): string {
		return this.#text(HEX, digits);
	}

	digits(length: number): string {
		return this.#text("0123456789", length);
	}

	letters(length: number): string {
		return this.#text(LETTERS_AND_DIGITS, length);
	}

	capitals(length: number): string {
		return this.#text(CAPITALS, length);
	}

	base64Url(length: number): string {
		return this.#text(BASE64URL, length);
	}

	/** Of 32 bytes in 44 digits, or of 64 in 88: with such a first digit, neither more nor less. */
	base58(digits: 44 | 88): string {
		return this.#text(BASE58.slice(1, 4), 1) + this.#text(BASE58, digits - 1);
	}

	/** The name of an account. */
	antelope(): string {
		return this.#text(ANTELOPE, 12);
	}

	uuid(): string {
		const [start, middle, end] = [this.hex(8), this.hex(4), this.hex(12)];
		return `${start}-${middle}-4${this.hex(3)}-${this.#text("89ab", 1)}${this.hex(3)}-${end}`;
	}
}
