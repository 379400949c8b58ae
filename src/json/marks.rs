//! Numbers that a double may not carry, as strings that tell of it.

use alloc::string::String;

use super::{Document, Kind, is_safe, raw, without_bom};

/// How a string starts that has a mark, which no raw text can.
const MARKED: &str = "\"\\u0000";

impl Document<'_> {
    /// The text with each number that a double may not carry as a string behind a mark, U+0000. Strings
    /// that start with U+0000 get a second one, names do not. `None` if there is no such number.
    pub(crate) fn marked(&self) -> Option<String> {
        let may_be_inexact = |number| may_be_inexact(raw(self.text, number));
        let mut nodes = self.nodes.iter().copied();
        if !nodes.any(|node| node.kind() == Kind::Number && may_be_inexact(node)) {
            return None;
        }
        let mut out = String::with_capacity(self.text.len());
        let mut copied = 0;
        for node in self.nodes.iter().copied() {
            let text = raw(self.text, node);
            let (marked, end) = match node.kind() {
                Kind::Number if may_be_inexact(node) => (text, "\""),
                Kind::Escaped if text.starts_with(MARKED) && !self.is_name(node.end()) => {
                    (text.strip_prefix('"').unwrap_or(text), "")
                }
                _ => continue,
            };
            out.push_str(self.text.get(copied..node.start()).unwrap_or_default());
            for piece in [MARKED, marked, end] {
                out.push_str(piece);
            }
            copied = node.end();
        }
        out.push_str(self.text.get(copied..).unwrap_or_default());
        Some(without_bom(&out).into())
    }

    /// Whether the string that ends here is the name of a member.
    fn is_name(&self, end: usize) -> bool {
        let behind = self.text.get(end..).unwrap_or_default();
        behind.trim_ascii_start().starts_with(':')
    }
}

/// Whether the decimal value of a number may be another one in a double: of an integer, whether it is
/// beyond 2^53 - 1. A double carries any 15 digits within its range (IEEE 754, `DBL_DIG`).
fn may_be_inexact(number: &str) -> bool {
    if number.len() <= 15 && !number.bytes().any(|byte| matches!(byte, b'e' | b'E')) {
        return false;
    }
    let digits = number.strip_prefix('-').unwrap_or(number);
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, ""));
    let is_fraction = mantissa.contains('.');
    if exponent.is_empty() && !is_fraction {
        return digits.len() > 15 && !is_safe(digits.parse().ok());
    }
    mantissa.len() > if is_fraction { 16 } else { 15 } || exponent.len() > 2
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test fails by panicking")]

    use super::*;
    use crate::json::Rules;

    #[test]
    fn numbers_that_a_double_may_not_carry_are_marked() {
        for (text, expected) in [
            ("[9007199254740991,-9007199254740991]", None),
            ("9007199254740992", Some(r#""\u00009007199254740992""#)),
            (
                "[-9007199254740992]",
                Some(r#"["\u0000-9007199254740992"]"#),
            ),
            ("[0.12345678901234,1e99,-1E-9,100.0]", None),
            (
                "[0.1234567890123456]",
                Some(r#"["\u00000.1234567890123456"]"#),
            ),
            ("9007199254740993e0", Some(r#""\u00009007199254740993e0""#)),
            ("[1e400,1]", Some(r#"["\u00001e400",1]"#)),
            ("[\"\\u0000a\",12]", None),
            (
                "\u{feff}{\"\\u0000a\" :\"\\u0000\\u0000a\", \"b\":[12345678901234567890 ,\"\\u0000\"]} ",
                Some(
                    r#"{"\u0000a" :"\u0000\u0000\u0000a", "b":["\u000012345678901234567890" ,"\u0000\u0000"]} "#,
                ),
            ),
        ] {
            let Ok(document) = Document::read(text.as_bytes(), Rules::Lenient) else {
                panic!("expected json, got {text}");
            };
            assert_eq!(document.marked().as_deref(), expected, "{text}");
        }
    }
}
