//! Strings as `JSON.stringify` writes them.

use alloc::string::String;

/// What stands around a string. As a text, since a character is encoded before it is appended.
pub(super) const QUOTE: &str = "\"";

/// Appends `text` as `JSON.stringify` writes it: every other character stands for itself.
pub(crate) fn write_string(out: &mut String, text: &str) {
    let special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    out.reserve(text.len().saturating_add(2));
    out.push_str(QUOTE);
    let mut rest = text;
    while let Some(at) = rest.as_bytes().iter().position(special) {
        let (plain, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let mut characters = behind.chars();
        if let Some(character) = characters.next() {
            write_escape(out, character);
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push_str(QUOTE);
}

pub(super) fn write_escape(out: &mut String, character: char) {
    let short = match character {
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\0'..='\x1f' => {
            out.push_str("\\u00");
            out.push_str(&hex::encode(character.encode_utf8(&mut [0])));
            return;
        }
        literal => literal,
    };
    out.push('\\');
    out.push(short);
}
