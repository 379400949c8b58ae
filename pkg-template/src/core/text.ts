/**
 * UTF-8 in both directions. Jest's jsdom environment has neither TextEncoder nor TextDecoder, so
 * plain ones stand in for them there.
 */

interface Encoder {
	encodeInto(text: string, target: Uint8Array): { read: number; written: number };
}

interface Decoder {
	decode(bytes?: Uint8Array): string;
}

class PlainEncoder implements Encoder {
	encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
		let written = 0;
		for (const character of text) {
			for (const byte of utf8(character.codePointAt(0) ?? 0)) target[written++] = byte;
		}
		return { read: text.length, written };
	}
}

/** The bytes of a code point; of half a surrogate pair, those of U+FFFD, as TextEncoder does. */
function utf8(point: number): number[] {
	const tail = (shift: number) => 0x80 | ((point >> shift) & 0x3f);
	if (point < 0x80) return [point];
	if (point < 0x800) return [0xc0 | (point >> 6), tail(0)];
	if (point >= 0xd800 && point < 0xe000) return [0xef, 0xbf, 0xbd];
	if (point < 0x10000) return [0xe0 | (point >> 12), tail(6), tail(0)];
	return [0xf0 | (point >> 18), tail(12), tail(6), tail(0)];
}

/** Decodes what the core wrote, which is always well-formed. */
class PlainDecoder implements Decoder {
	decode(bytes: Uint8Array = new Uint8Array()): string {
		let text = "";
		for (let at = 0; at < bytes.length; ) {
			const first = bytes[at++] ?? 0;
			const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
			let point = more === 0 ? first : first & (0x3f >> more);
			for (const end = at + more; at < end; at++) point = (point << 6) | ((bytes[at] ?? 0) & 0x3f);
			text += String.fromCodePoint(point);
		}
		return text;
	}
}

export const TextEncoder: new () => Encoder = globalThis.TextEncoder ?? PlainEncoder;
export const TextDecoder: new (label?: string, options?: TextDecoderOptions) => Decoder =
	globalThis.TextDecoder ?? PlainDecoder;
