//! Codings that texts go through by mistake.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// What windows-1252, which the web calls Latin-1, has at 0x80 to 0x9f (WHATWG Encoding, index
/// windows-1252).
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The bytes of a text in Latin-1 or, if `windows` is set, in windows-1252.
pub(super) fn to_latin1(text: &str, windows: bool) -> Option<Vec<u8>> {
    let byte = |character: char| {
        let place = WINDOWS_1252.iter().position(|other| *other == character);
        match place.filter(|_| windows) {
            Some(place) => u8::try_from(place).ok()?.checked_add(0x80),
            None => u8::try_from(character).ok(),
        }
    };
    text.chars().map(byte).collect()
}

/// The text of bytes in Latin-1 or, if `windows` is set, in windows-1252.
pub(super) fn from_latin1(bytes: &[u8], windows: bool) -> String {
    let character = |byte: &u8| match byte {
        0x80..=0x9f if windows => {
            let place = usize::from(byte.wrapping_sub(0x80));
            WINDOWS_1252.get(place).copied().unwrap_or_default()
        }
        _ => char::from(*byte),
    };
    bytes.iter().map(character).collect()
}

/// Decodes base64 of either alphabet, with padding or without.
pub(super) fn base64_decode(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        _ => *byte,
    };
    let digits = text.split(|byte| *byte == b'=').next()?;
    let padding = text.get(digits.len()..)?;
    if padding.len() > 2 || padding.iter().any(|byte| *byte != b'=') {
        return None;
    }
    let text: Vec<_> = digits.iter().map(digit).collect();
    let mut buffer = vec![0; text.len()];
    let decoded = <base64ct::Base64Unpadded as base64ct::Encoding>::decode(text, &mut buffer);
    decoded.ok().map(<[u8]>::to_vec)
}

/// Quotation marks of one kind around a text are taken off.
pub(super) fn unquote(text: &[u8]) -> Option<&[u8]> {
    match text {
        [first @ (b'"' | b'\'' | b'`'), inner @ .., last] if first == last => Some(inner),
        _ => None,
    }
}

/// Replaces a sequence of bytes.
pub(super) fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((byte, behind)) = rest.split_first() {
        match rest.strip_prefix(from) {
            Some(stripped) => {
                out.extend_from_slice(to);
                rest = stripped;
            }
            None => {
                out.push(*byte);
                rest = behind;
            }
        }
    }
    out
}
