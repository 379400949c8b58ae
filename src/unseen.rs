//! Characters that readers do not see, and that let one text pass for another.

/// Whether it turns the direction of text
/// ([UAX #9](https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters)).
pub(crate) const fn turns(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Whether it controls a terminal, or turns the direction of text.
pub(crate) fn controls(character: char) -> bool {
    character.is_control() || turns(character)
}

/// The same for texts of which a line is shown: whether it breaks one, or has no width, either.
#[cfg(feature = "dapp")]
pub(crate) fn breaks_lines(character: char) -> bool {
    controls(character)
        || matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200d}' | '\u{feff}'
        )
}
